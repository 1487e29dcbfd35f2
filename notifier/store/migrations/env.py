"""Alembic's doorway: runs the migrations on the connection that `store.engine` opened and locked."""

from alembic import context

from notifier.store.schema import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection, target_metadata=metadata, render_as_batch=True, transactional_ddl=False, compare_type=True
)
context.run_migrations()
