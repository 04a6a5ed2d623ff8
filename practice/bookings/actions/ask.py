"""This file knows how a client asks for another time that they may not take themselves, and what the specialist says.

It is the same as other times that a specialist offers, from the other side: the booking stands until one is agreed to.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from practice.accounts.models import User
from practice.bookings import claims, emails, queries
from practice.bookings.errors import SlotClosed, TooLate
from practice.bookings.models import AGREED_TO, ASKED, Booking, Proposal
from practice.bookings.queries import Looker
from practice.bookings.states import ProposalState
from practice.bookings.who_may import NOT_ASKED, Side
from practice.store import audit
from practice.store.db import db, transactional
from practice.values import clock
from practice.work.each import one_by_one

from .express import note_express
from .move import lock_with_holds, name_times, put


@transactional
def ask_times(booking: Booking, starts: Sequence[datetime], *, by: User, is_express: bool = False) -> Proposal:
    """The client asks for one of up to three times; theirs stands until the specialist agrees, and if nobody answers.

    What they asked before is not asked any more. Raises `TooLate`, `TooOften`, `Conflict` where they may move it
    themselves, `Invalid`, `SlotTaken`, `SlotClosed`, `OwnOverlap`, `ExpressNeeded`.
    """
    claims.lock_booking(booking)
    queries.possible(booking, Side.CLIENT).ask_times.require()
    for start in starts:
        note_express(booking, start, is_express=is_express)
    asked = name_times(booking, starts, Looker((booking,), booking.client), side=Side.CLIENT)
    booking.note_move(booking.state, by=by, reason=ASKED)
    db.session.flush()
    emails.asked(booking, asked)
    audit.record("booking.asked", f"booking:{booking.code}", actor=by)
    return asked


@transactional
def agree(asked: Proposal, starts_at: datetime, *, by: User) -> None:
    """The specialist agrees: the booking is moved, free of charge and without using up a move of the client's.

    Raises `TooLate` where it is not asked for any more, `SlotClosed`, `SlotTaken`, `OwnOverlap`.
    """
    mine = lock_with_holds(asked.booking, None)
    _still_asked(asked)
    if starts_at.isoformat() not in asked.starts:
        raise SlotClosed("That was not one of the times asked for.")
    _answer(asked, ProposalState.ACCEPTED)
    put(asked.booking, starts_at, mine, by=by, why=AGREED_TO)


@transactional
def decline_asked(asked: Proposal, *, by: User) -> None:
    """The specialist agrees to none: the booking stands as it was, and its client hears so. Raises `TooLate`."""
    _still_asked(asked)
    _answer(asked, ProposalState.DECLINED)
    emails.stands_as_asked(asked)
    audit.record("booking.asked_declined", f"booking:{asked.booking.code}", actor=by)


@transactional
def take_back_asked(booking: Booking) -> None:
    """The client does not ask any more; it stands as it was. Raises `TooLate`."""
    claims.lock_booking(booking)
    queries.possible(booking, Side.CLIENT).take_back_asked.require()
    asked = booking.open_request
    assert asked is not None, "it can be taken back"
    _answer(asked, ProposalState.WITHDRAWN)


def lapse_asked() -> None:
    """What nobody answered in time is not asked any more: the appointment stands, and its client hears so."""
    late = select(Proposal).where(
        Proposal.state == ProposalState.OPEN, Proposal.side == Side.CLIENT, Proposal.lapses_at <= clock.now()
    )
    one_by_one("booking", db.session.scalars(late).all(), _lapse, named=lambda asked: asked.booking.code)


@transactional
def _lapse(asked: Proposal) -> None:
    claims.lock_booking(asked.booking)
    db.session.refresh(asked)
    if asked.state != ProposalState.OPEN:
        return
    _answer(asked, ProposalState.LAPSED)
    if asked.booking.is_confirmed and clock.now() < asked.booking.starts_at:
        emails.stands_as_asked(asked)


def _still_asked(asked: Proposal) -> None:
    """As it is now, with nobody else able to answer it; raises `TooLate`."""
    claims.lock_booking(asked.booking)
    db.session.refresh(asked)
    if asked is not asked.booking.open_request:
        raise TooLate(NOT_ASKED.sentence)
    queries.possible(asked.booking, Side.SPECIALIST).answer_asked.require()


def _answer(asked: Proposal, state: ProposalState) -> None:
    asked.state, asked.answered_at = state, clock.now()
    db.session.flush()
