"""This file knows the operator's commands about accounts."""

from __future__ import annotations

from datetime import timedelta
from typing import TextIO

import click
from flask import Flask
from flask.cli import AppGroup

from practice.config import settings
from practice.http.pages import absolute_url
from practice.values import clock, text
from practice.values.counts import in_hours

from . import actions, policy, queries
from .addresses import proper_address
from .models import User

staff = AppGroup("staff", help="The people who run the practice.")
erasures = AppGroup("erasures", help="Accounts that were deleted, to be deleted again in a restored copy.")
account = AppGroup("account", help="One person's account, when its owner cannot help themselves.")


def _why(_context: click.Context, _option: click.Parameter, words: str) -> str:
    """A reason as its owner reads it in a letter: some words, and only what can be stored."""
    words = text.tidy(words)
    if wrong := text.fault(words):
        raise click.BadParameter(wrong)
    if not words or len(words) > policy.LONGEST_REASON:
        raise click.BadParameter(f"Say why, in 1 to {policy.LONGEST_REASON} characters.")
    return words


reason = click.option(
    "--reason", required=True, callback=_why, help="Why; it stays beside the account, and goes with it."
)


def set_up(app: Flask) -> None:
    """Add `flask staff …`, `flask account …` and `flask erasures …`."""
    for group in (staff, account, erasures):
        app.cli.add_command(group)


@staff.command("invite")
@click.argument("email")
def invite(email: str) -> None:
    """Make the owner of EMAIL staff; for a new address, print a link that works once within 48 hours."""
    token = actions.invite_staff(_address(email))
    if token is None:
        need = "can have" if settings().is_demo else "needs"
        click.echo(f"This account is staff now. It signs in as before, and {need} two-step sign-in for staff pages.")
        return
    click.echo(f"Hand this link over privately; it works once, within {in_hours(policy.INVITE_WITHIN)}:")
    click.echo(absolute_url("accounts.invited", token=token))


@account.command("lock")
@click.argument("email")
@reason
def lock(email: str, reason: str) -> None:
    """Close the account of EMAIL for now: every device ends, no password, link or calendar address opens anything."""
    if not actions.lock_as_operator(_user(email), reason):
        raise click.ClickException("Locked already, with the reason of that time. Nothing was changed.")
    click.echo("Locked. Its owner gets the reason by mail.")


@account.command("unlock")
@click.argument("email")
@reason
def unlock(email: str, reason: str) -> None:
    """Open the account of EMAIL again, with its password and second step as they were."""
    if not actions.unlock(_user(email), reason, by=None):
        raise click.ClickException("This account is not locked. Nothing was changed.")
    click.echo("Open again.")


@account.command("two-step-off")
@click.argument("email")
@reason
def two_step_off(email: str, reason: str) -> None:
    """Take two-step sign-in off the account of EMAIL, whose owner lost phone and spare codes. Be sure who asks."""
    user = _user(email)
    if not user.has_two_step:
        raise click.ClickException("Two-step sign-in is off already.")
    actions.turn_off(user, by="operator", words=reason)
    again = "" if settings().is_demo else " Staff pages ask for it again before they open."
    click.echo(f"Off, and signed out everywhere.{again}")


@account.command("take-back")
@click.argument("email")
@reason
def take_back(email: str, reason: str) -> None:
    """Undo the change away from EMAIL, within 72 hours of it: the account uses EMAIL again. Be sure who asks."""
    if actions.take_back(_address(email), reason=reason) is None:
        raise click.ClickException(
            f"No account gave this address up within the last {in_hours(policy.UNDO_EMAIL_WITHIN)}."
        )
    click.echo("Taken back. A link to choose a new password is on its way to that address.")


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


def _address(email: str) -> str:
    try:
        return proper_address(email)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


def _user(email: str) -> User:
    user = queries.user_by_email(_address(email))
    if user is None:
        raise click.ClickException("No account has this address.")
    return user
