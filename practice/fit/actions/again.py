"""This file knows how something that has ended is opened again: the client asks, the specialist agrees or does not."""

from __future__ import annotations

from sqlalchemy import delete

from practice.accounts.models import User
from practice.bookings import claims
from practice.bookings.models import Booking
from practice.fit import emails, policy, queries
from practice.fit.models import FitChoice, FitRequest
from practice.fit.queries import Fit
from practice.fit.states import RequestState
from practice.store import audit
from practice.store.db import changed, db, transactional
from practice.values import clock

from .refer import take_suggestions_back


@transactional
def ask_again(booking: Booking, *, by: User) -> FitRequest:
    """The client would like to open it again; nothing changes before the specialist agrees. Raises `Conflict` where it
    has not ended, was asked already, or was declined before."""
    claims.keep_still(booking)
    fit = queries.fit_of(booking)
    policy.may_ask_again(fit.known, clock.now()).require()
    request = FitRequest(booking_id=booking.id)
    db.session.add(request)
    db.session.flush()
    emails.asked_again(fit, request)
    audit.record("fit.asked_again", f"booking:{booking.code}", actor=by)
    return request


@transactional
def open_again(booking: Booking, *, by: User) -> None:
    """The specialist agrees: everybody answers anew, and the days count from now. `Conflict` where nobody asks."""
    fit, request = _asked(booking)
    request.move_to(RequestState.AGREED)
    changed(delete(FitChoice).where(FitChoice.booking_id == booking.id))
    take_suggestions_back(booking)
    db.session.flush()
    db.session.expire_all()
    emails.opened_again(queries.fit_of(fit.booking))
    audit.record("fit.opened_again", f"booking:{booking.code}", actor=by)


@transactional
def leave_closed(booking: Booking, *, by: User) -> None:
    """The specialist leaves it as it is; nobody can ask once more. `Conflict` where nobody asks."""
    fit, request = _asked(booking)
    request.move_to(RequestState.DECLINED)
    emails.not_opened(fit)
    audit.record("fit.left_closed", f"booking:{booking.code}", actor=by)


def _asked(booking: Booking) -> tuple[Fit, FitRequest]:
    claims.keep_still(booking)
    fit = queries.fit_of(booking)
    policy.may_open_again(fit.known).require()
    request = fit.open_request
    assert request is not None
    return fit, request
