"""The first migration makes exactly the tables that the schema declares."""

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from notifier.store.copies import migrations
from notifier.store.engine import Database, schema_head
from notifier.store.schema import metadata

SEARCH = "ticket_words"  # SQLite's full-text index brings tables of its own


def _differences(db: Connection) -> list[Any]:
    def ours(thing: Any, name: str | None, kind: str, *_: Any) -> bool:
        return kind != "table" or not (name or "").startswith(SEARCH)

    context = MigrationContext.configure(db, opts={"compare_type": True, "include_object": ours})
    return list(compare_metadata(context, metadata))


async def test_a_migrated_database_has_the_tables_of_the_schema(database_url: str) -> None:
    database = Database(database_url)
    try:
        async with database.read() as db:
            assert await db.run_sync(_differences) == []
    finally:
        await database.close()


def test_the_newest_migration_is_found_without_the_library_that_runs_them() -> None:
    assert schema_head() == max(migrations())
