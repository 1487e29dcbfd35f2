"""One file that holds the service's data at one instant, and the way back. Must not know what the data mean.

The archive is a tar: `about.json` first, then the database, the sealed attachments, the keys where somebody asked for
them, and last `digests.json`, which says how long each part is and its SHA-256. Nothing is put in its place before all
of it was read and agreed.
"""

import asyncio
import fcntl
import gzip
import hashlib
import io
import json
import os
import re
import shutil
import tarfile
import zlib
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy.engine import URL

from notifier.errors import Refused
from notifier.store import copies, ledger
from notifier.store.engine import Database, database_url, migrate_async, schema_version
from notifier.vault import Vault, load_vault

Tell = Callable[[str, int, int], None]  # what, bytes done, of how many
Mark = Callable[[Database, "About"], Awaitable[None]]  # writes into the restored database that it is one
FORM = 1  # of the archive
FILES, KEYS, DATABASE = "files", "keys.json", "database"
NAME = re.compile(r"about\.json|digests\.json|database|keys\.json|files/[0-9]{1,19}")
CHUNK = 1 << 20  # bytes
SMALL = 64 * CHUNK  # most bytes of a part that is read into memory: the digests of half a million files
BROKEN = "the archive is broken"


@dataclass(frozen=True, slots=True)
class About:
    """What an archive says of itself."""

    form: int
    at: str  # when it was made
    version: str  # of the program
    engine: str  # sqlite, postgresql
    migration: str
    acts: int  # number of the newest act of the ledger
    link: str  # its link, in hex
    keys: str  # fingerprint of the keys that open what is sealed in it
    with_keys: bool


@dataclass(frozen=True, slots=True)
class Made:
    """What was written."""

    about: About
    files: int  # attachments
    size: int  # bytes of the archive


@dataclass(frozen=True, slots=True)
class Place:
    """Where a service keeps its data."""

    data: Path
    url: URL
    environment: Mapping[str, str]

    @property
    def sqlite(self) -> Path | None:
        """The database file; None on PostgreSQL."""
        return Path(self.url.database or "") if self.url.get_backend_name() == "sqlite" else None

    @property
    def keys(self) -> Path | None:
        """The key file; None when there is none, or the environment has the key."""
        file = self.data / KEYS
        return file if file.exists() and not self.environment.get("NOTIFIER_VAULT__KEY") else None


def fingerprint(vault: Vault) -> str:
    """By which the keys are known again; tells nothing of them."""
    return vault.index("keys", "fingerprint").hex()[:16]


async def backup(
    database: Database,
    vault: Vault,
    place: Place,
    target: Path,
    now: datetime,
    tell: Tell,
    *,
    who: str = "",
    with_keys: bool = False,
) -> Made:
    """Write an archive while the service runs; whoever took it is written down. Raises Refused."""
    if target.exists():
        raise Refused(f"{target} is there already; name another file")
    if not target.absolute().parent.is_dir():
        raise Refused(f"{target}: there is no such folder")
    if with_keys and place.keys is None:
        raise Refused("there is no key file to put in: the key comes from NOTIFIER_VAULT__KEY; keep that one safe")
    async with database.read() as db:  # before the copy: that one can only know more
        head, migration = await ledger.head(db), await schema_version(db)
    about = About(
        FORM,
        now.isoformat(timespec="seconds"),
        _version(),
        "sqlite" if database.is_sqlite else "postgresql",
        str(migration),
        head[0],
        head[1].hex(),
        fingerprint(vault),
        with_keys,
    )
    copied, draft = (target.with_name(f".{target.name}.{os.getpid()}.{part}") for part in ("database", "draft"))
    try:
        await copies.copy(_direct(place.url), copied, lambda done, total: tell("copying", done, total))
        files = await asyncio.to_thread(_pack, draft, about, copied, place, tell)
        os.link(draft, target)  # another's file of this name is never overwritten
        detail = {"acts": head[0], "keys": with_keys}
        async with database.write() as db:
            await ledger.append(db, at=now, who=who or "clock", act="backup.made", about="backup", detail=detail)
        return Made(about, files, target.stat().st_size)
    except FileExistsError:
        raise Refused(f"{target} is there already; name another file") from None
    finally:
        copied.unlink(missing_ok=True)
        draft.unlink(missing_ok=True)


def _direct(url: URL) -> URL:
    return url.set(query={key: value for key, value in url.query.items() if key != "pooler"})


def _version() -> str:
    from importlib.metadata import version

    return version("notifier")


def _pack(draft: Path, about: About, copied: Path, place: Place, tell: Tell) -> int:
    """Write the parts, one after the other. Returns how many attachments there were."""
    digests: dict[str, tuple[int, str]] = {}
    folder = place.data / FILES
    files = sorted(path for path in folder.iterdir() if path.name.isdecimal()) if folder.is_dir() else []
    parts = [(DATABASE, copied), *((f"{FILES}/{path.name}", path) for path in files)]
    if about.with_keys and place.keys is not None:
        parts.append((KEYS, place.keys))
    done, total = 0, sum(path.stat().st_size for _, path in parts if path.exists())
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        with gzip.GzipFile("", "wb", 1, out) as packed, tarfile.open(fileobj=packed, mode="w|") as tar:
            _add(tar, "about.json", asdict(about))
            for name, path in parts:
                try:
                    digests[name] = _put(tar, name, path)
                except FileNotFoundError:  # an attachment that was erased meanwhile
                    continue
                done += digests[name][0]
                tell("packing", done, total)
            _add(tar, "digests.json", digests)
        out.flush()
        os.fsync(out.fileno())
    return len([name for name in digests if name.startswith(FILES)])


def _add(tar: tarfile.TarFile, name: str, content: object) -> None:
    body = json.dumps(content).encode()
    head = tarfile.TarInfo(name)
    head.size, head.mode = len(body), 0o600
    tar.addfile(head, io.BytesIO(body))


def _put(tar: tarfile.TarFile, name: str, path: Path) -> tuple[int, str]:
    with path.open("rb") as file:
        head = tarfile.TarInfo(name)
        head.size, head.mode = os.fstat(file.fileno()).st_size, 0o600
        read = _Digested(file)
        tar.addfile(head, read)
        return head.size, read.digest.hexdigest()


class _Digested:
    """A file that is digested while it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        body = self._file.read(size)
        self.digest.update(body)
        return body


async def restore(archive: Path, place: Place, tell: Tell, mark: Mark, *, over: bool = False) -> About:
    """Put an archive in an empty place, or `over` what is there; `mark` writes into the database that it was restored,
    before anybody can open it. On SQLite what was there is kept beside it. Raises Refused, with nothing changed.
    """
    draft = place.data / f".restoring.{os.getpid()}"
    place.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _alone(place):
        try:
            draft.mkdir(mode=0o700)
            (draft / FILES).mkdir(mode=0o700)
            await _refuse_over(place, over)
            about = await asyncio.to_thread(_unpack, archive, draft, place, tell)
            if place.sqlite is not None:
                await _marked(f"sqlite:///{draft / DATABASE}", about, mark)
                _settle(draft, place, about)
            else:
                await copies.load(_direct(place.url), draft / DATABASE, over=over)
                await _marked(place.url.render_as_string(hide_password=False), about, mark)
                _settle_files(draft, place, about)
            return about
        finally:
            shutil.rmtree(draft, ignore_errors=True)


@contextmanager
def _alone(place: Place) -> Iterator[None]:
    """No service runs on this folder meanwhile."""
    with (place.data / "service.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Refused(f"a service runs on {place.data}: stop it first") from None
        yield


async def _refuse_over(place: Place, over: bool) -> None:
    if place.sqlite is not None:
        taken = place.sqlite.exists()
    else:
        database = Database(place.url.render_as_string(hide_password=False), pool_size=2)
        try:
            taken, sessions = await copies.occupied(database), await copies.others(database)
        finally:
            await database.close()
        if sessions:
            raise Refused(f"{sessions} other sessions use this database: stop every process of the service first")
    folder = place.data / FILES
    taken = taken or (folder.is_dir() and any(folder.iterdir()))
    if taken and not over:
        raise Refused("there is data in this place already; --over puts the archive in its stead")


def _unpack(archive: Path, draft: Path, place: Place, tell: Tell) -> About:
    """Read everything into the draft, and check it. Raises Refused."""
    found: dict[str, list[object]] = {}
    about: About | None = None
    told: Mapping[str, object] | None = None
    total = archive.stat().st_size if archive.is_file() else 0
    try:
        with archive.open("rb") as file, tarfile.open(fileobj=file, mode="r|gz") as tar:
            for member in tar:
                body = tar.extractfile(member) if member.isreg() and NAME.fullmatch(member.name) else None
                if body is None or member.name in found:
                    raise Refused(f"{archive}: no backup of this service (it holds {member.name[:80]!r})")
                if member.name == "about.json":
                    about = _known(json.loads(body.read(SMALL)), place)
                elif member.name == "digests.json":
                    told = json.loads(body.read(SMALL))
                elif about is None:
                    raise Refused(f"{archive}: no backup of this service")
                else:
                    found[member.name] = list(_take(body, draft / member.name))
                tell("reading", file.tell(), total)
    except OSError as error:
        raise Refused(f"{archive}: {error.strerror or BROKEN}") from None
    except (tarfile.TarError, zlib.error, EOFError, ValueError, TypeError):
        raise Refused(f"{archive}: {BROKEN}, or no backup at all") from None
    if about is None or told is None or DATABASE not in found:
        raise Refused(f"{archive}: {BROKEN}: it ends too early")
    wrong = [name for name in sorted(found.keys() | told.keys()) if found.get(name) != told.get(name)]
    if wrong:
        raise Refused(f"{archive}: {BROKEN}: {wrong[0]} is not what was put in")
    _check_keys(about, draft, place)
    return about


def _known(told: Mapping[str, Any], place: Place) -> About:
    """What the archive says, if this version and this place can take it. Raises Refused."""
    if told.get("form") != FORM:
        raise Refused(f"this archive has a form that this version does not know ({told.get('form')}); upgrade first")
    about = About(**told)
    engine = "sqlite" if place.sqlite is not None else "postgresql"
    if about.engine != engine:
        raise Refused(f"this is a backup of {about.engine}, and database.url names {engine}")
    if about.migration not in copies.migrations():
        raise Refused(f"the backup was made by a newer version ({about.version}, {about.migration}); upgrade first")
    return about


def _take(body: IO[bytes], target: Path) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        while chunk := body.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    return size, digest.hexdigest()


def _check_keys(about: About, draft: Path, place: Place) -> None:
    """The keys that open it are here. Raises Refused."""
    brought, here = draft / KEYS, place.data / KEYS
    named = bool(place.environment.get("NOTIFIER_VAULT__KEY"))
    if not named and not here.exists() and not brought.exists():
        raise Refused(
            f"the archive has no keys, and there are none here: put the key file at {here} (chmod 600), or set "
            "NOTIFIER_VAULT__KEY; without the key what is sealed stays shut"
        )
    vault = load_vault(here if named or here.exists() else brought, place.environment)
    if fingerprint(vault) != about.keys:
        raise Refused(
            "the keys here are others than those of the archive: what is sealed in it would stay shut. Put the key "
            f"file that belongs to it at {here}, or name it in NOTIFIER_VAULT__KEY"
        )


async def _marked(url: str, about: About, mark: Mark) -> None:
    await migrate_async(url)
    database = Database(url, pool_size=2)
    try:
        await mark(database, about)
    finally:
        await database.close()


def _settle(draft: Path, place: Place, about: About) -> None:
    target = place.sqlite
    assert target is not None
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    for end in ("-wal", "-shm", ""):  # the file itself last: what it is goes by its name
        was = target.with_name(target.name + end)
        if was.exists():
            was.replace(target.with_name(f"{target.name}.before-{_stamp(about)}{end}"))
    for end in ("-wal", ""):  # whoever wrote the mark may have left it beside the file
        if (draft / f"{DATABASE}{end}").exists():
            shutil.move(draft / f"{DATABASE}{end}", target.with_name(target.name + end))
    _settle_files(draft, place, about)


def _settle_files(draft: Path, place: Place, about: About) -> None:
    here = place.data / FILES
    if here.exists() and any(here.iterdir()):
        here.replace(here.with_name(f"{FILES}.before-{_stamp(about)}"))
    if here.exists():
        here.rmdir()
    (draft / FILES).replace(here)
    if (draft / KEYS).exists() and not (place.data / KEYS).exists():
        (draft / KEYS).replace(place.data / KEYS)


def _stamp(about: About) -> str:
    return f"{re.sub(r'[^0-9]', '', about.at)[:14]}-{os.getpid()}"


def place_of(data: Path, url: str, environment: Mapping[str, str]) -> Place:
    """The place of a service."""
    return Place(data, database_url(url), environment)
