"""This file knows the operator's commands about accounts."""

from __future__ import annotations

from datetime import timedelta
from typing import TextIO

import click
from flask import Flask
from flask.cli import AppGroup

from practice import clock
from practice.web import absolute_url

from . import actions, queries
from .addresses import proper_address

staff = AppGroup("staff", help="The people who run the practice.")
erasures = AppGroup("erasures", help="Accounts that were deleted, to be deleted again in a restored copy.")


def set_up(app: Flask) -> None:
    """Add `flask staff …` and `flask erasures …`."""
    app.cli.add_command(staff)
    app.cli.add_command(erasures)


@staff.command("invite")
@click.argument("email")
def invite(email: str) -> None:
    """Make the owner of EMAIL staff; for a new address, print a link that works once within 48 hours."""
    try:
        address = proper_address(email)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error
    token = actions.invite_staff(address)
    if token is None:
        click.echo("This account is staff now. It signs in as before, and needs two-step sign-in for staff pages.")
        return
    click.echo("Hand this link over privately; it works once, within 48 hours:")
    click.echo(absolute_url("accounts.invited", token=token))


@erasures.command("list")
@click.option("--days", default=400, show_default=True, help="How far to look back.")
def list_erasures(days: int) -> None:
    """Print public ids of deleted accounts, and when: keep that outside the database. It names nobody."""
    for code, at in queries.erased_since(clock.now() - timedelta(days=days)):
        click.echo(f"{code} {at.isoformat() if at else ''}")


@erasures.command("replay")
@click.argument("file", type=click.File())
def replay(file: TextIO) -> None:
    """After a restore, before anybody is let in: delete again what FILE (from `erasures list`) names."""
    codes = [line.split()[0] for line in file if line.strip()]
    again = sum(actions.erase_again(code) for code in codes)
    click.echo(f"{again} of {len(codes)} accounts were deleted again.")
