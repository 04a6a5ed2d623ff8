"""This file knows the operator's commands: seed, demo, work, tick, explain, audit, check-up, vault, mail."""

from __future__ import annotations

import click
from flask import Flask


def set_up(app: Flask) -> None:
    """Add every command to `flask --help`."""
    for command in (seed, demo, work, tick, explain, audit, check_up, vault, mail):
        app.cli.add_command(command)


@click.command()
def seed() -> None:
    """Give a new database what every marketplace needs: topics, and crisis numbers for staff to verify."""
    from practice.safety.actions import seed_resources
    from practice.specialists.actions import seed_topics

    click.echo(f"{seed_topics()} topics and {seed_resources()} crisis numbers entered.")
    click.echo("The numbers read “check locally” until staff have called them.")


@click.command()
def demo() -> None:
    """Fill the database with a living marketplace (demo mode only; a second run changes nothing)."""
    from practice.demo.marketplace import load

    click.echo(load())


@click.command()
def work() -> None:
    """Deliver mail and do what is due until stopped."""
    from flask import current_app

    from practice.work.jobs import run_worker

    _prove()
    raise SystemExit(run_worker(current_app._get_current_object()))  # type: ignore[attr-defined]


@click.command()
def tick() -> None:
    """Do once everything that is due now; safe to run every minute and twice at once."""
    from flask import current_app

    from practice.work.jobs import tick as run_once

    _prove()
    run_once(current_app._get_current_object())  # type: ignore[attr-defined]


def _prove() -> None:
    """Nothing is sent before everything is proved."""
    from practice.config import BadConfig

    from .starting import prove_patiently

    try:
        prove_patiently()
    except BadConfig as reason:
        raise click.ClickException(str(reason)) from None


@click.command()
@click.argument("slug")
@click.argument("when")
@click.option("--offer", default="", metavar="CODE", help="The code of an offer; without it the free consultation.")
def explain(slug: str, when: str, offer: str) -> None:
    """Say why a time is not offered: flask explain amara-o "2027-03-09 10:00" (the specialist's clock)."""
    from practice.bookings.explain import explanation
    from practice.values.errors import Problem

    try:
        click.echo(explanation(slug, when, offer))
    except Problem as problem:
        raise click.ClickException(problem.message) from None


@click.group()
def audit() -> None:
    """Ask the audit log."""


@audit.command()
@click.option("--since", multiple=True, metavar="NUMBER:CHAIN", help="An end of the chain that was kept elsewhere.")
def verify(since: tuple[str, ...]) -> None:
    """Check that no row of the audit log was changed, moved, added or removed; print the end of its chain to keep.

    What the worker wrote down beside the uploads is compared too. Whoever owns both the database and that folder can
    forge both: give an end that was kept where they cannot reach.
    """
    from practice.store import audit as log
    from practice.store import installation

    broken = log.verify(dict(installation.noted_heads()) | dict(map(_end, since)))
    if broken is not None:
        raise click.ClickException(f"The audit log is broken at row {broken}.")
    number, chain = log.head()
    click.echo(f"{number} rows, all in place. Keep this elsewhere, for --since next time: {number}:{chain}")


@audit.command("hand-over")
def hand_over() -> None:
    """Let the newest key of AUDIT_KEY vouch for all that older ones chained; then those can be dropped."""
    from practice.store import keys

    broken = keys.hand_over_log()
    if broken is not None:
        raise click.ClickException(f"The audit log is broken at row {broken}.")
    click.echo("The newest key vouches for every row so far. Older ones can be dropped.")


def _end(text: str) -> tuple[int, str]:
    number, _, chain = text.partition(":")
    if not number.isascii() or not number.isdigit() or len(chain) != 64:
        raise click.BadParameter("It must look like 1234:abc…, as an earlier `audit verify` printed it.")
    return int(number), chain


@click.command("check-up")
def check_up() -> None:
    """Check what must always hold: no overlap, one consultation a pair, an unbroken audit chain, no lost mail."""
    from practice.store.checks import faults

    found = faults()
    for fault in found:
        click.echo(fault)
    click.echo("Everything holds." if not found else f"{len(found)} {'fault' if len(found) == 1 else 'faults'}.")
    raise SystemExit(bool(found))


@click.group()
def vault() -> None:
    """Keys that seal what people write."""


@vault.command()
def rewrap() -> None:
    """Seal everything with the newest key of VAULT_KEY; broken off, it may be run again and goes on."""
    from practice.store import sealed

    for name, count in sealed.rewrap_all():
        click.echo(f"{name}: {count} sealed anew")
    _say_who_needs_what()


@vault.command("needs")
def needs() -> None:
    """Say of every key of VAULT_KEY how much only that key opens: one that nothing needs can be dropped."""
    _say_who_needs_what()


def _say_who_needs_what() -> None:
    from practice.config import settings
    from practice.store import sealed

    newest, *older = [key_id for key_id, _ in settings().vault_keys]
    click.echo(f"{newest} seals what is new.")
    for key_id in older:
        places = ", ".join(f"{count} in {name}" for name, count in sealed.needs(key_id).items())
        click.echo(f"{key_id} is still needed: {places}." if places else f"{key_id} is needed by nothing any more.")


@vault.command("give-up")
@click.argument("key_id")
def give_up(key_id: str) -> None:
    """Say that the key KEY_ID is lost for good: what only it opens stays locked, and the product starts without it."""
    from practice.store import keys

    if not keys.give_up(key_id):
        raise click.ClickException(f"{key_id} is in VAULT_KEY, or this database never knew it.")
    click.echo(f"{key_id} is given up. Should it be found, put it back into VAULT_KEY: everything opens again.")


@click.group()
def mail() -> None:
    """Letters and the way they take."""


@mail.command("test")
@click.argument("address")
def try_mail(address: str) -> None:
    """Send one letter to ADDRESS at once, and say how that went."""
    from practice.letters import mail_worker, mailer
    from practice.providers.mail_transport import Keep, Verdict

    if isinstance(mail_worker.transport(), Keep):
        raise click.ClickException("There is no SMTP_URL: letters stay here.")
    try:
        outcome = mail_worker.try_out(address, "home/test")
    except mailer.Unbuildable as error:
        raise click.BadParameter(str(error)) from None
    if outcome.verdict is not Verdict.SENT:
        is_final = outcome.verdict is Verdict.REFUSED
        how = "refused it for good" if is_final else "did not take it; a letter would be tried again"
        raise click.ClickException(f"The mail server {how}: {outcome.reason}")
    click.echo("The mail server took it. Whether it arrives shows in that mailbox.")


@mail.command()
@click.option("--without-waiting", is_flag=True, help="Letters that wait now lapse: the original has sent them.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def resume(without_waiting: bool, yes: bool) -> None:
    """Let letters leave from a database that was restored or moved."""
    from practice.config import settings
    from practice.letters import outbox
    from practice.store import installation

    why, waiting = installation.why_letters_wait(), outbox.backlog().waiting
    if why is None:
        raise click.ClickException("Nothing holds the letters back here.")
    if not settings().mail_is_on:
        raise click.ClickException("MAIL is off. Set MAIL=on, start anew, and ask again.")
    click.echo(f"{why}\n{waiting} letters wait, to real people.")
    question = "Let them lapse, and write to people from here?" if without_waiting else "Send them from here?"
    if not yes:
        click.confirm(question, abort=True)
    if without_waiting:
        click.echo(f"{outbox.let_waiting_lapse()} letters lapsed.")
    installation.stay()
    click.echo("Letters leave from here from now on.")
