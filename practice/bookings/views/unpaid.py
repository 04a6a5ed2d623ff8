"""This file knows what a page before a payment says of what somebody has begun to pay already."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask_login import current_user

from practice.bookings import limits, queries, sale_labels
from practice.bookings.models import Booking
from practice.payments import going_on
from practice.payments import queries as orders
from practice.specialists.models import Offer, Specialist


def about(booking: Booking) -> list[going_on.GoingOn]:
    """What its client has begun to pay for it, the session itself or another length; for what is free there is none."""
    if booking.price_amount is None:
        return []
    found = orders.going_on_of(current_user, booking.specialist.user_id)
    return going_on.shown(each for each in found if any(line.subject_code == booking.code for line in each.lines))


def at(offer: Offer, starts_at: datetime) -> list[going_on.GoingOn]:
    """What they pay for now that takes the time of this offer at that start (UTC) themselves."""
    if not current_user.is_authenticated:
        return []
    ends_at = starts_at + timedelta(minutes=offer.minutes)
    codes = set(queries.reserved_at(current_user, offer.specialist_id, starts_at, ends_at))
    # A session is named by its line; what is kept for another length has the code of the line itself.
    found = orders.going_on_of(current_user, offer.specialist.user_id) if codes else []
    return going_on.shown(e for e in found if any({line.code, line.subject_code} & codes for line in e.lines))


def beside(specialist: Specialist, instead_of: Booking | None = None) -> dict[str, Any]:
    """What they have begun to pay with this specialist, and what is let go, whosever it is, if they begin one more:
    `going_on`, `let_go`; `to_choose`: what they have paid there and can have at another time. `gives_way`: that some of
    it is another length of `instead_of`, which the next one replaces.
    """
    found = orders.going_on_of(current_user)
    shown = going_on.shown(found)
    payees = [{line.payee_id for line in each.lines} for each in found]
    code = instead_of.code if instead_of else ""
    replaced = [any(line.subject_code == code for line in each.lines) for each in found]
    owed = [each for each in queries.to_choose(current_user) if each.specialist_id == specialist.id]
    stay = [each for each, goes in zip(shown, replaced, strict=True) if each.until and not goes]
    return {
        "going_on": [each for each, theirs in zip(shown, payees, strict=True) if specialist.user_id in theirs],
        "to_choose": [said for each in owed if (said := _with_times(each)) is not None],
        "gives_way": any(goes and each.until for each, goes in zip(shown, replaced, strict=True)),
        "let_go": stay[limits.MOST_UNPAID - 1 :],
    }


def _with_times(booking: Booking) -> dict[str, Any] | None:
    """What of theirs another time can be chosen for, without paying."""
    said = sale_labels.to_choose(booking, queries.possible_to(booking, current_user))
    return said if said is not None and said["has_times"] else None
