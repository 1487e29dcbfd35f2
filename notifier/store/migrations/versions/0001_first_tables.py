"""First tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

import notifier.store.schema

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("region", sa.String(length=13), server_default="", nullable=False),
        sa.Column("password", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=3), server_default="id", nullable=False),
        sa.Column("notify_kind", sa.String(length=16), server_default="", nullable=False),
        sa.Column("notify_address", sa.String(length=254), server_default="", nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("locked_until", notifier.store.schema.UtcDateTime(timezone=True), nullable=True),
        sa.Column("disabled_at", notifier.store.schema.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.Column("totp_secret", sa.LargeBinary(), nullable=True),
        sa.Column("totp_since", notifier.store.schema.UtcDateTime(timezone=True), nullable=True),
        sa.Column("totp_step", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("login", name=op.f("uq_accounts_login")),
    )
    op.create_table(
        "arrivals",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("line", sa.String(length=48), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("headers", sa.LargeBinary(), nullable=False),
        sa.Column("at", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("wake", notifier.store.schema.UtcDateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=120), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arrivals")),
    )
    with op.batch_alter_table("arrivals", schema=None) as batch_op:
        batch_op.create_index(
            "ix_arrivals_wake",
            ["wake", "id"],
            unique=False,
            sqlite_where=sa.text("wake IS NOT NULL"),
            postgresql_where=sa.text("wake IS NOT NULL"),
        )

    op.create_table(
        "imports",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("counts", sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("at", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
    )
    op.create_table(
        "keyrings",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("fingerprint", sa.String(length=16), nullable=False),
        sa.Column("since", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_keyrings")),
    )
    op.create_table(
        "leases",
        sa.Column("name", sa.String(length=48), nullable=False),
        sa.Column("holder", sa.String(length=80), nullable=False),
        sa.Column("until", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )
    op.create_table(
        "ledger",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("at", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("act", sa.String(length=48), nullable=False),
        sa.Column("about", sa.String(length=80), nullable=False),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("link", sa.LargeBinary(length=32), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger")),
        sa.UniqueConstraint("seq", name=op.f("uq_ledger_seq")),
    )
    with op.batch_alter_table("ledger", schema=None) as batch_op:
        batch_op.create_index("ix_ledger_about", ["about"], unique=False)
        batch_op.create_index("ix_ledger_who", ["who", "id"], unique=False)
        batch_op.create_index("ix_ledger_act", ["act", "id"], unique=False)
        batch_op.create_index("ix_ledger_at", ["at"], unique=False)
        batch_op.create_index(
            "ix_ledger_decided",
            ["id"],
            unique=False,
            sqlite_where=sa.text("act <> 'settled'"),
            postgresql_where=sa.text("act <> 'settled'"),
        )
        batch_op.create_index(
            "ix_ledger_unsealed",
            ["id"],
            unique=False,
            sqlite_where=sa.text("seq IS NULL"),
            postgresql_where=sa.text("seq IS NULL"),
        )

    op.create_table(
        "paces",
        sa.Column("scope", sa.String(length=120), nullable=False),
        sa.Column("next_free", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.Column("parked_until", notifier.store.schema.UtcDateTime(timezone=True), nullable=True),
        sa.Column("parks", sa.Integer(), server_default="0", nullable=False),
        sa.Column("alerted", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("reason", sa.String(length=120), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("scope", name=op.f("pk_paces")),
    )
    with op.batch_alter_table("paces", schema=None) as batch_op:
        batch_op.create_index(
            "ix_paces_parked",
            ["parked_until"],
            unique=False,
            sqlite_where=sa.text("parked_until IS NOT NULL"),
            postgresql_where=sa.text("parked_until IS NOT NULL"),
        )

    op.create_table(
        "regions",
        sa.Column("code", sa.String(length=13), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_regions")),
    )
    op.create_table(
        "points",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=48), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("region", sa.String(length=13), nullable=False),
        sa.Column("address", sa.String(length=200), server_default="", nullable=False),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("per_hour", sa.Integer(), nullable=True),
        sa.Column("per_day", sa.Integer(), nullable=True),
        sa.Column("hours", sa.String(length=200), server_default="", nullable=False),
        sa.Column("zone", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=12), server_default="open", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_points")),
        sa.UniqueConstraint("code", name=op.f("uq_points_code")),
    )
    op.create_table(
        "rounds",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=48), nullable=False),
        sa.Column("programme", sa.String(length=24), nullable=False),
        sa.Column("period", sa.String(length=60), nullable=False),
        sa.Column("region", sa.String(length=13), nullable=False),
        sa.Column("venue", sa.String(length=120), nullable=False),
        sa.Column("address", sa.String(length=200), server_default="", nullable=False),
        sa.Column("opens_at", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.Column("closes_at", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.Column("zone", sa.String(length=40), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("method", sa.String(length=16), nullable=False),
        sa.Column("note", sa.String(length=300), server_default="", nullable=False),
        sa.Column("state", sa.String(length=12), server_default="open", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("wake", notifier.store.schema.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.Column("point_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["point_id"], ["points.id"], name=op.f("fk_rounds_point_id_points")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rounds")),
        sa.UniqueConstraint("code", name=op.f("uq_rounds_code")),
    )
    with op.batch_alter_table("rounds", schema=None) as batch_op:
        batch_op.create_index("ix_rounds_closes", ["closes_at"], unique=False)
        batch_op.create_index("ix_rounds_opens", ["opens_at", "id"], unique=False)
        batch_op.create_index(
            "ix_rounds_point",
            ["point_id", "closes_at"],
            unique=False,
            sqlite_where=sa.text("point_id IS NOT NULL"),
            postgresql_where=sa.text("point_id IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_rounds_wake",
            ["wake"],
            unique=False,
            sqlite_where=sa.text("wake IS NOT NULL"),
            postgresql_where=sa.text("wake IS NOT NULL"),
        )

    op.create_table(
        "silences",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("since", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kind", "address", name=op.f("pk_silences")),
    )
    op.create_table(
        "templates",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=3), nullable=False),
        sa.Column("part", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("created_at", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.Column("published_at", notifier.store.schema.UtcDateTime(timezone=True), nullable=True),
        sa.Column("reviewer", sa.String(length=64), nullable=True),
        sa.Column("reviewed_at", notifier.store.schema.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_templates")),
        sa.UniqueConstraint(
            "event",
            "channel",
            "language",
            "part",
            "version",
            name=op.f("uq_templates_event_channel_language_part_version"),
        ),
    )
    op.create_table(
        "series",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("programme", sa.String(length=24), nullable=False),
        sa.Column("region", sa.String(length=13), server_default="", nullable=False),
        sa.Column("rule", sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"), nullable=True),
        sa.Column("every", sa.String(length=8), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("hour", sa.String(length=5), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("cap", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("planned_by", sa.String(length=64), nullable=False),
        sa.Column("planned_at", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.String(length=64), server_default="", nullable=False),
        sa.Column("approved_at", notifier.store.schema.UtcDateTime(timezone=True), nullable=True),
        sa.Column("since", notifier.store.schema.UtcDateTime(timezone=True), nullable=True),
        sa.Column("text", sa.String(length=300), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
    )
    op.create_table(
        "person_lists",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("region", sa.String(length=13), server_default="", nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("strays", sa.Integer(), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("at", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_lists")),
    )
    op.create_table(
        "broadcasts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("round_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("round_version", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("paused_from", sa.String(length=12), server_default="", nullable=False),
        sa.Column("why", sa.String(length=200), server_default="", nullable=False),
        sa.Column("at", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.Column("again", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("language", sa.String(length=3), server_default="", nullable=False),
        sa.Column("planned_by", sa.String(length=64), nullable=False),
        sa.Column("planned_at", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.String(length=64), server_default="", nullable=False),
        sa.Column("approved_at", notifier.store.schema.UtcDateTime(timezone=True), nullable=True),
        sa.Column("approved_audience", sa.Integer(), nullable=False),
        sa.Column("audience", sa.Integer(), server_default="0", nullable=False),
        sa.Column("expanded", sa.Integer(), server_default="0", nullable=False),
        sa.Column("cursor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="0", nullable=False),
        sa.Column("facts", sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"), nullable=False),
        sa.Column("pins", sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"), nullable=False),
        sa.Column("canary", sa.Integer(), server_default="0", nullable=False),
        sa.Column("canary_until", notifier.store.schema.UtcDateTime(timezone=True), nullable=True),
        sa.Column("cap", sa.BigInteger(), nullable=True),
        sa.Column("wake", notifier.store.schema.UtcDateTime(timezone=True), nullable=True),
        sa.Column("rule", sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"), nullable=True),
        sa.Column("series_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("occurrence", sa.String(length=16), server_default="", nullable=False),
        sa.Column("region", sa.String(length=13), server_default="", nullable=False),
        sa.Column("zone", sa.String(length=40), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["broadcasts.id"], name=op.f("fk_broadcasts_parent_id_broadcasts")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_broadcasts_round_id_rounds")),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name=op.f("fk_broadcasts_series_id_series")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcasts")),
    )
    with op.batch_alter_table("broadcasts", schema=None) as batch_op:
        batch_op.create_index("ix_broadcasts_round", ["round_id"], unique=False)
        batch_op.create_index("ix_broadcasts_at", ["at"], unique=False)
        batch_op.create_index(
            "ix_broadcasts_live",
            ["at"],
            unique=False,
            sqlite_where=sa.text("state NOT IN ('done', 'stopped')"),
            postgresql_where=sa.text("state NOT IN ('done', 'stopped')"),
        )
        batch_op.create_index(
            "ix_broadcasts_wake",
            ["wake"],
            unique=False,
            sqlite_where=sa.text("wake IS NOT NULL"),
            postgresql_where=sa.text("wake IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_broadcasts_occurrence",
            ["series_id", "round_id", "round_version", "occurrence"],
            unique=True,
            sqlite_where=sa.text("series_id IS NOT NULL"),
            postgresql_where=sa.text("series_id IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_broadcasts_alone",
            ["series_id", "occurrence"],
            unique=True,
            sqlite_where=sa.text("series_id IS NOT NULL AND round_id IS NULL AND occurrence <> ''"),
            postgresql_where=sa.text("series_id IS NOT NULL AND round_id IS NULL AND occurrence <> ''"),
        )

    op.create_table(
        "people",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("nik", sa.LargeBinary(), nullable=False),
        sa.Column("nik_index", sa.LargeBinary(length=32), nullable=False),
        sa.Column("nik_masked", sa.String(length=16), nullable=False),
        sa.Column("kk", sa.LargeBinary(), nullable=True),
        sa.Column("kk_index", sa.LargeBinary(length=32), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("sex", sa.String(length=1), server_default="", nullable=False),
        sa.Column("born", sa.Date(), nullable=True),
        sa.Column("address", sa.String(length=200), server_default="", nullable=False),
        sa.Column("rt", sa.String(length=4), server_default="", nullable=False),
        sa.Column("rw", sa.String(length=4), server_default="", nullable=False),
        sa.Column("region", sa.String(length=13), nullable=False),
        sa.Column("zone", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=3), server_default="id", nullable=False),
        sa.Column("prefers", sa.String(length=16), server_default="", nullable=False),
        sa.Column("flags", sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"), nullable=False),
        sa.Column("silenced_at", notifier.store.schema.UtcDateTime(timezone=True), nullable=True),
        sa.Column("merged_into_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("erased_at", notifier.store.schema.UtcDateTime(timezone=True), nullable=True),
        sa.Column("import_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name=op.f("fk_people_import_id_imports")),
        sa.ForeignKeyConstraint(["merged_into_id"], ["people.id"], name=op.f("fk_people_merged_into_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("nik_index", name=op.f("uq_people_nik_index")),
    )
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_people_kk_index"), ["kk_index"], unique=False)
        batch_op.create_index("ix_people_region", ["region", "id"], unique=False)
        batch_op.create_index(
            "ix_people_merged",
            ["merged_into_id"],
            unique=False,
            sqlite_where=sa.text("merged_into_id IS NOT NULL"),
            postgresql_where=sa.text("merged_into_id IS NOT NULL"),
        )

    op.create_table(
        "api_keys",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("prefix", sa.String(length=12), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("scopes", sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"), nullable=False),
        sa.Column("region", sa.String(length=13), server_default="", nullable=False),
        sa.Column("per_minute", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.Column("created_at", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.Column("used_at", notifier.store.schema.UtcDateTime(timezone=True), nullable=True),
        sa.Column("expires_at", notifier.store.schema.UtcDateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", notifier.store.schema.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_api_keys_account_id_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("prefix", name=op.f("uq_api_keys_prefix")),
    )
    op.create_table(
        "api_requests",
        sa.Column("key_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token", sa.String(length=128), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("lease_until", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["api_keys.id"], name=op.f("fk_api_requests_key_id_api_keys")),
        sa.PrimaryKeyConstraint("key_id", "token", name=op.f("pk_api_requests")),
    )
    with op.batch_alter_table("api_requests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_api_requests_created_at"), ["created_at"], unique=False)

    op.create_table(
        "sessions",
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("data", sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"), nullable=False),
        sa.Column("created_at", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.Column("stage", sa.String(length=8), server_default="", nullable=False),
        sa.Column("device", sa.String(length=60), server_default="", nullable=False),
        sa.Column("place", sa.String(length=48), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_sessions_account_id_accounts")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_sessions")),
    )
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sessions_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index("ix_sessions_account", ["account_id"], unique=False)

    op.create_table(
        "recovery_codes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("used_at", notifier.store.schema.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_recovery_codes_account_id_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
        sa.UniqueConstraint("account_id", "digest", name=op.f("uq_recovery_codes_account_id_digest")),
    )
    op.create_table(
        "account_acts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("act", sa.String(length=48), nullable=False),
        sa.Column("why", sa.String(length=200), server_default="", nullable=False),
        sa.Column("facts", sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_account_acts_account_id_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_acts")),
    )
    with op.batch_alter_table("account_acts", schema=None) as batch_op:
        batch_op.create_index("ix_account_acts_account", ["account_id", "id"], unique=False)

    op.create_table(
        "tickets",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("category", sa.String(length=24), nullable=False),
        sa.Column(
            "categories", sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"), nullable=False
        ),
        sa.Column("urgent", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("confidentiality", sa.String(length=12), server_default="open", nullable=False),
        sa.Column("verified", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=3), server_default="id", nullable=False),
        sa.Column("region", sa.String(length=13), server_default="", nullable=False),
        sa.Column("place", sa.String(length=13), server_default="", nullable=False),
        sa.Column("shielded", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("summary", sa.String(length=200), server_default="", nullable=False),
        sa.Column("round_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("answers_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("assignee_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("policy", sa.String(length=48), nullable=False),
        sa.Column("undelivered", sa.String(length=120), server_default="", nullable=False),
        sa.Column("opened_at", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.Column("closed_at", notifier.store.schema.UtcDateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("next_due", notifier.store.schema.UtcDateTime(timezone=True), nullable=True),
        sa.Column("next_clock", sa.String(length=16), server_default="", nullable=False),
        sa.Column("level", sa.Integer(), server_default="0", nullable=False),
        sa.Column("breached", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("wake", notifier.store.schema.UtcDateTime(timezone=True), nullable=True),
        sa.Column("rank", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.Column("province", sa.String(length=13), server_default="", nullable=False),
        sa.Column("regency", sa.String(length=13), server_default="", nullable=False),
        sa.Column("district", sa.String(length=13), server_default="", nullable=False),
        sa.Column("merged_into_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("venue", sa.String(length=120), server_default="", nullable=False),
        sa.Column("venue_region", sa.String(length=13), server_default="", nullable=False),
        sa.Column("point", sa.String(length=120), server_default="", nullable=False),
        sa.Column("answered_at", notifier.store.schema.UtcDateTime(timezone=True), nullable=True),
        sa.Column("answered_after", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["assignee_id"], ["accounts.id"], name=op.f("fk_tickets_assignee_id_accounts")),
        sa.ForeignKeyConstraint(["merged_into_id"], ["tickets.id"], name=op.f("fk_tickets_merged_into_id_tickets")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_tickets_round_id_rounds")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tickets")),
        sa.UniqueConstraint("number", name=op.f("uq_tickets_number")),
    )
    with op.batch_alter_table("tickets", schema=None) as batch_op:
        batch_op.create_index(
            "ix_tickets_breaching",
            ["rank", "id"],
            unique=False,
            sqlite_where=sa.text("closed_at IS NULL AND breached"),
            postgresql_where=sa.text("closed_at IS NULL AND breached"),
        )
        batch_op.create_index(
            "ix_tickets_district",
            ["district", "rank", "id"],
            unique=False,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
        batch_op.create_index(
            "ix_tickets_merged",
            ["merged_into_id"],
            unique=False,
            sqlite_where=sa.text("merged_into_id IS NOT NULL"),
            postgresql_where=sa.text("merged_into_id IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_tickets_mine",
            ["assignee_id", "rank", "id"],
            unique=False,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
        batch_op.create_index("ix_tickets_opened", ["opened_at"], unique=False)
        batch_op.create_index(
            "ix_tickets_round",
            ["round_id", "opened_at"],
            unique=False,
            sqlite_where=sa.text("round_id IS NOT NULL"),
            postgresql_where=sa.text("round_id IS NOT NULL"),
        )
        batch_op.create_index("ix_tickets_of_regency", ["regency", "id"], unique=False)
        batch_op.create_index(
            "ix_tickets_hidden",
            ["region"],
            unique=False,
            sqlite_where=sa.text("closed_at IS NULL AND shielded"),
            postgresql_where=sa.text("closed_at IS NULL AND shielded"),
        )
        batch_op.create_index(
            "ix_tickets_open",
            ["rank", "id"],
            unique=False,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
        batch_op.create_index(
            "ix_tickets_province",
            ["province", "rank", "id"],
            unique=False,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
        batch_op.create_index(
            "ix_tickets_regency",
            ["regency", "rank", "id"],
            unique=False,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
        batch_op.create_index(
            "ix_tickets_unassigned",
            ["rank", "id"],
            unique=False,
            sqlite_where=sa.text("closed_at IS NULL AND assignee_id IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL AND assignee_id IS NULL"),
        )
        batch_op.create_index(
            "ix_tickets_undelivered",
            ["rank", "id"],
            unique=False,
            sqlite_where=sa.text("closed_at IS NULL AND undelivered <> ''"),
            postgresql_where=sa.text("closed_at IS NULL AND undelivered <> ''"),
        )
        batch_op.create_index(
            "ix_tickets_point",
            ["point", "id"],
            unique=False,
            sqlite_where=sa.text("round_id IS NOT NULL"),
            postgresql_where=sa.text("round_id IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_tickets_waiting",
            ["rank", "id"],
            unique=False,
            sqlite_where=sa.text("closed_at IS NULL AND status = 'waiting'"),
            postgresql_where=sa.text("closed_at IS NULL AND status = 'waiting'"),
        )
        batch_op.create_index(
            "ix_tickets_wake",
            ["wake"],
            unique=False,
            sqlite_where=sa.text("wake IS NOT NULL"),
            postgresql_where=sa.text("wake IS NOT NULL"),
        )

    op.create_table(
        "conflicts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("import_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("column", sa.String(length=40), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("state", sa.String(length=12), server_default="open", nullable=False),
        sa.Column("created_at", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name=op.f("fk_conflicts_import_id_imports")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_conflicts_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflicts")),
        sa.UniqueConstraint("person_id", "digest", name=op.f("uq_conflicts_person_id_digest")),
    )
    op.create_table(
        "uploads",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("folder", sa.String(length=40), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("region", sa.String(length=13), server_default="", nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("step", sa.String(length=12), server_default="", nullable=False),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("total", sa.Integer(), server_default="0", nullable=False),
        sa.Column("look", sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"), nullable=False),
        sa.Column("counts", sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"), nullable=False),
        sa.Column("why", sa.String(length=500), server_default="", nullable=False),
        sa.Column("yes", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("partial", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("stop", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("fence", sa.Integer(), server_default="0", nullable=False),
        sa.Column("import_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.Column("started_at", notifier.store.schema.UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended_at", notifier.store.schema.UtcDateTime(timezone=True), nullable=True),
        sa.Column("wake", notifier.store.schema.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name=op.f("fk_uploads_import_id_imports")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploads")),
    )
    with op.batch_alter_table("uploads", schema=None) as batch_op:
        batch_op.create_index(
            "ix_uploads_wake",
            ["wake"],
            unique=False,
            sqlite_where=sa.text("wake IS NOT NULL"),
            postgresql_where=sa.text("wake IS NOT NULL"),
        )

    op.create_table(
        "person_acts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("act", sa.String(length=24), nullable=False),
        sa.Column("why", sa.String(length=200), server_default="", nullable=False),
        sa.Column("facts", sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_person_acts_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_acts")),
    )
    with op.batch_alter_table("person_acts", schema=None) as batch_op:
        batch_op.create_index("ix_person_acts_person", ["person_id", "id"], unique=False)

    op.create_table(
        "doubles",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("other_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("region", sa.String(length=13), nullable=False),
        sa.Column("state", sa.String(length=12), server_default="open", nullable=False),
        sa.Column("who", sa.String(length=64), server_default="", nullable=False),
        sa.Column("at", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.Column("decided_at", notifier.store.schema.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["other_id"], ["people.id"], name=op.f("fk_doubles_other_id_people")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_doubles_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_doubles")),
        sa.UniqueConstraint("key", name=op.f("uq_doubles_key")),
    )
    with op.batch_alter_table("doubles", schema=None) as batch_op:
        batch_op.create_index(
            "ix_doubles_open",
            ["kind", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.create_index("ix_doubles_other", ["other_id"], unique=False)
        batch_op.create_index("ix_doubles_person", ["person_id"], unique=False)

    op.create_table(
        "walks",
        sa.Column("name", sa.String(length=24), nullable=False),
        sa.Column("cursor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("wake", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_walks")),
    )
    op.create_table(
        "contacts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("line", sa.String(length=48), server_default="", nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("state", sa.String(length=12), server_default="ok", nullable=False),
        sa.Column("reason", sa.String(length=120), server_default="", nullable=False),
        sa.Column("stopped_at", notifier.store.schema.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_contacts_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts")),
        sa.UniqueConstraint("person_id", "kind", "address", name=op.f("uq_contacts_person_id_kind_address")),
    )
    with op.batch_alter_table("contacts", schema=None) as batch_op:
        batch_op.create_index("ix_contacts_kind_address", ["kind", "address"], unique=False)

    op.create_table(
        "loads",
        sa.Column("broadcast_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("worker", sa.String(length=80), nullable=False),
        sa.Column("line", sa.String(length=48), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("segments", sa.BigInteger(), nullable=False),
        sa.Column("rupiah", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["broadcast_id"], ["broadcasts.id"], name=op.f("fk_loads_broadcast_id_broadcasts")),
        sa.PrimaryKeyConstraint("broadcast_id", "worker", "line", name=op.f("pk_loads")),
    )
    op.create_table(
        "echoes",
        sa.Column("broadcast_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("intent", sa.String(length=24), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["broadcast_id"], ["broadcasts.id"], name=op.f("fk_echoes_broadcast_id_broadcasts")),
        sa.PrimaryKeyConstraint("broadcast_id", "intent", name=op.f("pk_echoes")),
    )
    op.create_table(
        "enrolments",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("programme", sa.String(length=24), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("updated_at", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_enrolments_person_id_people")),
        sa.PrimaryKeyConstraint("person_id", "programme", name=op.f("pk_enrolments")),
    )
    with op.batch_alter_table("enrolments", schema=None) as batch_op:
        batch_op.create_index("ix_enrolments_programme_status", ["programme", "status", "person_id"], unique=False)

    op.create_table(
        "entitlements",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("round_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("record", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=200), server_default="", nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("updated_at", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_entitlements_person_id_people")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_entitlements_round_id_rounds")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entitlements")),
        sa.UniqueConstraint("round_id", "person_id", name=op.f("uq_entitlements_round_id_person_id")),
    )
    with op.batch_alter_table("entitlements", schema=None) as batch_op:
        batch_op.create_index("ix_entitlements_person", ["person_id"], unique=False)
        batch_op.create_index(
            "ix_entitlements_round_status",
            ["round_id", "status", "person_id"],
            unique=False,
            sqlite_where=sa.text("status <> 'DIJADWALKAN'"),
            postgresql_where=sa.text("status <> 'DIJADWALKAN'"),
        )

    op.create_table(
        "reporters",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("person_index", sa.LargeBinary(length=16), nullable=True),
        sa.Column("address_index", sa.LargeBinary(length=16), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_reporters_ticket_id_tickets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reporters")),
        sa.UniqueConstraint("ticket_id", name=op.f("uq_reporters_ticket_id")),
    )
    with op.batch_alter_table("reporters", schema=None) as batch_op:
        batch_op.create_index("ix_reporters_address", ["address_index"], unique=False)
        batch_op.create_index("ix_reporters_person", ["person_index"], unique=False)

    op.create_table(
        "tallies",
        sa.Column("broadcast_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("worker", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["broadcast_id"], ["broadcasts.id"], name=op.f("fk_tallies_broadcast_id_broadcasts")),
        sa.PrimaryKeyConstraint("broadcast_id", "worker", "state", "reason", name=op.f("pk_tallies")),
    )
    op.create_table(
        "ticket_changes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("act", sa.String(length=24), nullable=False),
        sa.Column("was", sa.String(length=12), server_default="", nullable=False),
        sa.Column("status", sa.String(length=12), server_default="", nullable=False),
        sa.Column("why", sa.String(length=500), server_default="", nullable=False),
        sa.Column("facts", sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_changes_ticket_id_tickets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_changes")),
    )
    with op.batch_alter_table("ticket_changes", schema=None) as batch_op:
        batch_op.create_index("ix_ticket_changes_ticket", ["ticket_id", "id"], unique=False)

    op.create_table(
        "deliveries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("broadcast_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("round_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("lane", sa.Integer(), nullable=False),
        sa.Column("line", sa.String(length=48), server_default="", nullable=False),
        sa.Column("language", sa.String(length=3), nullable=False),
        sa.Column("zone", sa.String(length=40), nullable=False),
        sa.Column("facts", sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("held", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("maybe_twice", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("reason", sa.String(length=120), server_default="", nullable=False),
        sa.Column("round_version", sa.Integer(), server_default="0", nullable=False),
        sa.Column("generation", sa.Integer(), server_default="1", nullable=False),
        sa.Column("fence", sa.Integer(), server_default="0", nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("first_failed_at", notifier.store.schema.UtcDateTime(timezone=True), nullable=True),
        sa.Column("due_at", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", notifier.store.schema.UtcDateTime(timezone=True), nullable=True),
        sa.Column("lease_until", notifier.store.schema.UtcDateTime(timezone=True), nullable=True),
        sa.Column("window", sa.Boolean(), server_default=sa.text("(true)"), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("thread", sa.String(length=200), server_default="", nullable=False),
        sa.Column("created_at", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.Column("settled_at", notifier.store.schema.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_deliveries_account_id_accounts")),
        sa.ForeignKeyConstraint(
            ["broadcast_id"], ["broadcasts.id"], name=op.f("fk_deliveries_broadcast_id_broadcasts")
        ),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_deliveries_contact_id_contacts")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_deliveries_person_id_people")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_deliveries_round_id_rounds")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_deliveries_ticket_id_tickets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
    )
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.create_index(
            "ix_deliveries_broadcast_person",
            ["broadcast_id", "person_id"],
            unique=True,
            sqlite_where=sa.text("broadcast_id IS NOT NULL"),
            postgresql_where=sa.text("broadcast_id IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_deliveries_due",
            ["line", "lane", "due_at", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'due'"),
            postgresql_where=sa.text("state = 'due'"),
        )
        batch_op.create_index(
            "ix_deliveries_held", ["id"], unique=False, sqlite_where=sa.text("held"), postgresql_where=sa.text("held")
        )
        batch_op.create_index(
            "ix_deliveries_lease",
            ["lease_until"],
            unique=False,
            sqlite_where=sa.text("lease_until IS NOT NULL"),
            postgresql_where=sa.text("lease_until IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_deliveries_person",
            ["person_id"],
            unique=False,
            sqlite_where=sa.text("person_id IS NOT NULL"),
            postgresql_where=sa.text("person_id IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_deliveries_ticket",
            ["ticket_id"],
            unique=False,
            sqlite_where=sa.text("ticket_id IS NOT NULL"),
            postgresql_where=sa.text("ticket_id IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_deliveries_untold",
            ["broadcast_id", "person_id"],
            unique=False,
            sqlite_where=sa.text("state IN ('failed', 'unknown', 'expired', 'suppressed', 'cancelled')"),
            postgresql_where=sa.text("state IN ('failed', 'unknown', 'expired', 'suppressed', 'cancelled')"),
        )
        batch_op.create_index(
            "ix_deliveries_stopped",
            ["broadcast_id", "person_id"],
            unique=False,
            sqlite_where=sa.text("state = 'suppressed' AND reason = 'stopped'"),
            postgresql_where=sa.text("state = 'suppressed' AND reason = 'stopped'"),
        )

    op.create_table(
        "entitlement_changes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("entitlement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.Column("was", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=200), server_default="", nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("delivery_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["deliveries.id"], name=op.f("fk_entitlement_changes_delivery_id_deliveries")
        ),
        sa.ForeignKeyConstraint(
            ["entitlement_id"], ["entitlements.id"], name=op.f("fk_entitlement_changes_entitlement_id_entitlements")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entitlement_changes")),
    )
    with op.batch_alter_table("entitlement_changes", schema=None) as batch_op:
        batch_op.create_index(
            "ix_entitlement_changes_denied",
            ["id"],
            unique=False,
            sqlite_where=sa.text("who = 'citizen' AND status = 'DISALURKAN'"),
            postgresql_where=sa.text("who = 'citizen' AND status = 'DISALURKAN'"),
        )
        batch_op.create_index("ix_entitlement_changes_entitlement", ["entitlement_id"], unique=False)

    op.create_table(
        "attempts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("delivery_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("line", sa.String(length=48), nullable=False),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("address_index", sa.LargeBinary(length=16), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("template", sa.String(length=80), server_default="", nullable=False),
        sa.Column("round_version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=120), server_default="", nullable=False),
        sa.Column("ref", sa.String(length=200), server_default="", nullable=False),
        sa.Column("segments", sa.Integer(), server_default="0", nullable=False),
        sa.Column("started_at", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.Column("settled_at", notifier.store.schema.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_attempts_contact_id_contacts")),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], name=op.f("fk_attempts_delivery_id_deliveries")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
        sa.UniqueConstraint("delivery_id", "number", name=op.f("uq_attempts_delivery_id_number")),
    )
    with op.batch_alter_table("attempts", schema=None) as batch_op:
        batch_op.create_index("ix_attempts_address", ["address_index", "id"], unique=False)
        batch_op.create_index("ix_attempts_line_key", ["line", "key"], unique=False)
        batch_op.create_index(
            "ix_attempts_line_ref",
            ["line", "ref"],
            unique=False,
            sqlite_where=sa.text("ref <> ''"),
            postgresql_where=sa.text("ref <> ''"),
        )

    op.create_table(
        "heard",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("arrival_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("line", sa.String(length=48), nullable=False),
        sa.Column("dedupe", sa.String(length=200), nullable=False),
        sa.Column("sender_index", sa.LargeBinary(length=16), nullable=False),
        sa.Column("sender", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("ref", sa.String(length=200), server_default="", nullable=False),
        sa.Column("album", sa.String(length=64), server_default="", nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("at", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.Column("intent", sa.String(length=24), server_default="", nullable=False),
        sa.Column("why", sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"), nullable=False),
        sa.Column("effect", sa.String(length=40), server_default="", nullable=False),
        sa.Column("answers_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["answers_id"], ["deliveries.id"], name=op.f("fk_heard_answers_id_deliveries")),
        sa.ForeignKeyConstraint(["arrival_id"], ["arrivals.id"], name=op.f("fk_heard_arrival_id_arrivals")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_heard_ticket_id_tickets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_heard")),
        sa.UniqueConstraint("line", "dedupe", name=op.f("uq_heard_line_dedupe")),
    )
    with op.batch_alter_table("heard", schema=None) as batch_op:
        batch_op.create_index(
            "ix_heard_answers",
            ["answers_id"],
            unique=False,
            sqlite_where=sa.text("answers_id IS NOT NULL"),
            postgresql_where=sa.text("answers_id IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_heard_pieces",
            ["at"],
            unique=False,
            sqlite_where=sa.text("effect = 'part'"),
            postgresql_where=sa.text("effect = 'part'"),
        )
        batch_op.create_index(
            "ix_heard_ref",
            ["line", "ref"],
            unique=False,
            sqlite_where=sa.text("ref <> ''"),
            postgresql_where=sa.text("ref <> ''"),
        )
        batch_op.create_index("ix_heard_sender", ["sender_index", "id"], unique=False)

    op.create_table(
        "visits",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("delivery_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("result", sa.String(length=8), nullable=False),
        sa.Column("note", sa.String(length=200), server_default="", nullable=False),
        sa.Column("at", sa.Date(), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("created_at", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], name=op.f("fk_visits_delivery_id_deliveries")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visits")),
        sa.UniqueConstraint("delivery_id", "at", "result", name=op.f("uq_visits_delivery_id_at_result")),
    )
    op.create_table(
        "files",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("heard_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("type", sa.String(length=80), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("handle", sa.String(length=300), server_default="", nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=120), server_default="", nullable=False),
        sa.Column("path", sa.String(length=120), server_default="", nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("wake", notifier.store.schema.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["heard_id"], ["heard.id"], name=op.f("fk_files_heard_id_heard")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_files_ticket_id_tickets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_files")),
    )
    with op.batch_alter_table("files", schema=None) as batch_op:
        batch_op.create_index(
            "ix_files_ticket",
            ["ticket_id"],
            unique=False,
            sqlite_where=sa.text("ticket_id IS NOT NULL"),
            postgresql_where=sa.text("ticket_id IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_files_wake",
            ["wake"],
            unique=False,
            sqlite_where=sa.text("wake IS NOT NULL"),
            postgresql_where=sa.text("wake IS NOT NULL"),
        )

    op.create_table(
        "receipts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("line", sa.String(length=48), nullable=False),
        sa.Column("ref", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=64), server_default="", nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=120), server_default="", nullable=False),
        sa.Column("permanent", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("at", notifier.store.schema.UtcDateTime(timezone=True), nullable=True),
        sa.Column("heard_at", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.Column("attempt_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempts.id"], name=op.f("fk_receipts_attempt_id_attempts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipts")),
        sa.UniqueConstraint("line", "ref", "key", "state", name=op.f("uq_receipts_line_ref_key_state")),
    )
    with op.batch_alter_table("receipts", schema=None) as batch_op:
        batch_op.create_index(
            "ix_receipts_unmatched",
            ["line", "ref"],
            unique=False,
            sqlite_where=sa.text("attempt_id IS NULL"),
            postgresql_where=sa.text("attempt_id IS NULL"),
        )

    op.create_table(
        "ticket_messages",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("heard_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("delivery_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("ref", sa.String(length=200), server_default="", nullable=False),
        sa.Column(
            "versions", sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"), nullable=False
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_ticket_messages_account_id_accounts")),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["deliveries.id"], name=op.f("fk_ticket_messages_delivery_id_deliveries")
        ),
        sa.ForeignKeyConstraint(["heard_id"], ["heard.id"], name=op.f("fk_ticket_messages_heard_id_heard")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_messages_ticket_id_tickets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_messages")),
    )
    with op.batch_alter_table("ticket_messages", schema=None) as batch_op:
        batch_op.create_index("ix_ticket_messages_ticket", ["ticket_id", "id"], unique=False)

    op.create_table(
        "tries",
        sa.Column("scope", sa.String(length=80), nullable=False),
        sa.Column("since", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("scope", name=op.f("pk_tries")),
    )
    with op.batch_alter_table("tries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tries_since"), ["since"], unique=False)

    op.create_table(
        "ratings",
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("at", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_ratings_ticket_id_tickets")),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_ratings")),
    )
    op.create_table(
        "levies",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("words", sa.String(length=80), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("at", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_levies_ticket_id_tickets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_levies")),
    )
    with op.batch_alter_table("levies", schema=None) as batch_op:
        batch_op.create_index("ix_levies_ticket", ["ticket_id", "id"], unique=False)

    op.create_table(
        "alarms",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("round_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("region", sa.String(length=13), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("expected", sa.Float(), nullable=False),
        sa.Column(
            "evidence", sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"), nullable=False
        ),
        sa.Column("at", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("taken_at", notifier.store.schema.UtcDateTime(timezone=True), nullable=True),
        sa.Column("venue", sa.String(length=120), server_default="", nullable=False),
        sa.Column("point", sa.String(length=120), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_alarms_account_id_accounts")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_alarms_round_id_rounds")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarms")),
        sa.UniqueConstraint("round_id", "point", "kind", name=op.f("uq_alarms_round_id_point_kind")),
    )
    op.create_table(
        "talks",
        sa.Column("sender_index", sa.LargeBinary(length=16), nullable=False),
        sa.Column("language", sa.String(length=3), server_default="", nullable=False),
        sa.Column("flow", sa.String(length=16), server_default="", nullable=False),
        sa.Column("step", sa.String(length=16), server_default="", nullable=False),
        sa.Column("facts", sa.LargeBinary(), nullable=True),
        sa.Column("misses", sa.Integer(), server_default="0", nullable=False),
        sa.Column("updated_at", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", notifier.store.schema.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("sender_index", name=op.f("pk_talks")),
    )
    with op.batch_alter_table("talks", schema=None) as batch_op:
        batch_op.create_index(
            "ix_talks_expires",
            ["expires_at"],
            unique=False,
            sqlite_where=sa.text("expires_at IS NOT NULL"),
            postgresql_where=sa.text("expires_at IS NOT NULL"),
        )

    op.create_table(
        "invitations",
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("created_at", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.Column("used_at", notifier.store.schema.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_invitations_person_id_people")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_invitations_ticket_id_tickets")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_invitations")),
    )
    op.create_table(
        "applications",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("nik_index", sa.LargeBinary(length=32), nullable=False),
        sa.Column("sender_index", sa.LargeBinary(length=16), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_applications_ticket_id_tickets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applications")),
        sa.UniqueConstraint("ticket_id", name=op.f("uq_applications_ticket_id")),
    )
    with op.batch_alter_table("applications", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_applications_nik_index"), ["nik_index"], unique=False)

    op.create_table(
        "absences",
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("until", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("at", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_absences_account_id_accounts")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_absences")),
    )
    op.create_table(
        "refusals",
        sa.Column("round_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_refusals_round_id_rounds")),
        sa.PrimaryKeyConstraint("round_id", name=op.f("pk_refusals")),
    )
    op.create_table(
        "drafts",
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("at", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_drafts_account_id_accounts")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_drafts_ticket_id_tickets")),
        sa.PrimaryKeyConstraint("account_id", "ticket_id", name=op.f("pk_drafts")),
    )
    op.create_table(
        "incidents",
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("round_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("gathered", sa.Integer(), server_default="0", nullable=False),
        sa.Column("wake", notifier.store.schema.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_incidents_round_id_rounds")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_incidents_ticket_id_tickets")),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_incidents")),
    )
    with op.batch_alter_table("incidents", schema=None) as batch_op:
        batch_op.create_index(
            "ix_incidents_round",
            ["round_id"],
            unique=False,
            sqlite_where=sa.text("round_id IS NOT NULL"),
            postgresql_where=sa.text("round_id IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_incidents_wake",
            ["wake"],
            unique=False,
            sqlite_where=sa.text("wake IS NOT NULL"),
            postgresql_where=sa.text("wake IS NOT NULL"),
        )

    op.create_table(
        "lookers",
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("until", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_lookers_account_id_accounts")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_lookers_ticket_id_tickets")),
        sa.PrimaryKeyConstraint("ticket_id", "account_id", name=op.f("pk_lookers")),
    )
    op.create_table(
        "ticket_links",
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("other_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("at", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["other_id"], ["tickets.id"], name=op.f("fk_ticket_links_other_id_tickets")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_links_ticket_id_tickets")),
        sa.PrimaryKeyConstraint("ticket_id", "other_id", name=op.f("pk_ticket_links")),
    )
    with op.batch_alter_table("ticket_links", schema=None) as batch_op:
        batch_op.create_index("ix_ticket_links_other", ["other_id"], unique=False)

    op.create_table(
        "fanouts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("incident_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("act", sa.String(length=24), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("texts", sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"), nullable=False),
        sa.Column("cursor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="0", nullable=False),
        sa.Column("last", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("told", sa.Integer(), server_default="0", nullable=False),
        sa.Column("skipped", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.Column("wake", notifier.store.schema.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_fanouts_account_id_accounts")),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.ticket_id"], name=op.f("fk_fanouts_incident_id_incidents")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fanouts")),
    )
    with op.batch_alter_table("fanouts", schema=None) as batch_op:
        batch_op.create_index("ix_fanouts_incident", ["incident_id"], unique=False)
        batch_op.create_index(
            "ix_fanouts_wake",
            ["wake"],
            unique=False,
            sqlite_where=sa.text("wake IS NOT NULL"),
            postgresql_where=sa.text("wake IS NOT NULL"),
        )

    op.create_table(
        "gathered",
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("round_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("incident_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.ticket_id"], name=op.f("fk_gathered_incident_id_incidents")
        ),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_gathered_round_id_rounds")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_gathered_ticket_id_tickets")),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_gathered")),
    )
    with op.batch_alter_table("gathered", schema=None) as batch_op:
        batch_op.create_index(
            "ix_gathered_incident",
            ["incident_id", "ticket_id"],
            unique=False,
            sqlite_where=sa.text("incident_id IS NOT NULL"),
            postgresql_where=sa.text("incident_id IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_gathered_waiting",
            ["round_id", "ticket_id"],
            unique=False,
            sqlite_where=sa.text("incident_id IS NULL"),
            postgresql_where=sa.text("incident_id IS NULL"),
        )

    op.create_table(
        "places",
        sa.Column("broadcast_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("region", sa.String(length=13), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("unsure", sa.Integer(), nullable=False),
        sa.Column("untold", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["broadcast_id"], ["broadcasts.id"], name=op.f("fk_places_broadcast_id_broadcasts")),
        sa.PrimaryKeyConstraint("broadcast_id", "region", name=op.f("pk_places")),
    )
    op.create_table(
        "place_looks",
        sa.Column("broadcast_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["broadcast_id"], ["broadcasts.id"], name=op.f("fk_place_looks_broadcast_id_broadcasts")
        ),
        sa.PrimaryKeyConstraint("broadcast_id", name=op.f("pk_place_looks")),
    )
    op.create_table(
        "policies",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=48), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"), nullable=False),
        sa.Column("since", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.Column("reached", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policies")),
        sa.UniqueConstraint("name", "version", name=op.f("uq_policies_name_version")),
    )
    op.create_table(
        "group_chats",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("line", sa.String(length=48), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("title", sa.String(length=120), server_default="", nullable=False),
        sa.Column("region", sa.String(length=13), server_default="", nullable=False),
        sa.Column("confirmed_by", sa.String(length=64), server_default="", nullable=False),
        sa.Column("created_at", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_chats")),
        sa.UniqueConstraint("line", "address", name=op.f("uq_group_chats_line_address")),
    )
    op.create_table(
        "group_posts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("round_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("round_version", sa.Integer(), nullable=False),
        sa.Column("at", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["group_chats.id"], name=op.f("fk_group_posts_group_id_group_chats")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_group_posts_round_id_rounds")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_posts")),
        sa.UniqueConstraint(
            "group_id", "round_id", "round_version", name=op.f("uq_group_posts_group_id_round_id_round_version")
        ),
    )

    op.create_table(
        "boards",
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("region", sa.String(length=13), nullable=False),
        sa.Column("view", sa.String(length=12), nullable=False),
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("level", "region", "view", "account_id", name=op.f("pk_boards")),
    )
    op.create_table(
        "board_changes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("region", sa.String(length=13), nullable=False),
        sa.Column("view", sa.String(length=12), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board_changes")),
    )
    with op.batch_alter_table("board_changes", schema=None) as batch_op:
        batch_op.create_index("ix_board_changes_key", ["level", "region", "view"], unique=False)

    op.create_table(
        "programmes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), server_default="", nullable=False),
        sa.Column("ladder", sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"), nullable=True),
        sa.Column(
            "reminders", sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"), nullable=True
        ),
        sa.Column("why", sa.String(length=200), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("at", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programmes")),
        sa.UniqueConstraint("code", "version", name=op.f("uq_programmes_code_version")),
    )
    op.create_table(
        "person_list_members",
        sa.Column("list_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["list_id"], ["person_lists.id"], name=op.f("fk_person_list_members_list_id_person_lists")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_person_list_members_person_id_people")),
        sa.PrimaryKeyConstraint("list_id", "person_id", name=op.f("pk_person_list_members")),
    )
    op.create_table(
        "person_list_strays",
        sa.Column("list_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("shown", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["list_id"], ["person_lists.id"], name=op.f("fk_person_list_strays_list_id_person_lists")
        ),
        sa.PrimaryKeyConstraint("list_id", "line", name=op.f("pk_person_list_strays")),
    )

    # figures that are kept, not counted
    op.create_table(
        "line_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("line", sa.String(length=48), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("segments", sa.BigInteger(), nullable=False),
        sa.Column("settled", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", "line", "state", "reason", name=op.f("pk_line_days")),
    )
    op.create_table(
        "stretches",
        sa.Column(
            "first_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("last_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("counts", sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"), nullable=False),
        sa.Column("looks", sa.Integer(), server_default="0", nullable=False),
        sa.Column("wake", notifier.store.schema.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("first_id", name=op.f("pk_stretches")),
    )
    with op.batch_alter_table("stretches", schema=None) as batch_op:
        batch_op.create_index(
            "ix_stretches_wake",
            ["wake"],
            unique=False,
            sqlite_where=sa.text("wake IS NOT NULL"),
            postgresql_where=sa.text("wake IS NOT NULL"),
        )
    op.create_table(
        "line_rests",
        sa.Column("line", sa.String(length=48), nullable=False),
        sa.Column("since", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.Column("until", notifier.store.schema.UtcDateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=120), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("line", "since", name=op.f("pk_line_rests")),
    )
    with op.batch_alter_table("line_rests", schema=None) as batch_op:
        batch_op.create_index("ix_line_rests_since", ["since"], unique=False)
    op.create_table(
        "round_figures",
        sa.Column("round_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("region", sa.String(length=13), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("confirmed", sa.Integer(), nullable=False),
        sa.Column("denied", sa.Integer(), nullable=False),
        sa.Column("silent", sa.Integer(), nullable=False),
        sa.Column("unreachable", sa.Integer(), nullable=False),
        sa.Column("other", sa.Integer(), nullable=False),
        sa.Column("complaints", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_round_figures_round_id_rounds")),
        sa.PrimaryKeyConstraint("round_id", "level", "region", name=op.f("pk_round_figures")),
    )
    op.create_table(
        "round_looks",
        sa.Column("round_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.Column("wake", notifier.store.schema.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_round_looks_round_id_rounds")),
        sa.PrimaryKeyConstraint("round_id", name=op.f("pk_round_looks")),
    )
    op.create_table(
        "broadcast_looks",
        sa.Column("broadcast_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("what", sa.String(length=12), nullable=False),
        sa.Column("at", notifier.store.schema.UtcDateTime(timezone=True), nullable=True),
        sa.Column("found", sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"), nullable=True),
        sa.Column("making", sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"), nullable=True),
        sa.Column("cursor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="0", nullable=False),
        sa.Column("wake", notifier.store.schema.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["broadcast_id"], ["broadcasts.id"], name=op.f("fk_broadcast_looks_broadcast_id_broadcasts")
        ),
        sa.PrimaryKeyConstraint("broadcast_id", "what", name=op.f("pk_broadcast_looks")),
    )
    op.create_index(
        "ix_broadcast_looks_wake",
        "broadcast_looks",
        ["what", "wake"],
        unique=False,
        sqlite_where=sa.text("wake IS NOT NULL"),
        postgresql_where=sa.text("wake IS NOT NULL"),
    )
    op.create_table(
        "report_looks",
        sa.Column("by", sa.String(length=12), nullable=False),
        sa.Column("region", sa.String(length=13), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("at", notifier.store.schema.UtcDateTime(timezone=True), nullable=True),
        sa.Column("found", sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"), nullable=True),
        sa.Column("wake", notifier.store.schema.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("by", "region", "first", "last", name=op.f("pk_report_looks")),
    )
    op.create_index(
        "ix_report_looks_wake",
        "report_looks",
        ["wake"],
        unique=False,
        sqlite_where=sa.text("wake IS NOT NULL"),
        postgresql_where=sa.text("wake IS NOT NULL"),
    )

    # news for other systems
    op.create_table(
        "webhooks",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("kinds", sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"), nullable=False),
        sa.Column("region", sa.String(length=13), server_default="", nullable=False),
        sa.Column("shielded", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("former", sa.LargeBinary(), nullable=True),
        sa.Column("former_until", notifier.store.schema.UtcDateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("why", sa.String(length=200), server_default="", nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failing_since", notifier.store.schema.UtcDateTime(timezone=True), nullable=True),
        sa.Column("rest_until", notifier.store.schema.UtcDateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.Column("created_at", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
    )
    op.create_table(
        "happenings",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("change_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("at", notifier.store.schema.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_happenings")),
    )
    op.create_table(
        "webhook_events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("uid", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("region", sa.String(length=13), server_default="", nullable=False),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_webhook_events_ticket_id_tickets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_events")),
        sa.UniqueConstraint("uid", name=op.f("uq_webhook_events_uid")),
    )
    op.create_index(op.f("ix_webhook_events_at"), "webhook_events", ["at"], unique=False)
    op.create_table(
        "webhook_calls",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("webhook_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due_at", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.Column("lease_until", notifier.store.schema.UtcDateTime(timezone=True), nullable=True),
        sa.Column("first_at", notifier.store.schema.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["webhook_id"], ["webhooks.id"], name=op.f("fk_webhook_calls_webhook_id_webhooks")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["webhook_events.id"], name=op.f("fk_webhook_calls_event_id_webhook_events")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_calls")),
    )
    op.create_index(op.f("ix_webhook_calls_created_at"), "webhook_calls", ["created_at"], unique=False)
    op.create_index(
        "ix_webhook_calls_due",
        "webhook_calls",
        ["webhook_id", "due_at", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'due'"),
        postgresql_where=sa.text("state = 'due'"),
    )
    op.create_index(
        "ix_webhook_calls_order",
        "webhook_calls",
        ["webhook_id", "subject", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'due'"),
        postgresql_where=sa.text("state = 'due'"),
    )
    op.create_index("ix_webhook_calls_log", "webhook_calls", ["webhook_id", "id"], unique=False)
    op.create_index("ix_webhook_calls_event", "webhook_calls", ["event_id"], unique=False)
    op.create_table(
        "webhook_tries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("call_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", notifier.store.schema.UtcDateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("ms", sa.Integer(), nullable=False),
        sa.Column("said", sa.String(length=200), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["webhook_calls.id"], name=op.f("fk_webhook_tries_call_id_webhook_calls")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_tries")),
    )
    op.create_index("ix_webhook_tries_call", "webhook_tries", ["call_id"], unique=False)

    # The index of what was said: each engine has its own kind, which no other declares; store.search knows both.
    if op.get_bind().dialect.name == "sqlite":
        op.execute("CREATE VIRTUAL TABLE ticket_words USING fts5(words, tokenize='unicode61')")
    else:
        op.execute(
            "CREATE TABLE ticket_words (ticket_id BIGINT CONSTRAINT pk_ticket_words PRIMARY KEY "
            "CONSTRAINT fk_ticket_words_ticket_id_tickets REFERENCES tickets (id), words TSVECTOR NOT NULL)"
        )
        op.execute("CREATE INDEX ix_ticket_words_words ON ticket_words USING gin (words)")


def downgrade() -> None:
    raise NotImplementedError("there is nothing before the first tables")
