"""SMS through any gateway that speaks HTTP, described in config: how to send, what its answers, receipts and replies
look like. Knows nothing of people or tickets, and of no particular gateway: the defaults suit a common REST one.

`Settings` (its page is sms_settings.py) says where things lie, `bodies` finds them there.
"""

import hmac
import json
import re
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import sha1, sha256
from typing import Any, ClassVar
from urllib.parse import quote
from zoneinfo import ZoneInfo

import aiohttp

from channels.bodies import clean, e164, holds, ident, items, look, moment, parsed, scalar
from channels.contract import (
    BadWebhook,
    Heard,
    Hook,
    Inbound,
    Limits,
    Message,
    Receipt,
    SendFailed,
    Sent,
    Unknown,
)
from channels.gsm import segments
from channels.sms_settings import PLACEHOLDER, Accepted, Fate, HookHmac, HookSecret, Receipts, Replies, SmsSettings

# what an HTTP status means when `errors` does not say otherwise; the rest of 3xx is the line's fault (the URL moved),
# of 4xx permanent, of 5xx temporary; so is a 200 that turns out to be an error nobody listed, lest an empty account
# burns a whole audience
STATUSES: Mapping[int, Fate] = {
    401: "line",  # credentials
    402: "line",  # no credit left
    403: "line",
    404: "line",  # the URL, most likely
    405: "line",
    407: "line",
    408: "temporary",
    409: "temporary",
    410: "line",
    415: "line",
    425: "temporary",
    429: "temporary",
    504: "unknown",  # a proxy gave up waiting: the gateway behind it may have taken the message
}
CLASSES: Mapping[int, Fate] = {2: "temporary", 3: "line", 4: "permanent", 5: "temporary"}
# concatenation in a user data header: 8- or 16-bit reference, how many, which one
HEADER = re.compile(r"^[0-9A-F]{2}(?:[0-9A-F]{2})*?(?:0003([0-9A-F]{2})|0804([0-9A-F]{4}))([0-9A-F]{2})([0-9A-F]{2})")
MOST_PIECES = 20
DIGESTS = {"sha256": sha256, "sha1": sha1}
LONGEST_ANSWER = 64 * 1024  # bytes of a gateway's answer that are read
COUNT = re.compile(r"\d{1,3}")  # of an SMS's parts
LONGEST_SENDER = 64
LONGEST_WAIT = timedelta(days=1)

_JSON = json.JSONEncoder(check_circular=False)  # of a body described in a file of settings, which holds no circle

Settings = SmsSettings


class Sms:
    """One account at one gateway."""

    name: ClassVar[str] = "sms"
    parts: ClassVar[tuple[str, ...]] = ("text",)
    Settings: ClassVar[type[SmsSettings]] = SmsSettings

    def __init__(
        self,
        line: str,
        settings: SmsSettings,
        http: aiohttp.ClientSession,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.line = line
        self.limits = Limits(text=settings.longest, rate=10.0)
        self._settings = settings
        self._http = http
        self._now = now
        own = _own_words(settings)
        headers = {name: value.get_secret_value() for name, value in settings.headers.items()}
        if settings.format == "json":  # the body is written here, so it has to say itself what it is
            headers = {"Content-Type": "application/json"} | headers
        self._headers, self._body = _filler(headers, own), _filler(settings.body, own)
        self._url = _url_filler(settings.url, own)
        self._middlewares = (_once,) if settings.method == "GET" else ()
        self._zone = ZoneInfo(settings.zone)
        self._timeout = aiohttp.ClientTimeout(
            total=settings.timeout + settings.connect_timeout, connect=settings.connect_timeout
        )

    async def send(self, message: Message) -> Sent:
        """Hand over once. Raises SendFailed; `unknown` for everything that went wrong after the request left."""
        words = {"to": _spelled(message.to, self._settings.number), "text": clean(message.text), "key": message.key}
        try:
            async with self._http.request(
                self._settings.method,
                self._url(words),
                headers=self._headers(words),
                timeout=self._timeout,
                allow_redirects=False,
                middlewares=self._middlewares,
                **self._payload(words),
            ) as answer:
                raw, whole = await _read(answer)
                return self._sent(message, answer.status, answer.headers, raw, whole)
        except (
            aiohttp.ClientConnectorError,
            aiohttp.ConnectionTimeoutError,
            aiohttp.ServerFingerprintMismatch,
        ) as error:
            raise SendFailed(f"the gateway cannot be reached: {type(error).__name__}", line=True) from error
        except aiohttp.InvalidURL:
            # not chained: the error quotes the URL, which may carry a password
            raise SendFailed("the gateway's url is not usable; mend `url` of the line", line=True) from None
        except TimeoutError as error:
            raise SendFailed("the gateway did not answer in time", unknown=True) from error
        except (aiohttp.ClientError, OSError) as error:
            raise SendFailed(f"the connection broke: {type(error).__name__}", unknown=True) from error

    def weight(self, message: Message) -> int:
        """Its segments: gateways count and charge by them."""
        return max(1, segments(message.text).count)

    def verify(self, hook: Hook) -> None:
        """By secret, by signature, by both if both are configured; without either nobody is believed."""
        secret, signature = self._settings.secret, self._settings.hmac
        if secret is None and signature is None:
            raise BadWebhook(f'line "{self.line}" has neither `secret` nor `hmac`; set one to let the gateway in', 401)
        if secret is not None:
            _check_secret(secret, hook)
        if signature is not None:
            _check_signature(signature, hook, self._now())

    def read(self, body: bytes, headers: Mapping[str, str]) -> Sequence[Inbound]:
        """Receipts and replies of one stored request, single or in batches. Never raises."""
        try:
            entries = list(items(parsed(body, headers), self._settings.items))
        except (ValueError, RecursionError) as error:
            return [Unknown(f"unreadable body: {type(error).__name__}")]
        return [self._fact(item) for item in entries] or [Unknown("an empty batch")]

    async def close(self) -> None:
        """Nothing of its own is open."""

    # sending

    def _payload(self, words: Mapping[str, str]) -> dict[str, Any]:
        """The argument of aiohttp's request that carries the body."""
        body = self._body(words)
        if self._settings.format == "json":
            return {"data": _JSON.encode(body).encode()}
        return {"data" if self._settings.format == "form" else "params": {name: str(body[name]) for name in body}}

    def _sent(self, message: Message, status: int, headers: Mapping[str, str], raw: bytes, whole: bool) -> Sent:
        try:
            data = parsed(raw, headers) if raw else None
        except (ValueError, RecursionError):
            data = None
        taken = self._settings.accepted
        if status in taken.codes and not whole:
            raise SendFailed(f"the gateway's answer {status} broke off", unknown=True)
        if status in taken.codes and taken.path and data is None:
            raise SendFailed(f"the gateway answered {status} without a readable body", unknown=True)
        if status not in taken.codes or not _taken(taken, data):
            raise self._failed(status, headers, data)
        told = look(data, self._settings.segments)
        counted = told if type(told) is int else int(told) if COUNT.fullmatch(scalar(told)) else 0
        parts = counted if 0 < counted < 1000 else segments(message.text).count
        return Sent(ident(look(data, self._settings.ref)), parts)

    def _failed(self, status: int, headers: Mapping[str, str], data: Any) -> SendFailed:
        code, reason = scalar(look(data, self._settings.error)), scalar(look(data, self._settings.reason))
        table = self._settings.errors
        fate: Fate = next(
            (table[word] for word in (code, reason, str(status)) if word in table),
            STATUSES.get(status) or CLASSES.get(status // 100, "permanent"),
        )
        wait = None
        if fate in ("temporary", "line"):
            told = headers.get(self._settings.retry_after, "") or scalar(look(data, self._settings.retry_after_path))
            wait = _wait(told, self._now())
            if wait is None and status == 429:
                wait = timedelta(seconds=self._settings.pause)
        told_why = " ".join(part for part in (code, reason) if part)[:200]
        return SendFailed(
            f"gateway answered {status}" + (f": {told_why}" if told_why else ""),
            permanent=fate in ("permanent", "address"),
            address=fate == "address",
            wait=wait,
            unknown=fate == "unknown",
            line=fate == "line",
        )

    # hearing

    def _fact(self, item: Any) -> Inbound:
        replies, receipts = self._settings.replies, self._settings.receipts
        if not isinstance(item, dict):
            return Unknown("an entry that is not a mapping")
        is_reply = holds(item, replies.when) if replies.when else look(item, replies.text) is not None
        if is_reply and scalar(look(item, replies.sender)):
            return self._heard(item, replies)
        if receipts.when and not holds(item, receipts.when):
            return Unknown("neither a receipt nor a reply by `receipts.when` and `replies.when`")
        return self._receipt(item, receipts)

    def _heard(self, item: Mapping[str, Any], paths: Replies) -> Inbound:
        sender = e164(scalar(look(item, paths.sender)))
        if not sender or len(sender) > LONGEST_SENDER:
            return Unknown(f"a reply whose sender has {len(sender)} characters")
        told = look(item, paths.text)
        number = ident(look(item, paths.id))
        to = scalar(look(item, paths.to))
        return Heard(
            id=number,
            sender=sender,
            at=moment(look(item, paths.time), self._zone, self._settings.time_format),
            text=clean(told) if isinstance(told, str) else scalar(told),
            ref=number,
            raw={**({"to": to} if to else {}), **_piece(item, paths)},
        )

    def _receipt(self, item: Mapping[str, Any], paths: Receipts) -> Inbound:
        ref, key = ident(look(item, paths.ref)), ident(look(item, paths.key))
        word = scalar(look(item, paths.state)).casefold()
        if not word or not (ref or key):
            return Unknown("neither a reply (sender, text) nor a receipt (ref or key, state)")
        state = paths.states.get(word)
        if state is None:
            return Unknown(f'the state "{word[:40]}" is not in `receipts.states`')
        reason = scalar(look(item, paths.reason))[:200]
        return Receipt(
            ref=ref,
            state=state,
            reason=reason,
            at=moment(look(item, paths.time), self._zone, self._settings.time_format),
            key=key,
            permanent=state == "failed" and bool({reason.casefold(), word} & paths.bad_address),
        )


def _piece(item: Mapping[str, Any], paths: Replies) -> dict[str, Any]:
    """Of a long message that comes in pieces: part, parts and group; nothing for a whole one."""
    told = [scalar(look(item, path)) for path in (paths.part, paths.parts, paths.group)]
    header = HEADER.search(scalar(look(item, paths.udh)).upper().replace(" ", ""))
    if header is not None:
        group, parts, part = (header[1] or header[2]), int(header[3], 16), int(header[4], 16)
    elif told[0].isdecimal() and told[1].isdecimal() and len(told[0]) < 4 > len(told[1]):
        part, parts, group = int(told[0]), int(told[1]), told[2][:64]
    else:
        return {}
    return {"part": part, "parts": parts, "group": group} if 1 <= part <= parts <= MOST_PIECES and parts > 1 else {}


# requests


Words = Mapping[str, str]
LEFT_OUT = object()


def _own_words(settings: Settings) -> Words:
    """The placeholders that are the line's own, alike for every message."""
    password = settings.password.get_secret_value()
    return {
        "sender": settings.sender,
        "user": settings.user,
        "password": password,
        "basic": b64encode(f"{settings.user}:{password}".encode()).decode() if settings.user else "",
        "token": settings.token.get_secret_value(),
    }


def _filler(template: Any, own: Words) -> Callable[[Words], Any]:
    """The template as a function of a message's words. Each placeholder is filled once: a citizen's "{key}" stays as
    written. A field with placeholders none of which has a value is left out (no sender, no token).
    """
    if isinstance(template, dict):
        fields = {name: _filler(value, own) for name, value in template.items()}
        return lambda words: {name: value for name, say in fields.items() if (value := say(words)) is not LEFT_OUT}
    if isinstance(template, list):
        entries = [_filler(value, own) for value in template]
        return lambda words: [None if (value := say(words)) is LEFT_OUT else value for say in entries]
    used = PLACEHOLDER.findall(template) if isinstance(template, str) else []
    if not used:
        return lambda words: template
    if own.keys() >= set(used):
        said = PLACEHOLDER.sub(lambda found: own[found[1]], template) if any(own[word] for word in used) else LEFT_OUT
        return lambda words: said
    if template == f"{{{used[0]}}}":
        return lambda words: words[used[0]] or LEFT_OUT

    def say(words: Words) -> Any:
        known = {**own, **words}
        if not any(known[word] for word in used):
            return LEFT_OUT
        return PLACEHOLDER.sub(lambda found: known[found[1]], template)

    return say


def _url_filler(template: str, own: Words) -> Callable[[Words], str]:
    """The same for an address, where words are quoted."""
    if not PLACEHOLDER.search(template):
        return lambda words: template
    return lambda words: PLACEHOLDER.sub(lambda found: quote({**own, **words}[found[1]], safe=""), template)


def _spelled(address: str, number: str) -> str:
    """An E.164 address as the gateway wants it; the national form exists for Indonesian numbers only."""
    if number == "0" and address.startswith("+62"):
        return "0" + address[3:]
    return address.removeprefix("+") if number == "62" else address


async def _once(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """aiohttp repeats a GET by itself when the connection breaks, which would be a second SMS: it learns here that
    this one is over."""
    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:
        raise  # never left, and never repeated
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise SendFailed(f"the connection broke: {type(error).__name__}", unknown=True) from error


async def _read(answer: aiohttp.ClientResponse) -> tuple[bytes, bool]:
    """The answer's body, and whether all of it came; a refusal that breaks off is still a refusal."""
    raw = b""
    try:
        while len(raw) < LONGEST_ANSWER and not answer.content.at_eof():
            raw += await answer.content.read(LONGEST_ANSWER - len(raw))
        return raw, True
    except (aiohttp.ClientError, OSError, TimeoutError):
        return b"", False


def _taken(rule: Accepted, data: Any) -> bool:
    return not rule.path or scalar(look(data, rule.path)) in rule.values


def _wait(told: str, now: datetime) -> timedelta | None:
    """Retry-After as seconds or as an HTTP date; None if there is nothing usable."""
    if re.fullmatch(r"\d{1,9}(\.\d+)?", told):
        wait = timedelta(seconds=float(told))
    else:
        try:
            date = parsedate_to_datetime(told)
        except (ValueError, IndexError, TypeError):
            return None
        wait = (date if date.tzinfo else date.replace(tzinfo=UTC)) - now
    return min(max(wait, timedelta(0)), LONGEST_WAIT)


# proofs


def _check_secret(secret: HookSecret, hook: Hook) -> None:
    shown = hook.query.get(secret.query) if secret.query else hook.headers.get(secret.header.lower())
    if not shown:
        raise BadWebhook(f"the request shows no {secret.query or secret.header}", 401)
    if not _same(shown, secret.value.get_secret_value()):
        raise BadWebhook(f"wrong {secret.query or secret.header}")


def _check_signature(rule: HookHmac, hook: Hook, now: datetime) -> None:
    shown = hook.headers.get(rule.header.lower())
    at = hook.headers.get(rule.time_header.lower(), "") if rule.time_header else ""
    if not shown or (rule.time_header and not at):
        raise BadWebhook(f"the request carries no {rule.header if not shown else rule.time_header}", 401)
    before, _, after = rule.signed.replace("{time}", at).partition("{body}")
    signed = before.encode("utf-8", "backslashreplace") + hook.body + after.encode("utf-8", "backslashreplace")
    mac = hmac.new(rule.key.get_secret_value().encode(), signed, DIGESTS[rule.algorithm])
    expected = rule.prefix + rule.encoded(mac.digest())
    if rule.encoding == "hex":
        shown, expected = shown.lower(), expected.lower()
    if not _same(shown, expected):
        raise BadWebhook(f"wrong {rule.header}")
    if rule.time_header:
        said = moment(at, ZoneInfo("UTC"), "")
        if said is None or abs(now - said) > timedelta(seconds=rule.tolerance):
            raise BadWebhook(f"{rule.time_header} is more than {rule.tolerance:g} s away from now")


def _same(shown: str, expected: str) -> bool:
    """Compared in constant time."""
    return hmac.compare_digest(shown.encode("utf-8", "backslashreplace"), expected.encode("utf-8", "backslashreplace"))
