"""Who may do what, and where: rights by role in one table, regions by prefix.

It must not know accounts, sessions or pages.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from notifier.errors import Refused


class Role(StrEnum):
    AGENT = "agent"  # petugas pengaduan
    SUPERVISOR = "supervisor"  # penyelia
    ADMIN = "admin"  # admin program
    AUDITOR = "auditor"  # inspektorat: reads everything, changes nothing


class Right(StrEnum):
    SEE_TICKETS = "see_tickets"
    ANSWER = "answer"  # and every other act on a ticket but assigning it to others
    ASSIGN = "assign"
    SEE_PEOPLE = "see_people"  # masked
    REVEAL = "reveal"  # a clear NIK or a sealed reporter; each look is recorded
    SEE_ROUNDS = "see_rounds"
    EDIT_ROUND = "edit_round"  # and cancel it
    CHANGE_STATUS = "change_status"  # of people's aid in a round
    EDIT_PROGRAMME = "edit_programme"  # its name, ladder and reminders: everywhere at once
    SEE_BROADCASTS = "see_broadcasts"
    PLAN = "plan"
    APPROVE = "approve"  # never one's own plan
    CONTROL_BROADCAST = "control_broadcast"  # pause, resume, stop, send again
    RECORD_VISIT = "record_visit"  # what a field officer found at a door
    SEE_TEMPLATES = "see_templates"
    EDIT_TEMPLATE = "edit_template"
    PUBLISH = "publish"
    IMPORT = "import"
    ACCOUNTS = "accounts"
    SEE_LEDGER = "see_ledger"
    SEE_REPORTS = "see_reports"
    EXPORT = "export"
    SEE_WALL = "see_wall"  # the sandbox's phones, where one can also answer as a citizen


_AGENT = frozenset(
    {
        Right.SEE_TICKETS,
        Right.ANSWER,
        Right.SEE_PEOPLE,
        Right.SEE_ROUNDS,
        Right.SEE_BROADCASTS,
        Right.RECORD_VISIT,
        Right.SEE_WALL,
    }
)
_SUPERVISOR = _AGENT | {
    Right.ASSIGN,
    Right.REVEAL,
    Right.SEE_TEMPLATES,
    Right.SEE_LEDGER,
    Right.SEE_REPORTS,
    Right.EXPORT,
}
# An admin runs the programme and sees the complaints about it, but does not speak for the desk.
_ADMIN = frozenset(Right) - {Right.ANSWER}
_AUDITOR = frozenset(
    {
        Right.SEE_TICKETS,
        Right.SEE_PEOPLE,
        Right.SEE_ROUNDS,
        Right.SEE_BROADCASTS,
        Right.SEE_TEMPLATES,
        Right.SEE_LEDGER,
        Right.SEE_REPORTS,
        Right.EXPORT,
    }
)
RIGHTS: Mapping[Role, frozenset[Right]] = MappingProxyType(
    {Role.AGENT: _AGENT, Role.SUPERVISOR: _SUPERVISOR, Role.ADMIN: _ADMIN, Role.AUDITOR: _AUDITOR}
)


def may(role: Role, right: Right) -> bool:
    """Whether the role has the right at all; where is asked of `covers`."""
    return right in RIGHTS[role]


def covers(prefix: str, region: str) -> bool:
    """Whether `region` lies in the area of `prefix` ("31.75" has "31.75.07", not "31.751"); "" covers everything, and
    only "" covers what has no region.
    """
    return not prefix or region == prefix or region.startswith(prefix.rstrip(".") + ".")


@dataclass(frozen=True, slots=True)
class Viewer:
    """A member of staff who looks or acts: what they may do follows from the role, where from the region's prefix."""

    account_id: int
    login: str
    role: Role
    region: str = ""  # prefix; "" sees everything

    @property
    def who(self) -> str:
        """How records name them: "account:3"."""
        return f"account:{self.account_id}"

    def may(self, right: Right) -> bool:
        """Whether they have the right at all."""
        return may(self.role, right)

    def covers(self, region: str) -> bool:
        """Whether a region is theirs to see."""
        return covers(self.region, region)

    def needs(self, right: Right) -> None:
        """Raises Refused unless they have the right."""
        if not may(self.role, right):
            raise Refused(f"{self.login} ({self.role}) lacks the right to {right.replace('_', ' ')}")
