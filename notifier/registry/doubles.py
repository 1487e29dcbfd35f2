"""People who may be one: the list of them, and the three decisions. Same person, not the same, a phone that is shared.

Likeness is told here and is pure; the walk that looks for it goes on by itself, a little at a time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.errors import Refused
from notifier.registry.persons import said
from notifier.rules.people import fold_name, masked_address
from notifier.rules.roles import Right, Viewer
from notifier.store import doubles, joining, ledger, people, persons
from notifier.store.doubles import HOUSEHOLD, PHONE, Double, Seen
from notifier.store.engine import Database
from notifier.store.people import Held
from notifier.store.persons import Whole
from notifier.vault import SHORT, Vault

KINDS = (HOUSEHOLD, PHONE)
MANY = 4  # people on one phone from which it is worth a word
SLICE = 500
TURNS = 4  # slices a look
RESTS = timedelta(days=1)  # between two walks through the whole register
MOST = 1000  # counted for a badge
SHOWN = 10  # people shown of those who share a phone
SLIPS = 1  # letters by which alike names may differ


@dataclass(frozen=True, slots=True)
class Side:
    """One of two people, masked."""

    who: Whole
    addresses: Sequence[tuple[str, str]]  # (channel, masked)
    programmes: Sequence[str]


@dataclass(frozen=True, slots=True)
class Case:
    """One thing to decide, with what speaks for it."""

    double: Double
    sides: Sequence[Side] = ()  # of a household
    address: str = ""  # masked; of a phone
    people: Sequence[Any] = ()  # who share it


def alike(one: Seen, other: Seen) -> bool:
    """Whether two of a household may be one person: the same name but for a slip, and no birthdays that differ."""
    if one.born is not None and other.born is not None and one.born != other.born:
        return False
    first, second = fold_name(one.name), fold_name(other.name)
    if first == second:
        return True
    known = one.born is not None and one.born == other.born
    return known and (within_slips(first, second, SLIPS) or _part(one.name, other.name))


def within_slips(first: str, second: str, slips: int) -> bool:
    """Whether so few letters are changed, added or left out."""
    if abs(len(first) - len(second)) > slips or min(len(first), len(second)) < 4:
        return False
    row = list(range(len(second) + 1))
    for place, letter in enumerate(first, 1):
        above, row[0] = row[0], place
        for at, other in enumerate(second, 1):
            above, row[at] = row[at], min(row[at] + 1, row[at - 1] + 1, above + (letter != other))
    return row[-1] <= slips


def _part(one: str, other: str) -> bool:
    """Whether the words of one name are all in the other: SITI AMINAH and SITI AMINAH BINTI AHMAD."""
    first, second = ({fold_name(word) for word in name.split()} for name in (one, other))
    return min(len(first), len(second)) > 1 and (first <= second or second <= first)


class Doubles:
    """Finds them, lists them, and carries decisions out."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    # --- finding ---

    async def walk(self, now: datetime) -> int:
        """Go on looking through the register; returns how many people were looked at."""
        looked = 0
        for _ in range(TURNS):
            async with self._database.read() as db:
                cursor, wake = await doubles.standing(db) or (0, now)
                if wake > now:
                    return looked
                some = await doubles.some(db, cursor, SLICE)
                found = await self._look(db, some)
            done = len(some) < SLICE
            async with self._database.write_slice() as db:
                await doubles.note(db, found, now)
                await doubles.stand(db, 0 if done else some[-1].id, now + RESTS if done else now)
            looked += len(some)
            if done:
                await self._clear(now)
                break
        return looked

    async def _clear(self, now: datetime) -> None:
        """Take off the list what was put right meanwhile: a name, a birthday, a card, whose phone it is."""
        after = 0
        while True:
            async with self._database.read() as db:
                some = await doubles.waiting(db, after, SLICE)
                still = await _still(db, some)
            past = [one.id for one in some if one.id not in still]
            if past:
                async with self._database.write_slice() as db:
                    await doubles.past(db, past, now)
            if len(some) < SLICE:
                return
            after = some[-1].id

    async def _look(self, db: AsyncConnection, some: Sequence[Seen]) -> list[dict[str, Any]]:
        households = {one.kk_index for one in some if one.kk_index is not None}
        together: dict[bytes, list[Seen]] = {}
        for one in await doubles.mates(db, households) if households else ():
            together.setdefault(bytes(one.kk_index or b""), []).append(one)
        found = []
        for group in together.values():
            for place, one in enumerate(group):
                found += [_pair(one, other) for other in group[place + 1 :] if alike(one, other)]
        regions = {one.id: one.region for one in some}
        for crowd in await doubles.crowds(db, list(regions), MANY) if regions else ():
            region = regions.get(crowd.first) or regions.get(crowd.last) or ""
            if region:
                ends = {"person_id": crowd.first, "other_id": crowd.last, "people": crowd.people, "region": region}
                found.append({"kind": PHONE, "key": f"{PHONE}:{crowd.address}", **ends})
        return found

    # --- looking ---

    async def count(self, viewer: Viewer) -> int:
        """How many wait for this viewer, up to MOST; 0 for whom may not decide."""
        if not viewer.may(Right.IMPORT):
            return 0
        async with self._database.read() as db:
            return await doubles.count(db, viewer.region, MOST)

    async def page(self, viewer: Viewer, kind: str, after: int, limit: int) -> list[Case]:
        """What waits, oldest first, with its evidence; in as many statements however much there is."""
        viewer.needs(Right.IMPORT)
        async with self._database.read() as db:
            found = await doubles.page(db, kind, viewer.region, after, limit)
            if kind == PHONE:
                numbers = [double.key.partition(":")[2] for double in found]
                sharing = await doubles.sharing(db, numbers, viewer.region, SHOWN)
                return [
                    Case(double, address=masked_address(number), people=sharing.get(number, ()))
                    for double, number in zip(found, numbers, strict=True)
                ]
            ids = {number for double in found for number in (double.person_id, double.other_id)}
            whole = await persons.several(db, ids)
            held, enrolled = await people.held(db, ids), await people.enrolled(db, ids)
        sides = {number: _side(whole[number], held.get(number, ()), enrolled) for number in ids if number in whole}
        return [Case(double, sides=(sides[double.person_id], sides[double.other_id])) for double in found]

    # --- deciding ---

    async def apart(self, viewer: Viewer, double_id: int, now: datetime) -> None:
        """They are two people; never asked again."""
        await self._decided(viewer, double_id, HOUSEHOLD, "apart", "people_apart", now)

    async def share(self, viewer: Viewer, double_id: int, now: datetime) -> None:
        """The phone is shared, and that is well; never asked again."""
        await self._decided(viewer, double_id, PHONE, "shared", "phone_shared", now)

    async def _decided(self, viewer: Viewer, double_id: int, kind: str, state: str, act: str, now: datetime) -> None:
        viewer.needs(Right.IMPORT)
        async with self._database.write() as db:
            one = await _of(db, viewer, double_id, kind)
            await _close(db, one, state, viewer, now)
            about, detail = f"double:{one.id}", {"people": [one.person_id, one.other_id]}
            await ledger.append(db, at=now, who=viewer.who, act=act, about=about, detail=detail)

    async def join(self, viewer: Viewer, double_id: int, keep: int, why: str, now: datetime) -> None:
        """They are one person: `keep` stays, the other row points to it. Refused while that could lose or double a
        message.
        """
        viewer.needs(Right.IMPORT)
        reason = said(why)
        async with self._database.write() as db:
            one = await _of(db, viewer, double_id, HOUSEHOLD)
            if keep not in (one.person_id, one.other_id):
                raise Refused("say which of the two stays")
            gone = one.other_id if keep == one.person_id else one.person_id
            await merge(db, self._vault, viewer, gone, keep, reason, now)
            await _close(db, one, "same", viewer, now)
            await doubles.gone(db, gone, viewer.who, now)

    async def merge(self, viewer: Viewer, gone: int, keep: int, why: str, now: datetime) -> None:
        """The same for two people whom no list named."""
        viewer.needs(Right.IMPORT)
        reason = said(why)
        async with self._database.write() as db:
            await merge(db, self._vault, viewer, gone, keep, reason, now)
            await doubles.gone(db, gone, viewer.who, now)


async def merge(
    db: AsyncConnection, vault: Vault, viewer: Viewer, gone_id: int, kept_id: int, why: str, now: datetime
) -> None:
    """Make one person of two rows, in the caller's transaction.

    Nobody is told twice or lost by it: both must be at rest, no audience that may hold them is being walked through,
    and the row that goes must not have been told of a round that is not over, for what corrects it goes by that row.
    """
    if gone_id == kept_id:
        raise Refused("that is one person already; name another")
    rows = {number: await persons.get(db, number, lock=True) for number in sorted((gone_id, kept_id))}
    gone, kept = _whole(viewer, rows[gone_id]), _whole(viewer, rows[kept_id])
    await joining.before_walks(db)
    if await persons.under_way(db, [gone.id, kept.id]):
        raise Refused("a message to one of the two is still under way; merge them when it has come to its end")
    walked = await persons.walked(db, [gone.id, kept.id])
    if walked:
        raise Refused(f"a broadcast of {walked} is just going through its audience; merge them when it is through")
    told = await persons.told_of(db, gone.id, now)
    if told is not None:
        code, until = told
        raise Refused(
            f"person {gone.id} was told of {code}, which is open until {until:%Y-%m-%d}; keep that one, or merge later"
        )
    moved = await joining.move(db, gone.id, kept.id, now)
    await _reports(db, vault, gone.id, kept.id)
    await persons.put(db, kept.id, {**_filled(kept, gone), "updated_at": now})
    await persons.put(db, gone.id, {"merged_into_id": kept.id, "updated_at": now})
    await persons.note(db, kept.id, "merged", viewer.who, why, now, {"gone": gone.id, **moved})
    detail = {"gone": gone.id, **moved}
    await ledger.append(db, at=now, who=viewer.who, act="people_merged", about=f"person:{kept.id}", detail=detail)


def _filled(kept: Whole, gone: Whole) -> Mapping[str, Any]:
    """What the row that stays lacks and the other one has; a wish for silence of either counts."""
    names = ("kk", "kk_index", "sex", "born", "address", "rt", "rw", "prefers")
    values = {name: getattr(gone, name) for name in names if not getattr(kept, name) and getattr(gone, name)}
    silenced = [at for at in (kept.silenced_at, gone.silenced_at) if at is not None]
    return {**values, "flags": sorted({*kept.flags, *gone.flags}), "silenced_at": min(silenced, default=None)}


async def _reports(db: AsyncConnection, vault: Vault, gone: int, kept: int) -> None:
    """Reports keep their numbers and are the person's now; those made in confidence keep keys of their own."""

    def private(number: int) -> bytes:
        return vault.index(str(number), "person private")[:SHORT]  # as the desk's keys have it

    become = {vault.person_index(gone): vault.person_index(kept), private(gone): private(kept)}
    for ticket_id, sealed, index in await joining.reports(db, become):
        reporter = {**vault.open_json(sealed, "reporters.sealed"), "person_id": kept}
        values = {"sealed": vault.seal_json(reporter, "reporters.sealed"), "person_index": become[index]}
        await joining.report_by(db, ticket_id, values)


def _whole(viewer: Viewer, who: Whole | None) -> Whole:
    if who is None or not viewer.covers(who.region):
        raise Refused("there is no such person in your region")
    if who.merged_into_id is not None or who.erased_at is not None:
        raise Refused(f"person {who.id} is merged into another or erased; nothing of them is corrected")
    return who


async def _of(db: AsyncConnection, viewer: Viewer, double_id: int, kind: str) -> Double:
    one = await doubles.get(db, double_id)
    if one is None or one.kind != kind or not viewer.covers(one.region):
        raise Refused(f"there is no such case {double_id} in your region")
    return one


async def _close(db: AsyncConnection, one: Double, state: str, viewer: Viewer, now: datetime) -> None:
    if not await doubles.decide(db, one.id, state, viewer.who, now):
        raise Refused(f"case {one.id} was decided already; look at the list again")


async def _still(db: AsyncConnection, some: Sequence[Double]) -> set[int]:
    """Which of these are as they were found."""
    pairs = [one for one in some if one.kind == HOUSEHOLD]
    phones = {one.id: one.key.partition(":")[2] for one in some if one.kind == PHONE}
    whole = await persons.several(db, {number for one in pairs for number in (one.person_id, one.other_id)})
    seen = {w.id: Seen(w.id, w.kk_index, w.name, w.born, w.region) for w in whole.values()}
    crowded = await doubles.crowded(db, set(phones.values()), MANY)
    still = {number for number, phone in phones.items() if phone in crowded}
    for one in pairs:
        first, second = seen[one.person_id], seen[one.other_id]
        if first.kk_index is not None and first.kk_index == second.kk_index and alike(first, second):
            still.add(one.id)
    return still


def _pair(one: Seen, other: Seen) -> dict[str, Any]:
    first, second = sorted((one.id, other.id))
    ends = {"person_id": first, "other_id": second, "people": 2, "region": _common(one.region, other.region)}
    return {"kind": HOUSEHOLD, "key": f"{HOUSEHOLD}:{first}:{second}", **ends}


def _common(one: str, other: str) -> str:
    """The smallest area that holds both: whoever decides has to see both."""
    parts = []
    for first, second in zip(one.split("."), other.split("."), strict=False):
        if first != second:
            break
        parts.append(first)
    return ".".join(parts)


def _side(who: Whole, held: Sequence[Held], enrolled: Mapping[tuple[int, str], str]) -> Side:
    programmes = [f"{programme} {status}" for (of, programme), status in enrolled.items() if of == who.id]
    addresses = [(one.kind, masked_address(one.address)) for one in held if one.state != "old"]
    return Side(who, addresses, sorted(programmes))
