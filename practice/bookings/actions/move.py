"""This file knows how a booking gets another time: by the client, or through times that the specialist offers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import update

from practice.accounts.models import User
from practice.bookings import claims, emails, limits, policy, queries
from practice.bookings.errors import SlotClosed, TooLate
from practice.bookings.models import MOVED, MOVED_INSTEAD, OTHER_LENGTH, PROPOSED, TOOK_PROPOSED, Booking, Proposal
from practice.bookings.queries import Looker
from practice.bookings.states import ProposalState
from practice.bookings.was import Was
from practice.bookings.who_may import NOT_PROPOSED, Side
from practice.specialists.models import Offer
from practice.store import audit
from practice.store.db import changed, db, transactional
from practice.values import clock
from practice.values.errors import Invalid

from .cancel import cancel_declined, withdraw_proposals
from .express import note_express
from .hold import end_of, give_up, local_start, lock_own_holds, require_open
from .returning import nobody_pays, tell_end


@transactional
def move(
    booking: Booking, starts_at: datetime, *, by: User, browser_key: str | None = None, is_express: bool = False
) -> None:
    """The client takes another free time; the booking, its code and its calendar entry stay the same.

    While the specialist asks for another time, any that is free will do, and it uses up none of the client's own moves.
    What they, or their browser, hold with this specialist gives way, and what they hold elsewhere at that time. Raises
    `TooLate` after two moves or the start, `TooOften`, `SlotTaken`, `SlotClosed`, `OwnOverlap`, `ExpressNeeded`.
    """
    mine = lock_with_holds(booking, browser_key)
    possible = queries.possible(booking, Side.CLIENT)
    possible.move.require()
    note_express(booking, starts_at, is_express=is_express)
    is_proposed = bool(possible.take_proposed)
    # Counted first: the letter that `put` writes says how many are left.
    booking.moves_used += not is_proposed
    put(booking, starts_at, mine, by=by, why=MOVED_INSTEAD if is_proposed else MOVED)


@transactional
def propose(booking: Booking, starts: Sequence[datetime], *, by: User) -> Proposal:
    """The specialist offers one to three other times; the original stands until the client accepts one. What was kept
    instead of it, while somebody pays for another length, is kept no more.

    Raises `TooLate`, `TooOften`, `Invalid`, `SlotTaken`, `SlotClosed`.
    """
    claims.lock_booking(booking)
    queries.possible(booking, Side.SPECIALIST).propose_times.require()
    claims.end_held_instead(booking)
    nobody_pays(booking, by=by)
    proposal = name_times(booking, starts, Looker((booking,)), side=Side.SPECIALIST)
    booking.note_move(booking.state, by=by, reason=PROPOSED)
    db.session.flush()
    emails.proposed(booking, proposal)
    audit.record("booking.proposed", f"booking:{booking.code}", actor=by)
    return proposal


def name_times(booking: Booking, starts: Sequence[datetime], looker: Looker, *, side: Side) -> Proposal:
    """One to three free times that one side names for a booking, in place of what was named before; the caller holds
    the calendar. Raises `Invalid`, `SlotTaken`, `SlotClosed`, `OwnOverlap`."""
    now, chosen = clock.now(), sorted(set(starts))
    if not 1 <= len(chosen) <= limits.MOST_PROPOSED:
        sentence = policy.choose_some(len(chosen))
        raise Invalid(sentence, fields={"starts": sentence})
    for start in chosen:
        require_open(booking.appointment.offer, start, now, looker)
    withdraw_proposals(booking)
    named = Proposal(
        side=side,
        starts=[start.isoformat() for start in chosen],
        lapses_at=policy.proposal_lapses(booking.starts_at, chosen, now),
    )
    booking.proposals.append(named)
    return named


@transactional
def accept_proposal(
    proposal: Proposal, starts_at: datetime, *, by: User, browser_key: str | None = None, is_express: bool = False
) -> None:
    """One of the offered times becomes the booking's, as by `move`; it does not use up the client's own moves."""
    mine = lock_with_holds(proposal.booking, browser_key)
    _still_open(proposal)
    if starts_at.isoformat() not in proposal.starts:
        raise SlotClosed("That was not one of the times offered.")
    note_express(proposal.booking, starts_at, is_express=is_express)
    proposal.state, proposal.answered_at = ProposalState.ACCEPTED, clock.now()
    db.session.flush()
    put(proposal.booking, starts_at, mine, by=by, why=TOOK_PROPOSED)


@transactional
def decline_proposal(proposal: Proposal, *, by: User) -> None:
    """None of the times suit, and the specialist cannot make the original: cancelled, and it does not count."""
    _still_open(proposal)
    proposal.state, proposal.answered_at = ProposalState.DECLINED, clock.now()
    db.session.flush()
    cancel_declined(proposal, by=by)


@transactional
def lapse_proposals() -> int:
    """Offers that nobody answered are over, the original time stands; returns how many."""
    now = clock.now()
    # In one statement: what is answered in this very moment is not open any more.
    unanswered = update(Proposal).where(
        Proposal.state == ProposalState.OPEN, Proposal.side == Side.SPECIALIST, Proposal.lapses_at <= now
    )
    return changed(unanswered.values(state=ProposalState.LAPSED, answered_at=now))


@transactional
def keep_wall_clock(booking: Booking) -> bool:
    """A country changed its clocks after the booking was made: the hour that was agreed stays, the instant follows.

    All who come move together, and are told, as of every move; True if something changed. Raises `SlotTaken` or
    `OwnOverlap` if the instant is not free.
    """
    if _agreed_instant(booking) == booking.starts_at:
        return False  # nearly always, and then nobody's calendar is locked for it
    claims.lock_booking(booking)
    was, agreed = Was.of(booking), _agreed_instant(booking)
    if agreed == booking.starts_at or not booking.is_confirmed:
        return False
    who_come = shift(booking, agreed)
    if not booking.appointment.is_for_one:
        booking.appointment.raise_sequence()
    for each in who_come:
        if each.is_confirmed:
            tell(each, was, None, MOVED)
    return True


def _agreed_instant(booking: Booking) -> datetime:
    wall, _, fold = booking.appointment.local_start.partition("+")
    zone = ZoneInfo(booking.appointment.zone)
    return datetime.fromisoformat(wall).replace(tzinfo=zone, fold=int(fold or 0)).astimezone(UTC)


def lock_with_holds(booking: Booking, browser_key: str | None) -> Sequence[Booking]:
    """Its calendar, and those in which its client or their browser holds a time while a form is open: what they hold,
    for as long as it lasts, and what is kept instead of it."""
    mine = lock_own_holds((booking.specialist_id,), booking.client, browser_key)
    db.session.refresh(booking)
    db.session.refresh(booking.appointment)
    lasting = [each for each in mine if each.held_until is not None and each.held_until > clock.now()]
    return [*lasting, *claims.held_instead(booking)]


def make_way(mine: Sequence[Booking], booking: Booking, starts_at: datetime, offer: Offer) -> None:
    """They have decided otherwise: what they hold with its specialist ends, and with others what overlaps."""
    ends_at = end_of(offer, starts_at)
    for each in mine:
        if each.specialist_id == booking.specialist_id or (each.starts_at < ends_at and starts_at < each.ends_at):
            give_up(each)


def _still_open(proposal: Proposal) -> None:
    """The proposal as it is now, with nobody else able to answer it; raises `TooLate`."""
    claims.lock_booking(proposal.booking)
    db.session.refresh(proposal)
    if proposal is not proposal.booking.open_proposal:
        raise TooLate(NOT_PROPOSED.sentence)
    queries.possible(proposal.booking, Side.CLIENT).take_proposed.require()


def put(booking: Booking, starts_at: datetime, mine: Sequence[Booking], *, by: User, why: str) -> None:
    """Another time, in one transaction with what was asked before; the caller holds the calendar, and those of `mine`,
    what this person holds: asked for first, as the list does, then given up."""
    was, offer = Was.of(booking), booking.appointment.offer
    if starts_at == booking.starts_at:
        raise SlotClosed("That is the time you have already.")
    zone = require_other(booking, starts_at, mine, offer)
    settle_at(booking, starts_at, zone)
    tell(booking, was, by, why)


def require_other(booking: Booking, starts_at: datetime, mine: Sequence[Booking], offer: Offer) -> str:
    """The zone in which it would be held, if that start of this offer is free for them; `mine` gives way. Raises
    `SlotTaken`, `SlotClosed`, `OwnOverlap`."""
    calendar = require_open(offer, starts_at, clock.now(), Looker((booking, *mine), booking.client))
    make_way(mine, booking, starts_at, offer)
    return calendar.zone_at(starts_at)


def settle_at(booking: Booking, starts_at: datetime, zone: str) -> None:
    """Another instant, agreed on the clock of this zone."""
    shift(booking, starts_at)
    booking.appointment.zone, booking.appointment.local_start = zone, local_start(starts_at, zone)


def shift(booking: Booking, starts_at: datetime) -> Sequence[Booking]:
    """Another instant and its cells, for all who have a place in its appointment; returns them.

    The old cells go in the same transaction, and what was kept instead: ten minutes later overlaps itself.
    """
    appointment = booking.appointment
    who_come = [booking] if appointment.is_for_one else [each for each in appointment.bookings if each.is_live]
    for each in who_come:
        claims.end_held_instead(each)
    claims.release_all(appointment)
    appointment.starts_at, appointment.ends_at = starts_at, end_of(appointment.offer, starts_at)
    claims.claim_specialist(appointment)
    for each in who_come:
        claims.claim_client(each)
        tell_end(each)
    return who_come


def tell(booking: Booking, was: Was, by: User | None, why: str) -> None:
    """Both sides hear that it has another time, or another length than it had; what was asked for is asked no more."""
    booking.reconfirmed_at = None
    note = booking.note_move(booking.state, by=by, reason=why, starts_before=was.starts_at)
    note.minutes_before = was.minutes if why == OTHER_LENGTH else None
    nobody_pays(booking, by=by)
    withdraw_proposals(booking)
    booking.raise_sequences()
    claims.feeds_changed(booking.client_id, booking.specialist.user_id)
    emails.moved(booking, was)
    audit.record("booking.moved", f"booking:{booking.code}", actor=by)
