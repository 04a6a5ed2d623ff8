"""This file knows the operator's commands: seed, demo, work, tick, explain, audit, check-up."""

from __future__ import annotations

import click
from flask import Flask


def set_up(app: Flask) -> None:
    """Add every command to `flask --help`."""
    for command in (seed, demo, work, tick, explain, audit, check_up):
        app.cli.add_command(command)


@click.command()
def seed() -> None:
    """Give a new database what every marketplace needs: topics, and crisis numbers for staff to verify."""
    from .safety.actions import seed_resources
    from .specialists.actions import seed_topics

    click.echo(f"{seed_topics()} topics and {seed_resources()} crisis numbers entered.")
    click.echo("The numbers read “check locally” until staff have called them.")


@click.command()
def demo() -> None:
    """Fill the database with a living marketplace (demo mode only; a second run changes nothing)."""
    from .demo import load

    click.echo(load())


@click.command()
def work() -> None:
    """Deliver mail and do what is due until stopped."""
    from flask import current_app

    from .jobs import run_worker

    raise SystemExit(run_worker(current_app._get_current_object()))  # type: ignore[attr-defined]


@click.command()
def tick() -> None:
    """Do once everything that is due now; safe to run every minute and twice at once."""
    from flask import current_app

    from .jobs import tick as run_once

    run_once(current_app._get_current_object())  # type: ignore[attr-defined]


@click.command()
@click.argument("slug")
@click.argument("when")
@click.option("--kind", default="consult", type=click.Choice(["consult", "individual"]), show_default=True)
def explain(slug: str, when: str, kind: str) -> None:
    """Say why a time is not offered: flask explain amara-o "2027-03-09 10:00" (the specialist's clock)."""
    from .bookings.explain import explanation
    from .errors import Problem

    try:
        click.echo(explanation(slug, when, kind))
    except Problem as problem:
        raise click.ClickException(problem.message) from None


@click.group()
def audit() -> None:
    """Ask the audit log."""


@audit.command()
def verify() -> None:
    """Check that no row of the audit log was changed, moved, added or removed; print the end of its chain to keep."""
    from . import audit as log

    broken = log.verify()
    if broken is not None:
        raise click.ClickException(f"The audit log is broken at row {broken}.")
    click.echo("{} rows, all in place. The chain ends with {}.".format(*log.head()))


@click.command("check-up")
def check_up() -> None:
    """Check what must always hold: no overlap, one consultation a pair, an unbroken audit chain, no lost mail."""
    from .checkup import faults

    found = faults()
    for fault in found:
        click.echo(fault)
    click.echo("Everything holds." if not found else f"{len(found)} faults.")
    raise SystemExit(bool(found))
