"""This file knows every letter about an account; each leaves through the outbox, with neutral words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from practice.letters import registry
from practice.letters.outbox import Recipient, enqueue_mail
from practice.store.db import new_code
from practice.values import clock
from practice.values.counts import in_days

from . import policy
from .models import Device, Erasure, User

registry.opens(
    "accounts",
    confirm="you sign up, to see that the address is yours",
    known_address="somebody types your address to sign up, or as their new one",
    reset="you ask for a new password",
    change_email="you ask for a new address, to see that it is yours",
    email_changed="your address was changed and only you read the old mailbox: it gets a way back",
    email_taken_back="a change of address was taken back: the other address hears of it",
    two_step_asked="somebody who knows your password says that your phone and spare codes are lost",
    two_step_back=f"nobody stopped that for {in_days(policy.TWO_STEP_BACK_AFTER)}",
)
registry.warns(
    "accounts",
    data_request="somebody takes a copy of your data, asks for the end of your account, or takes that back",
    erased="your account is gone",
    password_changed="your password is another one",  # noqa: S106 - words, no password
    two_step_changed="two-step sign-in changes, or a spare code is used",
    new_device="somebody signs in from a new place",
    locked="your account was locked",
    unlocked="your account was opened again",
)
registry.LAST_LETTERS.add("accounts/erased")
registry.has_versions("accounts/data_request", by=lambda facts: facts["what"])
registry.knows(
    "accounts",
    confirm_within=policy.CONFIRM_WITHIN,
    reset_within=policy.RESET_WITHIN,
    new_email_within=policy.NEW_EMAIL_WITHIN,
    undo_email_within=policy.UNDO_EMAIL_WITHIN,
    two_step_back_after=policy.TWO_STEP_BACK_AFTER,
    two_step_back_within=policy.TWO_STEP_BACK_WITHIN,
)


@dataclass(frozen=True)
class Mailbox:
    """An address of an account other than its present one, or one that must be reached whatever the settings say."""

    id: int
    email: str
    zone: str | None
    # Without it nobody who chose "no email" could confirm the address or get back in.
    no_email: bool = False


def _present(user: User) -> Mailbox:
    return Mailbox(user.id, user.email, user.zone)


def _link(template: str, to: Mailbox, facts: Mapping[str, object], within: timedelta) -> None:
    """A letter whose link works for a while: after that it need not leave any more."""
    enqueue_mail(
        f"{template}:{to.id}:{new_code()}",
        f"accounts/{template}",
        cast(Recipient, to),
        facts,
        not_after=clock.now() + within,
    )


def confirm(user: User, token: str) -> None:
    """The link that shows that mail reaches the person."""
    _link("confirm", _present(user), {"token": token}, policy.CONFIRM_WITHIN)


def welcome(user: User) -> None:
    """The address is confirmed and the account can be used."""
    enqueue_mail(f"welcome:{user.code}", "accounts/welcome", user, {})


def known_address(user: User) -> None:
    """Somebody signed up with the address of an account; at most one such letter an hour."""
    hour = clock.now().strftime("%Y-%m-%dT%H")
    # To the bare mailbox, as to a new one: to look up more about an account would tell by its time that there is one.
    key = f"known-address:{user.code}:{hour}"
    enqueue_mail(key, "accounts/known_address", cast(Recipient, _present(user)), {})


def reset(user: User, token: str) -> None:
    """The link to choose a new password."""
    _link("reset", _present(user), {"token": token}, policy.RESET_WITHIN)


def password_changed(user: User) -> None:
    """The password is another one now."""
    enqueue_mail(
        f"password:{user.code}:{new_code()}", "accounts/password_changed", user, {"done_at": clock.now().isoformat()}
    )


def new_device(user: User, device: Device) -> None:
    """Signed in from a browser or network not seen before."""
    facts = {"device": device.label, "done_at": device.created_at.isoformat()}
    enqueue_mail(f"device:{device.code}", "accounts/new_device", user, facts)


def two_step_changed(user: User, what: str) -> None:
    """Two-step sign-in was turned on or off, or a recovery code was used."""
    facts = {"what": what.rpartition(".")[2], "done_at": clock.now().isoformat()}
    enqueue_mail(f"two-step:{user.code}:{new_code()}", "accounts/two_step_changed", user, facts)


def two_step_asked(user: User, token: str, due_at: datetime) -> None:
    """Somebody who knows the password says that the second step is lost: how to say no, and when it goes otherwise."""
    facts = {"token": token, "done_at": clock.now().isoformat(), "due_at": due_at.isoformat()}
    _link("two_step_asked", _present(user), facts, policy.TWO_STEP_BACK_AFTER)


def two_step_back(user: User, token: str) -> None:
    """Nobody said no in time: the link that turns two-step sign-in off."""
    _link("two_step_back", _present(user), {"token": token}, policy.TWO_STEP_BACK_WITHIN)


def locked(user: User, reason: str) -> None:
    """The account is closed for now, and why."""
    facts = {"reason": reason, "done_at": clock.now().isoformat()}
    enqueue_mail(f"lock:{user.code}:{new_code()}", "accounts/locked", cast(Recipient, _present(user)), facts)


def unlocked(user: User) -> None:
    """The account can be used again."""
    enqueue_mail(f"lock:{user.code}:{new_code()}", "accounts/unlocked", cast(Recipient, _present(user)), {})


def change_email(user: User, address: str, token: str) -> None:
    """To the new address: is it yours?"""
    _link("change_email", Mailbox(user.id, address, user.zone), {"token": token}, policy.NEW_EMAIL_WITHIN)


def email_changed(user: User, before: str, token: str) -> None:
    """To the old address: it was changed, and here is how to take that back."""
    facts = {"token": token, "done_at": clock.now().isoformat()}
    _link("email_changed", Mailbox(user.id, before, user.zone), facts, policy.UNDO_EMAIL_WITHIN)


def email_taken_back(user: User, lost: str) -> None:
    """To the address that loses the account: whoever gave it up has it again."""
    to = cast(Recipient, Mailbox(user.id, lost, user.zone))
    enqueue_mail(f"email-back:{new_code()}", "accounts/email_taken_back", to, {"done_at": clock.now().isoformat()})


def erasure_asked(user: User, asked: Erasure) -> None:
    """The account goes in fourteen days, and how to keep it."""
    facts = {"what": "asked", "due_at": asked.due_at.isoformat(), "number": asked.code}
    enqueue_mail(f"erasure:{asked.code}:asked:{asked.due_at:%Y-%m-%d}", "accounts/data_request", user, facts)


def erasure_taken_back(user: User, asked: Erasure) -> None:
    """The account stays."""
    facts = {"what": "kept", "done_at": clock.now().isoformat()}
    enqueue_mail(f"erasure:{asked.code}:kept", "accounts/data_request", user, facts)


def copied(user: User) -> None:
    """A copy of everything was handed out."""
    facts = {"what": "copied", "done_at": clock.now().isoformat()}
    enqueue_mail(f"copy:{new_code()}", "accounts/data_request", user, facts)


def erased(farewell: Mailbox, asked: Erasure) -> None:
    """The last letter: it is done, and the certificate's number."""
    facts = {"done_at": clock.now().isoformat(), "number": asked.code}
    enqueue_mail(f"erasure:{asked.code}:done", "accounts/erased", cast(Recipient, farewell), facts)
