"""The desk's list as a page: its views, what it is narrowed to, what is searched; and what is done to several tickets
at once. Everything works by forms; desk.js spares the hand.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from aiohttp import web
from markupsafe import Markup
from yarl import URL

from notifier.desk import PAGE, Asked, Choices, Done, Letter
from notifier.errors import Refused
from notifier.render import RenderError, markup
from notifier.rules.boards import View, areas
from notifier.rules.roles import Right, Viewer, covers
from notifier.rules.tickets import Act, Category, find_numbers
from notifier.web import language, pages, session
from notifier.web.house import HOUSE

AGES = (1, 3, 7, 14, 30)  # days
CATEGORIES, CHANNELS, LANGUAGES = tuple(Category), tuple(language.WORDS["channel"]), tuple(language.WORDS["language"])
SPOKEN = (Act.ANSWER, Act.ASK_CITIZEN, Act.RESOLVE)
LONG_NUMBER = 11  # digits that are no word to search for: a phone, a NIK, or one with a slip in it
LARGEST_ACCOUNT = 2**31 - 1
MOST = 100  # tickets that one form may name
REFRESHING = "X-Refresh"  # header of a list that asks for its own newest state


# --- looking ----------------------------------------------------------------------------------------------------------


async def board(request: web.Request) -> web.Response:
    """The list; for desk.js only the part of it that changes."""
    typed = pages.clean(request.query.get("q", "")).strip()[:100]
    if typed:
        found = await _numbered(request, typed)
        if found is not None:
            return found
    asked = _asked(request.query)
    if _is_number(typed):  # no person is searched for by an address that stays in a history
        return await _board(request, asked, missed=_masked(typed))
    return await _board(request, asked, typed=typed)


async def search(request: web.Request) -> web.Response:
    """What somebody typed: a number leads to its ticket, a NIK or phone to its person, words to the list."""
    fields, house, viewer = await pages.form(request), request.app[HOUSE], pages.who(request)
    typed = fields.get("q", "").strip()[:100]
    asked = _asked(fields)
    if not typed:
        return web.Response(status=303, headers={"Location": _link(asked)})
    found = await _numbered(request, typed)
    if found is not None:
        return found
    if _is_number(typed):
        sought = await house.desk.seek(viewer, typed, house.clock())
        if sought is None:
            return await _board(request, asked, missed=_masked(typed))
        context = {"sought": sought, "typed": _masked(typed)}
        return await pages.page(request, "desk/person.html", context)
    return web.Response(status=303, headers={"Location": _link(Asked(View.ALL, words=typed))})


async def _numbered(request: web.Request, typed: str) -> web.Response | None:
    """The way to the ticket whose number was typed; None when that is no number of a ticket we have."""
    try:
        number = await request.app[HOUSE].desk.find(pages.who(request), typed[:40])
    except Refused:
        return None
    return web.Response(status=303, headers={"Location": f"/desk/tickets/{number}"})


def _is_number(typed: str) -> bool:
    return sum(sign.isdigit() for sign in typed) >= LONG_NUMBER and not any(sign.isalpha() for sign in typed)


def _means_number(typed: str) -> bool:
    """Whether the number of a ticket was meant, be it right or not."""
    return typed[:3].upper() == "ADU" or bool(find_numbers(f"ADU-{typed}"))


def _masked(typed: str) -> str:
    digits = "".join(sign for sign in typed if sign.isdigit())
    return f"{digits[:4]}…{digits[-3:]}"


def _asked(query: Mapping[str, str]) -> Asked:
    """What an address asks for; what nobody can choose is left away."""
    view, category, channel = query.get("view", ""), query.get("category", ""), query.get("channel", "")
    tongue, age = query.get("language", ""), pages.number(query.get("age"), 3650)
    area, place = _region(query.get("area", "")), _region(query.get("place", ""))
    return Asked(
        view=View(view) if view in set(View) else View.TEAM,
        before=pages.clean(query.get("before", ""))[:100],
        words=pages.clean(query.get("q", "")).strip()[:100],
        category=category if category in set(Category) else "",
        area=area,
        place=place,
        unmerged=query.get("unmerged") == "1",
        round=pages.clean(query.get("round", ""))[:48],
        point=pages.clean(query.get("point", ""))[:120],
        channel=channel if channel in CHANNELS else "",
        language=tongue if tongue in language.WORDS["language"] else "",
        age=age or 0,
        agent=pages.number(query.get("agent"), LARGEST_ACCOUNT) or 0,
        first=pages.day(query.get("first")),
        last=pages.day(query.get("last")),
    )


def _region(typed: str) -> str:
    code = pages.clean(typed).strip(".")[:13]
    return code if all(part.isdigit() for part in code.split(".")) else ""


def _link(asked: Asked, **changes: Any) -> str:
    """The address of a list like this one but for the changes; its first page unless one is named."""
    return _address(replace(asked, before=""), tuple(changes.items()))


@lru_cache(maxsize=512)
def _address(asked: Asked, named: tuple[tuple[str, Any], ...]) -> str:
    changes = dict(named)
    chosen: dict[str, Any] = {
        "view": asked.view.value,
        "q": asked.words,
        "category": asked.category,
        "area": asked.area,
        "round": asked.round,
        "point": asked.point,
        "channel": asked.channel,
        "language": asked.language,
        "age": asked.age,
        "agent": asked.agent,
        "first": asked.first,
        "last": asked.last,
        "place": asked.place,
        "unmerged": "1" if asked.unmerged else "",
    }
    if "words" in changes:
        changes["q"] = changes.pop("words")
    chosen |= changes
    if chosen["view"] == View.TEAM:
        del chosen["view"]
    said = {name: value for name, value in chosen.items() if value}
    return f"/desk?{urlencode(said)}" if said else "/desk"


async def _board(
    request: web.Request,
    asked: Asked,
    *,
    typed: str = "",
    missed: str = "",
    refused: str = "",
    fields: Mapping[str, str] | None = None,
    status: int = 200,
) -> web.Response:
    house, viewer = request.app[HOUSE], pages.who(request)
    if missed:
        asked = Asked(view=asked.view)
    found = await house.desk.list(viewer, asked, house.clock())
    context: dict[str, Any] = {
        "found": found,
        "asked": asked,
        "views": list(View),
        "typed": typed,
        "missed": missed or (typed if _means_number(typed) and not found.tickets else ""),
        "refused": refused,
        "fields": fields or {},
        "held": [number for number in request.query.get("held", "").split(",") if number][:MOST],
        "ticked": set(request.query.get("ticked", "").split(",")[:MOST]),
        "here": _link(asked, before=asked.before),
        "alone": "HX-Request" in request.headers,
        "link": lambda **changes: _link(asked, **changes),
    }
    if context["alone"]:
        # A list that only keeps itself up to date leaves what is to be said to whoever acted.
        context["flash"] = [] if REFRESHING in request.headers else await session.said(request)
        return pages.part(request, "desk/_board.html", context, status=status)
    choices = await house.desk.choices(viewer, asked.area, house.clock())
    context |= _around(request, viewer, asked, choices, context)
    return await pages.page(request, "desk/board.html", context, status=status)


def _around(
    request: web.Request, viewer: Viewer, asked: Asked, choices: Choices, board: Mapping[str, Any]
) -> Mapping[str, Markup]:
    """What stands around the list: the same for everybody who may do the same and chose the same."""
    narrow = pages.kept(
        request,
        "desk/_narrow.html",
        keep=not asked.words,
        asked=replace(asked, before=""),
        narrowed=_link(asked) != _link(Asked(asked.view, words=asked.words)),
        choices=choices,
        above=tuple(area for area in areas(asked.area) if area and covers(viewer.region, area)),
        categories=CATEGORIES,
        channels=CHANNELS,
        languages=LANGUAGES,
        ages=AGES,
    )
    answers, assigns = viewer.may(Right.ANSWER), viewer.may(Right.ASSIGN)
    text, note = (board["fields"].get(name, "") for name in ("text", "note"))
    acts = Markup()
    if board["found"].tickets and (answers or assigns):
        acts = pages.kept(
            request,
            "desk/_acts.html",
            keep=not (text or note),
            answers=answers,
            assigns=assigns,
            choices=choices,
            categories=CATEGORIES,
            spoken=SPOKEN,
            text=text,
            note=note,
        )
    head = pages.kept(
        request, "desk/_head.html", newest=asked.view is View.ALL, path=request.path, viewer=pages.anybody(viewer)
    )
    return {"head": head, "narrow": narrow, "acts": acts, "keys": pages.kept(request, "desk/_keys.html")}


# --- acting on several ------------------------------------------------------------------------------------------------


async def bulk(request: web.Request) -> web.Response:
    """Do something to the ticked tickets: take, assign, categorise, note; show what an answer would say, or send it."""
    fields = await pages.form(request)
    chosen = _chosen(request, await request.post())
    back = pages.local_path(fields.get("back"))
    back = back if back.split("?")[0] == "/desk" else "/desk"
    house, viewer, now = request.app[HOUSE], pages.who(request), request.app[HOUSE].clock()
    desk, do, to = house.desk, fields.get("do", ""), pages.number(fields.get("to"))
    words = fields.get("text", "")
    try:
        act = Act(fields.get("act", Act.ANSWER))
        if do == "take":
            done, said = await desk.assign_each(viewer, chosen, viewer.account_id, now), "{n} aduan menjadi milik Anda."
        elif do == "assign":
            done, said = await desk.assign_each(viewer, chosen, to or 0, now), "{n} aduan ditugaskan."
        elif do == "categorise":
            done = await desk.categorise_each(viewer, chosen, fields.get("category", ""), now)
            said = "{n} aduan dikategorikan."
        elif do == "note":
            done = await desk.note_each(viewer, chosen, fields.get("note", ""), now)
            said = "Catatan internal disimpan pada {n} aduan."
        elif do == "preview":
            letters = await desk.letters(viewer, chosen, act, words)
            return await _preview(request, letters, chosen, act, words, back)
        elif do == "answer":
            done = await desk.answer_each(viewer, chosen, act, words, now)
            said = "{n} jawaban disimpan; dikirim 20 detik lagi."
            if done.done:
                back += ("&" if "?" in back else "?") + urlencode({"held": ",".join(done.done)})
        else:
            raise web.HTTPBadRequest
    except (Refused, ValueError) as error:
        if not isinstance(error, Refused):
            raise web.HTTPBadRequest from None
        # On the list itself, so that what was written is not lost.
        return await _board(request, _asked(URL(back).query), refused=str(error), fields=fields, status=400)
    if done.done and do != "answer" and "HX-Request" not in request.headers:  # ticked still: taken, then answered
        back += ("&" if "?" in back else "?") + urlencode({"ticked": ",".join(done.done)})
    return await _told(request, done, said, back)


async def undo(request: web.Request) -> web.Response:
    """Take answers back that have not left yet."""
    fields, house = await pages.form(request), request.app[HOUSE]
    numbers = [number for number in fields.get("numbers", "").split(",") if number][:MOST]
    back = pages.local_path(fields.get("back"))
    try:
        done = await house.desk.take_back(pages.who(request), numbers, house.clock())
    except Refused as error:
        await session.say(request, language.refusal(str(error), pages.tongue(request)), "bad")
        return web.Response(status=303, headers={"Location": back})
    return await _told(request, done, "{n} jawaban ditarik kembali; tidak dikirim.", back)


async def _told(request: web.Request, done: Done, said: str, back: str) -> web.Response:
    tongue = pages.tongue(request)
    if done.done:
        await session.say(request, language.text(said, tongue, n=len(done.done)))
    for number, why in done.refused[:5]:
        await session.say(request, f"{number}: {language.refusal(why, tongue)}", "bad")
    if len(done.refused) > 5:
        more = language.text("Dan {n} lagi tidak dapat.", tongue, n=len(done.refused) - 5)
        await session.say(request, more, "bad")
    return web.Response(status=303, headers={"Location": back})


def _chosen(request: web.Request, posted: Any) -> list[tuple[str, int]]:
    """The ticked tickets: "ADU-7K4M2QX:3", its number and the version that was seen."""
    found = []
    for ticked in posted.getall("t", []):
        number, _, version = str(ticked).partition(":")
        seen = pages.number(version)
        if seen is None or len(number) > 24:
            raise web.HTTPBadRequest
        found.append((pages.clean(number), seen))
    return found


async def _preview(
    request: web.Request, letters: Sequence[Letter], chosen: Sequence[tuple[str, int]], act: Act, words: str, back: str
) -> web.Response:
    """The words as each citizen will get them, before anything leaves."""
    shown = [(letter, _words(request, letter)) for letter in letters]
    context = {
        "letters": shown,
        "ticked": [f"{number}:{version}" for number, version in chosen],
        "ready": sum(1 for letter, _ in shown if not letter.refused),
        "act": act,
        "text": words,
        "back": back,
    }
    return await pages.page(request, "desk/preview.html", context)


def _words(request: web.Request, letter: Letter) -> str:
    house = request.app[HOUSE]
    if letter.channel == PAGE:  # nothing is sent: they read it on the page of their ticket
        return letter.text
    facts = {
        "number": letter.ticket.number,
        "category": letter.ticket.category,
        "text": letter.text,
        "zone": letter.zone,
        "code": "XXXX-XXXX",  # given when it is written: each message has its own
        "replies": house.config.lines[letter.line].two_way if letter.line in house.config.lines else False,
    }
    try:
        parts = house.words.render(letter.event, letter.channel, letter.language, facts).parts
    except RenderError as error:
        return str(error)
    subject = f"{parts['subject']}\n\n" if "subject" in parts else ""
    return subject + (parts["text"] if "text" in parts else markup.plain(parts.get("html", "")))
