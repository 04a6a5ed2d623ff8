"""This file knows every letter about a ticket: that we have it, and that there is an answer. None says what it is
about."""

from __future__ import annotations

from typing import Any

from practice.accounts.models import User
from practice.config import settings
from practice.http.pages import absolute_url
from practice.letters import registry
from practice.letters.outbox import enqueue_mail
from practice.values import clock

from . import policy
from .models import ContactMessage, Ticket

registry.replies("contact", "received")


def received(ticket: Ticket) -> None:
    """To its person: we have it, and its number. One in a day at most, so that no two machines answer each other."""
    user = _reader(ticket)
    if user is not None:
        key = f"contact:{user.id}:received:{clock.now():%Y-%m-%d}"
        enqueue_mail(key, "contact/received", _as_wished(user, ticket), _facts(ticket))


def answered(ticket: Ticket, message: ContactMessage) -> None:
    """To its person: that there is an answer, and where."""
    user = _reader(ticket)
    if user is not None:
        key = f"{ticket.thing}:answered:{message.id}"
        enqueue_mail(key, "contact/answered", _as_wished(user, ticket), _facts(ticket))


def is_our_own(user: User) -> bool:
    """Whether an account has one of our own mailboxes: it can ask us nothing, and is written no letter from here."""
    return policy.is_ours(user.email, (settings().contact, settings().mail_from))


def _reader(ticket: Ticket) -> User | None:
    user = ticket.user
    return user if user is not None and user.active and not is_our_own(user) else None


def _facts(ticket: Ticket) -> dict[str, Any]:
    return {"number": ticket.number, "url": absolute_url("contact.show", number=ticket.number)}


class _InAccountOnly:
    """Somebody who asked that this be said in their account alone, whatever else is mailed to them."""

    no_email = True

    def __init__(self, user: User) -> None:
        self._user = user

    def __getattr__(self, name: str) -> Any:
        return getattr(self._user, name)


def _as_wished(user: User, ticket: Ticket) -> Any:
    return user if ticket.by_mail else _InAccountOnly(user)
