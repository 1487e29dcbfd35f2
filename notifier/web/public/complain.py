"""The complaint form: what happened, in plain words, with evidence, with a name or without. A number and a code come
back.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from aiohttp import web

from notifier.enquiries import Listed
from notifier.inbox.forms import Form
from notifier.rules.limits import Asked
from notifier.rules.tickets import Category
from notifier.web.house import HOUSE
from notifier.web.public import fields, frame
from notifier.web.public.fields import LONGEST_TEXT, Filled
from notifier.web.public.schedule import AREA

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,47}", re.ASCII)
SHORTEST = 10  # characters that can tell anything
CODE_SHOWN = timedelta(hours=1)  # a form that comes again later may come from somebody else's hands
# What happened, as pictures and words tell it; "information" is asked elsewhere.
CHOICES: tuple[tuple[Category, str], ...] = (
    (Category.NOT_RECEIVED, "purse"),
    (Category.DELAYED, "hour"),
    (Category.DEDUCTION, "cut"),
    (Category.ILLEGAL_LEVY, "coins"),
    (Category.NOT_REGISTERED, "plus"),
    (Category.WRONG_TARGET, "people"),
    (Category.DATA_ERROR, "pencil"),
    (Category.CARD_PROBLEM, "card"),
    (Category.GOODS_QUALITY, "rice"),
    (Category.OFFICER_CONDUCT, "person"),
    (Category.FRAUD_HOAX, "warn"),
    (Category.SUGGESTION, "speak"),
    (Category.PRAISE, "tick"),
    (Category.OTHER, "dots"),
)
_NAMES = frozenset(category.value for category, _ in CHOICES)


async def ask(request: web.Request) -> web.Response:
    """The empty form; with ?jadwal=… about that round, with ?w=… about that area."""
    empty = Filled({name: request.query.get(name, "") for name in ("jadwal", "w")}, (), False)
    return await _form(request, empty, {})


async def file(request: web.Request) -> web.Response:
    """Store the complaint and open its ticket."""
    house, filled = request.app[HOUSE], await fields.read(request)
    wrong = _faults(filled)
    kind, address = fields.contact(filled.get("kontak"))
    line = next((name for name, one in house.config.lines.items() if one.channel == kind), "")
    if filled.get("kontak") and not line:
        wrong["kontak"] = "contact_wrong"
    if wrong:
        return await _form(request, filled, wrong)
    now, source = house.clock(), frame.source(request)
    until = await house.enquiries.admit(Asked.COMPLAIN, "", source, now)
    if until is None and address:
        until = await house.enquiries.admit(Asked.WRITE_TO, address, source, now)
    if until is not None:
        return frame.too_often(request, until)
    form = _form_of(filled, frame.tongue(request), kind, line, address)
    area = _area(filled)
    if area and await house.enquiries.place(area):
        form = replace(form, region=area)
    taken = await house.forms.take(form, now)
    context = {
        "number": taken.number,
        "code": house.desk.code(taken.number) if (taken.again or timedelta()) <= CODE_SHOWN else "",
        "told": address,
        "anonymous": bool(filled.get("rahasia")),
    }
    if not taken.number:
        return frame.show(request, "kept.html", {"filled": filled.words}, status=503)
    return frame.show(request, "complained.html", context)


def _form_of(filled: Filled, spoken: str, kind: str, line: str, address: str) -> Form:
    place = filled.get("tempat")
    text = filled.get("cerita", LONGEST_TEXT)
    reached = {"kind": kind, "line": line, "address": address} if line else {}
    return Form(
        token=filled.token,
        does="complain",
        text=f"{text}\n\n({place})" if place else text,
        language=spoken,
        categories=(filled.get("masalah"),),
        round_code=_code(filled),
        agreed=True,
        anonymous=bool(filled.get("rahasia")),
        name=filled.get("nama"),
        files=filled.files,
        **reached,
    )


def _faults(filled: Filled) -> dict[str, str]:
    """Field → key of the sentence that says what is wrong with it."""
    wrong = {}
    if filled.get("masalah") not in _NAMES:
        wrong["masalah"] = "category_wrong"
    if len(filled.get("cerita", LONGEST_TEXT)) < SHORTEST:
        wrong["cerita"] = "text_short"
    elif len(filled.words.get("cerita", "")) > LONGEST_TEXT:
        wrong["cerita"] = "text_long"
    faulty = filled.faulty_files()
    if faulty:
        wrong["bukti"] = f"files_{faulty}"
    if not filled.get("setuju"):
        wrong["setuju"] = "agree_wrong"
    if filled.machine:
        wrong["form"] = "machine"
    return wrong


def _code(filled: Filled) -> str:
    code = filled.get("jadwal", 48)
    return code if CODE.fullmatch(code) else ""


def _area(filled: Filled) -> str:
    area = filled.get("w", 13)
    return area if AREA.fullmatch(area) else ""


async def _form(request: web.Request, filled: Filled, wrong: Mapping[str, str]) -> web.Response:
    house, code = request.app[HOUSE], _code(filled)
    about: Listed | None = await house.enquiries.round(code, house.clock()) if code else None
    area = _area(filled) if about is None else ""
    said = {name: frame.say(request, f"complain.{key}") for name, key in wrong.items()}
    context = {
        "filled": filled,
        "wrong": said,
        "about": about,
        "area": area,
        "place": await house.enquiries.place(area) if area else "",
        "choices": CHOICES,
        "pot": fields.POT,
    }
    return frame.show(request, "complain.html", context, status=400 if wrong else 200)
