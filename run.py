#!/usr/bin/env python3
"""The way in: `python3 run.py WORD …` installs what is needed into .venv/ and hands the words on to `notifier`.

Needs git's checkout and Python 3.11, nothing else: no pip, no venv, no make. Everything is installed exactly as
uv.lock names it. Once that is done, this page only compares a stamp and starts the program: no network, no delay.
"""

from __future__ import annotations

import hashlib
import os
import sys

TYPE_CHECKING = False  # the module `typing` would cost a tenth of the start
if TYPE_CHECKING:
    import subprocess
    from typing import NoReturn

ROOT = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(ROOT, ".venv")
UV = os.path.join(ROOT, ".uv")  # uv itself, when the machine has none
STAMP = os.path.join(VENV, "notifier.stamp")
SAYS_WHAT_TO_INSTALL = ("uv.lock", "pyproject.toml", "hatch_build.py")

HELP = """\
Tells people when and where their social assistance is, and turns their answers into tickets with a promise.

  python3 run.py demo          try it: the whole service with sample data and fake providers
  python3 run.py serve         run it
  python3 run.py test          format, lint, types, floors and all tests, on SQLite and PostgreSQL
  python3 run.py test WORDS    only pytest, with these words: python3 run.py test tests/rules -x
  python3 run.py format        put the code in order
  python3 run.py bench|faults  measure it | break it and see what holds
  python3 run.py WORD …        the same as: notifier WORD …     (python3 run.py help lists the words)

Everything it installs goes into .venv/ beside this file, the first time and whenever uv.lock changes."""

# What `test` asks: the last speaks as it goes; beside it the others, one after the other, the quick answers first.
CHECKS = (
    ("format", ("ruff", "format", "--check", ".")),
    ("lint", ("ruff", "check", ".")),
    ("types", ("mypy",)),
    ("floors", ("lint-imports", "--no-logo")),
    # One more than there are cores, for stories wait for processes about as long as they work.
    ("tests", ("pytest", "-n", str((os.cpu_count() or 1) + 1), "--dist", "worksteal")),
)
SCRIPTS = {"bench": "bench/run.py", "faults": "bench/faults.py"}
DEVELOPERS_WORDS = {"test", "format", *SCRIPTS}

# Settings of the person that are about the network and the disk; all others could send the installation elsewhere.
KEPT_FOR_PIP = (
    "INDEX_URL EXTRA_INDEX_URL FIND_LINKS NO_INDEX CERT CLIENT_CERT PROXY TRUSTED_HOST TIMEOUT DEFAULT_TIMEOUT RETRIES "
    "CACHE_DIR NO_CACHE_DIR CONFIG_FILE KEYRING_PROVIDER"
)
KEPT_FOR_UV = (
    "CACHE_DIR NO_CACHE OFFLINE HTTP_TIMEOUT HTTP_RETRIES NATIVE_TLS SYSTEM_CERTS INSECURE_HOST LINK_MODE LOCK_TIMEOUT "
    "CONCURRENT_DOWNLOADS CONCURRENT_BUILDS CONCURRENT_INSTALLS"
)


class Failed(Exception):
    """It can't go on; the text is a sentence for the person."""


def main(words: list[str]) -> int:
    """Install what is needed, then become the program that was asked for. Returns an exit code, if it returns."""
    if not words or words[0] in ("-h", "--help"):
        print(HELP)
        return 0
    try:
        _mind_the_version(words)
        word = words[0]
        groups = {"dev"} if word in DEVELOPERS_WORDS else set()
        if not _installed(groups):
            _install(groups)
        if word in DEVELOPERS_WORDS:
            # A story starts the service many times over: compiling it once saves each start more than a second.
            os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        if word == "test" and len(words) == 1:
            return _check_everything()
        _become(word, words)
    except Failed as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return 130


def _mind_the_version(words: list[str]) -> None:
    if sys.platform == "win32":
        raise Failed("notifier runs on Linux and macOS; on Windows, use WSL.")
    if sys.version_info >= (3, 11):  # noqa: UP036 - macOS's own python3 is 3.9
        return
    import shutil
    import subprocess

    for minor in range(20, 10, -1):
        newer = shutil.which(f"python3.{minor}")
        # Asked first, because a version manager's shim may lead nowhere.
        if newer and subprocess.call([newer, "-c", ""], stderr=subprocess.DEVNULL) == 0:
            os.execv(newer, [newer, os.path.abspath(__file__), *words])
    have = ".".join(map(str, sys.version_info[:3]))
    raise Failed(f"This is Python {have}, and 3.11 or newer is needed: install one, then say python3.11 run.py …")


def _become(word: str, words: list[str]) -> NoReturn:
    """Replace this process, so that signals and exit codes are the program's own."""
    sys.stdout.flush()
    if word not in DEVELOPERS_WORDS:
        os.execv(_program("notifier"), ["notifier", *words])
    os.chdir(ROOT)
    if word == "test":
        os.execv(_program("pytest"), ["pytest", *words[1:]])
    if word == "format":
        os.execv("/bin/sh", ["sh", "-c", '"$0" check --fix . ; "$0" format .', _program("ruff")])
    if not os.path.exists(SCRIPTS[word]):
        raise Failed(f"{SCRIPTS[word]} is not there.")
    python = _program("python")  # by its whole name: from a bare one Python looks for its packages along PATH
    os.execv(python, [python, SCRIPTS[word], *words[1:]])


def _check_everything() -> int:
    """Ask every check, also when one fails; the last lines tell which."""
    import subprocess
    import threading
    import time

    os.chdir(ROOT)
    told: dict[str, tuple[bool, float]] = {}
    running: list[subprocess.Popen[str]] = []
    halted, starting = threading.Event(), threading.Lock()

    def ask(name: str, tool: str, *words: str, live: bool = False) -> None:
        started, said = time.monotonic(), f"── {name}: {' '.join((tool, *words))}"
        if live:
            print(said, flush=True)
        pipe = None if live else subprocess.PIPE
        with starting:  # nothing begins once it was halted, and what has begun is in the list
            if halted.is_set():
                return
            child = subprocess.Popen(
                [_program(tool), *words], text=True, stdout=pipe, stderr=pipe and subprocess.STDOUT
            )
            running.append(child)
        out = child.communicate()[0]
        told[name] = (child.returncode == 0, time.monotonic() - started)
        if not live and not halted.is_set():
            print(f"\n{said}\n{out}", end="", flush=True)

    def ask_beside() -> None:
        for name, words in CHECKS[:-1]:
            ask(name, *words)

    beside = threading.Thread(target=ask_beside)
    beside.start()
    try:
        ask(CHECKS[-1][0], *CHECKS[-1][1], live=True)
        beside.join()
    except KeyboardInterrupt:
        with starting:
            halted.set()
        _end(running)
        raise
    for name, _ in CHECKS:
        good, seconds = told[name]
        print(f"{name:<8}{'ok' if good else 'FAILED':<8}{seconds:6.1f} s")
    return 0 if all(good for good, _ in told.values()) else 1


def _end(running: list[subprocess.Popen[str]]) -> None:
    """Wait for those whom an interrupt told to end too; who does not within some seconds is ended."""
    import subprocess

    for child in running:
        if child.stdout is not None:  # a check that began in that very moment was told nothing
            child.terminate()
    for child in running:
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _program(name: str) -> str:
    return os.path.join(VENV, "bin", name)


# Installing: nothing below is reached when the stamp is right.


def _wanted() -> str:
    """What the stamp says when all is installed: a hash of what decides the installation, and of where it is."""
    digest = hashlib.sha256(ROOT.encode())
    for name in SAYS_WHAT_TO_INSTALL:
        with open(os.path.join(ROOT, name), "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()


def _stamp() -> tuple[str, set[str]]:
    try:
        with open(STAMP, encoding="utf-8") as file:
            seen, _, groups = file.read().strip().partition(" ")
    except OSError:
        # Made by hand? Then do not take away what its maker wanted.
        return "", ({"dev"} if os.path.exists(_program("pytest")) else set())
    return seen, set(groups.split())


def _installed(groups: set[str]) -> bool:
    seen, there = _stamp()
    return seen == _wanted() and groups <= there and os.path.exists(_program("python"))


def _install(groups: set[str]) -> None:
    import fcntl

    lock = os.open(ROOT, os.O_RDONLY)  # a folder can be locked too, and is always there
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        print("Another run.py is installing; waiting for it …", file=sys.stderr, flush=True)
        fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        if not _installed(groups):
            groups = groups | _stamp()[1]
            _sync(_find_uv(), groups)
            with open(STAMP, "w", encoding="utf-8") as file:
                file.write(f"{_wanted()} {' '.join(sorted(groups))}\n")
    finally:
        os.close(lock)


def _sync(uv: str, groups: set[str]) -> None:
    python = _program("python")
    words = [uv, "sync", "--locked", "--no-default-groups", "--project", ROOT]
    words += ["--python", python if os.path.exists(python) else sys.executable]
    words += ["--reinstall-package", "notifier"]  # its build also fetches the pages' JavaScript; a cached one does not
    for group in sorted(groups):
        words += ["--group", group]
    failure = _step(f"installing {'what the tests need' if groups else 'notifier'} into .venv", words)
    if failure:
        raise Failed(f"{failure}\nInstalling failed; the reason is above. Mend it and say the same again.")


def _find_uv() -> str:
    """A uv that works: the machine's, ours from an earlier time, or one fetched by whatever this Python can do."""
    import re
    import shutil
    import subprocess

    own = os.path.join(UV, "bin", "uv")
    for uv in (shutil.which("uv"), own):
        if uv and os.path.exists(uv):
            # A shim may be there and lead nowhere, and a very old uv does not know the lock's form.
            told = subprocess.run([uv, "--version"], capture_output=True, text=True, check=False)
            version = re.match(r"uv (\d+)\.(\d+)", told.stdout)
            if told.returncode == 0 and version and tuple(map(int, version.groups())) >= (0, 6):
                return uv
    for fetch in (_uv_in_a_venv, _uv_by_pip, _uv_by_hand):
        shutil.rmtree(UV, ignore_errors=True)
        os.makedirs(UV)
        with open(os.path.join(UV, ".gitignore"), "w", encoding="utf-8") as file:
            file.write("*\n")
        failure = fetch()
        if not failure:
            return own
    raise Failed(f"{failure}\nuv could not be fetched; is the network there? It can also be installed by hand.")


def _uv_in_a_venv() -> str:
    return _step("making room for uv, which installs the rest", [sys.executable, "-m", "venv", UV]) or _step(
        "fetching uv", [os.path.join(UV, "bin", "python"), "-m", "pip", "install", *_uv_for_pip()]
    )


def _uv_by_pip() -> str:
    return _step("fetching uv with pip", [sys.executable, "-m", "pip", "install", "--target", UV, *_uv_for_pip()])


def _uv_for_pip() -> list[str]:
    version, wheels = _locked_uv()
    path = os.path.join(UV, "uv.txt")
    with open(path, "w", encoding="utf-8") as file:
        file.write(" ".join([f"uv=={version}", *(f"--hash={wheel['hash']}" for wheel in wheels)]))
    return ["--quiet", "--only-binary", ":all:", "--require-hashes", "--requirement", path]


def _uv_by_hand() -> str:
    """Neither venv nor pip (a fresh Debian): take the wheel from the address in uv.lock and unpack its program."""
    import io
    import platform
    import urllib.request
    import zipfile

    system, machine = {"darwin": "macosx"}.get(sys.platform, "musllinux"), platform.machine()
    wheels = [wheel for wheel in _locked_uv()[1] if system in wheel["url"] and f"_{machine}" in wheel["url"]]
    if not wheels:
        return f"There is no uv for {sys.platform} on {machine}."
    print("· fetching uv by its address", file=sys.stderr, flush=True)
    try:
        with urllib.request.urlopen(wheels[0]["url"], timeout=60) as answer:  # noqa: S310 - the address is in uv.lock
            body = answer.read()
    except OSError as error:
        return f"{wheels[0]['url']}: {error}"
    if "sha256:" + hashlib.sha256(body).hexdigest() != wheels[0]["hash"]:
        return f"{wheels[0]['url']}: not the file that uv.lock names."
    os.makedirs(os.path.join(UV, "bin"))
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        name = next(name for name in archive.namelist() if name.endswith("/scripts/uv"))
        uv = os.path.join(UV, "bin", "uv")
        with open(uv, "wb") as file:
            file.write(archive.read(name))
    os.chmod(uv, 0o755)  # noqa: S103 - a program
    return ""


def _locked_uv() -> tuple[str, list[dict[str, str]]]:
    import tomllib

    with open(os.path.join(ROOT, "uv.lock"), "rb") as file:
        package = next(row for row in tomllib.load(file)["package"] if row["name"] == "uv")
    return package["version"], package["wheels"]


def _step(doing: str, words: list[str]) -> str:
    """Run a program behind one line of progress on stderr. Returns "" when it went well, else its last words."""
    import subprocess
    import tempfile
    import time

    started = time.monotonic()
    live = sys.stderr.isatty()
    print(f"· {doing} …", end="" if live else "\n", file=sys.stderr, flush=True)
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as out:
        try:
            child = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=_environment())
        except OSError as error:
            return f"{words[0]}: {error}"
        try:
            while child.poll() is None:
                try:
                    child.wait(0.2)
                except subprocess.TimeoutExpired:
                    if live:
                        print(f"\r· {doing} … {time.monotonic() - started:.0f} s", end="", file=sys.stderr, flush=True)
        except KeyboardInterrupt:
            child.terminate()
            child.wait()
            raise
        if live:
            print(f"\r· {doing} … {time.monotonic() - started:.1f} s", file=sys.stderr, flush=True)
        out.seek(0)
        return "" if child.returncode == 0 else out.read()[-4000:].strip() or f"{words[0]} failed."


def _environment() -> dict[str, str]:
    kept = {f"PIP_{name}" for name in KEPT_FOR_PIP.split()} | {f"UV_{name}" for name in KEPT_FOR_UV.split()}
    drop = ("PIP_", "UV_", "VIRTUAL_ENV", "PYTHONHOME", "PYTHONPATH", "__PYVENV_LAUNCHER__")
    rest = {key: value for key, value in os.environ.items() if key in kept or not key.startswith(drop)}
    return {**rest, "UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
