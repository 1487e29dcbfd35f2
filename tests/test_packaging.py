"""What an installation brings along: pages' JavaScript, templates, and the same versions by every road."""

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
VENDOR = "notifier/web/static/vendor"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names of the files in a freshly built wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as archive:
        return set(archive.namelist())


@pytest.mark.parametrize("name", ["htmx-2.min.js", "hx-sse-2.min.js"])
def test_installing_fetches_the_pages_javascript(name: str) -> None:
    assert (ROOT / VENDOR / name).stat().st_size > 1000, "run `python3 run.py test`, which installs"


@pytest.mark.parametrize("name", ["htmx-2.min.js", "hx-sse-2.min.js"])
def test_a_wheel_carries_the_pages_javascript_although_git_ignores_it(wheel: set[str], name: str) -> None:
    assert f"{VENDOR}/{name}" in wheel


def test_a_wheel_carries_every_template(wheel: set[str]) -> None:
    templates = {str(path.relative_to(ROOT)) for path in (ROOT / "templates").rglob("*") if path.is_file()}
    assert {f"notifier/{name}" for name in templates} <= wheel


def test_a_wheel_carries_the_program_and_nothing_else(wheel: set[str]) -> None:
    assert {name.partition("/")[0] for name in wheel if ".dist-info" not in name} == {"notifier", "channels"}
    assert not [name for name in wheel if "__pycache__" in name]


def test_people_without_uv_get_the_same_versions() -> None:
    locked = {row["name"]: row["version"] for row in tomllib.loads((ROOT / "uv.lock").read_text())["package"]}
    pinned = dict(re.findall(r"^([a-z0-9._-]+)==([^ ;\\]+)", (ROOT / "requirements.lock").read_text(), re.MULTILINE))
    direct = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    names = {re.split(r"[\[<>=]", line)[0].lower().replace("_", "-") for line in direct}
    assert names <= set(pinned), "say `make lock` after a change of dependencies"
    assert pinned == {name: locked[name] for name in pinned}, "say `make lock` after a change of dependencies"
