"""This file knows how a migration meets the database: one transaction each, and never losing children on SQLite."""

from __future__ import annotations

from alembic import context
from flask import current_app

from practice.store.crashpoints import crashpoint
from practice.store.db import render_own_types

MIGRATE = current_app.extensions["migrate"]


def run() -> None:
    """Bring the schema to the wanted revision."""
    engine = MIGRATE.db.engine
    with engine.connect() as connection:
        on_sqlite = connection.dialect.name == "sqlite"
        if on_sqlite:
            _set_foreign_keys(connection, on=False)
        context.configure(
            connection=connection,
            target_metadata=MIGRATE.db.metadata,
            render_as_batch=True,
            compare_type=True,
            render_item=render_own_types,
            transaction_per_migration=True,
            on_version_apply=lambda **_step: crashpoint("migration.step"),
        )
        with context.begin_transaction():
            context.run_migrations()
        if on_sqlite:
            _check_foreign_keys(connection)
            _set_foreign_keys(connection, on=True)


def _set_foreign_keys(connection: object, *, on: bool) -> None:
    """SQLite rebuilds a table by dropping it: with foreign keys on, that would delete every cascading child.

    The switch only works outside a transaction, so it goes to the driver itself.
    """
    raw = connection.connection.driver_connection  # type: ignore[attr-defined]
    raw.execute(f"PRAGMA foreign_keys={'ON' if on else 'OFF'}")


def _check_foreign_keys(connection: object) -> None:
    raw = connection.connection.driver_connection  # type: ignore[attr-defined]
    orphans = raw.execute("PRAGMA foreign_key_check").fetchall()
    if orphans:
        raise RuntimeError(f"rows without their parent after the migration: {orphans[:5]}")


run()
