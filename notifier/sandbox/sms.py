"""A fake SMS gateway: a REST interface as many gateways have it, receipts and replies posted to a hook.

Knows neither the service nor its channels; counts parts by itself, so that the two can be held against each other.

`POST /sms/<line>/send`, `Authorization: Bearer <token>`, `{"to", "text", "from", "reference"}` answers
201 `{"id", "status", "segments", "reference"}`, or 4xx/5xx `{"error": {"code", "message"}}`. The hook receives
`{"type": "receipt", "id", "reference", "to", "status", "error", "time"}` and
`{"type": "message", "id", "from", "to", "text", "time"}`, signed `X-Signature: sha256=<hmac of the body>` or with
the secret itself in `X-Hook-Secret`.
"""

import asyncio
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, ClassVar, Literal

from aiohttp import web

from notifier.sandbox.magic import FLOOD_WAIT, Magic, magic
from notifier.sandbox.phones import Note, Phones
from notifier.sandbox.posts import Post, Posts
from notifier.sandbox.weather import Mood, Weather

LONGEST = 1530  # characters; ten parts
REMEMBERED = 200_000  # answers kept for repeated keys

# magic -> status, code, words of a refusal
REFUSALS: Mapping[Magic, tuple[int, str, str]] = {
    Magic.TEMPORARY: (503, "try_later", "operator is not reachable"),
    Magic.PERMANENT: (400, "invalid_number", "no such number"),
}
# magic -> the receipts that follow, as (status, error)
RECEIPTS: Mapping[Magic, Sequence[tuple[str, str]]] = {
    Magic.BOUNCE: (("accepted", ""), ("failed", "unknown_subscriber")),
    Magic.TIMEOUT: (),
    Magic.SILENT: (),
}
USUAL = (("accepted", ""), ("delivered", ""))


class SmsGateway:
    """One account at the fake gateway.

    honours_key  the same `reference` is the same message; most real gateways don't
    late         seconds until the final receipt of a LATE number
    hang         seconds a TIMEOUT number keeps the connection open without an answer
    weather      how the gateway as a whole fares; numbers spelled like magic don't mind it
    """

    channel: ClassVar[str] = "sms"

    def __init__(
        self,
        phones: Phones,
        line: str,
        *,
        token: str,
        secret: str = "",
        signing: Literal["hmac", "secret"] = "hmac",
        hook_url: str = "",
        sender: str = "BANSOS",
        honours_key: bool = False,
        late: float = 20,
        hang: float = 0,
    ) -> None:
        self.line = line
        self.hook_url = hook_url
        self.honours_key = honours_key
        self.weather: Weather | None = None
        self.posts = Posts(lambda: self.hook_url)
        self._phones = phones
        self._token = token
        self._secret = secret
        self._signing = signing
        self._sender = sender
        self._late = late
        self.hang = hang
        self._flooded: set[str] = set()
        self._answers: dict[str, Mapping[str, Any]] = {}  # reference -> answer
        self._serial = int(phones.now().timestamp() * 1000)  # so that ids stay new when the sandbox starts again

    @property
    def path(self) -> str:
        """Where to send, below the sandbox's URL."""
        return f"/sms/{self.line}/send"

    def routes(self) -> Sequence[web.RouteDef]:
        return [web.post(self.path, self._send)]

    async def start(self) -> None:
        await self.posts.start()

    async def close(self) -> None:
        await self.posts.close()

    async def say(
        self,
        address: str,
        *,
        text: str = "",
        button: str = "",
        reply_to: str = "",
        photo: bytes | None = None,
        edit_of: str = "",
        sticker: str = "",
        headers: Mapping[str, str] = {},
    ) -> None:
        """The citizen sends an SMS; returns when the hook took it, or after 3 s. Raises ValueError for what an SMS
        can't carry."""
        if photo is not None or sticker or edit_of:
            raise ValueError("an SMS carries words only: no pictures, no stickers, no edits")
        words = text or button
        note = self._phones.add(self.channel, self.line, address, words, mine=True, ref=self._new_id("mo"))
        posts = [self._message(note)] * (2 if magic(address) is Magic.DUPLICATE else 1)
        await asyncio.wait([self.posts.put(posts)], timeout=3)

    # the wire

    async def _send(self, request: web.Request) -> web.StreamResponse:
        if not hmac.compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {self._token}".encode()):
            return _refusal(401, "unauthorized", "wrong or missing bearer token")
        try:
            asked = await request.json()
            address, text = _e164(asked["to"]), asked["text"]
            key = str(asked.get("reference", ""))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            return _refusal(400, "bad_request", f"want JSON with to and text: {type(error).__name__}")
        self._phones.called(self.line, key, address)
        if not isinstance(text, str) or not 0 < len(text) <= LONGEST:
            return _refusal(400, "invalid_text", f"text must have 1 to {LONGEST} characters")
        if not re.fullmatch(r"\+\d{8,15}", address):
            return _refusal(400, "invalid_number", f"{address} is not a phone number")
        return await self._take(request, address, text, key)

    async def _take(self, request: web.Request, address: str, text: str, key: str) -> web.StreamResponse:
        kind = magic(address)
        if self.honours_key and key in self._answers:
            return web.json_response(self._answers[key], status=200)
        mood = self.weather.mood() if self.weather is not None and kind is Magic.OK else Mood.CLEAR
        if self.weather is not None and mood is not Mood.CLEAR:
            refused = await self._storm(request, self.weather, mood)
            if refused is not None:
                return refused
        if kind in REFUSALS:
            return _refusal(*REFUSALS[kind])
        if kind is Magic.FLOOD and address not in self._flooded:
            self._flooded.add(address)
            return _refusal(429, "rate_limited", "slow down", {"Retry-After": str(FLOOD_WAIT)})
        note = self._phones.add(self.channel, self.line, address, text, ref=self._new_id("mt"))
        answer = {"id": note.ref, "status": "accepted", "segments": parts(text), "to": address, "reference": key}
        if self.honours_key and key:
            self._answers[key] = answer
            if len(self._answers) > REMEMBERED:
                del self._answers[next(iter(self._answers))]
        self._report(note, key, kind)
        if kind is Magic.TIMEOUT or mood is Mood.VANISH:
            return await self._vanish(request)
        if mood is Mood.CUT:
            return await self._cut(request, answer)
        return web.json_response(answer, status=201)

    async def _storm(self, request: web.Request, weather: Weather, mood: Mood) -> web.StreamResponse | None:
        """What bad weather does before a message is taken; None when it is taken after all."""
        if mood is Mood.FLOOD:
            return _refusal(429, "rate_limited", "slow down", {"Retry-After": str(weather.wait)})
        if mood is Mood.ERROR:
            return _refusal(*REFUSALS[Magic.TEMPORARY])
        if mood is Mood.RESET:
            return _broken_off(request)
        if mood is Mood.SLOW:
            await asyncio.sleep(weather.slow)
        return None

    async def _cut(self, request: web.Request, answer: Mapping[str, Any]) -> web.StreamResponse:
        """Accepted, and the answer breaks off in the middle."""
        body = json.dumps(answer).encode()
        headers = {"Content-Type": "application/json", "Content-Length": str(len(body))}
        response = web.StreamResponse(status=201, headers=headers)
        await response.prepare(request)
        await response.write(body[: len(body) // 2])
        return _broken_off(request, response)

    async def _vanish(self, request: web.Request) -> web.StreamResponse:
        """Accepted, and never answered: the caller can't know."""
        await asyncio.sleep(self.hang)
        return _broken_off(request)

    def _report(self, note: Note, key: str, kind: Magic) -> None:
        posts = [self._receipt(note, key, status, error) for status, error in RECEIPTS.get(kind, USUAL)]
        if kind is Magic.DUPLICATE:
            posts = [post for post in posts for _ in range(2)]
        if kind is Magic.LATE:
            self.posts.put(posts[:-1])
            self.posts.put(posts[-1:], after=self._late)
        elif self.weather is not None:
            for post, after in self.weather.told(posts):
                self.posts.put([post], after=after)
        elif posts:
            self.posts.put(posts)

    def _receipt(self, note: Note, key: str, status: str, error: str) -> Post:
        fact = {"type": "receipt", "id": note.ref, "reference": key, "to": note.address, "status": status}
        return self._signed({**fact, "error": error, "time": self._phones.now().isoformat()})

    def _message(self, note: Note) -> Post:
        fact = {"type": "message", "id": note.ref, "from": note.address, "to": self._sender, "text": note.text}
        return self._signed({**fact, "time": note.at.isoformat()})

    def _signed(self, fact: Mapping[str, Any]) -> Post:
        body = json.dumps(fact).encode()
        headers = {"Content-Type": "application/json"}
        if self._signing == "hmac":
            headers["X-Signature"] = "sha256=" + hmac.new(self._secret.encode(), body, sha256).hexdigest()
        else:
            headers["X-Hook-Secret"] = self._secret
        return Post(body, headers)

    def _new_id(self, kind: str) -> str:
        self._serial += 1
        return f"{kind}-{self._serial:x}"


def parts(text: str) -> int:
    """Parts of an SMS: laid out unit by unit, the slow and obvious way."""
    plain = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ ¡ÄÖÑÜ§¿äöñüà¤" + "!\"#%&'()*+,-./0123456789:;<=>?"
    doubled = "\f^{}\\[~]|€"
    if all(char in plain or char in doubled or (char.isascii() and char.isalpha()) for char in text):
        single, each, costs = 160, 153, [1 + (char in doubled) for char in text]
    else:
        single, each, costs = 70, 67, [1 + (ord(char) > 0xFFFF) for char in text]
    if sum(costs) <= single:
        return 1
    count, room = 1, each
    for cost in costs:
        if cost > room:
            count, room = count + 1, each
        room -= cost
    return count


def _broken_off(request: web.Request, response: web.StreamResponse | None = None) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return response or web.Response(status=500)


def _e164(told: str) -> str:
    digits = re.sub(r"[^\d]", "", told)
    return "+62" + digits[1:] if digits.startswith("0") else "+" + digits


def _refusal(status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> web.Response:
    return web.json_response({"error": {"code": code, "message": message}}, status=status, headers=headers)
