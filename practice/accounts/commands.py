"""This file knows the operator's commands about accounts."""

from __future__ import annotations

import click
from flask import Flask
from flask.cli import AppGroup

from practice.web import absolute_url

from . import actions
from .addresses import proper_address

staff = AppGroup("staff", help="The people who run the practice.")


def set_up(app: Flask) -> None:
    """Add `flask staff …`."""
    app.cli.add_command(staff)


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
