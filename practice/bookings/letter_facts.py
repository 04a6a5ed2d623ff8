"""This file knows what letters about a booking may say of it, to which side, and what rows from before are read as."""

from __future__ import annotations

from typing import Any

from practice.http import clocks
from practice.http.clocks import Clock
from practice.letters import registry
from practice.values import clock

from . import policy, sale_labels, sold, specialists_money, suggesting, terms
from .invites import initials, url_of
from .limits import CONTEST_WINDOW, JOIN_OPENS, STRIKE_NOTICE, STRIKE_WINDOW, STRIKES_PAUSE
from .models import Booking
from .policy import undo_until
from .terms import CONSULT

# Which letters to a specialist say what they have of a price.
OF_MONEY = {
    *("bookings/booked", "bookings/cancelled", "bookings/called_off", "bookings/given_back", "bookings/tech_failure"),
    "bookings/moved",
    *("bookings/noted_as_missed", "bookings/mark_changed", "bookings/mark_stays"),
}

# Which letters to a client say until when what comes back.
OF_DEADLINES = {
    *("bookings/booked", "bookings/moved", "bookings/reminder_day", "bookings/proposal", "bookings/asked_in_vain"),
}

# What letters say of a kind: of what is sold no rule, since each booking keeps its own.
SAYS = {each.kind: each.says_of_kind for each in terms.ALL}

registry.knows(
    "bookings",
    says=SAYS,
    # A letter says the terms of its booking; rows from before are of free consultations and hold none.
    kind=CONSULT.kind,
    late_lasts=CONSULT.late,
    counts_from_at=None,
    most_moves=CONSULT.moves,
    join_opens=JOIN_OPENS,
    contest_window=CONTEST_WINDOW,
    strike_window=STRIKE_WINDOW,
    strikes_pause=STRIKES_PAUSE,
    strike_notice=STRIKE_NOTICE,
    noted=False,
    broke=False,
    as_two=False,
    took_place=False,
    had_come_back=False,
    choose_until_at=None,
    entry_at=None,
    fits_until_at=None,
    withdrew=False,
    notice_at=None,
    # Rows from before payments, of what was free.
    price="",
    yours="",
    comes_back="",
    gone_before="",
    came="",
    by_hand="",
    waits=False,
    at_once="",
    returns=False,
    why="",
    # What is of another length than it was, and what pays for that.
    minutes="",
    lasted="",
    back="",
    longer=False,
    stands_at=None,
    kept_until_at=None,
    **sale_labels.NO_DEADLINES,
    **suggesting.NOBODY,
)


def of(booking: Booking, side: str, template: str) -> dict[str, Any]:
    """The appointment as one side may know it in that letter: no topic, no title, no surname, whatever the template
    does."""
    context = _of_all(booking, side)
    if side == "specialist" and template in OF_MONEY:
        context |= specialists_money.in_letters(booking)
    if side == "client" and template in OF_DEADLINES:
        context |= sale_labels.deadlines_of(booking)
    return context


def _of_all(booking: Booking, side: str) -> dict[str, Any]:
    for_client, is_open = side == "client", sold.is_open(booking)
    return {
        "side": side,
        "url": url_of(booking, side),
        "starts_at": booking.starts_at.isoformat(),
        "ends_at": booking.ends_at.isoformat(),
        "undo_until_at": undo_until(booking.terms, booking.confirmed_at or clock.now(), booking.starts_at).isoformat(),
        "other_name": booking.specialist.called if for_client else initials(booking),
        "other_zone": _clock_of_other(booking, side).zone_at(booking.starts_at),
        "format": booking.format,
        "code": booking.code,
        "slug": booking.specialist.slug,
        "kind": booking.kind,
        "as_two": booking.with_partner,
        "late_lasts": booking.terms.late.total_seconds(),
        "counts_from_at": policy.counts_from(booking.terms, booking.starts_at, is_open).isoformat(),
        "most_moves": booking.terms.moves,
        "moves_left": booking.terms.moves - booking.moves_used if is_open else 0,
        **sale_labels.facts_of(booking),
    }


def _clock_of_other(booking: Booking, side: str) -> Clock:
    """The clock of whoever the letter is not for, as it is on that date."""
    return clocks.of(booking.specialist.user) if side == "client" else clocks.of(booking.client, booking.client_zone)
