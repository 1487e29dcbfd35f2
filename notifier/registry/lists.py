"""Lists of people for a broadcast, from a file: NIK, or the code that stands on our own lists. Distrusted: a row that
names nobody of the register is written down with its line and why, and nobody is added for it.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

from notifier.errors import Refused
from notifier.registry.findings import Finding, shown
from notifier.registry.layouts import LISTS
from notifier.registry.person_rows import digits_of
from notifier.registry.runs import open_all, slices
from notifier.registry.seen import Present
from notifier.registry.tables import Row, Source, Unreadable
from notifier.rules import people as rules
from notifier.rules.people import NikFault
from notifier.rules.roles import Right, Viewer
from notifier.rules.visits import delivery_of
from notifier.store import ledger as acts
from notifier.store import person_lists
from notifier.store.engine import Database
from notifier.store.person_lists import PersonList, Stray

SLICE = 200  # rows written in one transaction
MOST = 200_000  # rows; whoever has more brings a register
UNKNOWN, TWICE, EMPTY, BAD_CODE = "unknown", "twice", "empty", "bad_code"


class Vault(Protocol):
    """What is needed of the vault."""

    def index(self, value: str, purpose: str) -> bytes: ...


class Lists:
    """Brings lists in, and tells what was wrong with them."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    async def bring(self, viewer: Viewer, path: Path, name: str, now: datetime) -> PersonList:
        """Read a file (CSV, XLSX) into a list. People outside the viewer's region count as unknown. Raises Refused."""
        viewer.needs(Right.PLAN)
        viewer.needs(Right.SEE_PEOPLE)
        try:
            [source] = await open_all([path], LISTS)
            await self._whole(source, name)
        except Unreadable as error:
            if "no header" in str(error):
                raise Refused(f"{name}: no column is called NIK or KODE; write one of them above the numbers") from None
            raise Refused(str(error).replace(str(path), name)) from None
        async with self._database.write() as db:
            list_id = await person_lists.create(db, name, source.digest, viewer.region, viewer.who, now)
        rows, there, lost = await self._read(source, list_id, viewer.region)
        counts = {"rows": rows, "people": there, "strays": lost}
        async with self._database.write() as db:
            await person_lists.finish(db, list_id, counts)
            about = f"list:{list_id}"
            await acts.append(db, at=now, who=viewer.who, act="list.brought", about=about, detail=counts)
            found = await person_lists.get(db, list_id)
        assert found is not None
        return found

    async def _whole(self, source: Source, name: str) -> None:
        """Nothing is written before the file was read from end to end."""
        rows = 0
        async for part in slices(source.rows(), 5_000):
            rows += len(part)
            if rows > MOST:
                raise Refused(f"{name}: more than {MOST} rows; choose people by region or status instead")

    async def _read(self, source: Source, list_id: int, region: str) -> tuple[int, int, int]:
        seen, rows, there, lost = Present(), 0, 0, 0
        async for part in slices(source.rows(), SLICE):
            rows += len(part)
            members, strays = await self._judge(part, region, seen)
            for person in members:
                seen.add(person)
            there += len(members)
            lost += len(strays)
            async with self._database.write_slice() as db:
                await person_lists.add(db, list_id, members, strays)
        return rows, there, lost

    async def _judge(self, part: Sequence[Row], region: str, seen: Present) -> tuple[Sequence[int], Sequence[Stray]]:
        """The people that rows name for the first time, and the rows that name nobody."""
        read = [(row, *self._named(row)) for row in part]
        niks = {key for _, key, _ in read if isinstance(key, bytes)}
        codes = {key for _, key, _ in read if isinstance(key, int)}
        async with self._database.read() as db:
            known: dict[bytes | int, int] = {}
            known.update((await person_lists.by_niks(db, niks, region)).items())
            known.update((await person_lists.by_deliveries(db, codes, region)).items())
        members: dict[int, None] = {}
        strays = []
        for row, key, fault in read:
            person = known.get(key) if key is not None else None
            if person is None:
                strays.append(Stray(row.line, _masked(row), fault or UNKNOWN))
            elif person in seen or person in members:
                continue  # the same person once more changes nothing
            else:
                members[person] = None
        return list(members), strays

    def _named(self, row: Row) -> tuple[bytes | int | None, str]:
        """Whom a row names: the index of a NIK, or the number of a delivery; or None and why."""
        code, nik = row.cells.get("KODE", ""), row.cells.get("NIK", "")
        if nik != "":
            found: list[Finding] = []
            digits = digits_of(nik, found)
            read = rules.read_nik(digits) if digits is not None else None
            if digits is None:
                return None, found[-1].reason
            return (None, read.value) if isinstance(read, NikFault) else (self._vault.index(digits, "nik"), "")
        if code == "":
            return None, EMPTY
        number = delivery_of(str(code))
        return (number, "") if number is not None else (None, BAD_CODE)


def _masked(row: Row) -> str:
    nik, code = row.cells.get("NIK", ""), row.cells.get("KODE", "")
    return rules.mask_nik(str(nik).strip()) if nik != "" else shown(str(code))
