"""Where asking ends and complaining begins: a grievance may only be asked about, and a question may tell of one.

It must not know any intent.
"""

from notifier.rules.words.grievances import whether
from notifier.rules.words.outcomes import TOPICS
from notifier.rules.words.reading import Reading

_SUBSTANCE = 4  # words from which on a text can tell something
_LEFT_OUT = frozenset({"not_registered", "not_received"})
_PAPERS = frozenset({"card_problem", "data_error"})


def only_asked_about(r: Reading) -> bool:
    """Is what sounds like a grievance only what a question is about: "kalau KKS hilang bagaimana mengurusnya"?"""
    if r.grief.danger:
        return False
    found = set(r.grief.categories)
    general = not r.has("me", "kin")
    return (
        (found <= _LEFT_OUT and r.has("register_me") and not r.has("why_q"))
        or (found <= _LEFT_OUT | _PAPERS | {"officer_conduct"} and r.has("personal_case") and r.has("may_they"))
        or (found <= _PAPERS and r.has("general_q") and general)
        or (found <= _PAPERS | {"officer_conduct"} and _openly_asked(r) and general and not _happened(r))
        or (found <= _PAPERS | {"delayed"} and r.has("status_meaning") and r.has("q_word"))
        or (found <= {"wrong_target", "not_received"} and _about_people_in_general(r) and general)
        or (found <= {"officer_conduct"} and _asks_when(r))
        or (_asks_where_to_complain(r) and "not_received" not in found)
    )


def _about_people_in_general(r: Reading) -> bool:
    return r.asked and r.has("may_they", "general_people") and not r.has("why_q")


def _openly_asked(r: Reading) -> bool:
    return r.has("question_mark", "yesno_q")


def _happened(r: Reading) -> bool:
    return r.has("why_q", "not", "happened", "but_strong", "sad", "rude", "please_act", "card_held")


def _asks_when(r: Reading) -> bool:
    return r.asked and r.has("schedule_sure") and not r.has("not", "why_q", "but_strong", "sad", "late")


def _asks_where_to_complain(r: Reading) -> bool:
    return r.has("how_complain") and not r.has("happened")


def tells(r: Reading) -> bool:
    """Does a question word stand in what is rather a story: something happened, and a person has to read it?"""
    if len(r.core) < _SUBSTANCE or r.has("if", "general_q", "status_meaning"):
        return False
    tags = whether(r.seen)
    denials = {start for start, end in r.seen.of("not") if end - 1 not in tags}
    if denials - r.sentences_with("q_word", "q_open", "yesno_q", "question_mark"):
        return True
    if r.has("why_strong", "whereabouts") and r.has("me", "kin", "goods", "officer", "aid", "not"):
        return True
    if r.has("q_open", "yesno_q"):
        return False
    topical = r.asked or r.has("how_to_register", *(concept for concept, _ in TOPICS)) or r.ends_with("q_word")
    return bool(denials) or r.has("but_strong") or (not topical and r.has("me", "kin", "officer", "done", "happened"))
