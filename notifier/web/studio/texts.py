"""The pages of what is said beside messages, on our pages, in conversations and in answers kept for often, and of the
words that we understand. All are changed as messages are.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from aiohttp import web

from notifier.errors import Refused
from notifier.render import Key, canned, pagetexts
from notifier.render.filters import FILTERS
from notifier.rules.roles import Right
from notifier.rules.words import BadLexicon, Context, Lexicon, Meaning, additions, meaning
from notifier.store.templates import REVIEWED
from notifier.studio import conversations, kinds
from notifier.web import pages
from notifier.web.house import HOUSE
from notifier.web.studio.messages import LANGUAGES, Part

# page of the words → where citizens read it
READ_AT: Mapping[str, str] = {"faq": "/tanya", "how": "/cara-lapor", "stop": "/berhenti", "programmes": "/program"}


AS = Context.RECEIPT_QUESTION  # what is tried is read as an answer to our question


@dataclass(frozen=True, slots=True)
class Tried:
    """A sentence of a citizen, understood with the words in force and with those of the form."""

    text: str
    now: Meaning
    then: Meaning | None  # None: the form's words can't be read


@dataclass(frozen=True, slots=True)
class Read:
    """One thing the source says, as it is read: its name there, and the words by the way they go."""

    name: str
    words: Sequence[str]


def _of_page(key: Key, source: str) -> Sequence[Read]:
    return [Read(name, [sentence]) for name, sentence in pagetexts.read(source).items()]


def _of_talk(key: Key, source: str) -> Sequence[Read]:
    told = conversations.told(key[2], key[3], pagetexts.read(source))
    return [Read(name, list(dict.fromkeys((by_sms, otherwise)))) for name, by_sms, otherwise in told]


def _of_answer(key: Key, source: str) -> Sequence[Read]:
    answer = canned.read(key[3], key[2], source)
    return [Read(answer.title, [canned.say(answer.source, key[2], canned.sample())])] if answer.source else []


# kind → what its source says to those who read it
READ: Mapping[str, Callable[[Key, str], Sequence[Read]]] = MappingProxyType(
    {kinds.PAGE: _of_page, kinds.TALK: _of_talk, kinds.ANSWER: _of_answer}
)


def _key(request: web.Request) -> Key:
    told = request.match_info
    try:
        return kinds.known(told["event"], "", told["tongue"], told["part"])
    except Refused:
        raise web.HTTPNotFound from None


async def text(request: web.Request) -> web.Response:
    """One page's sentences, a part of the conversations, an answer, or the words that are added to the lexicon."""
    return await _show(request, _key(request))


async def change(request: web.Request) -> web.Response:
    """Check, keep, review, publish, go back, or discard."""
    house, viewer, key, fields = request.app[HOUSE], pages.who(request), _key(request), await pages.form(request)
    source, do, now = fields.get("source"), fields.get("do", "check"), house.clock()
    place, studio = key[:3], house.studio
    said = ""
    try:
        if do in ("save", "publish") and source is not None:
            shown = await studio.source(viewer, *key)
            if source.rstrip() != (shown.draft.source if shown.draft else shown.source).rstrip():
                await studio.save_draft(viewer, *key, source, now)
            said = "Draf disimpan."
        if do == "publish":
            await studio.publish(viewer, *place, now, [key[3]])
            said = "Terbit: mulai sekarang dipakai."
        elif do == "review":
            await studio.review(viewer, *place, now, [key[3]])
            said = "Sudah ditinjau: sekarang dapat diterbitkan."
        elif do == "withdraw":
            await studio.withdraw(viewer, *key, now)
            said = "Kembali ke kata-kata bawaan."
        elif do == "discard":
            await studio.discard(viewer, *key, now)
            said = "Draf dibuang."
        elif do == "rollback":
            await studio.rollback(viewer, *key, pages.number(fields.get("version"), 10**6) or 0, now)
            said = "Versi lama dipakai lagi."
    except Refused as error:
        return await _show(request, key, source, refused=str(error), tried=fields.get("try", ""))
    if not said:
        return await _show(request, key, source, checked=True, tried=fields.get("try", ""))
    return await pages.back(request, f"/texts/{key[0]}/{key[2]}/{key[3]}", said)


async def _show(
    request: web.Request,
    key: Key,
    source: str | None = None,
    *,
    checked: bool = False,
    refused: str = "",
    tried: str = "",
) -> web.Response:
    house, viewer = request.app[HOUSE], pages.who(request)
    shown = await house.studio.source(viewer, *key)
    current = source if source is not None else (shown.draft.source if shown.draft else shown.source)
    look = checked or refused or shown.draft is not None
    findings = await asyncio.to_thread(kinds.check, key, current) if look else ()
    sound = not any(finding.level == "error" for finding in findings)
    context = {
        "key": key,
        "kind": key[0],
        "tongues": LANGUAGES,
        "path": f"/texts/{key[0]}/{key[2]}/{key[3]}",
        "part": Part(
            key[3],
            shown,
            current,
            findings,
            await house.studio.history(viewer, *key),
            await house.studio.diff(viewer, key) if shown.draft else (),
        ),
        "checked": checked,
        "refused": refused,
        "longest": kinds.longest(key[0]),
        "read": READ[key[0]](key, current) if key[0] in READ and sound and current.strip() else (),
        "read_at": READ_AT.get(key[3], "/"),
        "facts": sorted(canned.FACTS.items()) if key[0] == kinds.ANSWER else (),
        "filters": FILTERS,
        "tried": await asyncio.to_thread(_try, house.texts.lexicon, current, tried[:300]) if tried.strip() else None,
        "to_review": shown.draft is not None and shown.draft.state != REVIEWED and shown.draft.who != viewer.who,
        "may_edit": viewer.may(Right.EDIT_TEMPLATE),
        "may_publish": viewer.may(Right.PUBLISH),
    }
    return await pages.page(request, "studio/text.html", context, status=400 if refused else 200)


def _try(lexicon: Lexicon, source: str, text: str) -> Tried:
    try:
        then = meaning(text, AS, additions.extended(source))
    except BadLexicon:
        then = None
    return Tried(text, meaning(text, AS, lexicon), then)
