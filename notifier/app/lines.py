"""The lines of this process: channels built from the configuration, and the dispatcher over them."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from random import SystemRandom

import aiohttp
from pydantic import ValidationError

from channels.contract import BadSettings, Channel, Receipt
from channels.table import channel_class
from notifier.app.house import House, ladders, lines_by_channel, mute, rate_of, utc_now
from notifier.config import Line
from notifier.dispatch import Dispatcher, Route, Speaker, Terms, settle_receipt
from notifier.errors import Refused
from notifier.inbox import Inbox
from notifier.webhooks import Caller


def build_channel(name: str, line: Line, http: aiohttp.ClientSession) -> Channel:
    """A line's channel with its settings checked. Raises Refused naming the key."""
    try:
        kind = channel_class(line.channel)
        channel: Channel = kind(name, kind.Settings(**line.settings), http)
    except BadSettings as error:
        raise Refused(f"lines.{name}: {error}") from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        key = ".".join(["lines", name, *(str(part) for part in first["loc"])])
        message = (
            "this key is needed" if first["type"] == "missing" else str(first["msg"]).removeprefix("Value error, ")
        )
        if first["type"] == "extra_forbidden":
            message = f"the channel {line.channel} has no such key"
        raise Refused(f"{key}: {message}") from None
    return channel


@asynccontextmanager
async def open_lines(house: House) -> AsyncIterator[Mapping[str, Channel]]:
    """Build every configured line on one shared HTTP session, which keeps no provider's cookies."""
    connector = aiohttp.TCPConnector(limit=512, limit_per_host=256)
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(
            aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())
        )
        for name, line in house.config.lines.items():
            channel = build_channel(name, line, http)
            stack.push_async_callback(channel.close)
            house.channels[name] = channel
        yield house.channels
        house.channels.clear()


def delivery_terms(house: House) -> Terms:
    """How this process settles."""
    delivery = house.config.delivery
    return Terms(
        worker=house.worker,
        ladders=house.programmes.over(ladders(house.config)),
        lines=lines_by_channel(house.config),
        mute=mute(house.config),
        retry_first=delivery.retry_first,
        retry_cap=delivery.retry_cap,
        resend_after=delivery.resend_after,
        confirmed_within={
            name: delivery.sweep_after for name, line in house.config.lines.items() if line.receipts_trusted
        },
    )


def build_dispatcher(house: House) -> Dispatcher:
    """The sender of this process; its lines have to be open."""
    delivery = house.config.delivery
    routes = [
        Route(
            name,
            house.channels[name],
            rate_of(line, house.channels[name]),
            line.parallel,
            line.two_way,
            line.price,
            delivery.for_answers,
        )
        for name, line in house.config.lines.items()
    ]
    return Dispatcher(
        house.database,
        house.vault,
        routes,
        Speaker(house.words, house.vault.codes.of, house.programmes.names),
        delivery_terms(house),
        clock=house.clock,
        chance=SystemRandom(),
        batch=delivery.batch,
        lease=delivery.lease,
        send_window=(delivery.window_opens, delivery.window_closes),
        own_clock=house.clock is utc_now,
        may_send=house.may_send,
    )


def build_caller(house: House) -> Caller:
    """What tells other systems."""
    return Caller(
        house.database,
        house.vault,
        house.outbox,
        house.reach,
        house.clock,
        SystemRandom().random,
        zone=house.config.service.zone,
        page=f"{house.config.service.public_url.rstrip('/')}/webhooks",
        at_once=house.config.webhooks.at_once,
        may_send=house.may_send,
    )


def build_inbox(house: House) -> Inbox:
    """What understands arrivals; its lines have to be open."""
    terms = delivery_terms(house)

    async def receipt(line: str, word: Receipt, now: datetime) -> str:
        async with house.database.write() as db:
            return await settle_receipt(db, line, word, terms, now)

    return Inbox(
        house.database, house.vault, house.channels, house.kinds, house.desk, receipt, lambda: house.texts.lexicon
    )
