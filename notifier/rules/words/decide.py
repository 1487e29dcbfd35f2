"""From what was found to what it means: one table of rules, read from the top, the first that holds decides.

It must not know channels, people or tickets; only the words and what our last message to that person was. When no
rule is sure, a person at the desk sees it: silence is never the answer to something we failed to understand.
"""

from collections.abc import Callable
from dataclasses import replace

from notifier.rules.words.asking import only_asked_about, tells
from notifier.rules.words.followups import about_a_ticket
from notifier.rules.words.grievances import whether
from notifier.rules.words.lexicon import Lexicon, shipped
from notifier.rules.words.normal import READ
from notifier.rules.words.outcomes import complaint, dressed, plainly, question
from notifier.rules.words.reading import Reading, read
from notifier.rules.words.values import Context, Intent, Meaning

_SHORT = 4  # words: an answer, not a story
_SENTENCE = 12  # words: as long as mere thanks get
_BRIEF = 5  # words: a keyword with a few round it
_QUERY = 2  # words that are enough to ask something
_MANY = 3  # words of the market that make an advertisement
_CASE = 14  # words of a question from which on it tells a case of its own
_SUBSTANCE = 4  # words from which on a text we do not understand is worth a person's time


def meaning(text: str, context: Context | str = Context.NONE, lexicon: Lexicon | None = None) -> Meaning:
    """What a citizen's text means, given what we last wrote to that person.

    Reads the first 4,000 characters (`why` says when there were more) and never fails on any text; ValueError when
    `context` is a name nobody knows.
    """
    reading = read(text, Context.read(context), lexicon or shipped())
    rule, outcome = next((rule, outcome) for rule, says in RULES if (outcome := says(reading)) is not None)
    found = dressed(outcome, reading, rule)
    if len(text) > READ:
        found = replace(found, why=(*found.why, f"only the first {READ} characters were read"))
    return found


# ── rules: each says what the text means, or None to pass ──


def _empty(r: Reading) -> Meaning | None:
    """A sticker, a row of emoji or nothing at all."""
    if any(token.word[0].isalnum() for token in r.seen.tokens):
        return None
    if r.context is Context.RECEIPT_QUESTION:
        if r.has("thumb_no"):
            return plainly(Intent.RECEIPT_NO, r, "thumb_no", ticket=True, categories=("not_received",))
        if r.has("thumb_yes"):
            return plainly(Intent.RECEIPT_YES, r, "thumb_yes")
    if r.seen.tokens and all(token.word in "?!." for token in r.seen.tokens):
        return plainly(Intent.UNCLEAR, r)
    return plainly(Intent.ACKNOWLEDGE, r)


def _machine(r: Reading) -> Meaning | None:
    return plainly(Intent.AUTO_REPLY, r, "auto_reply") if r.has("auto_reply") and not r.grief.danger else None


def _insults(r: Reading) -> Meaning | None:
    if r.has("insult") and r.context is not Context.TICKET and r.whole("insult", "officer", "they_all"):
        return plainly(Intent.UNCLEAR, r, "insult")
    return None


def _start_again(r: Reading) -> Meaning | None:
    if len(r.core) <= 2 and r.has("start_word") and r.whole("start_word", "wants_again"):
        return plainly(Intent.OPT_IN, r, "start_word")
    if (r.has("again_please") and not r.has("not_got")) or (
        r.has("pressed_stop") and r.has("wants_again", "please_act")
    ):
        return plainly(Intent.OPT_IN, r, "pressed_stop", "again_please")
    return None


def _stop(r: Reading) -> Meaning | None:
    if r.grief.danger or r.has("stop_taking"):
        return None
    if r.has("no_messages") and not set(r.grief.categories) - {"not_received", "not_registered", "data_error"}:
        return plainly(Intent.OPT_OUT, r, "no_messages")
    if r.has("stop_word") and not r.grief.found:
        # the keyword alone, or shouted after an angry sentence about our messages
        alone = r.whole("stop_word", "message_word", "me", "please_act")
        if (
            alone
            or (len(r.core) <= _BRIEF and not r.has("aid", "officer", "q_word"))
            or (r.has("message_word") and r.has("stop_shout"))
        ):
            return plainly(Intent.OPT_OUT, r, "stop_word")
    return None


def _advertises(r: Reading) -> Meaning | None:
    if r.has("real_q") or r.grief.danger or r.has("me_grieving"):
        return None
    many = len({start for start, _ in r.seen.of("spam_word")})
    only_prices = set(r.grief.categories) <= {"deduction", "illegal_levy", "fraud_hoax", "card_problem"}
    if (r.has("spam_strong") and only_prices) or (many >= _MANY and not r.asked):
        return plainly(Intent.SPAM, r, "spam_strong", "spam_word")
    return None


def _is_it_real(r: Reading) -> Meaning | None:
    if not r.has("real_q") or r.has("harm_sure"):
        return None
    if r.has("hearsay") and r.has("true_q"):
        # what the forwarded text promises or threatens is not what happened to this person
        return plainly(Intent.VERIFY_AUTHENTICITY, r, "real_q", "hearsay", categories=("fraud_hoax",))
    if r.grief.danger:
        return None
    doubts = {"fraud_hoax", "not_received", "data_error", "other", "officer_conduct"}
    if not r.has("me", "kin"):
        doubts.add("not_registered")
    paid = {"illegal_levy", "deduction"} if r.has("hearsay", "disturbing_link") and not r.has("officer") else set()
    if set(r.grief.categories) - doubts - paid:
        return None
    return plainly(Intent.VERIFY_AUTHENTICITY, r, "real_q", categories=("fraud_hoax",))


def _answers_receipt(r: Reading) -> Meaning | None:
    if r.context is not Context.RECEIPT_QUESTION:
        return None
    beyond = set(r.grief.categories) - {"not_received", "delayed"} or r.grief.danger
    negative = (
        r.opens_with("no")
        or (r.has("notyet") and r.whole("yes", "notyet", "me"))
        or ("not_received" in r.grief.found and not (r.opens_with("yes") and r.has("but_strong")))
    )
    if beyond or (negative and r.has("why_q")):
        return complaint(
            r,
            first=("not_received",) if negative and r.grief.danger else (),
            last=("not_received",) if negative else (),
        )
    clear = r.has("fine_word") or (r.has("got_it") and not r.opens_with("not_sure_no"))
    if clear and "not_received" not in r.grief.found:
        if _but_after(r) and not r.has("laugh", "fine_word", "good"):
            return complaint(r, "but_strong")
        return plainly(Intent.RECEIPT_YES, r, "got_it", "fine_word")
    if negative:
        return plainly(Intent.RECEIPT_NO, r, "not_got", "not", ticket=True, categories=("not_received",))
    if r.asked and r.has("q_word", "yesno_q") and not r.opens_with("yes"):
        return None
    if r.opens_with("yes") and r.has("but_strong") and not r.has("laugh", "good"):
        return complaint(r, "but_strong")
    answers_last = r.ends_with("done") and not r.asked and not r.has("but_strong", "not", "please_act")
    if answers_last or r.opens_with("yes") or r.opens_with("not_no") or (len(r.core) <= _SHORT and r.has("yes")):
        return plainly(Intent.RECEIPT_YES, r, "yes")
    return None


def _but_after(r: Reading) -> bool:
    """Does a "tapi" follow the good news, rather than lead to it?"""
    received = max((start for start, _ in r.seen.of("got_it")), default=0)
    return any(start > received for start, _ in r.seen.of("but_strong"))


def _says_received(r: Reading) -> Meaning | None:
    if r.grief.found or r.asked or not r.has("got_it") or r.context is Context.TICKET:
        return None
    if r.has("but_strong", "why_strong") or not r.has("strong_got"):
        return None
    if r.has("officer") and not r.has("me", "thanks", "good"):
        return None  # who took it is not who was to have it
    if r.context is Context.NONE and not r.has("done", "thanks", "good", "me"):
        return None
    said = r.context is Context.NOTICE and r.has("done")
    return plainly(Intent.RECEIPT_YES, r, "got_it") if said or r.has("aid", "got_money") else None


def _new_contact(r: Reading) -> Meaning | None:
    if not r.has("new_contact") or r.grief.danger:
        return None
    if set(r.grief.categories) - {"data_error", "card_problem", "not_registered"} or (
        r.asked and not r.has("please_act")
    ):
        return None
    return plainly(Intent.CHANGE_CONTACT, r, "new_contact")


def _asks_status(r: Reading) -> Meaning | None:
    if r.has("nik") and r.whole("nik", "me", "kin", "check_word", "please_act"):
        return plainly(Intent.STATUS_CHECK, r, "nik")
    if not (r.asked or r.has("check_word", "q_word", "yesno_q")):
        return None
    if not r.has("status_ask") or (r.has("if", "general_people") and not r.has("nik", "check_word")):
        return None
    if r.has("why_q") or r.has("schedule_sure") or r.has("status_meaning"):
        return None
    if r.grief.danger or set(r.grief.categories) - {"not_registered", "not_received", "delayed"}:
        return None
    if r.grief.found and not (whether(r.seen) and not r.has("why_q", "sad", "never_got")):
        return None
    return plainly(Intent.STATUS_CHECK, r, "status_ask")


def _complains(r: Reading) -> Meaning | None:
    if only_asked_about(r):
        return None
    if r.grief.found:
        return complaint(r)
    if r.has("wants_complain") and not r.has("how_complain", "if"):
        return complaint(r, "wants_complain")
    return None


def _registers(r: Reading) -> Meaning | None:
    if r.has("personal_case") and r.has("may_they"):
        return None
    if r.has("register_word") and r.whole("register_word", "programme", "me", "please_act"):
        return plainly(Intent.REGISTER, r, "register_word")
    if r.has("register_wish") and not (r.has("how_to_register") and not r.has("register_me")):
        return plainly(Intent.REGISTER, r, "register_wish")
    return None


def _asks(r: Reading) -> Meaning | None:
    if r.has("insult"):
        return None
    if r.has("personal_case") and (r.asked or r.has("q_word", "yesno_q")) and r.has("me", "kin"):
        # a general answer would not help: it turns on this family's papers
        return question(r, "personal_case", ticket=not r.has("if"))
    if len(r.core) >= _CASE and r.has("me", "kin") and r.asked and not tells(r):
        return question(r, "q_word", ticket=True)
    if r.has("info_word") and (len(r.core) <= _QUERY or r.whole("info_word", "please_act", "schedule_word", "aid")):
        return question(r, "info_word")
    if not (r.has("q_word", "yesno_q") or r.asked):
        return None
    if tells(r):
        return complaint(r, "why_strong", "whereabouts", "q_word")
    return question(r, "q_word", "yesno_q")


def _thanks(r: Reading) -> Meaning | None:
    if r.asked and len(r.core) >= _QUERY:
        return None
    if r.has("thanks_done") and not r.has("but", "sad", "insult"):
        return plainly(Intent.ACKNOWLEDGE, r, "thanks_done")
    if r.context is Context.NONE and r.whole("yes") and not r.has("thanks", "good", "okays_sure", "laugh"):
        return None  # an answer, but nothing was asked
    if not r.core and not r.has("thanks", "good", "okays", "yes", "laugh"):
        return None
    if r.whole("okays", "yes", "me") or (
        r.has("thanks", "good") and not r.has("please_act", "sad", "insult", "not") and len(r.core) <= _SENTENCE
    ):
        return plainly(Intent.ACKNOWLEDGE, r, "thanks", "okays", "good")
    if (
        r.has("okays")
        and len(r.core) <= 8
        and not r.asked
        and not r.has("q_word", "please_act", "sad", "insult", "not")
    ):
        return plainly(Intent.ACKNOWLEDGE, r, "okays")
    return None


def _asks_for_action(r: Reading) -> Meaning | None:
    if r.has("insult") and not r.has("aid", "officer"):
        return None
    if r.has("please_act", "sad") and len(r.core) >= _SUBSTANCE:
        return complaint(r, "please_act", "sad")
    return None


def _not_understood(r: Reading) -> Meaning:
    speaks_of_aid = len(r.core) >= _QUERY and r.has("goods", "kks", "officer", "not_got")
    if r.has("insult") or (len(r.core) < _SUBSTANCE and not speaks_of_aid):
        return plainly(Intent.UNCLEAR, r, "insult")
    # a story we do not follow is somebody's trouble until a person has read it
    return complaint(r)


RULES: tuple[tuple[str, Callable[[Reading], Meaning | None]], ...] = (
    ("no words", _empty),
    ("a machine wrote", _machine),
    ("insults", _insults),
    ("wants messages again", _start_again),
    ("wants no messages", _stop),
    ("advertises", _advertises),
    ("asks whether it is real", _is_it_real),
    ("speaks of a ticket", about_a_ticket),
    ("answers the receipt question", _answers_receipt),
    ("gives a new contact", _new_contact),
    ("asks for a status", _asks_status),
    ("complains", _complains),
    ("says it arrived", _says_received),
    ("wants to register", _registers),
    ("thanks or agrees", _thanks),
    ("asks", _asks),
    ("asks for action", _asks_for_action),
    ("not understood", _not_understood),
)
