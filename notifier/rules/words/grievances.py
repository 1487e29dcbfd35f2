"""What a text complains of, and whether someone is in danger: concepts found become categories of complaint.

It must not know the intent: a grievance can stand inside an answer, a question or thanks, and `decide` weighs that.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from notifier.rules.words.amounts import amounts
from notifier.rules.words.seen import Seen, Span
from notifier.rules.words.values import Context

Found = dict[str, str]  # category → the words that say so

# the most important first: what harms a person, then who is left out, then what was taken, then what is merely late
RANK = (
    *("other", "illegal_levy", "deduction", "wrong_target", "not_registered", "officer_conduct", "fraud_hoax"),
    *("goods_quality", "card_problem", "data_error", "not_received", "delayed"),
)
_MUCH = 20  # times: what is left of an aid is no smaller part of it than this
_ABOUT_AID = (Context.NOTICE, Context.RECEIPT_QUESTION, Context.STATUS)


@dataclass(frozen=True, slots=True)
class Grievances:
    """The categories in order of importance with the words behind each, and the words of danger ("" when none)."""

    found: Found = field(default_factory=dict)
    danger: str = ""
    kind: str = ""  # the category the danger belongs to

    @property
    def categories(self) -> tuple[str, ...]:
        """The categories alone, the most important first."""
        return tuple(self.found)


def grievances(seen: Seen, context: Context) -> Grievances:
    """Everything a text complains of."""
    danger, kind = _danger(seen)
    found: Found = {kind: danger} if kind else {}
    for category, says in _CATEGORIES.items():
        if words := says(seen, context):
            found.setdefault(category, words)
    if "illegal_levy" in found and "deduction" in found and not seen.any("pretext", "levy_word"):
        del found["illegal_levy"]
    if "impostor" in seen:
        found.pop("officer_conduct", None)
    if "declared_dead" in seen or ("fraud_hoax" in found and "dropped" not in seen):
        found.pop("not_registered", None)
    if kind == "other" and not seen.any("aid_missing"):
        # no rice in the house is hunger; no rice from us is a grievance as well
        for category in ("not_received", "delayed", "deduction"):
            found.pop(category, None)
    if "fraud_hoax" in found:
        found.pop("data_error", None)
    first: tuple[str, ...] = (kind,) if kind else ()
    if kind == "other" and "not_received" in found:
        first = ("not_received", "other") if "suicide" not in seen else ("other",)
    elif "card_held" in seen:
        first = (*first, "card_problem")
    if seen.any("cut", "shortfall") and not seen.any("asks_for", "levy_word"):
        first = (*first, "deduction")
    return Grievances({c: found[c] for c in dict.fromkeys((*first, *RANK)) if c in found}, danger, kind)


def whether(seen: Seen) -> frozenset[int]:
    """Places of a "belum" or "tidak" that only makes a question of what stands before it: "sudah cair belum ya"."""
    if seen.any("why_q", "contrast"):
        return frozenset()
    return frozenset(at for at in _last_words(seen) if _is_tag(seen, at)) | {
        end - 1 for _, end in seen.of("tagged") if _ends_there(seen, end)
    }


def _last_words(seen: Seen) -> Iterator[int]:
    fillers = {start for name in ("person_called", "thanks", "laugh", "filler") for start, _ in seen.of(name)}
    last = len(seen.tokens) - 1
    for at in range(last, -1, -1):
        ends = at == last or seen.tokens[at].clause != seen.tokens[at + 1].clause
        if not ends:
            continue
        while at > 0 and at in fillers and seen.tokens[at].clause == seen.tokens[at - 1].clause:
            at -= 1
        yield at


def _is_tag(seen: Seen, at: int) -> bool:
    if not _covers(seen, "tag_word", at) or at == 0:
        return False
    clause = [i for i, t in enumerate(seen.tokens) if t.clause == seen.tokens[at].clause]
    before = [i for i in clause if i < at]
    if not before:
        return False
    if not _covers(seen, "notyet", at) and not seen.any("but", "neighbour"):
        return True
    asked = seen.tokens[clause[-1]].word == "?" or seen.tokens[min(clause[-1] + 1, len(seen.tokens) - 1)].word == "?"
    verb = any(_covers(seen, name, before[-1]) for name in ("got", "able"))
    return asked or verb or any(_covers(seen, "done", i) for i in before[-5:])


def _ends_there(seen: Seen, end: int) -> bool:
    """Does the clause end here, but for a name, a particle or a place: "terdaftar tidak di pkh"."""
    if end >= len(seen.tokens) or seen.tokens[end].clause != seen.tokens[end - 1].clause:
        return True
    return any(_covers(seen, name, end) for name in ("filler", "person_called", "where", "me", "when_word"))


def _covers(seen: Seen, concept: str, at: int) -> bool:
    return any(start <= at < end for start, end in seen.of(concept))


def _danger(seen: Seen) -> tuple[str, str]:
    """The words of danger and the category they belong to."""
    if "suicide" in seen:
        return seen.words("suicide"), "other"
    if seen.any("figure", "settled") or ("general_q" in seen and "me" not in seen):
        return "", ""
    by_officer = bool(seen.any("officer", "retaliation", "they"))
    for name in ("violence", "threat_word"):
        if name in seen and not ("old_times" in seen and "fear" not in seen):
            by_people = by_officer or name == "threat_word" or seen.of(name)[0] not in seen.of("accident")
            return seen.words(name), "officer_conduct" if by_people else "other"
    if "retaliation" in seen and "fear" in seen:
        return seen.words("fear"), "officer_conduct"
    for name in ("burning", "flood_quake"):
        told_aside = seen.any("card_trouble", "old_times", "hypothetical") and not seen.any("hungry", "trapped")
        if name in seen and not told_aside and seen.any("want_help", "hungry", "small_ones", "home"):
            return seen.words(name), "other"
    for name in ("hungry", "sick"):
        if name in seen and "hypothetical" not in seen:
            return seen.words(name), "other"
    return "", ""


def _not_received(seen: Seen, context: Context) -> str:
    tags = whether(seen)
    about_aid = context in _ABOUT_AID or "aid" in seen or "strong_got" in seen or "zero" in seen or "neighbour" in seen
    for span in seen.of("not_got"):
        if about_aid and not _within(span, tags) and not _supposed(seen, span):
            return _said(seen, span)
    return ""


def _supposed(seen: Seen, span: Span) -> bool:
    """Does "kalau" open the sentence of a question: nothing has happened yet. A statement tells of a custom."""
    if not seen.any("q_word", "yesno_q", "q_open", "question_mark"):
        return False
    sentence = seen.tokens[span[0]].sentence
    return any(seen.tokens[s].sentence == sentence and s <= span[0] for s, _ in seen.of("if"))


def _within(span: Span, places: frozenset[int]) -> bool:
    return any(at in places for at in range(*span))


def _said(seen: Seen, span: Span) -> str:
    return " ".join(token.word for token in seen.tokens[span[0] : span[1]])


def _first(*concepts: str) -> Callable[[Seen, Context], str]:
    """A grievance that any of these concepts tells of, unless it is only supposed."""

    def says(seen: Seen, _: Context) -> str:
        tags = whether(seen)
        for concept in concepts:
            for span in seen.of(concept):
                if not _supposed(seen, span) and not _within(span, tags):
                    return _said(seen, span)
        return ""

    return says


def _late(seen: Seen, context: Context) -> str:
    if "late_strong" not in seen and not _not_received(seen, context) and "waiting_long" not in seen:
        return ""
    return _first("late")(seen, context)


def _deduction(seen: Seen, context: Context) -> str:
    if "cut_denied" in seen:
        return ""
    if words := _first("cut", "shortfall", "half_given")(seen, context):
        return words
    named = amounts(seen.tokens)
    less = len(named) == 2 and named[1] < named[0] < _MUCH * named[1] and not seen.any("asks_for")
    return f"{named[0]} … {named[1]}" if less and "got" in seen else ""


def _fraud(seen: Seen, context: Context) -> str:
    return _first("fraud")(seen, context)


_CATEGORIES: dict[str, Callable[[Seen, Context], str]] = {
    "not_registered": _first("not_registered"),
    "wrong_target": _first("wrong_target"),
    "illegal_levy": _first("levy"),
    "deduction": _deduction,
    "officer_conduct": _first("officer_bad"),
    "fraud_hoax": _fraud,
    "goods_quality": _first("bad_quality"),
    "card_problem": _first("card_trouble"),
    "data_error": _first("wrong_data"),
    "not_received": _not_received,
    "delayed": _late,
}
