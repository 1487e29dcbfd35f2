"""The composition root: the only place that names concrete things. Builds on start, closes in reverse.

`open_house` gives the rooms that need no provider (for the command line); `open_lines` adds the lines and the
dispatcher (for processes that send or hear).
"""

import os
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import SystemRandom
from typing import Any

import aiohttp
from pydantic import ValidationError

from channels.contract import BadSettings, Channel
from channels.gsm import segments
from channels.table import channel_class
from notifier import config as configuration
from notifier.accounts import Accounts
from notifier.broadcasts import Broadcasts
from notifier.broadcasts import Route as PlanRoute
from notifier.broadcasts import Terms as PlanTerms
from notifier.config import Config, Line
from notifier.dispatch import Dispatcher, Route, Speaker, Terms, round_facts
from notifier.errors import Refused
from notifier.outbox import Outbox
from notifier.render import Words
from notifier.rules.roles import Role, Viewer
from notifier.store import accounts as account_rows
from notifier.store.engine import Database, migrate_async
from notifier.store.rounds import Round
from notifier.vault import Vault, load_vault

DATABASE_FILE = "notifier.db"
KEY_FILE = "keys.json"
RATES = {"telegram": 25.0, "sms": 10.0, "email": 20.0}  # what planning reckons with while no line is open


@dataclass
class House:
    """Everything that is built once."""

    data: Path
    config: Config
    database: Database
    vault: Vault
    outbox: Outbox
    words: Words
    accounts: Accounts
    broadcasts: Broadcasts
    clock: Callable[[], datetime]
    worker: str  # how this process names itself
    channels: dict[str, Channel] = field(default_factory=dict)  # line → channel

    @property
    def kinds(self) -> Mapping[str, str]:
        """Line → channel name."""
        return {name: line.channel for name, line in self.config.lines.items()}

    async def viewer(self, login: str) -> Viewer:
        """The member of staff with this login. Raises Refused."""
        async with self.database.read() as db:
            account = await account_rows.by_login(db, login.lower())
        if account is None or account.disabled_at is not None:
            raise Refused(f'nobody here has the login "{login}"; add it: notifier accounts add {login} --role admin')
        return Viewer(account.id, account.login, Role(account.role), account.region)


def utc_now() -> datetime:
    """The clock of the service."""
    return datetime.now(UTC)


def database_location(config: Config, data: Path) -> str:
    """The configured database, or the SQLite file of the data folder."""
    return config.database.url or f"sqlite:///{(data / DATABASE_FILE).resolve()}"


def lines_by_channel(config: Config) -> dict[str, str]:
    """Channel → the first line that carries it."""
    found: dict[str, str] = {}
    for name, line in config.lines.items():
        found.setdefault(line.channel, name)
    return found


@asynccontextmanager
async def open_house(
    options: Any, *, config: Config | None = None, clock: Callable[[], datetime] = utc_now
) -> AsyncIterator[House]:
    """Load the configuration, bring the database up to date, open the vault, build the rooms."""
    if config is None:
        config = configuration.load(options.config, named=options.config_named)
    data = Path(options.data)
    data.mkdir(parents=True, exist_ok=True)
    url = database_location(config, data)
    await migrate_async(url)
    async with AsyncExitStack() as stack:
        database = Database(url, pool_size=config.database.pool)
        stack.push_async_callback(database.close)
        vault = load_vault(data / KEY_FILE, os.environ)
        lines = lines_by_channel(config)
        words = Words(common={"sender": config.service.name, "zone": config.service.zone})
        yield House(
            data=data,
            config=config,
            database=database,
            vault=vault,
            outbox=Outbox(lines, config.delivery.ladder),
            words=words,
            accounts=Accounts(database),
            broadcasts=Broadcasts(database, _plan_terms(config), _measure(words)),
            clock=clock,
            worker=f"{os.uname().nodename}:{os.getpid()}",
        )


def _ladder(config: Config) -> tuple[str, ...]:
    carried = {line.channel for line in config.lines.values()}
    return tuple(kind for kind in config.delivery.ladder if kind in carried)


def _plan_terms(config: Config) -> PlanTerms:
    return PlanTerms(
        ladder=_ladder(config),
        routes={
            kind: PlanRoute(name, rate_of(config.lines[name]), config.lines[name].price)
            for kind, name in lines_by_channel(config).items()
        },
        audience_moved=config.delivery.audience_moved,
        past_due=config.delivery.past_due,
        opens=config.delivery.window_opens,
        closes=config.delivery.window_closes,
    )


def rate_of(line: Line, channel: Channel | None = None) -> float:
    """Messages a second: what config says, else what the channel declares."""
    return line.rate or (channel.limits.rate if channel is not None else RATES.get(line.channel, 10.0))


def _measure(words: Words) -> Callable[[str, str, str, str, str, Round], int]:
    def measure(event: str, channel: str, language: str, zone: str, name: str, of: Round) -> int:
        facts = round_facts({key: getattr(of, key) for key in of.__dataclass_fields__}) | {"name": name, "zone": zone}
        return segments(words.render(event, channel, language, facts).parts.get("text", "")).count

    return measure


# --- lines -----------------------------------------------------------------------------------------------------------


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
    """Build every configured line on one shared HTTP session."""
    connector = aiohttp.TCPConnector(limit=512, limit_per_host=256)
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(aiohttp.ClientSession(connector=connector))
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
        ladder=_ladder(house.config),
        lines=lines_by_channel(house.config),
        retry_first=delivery.retry_first,
        retry_cap=delivery.retry_cap,
    )


def build_dispatcher(house: House) -> Dispatcher:
    """The sender of this process; its lines have to be open."""
    delivery = house.config.delivery
    routes = [
        Route(name, house.channels[name], rate_of(line, house.channels[name]), line.parallel, line.replies)
        for name, line in house.config.lines.items()
    ]
    return Dispatcher(
        house.database,
        house.vault,
        routes,
        Speaker(house.words),
        delivery_terms(house),
        clock=house.clock,
        chance=SystemRandom(),
        batch=delivery.batch,
        lease=delivery.lease,
        send_window=(delivery.window_opens, delivery.window_closes),
    )
