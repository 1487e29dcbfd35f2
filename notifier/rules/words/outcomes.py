"""How the rules say what a text means: an intent with its words, a complaint with its categories, a question's topic.

It must not decide which of them it is.
"""

from dataclasses import replace

from notifier.rules.words.amounts import amounts
from notifier.rules.words.reading import Reading
from notifier.rules.words.values import Intent, Meaning, Topic

_BARE = 2  # words: "salah pak" is all somebody says


def dressed(outcome: Meaning, r: Reading, rule: str) -> Meaning:
    """Add what every meaning carries: urgency, anonymity, amounts and the reasons."""
    grievous = outcome.intent in (Intent.COMPLAINT, Intent.RECEIPT_NO, Intent.TICKET_FOLLOWUP, Intent.UNCLEAR)
    urgent = bool(r.grief.danger) and grievous
    anonymous = r.has("anonymous") and not r.has("declines_anonymity")
    why = [f"{rule}: {words}" if (words := ", ".join(outcome.why)) else rule]
    why += [f"{category}: {words}" for category, words in r.grief.found.items() if category in outcome.categories]
    if urgent:
        why.append(f"urgent: {r.grief.danger}")
    if anonymous:
        why.append(f"anonymous: {r.seen.words('anonymous')}")
    doubted = _doubts(r)
    if doubted:
        why.append(f"says it is wrong: {doubted}")
    return replace(
        outcome,
        urgent=urgent,
        wants_anonymity=anonymous,
        why=tuple(why),
        amounts=amounts(r.seen.tokens),
        wrong_info=bool(doubted),
    )


def _doubts(r: Reading) -> str:
    """The words that say our own message is wrong: "salah jadwal", or a bare "salah"."""
    if r.has("wrong_info"):
        return r.seen.words("wrong_info")
    return r.seen.words("just_wrong") if r.has("just_wrong") and len(r.core) <= _BARE and not r.asked else ""


def plainly(
    intent: Intent, r: Reading, *concepts: str, ticket: bool = False, categories: tuple[str, ...] = ()
) -> Meaning:
    why = tuple(words for concept in concepts if (words := r.seen.words(concept)))
    return Meaning(intent, ticket, categories, why=why)


def complaint(r: Reading, *concepts: str, first: tuple[str, ...] = (), last: tuple[str, ...] = ()) -> Meaning:
    categories = tuple(dict.fromkeys((*first, *r.grief.categories, *last)))
    if categories:
        return plainly(Intent.COMPLAINT, r, *concepts, ticket=True, categories=categories)
    # nobody fully understands it: it is most likely about what it speaks of
    concept, category = next(((c, category) for c, category in LEANINGS if r.has(c)), ("", "other"))
    found = plainly(Intent.COMPLAINT, r, *concepts, concept, ticket=True, categories=(category,))
    return replace(found, guessed=True)


LEANINGS = (
    ("party", "wrong_target"),
    ("rich", "wrong_target"),
    ("official", "officer_conduct"),
    ("kks", "card_problem"),
    ("fraud_word", "fraud_hoax"),
    ("bad_goods", "goods_quality"),
    ("data_word", "data_error"),
    ("weight", "deduction"),
    ("money", "deduction"),
    ("aid", "not_received"),
    ("not_got", "not_received"),
)


def question(r: Reading, *concepts: str, ticket: bool = False) -> Meaning:
    found = plainly(Intent.QUESTION, r, *concepts, ticket=ticket, categories=("information",))
    return replace(found, topic=_topic(r))


def _topic(r: Reading) -> Topic:
    for concept, topic in TOPICS:
        if r.has(concept):
            return topic
    return Topic.OTHER


TOPICS = (
    ("how_complain", Topic.HOW_TO_COMPLAIN),
    ("status_meaning", Topic.STATUS),
    ("schedule_sure", Topic.SCHEDULE),
    ("documents_q", Topic.DOCUMENTS),
    ("place_q", Topic.PLACE),
    ("schedule_q", Topic.SCHEDULE),
    ("amount_q", Topic.AMOUNT),
    ("status_q", Topic.STATUS),
)
