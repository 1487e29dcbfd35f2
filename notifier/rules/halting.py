"""When a broadcast that is under way stops by itself and asks: too many failures, complaints or words that it is wrong,
or money that would run over its cap.

It must not know where the figures are kept, nor who is asked.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

WRONG = "wrong_info"  # how answers such as "salah jadwal" are counted, beside their intent
COMPLAINTS = ("complaint", "receipt_no")


@dataclass(frozen=True, slots=True)
class Limits:
    """What is taken as a sign of trouble: percent, and from how many on a percentage means anything."""

    failures: float  # percent of those whose fate is known
    complaints: float  # percent of those told
    wrong: float  # percent of those told
    after: int  # fates known before failures are judged
    answers: int  # answers of one kind before they are judged


@dataclass(frozen=True, slots=True)
class Level:
    """How a broadcast fares, in people. Suppressed ones are nobody's failure and stand in none of these."""

    told: int = 0  # accepted, delivered or read
    failed: int = 0
    complaints: int = 0  # complaints, and "no, not received"
    wrong: int = 0  # "wrong date", "wrong person"

    @property
    def known(self) -> int:
        """Whose fate is known."""
        return self.told + self.failed

    def since(self, before: "Level") -> "Level":
        """What came after an earlier level; a late receipt may have made an earlier figure smaller since."""
        return Level(
            max(self.told - before.told, 0),
            max(self.failed - before.failed, 0),
            max(self.complaints - before.complaints, 0),
            max(self.wrong - before.wrong, 0),
        )


def level(states: Mapping[str, int], echoes: Mapping[str, int]) -> Level:
    """A level from kept counters: people by state, answers by what their words meant."""
    return Level(
        told=sum(states.get(state, 0) for state in ("accepted", "delivered", "read")),
        failed=states.get("failed", 0),
        complaints=sum(echoes.get(intent, 0) for intent in COMPLAINTS),
        wrong=echoes.get(WRONG, 0),
    )


def trouble(now: Level, approved: Level, limits: Limits) -> str:
    """Why it should stop and ask, with the figures; "" when it fares well enough.

    approved: the level a person saw when they said "go on". Only what came since counts, and a rate has to be worse
    than theirs by the limit, so that it does not halt again at once over what they have accepted.
    """
    since = now.since(approved)
    complained, doubted = since.complaints >= limits.answers, since.wrong >= limits.answers
    failed_before = percent(approved.failed, approved.known)
    wrong_before, complaints_before = (percent(n, approved.told) for n in (approved.wrong, approved.complaints))
    signs = (
        (_FAILED, since.failed, since.known, since.known >= limits.after, failed_before + limits.failures),
        (_WRONG, since.wrong, since.told, doubted, wrong_before + limits.wrong),
        (_COMPLAIN, since.complaints, since.told, complained, complaints_before + limits.complaints),
    )
    for sentence, n, of, enough, limit in signs:
        if enough and percent(n, of) > limit:
            return sentence.format(n=n, of=of, percent=percent(n, of), limit=_figure(limit))
    return ""


def canary_trouble(now: Level, approved: Level, limits: Limits, waiting: int) -> str:
    """The same for the first ones when their time is over. Few as they are, all of them count; `waiting`: who could not
    be told in all that time counts as a failure.
    """
    first = Level(now.told, now.failed + waiting, now.complaints, now.wrong)
    since = first.since(approved)
    if since.known and not since.told:
        return f"none of the first {since.known} people could be told"
    few = Limits(limits.failures, limits.complaints, limits.wrong, min(limits.after, since.known), limits.answers)
    return trouble(first, approved, few)


def cap_trouble(spent: int, a_moment: int, rest: int, cap: int | None) -> str:
    """Why a broadcast stops before it costs more than its cap; all in rupiah.

    a_moment: what may be spent until it is looked at again. rest: what telling everybody else would cost at most.
    """
    if cap is None or spent + min(a_moment, rest) <= cap:
        return ""
    return f"it has cost {rupiah(spent)} and would pass its cap of {rupiah(cap)}"


def a_moment(speeds: Iterable[tuple[float, int, float]], seconds: float) -> int:
    """Rupiah that may be spent in so many seconds: (messages a second, rupiah a segment, segments a message) a line."""
    return math.ceil(sum(rate * price * segments * seconds for rate, price, segments in speeds))


def percent(n: int, of: int) -> float:
    """A share in percent; of nothing it is 100 when there is anything at all (more complain than were told)."""
    if not n:
        return 0.0
    return round(100 * n / of, 1) if of else 100.0


def rupiah(amount: int) -> str:
    """As people write it: "Rp1.250.000"."""
    return f"Rp{amount:,}".replace(",", ".")


def _figure(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")


_FAILED = "{n} of {of} messages failed ({percent} %, at most {limit} %)"
_COMPLAIN = "{n} complaints after {of} messages ({percent} %, at most {limit} %)"
_WRONG = "{n} answers after {of} messages say it is wrong ({percent} %, at most {limit} %)"
