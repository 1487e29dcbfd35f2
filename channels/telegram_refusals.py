"""What Telegram's refusals mean for a delivery: one table from the library's errors to SendFailed.

Pure. Telegram tells a refused message apart from a finished address only in words, so the table looks for words.
"""

from dataclasses import dataclass
from datetime import timedelta

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from channels.contract import SendFailed


@dataclass(frozen=True, slots=True)
class Refusal:
    """What an answer of Telegram means for the delivery."""

    reason: str
    permanent: bool = False
    address: bool = False
    unknown: bool = False
    line: bool = False
    wait: timedelta | None = None


def _gone(reason: str) -> Refusal:
    """The address itself is finished."""
    return Refusal(reason, permanent=True, address=True)


# error, words of its description in lower case ("" = any) -> meaning; the first that fits. TimedOut and BadRequest are
# kinds of NetworkError and stand before it.
REFUSALS: tuple[tuple[type[TelegramError], str, Refusal], ...] = (
    (TimedOut, "", Refusal("Telegram took the call but did not answer: it may have been sent", unknown=True)),
    (InvalidToken, "", Refusal("Telegram does not accept the bot's token", line=True)),
    (Forbidden, "blocked", _gone("the person blocked the bot")),
    (Forbidden, "deactivated", _gone("the account or group does not exist any more")),
    (Forbidden, "kicked", _gone("the bot was removed from the group")),
    (Forbidden, "not a member", _gone("the bot is not a member of the group")),
    (Forbidden, "initiate conversation", _gone("the person has not pressed /start")),
    (Forbidden, "", Refusal("the bot is not allowed to write there", permanent=True)),
    (BadRequest, "chat not found", _gone("Telegram knows no such chat")),
    (BadRequest, "peer_id_invalid", _gone("Telegram knows no such chat")),
    (BadRequest, "user_is_blocked", _gone("the person blocked the bot")),
    (BadRequest, "user is deactivated", _gone("the account does not exist any more")),
    (
        BadRequest,
        "can't parse entities",
        Refusal("the message's HTML is not what Telegram understands", permanent=True),
    ),
    (BadRequest, "too long", Refusal("the message is too long for Telegram", permanent=True)),
    (
        BadRequest,
        "file is too big",
        Refusal("the file is larger than the 20 MB Telegram hands to bots", permanent=True),
    ),
    (BadRequest, "file_id", Refusal("Telegram does not know this file", permanent=True)),
    (BadRequest, "bad webhook", Refusal("Telegram needs a public https:// address for the webhook", permanent=True)),
    (BadRequest, "button_data_invalid", Refusal("a button's data is longer than 64 bytes", permanent=True)),
    (BadRequest, "", Refusal("Telegram refused the message as malformed", permanent=True)),
    (NetworkError, "too large", Refusal("the file is too large for Telegram", permanent=True)),
    (NetworkError, "too many requests", Refusal("too many messages", wait=timedelta(seconds=5))),
    (NetworkError, "", Refusal("Telegram can't be reached or is in trouble")),
    (TelegramError, "", Refusal("Telegram refused for a reason this channel does not know")),
)


def failed(error: TelegramError, chat: int) -> SendFailed:
    """What the library's error means for a message to this chat; 0 = no chat is concerned."""
    if isinstance(error, RetryAfter):
        scope = "group" if chat < 0 else "line"
        return SendFailed("too many messages", wait=timedelta(seconds=seconds(error)), scope=scope)
    if isinstance(error, ChatMigrated):
        moved_to = str(error.new_chat_id)
        return SendFailed("the group became a supergroup", permanent=True, address=True, moved_to=moved_to)
    said = error.message.lower()
    meaning = next(meaning for kind, words, meaning in REFUSALS if isinstance(error, kind) and words in said)
    return SendFailed(
        meaning.reason,
        permanent=meaning.permanent,
        address=meaning.address,
        wait=meaning.wait,
        unknown=meaning.unknown,
        line=meaning.line,
    )


def seconds(flood: RetryAfter) -> float:
    """How long Telegram asks for silence."""
    wait = flood.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
