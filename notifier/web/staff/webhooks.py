"""The pages of webhooks: which systems are told what happens, how that goes, a try, and telling one again."""

from datetime import timedelta

from aiohttp import web

from notifier.errors import Refused
from notifier.rules.webhooks import OFFERED
from notifier.web import pages
from notifier.web.house import HOUSE
from notifier.webhooks import Webhook, Wish

LOG = 50  # calls of a page
DAYS = 7
DONE = {
    "ping": "Uji coba sedang dikirim; hasilnya muncul di catatan.",
    "pause": "Webhook dijeda. Yang terjadi disimpan dahulu, paling lama seminggu.",
    "on": "Webhook dinyalakan.",
}


async def look(request: web.Request) -> web.Response:
    """All webhooks, and the form of a new one."""
    return await _show(request, {})


async def add(request: web.Request) -> web.Response:
    """Have a system told; its secret is shown on this very page and nowhere again."""
    house, viewer, fields = request.app[HOUSE], pages.who(request), await pages.form(request)
    wish = Wish(
        fields.get("name", ""),
        fields.get("url", "").strip(),
        [kind for kind in OFFERED if fields.get(kind.value)],
        fields.get("region", "").strip() or viewer.region,
        bool(fields.get("shielded")),
    )
    try:
        _, secret = await house.webhooks.add(wish, who=viewer.who, now=house.clock(), within=viewer.region)
    except Refused as error:
        return await _show(request, fields, refused=str(error))
    return await _show(request, {}, made=secret)


async def show(request: web.Request) -> web.Response:
    """One webhook with its log."""
    return await _one(request)


async def act(request: web.Request) -> web.Response:
    """Try, pause, switch on, change the secret, tell again, remove."""
    house, viewer, fields = request.app[HOUSE], pages.who(request), await pages.form(request)
    found, do, now = await _found(request), fields.get("do", ""), house.clock()
    place, who, within = f"/webhooks/{found.id}", viewer.who, viewer.region
    if do == "ping":
        await house.webhooks.ping(found.id, who=who, now=now, within=within)
    elif do in ("pause", "on"):
        wish = Wish(found.name, found.url, found.kinds, found.region, found.shielded, do == "pause")
        await house.webhooks.change(found.id, wish, who=who, now=now, within=within)
    elif do == "secret":
        _, secret = await house.webhooks.rotate(found.id, who=who, now=now, within=within)
        return await _one(request, made=secret)
    elif do == "replay":
        uid, days = fields.get("event", ""), pages.number(fields.get("days"), DAYS) or 1
        since = None if uid else now - timedelta(days=days)
        told = await house.webhooks.replay(found.id, who=who, now=now, within=within, uid=uid, since=since)
        return await pages.back(request, place, "{n} kabar dikirim ulang.", n=told)
    elif do == "remove":
        await house.webhooks.remove(found.id, who=who, now=now, within=within)
        return await pages.back(request, "/webhooks", "Webhook dihapus.")
    else:
        raise Refused("this form asks for nothing; go back and choose again")
    return await pages.back(request, place, DONE[do])


async def _found(request: web.Request) -> Webhook:
    house, viewer = request.app[HOUSE], pages.who(request)
    wanted = pages.number(request.match_info["id"]) or 0
    try:
        return await house.webhooks.get(wanted, viewer.region)
    except Refused:
        raise web.HTTPNotFound from None


async def _one(request: web.Request, *, made: str = "") -> web.Response:
    house, found = request.app[HOUSE], await _found(request)
    below = pages.number(request.query.get("below")) or 0
    log = await house.webhooks.log(found.id, below, LOG + 1, pages.who(request).region)
    depth = (await house.webhooks.depths()).get(found.id, 0)
    more = log[LOG - 1].id if len(log) > LOG else 0
    context = {"one": found, "log": log[:LOG], "more": more, "below": below, "depth": depth, "made": made, "days": DAYS}
    return await pages.page(request, "office/webhook.html", context)


async def _show(request: web.Request, fields: dict[str, str], *, refused: str = "", made: str = "") -> web.Response:
    house, viewer = request.app[HOUSE], pages.who(request)
    context = {
        "webhooks": await house.webhooks.all(viewer.region),
        "depths": await house.webhooks.depths(),
        "kinds": [kind.value for kind in OFFERED],
        "fields": {"name": "", "url": "", "region": "", **fields},
        "refused": refused,
        "made": made,
    }
    return await pages.page(request, "office/webhooks.html", context, status=400 if refused else 200)
