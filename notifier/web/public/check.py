"""How one's own benefit stands, by NIK and name. The NIK comes by POST alone and is in no answer."""

from aiohttp import web

from notifier.rules.people import LONGEST_NAME, NikFault, nik_digits
from notifier.web import pages
from notifier.web.house import HOUSE
from notifier.web.public import frame

LONGEST_NIK = 40  # characters, with spaces and points between the digits
SHOWN = {"Sudah Diterima": "received", "Dalam Proses": "process", "Tidak Terdaftar": "unlisted"}


async def ask(request: web.Request) -> web.Response:
    """The form."""
    return _form(request)


async def answer(request: web.Request) -> web.Response:
    """What the register says of whoever has this NIK and this name."""
    house, fields = request.app[HOUSE], await pages.form(request)
    nik, name = fields.get("nik", "")[:LONGEST_NIK], fields.get("nama", "")[:LONGEST_NAME].strip()
    wrong = {}
    if isinstance(nik_digits(nik), NikFault):
        wrong["nik"] = frame.say(request, "status.nik_wrong")
    if not name:
        wrong["nama"] = frame.say(request, "status.name_wrong")
    if wrong:
        return _form(request, name, wrong, status=400)
    found = await house.enquiries.status(nik, name, frame.source(request), house.clock())
    if found.until is not None:
        return frame.too_often(request, found.until)
    return frame.show(request, "checked.html", {"found": found, "shown": SHOWN})


def _form(
    request: web.Request, name: str = "", wrong: dict[str, str] | None = None, *, status: int = 200
) -> web.Response:
    return frame.show(request, "check.html", {"name": name, "wrong": wrong or {}}, status=status)
