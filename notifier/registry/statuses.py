"""What became of people's aid, said by a page or another system: the same words as a payment file, row by row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from notifier.errors import Refused
from notifier.outbox import Outbox
from notifier.registry import entitling
from notifier.registry.entitling import LOOK, WRITE, Decided, Said
from notifier.registry.findings import Finding
from notifier.registry.news import News
from notifier.registry.reasons import REASONS
from notifier.registry.statuses_import import judge_status
from notifier.registry.tables import Row
from notifier.rules.roles import Right, Viewer
from notifier.rules.rounds import Entitlement
from notifier.store import entitled, rounds
from notifier.store.engine import Database
from notifier.store.entitled import Listed
from notifier.store.rounds import Round
from notifier.vault import Vault

COLUMNS = ("NIK", "KODE_PENYALURAN", "STATUS", "TANGGAL", "KETERANGAN")  # of a payment file
MOST = LOOK  # rows of one call


@dataclass(frozen=True, slots=True)
class Wanted:
    """A row: what is said of one person in one round. The person by NIK or by id."""

    round_code: str
    status: str
    nik: str = ""
    person_id: int | None = None
    on: str = ""  # day the record gives, 2026-12-07; "": none
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Became:
    """What came of a row."""

    outcome: str  # changed, unchanged, rejected
    findings: Sequence[Finding] = ()
    tells: bool = False  # the person hears of it

    @property
    def sentences(self) -> Mapping[str, str]:
        """What is to be mended, by a payment file's columns."""
        return MappingProxyType({finding.column: _sentence(finding) for finding in self.findings})


class Statuses:
    """The use cases of whoever looks after what people get."""

    def __init__(self, database: Database, vault: Vault, outbox: Outbox, status_digest: timedelta) -> None:
        """`status_digest`: how long a notice waits for further changes of the same person."""
        self._database, self._vault = database, vault
        self._news = News(outbox, status_digest)

    async def page(
        self, viewer: Viewer, code: str, status: str, after: int, limit: int
    ) -> tuple[Round, Sequence[Listed]]:
        """A round and the people in it beyond a person, of one status or of all (""). Raises Refused when there is no
        such round for the viewer.
        """
        viewer.needs(Right.SEE_PEOPLE)
        async with self._database.read() as db:
            of = await rounds.by_code(db, code)
            if of is None or not viewer.covers(of.region):
                raise Refused(f'no round has the code "{code}"')
            return of, await entitled.page(db, of.id, status, after, limit)

    async def change_statuses(self, viewer: Viewer, rows: Sequence[Wanted], now: datetime) -> Sequence[Became]:
        """Take rows as a payment file would: what became of each, in order. A row that cannot be taken changes nothing
        and spoils no other. Whoever is to hear of a change gets a notice in its transaction. Raises Refused for more
        than 500 rows.
        """
        viewer.needs(Right.CHANGE_STATUS)
        if len(rows) > MOST:
            raise Refused(f"{len(rows)} rows are too many at once; send at most {MOST}, or import a file")
        became: list[Became] = [Became("rejected")] * len(rows)
        taken: list[Said] = []
        for line, row in enumerate(rows):
            said, found = judge_status(_row(line, row), self._vault, row.person_id)
            if said is None:
                became[line] = Became("rejected", tuple(f for f in found if f.effect.value == "rejects"))
            else:
                taken.append(said)
        for start in range(0, len(taken), WRITE):
            part = taken[start : start + WRITE]
            async with self._database.write_slice() as db:
                done = await entitling.write(db, self._news, part, who=viewer.who, within=viewer.region, now=now)
                await entitling.act(db, viewer.who, part, done, now)
            for said, decided in zip(part, done, strict=True):
                became[said.line] = _became(decided)
        return became


def _became(decided: Decided) -> Became:
    if decided.refusal is not None:
        return Became("rejected", (decided.refusal,))
    return Became("unchanged" if decided.status is None else "changed", tells=decided.tells)


def _row(line: int, row: Wanted) -> Row:
    cells = dict(zip(COLUMNS, (row.nik, row.round_code, row.status, row.on, row.reason), strict=True))
    return Row(line, cells, len(cells), surplus=False)


def _sentence(finding: Finding) -> str:
    return REASONS[finding.reason].mend.format(
        found=finding.found, programmes="", methods="", statuses=", ".join(Entitlement)
    )
