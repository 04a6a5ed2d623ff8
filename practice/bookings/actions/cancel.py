"""This file knows how a booking ends before it happens: taken back, cancelled by either side, or released."""

from __future__ import annotations

from practice.accounts.models import User
from practice.bookings import claims, emails, following, policy, queries, sold
from practice.bookings.errors import NO_AMOUNT_SHOWN, LessComesBack
from practice.bookings.models import MONEY_RETURNED, Booking, Proposal, Strike
from practice.bookings.money_back import Turn, Why
from practice.bookings.states import BookingState, ProposalState
from practice.bookings.who_may import Side
from practice.payments.models import OrderLine
from practice.store import audit
from practice.store.db import db, transactional
from practice.values import clock

from .returning import nobody_pays, return_others, settle_or_ask


@transactional
def undo(booking: Booking, *, by: User) -> None:
    """Take back a booking made a moment ago: nothing counts, nothing stays. Raises `TooLate` after 15 minutes."""
    claims.lock_booking(booking)
    queries.possible(booking, Side.CLIENT).undo.require()
    end(booking, BookingState.UNDONE, by=by)


@transactional
def cancel(booking: Booking, *, by: User, expecting: int | None = 0) -> None:
    """The client cancels; late, a consultation uses up the pair's one, and a part of a price may be kept.

    `expecting`: what their page said comes back, in smallest units; None for a page that said nothing. Raises
    `TooLate` from the start on, and `LessComesBack` where a deadline has passed since the page was shown, or where
    something was paid and no amount was shown.
    """
    claims.lock_booking(booking)
    queries.possible(booking, Side.CLIENT).cancel.require()
    turn, brings = sold.cancelled(booking, clock.now())
    if expecting is None and booking.price_amount is not None:
        raise LessComesBack(NO_AMOUNT_SHOWN)
    if brings.back.amount < (expecting or 0):
        raise LessComesBack()
    end(booking, turn.state, by=by, turn=turn)


@transactional
def cancel_by_specialist(booking: Booking, *, by: User, emergency: bool = False) -> None:
    """The specialist cancels: it never counts for the client, and is a strike within 24 hours without an emergency.

    Of what was paid the client chooses between all of it and another time (`choose.py`).

    An emergency that excuses nothing uses up none of the year's: earlier than that, or where they are used up.
    """
    claims.lock_booking(booking)
    now = clock.now()
    queries.possible(booking, Side.SPECIALIST).cancel.require()
    used = queries.emergencies_this_year(booking.specialist_id, now)
    noted = policy.is_strike(booking.starts_at, now, emergency=emergency, emergencies_this_year=used)
    booking.is_emergency = emergency and policy.is_short_notice(booking.starts_at, now) and not noted
    end_for_client(booking, by=by, noted=noted)


def cancel_declined(proposal: Proposal, *, by: User) -> None:
    """The client takes none of the times that the specialist offered: over, as if the specialist had cancelled when
    they asked. It never counts for the client. The caller holds the calendar."""
    booking = proposal.booking
    noted = policy.is_strike(booking.starts_at, proposal.made_at, emergency=False, emergencies_this_year=0)
    end_for_client(booking, by=by, noted=noted, reason="declined")


def end_for_client(booking: Booking, *, by: User, noted: bool, reason: str = "") -> None:
    """The specialist cannot make it; whether that is noted on their side is decided, and said in their letter."""
    if noted:
        strike(booking, "late_cancel")
    end(booking, BookingState.CANCELLED_BY_SPECIALIST, by=by, reason=reason, noted=noted)


@transactional
def release_unconfirmed(booking: Booking) -> None:
    """Nobody said "I'll be there", and one was missed before: the time goes back to others. It does not count.

    An answer, or another time chosen, in the last moment keeps the place: the hour is asked for again.
    """
    claims.lock_booking(booking)
    released = queries.released_at(booking)
    if booking.is_confirmed and released is not None and released <= clock.now():
        end(booking, BookingState.RELEASED, by=None)


def end(
    booking: Booking,
    state: BookingState,
    *,
    by: User | None,
    reason: str = "",
    noted: bool = False,
    turn: Turn | None = None,
) -> None:
    """Into a cancelled state with everything that follows: cells, calendar entry, proposals, money, mails, audit.

    The caller holds the calendar, since it decided from what the booking says, and has noted what is `noted`. `turn`
    tells the money more than the state does.
    """
    _leave(booking, state, by=by, reason=reason)
    settle_or_ask(booking, turn or Turn(state=state, at=clock.now()), by=by)
    _tell(booking, by=by, noted=noted)
    audit.record(f"booking.{state}", f"booking:{booking.code}", actor=by)


@transactional
def end_returned(booking: Booking, line: OrderLine) -> None:
    """A payment of it has gone back whole, by a bank or by our staff, and its price needs that: what lies ahead does
    not take place, nobody is held to it, and whatever else was paid for it comes back too. What has begun stays as it
    is, and so does what a part was kept of. The order tells this itself."""
    claims.lock_booking(booking)
    left = sold.left_and_returned(booking)[0].amount
    if not following.ends_ahead(booking, line, back=line.back, left=left):
        return
    _leave(booking, BookingState.RELEASED, by=None, reason=MONEY_RETURNED)
    return_others(booking, line)
    booking.returned_why = Why.RETURNED
    _tell(booking, by=None, returned=True)
    audit.record("booking.money_returned", f"booking:{booking.code}", actor=None)


def _leave(booking: Booking, state: BookingState, *, by: User | None, reason: str) -> None:
    booking.move_to(state, by=by, reason=reason)
    booking.ended_at = clock.now()
    claims.release(booking)
    nobody_pays(booking, by=by)
    withdraw_proposals(booking)


def _tell(booking: Booking, *, by: User | None, noted: bool = False, returned: bool = False) -> None:
    booking.raise_sequences()
    claims.feeds_changed(booking.client_id, booking.specialist.user_id)
    emails.cancelled(booking, by=by, noted=noted, returned=returned)


def withdraw_proposals(booking: Booking, state: ProposalState = ProposalState.WITHDRAWN) -> None:
    """Other times that were offered for a booking make no sense any more."""
    for proposal in booking.proposals:
        if proposal.state == ProposalState.OPEN:
            proposal.state, proposal.answered_at = state, clock.now()
    db.session.flush()


def strike(booking: Booking, reason: str) -> None:
    """Note that the specialist let somebody down; once for each booking."""
    db.session.add(Strike(specialist_id=booking.specialist_id, booking_id=booking.id, reason=reason))
    audit.record("strike.noted", f"booking:{booking.code}", actor=None, reason=reason)
