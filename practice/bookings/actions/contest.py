"""This file knows what happens when somebody says "it was not like that", and what staff may put right."""

from __future__ import annotations

from practice.accounts.models import User
from practice.bookings import claims, emails, policy, queries, sold
from practice.bookings.models import Booking, Contest, Strike
from practice.bookings.states import BookingState, Outcome
from practice.bookings.who_may import Side
from practice.store import audit
from practice.store.db import db, transactional
from practice.values import clock
from practice.values.errors import Conflict, Invalid, NotAllowed

from .cancel import strike
from .returning import became, is_for_one, set_frozen

DECISIONS = {
    Outcome.UPHELD: None,
    Outcome.TOOK_PLACE: BookingState.COMPLETED,
    Outcome.TECHNICAL: BookingState.TECH_FAILURE,
}


@transactional
def contest(booking: Booking, words: str, *, by: User) -> Contest:
    """Ask staff to look again at a "missed", at a paid call that did not work, or, as its client, at "it took place";
    once, within 72 hours. Raises `TooLate`."""
    claims.lock_booking(booking)
    queries.possible_to(booking, by).contest.require()
    opened = Contest(booking_id=booking.id, by_id=by.id, words=words)
    db.session.add(opened)
    db.session.flush()
    set_frozen(booking, frozen=True, by=by)
    emails.contested(booking, opened)
    audit.record("contest.opened", f"booking:{booking.code}", actor=by)
    return opened


@transactional
def answer_contest(contest: Contest, words: str, *, by: User) -> None:
    """The other side says how it was, once, for as long as nobody has decided. Raises Conflict."""
    booking = contest.booking
    claims.lock_booking(booking)
    db.session.refresh(contest)
    queries.possible_to(booking, by).answer_contest.require()
    contest.answer = words
    contest.answered_at, contest.answered_by_id = clock.now(), by.id
    audit.record("contest.answered", f"booking:{booking.code}", actor=by)


@transactional
def decide_contest(contest: Contest, outcome: Outcome, *, by: User, reason: str) -> None:
    """Staff decide, with a reason that both read: it stays, it took place, the call broke, or the other side was not
    there. Raises Conflict before the other side has answered or had its 48 hours, and where more comes back by it than
    one of them gives alone; Invalid without a reason."""
    if not reason.strip():
        raise Invalid("", {"reason": "Write why, in words for both."})
    booking = contest.booking
    claims.lock_booking(booking)
    db.session.refresh(contest)
    queries.possible_to(booking, by).decide_contest.require()
    state = _other_side(contest) if outcome == Outcome.OTHER_SIDE else DECISIONS[outcome]
    if state == booking.state:
        state, outcome = None, Outcome.UPHELD
    if state is not None or sold.awaits_word(booking):
        is_for_one(booking, state or BookingState(booking.state))
    contest.reason = reason.strip()
    contest.outcome, contest.decided_at, contest.decided_by_id = outcome, clock.now(), by.id
    if state is not None:
        if _pair_went_on(booking):
            booking.granted_again_at = booking.granted_again_at or clock.now()
        booking.move_to(state, by=by)
    if state is not None or sold.awaits_word(booking):
        became(booking, by=by)
    set_frozen(booking, frozen=False, by=by)
    emails.contest_decided(booking, contest, strike=_square_strike(booking, by) if state is not None else "")
    audit.record(f"contest.{outcome}", f"booking:{booking.code}", actor=by)


@transactional
def grant_again(booking: Booking, *, by: User, reason: str) -> None:
    """Give this pair another free consultation; the reason stays with it. `Conflict` unless this one is used up."""
    claims.lock_booking(booking)
    queries.possible(booking, Side.SPECIALIST).grant_again.require()
    booking.granted_again_at, booking.claims_pair = clock.now(), False
    booking.granted_because = reason
    audit.record("booking.granted_again", f"booking:{booking.code}", actor=by)


@transactional
def waive_strike(strike: Strike, *, by: User, reason: str) -> None:
    """Staff take a strike back after a look at what happened; the reason stays with it, and the specialist hears.

    It holds the calendar: where this ends a pause, every kept list of free times is outdated in the same moment.
    """
    booking = db.session.get_one(Booking, strike.booking_id)
    _not_ones_own(booking, by)
    claims.lock_booking(booking)
    db.session.refresh(strike)
    if strike.waived_at is not None:
        raise Conflict("This strike was taken back already.")
    rested = _rests(booking)
    strike.waived_at, strike.waived_because = clock.now(), reason
    emails.strike_waived(booking, rested=rested, rests=_rests(booking))
    audit.record("strike.waived", f"booking:{booking.code}", actor=by)


def _not_ones_own(booking: Booking, by: User) -> None:
    if by.id in (booking.client_id, booking.specialist.user_id):
        raise NotAllowed("Somebody else has to decide about your own appointment.")


def _rests(booking: Booking) -> bool:
    """Whether strikes keep new free consultations from this specialist now."""
    return policy.strikes_pause(queries.strikes_of(booking.specialist_id), clock.now())


def _other_side(contest: Contest) -> BookingState:
    """Who did not contest was not there."""
    is_clients = contest.by_id == contest.booking.client_id
    return BookingState.SPECIALIST_MISSED if is_clients else BookingState.CLIENT_MISSED


def _pair_went_on(booking: Booking) -> bool:
    """Whether the two have another free consultation since: what happened at this one is decided without undoing it."""
    another = db.select(Booking.id).where(
        Booking.person_key == booking.person_key,
        Booking.specialist_id == booking.specialist_id,
        Booking.claims_pair.is_(True),
        Booking.id != booking.id,
    )
    return db.session.scalar(another) is not None


def _square_strike(booking: Booking, by: User) -> str:
    """A strike stands exactly while the booking says that the specialist was not there.

    Returns what became of it now: "noted", "taken back", or nothing; one that staff took back before is left alone.
    """
    noted = db.session.scalar(db.select(Strike).where(Strike.booking_id == booking.id))
    missed = booking.state == BookingState.SPECIALIST_MISSED
    if missed and noted is None:
        strike(booking, "missed")
        return "noted"
    if missed or noted is None or noted.waived_at is not None:
        return ""
    noted.waived_at = clock.now()
    audit.record("strike.waived", f"booking:{booking.code}", actor=by)
    return "taken back"
