"""The desk's lists: by time left, page by page, with their kept counters; narrowed, searched, and a person looked up.

Every read takes the viewer's region. A look-up by NIK or phone is recorded; the number itself is kept nowhere.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from notifier.desk.keys import Keys
from notifier.desk.values import Asked, Choices, ListPage, Room, Sought
from notifier.errors import Refused
from notifier.rules.boards import View
from notifier.rules.people import Nik, read_nik, read_phone
from notifier.rules.roles import Right, Role, Viewer, covers, may
from notifier.store import accounts, boards, ledger, people, rounds, search, ticket_lists, tickets
from notifier.store.accounts import Account
from notifier.store.people import Person
from notifier.store.straight import together
from notifier.store.ticket_lists import Listed, Place, Wanted

PAGE = 50
MANY = 1000  # a figure of which no counter is kept is told up to here
FRESH_FOR = timedelta(seconds=30)
ROUNDS = 40  # of which a list can be narrowed to one
LARGEST = 2**63 - 1  # the largest number a row can have
NO_PLACE = "this is no place in the list; begin again with its first page"


async def page_of_list(room: Room, viewer: Viewer, asked: Asked, now: datetime) -> ListPage:
    """One page of a view: urgent ones first, then by the nearest promise; "all", and what is searched in it, newest
    first."""
    viewer.needs(Right.SEE_TICKETS)
    wanted = _wanted(room, viewer, asked, now)
    newest = asked.view is View.ALL
    below, place = (_below(asked.before), None) if newest else (None, _place(asked.before))
    limit = asked.limit or PAGE
    async with room.database.look() as db:
        # Nothing is gone through in vain where a list is in the order of an index: it is asked for with the counters.
        front = ticket_lists.whole(wanted, limit + 1) if asked.view is View.TEAM and place is None else None
        if front is not None:
            counted, rows = await together(db, boards.counting(viewer.region, viewer.account_id), front)
            return _page(ticket_lists.listed(rows), boards.counted(counted), newest=False, limit=limit)
        counts = await boards.counts(db, viewer.region, viewer.account_id)
        # What words match has to be looked at whole in any case; of other filters only so many are counted.
        all_told = bool(wanted.words) and not asked.before
        if not counts[asked.view]:
            found: list[Listed] = []
        elif newest:
            found = await ticket_lists.newest(db, wanted, below, limit + 1, counted=all_told)
        else:
            found = await ticket_lists.page(db, wanted, place, limit + 1, counted=all_told)
        matching = None
        if all_told:
            matching = min(found[0].more, MANY + 1) if found else 0
        elif not wanted.plain:
            matching = await ticket_lists.count(db, wanted, MANY)
    return _page(found, counts, matching, newest=newest, limit=limit)


def _page(
    found: list[Listed], counts: Mapping[View, int], matching: int | None = None, *, newest: bool, limit: int
) -> ListPage:
    """What was found, which is one more than is shown where another page follows."""
    shown = found[:limit]
    more = shown[-1] if len(found) > limit else None
    return ListPage(tuple(shown), _cursor(newest, more) if more else "", _named(counts), matching)


async def counts(room: Room, viewer: Viewer) -> Mapping[str, int]:
    """How many tickets each list holds for this viewer, exact."""
    viewer.needs(Right.SEE_TICKETS)
    async with room.database.look() as db:
        return _named(await boards.counts(db, viewer.region, viewer.account_id))


class Narrowing:
    """What lists can be narrowed to, read anew only now and then: areas, rounds and colleagues change slowly."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], tuple[datetime, Choices]] = {}

    async def choices(self, room: Room, viewer: Viewer, area: str, now: datetime) -> Choices:
        """For a viewer who looks at an area of theirs; as it was half a minute ago at most."""
        viewer.needs(Right.SEE_TICKETS)
        within = area if area and covers(viewer.region, area) else viewer.region
        until, kept = self._kept.get((viewer.region, within), (now, None))
        if kept is not None and until > now:
            return kept
        self._kept = {key: found for key, found in self._kept.items() if found[0] > now}
        async with room.database.read() as db:
            areas = await boards.within(db, within)
            lately = await rounds.lately(db, viewer.region, ROUNDS)
            staff = await accounts.everyone(db)
        found = Choices(
            tuple(areas),
            tuple((code, f"{programme} {period}, {venue}") for code, programme, period, venue, _ in lately),
            tuple({point: venue for *_, venue, point in reversed(lately)}.items())[::-1],
            tuple(one for one in staff if _takes(one, viewer.region)),
        )
        self._kept[viewer.region, within] = (now + FRESH_FOR, found)
        return found


def _takes(account: Account, region: str) -> bool:
    """Whether somebody can be given tickets of an area."""
    near = covers(account.region, region) or covers(region, account.region)
    return account.disabled_at is None and may(Role(account.role), Right.ANSWER) and near


async def fold(room: Room) -> int:
    """Add what changed to the kept counters, slice by slice; returns how many differences there were."""
    async with room.database.read() as db:
        if not await boards.waits(db):
            return 0
    folded, last = 0, boards.SLICE
    while last == boards.SLICE:
        async with room.database.write_slice() as db:
            last = await boards.fold(db)
        folded += last
    return folded


def _named(counts: Mapping[View, int]) -> dict[str, int]:
    return {view.value: n for view, n in counts.items()}


def _wanted(room: Room, viewer: Viewer, asked: Asked, now: datetime) -> Wanted:
    words, zone = search.asked(asked.words), ZoneInfo(room.settings.zone)
    if asked.words and not words:
        raise Refused("there is no word in what you search for; write letters or digits")
    return Wanted(
        viewer.region,
        asked.view,
        viewer.account_id,
        category=asked.category,
        area=asked.area,
        round=asked.round,
        point=asked.point,
        channel=asked.channel,
        language=asked.language,
        agent=asked.agent,
        opened_before=now - timedelta(days=asked.age) if asked.age else None,
        opened_from=datetime.combine(asked.first, time(), zone) if asked.first else None,
        opened_until=datetime.combine(asked.last + timedelta(days=1), time(), zone) if asked.last else None,
        words=words,
        place=asked.place,
        unmerged=asked.unmerged,
    )


def _cursor(newest: bool, last: Listed) -> str:
    return str(last.id) if newest else f"{last.rank.isoformat()}~{last.id}"


def _below(cursor: str) -> int | None:
    if not cursor:
        return None
    try:
        return _number(cursor)
    except ValueError:
        raise Refused(NO_PLACE) from None


def _place(cursor: str) -> Place | None:
    if not cursor:
        return None
    try:
        rank, ticket_id = cursor.split("~")
        at = datetime.fromisoformat(rank)
        if at.tzinfo is None:
            raise ValueError
        return at.astimezone(UTC), _number(ticket_id)
    except (ValueError, OverflowError):  # the first and the last day there is have no time in another zone
        raise Refused(NO_PLACE) from None


def _number(text: str) -> int:
    number = int(text)
    if not 0 <= number <= LARGEST:
        raise ValueError
    return number


# --- a person ---------------------------------------------------------------------------------------------------------


async def seek(room: Room, viewer: Viewer, typed: str, now: datetime) -> Sought | None:
    """Whoever has exactly this NIK or phone in the viewer's region, and their open tickets; None when what was typed is
    neither. The look is recorded whether it finds anybody or not; confidential tickets are not found by it.
    """
    nik, phone = read_nik(typed), read_phone(typed)
    if not isinstance(nik, Nik) and phone is None:
        return None
    viewer.needs(Right.SEE_PEOPLE)
    async with room.database.write() as db:
        found: list[Person] = []
        if isinstance(nik, Nik):
            one = await people.by_nik(db, room.vault.index(nik.value, "nik"))
            found = [one] if one is not None else []
        elif phone is not None:
            found = await people.at_phone(db, phone)
        found = [person for person in found if viewer.covers(person.region)]
        persons = [room.vault.person_index(person.id) for person in found]
        addresses = [Keys(room.vault, "sms", phone).reporter()] if phone else []
        theirs = await tickets.of_person(db, persons, addresses, viewer.region, PAGE)
        detail = {"by": "phone" if phone else "nik", "people": [person.id for person in found], "tickets": len(theirs)}
        await ledger.append(db, at=now, who=viewer.who, act="person_sought", about="people", detail=detail)
    return Sought(tuple(found), tuple(theirs))
