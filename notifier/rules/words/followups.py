"""What is said about a ticket: how it stands, what is new, that it is settled.

It must not know which ticket: that is found by its number or by what we last wrote.
"""

from dataclasses import replace

from notifier.rules.words.outcomes import plainly
from notifier.rules.words.reading import Reading
from notifier.rules.words.values import Context, Intent, Meaning

_NUMBERING = frozenset({"adu", "aduan", "tiket", "ticket", "laporan", "report", "nomor", "no", "nomer"})
_QUERY = 2  # words that are enough to ask something


def about_a_ticket(r: Reading) -> Meaning | None:
    """A follow-up to a ticket; or that our answer to one was thanked for."""
    named = r.has("report_ref") or (r.has("my_report") and r.has("followup_word"))
    if r.context is not Context.TICKET and not named:
        return None
    elsewhere = r.context is not Context.TICKET and not r.has("report_ref", "report_noun", "progress_ask")
    if elsewhere and set(r.grief.categories) - {"delayed", "other"}:
        # "sudah lapor, tapi …": told to somebody else, and the grievance itself stands in these words
        return None
    if r.context is Context.TICKET and not r.asked:
        if r.whole("okays", "yes", "thanks", "me", "awaits"):
            return None
        if r.has("okays_sure", "thanks", "good") and r.whole("okays", "yes", "me", "awaits", "answer_word"):
            return plainly(Intent.ACKNOWLEDGE, r, "okays_sure", "thanks", "good")
    grumbles = r.grief.found or r.has("not", "add_more", "ask_word", "report_ref", "but", "settled")
    if r.has("thanks") and not r.asked and not grumbles and (r.has("thanks_done") or not r.has("done")):
        return None
    if r.context is not Context.TICKET and r.grief.danger:
        return None
    if r.context is Context.TICKET and not named and r.has("status_ask") and not r.has("followup_word"):
        return None
    # what is new and grave belongs to the ticket's categories; the rest it has already
    grave = (r.grief.kind,) if r.grief.danger else ("officer_conduct",) if r.has("threat_settled") else ()
    found = plainly(Intent.TICKET_FOLLOWUP, r, "report_ref", "my_report", "followup_word", categories=grave)
    return replace(found, progress=_asks_progress(r) and not grave)


def _asks_progress(r: Reading) -> bool:
    """Nothing but "how does it stand?", or a bare number: it can be answered without a person."""
    if r.has("add_more", "settled") or r.grief.danger or set(r.grief.categories) - {"delayed", "other"}:
        return False
    return r.has("progress_ask") or (r.has("report_ref") and len(_besides_numbers(r)) < _QUERY)


def _besides_numbers(r: Reading) -> list[str]:
    """The words that are no part of a ticket's number, nor lead to one; a number falls apart into words and digits."""
    return [word for word in r.core if word not in _NUMBERING and not any(sign.isdigit() for sign in word)]
