"""Which made-up addresses make a fake provider misbehave, and how. Must not know any wire format.

| magic     | digit | what the provider does                                                                       |
|-----------|-------|----------------------------------------------------------------------------------------------|
| temporary | 1     | refuses for now, every time (SMS 503, Telegram 500, mail 451); nothing on the phone            |
| permanent | 2     | refuses for good (number unknown, bot blocked, mailbox unknown); nothing on the phone          |
| flood     | 3     | the first time 429 with a wait of FLOOD_WAIT seconds, from then on as usual                    |
| timeout   | 4     | shows the message on the phone, then closes or hangs without an answer; no receipt follows     |
| duplicate | 5     | takes it, and says everything twice: each receipt, each answer of the citizen                  |
| late      | 6     | takes it, the final receipt comes much later                                                  |
| silent    | 7     | takes it, no receipt ever comes                                                               |
| bounce    | 8     | takes it, then reports that it could not be delivered (SMS failed, mail DSN)                   |

Spelling: phones `+6200000<digit>…` (no such prefix exists, a register refuses it) or `+6289990000<digit>…` (spelled
like a mobile number, a register takes it); chat ids `9990000<digit>…`; mail `<magic>@sandbox.test` or
`<magic>+anything@sandbox.test` (for tests alone: a register refuses `.test`). Any further digits tell people apart.
"""

from collections.abc import Mapping
from enum import StrEnum

FLOOD_WAIT = 2  # seconds a flooded provider asks for
MAIL_DOMAIN = "sandbox.test"
PHONES = ("+6200000", "+6289990000")
CHATS = ("9990000",)


class Magic(StrEnum):
    """How a fake provider treats an address."""

    OK = "ok"
    TEMPORARY = "temporary"
    PERMANENT = "permanent"
    FLOOD = "flood"
    TIMEOUT = "timeout"
    DUPLICATE = "duplicate"
    LATE = "late"
    SILENT = "silent"
    BOUNCE = "bounce"


DIGITS: Mapping[str, Magic] = {
    "1": Magic.TEMPORARY,
    "2": Magic.PERMANENT,
    "3": Magic.FLOOD,
    "4": Magic.TIMEOUT,
    "5": Magic.DUPLICATE,
    "6": Magic.LATE,
    "7": Magic.SILENT,
    "8": Magic.BOUNCE,
}


def magic(address: str) -> Magic:
    """How the address is to be treated; OK for everything that is not spelled like magic."""
    if "@" in address:
        local, _, domain = address.lower().rpartition("@")
        word = local.partition("+")[0]
        return Magic(word) if domain == MAIL_DOMAIN and word in set(Magic) else Magic.OK
    for prefix in PHONES + CHATS:
        if address.startswith(prefix):
            return DIGITS.get(address[len(prefix) : len(prefix) + 1], Magic.OK)
    return Magic.OK
