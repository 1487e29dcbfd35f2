"""run.py in a checkout of its own, with small shell scripts in place of uv and of the installed programs."""

import ast
import hashlib
import io
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

import run

ROOT = Path(__file__).resolve().parents[1]

# Stands in for uv: notes how it was called, and "installs" programs that tell what they were asked.
FAKE_UV = """#!/bin/sh
[ "$1" = --version ] && echo "uv 0.9.1 (fake)" && exit
echo "$@" >>"{log}"
env | grep -E '^(UV|PIP)_' | sort >"{log}.env"
[ -p "{log}.gate" ] && read -r _ <"{log}.gate"
[ -e "{log}.broken" ] && echo "no such luck" && exit 2
mkdir -p "{root}/.venv/bin"
for name in python notifier pytest ruff mypy lint-imports; do
    [ -x "{root}/.venv/bin/$name" ] && continue
    printf '#!/bin/sh\\necho %s "$@"\\nexit 7\\n' $name >"{root}/.venv/bin/$name"
    chmod +x "{root}/.venv/bin/$name"
done
"""


@dataclass(frozen=True)
class Checkout:
    """A folder with run.py and what it reads, and a machine that has uv and little else."""

    root: Path
    log: Path  # one line for each call of uv

    def say(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.words(*words), capture_output=True, text=True, check=False, env=self.environment(**environment)
        )

    def words(self, *words: str) -> list[str]:
        return [sys.executable, str(self.root / "run.py"), *words]

    def environment(self, **more: str) -> dict[str, str]:
        return {"PATH": f"{self.log.parent}:{os.defpath}", "HOME": str(self.log.parent), **more}

    def calls(self) -> list[str]:
        return self.log.read_text().splitlines() if self.log.exists() else []


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    root, machine = tmp_path / "checkout", tmp_path / "machine"
    root.mkdir()
    machine.mkdir()
    for name in ("run.py", "pyproject.toml", "hatch_build.py"):
        shutil.copy(ROOT / name, root)
    (root / "uv.lock").write_text("# what is to be installed\n")
    uv = machine / "uv"
    uv.write_text(FAKE_UV.format(log=machine / "log", root=root))
    uv.chmod(0o755)
    return Checkout(root, machine / "log")


@pytest.mark.parametrize("words", [(), ("--help",), ("-h",)])
def test_help_installs_nothing(checkout: Checkout, words: tuple[str, ...]) -> None:
    done = checkout.say(*words)
    assert (done.returncode, done.stderr, checkout.calls()) == (0, "", [])
    assert "python3 run.py demo" in done.stdout
    assert "python3 run.py test" in done.stdout


def test_words_and_exit_codes_are_the_programs_own(checkout: Checkout) -> None:
    done = checkout.say("--data", "x y", "check", "--json")
    assert (done.stdout, done.returncode) == ("notifier --data x y check --json\n", 7)


def test_nothing_is_installed_a_second_time(checkout: Checkout) -> None:
    first, second = checkout.say("check"), checkout.say("serve")
    assert "installing notifier" in first.stderr
    assert second.stderr == ""
    assert len(checkout.calls()) == 1
    assert "--locked" in checkout.calls()[0]


@pytest.mark.parametrize("name", ["uv.lock", "pyproject.toml", "hatch_build.py"])
def test_a_change_of_what_is_to_be_installed_installs(checkout: Checkout, name: str) -> None:
    checkout.say("check")
    with (checkout.root / name).open("a") as file:
        file.write("\n# changed\n")
    checkout.say("check")
    assert len(checkout.calls()) == 2


def test_what_the_tests_need_comes_with_the_first_test_and_stays(checkout: Checkout) -> None:
    checkout.say("check")
    done = checkout.say("test", "tests/rules", "-x")
    assert (done.stdout, done.returncode) == ("pytest tests/rules -x\n", 7)
    (checkout.root / "uv.lock").write_text("# changed\n")
    checkout.say("check")
    assert [call.endswith("--group dev") for call in checkout.calls()] == [False, True, True]


def _program(checkout: Checkout, name: str, script: str) -> None:
    path = checkout.root / ".venv" / "bin" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def test_the_checks_are_asked_beside_the_tests_and_each_is_told_whole_and_at_the_end(checkout: Checkout) -> None:
    gate = checkout.root / "gate"
    os.mkfifo(gate)
    _program(checkout, "pytest", f"echo begun; read -r _ <{gate}; echo ended")
    _program(checkout, "lint-imports", f"echo go on >{gate}; echo kept")
    _program(checkout, "ruff", "echo one; echo two >&2")
    done = checkout.say("test")
    assert done.returncode == 1
    said, verdict = done.stdout, done.stdout.splitlines()[-5:]
    for whole in ("one\ntwo\n", "── types: mypy\nmypy\n", "── floors: lint-imports --no-logo\nkept\n"):
        assert whole in said
    assert said.index("begun") < said.index("ended")
    assert [line.split()[:2] for line in verdict] == [
        ["format", "ok"],
        ["lint", "ok"],
        ["types", "FAILED"],
        ["floors", "ok"],
        ["tests", "ok"],
    ]


def test_an_interrupt_ends_the_tests_and_the_checks_in_order(checkout: Checkout) -> None:
    wait = "trap 'echo {0} ended; exit 2' INT; : >{1}/{0}.begun; while :; do sleep 0.05; done"
    for name in ("ruff", "pytest"):
        _program(checkout, name, wait.format(name, checkout.root))
    pipe = subprocess.PIPE
    with subprocess.Popen(
        checkout.words("test"),
        stdout=pipe,
        stderr=pipe,
        text=True,
        env=checkout.environment(),
        start_new_session=True,  # a terminal's, whom it interrupts together
    ) as running:
        while len([*checkout.root.glob("*.begun")]) < 2:
            time.sleep(0.02)
        os.killpg(running.pid, signal.SIGINT)
        out, err = running.communicate()
    assert running.returncode == 130
    assert "pytest ended" in out
    assert "types" not in out
    assert "Traceback" not in err


def test_settings_that_would_install_elsewhere_are_left_out(checkout: Checkout) -> None:
    checkout.say("check", UV_PROJECT_ENVIRONMENT="/elsewhere", UV_FROZEN="1", PIP_TARGET="/elsewhere", UV_OFFLINE="1")
    seen = Path(f"{checkout.log}.env").read_text()
    assert "elsewhere" not in seen
    assert "FROZEN" not in seen
    assert "UV_OFFLINE=1" in seen


def test_a_failed_installation_is_told_and_tried_again(checkout: Checkout) -> None:
    broken = Path(f"{checkout.log}.broken")
    broken.touch()
    failed = checkout.say("check")
    assert failed.returncode == 1
    assert "no such luck" in failed.stderr
    assert "Traceback" not in failed.stderr
    broken.unlink()
    assert checkout.say("check").returncode == 7


def test_two_at_once_install_once(checkout: Checkout) -> None:
    gate = Path(f"{checkout.log}.gate")
    os.mkfifo(gate)

    def begin(word: str) -> subprocess.Popen[str]:
        pipe = subprocess.PIPE
        return subprocess.Popen(checkout.words(word), stdout=pipe, stderr=pipe, text=True, env=checkout.environment())

    with begin("check") as first:
        assert first.stderr is not None
        assert "installing" in first.stderr.readline()
        with begin("serve") as second:
            assert second.stderr is not None
            assert "Another run.py is installing" in second.stderr.readline()
            gate.write_text("go on\n")
            assert first.communicate()[0] == "notifier check\n"
            assert second.communicate()[0] == "notifier serve\n"
    assert len(checkout.calls()) == 1


def test_an_interrupted_installation_ends_quietly_and_counts_for_nothing(checkout: Checkout) -> None:
    gate = Path(f"{checkout.log}.gate")
    os.mkfifo(gate)
    words, pipe = checkout.words("check"), subprocess.PIPE
    with (
        subprocess.Popen(words, stdout=pipe, stderr=pipe, text=True, env=checkout.environment()) as running,
        gate.open("w"),  # opens when uv reads it
    ):
        running.send_signal(signal.SIGINT)
        out, err = running.communicate()
    assert (running.returncode, out) == (130, "")
    assert "Traceback" not in err
    assert not (checkout.root / ".venv" / "notifier.stamp").exists()


def test_a_script_that_is_not_there_is_told(checkout: Checkout) -> None:
    done = checkout.say("bench")
    assert (done.returncode, done.stderr.splitlines()[-1]) == (1, "bench/run.py is not there.")


def test_an_old_python_can_read_the_page_and_says_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    ast.parse((ROOT / "run.py").read_text(), feature_version=(3, 9))
    monkeypatch.setattr(sys, "version_info", (3, 9, 6))
    monkeypatch.setenv("PATH", "")
    with pytest.raises(run.Failed, match=r"This is Python 3\.9\.6, and 3\.11 or newer is needed"):
        run._mind_the_version(["demo"])


# A machine with neither uv, venv nor pip


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A web server that hands out one wheel, and a lock that names it."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("uv-1.data/scripts/uv", "the program")
    wheel = packed.getvalue()

    class Shelf(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(wheel)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Shelf)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    names = ["musllinux_1_1_x86_64", "musllinux_1_1_aarch64", "macosx_11_0_arm64", "macosx_10_12_x86_64"]
    digest = hashlib.sha256(wheel).hexdigest()
    rows = [
        f'{{ url = "http://127.0.0.1:{server.server_port}/uv-1-py3-none-{name}.whl", hash = "sha256:{digest}" }}'
        for name in names
    ]
    (tmp_path / "uv.lock").write_text(f'[[package]]\nname = "uv"\nversion = "1"\nwheels = [{", ".join(rows)}]\n')
    monkeypatch.setattr(run, "ROOT", str(tmp_path))
    monkeypatch.setattr(run, "UV", str(tmp_path / ".uv"))
    yield tmp_path
    server.shutdown()
    thread.join()
    server.server_close()


def test_uv_is_taken_from_the_address_in_the_lock(shelf: Path) -> None:
    assert run._uv_by_hand() == ""
    uv = shelf / ".uv" / "bin" / "uv"
    assert uv.read_text() == "the program"
    assert os.access(uv, os.X_OK)


def test_another_file_at_that_address_is_not_run(shelf: Path) -> None:
    lock = shelf / "uv.lock"
    lock.write_text(lock.read_text().replace("sha256:", "sha256:0"))
    assert "not the file that uv.lock names" in run._uv_by_hand()
    assert not (shelf / ".uv" / "bin").exists()


def test_the_lock_names_a_uv_for_every_machine_we_promise() -> None:
    addresses = " ".join(wheel["url"] for wheel in run._locked_uv()[1])
    for system in (r"musllinux_1_1_x86_64", r"musllinux_1_1_aarch64", r"macosx_11_0_arm64"):
        assert system in addresses
