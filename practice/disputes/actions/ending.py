"""This file knows how a dispute ends: what was decided is returned in the one way there is, and its money goes on."""

from __future__ import annotations

from dataclasses import replace

from practice.accounts.models import User
from practice.bookings import sold
from practice.bookings.actions.returning import give_more, set_frozen, settle_money
from practice.bookings.models import Booking
from practice.bookings.money_back import Turn
from practice.bookings.states import BookingState
from practice.bookings.who_may import Side
from practice.disputes import emails, policy, queries
from practice.disputes.models import Dispute
from practice.disputes.states import DisputeState, Ending
from practice.payments.states import DisputeState as BankState
from practice.store import audit
from practice.store.db import transactional
from practice.values import clock
from practice.values.money import Money

from .locking import locked


@transactional
def withdraw(dispute: Dispute, *, by: User) -> None:
    """Its client takes it back: nothing is returned. A case of safety goes on. Raises `Conflict`, `NotAllowed`."""
    dispute = locked(dispute)
    policy.may_withdraw(queries.known_of(dispute), queries.side_of(dispute.booking, by)).require()
    close(dispute, Ending.WITHDRAWN, by=by)


@transactional
def give_all(dispute: Dispute, *, by: User) -> None:
    """Its specialist gives all of it back, and nobody has to decide. Raises `Conflict`, `NotAllowed`."""
    dispute = locked(dispute)
    policy.may_give_all(queries.known_of(dispute), queries.side_of(dispute.booking, by)).require()
    close(dispute, Ending.GIVEN, by=by)


@transactional
def accept(dispute: Dispute, *, by: User) -> None:
    """One side asks nobody else. Raises `Conflict`, `NotAllowed`."""
    dispute = locked(dispute)
    side = queries.side_of(dispute.booking, by)
    policy.may_accept(queries.known_of(dispute), side).require()
    if side == Side.CLIENT:
        dispute.client_accepted_at = clock.now()
    else:
        dispute.specialist_accepted_at = clock.now()
    audit.record("dispute.accepted", f"booking:{dispute.booking.code}", actor=by)
    if policy.is_final(queries.known_of(dispute), clock.now()):
        close(dispute, Ending.DECIDED, by=by)


@transactional
def go_on(dispute: Dispute) -> None:
    """What time, a bank or another rule has made of it; a second time is nothing."""
    dispute = locked(dispute)
    if dispute.state == DisputeState.CLOSED:
        return
    known, now = queries.known_of(dispute), clock.now()
    if known.at_bank:
        _wait(dispute)
    elif sold.left_and_returned(dispute.booking)[0].is_free:
        close(dispute, Ending.BY_BANK if _is_by_bank(dispute) else Ending.RETURNED, by=None)
    elif policy.is_silent(known, now):
        dispute.move_to(DisputeState.IN_MEDIATION)
        emails.in_mediation(dispute, answered=False)
        audit.record("dispute.unanswered", f"booking:{dispute.booking.code}", actor=None)
    elif policy.is_final(known, now):
        close(dispute, Ending.DECIDED, by=None)


def _wait(dispute: Dispute) -> None:
    """While a bank is asked no clock runs: the whole time is there again once it has decided."""
    lasts = policy.runs(DisputeState(dispute.state))
    if lasts is not None:
        dispute.due_at = clock.now() + lasts


def _is_by_bank(dispute: Dispute) -> bool:
    """Whether a bank took of its money since it was opened; what one took before is no answer to it."""
    asked = (each for line in sold.lines_of(dispute.booking) for each in line.order.disputes)
    return any(each.state == BankState.LOST and each.changed_at >= dispute.opened_at for each in asked)


def close(dispute: Dispute, ending: Ending, *, by: User | None) -> None:
    """Into its end, with the money that goes with it; the caller has it locked, and has asked whether it may."""
    booking, ruling = dispute.booking, queries.last_in_force(dispute)
    turn = Turn(state=BookingState(booking.state), at=clock.now())
    dispute.move_to(DisputeState.CLOSED)
    dispute.ending, dispute.closed_at = ending, clock.now()
    if ending == Ending.GIVEN:
        give_more(booking, _all_of(booking), by=by)
    elif ending == Ending.DECIDED and ruling is not None and ruling.percent:
        settle_money(booking, replace(turn, decided=ruling.percent), by=by)
    set_frozen(booking, frozen=False, by=by)
    second = ruling is not None and ruling.is_appeal and ending == Ending.DECIDED
    emails.closed(dispute, queries.back_of_price(booking), ruling.reason if ruling and second else "")
    audit.record(f"dispute.closed_{ending}", f"booking:{booking.code}", actor=by)


def _all_of(booking: Booking) -> Money:
    kept, returned = sold.left_and_returned(booking)
    return kept + returned
