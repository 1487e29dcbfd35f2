"""The floors of the house, as far as import-linter (`lint-imports`, part of `run.py test`) does not see them."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PURE = ("channels.contract", "channels.gsm", "channels.quotes", "channels.table")
SOURCES = sorted(path for folder in ("notifier", "channels") for path in (ROOT / folder).rglob("*.py"))


def _bare(program: str) -> subprocess.CompletedProcess[str]:
    """Run with the standard library and our own packages only."""
    words = [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {program}"]
    return subprocess.run(words, capture_output=True, text=True, check=False, env={"PATH": os.defpath})


def test_every_room_has_its_floor() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    floors = " ".join(next(contract for contract in contracts if contract["type"] == "layers")["layers"])
    placed = set(re.findall(r"notifier\.(\w+)", floors))
    rooms = {
        path.stem for path in (ROOT / "notifier").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert rooms - {"__init__"} <= placed, "name the new room in pyproject.toml's layers"


@pytest.mark.parametrize("module", PURE)
def test_what_channels_are_written_against_needs_nothing_installed(module: str) -> None:
    done = _bare(f"import {module}")
    assert done.returncode == 0, done.stderr


def test_looking_at_the_table_of_channels_imports_no_channel() -> None:
    done = _bare("import channels.table; print(*[name for name in sys.modules if name.startswith('channels')])")
    assert done.stdout.split() == ["channels", "channels.contract", "channels.table"], done.stderr


def test_the_help_is_there_before_anything_heavy_is_imported() -> None:
    heavy = "{'sqlalchemy', 'aiohttp', 'pydantic', 'jinja2', 'asyncio', 'typer', 'rich', 'alembic'}"
    done = _bare(
        f"from notifier.cli.main import main; main(['--help']); print({heavy} & set(sys.modules), file=sys.stderr)"
    )
    assert done.stderr.strip() == "set()"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_page_says_first_what_it_is_for(path: Path) -> None:
    text = path.read_text()
    assert not text.strip() or text.lstrip().startswith('"""'), "begin with a docstring"
