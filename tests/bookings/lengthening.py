"""This file knows how a session that was bought is given another length, and how its money is read."""

from datetime import timedelta
from urllib.parse import urlencode

from practice.bookings import actions, lengths, sold
from practice.store.db import db
from practice.values.money import Money
from tests.pages import fields_of
from tests.selling import pay

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
E80, E30 = Money(11000, "EUR"), Money(4500, "EUR")


def other(booking, offer, starts_at=None, **changes):
    db.session.expire_all()
    shown = lengths.named(booking, offer.code).shown
    plain = {"starts_at": starts_at or booking.starts_at, "shown": shown, "is_express": True}
    return actions.OtherLength(offer.code, **plain | changes)


def order(booking, offer, starts_at=None, **changes):
    return actions.order_length(booking, other(booking, offer, starts_at, **changes), by=booking.client)


def pay_it(found):
    return pay(found, charge=f"ch_{found.code}")


def as_it_is(booking):
    db.session.expire_all()
    return (booking.state, booking.starts_at, booking.appointment.offer.minutes, booking.price.amount)


def seats(booking):
    db.session.expire_all()
    return [(line.price, line.back, line.seat) for line in sold.lines_of(booking)]


def read(outbox, letter):
    return " ".join(outbox.read(letter).text.split())


def address(booking, page, **fields):
    return f"/bookings/{booking.code}/{page}" + ("?" + urlencode(fields) if fields else "")


def sent(browser, page, action, **changes):
    fields = {name: values[0] for name, values in fields_of(page, action).items()}
    return browser.post(action, data=fields | changes)
