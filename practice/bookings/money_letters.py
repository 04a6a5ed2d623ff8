"""This file knows every letter to a client about the payment of a session: with which facts, and about what."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from practice.accounts.models import User
from practice.config import settings
from practice.http.formats import amount
from practice.http.pages import absolute_url
from practice.letters import registry
from practice.letters.outbox import enqueue_mail
from practice.payments import desk_queries
from practice.payments import queries as payments
from practice.payments.models import Order
from practice.payments.policy.effects import Letter, Write
from practice.store.db import db
from practice.values import clock
from practice.values.money import Money

from . import emails, gates, queries, sold
from .invites import url_of
from .models import Appointment, Booking
from .queries import Looker
from .states import BookingState

WITH_TIMES = (Letter.SEAT_LOST, Letter.HOLD_ENDED, Letter.PAYMENT_FAILED, Letter.BEGAN_UNPAID)
RETURNS = (Letter.REFUND, Letter.REFUND_FAILED, Letter.BANK_AGAINST_US)
MOST_TIMES = 3
# Rows from before a letter about money back knew whether our staff had decided it, and whether it was ever booked.
registry.knows("bookings", by_staff=False, stood=True)


def write(what: Write, order: Order, booking: Booking, held: Booking | None = None) -> None:
    """To whoever bought it, if there is somebody still; each once for each occasion. `held`: what was kept instead of
    the booking, where the order is of the difference."""
    if order.buyer is None or (what.letter == Letter.BANK_AGAINST_US and _is_called_off_by_it(what, order, booking)):
        return
    facts = _facts(what, order, booking)
    if held is not None:
        facts |= _of_another_length(booking, held, is_about_it=what.letter not in RETURNS)
    if what.letter == Letter.REFUND:
        facts["stood"] = booking.confirmed_at is not None
        facts["by_staff"] = desk_queries.is_by_staff(order, what.number)
    if what.letter in WITH_TIMES:
        facts["nearest_list_at"] = [] if held is not None else _nearest(booking, order.buyer)
    if what.letter == Letter.SEAT_LOST and held is None:
        facts |= _order_instead(booking, order.buyer)
    template = emails.OF_PAYMENTS[what.letter]
    had = queries.had_by_another(booking, held) if what.letter in emails.OF_MORE_PAYMENTS else None
    if had is not None:
        template = emails.OF_MORE_PAYMENTS[what.letter]
        facts["url"] = url_of(had, "client")
    key = f"{order.thing}:{what.letter}:{booking.id}:{clock.now().isoformat()}"
    enqueue_mail(key, f"bookings/{template}", order.buyer, facts)


def _facts(what: Write, order: Order, booking: Booking) -> dict[str, Any]:
    # About a booking that is none yet the order's own page says more.
    unclear = what.letter in (Letter.PAYMENT_IN_DOUBT, Letter.REFUND_FAILED)
    return {
        "paid": amount(Money(what.amount, order.paid_in or order.currency)),
        "total": amount(order.total),
        "minutes": booking.appointment.offer.minutes,
        "order": order.code,
        "url": _page_of(order) if unclear else url_of(booking, "client"),
        "invoices_url": absolute_url("invoices.payments", of=booking.code),
        "starts_at": booking.starts_at.isoformat(),
        "other_name": booking.specialist.called,
        "slug": booking.specialist.slug,
        "offer": booking.appointment.offer.code,
        "is_public": booking.specialist.is_visible and not gates.has_ended(order.buyer, booking.appointment.offer),
    }


def _is_called_off_by_it(what: Write, order: Order, booking: Booking) -> bool:
    """Whether a letter says already that it does not take place, since all of its money has gone back."""
    return booking.is_confirmed and clock.now() < booking.starts_at and what.amount >= order.paid


def _of_another_length(booking: Booking, held: Booking, *, is_about_it: bool) -> dict[str, Any]:
    """When and how long it would be, or is now; and when the session is that stands in any case."""
    facts: dict[str, Any] = {
        "longer": True,
        "stands_at": booking.starts_at.isoformat() if booking.is_confirmed else None,
    }
    if is_about_it:
        facts |= {"starts_at": held.starts_at.isoformat(), "minutes": held.appointment.offer.minutes}
    return facts


def _order_instead(booking: Booking, client: User) -> dict[str, Any]:
    """Until when the very time is kept for them by a second order of theirs, and its page; nothing where none does."""
    going_on = payments.going_on_of(client, booking.specialist.user_id)
    codes = {line.subject_code: order for order in going_on for line in order.lines if line.subject_kind == sold.KIND}
    asked = select(Booking).join(Booking.appointment).where(Booking.code.in_(codes), Booking.id != booking.id)
    kept = asked.where(Booking.state == BookingState.HELD, Appointment.starts_at == booking.starts_at)
    found = db.session.scalars(kept).first()
    if found is None:
        return {}
    second = codes[found.code]
    return {"kept_until_at": second.pay_by.isoformat(), "url": _page_of(second)}


def _page_of(order: Order) -> str:
    return f"{settings().base_url}/checkout/{order.code}/return"


def _nearest(booking: Booking, client: User) -> list[str]:
    """Other times of the same specialist, as instants; none where their practice takes nobody, or not this person."""
    offer = booking.appointment.offer
    if not booking.specialist.is_published or not queries.is_unlocked(client, offer):
        return []
    found = queries.nearest(offer, booking.starts_at, Looker((booking,), client))
    return [start.isoformat() for start in found[:MOST_TIMES]]
