"""This file knows what a card holder's bank is shown: what was agreed, when who was where, and which letters went.

Times, rules and headings only: never a topic, a name, or a word that either side wrote, in a form, a letter or a call.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from sqlalchemy import select

from practice.bookings import labels as booking_labels
from practice.bookings import queries as bookings
from practice.bookings import timeline as steps
from practice.bookings.models import Booking, BookingMove
from practice.letters import sources
from practice.letters.outbox import OutboxMail
from practice.payments.models import Order
from practice.providers.stripe_gateway.values import Evidence
from practice.store.db import db

from . import queries

SHOWN = (
    "The rule stood on the page before payment, with its deadlines as date, time and zone, and was agreed to there by "
    "a tick. It is kept with the booking as it was sold, and stands in the confirmation and on the booking’s page."
)
EXPRESS = " The client asked for the session within the time in which they could have withdrawn."


def of(order: Order, refusal: str = "") -> Evidence:
    """All that is on record about an order; `refusal`: why nothing more should come back, in staff's own words."""
    sessions = queries.bookings_of(order)
    return Evidence(
        service="; ".join(line.label for line in order.lines),
        service_date=", ".join(each.starts_at.astimezone(UTC).date().isoformat() for each in sessions),
        policy="\n".join(_rule(each) for each in sessions),
        policy_shown=SHOWN + (EXPRESS if any(each.is_express for each in sessions) else ""),
        refusal=refusal.strip(),
        access_log="\n".join(f"{_at(at)}: {what}" for at, what in timeline(order, sessions)),
        letters="\n".join(f"{_at(at)}: {what}" for at, what in letters(order, sessions)),
    )


def timeline(order: Order, sessions: Sequence[Booking]) -> list[tuple[datetime, str]]:
    """When (UTC) it was booked, paid, moved, joined and ended; the oldest first."""
    found = [(order.created_at, "The client went to the payment page")]
    if order.paid_at is not None:
        found.append((order.paid_at, "Paid by card"))
    for booking in sessions:
        found += _of_session(booking)
    return sorted(found, key=lambda each: each[0])


def _of_session(booking: Booking) -> Iterator[tuple[datetime, str]]:
    for move in bookings.history(booking):
        yield move.at, _step(booking, move)
    if booking.joined_client_at is not None:
        yield booking.joined_client_at, "The client opened the call"
    if booking.joined_specialist_at is not None:
        yield booking.joined_specialist_at, "The specialist opened the call"
    yield booking.starts_at, "The session was to begin"
    yield booking.ends_at, "The session was to end"


def _step(booking: Booking, move: BookingMove) -> str:
    done = steps.STEPS.get(move.reason) or booking_labels.named(move.after, booking.terms)
    return f"{done}, before {_at(move.starts_before)}{steps.lasted(move)}" if move.starts_before else done


def letters(order: Order, sessions: Sequence[Booking]) -> list[tuple[datetime, str]]:
    """When (UTC) a mail server took which letter to the client, by its heading; never what stood in it."""
    things = [order.thing, *(each.thing for each in sessions)]
    clients = {each.client_id for each in sessions} | {order.buyer_id}
    asked = (
        select(OutboxMail.sent_at, OutboxMail.template)
        .where(OutboxMail.about.in_(things), OutboxMail.recipient_id.in_(filter(None, clients)))
        .where(OutboxMail.sent_at.is_not(None))
        .order_by(OutboxMail.sent_at, OutboxMail.id)
    )
    taken, rows = "taken by the client’s mail server", db.session.execute(asked)
    return [(row.sent_at, f"“{sources.title(row.template)}”, {taken}") for row in rows if row.sent_at is not None]


def _rule(booking: Booking) -> str:
    """ "Cancelled by the client, until 2027-03-02 09:00 UTC 100% comes back, …"."""
    until = (
        f"until {_at(at)} {share}% comes back"
        for at, share in booking.terms.cancel_rule.deadlines(booking.starts_at)
        if share
    )
    return f"Cancelled by the client, {', '.join(until)}; after that nothing."


def _at(at: datetime) -> str:
    return f"{at.astimezone(UTC).replace(tzinfo=None).isoformat(' ', 'minutes')} UTC"
