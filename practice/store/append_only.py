"""This file knows how the database itself refuses to change what was written: triggers, on both engines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import DDL, event

Statements = dict[str, tuple[str, ...]]


class Guards(NamedTuple):
    """For each engine: what guards a table, and what takes the guard away."""

    up: Statements
    down: Statements


def append_only(model: type[Any]) -> Guards:
    """Let rows of this table only ever be added, on a schema that is made from the models.

    A migration runs the same statements, written out: it never imports the product.
    """
    name: str = model.__tablename__
    guards = Guards({"sqlite": _sqlite(name), "postgresql": _postgresql(name)}, _undone(name))
    _install(model, guards)
    return guards


def unchanging(model: type[Any], what: str, columns: Sequence[str]) -> Guards:
    """Let these columns of a row stay as they were first written, on a schema that is made from the models.

    A migration runs the same statements, written out; one that makes the table anew has to run them again.
    """
    name: str = model.__tablename__
    guard, differs = f"{name}_{what}_stays", " OR ".join(f"NEW.{each} IS DISTINCT FROM OLD.{each}" for each in columns)
    refused = f"what was {what} of {name} never changes"
    guards = Guards(
        {
            "sqlite": (
                f"CREATE TRIGGER {guard} BEFORE UPDATE OF {', '.join(columns)} ON {name} "
                f"WHEN {differs.replace('IS DISTINCT FROM', 'IS NOT')} BEGIN SELECT RAISE(ABORT, '{refused}'); END",
            ),
            "postgresql": (
                f"CREATE FUNCTION {guard}() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN RAISE EXCEPTION '{refused}'; END $$",
                f"CREATE TRIGGER {guard} BEFORE UPDATE ON {name} FOR EACH ROW WHEN ({differs}) "
                f"EXECUTE FUNCTION {guard}()",
            ),
        },
        {
            "sqlite": (f"DROP TRIGGER {guard}",),
            "postgresql": (f"DROP TRIGGER {guard} ON {name}", f"DROP FUNCTION {guard}()"),
        },
    )
    _install(model, guards)
    return guards


def _install(model: type[Any], guards: Guards) -> None:
    for dialect, statements in guards.up.items():
        for statement in statements:
            _runs(model, statement, "after_create", dialect)
    # A dropped table takes its triggers along; the function would stay.
    _runs(model, guards.down["postgresql"][-1], "after_drop", "postgresql")


def _sqlite(name: str) -> tuple[str, ...]:
    refused = f"BEGIN SELECT RAISE(ABORT, '{name} is append-only'); END"
    return (
        f"CREATE TRIGGER {name}_no_update BEFORE UPDATE ON {name} {refused}",
        f"CREATE TRIGGER {name}_no_delete BEFORE DELETE ON {name} {refused}",
    )


def _postgresql(name: str) -> tuple[str, ...]:
    return (
        f"CREATE FUNCTION {name}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{name} is append-only'; END $$",
        f"CREATE TRIGGER {name}_no_change BEFORE UPDATE OR DELETE ON {name} "
        f"FOR EACH ROW EXECUTE FUNCTION {name}_refuse()",
        f"CREATE TRIGGER {name}_no_truncate BEFORE TRUNCATE ON {name} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {name}_refuse()",
    )


def _undone(name: str) -> Statements:
    return {
        "sqlite": (f"DROP TRIGGER {name}_no_update", f"DROP TRIGGER {name}_no_delete"),
        "postgresql": (
            f"DROP TRIGGER {name}_no_change ON {name}",
            f"DROP TRIGGER {name}_no_truncate ON {name}",
            f"DROP FUNCTION {name}_refuse()",
        ),
    }


def _runs(model: type[Any], statement: str, when: str, dialect: str) -> None:
    event.listen(model.__table__, when, DDL(statement).execute_if(dialect=dialect))
