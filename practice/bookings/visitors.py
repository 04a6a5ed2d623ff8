"""This file knows who asks for a time: a person or a browser, and what they hold already."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence

from flask import request, session
from flask_login import current_user

from practice.accounts.access import PLACES
from practice.accounts.holdings import Leaving, gives_back
from practice.config import settings
from practice.http.clocks import viewer_zone
from practice.values.networks import network

from . import actions, claims, queries
from .actions import Visitor
from .models import Booking
from .queries import Looker


def visitor() -> Visitor:
    """The person or the browser behind this request; the network is known by a keyed hash only."""
    if PLACES not in session:
        session[PLACES] = secrets.token_urlsafe(16)
    user = current_user if current_user.is_authenticated else None
    return Visitor(user, _hash_of(session[PLACES]), _network_key(), viewer_zone())


def browser_key() -> str | None:
    """How this browser is known; None for one that has chosen no time yet: looking leaves no mark."""
    return _hash_of(session[PLACES]) if PLACES in session else None


def own_holds() -> Sequence[Booking]:
    """What this person or browser holds now; no question for whoever has never chosen a time."""
    user = current_user if current_user.is_authenticated else None
    return queries.live_holds_of(user.id if user else None, browser_key())


def looker() -> Looker:
    """Before whose eyes a list of free times comes: the same that the check stands before when they choose one."""
    client = current_user._get_current_object() if current_user.is_authenticated else None
    return Looker(tuple(own_holds()), client)


def mover(booking: Booking) -> Looker:
    """The same for who gives an appointment of theirs another time, by choice or as offered."""
    is_owed = booking.choice_until is not None
    own = () if is_owed else (booking, *claims.held_instead(booking))
    return Looker(own, booking.client, browser_key(), is_owed=is_owed)


@gives_back
def _give_back(leaving: Leaving) -> None:
    """Who leaves a form keeps its time from nobody; who comes back with another account still has it."""
    user, key = leaving.user, browser_key()
    if leaving.booking_id is not None:
        actions.give_up_hold(leaving.booking_id, user)
    elif leaving.comes_back and user is not None:
        actions.hand_back_holds(user, key)
    else:
        actions.give_up_holds(user if leaving.ends_drafts else None, key)


def cookies() -> dict[str, str]:
    """Who asks as far as the cookies say: enough to tell a stranger's claim from one of their own."""
    return {"account": session.get("_user_id", ""), "browser": _hash_of(session.get(PLACES, ""))}


def _hash_of(name: str) -> str:
    """What is kept of the cookie's random name for this browser; no key, so that a hold outlives a change of keys."""
    return hashlib.sha256(name.encode()).hexdigest()


def _network_key() -> str:
    """A keyed hash of the sender's network: there are too few networks to hide one without a key."""
    return hmac.new(settings().audit_key, network(request.remote_addr).encode(), hashlib.sha256).hexdigest()
