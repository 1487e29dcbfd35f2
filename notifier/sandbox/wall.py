"""The phone wall: what every citizen received on every channel, and a way to answer as that citizen.

Shows Phones, speaks through the providers' `say`; knows no wire format. Works without JavaScript.
"""

import dataclasses
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import urlencode

import aiohttp
from aiohttp import web

from notifier.sandbox.phones import Citizen, Note, Phones
from notifier.sandbox.provider import Provider
from notifier.sandbox.wall_asked import form_said, json_said, which_channel
from notifier.sandbox.wall_pages import HERE, SHOWABLE, TITLES, templates

PAGE = 40  # citizens a page
SHOWN = 40  # notes a phone shows at first
SAFETY = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}

# channel -> what a citizen can do on it besides writing
ABILITIES: Mapping[str, frozenset[str]] = {
    "sms": frozenset({"quick"}),
    "telegram": frozenset({"quick", "photo", "reply", "edit", "sticker", "start"}),
    "email": frozenset({"photo", "reply", "subject"}),
}


@dataclass(frozen=True, slots=True)
class Phone:
    """One column of a citizen's page: what passed on one line."""

    line: str
    channel: str
    title: str
    address: str
    can: frozenset[str]
    notes: Sequence[Note]
    earlier: int  # notes that are not shown
    reply: Note | None  # the note being answered
    edit: Note | None  # the citizen's own note being changed


class Wall:
    """The pages and the small API below "/" and "/wall/"."""

    def __init__(self, phones: Phones, providers: Mapping[str, Provider]) -> None:
        self._phones = phones
        self._providers = providers
        self._pages = templates(phones)

    def routes(self) -> Sequence[web.RouteDef]:
        return [
            web.get("/", self.everyone),
            web.get(r"/wall/citizen/{number:\d{1,9}}", self.citizen),
            web.post("/wall/stranger", self.stranger),
            web.get("/wall/notes", self.notes),
            web.post("/wall/say", self.say),
            web.get(r"/wall/moved/{number:\d{1,9}}", self.moved),
            web.get(r"/wall/file/{handle:.+}", self.file),
            web.get("/favicon.ico", _served(b"", "image/x-icon")),
            web.get("/wall/wall.css", _served((HERE / "wall.css").read_bytes(), "text/css")),
            web.get("/wall/wall.js", _served((HERE / "wall.js").read_bytes(), "text/javascript")),
        ]

    # pages

    async def everyone(self, request: web.Request) -> web.Response:
        search, page = request.query.get("q", "")[:100], max(1, _number(request.query.get("page", "")) or 1)
        start = (page - 1) * PAGE
        found = list(islice(self._phones.citizens(search), start, start + PAGE + 1))
        turn = {step: "/?" + urlencode({"q": search, "page": page + step}) for step in (-1, 1)}
        return self._page(
            "everyone.html",
            search=search,
            rows=[(one, *self._last(one)) for one in found[:PAGE]],
            before=turn[-1] if page > 1 else "",
            after=turn[1] if len(found) > PAGE else "",
            moved=self._phones.latest,
            received=[(TITLES.get(name, name), self._phones.count(name)) for name in self._channels()],
            trouble=request.query.get("trouble", "")[:200],
        )

    async def citizen(self, request: web.Request) -> web.Response:
        citizen = self._citizen(request)
        shown = min(max(_number(request.query.get("show", "")) or SHOWN, 1), 5000)
        columns = self._columns(citizen, shown, request.query)
        return self._page(
            "citizen.html",
            citizen=citizen,
            phones=columns,
            others=self._other_lines(citizen, columns),
            more=f"/wall/citizen/{citizen.id}?show={shown * 4}",
            sharing=[one for a in citizen.addresses.values() for one in self._phones.owners(a) if one != citizen],
            moved=self._moved(citizen),
            trouble=request.query.get("trouble", "")[:200],
        )

    async def stranger(self, request: web.Request) -> web.Response:
        """A phone for any typed address."""
        typed = str((await request.post()).get("address", ""))
        try:
            channel, address = which_channel(typed)
        except ValueError as error:
            raise web.HTTPSeeOther("/?" + urlencode({"trouble": str(error)})) from None
        raise web.HTTPSeeOther(f"/wall/citizen/{self._phones.stranger(channel, address).id}")

    async def file(self, request: web.Request) -> web.Response:
        kept = self._phones.attached(request.match_info["handle"])
        if kept is None:
            raise web.HTTPNotFound(text="Berkas ini sudah tidak disimpan.")
        shown = kept.type in SHOWABLE
        headers = {**SAFETY, "Content-Security-Policy": "default-src 'none'; sandbox"}
        headers["Content-Disposition"] = "inline" if shown else "attachment"
        return web.Response(
            body=kept.body, content_type=kept.type if shown else "application/octet-stream", headers=headers
        )

    # the API

    async def notes(self, request: web.Request) -> web.Response:
        """`?address=…&since=<note id>&line=…`: what lies on a phone, as JSON."""
        address, line = request.query.get("address", ""), request.query.get("line", "")
        since = _number(request.query.get("since", "")) or 0
        found = [n for n in self._phones.notes(address) if n.id > since and line in ("", n.line)]
        told = [{**dataclasses.asdict(note), "at": note.at.isoformat()} for note in found]
        return web.json_response({"address": address, "notes": told})

    async def moved(self, request: web.Request) -> web.Response:
        """The id of the last note of a citizen, or of all with number 0: has anything happened?"""
        everyone = request.match_info["number"] == "0"
        return web.json_response({"moved": self._phones.latest if everyone else self._moved(self._citizen(request))})

    async def say(self, request: web.Request) -> web.Response:
        """A citizen says something: JSON in, JSON out; or a form of the page, and back to the page."""
        if request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
            raise web.HTTPForbidden(text="Only the wall itself may speak for citizens.")
        if request.content_type == "application/json":
            try:
                asked = json_said(await request.json())
                await self._say(**asked)
            except ValueError as error:
                return web.json_response({"error": str(error)}, status=400)
            except (aiohttp.ClientError, OSError, TimeoutError) as error:
                return web.json_response({"error": f"the service does not answer: {type(error).__name__}"}, status=502)
            return web.json_response({"said": True}, status=202)
        form = {name: value for name, value in (await request.post()).items() if isinstance(name, str)}
        words = {name: value for name, value in form.items() if isinstance(value, str)}
        back, trouble = f"/wall/citizen/{_number(words.get('citizen', '')) or 0}", ""
        try:
            await self._say(**form_said(words, form.get("photo")))
        except ValueError as error:
            trouble = str(error)
        except (aiohttp.ClientError, OSError, TimeoutError):
            trouble = "Layanan tidak menjawab; penyedia akan mencoba lagi."
        line = words.get("line", "")
        raise web.HTTPSeeOther(back + ("?" + urlencode({"trouble": trouble}) if trouble else "") + f"#hp-{line}")

    async def _say(
        self, line: str, channel: str, address: str, subject: str, headers: Mapping[str, str] = {}, **said: Any
    ) -> None:
        speakers = (
            one for one in self._providers.values() if line == one.line or (not line and channel == one.channel)
        )
        provider = next(speakers, None)
        if provider is None:
            raise ValueError(f'no provider serves the line "{line or channel}"; known are {", ".join(self._providers)}')
        if not address:
            raise ValueError("say who speaks: `address` is empty")
        if not any(said.values()):
            raise ValueError("Tulis sesuatu dulu." if not subject else "Surel tanpa isi tidak dikirim.")
        await provider.say(address, headers={**({"Subject": subject} if subject else {}), **headers}, **said)

    # what is shown

    def _citizen(self, request: web.Request) -> Citizen:
        citizen = self._phones.citizen(int(request.match_info["number"]))
        if citizen is None:
            raise web.HTTPNotFound(text="Warga ini tidak ada di dinding.")
        return citizen

    def _channels(self) -> Sequence[str]:
        return list(dict.fromkeys(one.channel for one in self._providers.values()))

    def _last(self, citizen: Citizen) -> tuple[Note | None, int]:
        """What moved last on any of a citizen's phones, and how much lies there."""
        lasts = [self._phones.last(address) for address in citizen.addresses.values()]
        total = sum(len(self._phones.notes(address)) for address in citizen.addresses.values())
        return max((note for note in lasts if note), key=lambda note: note.id, default=None), total

    def _moved(self, citizen: Citizen) -> int:
        last, _ = self._last(citizen)
        return last.id if last else 0

    def _columns(self, citizen: Citizen, shown: int, query: Mapping[str, str]) -> list[Phone]:
        columns = []
        for channel, address in citizen.addresses.items():
            notes = self._phones.notes(address)
            for line in self._lines(channel, notes, query.get("line", "")):
                of_line = [note for note in notes if note.line == line]
                columns.append(
                    Phone(
                        line=line,
                        channel=channel,
                        title=TITLES.get(channel, channel),
                        address=address,
                        can=ABILITIES.get(channel, frozenset()),
                        notes=of_line[-shown:],
                        earlier=max(0, len(of_line) - shown),
                        reply=_answered(channel, of_line, query.get("reply")),
                        edit=_named(of_line, query.get("edit", "")),
                    )
                )
        return columns

    def _lines(self, channel: str, notes: Iterable[Note], asked: str) -> Sequence[str]:
        """The lines of a channel with something on them, else its first one; and the one asked for."""
        known = [line for line, one in self._providers.items() if one.channel == channel]
        used = list(dict.fromkeys(note.line for note in notes)) or known[:1]
        return used + [line for line in known if line == asked and line not in used]

    def _other_lines(self, citizen: Citizen, shown: Sequence[Phone]) -> Sequence[tuple[str, str]]:
        """(channel, line) of what the citizen could open besides."""
        open_already = {phone.line for phone in shown}
        lines = [(one.channel, line) for line, one in self._providers.items() if line not in open_already]
        return [(TITLES.get(name, name), line) for name, line in lines if name in citizen.addresses]

    def _page(self, template: str, **facts: Any) -> web.Response:
        body = self._pages.get_template(template).render(**facts)
        return web.Response(text=body, content_type="text/html", headers=SAFETY)


def _number(told: str) -> int | None:
    return int(told) if re.fullmatch(r"\d{1,15}", told) else None  # notes may be numbered from the time on


def _answered(channel: str, notes: Sequence[Note], told: str | None) -> Note | None:
    """The note being answered; a mail programme answers the latest mail unless told otherwise."""
    if told is None and channel == "email":
        return next((note for note in reversed(notes) if not note.mine), None)
    return _named(notes, told or "")


def _named(notes: Sequence[Note], told: str) -> Note | None:
    return next((note for note in notes if note.id == _number(told)), None)


def _served(body: bytes, kind: str) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def serve(request: web.Request) -> web.Response:
        return web.Response(body=body, content_type=kind, charset="utf-8", headers=SAFETY)

    return serve
