"""What deploy/ starts is what the command line knows, and it is shut as tightly as it says."""

import configparser
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from notifier import config
from notifier.cli.main import COMMANDS
from notifier.cli.options import CONFIG, DATA, split
from notifier.web.site import DOORS

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted(DEPLOY.glob("*.service"))
SHUT = {
    "NoNewPrivileges": "true",
    "ProtectSystem": "strict",
    "ProtectHome": "true",
    "PrivateTmp": "true",
    "PrivateDevices": "true",
    "CapabilityBoundingSet": "",
    "SystemCallFilter": "@system-service",
    "User": "notifier",
    "UMask": "0077",
}
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yml").read_text())
OURS = {name: part for name, part in COMPOSE["services"].items() if name != "db"}


def unit(path: Path) -> configparser.ConfigParser:
    read = configparser.ConfigParser(interpolation=None, strict=True)
    read.optionxform = str  # type: ignore[assignment,method-assign]
    read.read_string(path.read_text())
    return read


def known(words: list[str]) -> None:
    options, rest = split(words)
    assert rest[0] in COMMANDS, rest
    assert options.config_named
    assert options.data != Path("var")


@pytest.mark.parametrize("path", UNITS, ids=[path.name for path in UNITS])
def test_each_unit_starts_a_command_that_there_is_and_is_shut(path: Path) -> None:
    service = dict(unit(path)["Service"])
    line = service["ExecStart"].replace("%%", "%")
    inner = re.fullmatch(r"/bin/sh -c '(?:exec )?(.*)'", line)
    words = shlex.split((inner[1] if inner else line).replace("$(date +%F)", "2026-12-05"))
    assert words[0] == "/opt/notifier/.venv/bin/notifier"
    known(words[1:])
    assert {key: service.get(key) for key in SHUT} == SHUT
    if service["Type"] == "exec":
        drain = config.Config().service.drain.total_seconds()
        assert int(service["TimeoutStopSec"]) >= 2 * drain, "what is under way has time to arrive"


def test_a_command_by_hand_is_the_service_s_own_in_every_way(tmp_path: Path) -> None:
    """Its user, its secrets, its configuration and its data are those of the unit."""
    (tmp_path / "systemd-run").write_text('#!/bin/sh\nfor word in "$@"; do echo "$word"; done\n')
    (tmp_path / "systemd-run").chmod(0o755)
    variables = {"PATH": f"{tmp_path}:/usr/bin:/bin", "SUDO_USER": "siti"}
    words = [str(DEPLOY / "notifier.sh"), "backup", "/var/backups/notifier/with space.tar.gz"]
    said = subprocess.run(words, env=variables, capture_output=True, text=True, check=True).stdout.splitlines()
    service = dict(unit(DEPLOY / "notifier.service")["Service"])
    program, *start = shlex.split(service["ExecStart"])
    mine = said[said.index(program) + 1 :]
    known(mine)
    assert split(mine)[0] == split(start)[0]
    assert split(mine)[1] == words[1:]
    properties = {f"--property={key}={service[key]}" for key in ("EnvironmentFile", "UMask")}
    assert properties | {f"--uid={service['User']}", f"--gid={service['Group']}", "--setenv=LOGNAME=siti"} <= set(said)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_understands_the_units(tmp_path: Path) -> None:
    for path in [*UNITS, *DEPLOY.glob("*.timer")]:
        text = path.read_text().replace("/opt/notifier/.venv/bin/notifier", sys.executable)
        (tmp_path / path.name.replace("@.", "@1.")).write_text(text)
    names = sorted(str(path) for path in tmp_path.iterdir())
    words = ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", *names]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert [line for line in done.stderr.splitlines() if str(tmp_path) in line] == []


def test_the_container_runs_as_nobody_in_particular_and_its_check_asks_a_door_that_there_is() -> None:
    text = (DEPLOY / "Containerfile").read_text()
    last = text.rpartition("\nFROM ")[2]
    assert re.search(r"^USER 10001:10001$", last, re.MULTILINE)
    asked = re.search(r"127\.0\.0\.1:(\d+)(/\w+)", last)
    assert asked is not None
    assert int(asked[1]) == config.Config().service.port
    assert any(door.path == asked[2] for door in DOORS)
    for line in re.findall(r"^COPY (?!--from)(.+)$", text, re.MULTILINE):
        for source in line.split()[:-1]:
            assert (ROOT / source).exists(), source
    variables = dict(re.findall(r"(NOTIFIER_\w+)=(\S+)", last))
    assert config.load(Path("none.toml"), variables).service.host == "0.0.0.0"  # noqa: S104
    here = re.search(r"^WORKDIR (\S+)$", last, re.MULTILINE)
    assert here is not None
    assert f"ln -s /data {here[1]}/{DATA}" in last, "a command without options finds the keys of the service"
    assert f"ln -s /etc/notifier/config.toml {here[1]}/{CONFIG}" in last
    command = re.search(r"^CMD (\[.*\])$", last, re.MULTILINE)
    assert command is not None
    _, rest = split(yaml.safe_load(command[1]))
    assert rest == ["serve"]


@pytest.mark.parametrize("name", OURS)
def test_each_part_of_the_composition_is_a_role_on_a_read_only_root(name: str) -> None:
    part = OURS[name]
    known(part["command"])
    assert part["command"][0] == name
    assert (part["read_only"], part["cap_drop"]) == (True, ["ALL"])
    assert part["security_opt"] == ["no-new-privileges:true"]
    variables = {key: re.sub(r"\$\{DB_PASSWORD[^}]*\}", "secret", value) for key, value in part["environment"].items()}
    read = config.load(Path("none.toml"), variables)
    assert read.database.url == "postgresql://notifier:secret@db/notifier"
    assert ("healthcheck" in part) == (name != "web"), "who has no port is not asked"


def test_the_roles_of_the_composition_are_all_there_are() -> None:
    assert set(OURS) == {"web", "worker", "clock"}
    mounted = {volume.split(":")[0] for part in OURS.values() for volume in part["volumes"]}
    assert {name for name in mounted if not name.startswith(".")} <= set(COMPOSE["volumes"])
