"""What every process has: configuration, database, vault, and the use cases that need no provider."""

import os
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from random import SystemRandom
from typing import Any

from sqlalchemy.exc import DBAPIError

from channels.contract import Channel
from channels.gsm import segments
from notifier import config as configuration
from notifier.accounts import Accounts
from notifier.accounts.own import Own
from notifier.accounts.powers import Powers
from notifier.accounts.records import Records
from notifier.accounts.second_step import SecondStep
from notifier.backups import fingerprint
from notifier.broadcasts import Broadcasts
from notifier.broadcasts import Route as PlanRoute
from notifier.broadcasts import Terms as PlanTerms
from notifier.broadcasts.account import Told
from notifier.broadcasts.accounted import Accounting
from notifier.broadcasts.again import Again
from notifier.broadcasts.choosing import Choosing
from notifier.broadcasts.recurring import Recurring
from notifier.broadcasts.rehearsed import Beforehand
from notifier.broadcasts.rehearsing import Rehearsing
from notifier.broadcasts.silence import Silence
from notifier.broadcasts.tracing import Tracing
from notifier.broadcasts.visiting import Visiting
from notifier.broadcasts.watching import Watching
from notifier.config import Config, Line
from notifier.desk import Desk, Promises
from notifier.desk import Settings as DeskSettings
from notifier.desk import build as build_promises
from notifier.dispatch import Dispatcher, round_facts
from notifier.enquiries import Enquiries
from notifier.errors import Refused
from notifier.figures import Figures
from notifier.genuine import Genuine
from notifier.inbox.forms import Forms
from notifier.inbox.stopping import Stopping
from notifier.keys import Keys
from notifier.lines import Lines, Way
from notifier.outbox import Outbox
from notifier.posting import Posting
from notifier.registry import (
    Conflicts,
    Dossiers,
    Doubles,
    Inviting,
    Lists,
    Persons,
    Points,
    Programmes,
    Registry,
    Rounds,
    Statuses,
    Uploads,
)
from notifier.registry.by_hand import ByHand
from notifier.render import FACTS, Words
from notifier.resealing import Resealing
from notifier.restored import Restored
from notifier.retention import Retention
from notifier.rules.deliveries import GENERAL
from notifier.rules.halting import Limits
from notifier.rules.ladders import Ladders
from notifier.rules.roles import Role, Viewer
from notifier.rules.webhooks import networks
from notifier.store import accounts as account_rows
from notifier.store import keyrings, paces
from notifier.store.engine import Database, database_url, migrate_async
from notifier.store.rounds import Round
from notifier.studio import Studio, refresh
from notifier.studio.texts import Texts
from notifier.vault import Vault, load_vault
from notifier.webhooks import Reach, Webhooks

DATABASE_FILE = "notifier.db"
KEY_FILE = "keys.json"
HEAD_FILE = "ledger.head"
VERIFIED_FILE = "ledger.verified"
UPLOADS = "imports"
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
    texts: Texts
    accounts: Accounts
    terms: PlanTerms
    broadcasts: Broadcasts
    rehearsing: Rehearsing
    told: Told
    again: Again
    visiting: Visiting
    studio: Studio
    lines: Lines
    programmes: Programmes
    reach: Reach  # the way to other systems' addresses
    restored: Restored  # `restored.open`: may anything leave?
    clock: Callable[[], datetime]
    worker: str  # how this process names itself
    channels: dict[str, Channel] = field(default_factory=dict)  # line → channel
    dispatcher: Dispatcher | None = None  # in processes that send

    @property
    def ledger_head(self) -> Path:
        """Where the newest link of the ledger is remembered."""
        return self.data / HEAD_FILE

    @property
    def ledger_verified(self) -> Path:
        """Where the finding of the last whole proof is kept."""
        return self.data / VERIFIED_FILE

    def may_send(self) -> bool:
        """Whether anything may leave this process: never from a restored backup that nobody has confirmed."""
        return self.restored.open

    @property
    def kinds(self) -> Mapping[str, str]:
        """Line → channel name."""
        return {name: line.channel for name, line in self.config.lines.items()}

    @cached_property
    def desk(self) -> Desk:
        """The complaint desk. Built when first asked for: its calendars cost half a second."""
        return Desk(
            self.database,
            self.vault,
            self.outbox,
            self.promises,
            DeskSettings.of(self.config, self.data),
            chance=SystemRandom(),
            phrases=self.texts.phrases,
        )

    @cached_property
    def beforehand(self) -> Beforehand:
        """Dry runs of large plans, kept."""
        return Beforehand(self.database, self.rehearsing)

    @cached_property
    def accounting(self) -> Accounting:
        """Accounts of large broadcasts, kept."""
        return Accounting(self.database, self.told)

    @cached_property
    def second_step(self) -> SecondStep:
        """Codes of an authenticator app at sign-in."""
        roles, issuer = self.config.accounts.second_step, self.config.service.name
        return SecondStep(self.database, self.vault, self.accounts.passwords, issuer, roles)

    @cached_property
    def own(self) -> Own:
        """What colleagues do with their own account."""
        return Own(self.database, self.accounts.passwords)

    @cached_property
    def powers(self) -> Powers:
        """Accounts as admins look after them."""
        return Powers(self.database, self.vault, self.accounts.passwords)

    @cached_property
    def records(self) -> Records:
        """The ledger as staff read it."""
        return Records(self.database, self.vault, self.ledger_head, self.ledger_verified)

    @cached_property
    def rounds(self) -> Rounds:
        """Rounds as people look after them."""
        return Rounds(self.database)

    @cached_property
    def points(self) -> Points:
        """Distribution points as people look after them."""
        return Points(self.database)

    @cached_property
    def statuses(self) -> Statuses:
        """What became of people's aid."""
        return Statuses(self.database, self.vault, self.outbox, self.config.delivery.status_digest)

    @cached_property
    def silence(self) -> Silence:
        """What became of the question of receipt."""
        return Silence(self.database, self.broadcasts)

    @cached_property
    def watching(self) -> Watching:
        """How broadcasts fare by area."""
        return Watching(self.database)

    @cached_property
    def recurring(self) -> Recurring:
        """Plans that come again."""
        return Recurring(self.database, self.terms, self.broadcasts)

    @cached_property
    def choosing(self) -> Choosing:
        """Whom a message is for, while somebody chooses."""
        return Choosing(self.database)

    @cached_property
    def lists(self) -> Lists:
        """Lists of people that are brought for a broadcast."""
        return Lists(self.database, self.vault)

    @cached_property
    def genuine(self) -> Genuine:
        """Whether a message is ours, by its code."""
        return Genuine(self.database, self.vault)

    @cached_property
    def conflicts(self) -> Conflicts:
        """Second rows of registers that wait for a decision."""
        return Conflicts(self.database, self.vault)

    @cached_property
    def enquiries(self) -> Enquiries:
        """What anybody may ask on the public pages."""
        return Enquiries(self.database, self.vault)

    @cached_property
    def forms(self) -> Forms:
        """What comes in by the forms of the public pages."""
        return Forms(self.desk, lambda: self.texts.lexicon)

    @cached_property
    def stopping(self) -> Stopping:
        """STOP and MULAI by the public page."""
        return Stopping(self.desk, self.kinds)

    @cached_property
    def inviting(self) -> Inviting:
        """One-time links into a chat."""
        return Inviting(self.database, self.vault)

    @cached_property
    def persons(self) -> Persons:
        """People of the register, one by one."""
        return Persons(self.database, self.vault)

    @cached_property
    def retention(self) -> Retention:
        """What is kept only so long."""
        spans = {kind: getattr(self.config.retention, kind) for kind in type(self.config.retention).model_fields}
        return Retention(self.database, self.data, spans)

    @cached_property
    def doubles(self) -> Doubles:
        """People who may be one."""
        return Doubles(self.database, self.vault)

    @cached_property
    def dossiers(self) -> Dossiers:
        """Everything about one person, given or taken away."""
        return Dossiers(self.database, self.vault, self.data)

    @cached_property
    def uploads(self) -> Uploads:
        """Registers that come in by the page."""
        table, digest = self.config.registry, self.config.delivery.status_digest
        registry = Registry(self.database, self.vault, self.outbox, digest)
        folder = self.data / UPLOADS
        largest, kept = table.upload_limit, table.uploads_kept
        return Uploads(self.database, self.vault, registry, folder, self.clock, largest=largest, kept=kept)

    @cached_property
    def posting(self) -> Posting:
        """Schedules in groups and channels."""
        return Posting(self.database, self.vault, self.outbox, self.config.service.language)

    @cached_property
    def by_hand(self) -> ByHand:
        """The register, one thing at a time."""
        return ByHand(self.database, self.vault, self.outbox, self.config.delivery.status_digest)

    @cached_property
    def tracing(self) -> Tracing:
        """What became of single deliveries."""
        return Tracing(self.database)

    @cached_property
    def keys(self) -> Keys:
        """Keys of the API."""
        return Keys(self.database)

    @cached_property
    def resealing(self) -> Resealing:
        """Everything sealed anew after a new key."""
        return Resealing(self.database, self.vault, self.data)

    @cached_property
    def figures(self) -> Figures:
        """How programmes go, how lines fare, what sending costs."""
        return Figures(self.database, self.config.service.zone, tuple(self.config.lines))

    @cached_property
    def webhooks(self) -> Webhooks:
        """Other systems that are told what happens."""
        return Webhooks(self.database, self.vault, self.reach)

    @cached_property
    def promises(self) -> Promises:
        """What is promised, by the configuration's policies and calendars."""
        return build_promises(self.config, self.clock())

    @property
    def dispatch_failures(self) -> int:
        """How many turns of this process's sending failed since its start."""
        return self.dispatcher.failures if self.dispatcher is not None else 0

    @property
    def sending_fails(self) -> bool:
        """Whether this process's sending fails at every turn."""
        return self.dispatcher is not None and self.dispatcher.failing_since is not None

    async def health(self) -> Mapping[str, Any]:
        """How the lines fare: never a reason to be taken off the balancer."""
        async with self.database.read() as db:
            resting = {pace.scope: pace for pace in await paces.parked(db, self.clock())}
        lines = {}
        for name in self.config.lines:
            pace = resting.get(f"line:{name}")
            lines[name] = f"parked: {pace.reason}" if pace else "ok"
        found: dict[str, Any] = {"lines": lines}
        failing = self.dispatcher.failing_since if self.dispatcher is not None else None
        if failing is not None:
            found["sending"] = f"fails since {failing.isoformat(timespec='seconds')}; the log says why"
        if not self.may_send():
            found["sending"] = "nothing leaves: the database is a restored backup; see notifier confirm-restore"
        return found

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


def config_file(options: Any) -> Path:
    """The one named, else the data folder's own (a demo keeps one there), else ./config.toml."""
    own = Path(options.data) / "config.toml"
    return own if not options.config_named and own.exists() else Path(options.config)


def database_location(config: Config, data: Path) -> str:
    """The configured database, or the SQLite file of the data folder."""
    return config.database.url or f"sqlite:///{(data / DATABASE_FILE).resolve()}"


def lines_by_channel(config: Config) -> dict[str, str]:
    """Channel → the first line that carries it."""
    found: dict[str, str] = {}
    for name, line in config.lines.items():
        found.setdefault(line.channel, name)
    return found


def second_lines(config: Config) -> dict[str, str]:
    """The first line of a channel → the second one, where there are two."""
    found: dict[str, str] = {}
    firsts = lines_by_channel(config)
    for name, line in config.lines.items():
        if name != firsts[line.channel]:
            found.setdefault(firsts[line.channel], name)
    return found


def keyed(known: str | None, file: Path) -> Vault:
    """The keys of this place, if they are those that the database was begun with (`known`, by their fingerprint): what
    others seal nobody else opens, and by others nobody is found. Raises Refused.
    """
    named = bool(os.environ.get("NOTIFIER_VAULT__KEY"))
    if known is not None and not file.exists() and not named:
        raise Refused(
            f"{file} is not there, and this database has keys already: copy keys.json there from its safe place or "
            "another machine of the service (chmod 600), or name the right data folder (--data)"
        )
    vault = load_vault(file, os.environ)
    if known is not None and fingerprint(vault) != known:
        raise Refused(
            f"the keys of {'NOTIFIER_VAULT__KEY' if named else file} are others than those of this database: what it "
            "holds sealed would stay shut, and nobody would be found; bring the right ones, or name the right data "
            "folder (--data)"
        )
    return vault


async def _vault(database: Database, file: Path, clock: Callable[[], datetime]) -> Vault:
    """The same, for a database that may be new. Raises Refused."""
    async with database.read() as db:
        known = await keyrings.known(db)
    vault = keyed(known, file)
    if known is None:
        async with database.write() as db:
            keyed(await keyrings.begin(db, fingerprint(vault), clock()), file)  # somebody else may have been quicker
    return vault


@asynccontextmanager
async def open_house(
    options: Any, *, config: Config | None = None, clock: Callable[[], datetime] = utc_now
) -> AsyncIterator[House]:
    """Load the configuration, bring the database up to date, open the vault, build the rooms."""
    if config is None:
        config = configuration.load(config_file(options), named=options.config_named)
    data = Path(options.data)
    url = database_location(config, data)
    try:
        await migrate_async(url)
    except (OSError, DBAPIError) as error:
        shown = database_url(url).render_as_string(hide_password=True)
        reason = str(getattr(error, "orig", None) or error).split("\n")[0]
        raise Refused(f"the database {shown} does not answer: {reason}; see [database] in config.toml") from None
    async with AsyncExitStack() as stack:
        database = Database(url, pool_size=config.database.pool)
        stack.push_async_callback(database.close)
        vault = await _vault(database, data / KEY_FILE, clock)
        lines = lines_by_channel(config)
        common = {"sender": config.service.name, "zone": config.service.zone}
        words, texts = Words(common=common), Texts()
        await refresh(database, words, texts=texts)
        worker = f"{os.uname().nodename}:{os.getpid()}"
        reach = Reach(networks(config.webhooks.allowed))
        stack.push_async_callback(reach.close)
        programmes = Programmes(database, vault, config.reminders, tuple(lines))
        tried = programmes.over(ladders(config))
        await programmes.refresh()
        outbox = Outbox(lines, tried, second_lines(config), signals=bool(config.database.listen_url))
        terms = _plan_terms(config, words, tried)
        yield House(
            data=data,
            config=config,
            database=database,
            vault=vault,
            outbox=outbox,
            words=words,
            texts=texts,
            accounts=Accounts(database),
            terms=terms,
            broadcasts=Broadcasts(database, terms, _measure(words, programmes.names), outbox),
            rehearsing=Rehearsing(database, terms, _say(words, programmes.names)),
            told=Told(database, terms, {name: rate_of(line) for name, line in config.lines.items()}),
            again=Again(database, terms),
            visiting=Visiting(database),
            studio=Studio(database, common=common, four_eyes_above=config.templates.four_eyes_above),
            lines=Lines(
                database,
                vault,
                outbox,
                {name: Way(line.channel, rate_of(line)) for name, line in config.lines.items()},
                zone=config.service.zone,
                language=config.service.language,
            ),
            programmes=programmes,
            reach=reach,
            restored=Restored(database, data / HEAD_FILE, worker),
            clock=clock,
            worker=worker,
        )


def ladders(config: Config) -> Ladders:
    """The channels that some line carries, in the order they are tried: everywhere, and for single programmes."""
    return Ladders(config.delivery.ladder, config.delivery.ladders).carried_by(lines_by_channel(config))


def _plan_terms(config: Config, words: Words, tried: Ladders) -> PlanTerms:
    channels = tuple(lines_by_channel(config))
    return PlanTerms(
        ladders=tried,
        routes={
            kind: PlanRoute(name, rate_of(config.lines[name]), config.lines[name].price)
            for kind, name in lines_by_channel(config).items()
        },
        audience_moved=config.delivery.audience_moved,
        past_due=config.delivery.past_due,
        opens=config.delivery.window_opens,
        closes=config.delivery.window_closes,
        wordings=lambda event: words.labels(event, channels),
        limits=Limits(
            failures=config.delivery.halt_failures,
            complaints=config.delivery.halt_complaints,
            wrong=config.delivery.halt_wrong,
            after=config.delivery.halt_after,
            answers=config.delivery.halt_answers,
        ),
        canary_for=config.delivery.canary_for,
        cap=config.delivery.cap,
        zone=config.service.zone,
        public_url=config.service.public_url,
        mute=mute(config),
    )


def mute(config: Config) -> tuple[str, ...]:
    """The lines that citizens cannot answer on."""
    return tuple(name for name, line in config.lines.items() if not line.two_way)


def rate_of(line: Line, channel: Channel | None = None) -> float:
    """Messages a second: what config says, else what the channel declares."""
    return line.rate or (channel.limits.rate if channel is not None else RATES.get(line.channel, 10.0))


def _say(words: Words, names: Mapping[str, str]) -> Callable[[str, str, str, str, str, Round], tuple[str, str, int]]:
    def say(event: str, channel: str, language: str, zone: str, name: str, of: Round) -> tuple[str, str, int]:
        facts = round_facts({key: getattr(of, key) for key in of.__dataclass_fields__}, names)
        facts |= {"name": name, "zone": zone, "code": FACTS["help"]["code"].sample}
        if event == GENERAL:  # the ground of a general notice has its words
            facts |= {"text": of.note}
        parts = words.render(event, channel, language, facts).parts
        return parts.get("subject", ""), parts.get("text", ""), segments(parts.get("text", "")).count

    return say


def _measure(words: Words, names: Mapping[str, str]) -> Callable[[str, str, str, str, str, Round], int]:
    say = _say(words, names)

    def measure(event: str, channel: str, language: str, zone: str, name: str, of: Round) -> int:
        return say(event, channel, language, zone, name, of)[2]

    return measure
