"""Following a complaint by its number and code: how it stands, what was answered, what comes next; adding to it, and
saying whether it is settled. Number and code travel by POST alone.
"""

from aiohttp import web

from notifier.config import Config
from notifier.desk import Followed
from notifier.enquiries import CITIZEN
from notifier.inbox.forms import Form
from notifier.rules.after import SCORES
from notifier.rules.limits import Asked
from notifier.web import pages
from notifier.web.house import HOUSE
from notifier.web.public import fields, frame
from notifier.web.public.fields import LONGEST_TEXT, Filled

FOLLOW = "telegram"
DOES = frozenset({"add", "settled", "unsettled", "rated"})
TELLING = frozenset({"add", "unsettled"})  # what brings words and files


async def ask(request: web.Request) -> web.Response:
    """The form for number and code."""
    return frame.show(request, "follow.html", {"number": "", "wrong": {}})


async def follow(request: web.Request) -> web.Response:
    """The ticket; and before, what its reporter does about it."""
    house, filled, now = request.app[HOUSE], await fields.read(request), request.app[HOUSE].clock()
    number, code, does = filled.get("nomor", 40), filled.get("kode", 20), filled.get("aksi", 12)
    subject = "".join(letter for letter in number.upper() if letter.isalnum())
    until = await house.enquiries.admit(Asked.FOLLOW, subject, frame.source(request), now)
    if until is not None:
        return frame.too_often(request, until)
    found = await house.desk.follow(number, code, now)
    if found is None:
        said = {"nomor": frame.say(request, "follow.wrong")}
        return frame.show(request, "follow.html", {"number": number, "wrong": said}, status=400)
    if does == FOLLOW and (bot := _bot(house.config)):
        token = await house.inviting.follow(found.ticket_id, CITIZEN, now)
        return _page(request, found, Filled({}, (), False), link=f"https://t.me/{bot}?start={token}")
    if does not in DOES:
        return _page(request, found, filled)
    score = pages.number(filled.get("nilai", 1))
    if does == "rated" and score not in SCORES:
        return _page(request, found, filled)
    wrong = _faults(filled, found, does)
    if wrong:
        return _page(request, found, filled, {name: _say(request, key) for name, key in wrong.items()})
    form = Form(
        token=filled.token,
        does=does,
        text=filled.get("cerita", LONGEST_TEXT) if does in TELLING else str(score) if does == "rated" else "",
        number=found.number,
        files=filled.files if does in TELLING else (),
    )
    taken = await house.forms.take(form, now)
    again = await house.desk.follow(number, code, now) or found
    done = {"kept": "kept", "none": "changed"}.get(taken.effect, f"done_{does}")
    return _page(request, again, Filled({}, (), False), done=done)


def _faults(filled: Filled, found: Followed, does: str) -> dict[str, str]:
    faulty, text = filled.faulty_files(), filled.words.get("cerita", "")
    if faulty:
        return {"bukti": f"files_{faulty}"}
    if not found.writable and does in TELLING:
        return {"cerita": "over"}
    if does == "add" and not text.strip() and not filled.files:
        return {"cerita": "text_short"}
    if len(text) > LONGEST_TEXT:
        return {"cerita": "text_long"}
    return {"form": "machine"} if filled.machine else {}


def _bot(config: Config) -> str:
    """The name of the bot that people are sent to; "" when no line has one."""
    names = (line.settings.get("name", "") for line in config.lines.values() if line.channel == "telegram")
    return next((str(name) for name in names if name), "")


def _say(request: web.Request, key: str) -> str:
    page = "follow" if key == "over" else "complain"
    return frame.say(request, f"{page}.{key}")


def _page(
    request: web.Request,
    found: Followed,
    filled: Filled,
    wrong: dict[str, str] | None = None,
    done: str = "",
    link: str = "",
) -> web.Response:
    context = {
        "found": found,
        "text": filled.get("cerita", LONGEST_TEXT) if wrong else "",
        "wrong": wrong or {},
        "done": done,
        "link": link,
        "bot": _bot(request.app[HOUSE].config),
        "token": fields.fresh(),
        "pot": fields.POT,
        "looks": [frame.clock(request, at) for at in found.looks],
        "scores": sorted(SCORES, reverse=True),
        "due": frame.clock(request, found.due) if found.due else "",
    }
    return frame.show(request, "followed.html", context, status=400 if wrong else 200)
