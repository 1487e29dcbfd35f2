"""What mail servers' numbers mean, said in a dialogue or in a report. Pure tables; knows no connection and no mail."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

Stage = Literal["connect", "MAIL", "RCPT", "DATA", "mail"]  # "mail": its words have left us


@dataclass(frozen=True, slots=True)
class Fate:
    """What a refusal means for the message and for the line (see SendFailed)."""

    permanent: bool = False
    address: bool = False
    line: bool = False
    wait: timedelta | None = None


TEMPORARY, PERMANENT = Fate(), Fate(permanent=True)
NO_SUCH_ADDRESS = Fate(permanent=True, address=True)
LINE, BUSY = Fate(line=True), Fate(wait=timedelta(minutes=1))

# The first that fits: the code, the enhanced status (RFC 3463), the status without its last number, the code's class.
MEANS: Mapping[str, Fate] = {
    "421": BUSY,  # "try later": said of us, not of the message
    "432": LINE,  # the password must be changed
    "454": LINE,  # authentication or TLS does not work for now
    "530": LINE,  # authentication or TLS wanted
    "534": LINE,  # a stronger mechanism wanted
    "535": LINE,  # wrong credentials
    "538": LINE,  # encryption wanted
    "5.1.7": LINE,  # our sender's address
    "5.1.8": LINE,  # our sender's domain
    "5.1": NO_SUCH_ADDRESS,
    "5.2.1": NO_SUCH_ADDRESS,  # the mailbox is closed; a full one (5.2.2) may be emptied
    "5.7.8": LINE,  # credentials
    "5.7.9": LINE,
    "5.7.14": LINE,
    "4.3": BUSY,  # the server has no room or goes down
    "4": TEMPORARY,
    "5": PERMANENT,
}
TOO_BIG = frozenset({"5.2.3", "5.3.4"})
SAYS_NOTHING = frozenset({"", "5.0.0", "5.5.0"})  # then the words after it count

TOLD_WAIT = re.compile(r"\b(?:in|after|wait)[ :]{1,3}(\d{1,5}) ?(s|sec|seconds?|m|min|minutes?)\b", re.IGNORECASE)
LONGEST_WAIT = timedelta(hours=1)
STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b", re.ASCII)
CODE = re.compile(r"\b([45][0-5]\d)\b(?!\.)", re.ASCII)
ANY_ADDRESS = re.compile(r"[^\s<>@]{0,200}@[^\s<>@]{0,200}")
UNKNOWN_USER = re.compile(
    r"(user|recipient|mailbox|address|account|alamat|pengguna)\b.{0,40}?"
    r"(unknown|not (found|exist|known|available)|n[o']t exist|disabled|invalid|undeliverable"
    r"|tidak (ada|ditemukan|dikenal))"
    r"|(unknown|no such|invalid|nonexistent) (local )?(user|recipient|mailbox|address|account)"
    r"|no mailbox here|user doesn't",
    re.IGNORECASE,
)


def fate(code: int, text: str, stage: Stage) -> Fate:
    """What a server's refusal means, given when in the dialogue it was said."""
    status = status_in(text[:60])
    if stage == "connect" and code != 421:
        return LINE
    if stage == "MAIL" and code // 100 == 5 and code != 552 and status not in TOO_BIG:
        return LINE  # it is our sender who is not welcome
    if stage == "RCPT" and code in (550, 551, 553) and no_such_address(status, text):
        return NO_SUCH_ADDRESS
    keys = (str(code), status, status.rpartition(".")[0], str(code // 100))
    return next((MEANS[key] for key in keys if key in MEANS), TEMPORARY)


def told_wait(text: str) -> timedelta | None:
    """How long the server asks to wait in its words ("try again in 300 seconds"); None if it does not say."""
    found = TOLD_WAIT.search(text[:500])
    if found is None:
        return None
    unit = 60 if found[2].lower().startswith("m") else 1
    return min(timedelta(seconds=int(found[1]) * unit), LONGEST_WAIT)


def no_such_address(status: str, words: str) -> bool:
    """Whether this final failure is the address's own: nothing will ever arrive there."""
    if status in SAYS_NOTHING:
        return UNKNOWN_USER.search(words[:1000]) is not None
    return MEANS.get(status, MEANS.get(status.rpartition(".")[0], PERMANENT)).address


def status_in(text: str) -> str:
    """The first enhanced status in a server's words, "" if it gave none."""
    found = STATUS.search(text)
    return found[1] if found else ""


def without_addresses(text: str) -> str:
    """A server's words fit for a record: one line, at most 200 characters, nobody named."""
    return " ".join(ANY_ADDRESS.sub("…", text[:1000]).split())[:200]
