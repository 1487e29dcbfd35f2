"""What an operator may set: config.toml, then the environment over it. Knows no database and opens no connection.

Every key has a type, a default and a sentence; a key nobody knows is an error that names its line. The environment
speaks as NOTIFIER_<TABLE>__<KEY>; a value of config.toml may name a variable as "${NAME}", which is how secrets stay
out of the file.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from datetime import date, time, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from channels.table import known_channels
from notifier.errors import Refused
from notifier.rules.people import PROGRAMMES
from notifier.rules.roles import Role
from notifier.rules.webhooks import networks

PREFIX = "NOTIFIER_"
OWN = {"NOTIFIER_DEBUG", "NOTIFIER_VAULT__KEY", "NOTIFIER_TEST_POSTGRES", "NOTIFIER_TEST_RUN"}  # not keys of the file
SPANS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def _span(value: Any) -> Any:
    """A span such as "30m", "4h", "1h30m"; a plain number is refused, since nobody can tell its unit."""
    if isinstance(value, timedelta):
        return value
    if not isinstance(value, str) or not re.fullmatch(r"(\d+[smhd])+", value):
        raise ValueError('write a span with its unit, such as "45s", "30m", "4h" or "2d"')
    return timedelta(**{SPANS[unit]: int(n) for n, unit in re.findall(r"(\d+)([smhd])", value)})


def _clock(value: Any) -> Any:
    if isinstance(value, str) and re.fullmatch(r"([01]\d|2[0-4])[:.][0-5]\d", value):
        return time(int(value[:2]) % 24, int(value[3:]))
    if isinstance(value, time):
        return value
    raise ValueError('write a time of day such as "07:30"')


def _zone(value: Any) -> Any:
    try:
        ZoneInfo(str(value))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("write a zone of the IANA list, such as Asia/Jakarta") from None
    return value


def _interval(value: Any) -> Any:
    if isinstance(value, str) and value.count("-") == 1:
        start, end = value.split("-")
        return (_clock(start.strip()), _clock(end.strip()))
    raise ValueError('write an interval such as "07:30-12:00"')


def _programmes(value: Any) -> Any:
    """Ladders by programme; an environment variable brings the names in lower case."""
    return {str(name).upper(): ladder for name, ladder in value.items()} if isinstance(value, Mapping) else value


Span = Annotated[timedelta, BeforeValidator(_span)]
Clock = Annotated[time, BeforeValidator(_clock)]
Zone = Annotated[str, BeforeValidator(_zone)]
Interval = Annotated[tuple[time, time], BeforeValidator(_interval)]
Programmes = Annotated[Mapping[str, tuple[str, ...]], BeforeValidator(_programmes)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Service(_Table):
    """Who we are, and where we listen."""

    name: str = Field(default="Layanan Bansos", description="how messages are signed")
    public_url: str = Field(default="http://127.0.0.1:8080", description="address of this service as others reach it")
    host: str = Field(default="127.0.0.1", description="interface to listen on")
    port: int = Field(default=8080, ge=0, le=65535, description="port to listen on; 0 takes a free one")
    status_port: int = Field(
        default=0,
        ge=0,
        le=65535,
        description="port of `/health`, `/ready` and `/metrics` of a worker or clock alone; 0: none",
    )
    language: str = Field(default="id", description="language of citizens whose own is not known")
    zone: Zone = Field(default="Asia/Jakarta", description="zone of the staff pages")
    proxies: int = Field(
        default=0, ge=0, le=9, description="proxies of ours before this service: whose `X-Forwarded-For` is believed"
    )
    secure_cookies: bool = Field(default=False, description="set to true behind HTTPS")
    logs: Literal["lines", "json", "console"] = Field(default="lines", description="how log lines are written")
    drain: Span = Field(
        default=timedelta(seconds=20), description="how long a closing process lets what is under way come to its end"
    )


class DatabaseTable(_Table):
    """Where rows are kept."""

    url: str = Field(
        default="", description="sqlite:///file.db or postgresql://…; empty: notifier.db in the data folder"
    )
    pool: int = Field(default=8, ge=2, le=100, description="connections a process may hold (PostgreSQL)")
    listen_url: str = Field(
        default="",
        description="a direct postgresql://… on which processes wake each other; empty: they look each second",
    )


class Delivery(_Table):
    """How notices travel."""

    ladder: tuple[str, ...] = Field(
        default=("telegram", "sms", "email"), description="channels in the order they are tried"
    )
    ladders: Programmes = Field(
        default_factory=dict, description="ladders of single programmes, in place of the one above"
    )
    window_opens: Clock = Field(default=time(8), description="earliest local time of a citizen's message")
    window_closes: Clock = Field(default=time(20), description="latest local time of a citizen's message")
    audience_moved: float = Field(
        default=2.0, ge=0, description="percent an audience may move before it is asked again"
    )
    past_due: Span = Field(default=timedelta(hours=6), description="a plan later than this asks before it sends")
    for_answers: float = Field(
        default=0.2, ge=0, le=0.5, description="part of a line's rate that no broadcast can take"
    )
    batch: int = Field(default=100, ge=1, le=500, description="most messages a worker claims at a time")
    lease: Span = Field(default=timedelta(seconds=90), description="after this an unsettled attempt counts as unknown")
    retry_first: Span = Field(default=timedelta(seconds=30), description="wait after the first failure")
    retry_cap: Span = Field(default=timedelta(minutes=30), description="longest wait between two attempts")
    resend_after: Span = Field(
        default=timedelta(minutes=2), description="wait before an unknown announcement is sent once more"
    )
    canary_for: Span = Field(
        default=timedelta(minutes=30), description="how long the first ones are looked at before the others follow"
    )
    halt_failures: float = Field(
        default=20.0, ge=0, le=100, description="percent of failed messages from which a broadcast stops and asks"
    )
    halt_complaints: float = Field(
        default=5.0, ge=0, le=100, description="complaints per 100 people told from which it does"
    )
    halt_wrong: float = Field(
        default=2.0, ge=0, le=100, description='answers such as "salah jadwal" per 100 people told from which it does'
    )
    halt_after: int = Field(default=50, ge=1, description="failures are judged once so many fates are known")
    halt_answers: int = Field(default=3, ge=1, description="complaints and such answers are judged from so many on")
    cap: int | None = Field(
        default=None, ge=0, description="rupiah a broadcast may cost unless its plan says otherwise"
    )
    status_digest: Span = Field(
        default=timedelta(minutes=15),
        description="how long a notice of status waits for further changes of the same person; they become one",
    )
    sweep_after: Span = Field(
        default=timedelta(hours=72), description="after this what nobody knows is closed as not told"
    )


class Desk(_Table):
    """How complaints are kept."""

    attachment_limit: int = Field(
        default=20 * 1024 * 1024, ge=0, description="bytes of one attachment; more is refused"
    )
    append_within: Span = Field(
        default=timedelta(days=30), description="how long a closed ticket's thread still reaches it"
    )
    region: str = Field(default="", description="region that a stranger's ticket belongs to")
    close_after: int = Field(
        default=10, ge=1, le=365, description="working days of silence after which a resolved ticket is closed"
    )
    duplicate_within: Span = Field(
        default=timedelta(seconds=10), description="same sender, same words: one message, if the provider gives no id"
    )
    assign_cap: int = Field(
        default=60, ge=1, description="open tickets of a colleague above which nobody is given more by itself"
    )
    incident_after: int = Field(
        default=20, ge=1, description='bare "TIDAK" to one round; more of them become one incident'
    )


class Line(_Table):
    """One configured way of reaching people; the keys of its channel stand beside these."""

    model_config = ConfigDict(extra="allow", frozen=True)

    channel: str = Field(description="telegram, sms, email or an installed channel")
    rate: float = Field(default=0, ge=0, description="messages (SMS: segments) a second; 0: what the channel declares")
    two_way: bool = Field(default=True, description="citizens can answer on this line")
    price: int = Field(default=0, ge=0, description="rupiah a segment")
    sandbox: bool = Field(default=False, description="a fake provider: never in production")
    parallel: int = Field(default=16, ge=1, le=256, description="calls under way at a time")
    receipts_trusted: bool = Field(
        default=False, description="its receipts always come: a message without one counts as not told"
    )

    @property
    def settings(self) -> Mapping[str, Any]:
        """The channel's own keys."""
        return self.model_extra or {}


class Calendar(_Table):
    """Working hours of an office."""

    zone: Zone = Field(default="Asia/Jakarta", description="zone of the hours")
    monday: tuple[Interval, ...] = Field(default=(), description='intervals such as ["07:30-12:00", "13:00-16:00"]')
    tuesday: tuple[Interval, ...] = ()
    wednesday: tuple[Interval, ...] = ()
    thursday: tuple[Interval, ...] = ()
    friday: tuple[Interval, ...] = ()
    saturday: tuple[Interval, ...] = ()
    sunday: tuple[Interval, ...] = ()
    holidays: bool = Field(default=True, description="national holidays and cuti bersama do not count")
    extra_holidays: tuple[date, ...] = Field(default=(), description="further days off")
    overrides: Mapping[str, tuple[Interval, ...]] = Field(
        default_factory=dict,
        description='hours of single days or ranges, or of a weekday in a range: "2027-02-08/2027-03-09 friday" = […]',
    )
    replaces: str = Field(default="", description="calendar in whose place it stands in its regions")
    regions: tuple[str, ...] = Field(default=(), description="codes of the regions of this office")


class PolicyTable(_Table):
    """A promise: spans are working time of the calendar."""

    calendar: str = Field(default="office", description="name of the calendar")
    categories: tuple[str, ...] = Field(default=(), description="categories it covers; empty: every other")
    urgent: bool | None = Field(default=None, description="true: only urgent tickets; false: only others")
    regions: tuple[str, ...] = Field(default=(), description="codes of the regions it covers; empty: every other")
    acknowledge: Span | None = Field(default=None, description="acknowledged within")
    first_response: Span | None = Field(default=None, description="first answered within")
    next_response: Span | None = Field(default=None, description="each later message answered within")
    resolve: Span | None = Field(default=None, description="settled within")
    legal_days: int | None = Field(default=None, ge=1, description="working days of the legal clock")
    max_pause: Span | None = Field(
        default=None, description="working time that pauses may cost in all; beyond it the service clock runs again"
    )
    reopen_floor: Span = Field(
        default=timedelta(0), description="working time after a reopening in which nothing rings"
    )
    warn: tuple[float, ...] = Field(
        default=(0.5, 0.8, 0.95), description="parts of the span after which staff are warned"
    )
    escalate_to: tuple[str, ...] = Field(
        default=("desk", "regency", "province", "ministry"),
        description="offices or roles told, one after the other, when the promise is broken",
    )
    escalate_every: Span = Field(
        default=timedelta(hours=7, minutes=30), description="working time until the next one is told"
    )


class Reminders(_Table):
    """What is planned with a round."""

    days_before: tuple[int, ...] = Field(default=(3, 1, 0), description="reminders this many days before a round opens")
    hour: Clock = Field(default=time(9), description="local time of reminders")
    question_days: int = Field(default=1, ge=0, description="days after a round opens that receipt is asked")
    question: bool = Field(default=True, description="ask people whether they received their aid")
    question_again: int = Field(
        default=3, ge=0, description="days after the question that the silent are asked once more; 0: never"
    )


class Templates(_Table):
    """Who may change what we say."""

    four_eyes_above: int = Field(
        default=1000, ge=0, description="words that reach more people than this are published with a second person"
    )


class Registry(_Table):
    """How registers come in by the page."""

    upload_limit: int = Field(
        default=512 * 1024 * 1024, ge=1, le=2 * 1024**3, description="bytes of one uploaded file; more is refused"
    )
    uploads_kept: Span = Field(
        default=timedelta(days=30), description="how long reports and rejected rows of an upload are kept"
    )


class Accounts(_Table):
    """Who may sign in, and how."""

    second_step: tuple[Role, ...] = Field(
        default=(), description="roles that must sign in with a code of an authenticator app"
    )


class Retention(_Table):
    """How long bodies are kept; rows and counts stay. "0s" keeps for ever."""

    hooks: Span = Field(default=timedelta(days=90), description="requests as they came, once they were understood")
    messages: Span = Field(
        default=timedelta(days=730), description="facts of settled messages, and addresses sealed on them"
    )
    addresses: Span = Field(default=timedelta(days=730), description="keyed names of the addresses of attempts")
    attachments: Span = Field(default=timedelta(days=730), description="attachments of reports that are closed")
    heard: Span = Field(default=timedelta(days=730), description="what was heard and became no report, with its sender")
    conflicts: Span = Field(default=timedelta(days=365), description="second rows of a NIK that were decided on")
    applications: Span = Field(default=timedelta(days=365), description="who asked to be registered, once it is closed")


def _networks(value: Any) -> Any:
    try:
        networks(value)
    except (ValueError, TypeError):
        raise ValueError('write networks such as "127.0.0.1/32" or "10.20.0.0/16"') from None
    return value


class Webhooks(_Table):
    """Where other systems are told what happens."""

    allowed: Annotated[tuple[str, ...], BeforeValidator(_networks)] = Field(
        default=(),
        description='private networks that webhooks may lead to, also without TLS, such as ["10.20.0.0/16"]',
    )
    at_once: int = Field(default=8, ge=1, le=64, description="calls of one webhook under way in one process")


class Config(_Table):
    """Everything, checked."""

    service: Service = Service()
    database: DatabaseTable = DatabaseTable()
    delivery: Delivery = Delivery()
    desk: Desk = Desk()
    reminders: Reminders = Reminders()
    templates: Templates = Templates()
    registry: Registry = Registry()
    accounts: Accounts = Accounts()
    retention: Retention = Retention()
    webhooks: Webhooks = Webhooks()
    lines: Mapping[str, Line] = Field(default_factory=dict)
    calendars: Mapping[str, Calendar] = Field(default_factory=dict)
    policies: Mapping[str, PolicyTable] = Field(default_factory=dict)


def load(path: Path, environment: Mapping[str, str] | None = None, *, named: bool = False) -> Config:
    """Read, overlay the environment, check. A missing default file means defaults. Raises Refused with the line."""
    environment = os.environ if environment is None else environment
    text = ""
    if path.exists():
        text = path.read_text(encoding="utf-8", errors="replace")
    elif named:
        raise Refused(f"{path}: no such file; leave --config away to use the defaults")
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Refused(f"{path}: {error}") from None
    filled = _overlay(_fill(raw, environment, str(path)), environment)
    return parse(filled, str(path), text, {_keys(name): name for name in environment if _speaks(name)})


def parse(
    raw: Mapping[str, Any],
    name: str = "config",
    text: str = "",
    variables: Mapping[tuple[str, ...], str] | None = None,
) -> Config:
    """Check a raw configuration. Raises Refused naming file, line and key of the first thing that is wrong, or the
    variable of the environment that it came from (`variables`: keys to the variable that gave them).
    """
    try:
        config = Config.model_validate(raw)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        keys = [str(part) for part in first["loc"] if not str(part).startswith("function-")]
        variable = (variables or {}).get(tuple(keys[:3])) or (variables or {}).get(tuple(keys[:2]))
        where = f"the environment variable {variable}" if variable else _where(name, text, keys)
        raise Refused(f"{where}: {_sentence(first)}") from None
    for line_name in config.lines:
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,47}", line_name):
            where = _where(name, text, ["lines", line_name])
            raise Refused(f"{where}: a line's name is lower-case letters, digits and _, such as bot_jakarta")
    _check_ladders(config, name, text)
    for calendar_name, calendar in config.calendars.items():
        if calendar.replaces and calendar.replaces not in config.calendars:
            where = _where(name, text, ["calendars", calendar_name, "replaces"])
            raise Refused(f'{where}: no calendar is called "{calendar.replaces}"; add [calendars.{calendar.replaces}]')
        if bool(calendar.replaces) != bool(calendar.regions):
            where = _where(name, text, ["calendars", calendar_name])
            raise Refused(f"{where}: replaces and regions go together: which calendar it stands for, and where")
    for policy_name, policy in config.policies.items():
        if policy.calendar not in config.calendars:
            where = _where(name, text, ["policies", policy_name, "calendar"])
            raise Refused(f'{where}: no calendar is called "{policy.calendar}"; add [calendars.{policy.calendar}]')
    return config


def _check_ladders(config: Config, name: str, text: str) -> None:
    """Raises Refused for a programme or a channel that nobody knows."""
    known = known_channels()
    written = {"ladder": config.delivery.ladder} | {f"ladders.{key}": of for key, of in config.delivery.ladders.items()}
    for key, ladder in written.items():
        where = _where(name, text, ["delivery", *key.split(".")])
        programme = key.removeprefix("ladders.")
        if programme != key and programme not in PROGRAMMES:
            raise Refused(f'{where}: no programme is called "{programme}"; there are: {", ".join(PROGRAMMES)}')
        for place, kind in enumerate(ladder):
            if kind not in known:
                raise Refused(f'{where}: no channel is called "{kind}"; there are: {", ".join(sorted(known))}')
            if kind in ladder[:place]:
                raise Refused(f"{where}: {kind} stands twice; a channel is one rung")
        if programme != key and not ladder:
            raise Refused(f"{where}: an empty ladder reaches nobody; name a channel, or leave the programme away")


def _sentence(error: Mapping[str, Any]) -> str:
    kind = error["type"]
    if kind == "extra_forbidden":
        return "no such key; see docs/config.md for the keys there are"
    if kind == "missing":
        return "this key is needed"
    message = str(error["msg"]).removeprefix("Value error, ")
    return f"{message} (found: {str(error['input'])[:60]!r})"


def _where(name: str, text: str, keys: list[str]) -> str:
    line = _line_of(text, keys)
    return f"{name}{f', line {line}' if line else ''}, {'.'.join(keys)}"


def _line_of(text: str, keys: list[str]) -> int | None:
    """The line on which a key stands, found by walking the tables of the file."""
    table: list[str] = []
    best: tuple[int, int] | None = None
    for number, row in enumerate(text.splitlines(), 1):
        row = row.strip()
        if row.startswith("["):
            table = [part.strip().strip('"') for part in row.strip("[] ").split("#")[0].strip("[] ").split(".")]
            here = table
        elif "=" in row and not row.startswith("#"):
            here = [*table, *(part.strip().strip('"') for part in row.split("=", 1)[0].split("."))]
        else:
            continue
        depth = len(here)
        if here == keys[:depth] and (best is None or depth > best[0]):
            best = (depth, number)
    return best[1] if best else None


def _fill(value: Any, environment: Mapping[str, str], name: str) -> Any:
    """Replace "${NAME}" by the environment's value."""
    if isinstance(value, dict):
        return {key: _fill(item, environment, name) for key, item in value.items()}
    if isinstance(value, list):
        return [_fill(item, environment, name) for item in value]
    if not isinstance(value, str):
        return value

    def variable(match: re.Match[str]) -> str:
        found = environment.get(match[1])
        if found is None:
            raise Refused(f"{name}: ${{{match[1]}}} is named, but the environment has no variable {match[1]}")
        return found

    return re.sub(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}", variable, value)


def _overlay(raw: dict[str, Any], environment: Mapping[str, str]) -> dict[str, Any]:
    """Lay NOTIFIER_TABLE__KEY (and NOTIFIER_LINES__NAME__KEY) over the file."""
    for name in sorted(environment):
        if not _speaks(name):
            continue
        keys = _keys(name)
        if keys[0] not in Config.model_fields:
            known = ", ".join(sorted(Config.model_fields))
            raise Refused(f"the environment variable {name} names no table; there are: {known}")
        place = raw
        for key in keys[:-1]:
            place = place.setdefault(key, {})
            if not isinstance(place, dict):
                raise Refused(f"the environment variable {name} goes through {key}, which is no table")
        place[keys[-1]] = _typed(environment[name])
    return raw


def _speaks(name: str) -> bool:
    return name.startswith(PREFIX) and name not in OWN and "__" in name


def _keys(name: str) -> tuple[str, ...]:
    return tuple(name.removeprefix(PREFIX).lower().split("__"))


def _typed(text: str) -> Any:
    """A variable's text as TOML would read it, so that lists, numbers and booleans can be given; else the text."""
    if text[:1] in "[{" or text in ("true", "false") or re.fullmatch(r"-?\d+(\.\d+)?", text):
        try:
            return tomllib.loads(f"x = {text}")["x"]
        except tomllib.TOMLDecodeError:
            return text
    return text
