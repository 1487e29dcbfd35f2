"""Who is signed in: a random id in the cookie, its SHA-256 in the database. Knows neither rights nor pages.

A session row is only made by signing in, always under a new id; it ends when unused for twelve hours, by signing out,
or when the account is disabled, its password reset or its role changed. Where a code is asked besides the password, the
session in between opens nothing, and the code begins another one.
"""

import secrets
from datetime import timedelta
from hashlib import sha256
from typing import Any

from aiohttp import web
from aiohttp_session import AbstractStorage, Session, get_session, new_session

from notifier.accounts import viewer_of
from notifier.rules.roles import Viewer
from notifier.store import accounts as rows
from notifier.store.accounts import Account
from notifier.web import whence
from notifier.web.house import House

COOKIE = "notifier_session"
IDLE = timedelta(hours=12)
HALFWAY = timedelta(minutes=10)  # to find the phone and type its code
CODE = "code"  # stage of a session that waits for it
TOUCH = timedelta(minutes=10)  # how stale the expiry may be before it is written anew
KEPT = "kept"  # key of the request under which what was found is remembered
CLOSED = "session_closed"  # key of the request: its session is over


class Sessions(AbstractStorage):
    """aiohttp-session's storage over our table."""

    def __init__(self, house: House) -> None:
        super().__init__(cookie_name=COOKIE, secure=house.config.service.secure_cookies, httponly=True, samesite="Lax")
        self._house = house

    async def load_session(self, request: web.Request) -> Session:
        """The session that the cookie names; a new, empty one when it names none that lives."""
        token = self.load_cookie(request)
        kept = None
        if token and len(token) <= 64:
            async with self._house.database.look() as db:
                kept = await rows.session(db, _digest(token), self._house.clock())
        if kept is None:
            return Session(None, data=None, new=True)
        request[KEPT] = kept
        session = Session(
            token, data={"created": int(kept.created_at.timestamp()), "session": dict(kept.data)}, new=False
        )
        # A page that refreshes itself must not keep an empty chair signed in.
        by_itself = "HX-Request" in request.headers or "text/event-stream" in request.headers.get("Accept", "")
        if kept.expires_at - self._house.clock() < IDLE - TOUCH and not by_itself and not kept.stage:
            session.changed()
        return session

    async def save_session(self, request: web.Request, response: web.StreamResponse, session: Session) -> None:
        """Write what changed. A session without an account is never kept."""
        now, data = self._house.clock(), _data(session)
        if session.new and not session.empty:
            token = secrets.token_urlsafe(32)
            account_id, stage = int(data.pop("account_id")), str(data.pop("stage", ""))
            over = now + (HALFWAY if stage else IDLE)
            proxies = self._house.config.service.proxies
            about = {"device": whence.device(request.headers.get("User-Agent", ""))}
            about |= {"place": whence.block(request, proxies), "stage": stage}
            async with self._house.database.write() as db:
                await rows.forget_expired(db, now)
                await rows.open_session(db, _digest(token), account_id, data, now, over, **about)
            self.save_cookie(response, token)
        elif session.identity and request.get(CLOSED):
            self.save_cookie(response, "")
        elif session.identity:
            kept: rows.Kept | None = request.get(KEPT)
            over = kept.expires_at if kept and kept.stage else now + IDLE
            async with self._house.database.write() as db:
                await rows.save_session(db, _digest(session.identity), data, over)


def _data(session: Session) -> dict[str, Any]:
    return {key: session[key] for key in session}


def _digest(token: str) -> bytes:
    return sha256(token.encode()).digest()


async def sign_in(request: web.Request, house: House, account: Account, stage: str = "") -> None:
    """Begin a session for the account under a new id; whatever session the cookie named before is over. With a stage
    nobody is signed in yet.
    """
    await _close(request, house)
    session = await new_session(request)
    session["account_id"] = account.id
    if stage:
        session["stage"] = stage


async def sign_out(request: web.Request, house: House) -> None:
    """End the session of this request."""
    await _close(request, house)
    session = await get_session(request)
    session.invalidate()
    request[CLOSED] = True


async def _close(request: web.Request, house: House) -> None:
    token = request.cookies.get(COOKIE)
    if token:
        async with house.database.write() as db:
            await rows.close_session(db, _digest(token))


async def signed_in(request: web.Request) -> Account | None:
    """The account of this request's session."""
    await get_session(request)
    kept: rows.Kept | None = request.get(KEPT)
    return kept.account if kept and not kept.stage else None


async def halfway(request: web.Request) -> Account | None:
    """The account whose password was given in this session, and whose code is still to come."""
    await get_session(request)
    kept: rows.Kept | None = request.get(KEPT)
    return kept.account if kept and kept.stage == CODE else None


def digest(request: web.Request) -> bytes:
    """What is kept of this request's session id; of none, where there is none."""
    return _digest(request.cookies.get(COOKIE, ""))


async def viewer(request: web.Request) -> Viewer | None:
    """Who looks; None for a stranger."""
    account = await signed_in(request)
    return viewer_of(account) if account else None


async def say(request: web.Request, text: str, kind: str = "good") -> None:
    """Keep a sentence that the next page shows once."""
    session = await get_session(request)
    if not session.new:
        session["flash"] = [*session.get("flash", []), [kind, text]]


async def said(request: web.Request) -> list[list[str]]:
    """The sentences kept for this page; they are forgotten by asking."""
    session = await get_session(request)
    if "flash" not in session:
        return []
    kept: list[list[str]] = session["flash"]
    del session["flash"]
    return kept
