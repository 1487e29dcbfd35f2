"""Every table of the service, one noun after the other. Declares; never runs a statement.

Times are UTC (`UtcDateTime`), personal numbers are sealed bytes with a keyed index beside them, and "when to look
again" is a column with a partial index: `due_at`, `wake`, `lease_until`. Nothing else holds scheduler state.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import DateTime, TypeDecorator, TypeEngine


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant; naive values are refused. SQLite keeps fixed-width text, so that text order is time order."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(27))
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive time reached the database: give it a zone")
        value = value.astimezone(UTC)
        return value.isoformat(timespec="microseconds")[:26] + "Z" if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None or isinstance(value, datetime):
            return value
        return datetime.fromisoformat(value)


LARGEST_ID = 2**63 - 1  # a larger number names no row
Id = BigInteger().with_variant(Integer, "sqlite")
Json = JSON().with_variant(JSONB, "postgresql")

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _when(condition: str) -> dict[str, Any]:
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


def _id() -> Column[int]:
    return Column("id", Id, primary_key=True, autoincrement=True)


def _ref(column: str, target: str, *, nullable: bool = True) -> Column[int]:
    return Column(column, Id, ForeignKey(target), nullable=nullable)


# --- staff -----------------------------------------------------------------------------------------------------------

accounts = Table(
    "accounts",
    metadata,
    _id(),
    Column("login", String(64), nullable=False, unique=True),
    Column("name", String(120), nullable=False),
    Column("role", String(16), nullable=False),
    Column("region", String(13), nullable=False, server_default=""),  # prefix; "" sees everything
    Column("password", String(200), nullable=False),  # argon2id
    Column("language", String(3), nullable=False, server_default="id"),
    Column("notify_kind", String(16), nullable=False, server_default=""),  # channel that alerts take
    Column("notify_address", String(254), nullable=False, server_default=""),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("locked_until", UtcDateTime),
    Column("disabled_at", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    Column("totp_secret", LargeBinary),  # sealed; null: signs in with the password alone
    Column("totp_since", UtcDateTime),
    Column("totp_step", BigInteger),  # the newest step of 30 s whose code was taken: none is taken twice
)

sessions = Table(
    "sessions",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),  # SHA-256 of the cookie's random id
    _ref("account_id", "accounts.id"),
    Column("data", Json, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
    Column("stage", String(8), nullable=False, server_default=""),  # code: the password was right, the code is to come
    Column("device", String(60), nullable=False, server_default=""),  # "Chrome, Android"
    Column("place", String(48), nullable=False, server_default=""),  # the block of addresses it was begun from
)
Index("ix_sessions_account", sessions.c.account_id)

recovery_codes = Table(  # what lets somebody in who lost their authenticator, each once
    "recovery_codes",
    metadata,
    _id(),
    _ref("account_id", "accounts.id", nullable=False),
    Column("digest", LargeBinary(32), nullable=False),  # keyed
    Column("used_at", UtcDateTime),
    UniqueConstraint("account_id", "digest"),
)

account_acts = Table(  # what was done to an account, and why
    "account_acts",
    metadata,
    _id(),
    _ref("account_id", "accounts.id", nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("who", String(64), nullable=False),
    Column("act", String(48), nullable=False),
    Column("why", String(200), nullable=False, server_default=""),
    Column("facts", Json, nullable=False),
)
Index("ix_account_acts_account", account_acts.c.account_id, account_acts.c.id)

api_keys = Table(  # what other systems show at the API; each acts for an account and may less than it
    "api_keys",
    metadata,
    _id(),
    Column("name", String(80), nullable=False),
    Column("prefix", String(12), nullable=False, unique=True),  # the part of it that may be shown
    Column("digest", LargeBinary(32), nullable=False),  # SHA-256 of the secret, which is kept nowhere
    _ref("account_id", "accounts.id", nullable=False),
    Column("scopes", Json, nullable=False),
    Column("region", String(13), nullable=False, server_default=""),  # prefix within the account's; "" for all of it
    Column("per_minute", Integer, nullable=False),
    Column("created_by", String(64), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),  # to the hour
    Column("expires_at", UtcDateTime),
    Column("revoked_at", UtcDateTime),
)

api_requests = Table(  # what was asked with an Idempotency-Key, and how it was answered: kept for a day
    "api_requests",
    metadata,
    Column("key_id", Id, ForeignKey("api_keys.id"), primary_key=True),
    Column("token", String(128), primary_key=True),  # the Idempotency-Key
    Column("digest", LargeBinary(32), nullable=False),  # SHA-256 of method, address and body
    Column("lease_until", UtcDateTime, nullable=False),  # without an answer by then it is done anew
    Column("answer", LargeBinary),  # sealed JSON; null: it is under way
    Column("created_at", UtcDateTime, nullable=False, index=True),
)

ledger = Table(
    "ledger",
    metadata,
    _id(),
    Column("at", UtcDateTime, nullable=False),
    Column("who", String(64), nullable=False),  # "account:3", "citizen", "clock", "cli:siti"
    Column("act", String(48), nullable=False),
    Column("about", String(80), nullable=False),  # "ticket:17", "broadcast:4"
    Column("detail", Text, nullable=False, server_default=""),  # canonical JSON; ids and codes only
    Column("seq", Id, unique=True),  # set by the sealer, without gaps
    Column("link", LargeBinary(32)),  # SHA-256 over the previous link and this row
)
Index("ix_ledger_unsealed", ledger.c.id, **_when("seq IS NULL"))
Index("ix_ledger_about", ledger.c.about)
Index("ix_ledger_who", ledger.c.who, ledger.c.id)
Index("ix_ledger_act", ledger.c.act, ledger.c.id)
Index("ix_ledger_at", ledger.c.at)
Index("ix_ledger_decided", ledger.c.id, **_when("act <> 'settled'"))  # among many groups of sent messages

leases = Table(
    "leases",
    metadata,
    Column("name", String(48), primary_key=True),
    Column("holder", String(80), nullable=False),
    Column("until", UtcDateTime, nullable=False),
)

keyrings = Table(  # one row: the keys that the database was begun with
    "keyrings",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # 1
    Column("fingerprint", String(16), nullable=False),
    Column("since", UtcDateTime, nullable=False),
)

# --- the register ----------------------------------------------------------------------------------------------------

regions = Table(
    "regions",
    metadata,
    Column("code", String(13), primary_key=True),
    Column("name", String(120), nullable=False),
)

people = Table(
    "people",
    metadata,
    _id(),
    Column("nik", LargeBinary, nullable=False),  # sealed
    Column("nik_index", LargeBinary(32), nullable=False, unique=True),
    Column("nik_masked", String(16), nullable=False),  # 317507******3689
    Column("kk", LargeBinary),  # family card, sealed
    Column("kk_index", LargeBinary(32), index=True),
    Column("name", String(120), nullable=False),
    Column("sex", String(1), nullable=False, server_default=""),
    Column("born", Date),
    Column("address", String(200), nullable=False, server_default=""),
    Column("rt", String(4), nullable=False, server_default=""),
    Column("rw", String(4), nullable=False, server_default=""),
    Column("region", String(13), nullable=False),
    Column("zone", String(40), nullable=False),  # IANA name, follows the province
    Column("language", String(3), nullable=False, server_default="id"),
    Column("prefers", String(16), nullable=False, server_default=""),  # channel this person is tried on first
    Column("flags", Json, nullable=False),  # ["birth_mismatch", …]: to be verified by a person
    Column("silenced_at", UtcDateTime),  # STOP SEMUA: no broadcasts to this person
    _ref("merged_into_id", "people.id"),  # who this row turned out to be; it stays for what went out under it
    Column("erased_at", UtcDateTime),  # nothing is left that tells who this was
    _ref("import_id", "imports.id"),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
)
Index("ix_people_region", people.c.region, people.c.id)  # village by village, as lists go on
Index("ix_people_merged", people.c.merged_into_id, **_when("merged_into_id IS NOT NULL"))

contacts = Table(
    "contacts",
    metadata,
    _id(),
    _ref("person_id", "people.id", nullable=False),
    Column("kind", String(16), nullable=False),  # channel name: telegram, sms, email
    Column("line", String(48), nullable=False, server_default=""),  # "" = the channel's first line
    Column("address", String(254), nullable=False),
    Column("state", String(12), nullable=False, server_default="ok"),  # ok, old (the register has a newer one), dead
    Column("reason", String(120), nullable=False, server_default=""),
    Column("stopped_at", UtcDateTime),  # STOP from this address: no broadcasts to it
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("person_id", "kind", "address"),
)
Index("ix_contacts_kind_address", contacts.c.kind, contacts.c.address)

silences = Table(  # STOP from an address, also one the register does not know
    "silences",
    metadata,
    Column("kind", String(16), primary_key=True),
    Column("address", String(254), primary_key=True),
    Column("since", UtcDateTime, nullable=False),
)

enrolments = Table(
    "enrolments",
    metadata,
    Column("person_id", Id, ForeignKey("people.id"), primary_key=True),
    Column("programme", String(24), primary_key=True),
    Column("status", String(16), nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
)
Index("ix_enrolments_programme_status", enrolments.c.programme, enrolments.c.status, enrolments.c.person_id)

imports = Table(
    "imports",
    metadata,
    _id(),
    Column("what", String(16), nullable=False),  # people, rounds, statuses
    Column("name", String(200), nullable=False),  # file name, without its folder
    Column("digest", String(64), nullable=False),  # SHA-256 of the file
    Column("counts", Json, nullable=False),
    Column("who", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

conflicts = Table(  # rows a person has to decide on: same NIK, another name
    "conflicts",
    metadata,
    _id(),
    _ref("import_id", "imports.id", nullable=False),
    _ref("person_id", "people.id", nullable=False),
    Column("line", Integer, nullable=False),
    Column("column", String(40), nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # the row as it came, sealed
    Column("digest", LargeBinary(32), nullable=False),  # the same conflict twice is one
    Column("state", String(12), nullable=False, server_default="open"),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("person_id", "digest"),
)

uploads = Table(  # files that came in by the page: looked at, then brought in
    "uploads",
    metadata,
    _id(),
    Column("what", String(16), nullable=False),  # people, rounds, statuses, visits
    Column("name", String(200), nullable=False),  # as the file was called
    Column("folder", String(40), nullable=False),  # below imports/ in the data folder of the machine that took it
    Column("size", BigInteger, nullable=False),
    Column("who", String(64), nullable=False),
    Column("region", String(13), nullable=False, server_default=""),  # prefix of who uploaded: what may be touched
    Column("state", String(12), nullable=False),  # looking → ready → running → done; failed, cancelled
    Column("step", String(12), nullable=False, server_default=""),
    Column("done", Integer, nullable=False, server_default="0"),
    Column("total", Integer, nullable=False, server_default="0"),
    Column("look", Json, nullable=False),  # columns and first rows, masked
    Column("counts", Json, nullable=False),  # what would happen, then what did
    Column("why", String(500), nullable=False, server_default=""),  # what it asks, or why it failed
    Column("yes", Boolean, nullable=False, server_default=text("false")),
    Column("partial", Boolean, nullable=False, server_default=text("false")),  # a part of a register, on purpose
    Column("stop", Boolean, nullable=False, server_default=text("false")),  # somebody wants it to end
    Column("fence", Integer, nullable=False, server_default="0"),  # number of the turn that may write
    _ref("import_id", "imports.id"),
    Column("at", UtcDateTime, nullable=False),
    Column("started_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Column("wake", UtcDateTime),
)
Index("ix_uploads_wake", uploads.c.wake, **_when("wake IS NOT NULL"))

person_acts = Table(  # what staff did about a person, and why
    "person_acts",
    metadata,
    _id(),
    _ref("person_id", "people.id", nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("who", String(64), nullable=False),
    Column("act", String(24), nullable=False),  # revealed, corrected, merged, exported, erased
    Column("why", String(200), nullable=False, server_default=""),
    Column("facts", Json, nullable=False),
)
Index("ix_person_acts_person", person_acts.c.person_id, person_acts.c.id)

doubles = Table(  # people who may be one, and phones of many: to be decided on, each once
    "doubles",
    metadata,
    _id(),
    Column("kind", String(12), nullable=False),  # household, phone
    Column("key", String(300), nullable=False, unique=True),  # "household:12:40", "phone:+62812…"
    _ref("person_id", "people.id", nullable=False),
    _ref("other_id", "people.id", nullable=False),
    Column("people", Integer, nullable=False),  # how many share it
    Column("region", String(13), nullable=False),
    Column("state", String(12), nullable=False, server_default="open"),  # same, apart, shared, gone
    Column("who", String(64), nullable=False, server_default=""),
    Column("at", UtcDateTime, nullable=False),
    Column("decided_at", UtcDateTime),
)
Index("ix_doubles_open", doubles.c.kind, doubles.c.id, **_when("state = 'open'"))
Index("ix_doubles_person", doubles.c.person_id)
Index("ix_doubles_other", doubles.c.other_id)

walks = Table(  # how far a look through the whole register has come
    "walks",
    metadata,
    Column("name", String(24), primary_key=True),
    Column("cursor", Id, nullable=False),
    Column("wake", UtcDateTime, nullable=False),  # when the next step or the next walk begins
)

# --- rounds ----------------------------------------------------------------------------------------------------------

points = Table(  # distribution points: where rounds take place
    "points",
    metadata,
    _id(),
    Column("code", String(48), nullable=False, unique=True),
    Column("name", String(120), nullable=False),
    Column("region", String(13), nullable=False),
    Column("address", String(200), nullable=False, server_default=""),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("per_hour", Integer),  # people it takes; null: not known
    Column("per_day", Integer),
    Column("hours", String(200), nullable=False, server_default=""),  # "Sen-Jum 08:00-15:00"; "": not known
    Column("zone", String(40), nullable=False),
    Column("state", String(12), nullable=False, server_default="open"),  # open, closed
    Column("version", Integer, nullable=False, server_default="1"),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
)

rounds = Table(
    "rounds",
    metadata,
    _id(),
    Column("code", String(48), nullable=False, unique=True),
    Column("programme", String(24), nullable=False),
    Column("period", String(60), nullable=False),
    Column("region", String(13), nullable=False),  # prefix: the area it serves
    Column("venue", String(120), nullable=False),
    Column("address", String(200), nullable=False, server_default=""),
    Column("opens_at", UtcDateTime, nullable=False),
    Column("closes_at", UtcDateTime, nullable=False),
    Column("zone", String(40), nullable=False),
    Column("amount", BigInteger),  # rupiah; null for goods
    Column("method", String(16), nullable=False),
    Column("note", String(300), nullable=False, server_default=""),
    Column("state", String(12), nullable=False, server_default="open"),  # open, cancelled
    Column("version", Integer, nullable=False, server_default="1"),  # counts edits that citizens must hear of
    Column("wake", UtcDateTime),  # floor 5 has something to carry on: plans to make or to redo
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    _ref("point_id", "points.id"),  # venue and address are read from it
)
Index("ix_rounds_wake", rounds.c.wake, **_when("wake IS NOT NULL"))
Index("ix_rounds_opens", rounds.c.opens_at, rounds.c.id)  # the list, page by page
Index("ix_rounds_point", rounds.c.point_id, rounds.c.closes_at, **_when("point_id IS NOT NULL"))
Index("ix_rounds_closes", rounds.c.closes_at)  # what is not over: all that strangers look at

entitlements = Table(
    "entitlements",
    metadata,
    _id(),
    _ref("round_id", "rounds.id", nullable=False),
    _ref("person_id", "people.id", nullable=False),
    Column("status", String(16), nullable=False),
    Column("record", String(16), nullable=False),  # what the payment record last said, whatever the citizen says
    Column("reason", String(200), nullable=False, server_default=""),
    Column("since", Date),  # date the record gives
    Column("updated_at", UtcDateTime, nullable=False),
    UniqueConstraint("round_id", "person_id"),
)
Index("ix_entitlements_person", entitlements.c.person_id)
Index(  # whom something has become of, by what
    "ix_entitlements_round_status",
    entitlements.c.round_id,
    entitlements.c.status,
    entitlements.c.person_id,
    **_when("status <> 'DIJADWALKAN'"),
)

entitlement_changes = Table(
    "entitlement_changes",
    metadata,
    _id(),
    _ref("entitlement_id", "entitlements.id", nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("was", String(16), nullable=False),
    Column("status", String(16), nullable=False),
    Column("reason", String(200), nullable=False, server_default=""),
    Column("who", String(64), nullable=False),  # "import:3", "citizen", "account:2"
    _ref("delivery_id", "deliveries.id"),  # the notice that tells of it; null: nobody is to hear
)
Index("ix_entitlement_changes_entitlement", entitlement_changes.c.entitlement_id)
Index(  # citizens who say that they have not what the record says was paid
    "ix_entitlement_changes_denied", entitlement_changes.c.id, **_when("who = 'citizen' AND status = 'DISALURKAN'")
)

programmes = Table(  # versions that the office wrote; what the configuration says lies beneath
    "programmes",
    metadata,
    _id(),
    Column("code", String(24), nullable=False),
    Column("version", Integer, nullable=False),
    Column("name", String(120), nullable=False, server_default=""),  # "": the usual one
    Column("ladder", Json),  # null: as the configuration says
    Column("reminders", Json),  # null: as the configuration says
    Column("why", String(200), nullable=False),
    Column("who", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    UniqueConstraint("code", "version"),
)

# --- words we say ----------------------------------------------------------------------------------------------------

templates = Table(  # versions made by people; the shipped files are the defaults beneath
    "templates",
    metadata,
    _id(),
    Column("event", String(40), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("language", String(3), nullable=False),
    Column("part", String(40), nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", String(12), nullable=False),  # draft, reviewed, published, retired
    Column("source", Text, nullable=False),
    Column("who", String(64), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("published_at", UtcDateTime),
    Column("reviewer", String(64)),
    Column("reviewed_at", UtcDateTime),
    UniqueConstraint("event", "channel", "language", "part", "version"),
)

# --- what goes out ---------------------------------------------------------------------------------------------------

series = Table(  # plans that come again: before and after every round of a programme, or every month
    "series",
    metadata,
    _id(),
    Column("name", String(80), nullable=False),
    Column("event", String(40), nullable=False),
    Column("programme", String(24), nullable=False),  # "" for a general notice
    Column("region", String(13), nullable=False, server_default=""),  # prefix of the rounds, or people, it is for
    Column("rule", Json),  # which of each round's people; null: everybody
    Column("every", String(8), nullable=False),  # round: so many days from its opening; week, month: on a day of it
    Column("day", Integer, nullable=False),  # -3 is H-3, 2 is H+2; of a week 1 (Monday) to 7; of a month 1 to 28
    Column("hour", String(5), nullable=False),  # 09:00, in each round's zone
    Column("most", Integer, nullable=False),  # people one occurrence may tell without a person looking again
    Column("cap", BigInteger),  # rupiah one occurrence may cost
    Column("state", String(12), nullable=False),  # planned, approved, paused, ended
    Column("planned_by", String(64), nullable=False),
    Column("planned_at", UtcDateTime, nullable=False),
    Column("approved_by", String(64), nullable=False, server_default=""),
    Column("approved_at", UtcDateTime),
    Column("since", UtcDateTime),  # what lies before is not made up for: its approval, or the end of a pause
    Column("text", String(300), nullable=False, server_default=""),  # what a general notice says; approved with it
)

broadcasts = Table(
    "broadcasts",
    metadata,
    _id(),
    Column("event", String(40), nullable=False),
    _ref("round_id", "rounds.id"),  # null: a general notice, about no round
    Column("round_version", Integer, nullable=False),
    _ref("parent_id", "broadcasts.id"),  # a correction names what it corrects
    Column("state", String(12), nullable=False),
    # planned → approved → expanding → sending → done; canary (the first ones are told, the others wait to see how it
    # goes), asking (wants a second look), paused, stopped
    Column("paused_from", String(12), nullable=False, server_default=""),
    Column("why", String(200), nullable=False, server_default=""),  # why it asks, is paused or was stopped
    Column("at", UtcDateTime, nullable=False),  # planned start
    Column("expires_at", UtcDateTime, nullable=False),  # a message never outlives its event
    Column("again", Boolean, nullable=False, server_default=text("false")),
    Column("language", String(3), nullable=False, server_default=""),
    Column("planned_by", String(64), nullable=False),
    Column("planned_at", UtcDateTime, nullable=False),
    Column("approved_by", String(64), nullable=False, server_default=""),
    Column("approved_at", UtcDateTime),
    Column("approved_audience", Integer, nullable=False),  # the count the approver saw
    Column("audience", Integer, nullable=False, server_default="0"),  # frozen when expansion begins
    Column("expanded", Integer, nullable=False, server_default="0"),
    Column("cursor", Id, nullable=False, server_default="0"),  # last person expanded
    Column("facts", Json, nullable=False),  # besides those of the round, e.g. what it was before a move
    Column("pins", Json, nullable=False),  # template versions it was approved with
    Column("canary", Integer, nullable=False, server_default="0"),  # people told first, while the others wait; 0: none
    Column("canary_until", UtcDateTime),  # when the first ones are judged
    Column("cap", BigInteger),  # rupiah it may cost; null: no cap
    Column("wake", UtcDateTime),
    Column("rule", Json),  # which of the round's people it is for; null: everybody
    _ref("series_id", "series.id"),  # the plan that comes again it is an occurrence of
    Column("occurrence", String(16), nullable=False, server_default=""),  # which one: H-3, 2026-12
    Column("region", String(13), nullable=False, server_default=""),  # of a general notice: the area it is for
    Column("zone", String(40), nullable=False, server_default=""),  # of a general notice: what its times are shown in
)
Index("ix_broadcasts_wake", broadcasts.c.wake, **_when("wake IS NOT NULL"))
Index("ix_broadcasts_round", broadcasts.c.round_id)
Index("ix_broadcasts_at", broadcasts.c.at)  # what a day or a month holds
Index("ix_broadcasts_live", broadcasts.c.at, **_when("state NOT IN ('done', 'stopped')"))
Index(  # no occurrence twice, however many clocks make them
    "ix_broadcasts_occurrence",
    broadcasts.c.series_id,
    broadcasts.c.round_id,
    broadcasts.c.round_version,
    broadcasts.c.occurrence,
    unique=True,
    **_when("series_id IS NOT NULL"),
)
Index(  # nor one about no round: nulls are all different; "" is what was made and taken back with older words
    "ix_broadcasts_alone",
    broadcasts.c.series_id,
    broadcasts.c.occurrence,
    unique=True,
    **_when("series_id IS NOT NULL AND round_id IS NULL AND occurrence <> ''"),
)

tallies = Table(  # kept counters: one row per broadcast, worker and state; summed, they are the statement
    "tallies",
    metadata,
    Column("broadcast_id", Id, ForeignKey("broadcasts.id"), primary_key=True),
    Column("worker", String(80), primary_key=True),
    Column("state", String(12), primary_key=True),
    Column("reason", String(40), primary_key=True),  # suppressed only; otherwise ""
    Column("n", Integer, nullable=False),
)

loads = Table(  # kept counters of what each line carries of a broadcast: one row per worker, to be summed
    "loads",
    metadata,
    Column("broadcast_id", Id, ForeignKey("broadcasts.id"), primary_key=True),
    Column("worker", String(80), primary_key=True),
    Column("line", String(48), primary_key=True),
    Column("people", Integer, nullable=False),  # put on this line when it was expanded, or carried over to it
    Column("attempts", Integer, nullable=False),
    Column("segments", BigInteger, nullable=False),
    Column("rupiah", BigInteger, nullable=False),
)

echoes = Table(  # kept counters of what people answered to a broadcast, by what their words meant
    "echoes",
    metadata,
    Column("broadcast_id", Id, ForeignKey("broadcasts.id"), primary_key=True),
    Column("intent", String(24), primary_key=True),
    Column("n", Integer, nullable=False),
)

deliveries = Table(
    "deliveries",
    metadata,
    _id(),
    _ref("broadcast_id", "broadcasts.id"),
    _ref("person_id", "people.id"),  # null: staff, strangers, groups, and whoever reports a ticket
    _ref("account_id", "accounts.id"),
    _ref("contact_id", "contacts.id"),  # the contact of the present rung
    _ref("round_id", "rounds.id"),
    _ref("ticket_id", "tickets.id"),
    Column("event", String(40), nullable=False),
    Column("lane", Integer, nullable=False),  # 0 answers, 1 staff, 2 broadcasts
    Column("line", String(48), nullable=False, server_default=""),
    Column("language", String(3), nullable=False),
    Column("zone", String(40), nullable=False),
    Column("facts", Json),
    Column("state", String(12), nullable=False),
    Column("held", Boolean, nullable=False, server_default=text("false")),
    Column("maybe_twice", Boolean, nullable=False, server_default=text("false")),
    Column("reason", String(120), nullable=False, server_default=""),
    Column("round_version", Integer, nullable=False, server_default="0"),
    Column("generation", Integer, nullable=False, server_default="1"),
    Column("fence", Integer, nullable=False, server_default="0"),  # number of the attempt that may write
    Column("tries", Integer, nullable=False, server_default="0"),  # on this rung
    Column("first_failed_at", UtcDateTime),  # on this rung
    Column("due_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime),
    Column("lease_until", UtcDateTime),
    Column("window", Boolean, nullable=False, server_default=text("true")),  # keeps to the citizen's send window
    Column("sealed", LargeBinary),  # address that no contact names, sealed JSON {kind, address}
    Column("thread", String(200), nullable=False, server_default=""),  # ref of the message it answers
    Column("created_at", UtcDateTime, nullable=False),
    Column("settled_at", UtcDateTime),
)
Index(
    "ix_deliveries_due",
    deliveries.c.line,
    deliveries.c.lane,
    deliveries.c.due_at,
    deliveries.c.id,
    **_when("state = 'due'"),
)
Index("ix_deliveries_lease", deliveries.c.lease_until, **_when("lease_until IS NOT NULL"))
Index(
    "ix_deliveries_broadcast_person",
    deliveries.c.broadcast_id,
    deliveries.c.person_id,
    unique=True,
    **_when("broadcast_id IS NOT NULL"),
)
Index(
    "ix_deliveries_untold",
    deliveries.c.broadcast_id,
    deliveries.c.person_id,
    **_when("state IN ('failed', 'unknown', 'expired', 'suppressed', 'cancelled')"),
)
Index(
    "ix_deliveries_stopped",
    deliveries.c.broadcast_id,
    deliveries.c.person_id,
    **_when("state = 'suppressed' AND reason = 'stopped'"),
)
Index("ix_deliveries_held", deliveries.c.id, **_when("held"))
Index("ix_deliveries_person", deliveries.c.person_id, **_when("person_id IS NOT NULL"))
Index("ix_deliveries_ticket", deliveries.c.ticket_id, **_when("ticket_id IS NOT NULL"))

attempts = Table(
    "attempts",
    metadata,
    _id(),
    _ref("delivery_id", "deliveries.id", nullable=False),
    Column("number", Integer, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("key", String(64), nullable=False),  # delivery:contact:generation
    Column("line", String(48), nullable=False),
    _ref("contact_id", "contacts.id"),
    Column("address_index", LargeBinary(16), nullable=False),  # keyed hash of kind and address
    Column("event", String(40), nullable=False),
    Column("template", String(80), nullable=False, server_default=""),  # which words: "file" or version
    Column("round_version", Integer, nullable=False),
    Column("state", String(12), nullable=False),
    Column("reason", String(120), nullable=False, server_default=""),
    Column("ref", String(200), nullable=False, server_default=""),
    Column("segments", Integer, nullable=False, server_default="0"),
    Column("started_at", UtcDateTime, nullable=False),
    Column("settled_at", UtcDateTime),
    UniqueConstraint("delivery_id", "number"),
)
Index("ix_attempts_line_ref", attempts.c.line, attempts.c.ref, **_when("ref <> ''"))
Index("ix_attempts_line_key", attempts.c.line, attempts.c.key)
Index("ix_attempts_address", attempts.c.address_index, attempts.c.id)

visits = Table(  # what field officers found at the doors of people no message reached
    "visits",
    metadata,
    _id(),
    _ref("delivery_id", "deliveries.id", nullable=False),
    Column("result", String(8), nullable=False),  # told, absent, moved, died
    Column("note", String(200), nullable=False, server_default=""),
    Column("at", Date, nullable=False),  # day of the visit
    Column("who", String(64), nullable=False),  # "account:3", "cli:siti"
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("delivery_id", "at", "result"),
)

receipts = Table(  # every word of a provider, used or not
    "receipts",
    metadata,
    _id(),
    Column("line", String(48), nullable=False),
    Column("ref", String(200), nullable=False),
    Column("key", String(64), nullable=False, server_default=""),
    Column("state", String(12), nullable=False),
    Column("reason", String(120), nullable=False, server_default=""),
    Column("permanent", Boolean, nullable=False, server_default=text("false")),
    Column("at", UtcDateTime),
    Column("heard_at", UtcDateTime, nullable=False),
    _ref("attempt_id", "attempts.id"),  # null until we know which attempt it names
    UniqueConstraint("line", "ref", "key", "state"),
)
Index("ix_receipts_unmatched", receipts.c.line, receipts.c.ref, **_when("attempt_id IS NULL"))

paces = Table(  # the governor: one row per line, address or group
    "paces",
    metadata,
    Column("scope", String(120), primary_key=True),
    Column("next_free", UtcDateTime, nullable=False),  # the first slot nobody has taken
    Column("parked_until", UtcDateTime),
    Column("parks", Integer, nullable=False, server_default="0"),  # how often in a row; doubles the pause
    Column("alerted", Boolean, nullable=False, server_default=text("false")),  # staff were told of this trouble
    Column("reason", String(120), nullable=False, server_default=""),
)
Index("ix_paces_parked", paces.c.parked_until, **_when("parked_until IS NOT NULL"))

# --- how broadcasts fare by village, as the clock last counted it ---

places = Table(
    "places",
    metadata,
    Column("broadcast_id", Id, ForeignKey("broadcasts.id"), primary_key=True),
    Column("region", String(13), primary_key=True),
    Column("told", Integer, nullable=False),
    Column("waiting", Integer, nullable=False),
    Column("unsure", Integer, nullable=False),
    Column("untold", Integer, nullable=False),
)

place_looks = Table(
    "place_looks",
    metadata,
    Column("broadcast_id", Id, ForeignKey("broadcasts.id"), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("attempts", BigInteger, nullable=False),  # it had made by then: how fast it goes is told from it
)

# --- lists of people that somebody brought for a broadcast ---

person_lists = Table(
    "person_lists",
    metadata,
    _id(),
    Column("name", String(120), nullable=False),  # file name, without its folder
    Column("digest", String(64), nullable=False),  # SHA-256 of the file
    Column("region", String(13), nullable=False, server_default=""),  # of whoever brought it
    Column("rows", Integer, nullable=False),
    Column("people", Integer, nullable=False),
    Column("strays", Integer, nullable=False),  # rows that name nobody we know
    Column("who", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

person_list_members = Table(
    "person_list_members",
    metadata,
    Column("list_id", Id, ForeignKey("person_lists.id"), primary_key=True),
    Column("person_id", Id, ForeignKey("people.id"), primary_key=True),
)

person_list_strays = Table(
    "person_list_strays",
    metadata,
    Column("list_id", Id, ForeignKey("person_lists.id"), primary_key=True),
    Column("line", Integer, primary_key=True, autoincrement=False),  # in the file
    Column("shown", String(40), nullable=False),  # what stood there, masked
    Column("reason", String(40), nullable=False),
)

# --- what comes in ---------------------------------------------------------------------------------------------------

arrivals = Table(  # authentic requests as they came, sealed; understood later, replayable
    "arrivals",
    metadata,
    _id(),
    Column("line", String(48), nullable=False),
    Column("body", LargeBinary, nullable=False),  # sealed
    Column("headers", LargeBinary, nullable=False),  # sealed JSON
    Column("at", UtcDateTime, nullable=False),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("wake", UtcDateTime),  # null: done with
    Column("outcome", String(120), nullable=False, server_default=""),
)
Index("ix_arrivals_wake", arrivals.c.wake, arrivals.c.id, **_when("wake IS NOT NULL"))

heard = Table(  # one thing a citizen said
    "heard",
    metadata,
    _id(),
    _ref("arrival_id", "arrivals.id", nullable=False),
    Column("line", String(48), nullable=False),
    Column("dedupe", String(200), nullable=False),
    Column("sender_index", LargeBinary(16), nullable=False),
    Column("sender", LargeBinary, nullable=False),  # sealed address
    Column("kind", String(12), nullable=False),
    Column("ref", String(200), nullable=False, server_default=""),
    Column("album", String(64), nullable=False, server_default=""),
    Column("text", Text, nullable=False, server_default=""),  # long digit runs masked
    Column("at", UtcDateTime, nullable=False),
    Column("intent", String(24), nullable=False, server_default=""),
    Column("why", Json, nullable=False),
    Column("effect", String(40), nullable=False, server_default=""),  # opened, appended, received, stopped …
    _ref("answers_id", "deliveries.id"),  # the delivery it answers
    _ref("ticket_id", "tickets.id"),
    UniqueConstraint("line", "dedupe"),
)
Index("ix_heard_sender", heard.c.sender_index, heard.c.id)
Index("ix_heard_answers", heard.c.answers_id, **_when("answers_id IS NOT NULL"))
Index("ix_heard_pieces", heard.c.at, **_when("effect = 'part'"))
Index("ix_heard_ref", heard.c.line, heard.c.ref, **_when("ref <> ''"))

files = Table(  # attachments; the original is sealed on disk
    "files",
    metadata,
    _id(),
    _ref("heard_id", "heard.id", nullable=False),
    _ref("ticket_id", "tickets.id"),
    Column("name", String(120), nullable=False),
    Column("type", String(80), nullable=False),
    Column("size", BigInteger),
    Column("handle", String(300), nullable=False, server_default=""),  # what the channel fetches it by
    Column("state", String(12), nullable=False),  # waiting, kept, refused, lost
    Column("reason", String(120), nullable=False, server_default=""),
    Column("path", String(120), nullable=False, server_default=""),  # below the data folder
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("wake", UtcDateTime),
)
Index("ix_files_wake", files.c.wake, **_when("wake IS NOT NULL"))
Index("ix_files_ticket", files.c.ticket_id, **_when("ticket_id IS NOT NULL"))

# --- tickets ---------------------------------------------------------------------------------------------------------

tickets = Table(
    "tickets",
    metadata,
    _id(),
    Column("number", String(16), nullable=False, unique=True),
    Column("status", String(12), nullable=False),
    Column("category", String(24), nullable=False),
    Column("categories", Json, nullable=False),
    Column("urgent", Boolean, nullable=False, server_default=text("false")),
    Column("confidentiality", String(12), nullable=False, server_default="open"),
    Column("verified", Boolean, nullable=False, server_default=text("false")),  # the sender is a registered person
    Column("channel", String(16), nullable=False),
    Column("language", String(3), nullable=False, server_default="id"),
    Column("region", String(13), nullable=False, server_default=""),  # the office that sees it, and all above
    Column("place", String(13), nullable=False, server_default=""),  # what it is about; below region when shielded
    Column("shielded", Boolean, nullable=False, server_default=text("false")),  # from the office it may concern
    Column("summary", String(200), nullable=False, server_default=""),
    _ref("round_id", "rounds.id"),
    Column("answers_id", Id),  # the delivery it answers; no foreign key: deliveries name tickets
    _ref("assignee_id", "accounts.id"),
    Column("policy", String(48), nullable=False),
    Column("undelivered", String(120), nullable=False, server_default=""),  # why the last answer did not arrive
    Column("opened_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("next_due", UtcDateTime),  # the nearest unmet promise: what the desk sorts by (cache)
    Column("next_clock", String(16), nullable=False, server_default=""),
    Column("level", Integer, nullable=False, server_default="0"),  # escalations so far
    Column("breached", Boolean, nullable=False, server_default=text("false")),
    Column("wake", UtcDateTime),
    Column("rank", UtcDateTime, nullable=False),  # what the desk's lists are sorted by; see rules.boards
    Column("province", String(13), nullable=False, server_default=""),  # areas the region lies in
    Column("regency", String(13), nullable=False, server_default=""),
    Column("district", String(13), nullable=False, server_default=""),
    _ref("merged_into_id", "tickets.id"),  # it is handled with that one, and keeps its number, channel and clock
    # The distribution point of its round when it was opened: a round that is moved later leaves it where it was.
    Column("venue", String(120), nullable=False, server_default=""),
    Column("venue_region", String(13), nullable=False, server_default=""),
    Column("point", String(120), nullable=False, server_default=""),  # which it was: a point's code, or a venue's name
    Column("answered_at", UtcDateTime),  # when a person first answered (cache)
    Column("answered_after", BigInteger),  # seconds of the office's time until then (cache); null: no clock runs
)
Index("ix_tickets_merged", tickets.c.merged_into_id, **_when("merged_into_id IS NOT NULL"))
Index("ix_tickets_wake", tickets.c.wake, **_when("wake IS NOT NULL"))
Index("ix_tickets_round", tickets.c.round_id, tickets.c.opened_at, **_when("round_id IS NOT NULL"))
Index("ix_tickets_point", tickets.c.point, tickets.c.id, **_when("round_id IS NOT NULL"))
Index("ix_tickets_opened", tickets.c.opened_at)
_OPEN = "closed_at IS NULL"
Index("ix_tickets_open", tickets.c.rank, tickets.c.id, **_when(_OPEN))
Index("ix_tickets_mine", tickets.c.assignee_id, tickets.c.rank, tickets.c.id, **_when(_OPEN))
Index("ix_tickets_unassigned", tickets.c.rank, tickets.c.id, **_when(f"{_OPEN} AND assignee_id IS NULL"))
Index("ix_tickets_breaching", tickets.c.rank, tickets.c.id, **_when(f"{_OPEN} AND breached"))
Index("ix_tickets_waiting", tickets.c.rank, tickets.c.id, **_when(f"{_OPEN} AND status = 'waiting'"))
Index("ix_tickets_undelivered", tickets.c.rank, tickets.c.id, **_when(f"{_OPEN} AND undelivered <> ''"))
Index("ix_tickets_province", tickets.c.province, tickets.c.rank, tickets.c.id, **_when(_OPEN))
Index("ix_tickets_regency", tickets.c.regency, tickets.c.rank, tickets.c.id, **_when(_OPEN))
Index("ix_tickets_district", tickets.c.district, tickets.c.rank, tickets.c.id, **_when(_OPEN))
Index("ix_tickets_of_regency", tickets.c.regency, tickets.c.id)
Index("ix_tickets_hidden", tickets.c.region, **_when(f"{_OPEN} AND shielded"))

reporters = Table(  # who complained: sealed, so that no join tells; found by keyed index only
    "reporters",
    metadata,
    _id(),
    _ref("ticket_id", "tickets.id", nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # JSON: person_id, contact_id, kind, line, address, name, zone
    Column("person_index", LargeBinary(16)),
    Column("address_index", LargeBinary(16), nullable=False),
    UniqueConstraint("ticket_id"),
)
Index("ix_reporters_person", reporters.c.person_index)
Index("ix_reporters_address", reporters.c.address_index)

ticket_messages = Table(
    "ticket_messages",
    metadata,
    _id(),
    _ref("ticket_id", "tickets.id", nullable=False),
    Column("kind", String(8), nullable=False),  # in, out, note
    Column("text", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    _ref("account_id", "accounts.id"),
    _ref("heard_id", "heard.id"),
    _ref("delivery_id", "deliveries.id"),
    Column("ref", String(200), nullable=False, server_default=""),  # provider's id of the citizen's message
    Column("versions", Json, nullable=False),  # earlier wordings [{text, at}]
)
Index("ix_ticket_messages_ticket", ticket_messages.c.ticket_id, ticket_messages.c.id)

ticket_changes = Table(  # the ticket's history: audit trail and input of the promise
    "ticket_changes",
    metadata,
    _id(),
    _ref("ticket_id", "tickets.id", nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("who", String(64), nullable=False),
    Column("act", String(24), nullable=False),
    Column("was", String(12), nullable=False, server_default=""),
    Column("status", String(12), nullable=False, server_default=""),
    Column("why", String(500), nullable=False, server_default=""),
    Column("facts", Json, nullable=False),
)
Index("ix_ticket_changes_ticket", ticket_changes.c.ticket_id, ticket_changes.c.id)

ratings = Table(  # how content citizens were with what was done; one word each, the last one counts
    "ratings",
    metadata,
    Column("ticket_id", Id, ForeignKey("tickets.id"), primary_key=True),
    Column("score", Integer, nullable=False),  # 1 to 5
    Column("at", UtcDateTime, nullable=False),
)

levies = Table(  # what citizens say was asked or taken, in their words
    "levies",
    metadata,
    _id(),
    _ref("ticket_id", "tickets.id", nullable=False),
    Column("kind", String(16), nullable=False),  # deduction, illegal_levy
    Column("words", String(80), nullable=False),
    Column("amount", BigInteger),  # rupiah; null: none was named
    Column("at", UtcDateTime, nullable=False),
)
Index("ix_levies_ticket", levies.c.ticket_id, levies.c.id)

alarms = Table(  # of the radar: more people complain of a round at a point than chance explains; each once
    "alarms",
    metadata,
    _id(),
    _ref("round_id", "rounds.id", nullable=False),
    Column("kind", String(16), nullable=False),  # integrity, missing, goods
    Column("region", String(13), nullable=False),  # the office that sees it, and all above
    Column("people", Integer, nullable=False),
    Column("expected", Float, nullable=False),
    Column("evidence", Json, nullable=False),  # ids of tickets
    Column("at", UtcDateTime, nullable=False),
    _ref("account_id", "accounts.id"),  # who has taken note
    Column("taken_at", UtcDateTime),
    Column("venue", String(120), nullable=False, server_default=""),  # the point; the round may have moved since
    Column("point", String(120), nullable=False, server_default=""),  # its code, or the venue's name
    UniqueConstraint("round_id", "point", "kind"),
)

# --- strangers -------------------------------------------------------------------------------------------------------

tries = Table(  # how often strangers tried what is limited; the scope is keyed
    "tries",
    metadata,
    Column("scope", String(80), primary_key=True),
    Column("since", UtcDateTime, nullable=False, index=True),  # first try of the present span
    Column("n", Integer, nullable=False),
)

# --- conversations ---------------------------------------------------------------------------------------------------

talks = Table(  # how a conversation with one sender stands; without a flow only the language that was chosen is kept
    "talks",
    metadata,
    Column("sender_index", LargeBinary(16), primary_key=True),  # as in `heard`
    Column("language", String(3), nullable=False, server_default=""),  # that the sender chose; "" for none
    Column("flow", String(16), nullable=False, server_default=""),
    Column("step", String(16), nullable=False, server_default=""),
    Column("facts", LargeBinary),  # sealed JSON: what was gathered, and who is answered
    Column("misses", Integer, nullable=False, server_default="0"),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime),
)
Index("ix_talks_expires", talks.c.expires_at, **_when("expires_at IS NOT NULL"))

invitations = Table(  # one-time tokens of deep links
    "invitations",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),  # SHA-256 of the token
    _ref("person_id", "people.id"),  # whom it is for; or
    _ref("ticket_id", "tickets.id"),  # the report that whoever opens it follows
    Column("who", String(64), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
)

applications = Table(  # who asked to be registered: followed as a ticket, decided on by the village
    "applications",
    metadata,
    _id(),
    _ref("ticket_id", "tickets.id", nullable=False),
    Column("nik_index", LargeBinary(32), nullable=False, index=True),
    Column("sender_index", LargeBinary(16), nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # JSON: name, nik, village
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("ticket_id"),
)

policies = Table(  # every wording of every promise that was ever in force, with the calendar it was reckoned by
    "policies",
    metadata,
    _id(),
    Column("name", String(48), nullable=False),
    Column("version", Integer, nullable=False),
    Column("body", Json, nullable=False),  # {}: the configuration no longer has it
    Column("since", UtcDateTime, nullable=False),
    Column("reached", Id),  # open tickets up to this one were woken to adopt it; NULL: all of them
    UniqueConstraint("name", "version"),
)


boards = Table(  # kept counters of the desk's lists, by area
    "boards",
    metadata,
    Column("level", Integer, primary_key=True, autoincrement=False),  # 0 the country, 1 a province …
    Column("region", String(13), primary_key=True),  # prefix
    Column("view", String(12), primary_key=True),
    Column("account_id", Id, primary_key=True, autoincrement=False),  # whose list it is; 0: everybody's
    Column("n", Integer, nullable=False),
)

board_changes = Table(  # what is still to be added to them
    "board_changes",
    metadata,
    _id(),
    Column("level", Integer, nullable=False),
    Column("region", String(13), nullable=False),
    Column("view", String(12), nullable=False),
    Column("account_id", Id, nullable=False),
    Column("n", Integer, nullable=False),
)
Index("ix_board_changes_key", board_changes.c.level, board_changes.c.region, board_changes.c.view)

# --- groups ----------------------------------------------------------------------------------------------------------

group_chats = Table(  # groups and channels that the bot was added to
    "group_chats",
    metadata,
    _id(),
    Column("line", String(48), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("address", String(254), nullable=False),
    Column("title", String(120), nullable=False, server_default=""),
    Column(
        "region", String(13), nullable=False, server_default=""
    ),  # whose schedules are posted; "" waits for an admin
    Column("confirmed_by", String(64), nullable=False, server_default=""),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("line", "address"),
)

group_posts = Table(  # what was posted where
    "group_posts",
    metadata,
    _id(),
    _ref("group_id", "group_chats.id", nullable=False),
    _ref("round_id", "rounds.id", nullable=False),
    Column("round_version", Integer, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    UniqueConstraint("group_id", "round_id", "round_version"),
)

# --- working on tickets ----------------------------------------------------------------------------------------------

drafts = Table(  # what somebody is writing about a ticket and has not sent yet
    "drafts",
    metadata,
    Column("account_id", Id, ForeignKey("accounts.id"), primary_key=True),
    Column("ticket_id", Id, ForeignKey("tickets.id"), primary_key=True),
    Column("text", Text, nullable=False, server_default=""),  # to the citizen
    Column("note", Text, nullable=False, server_default=""),
    Column("at", UtcDateTime, nullable=False),
)

lookers = Table(  # who looks at a ticket just now
    "lookers",
    metadata,
    Column("ticket_id", Id, ForeignKey("tickets.id"), primary_key=True),
    Column("account_id", Id, ForeignKey("accounts.id"), primary_key=True),
    Column("until", UtcDateTime, nullable=False),
)

ticket_links = Table(  # tickets that belong together; one row, the older ticket first
    "ticket_links",
    metadata,
    Column("ticket_id", Id, ForeignKey("tickets.id"), primary_key=True),
    Column("other_id", Id, ForeignKey("tickets.id"), primary_key=True),
    Column("kind", String(12), nullable=False),  # related, split
    Column("who", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
Index("ix_ticket_links_other", ticket_links.c.other_id)

absences = Table(  # who is away, and until when: their tickets are given to others
    "absences",
    metadata,
    Column("account_id", Id, ForeignKey("accounts.id"), primary_key=True),
    Column("until", UtcDateTime, nullable=False),
    Column("who", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

incidents = Table(  # tickets that gather many complaints: one answer, one clock
    "incidents",
    metadata,
    Column("ticket_id", Id, ForeignKey("tickets.id"), primary_key=True),
    _ref("round_id", "rounds.id"),
    Column("gathered", Integer, nullable=False, server_default="0"),  # kept counter of its complaints
    Column("wake", UtcDateTime),  # complaints of its round are still to be gathered
)
Index("ix_incidents_wake", incidents.c.wake, **_when("wake IS NOT NULL"))
Index("ix_incidents_round", incidents.c.round_id, **_when("round_id IS NOT NULL"))

gathered = Table(  # complaints that an incident gathers, and bare ones that wait for there to be one
    "gathered",
    metadata,
    Column("ticket_id", Id, ForeignKey("tickets.id"), primary_key=True),
    _ref("round_id", "rounds.id"),
    _ref("incident_id", "incidents.ticket_id"),
)
Index("ix_gathered_incident", gathered.c.incident_id, gathered.c.ticket_id, **_when("incident_id IS NOT NULL"))
Index("ix_gathered_waiting", gathered.c.round_id, gathered.c.ticket_id, **_when("incident_id IS NULL"))

refusals = Table(  # kept counters of bare "TIDAK" to a round: too many are an incident
    "refusals",
    metadata,
    Column("round_id", Id, ForeignKey("rounds.id"), primary_key=True),
    Column("n", Integer, nullable=False),
)

fanouts = Table(  # an incident's answers on their way to each of its complaints
    "fanouts",
    metadata,
    _id(),
    _ref("incident_id", "incidents.ticket_id", nullable=False),
    _ref("account_id", "accounts.id", nullable=False),
    Column("act", String(24), nullable=False),
    Column("text", Text, nullable=False),
    Column("texts", Json, nullable=False),  # language → the same in that language
    Column("cursor", Id, nullable=False, server_default="0"),  # last complaint told
    Column("last", Id, nullable=False),  # complaints that came later are not told
    Column("told", Integer, nullable=False, server_default="0"),
    Column("skipped", Integer, nullable=False, server_default="0"),  # settled otherwise meanwhile
    Column("created_at", UtcDateTime, nullable=False),
    Column("wake", UtcDateTime),
)
Index("ix_fanouts_wake", fanouts.c.wake, **_when("wake IS NOT NULL"))
Index("ix_fanouts_incident", fanouts.c.incident_id)

# --- figures that are kept, not counted ------------------------------------------------------------------------------

line_days = Table(  # attempts by the day they began, in the service's zone
    "line_days",
    metadata,
    Column("day", Date, primary_key=True),
    Column("line", String(48), primary_key=True),
    Column("state", String(12), primary_key=True),
    Column("reason", String(40), primary_key=True),  # of failures and of what is unknown: its kind; otherwise ""
    Column("n", Integer, nullable=False),
    Column("segments", BigInteger, nullable=False),
    Column("settled", Integer, nullable=False),  # of these the provider told an outcome
    Column("seconds", BigInteger, nullable=False),  # from beginning to that outcome, all together
)

stretches = Table(  # attempts by number, counted together, again and again until their receipts are in
    "stretches",
    metadata,
    Column("first_id", Id, primary_key=True, autoincrement=False),
    Column("last_id", Id, nullable=False),
    Column("counts", Json, nullable=False),  # what it has added to line_days so far
    Column("looks", Integer, nullable=False, server_default="0"),
    Column("wake", UtcDateTime),  # when it is counted again; null: never
)
Index("ix_stretches_wake", stretches.c.wake, **_when("wake IS NOT NULL"))

line_rests = Table(  # when a line rested, as the clock saw it
    "line_rests",
    metadata,
    Column("line", String(48), primary_key=True),
    Column("since", UtcDateTime, primary_key=True),
    Column("until", UtcDateTime),  # null: it still does
    Column("reason", String(120), nullable=False, server_default=""),
)
Index("ix_line_rests_since", line_rests.c.since)

round_figures = Table(  # how a round went, by area: of its people every one is in one of confirmed … other
    "round_figures",
    metadata,
    Column("round_id", Id, ForeignKey("rounds.id"), primary_key=True),
    Column("level", Integer, primary_key=True, autoincrement=False),  # 0 the country, 1 a province …
    Column("region", String(13), primary_key=True),  # prefix
    Column("people", Integer, nullable=False),
    Column("told", Integer, nullable=False),
    Column("confirmed", Integer, nullable=False),
    Column("denied", Integer, nullable=False),
    Column("silent", Integer, nullable=False),
    Column("unreachable", Integer, nullable=False),
    Column("other", Integer, nullable=False),
    Column("complaints", Integer, nullable=False),
)

round_looks = Table(  # when a round's figures were made, and when they are made again
    "round_looks",
    metadata,
    Column("round_id", Id, ForeignKey("rounds.id"), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("wake", UtcDateTime),  # null: it is over for good
)

broadcast_looks = Table(  # what pages tell of a large broadcast, found by the clock: numbers and ids, no names
    "broadcast_looks",
    metadata,
    Column("broadcast_id", Id, ForeignKey("broadcasts.id"), primary_key=True),
    Column("what", String(12), primary_key=True),  # dry_run, account
    Column("at", UtcDateTime),  # when `found` was found; null: not yet
    Column("found", Json),
    Column("making", Json),  # what is found so far of the next
    Column("cursor", Id, nullable=False, server_default="0"),  # last person looked at for it
    Column("wake", UtcDateTime),  # when the clock goes on with it; null: never
)
Index("ix_broadcast_looks_wake", broadcast_looks.c.what, broadcast_looks.c.wake, **_when("wake IS NOT NULL"))

report_looks = Table(  # reports of the desk over many tickets, counted by the clock: numbers and codes, no names
    "report_looks",
    metadata,
    Column("by", String(12), primary_key=True),
    Column("region", String(13), primary_key=True),  # of whoever looks
    Column("first", Date, primary_key=True),
    Column("last", Date, primary_key=True),
    Column("at", UtcDateTime),  # when `found` was counted; null: not yet
    Column("found", Json),
    Column("wake", UtcDateTime),  # since when somebody waits for it; null: nobody
)
Index("ix_report_looks_wake", report_looks.c.wake, **_when("wake IS NOT NULL"))

# --- news for other systems ------------------------------------------------------------------------------------------

webhooks = Table(  # addresses of other systems that are told what happens
    "webhooks",
    metadata,
    _id(),
    Column("name", String(80), nullable=False),
    Column("url", String(500), nullable=False),
    Column("kinds", Json, nullable=False),
    Column("region", String(13), nullable=False, server_default=""),  # prefix; "" is told everything
    Column("shielded", Boolean, nullable=False, server_default=text("false")),  # also of hidden tickets
    Column("secret", LargeBinary, nullable=False),  # sealed
    Column("former", LargeBinary),  # sealed: the secret before, which signs too for a day
    Column("former_until", UtcDateTime),
    Column("state", String(8), nullable=False),  # on, paused, off (it failed for long, or wants no more), gone
    Column("why", String(200), nullable=False, server_default=""),  # why it is off
    Column("failures", Integer, nullable=False, server_default="0"),  # in a row
    Column("failing_since", UtcDateTime),
    Column("rest_until", UtcDateTime),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("created_by", String(64), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

happenings = Table(  # what the database noted while somebody follows; read within a second, and removed by that
    "happenings",
    metadata,
    _id(),
    Column("kind", String(12), nullable=False),  # delivery, ticket, broadcast
    Column("subject_id", Id, nullable=False),
    Column("change_id", Id),  # of a ticket: the entry of its history
    Column("state", String(24), nullable=False),
    Column("reason", String(200), nullable=False),
    Column("at", UtcDateTime),
)

webhook_events = Table(  # what others are told, word for word; kept for a week, to be told again
    "webhook_events",
    metadata,
    _id(),
    Column("uid", String(40), nullable=False, unique=True),  # the same however often it is told
    Column("kind", String(24), nullable=False),
    Column("subject", String(40), nullable=False),  # ticket:3: what its order is kept by
    Column("region", String(13), nullable=False, server_default=""),
    _ref("ticket_id", "tickets.id"),  # it may be hidden since
    Column("body", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False, index=True),
)

webhook_calls = Table(  # one event on its way to one address
    "webhook_calls",
    metadata,
    _id(),
    _ref("webhook_id", "webhooks.id", nullable=False),
    _ref("event_id", "webhook_events.id", nullable=False),
    Column("subject", String(40), nullable=False),
    Column("state", String(8), nullable=False),  # due, done, failed (given up), withheld (hidden meanwhile)
    Column("tries", Integer, nullable=False, server_default="0"),  # number of the try that may write
    Column("due_at", UtcDateTime, nullable=False),
    Column("lease_until", UtcDateTime),
    Column("first_at", UtcDateTime),  # first try
    Column("created_at", UtcDateTime, nullable=False, index=True),
)
Index(
    "ix_webhook_calls_due",
    webhook_calls.c.webhook_id,
    webhook_calls.c.due_at,
    webhook_calls.c.id,  # a whole broadcast may have fallen due in one instant
    **_when("state = 'due'"),
)
Index(
    "ix_webhook_calls_order",
    webhook_calls.c.webhook_id,
    webhook_calls.c.subject,
    webhook_calls.c.id,
    **_when("state = 'due'"),
)
Index("ix_webhook_calls_log", webhook_calls.c.webhook_id, webhook_calls.c.id)
Index("ix_webhook_calls_event", webhook_calls.c.event_id)

webhook_tries = Table(  # the log: what came of each call
    "webhook_tries",
    metadata,
    _id(),
    _ref("call_id", "webhook_calls.id", nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("status", Integer, nullable=False),  # 0: no answer
    Column("ms", Integer, nullable=False),
    Column("said", String(200), nullable=False, server_default=""),  # how the answer began, or why there was none
)
Index("ix_webhook_tries_call", webhook_tries.c.call_id)
