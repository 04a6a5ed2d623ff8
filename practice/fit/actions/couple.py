"""This file knows how the other half of a couple comes to answer: by a link that the client passes on, or not at all.

We write to nobody whom a client names: an address would tell us of somebody who has agreed to nothing.
"""

from __future__ import annotations

import secrets

from sqlalchemy import delete

from practice.accounts.models import User, hash_of
from practice.bookings import claims
from practice.bookings.models import Booking
from practice.fit import emails, policy, queries
from practice.fit.models import FitChoice, FitPartner
from practice.fit.states import Choice, Party
from practice.store import audit
from practice.store.db import changed, db, transactional
from practice.values import clock
from practice.values.errors import Conflict, NotAllowed


@transactional
def invite_partner(booking: Booking, *, by: User) -> str:
    """A fresh link for the partner, shown this once; one that was made before opens nothing any more.

    Raises `Conflict` where the talk was with one person, it has ended, or the partner has an account in it already.
    """
    claims.keep_still(booking)
    fit = queries.fit_of(booking)
    policy.may_invite(fit.known, clock.now()).require()
    if fit.partner is not None and fit.partner.user_id is not None:
        raise Conflict("Your partner has joined already.")
    token, now = secrets.token_urlsafe(24), clock.now()
    row = fit.partner or FitPartner(booking_id=booking.id)
    row.token_hash, row.made_at, row.expires_at = hash_of(token), now, now + policy.LINK_LASTS
    db.session.add(row)
    audit.record("fit.partner_invited", f"booking:{booking.code}", actor=by)
    return token


@transactional
def join_as_partner(token: str, *, by: User) -> Booking:
    """Whoever has the link answers from their own account from now on. Raises `NotFound` for a link that opens nothing,
    `NotAllowed` for the two who were there anyway."""
    found = _behind_lock(token)
    if by.id in (found.booking.client_id, found.booking.specialist.user_id):
        raise NotAllowed("This link is for the other one of you: each answers from an account of their own.")
    if found.user_id not in (None, by.id):
        raise Conflict("Somebody has answered through this link already.")
    found.user_id, found.joined_at, found.token_hash = by.id, found.joined_at or clock.now(), None
    audit.record("fit.partner_joined", f"booking:{found.booking.code}", actor=by)
    return found.booking


def _behind_lock(token: str) -> FitPartner:
    """The invitation, as it is once nobody else changes anything about the talk; `NotFound` for a spent link."""
    claims.keep_still(queries.partner_link(token).booking)
    found = queries.partner_link(token)
    db.session.refresh(found)
    return found


@transactional
def decline_invitation(token: str) -> None:
    """Not this time, without an account and without a word: it counts as "not now". `NotFound` for a spent link."""
    found = _behind_lock(token)
    booking = found.booking
    before = queries.fit_of(booking)
    policy.may_invite(before.known, clock.now()).require()
    found.token_hash = None
    choice = before.choices.get(Party.PARTNER) or FitChoice(booking_id=booking.id, party=Party.PARTNER)
    choice.choice, choice.decided_at, choice.revisit_on = Choice.NOT_NOW, clock.now(), None
    db.session.add(choice)
    audit.record("fit.invitation_declined", f"booking:{booking.code}", actor=None)
    db.session.flush()
    emails.became(before.outcome, queries.fit_of(booking), Party.PARTNER)


@transactional
def go_alone(booking: Booking, *, by: User) -> None:
    """The client goes on without the partner: whose answer goes, and the specialist is asked anew. Raises `Conflict`
    where there is no partner, or it has ended for another reason."""
    claims.keep_still(booking)
    fit = queries.fit_of(booking)
    policy.may_go_alone(fit.known, clock.now()).require()
    row = fit.partner or FitPartner(booking_id=booking.id, expires_at=clock.now())
    row.ended_at, row.token_hash = clock.now(), None
    db.session.add(row)
    theirs = (Party.PARTNER, Party.SPECIALIST)
    changed(delete(FitChoice).where(FitChoice.booking_id == booking.id, FitChoice.party.in_(theirs)))
    emails.asked_anew(fit)
    audit.record("fit.goes_alone", f"booking:{booking.code}", actor=by)
    db.session.flush()
    db.session.expire_all()
