"""Incidents on their ticket's page: opened from a complaint, gathering others, one answer with a preview of counts."""

import re

from aiohttp import web

from notifier.desk.incidents import SPEAKS
from notifier.errors import Refused
from notifier.rules.shields import needs_two
from notifier.rules.tickets import Act
from notifier.web import pages
from notifier.web.desk.beside import number_of, place_of
from notifier.web.desk.conversation import PROPOSED, show
from notifier.web.house import HOUSE


async def begin(request: web.Request) -> web.Response:
    """Make an incident of what the ticket is about; on to it."""
    fields, house = await pages.form(request), request.app[HOUSE]
    try:
        incident = await house.desk.open_incident(
            pages.who(request), number_of(request), fields.get("what", ""), house.clock()
        )
    except Refused as error:
        return await show(request, fields, str(error))
    return await pages.back(
        request, f"/desk/tickets/{incident.number}", "Insiden {number} dibuka.", number=incident.number
    )


async def gather(request: web.Request) -> web.Response:
    """Gather the tickets named, or all open ones of the round."""
    fields, house = await pages.form(request), request.app[HOUSE]
    named = tuple(filter(None, re.split(r"[\s,;]+", fields.get("numbers", "").strip())))
    if not named and fields.get("do") != "round":
        return await show(request, fields, "name the tickets to gather, with spaces or line breaks between them")
    try:
        came, not_so = await house.desk.gather(pages.who(request), number_of(request), named, house.clock())
    except Refused as error:
        return await show(request, fields, str(error))
    sentence = (
        "{came} aduan dikumpulkan; {rest} tidak dapat: sudah selesai, rahasia, tertutup, atau sudah dalam insiden."
    )
    return await pages.back(request, place_of(request), sentence, came=came, rest=not_so)


async def let_go(request: web.Request) -> web.Response:
    """Take the ticket out of its incident."""
    fields, house = await pages.form(request), request.app[HOUSE]
    try:
        await house.desk.let_go(pages.who(request), number_of(request), house.clock())
    except Refused as error:
        return await show(request, fields, str(error))
    return await pages.back(request, place_of(request), "Aduan ini ditangani tersendiri; jamnya berjalan lagi.")


async def answer(request: web.Request) -> web.Response:
    """One answer to everybody: looked at first, with how many it reaches by which way, then sent."""
    fields, house, viewer = await pages.form(request), request.app[HOUSE], pages.who(request)
    act, version = fields.get("act", Act.ANSWER), pages.number(fields.get("version"))
    if act not in SPEAKS or version is None:
        raise web.HTTPBadRequest
    if fields.get("do") != "send":
        try:
            shares = await house.desk.incident_reach(viewer, number_of(request))
        except Refused as error:
            return await show(request, fields, str(error))
        others = sorted({share.language for share in shares} - {"id"})
        said = await house.desk.canned_in(viewer, number_of(request), fields.get("canned", ""), ("id", *others))
        # What was put in as it is kept goes to each in their language; for what was written anew the others are blank.
        kept = said if said.get("id") and said["id"] in fields.get("text", "") else {}
        # What the viewer took back a moment ago, they wrote already.
        kept = {**kept, **await house.desk.incident_kept(viewer, number_of(request), fields.get("text", ""), others)}
        context = {
            "number": number_of(request),
            "fields": fields,
            "shares": shares,
            "act": act,
            "others": [(tongue, kept.get(tongue, "")) for tongue in others],
        }
        return await pages.page(request, "desk/fanout.html", context)
    people = pages.number(fields.get("people")) or 0
    texts = {
        name.removeprefix("text_"): text for name, text in fields.items() if re.fullmatch(r"text_[a-z]{2,3}", name)
    }
    try:
        ticket = await house.desk.answer_incident(
            viewer,
            number_of(request),
            Act(act),
            fields.get("text", ""),
            version,
            people,
            house.clock(),
            texts,
            held=True,
        )
    except Refused as error:
        return await show(request, fields, str(error))
    await house.desk.forget_draft(viewer, number_of(request), "text")
    if needs_two(ticket.shielded, Act(act)):
        return await pages.back(request, place_of(request), PROPOSED)
    return await pages.back(
        request, place_of(request), "Jawaban disimpan; dikirim kepada {n} warga 20 detik lagi.", n=people
    )
