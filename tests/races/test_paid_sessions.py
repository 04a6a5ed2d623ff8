"""R8 and F26 with what is really sold: sessions, whose letters leave once, however often and late a payment is told."""

import random
from collections import Counter
from datetime import timedelta
from itertools import cycle

import pytest
from sqlalchemy import select

from practice.accounts.models import User
from practice.bookings.states import BookingState
from practice.letters.outbox import MailState, OutboxMail
from practice.payments import inbox, jobs, operations, queries
from practice.providers.stripe_gateway import checkout
from practice.sandbox import world
from practice.specialists.models import Offer
from practice.store.db import db, transaction
from tests import factories
from tests.payments.forks import crowd
from tests.payments.test_payees import account_of
from tests.payments.test_paying import work
from tests.payments.test_storm import PROCESSES, messages
from tests.races.test_late_payments import starts
from tests.selling import begin, booking_of, sold_by
from tests.shop import unsound

PAID, RETURNED, LEFT = "paid", "returned", "left"
ENDS = (PAID, RETURNED, LEFT)
STATES = {PAID: BookingState.CONFIRMED, RETURNED: BookingState.RELEASED, LEFT: BookingState.EXPIRED}
# What its client and its specialist hear. Who was not told yet that it is booked is not told that it is off.
LETTERS = {
    PAID: ({"bookings/booked": 1, "bookings/receipt": 1}, {"bookings/booked": 1}),
    RETURNED: ({"bookings/cancelled": 1, "bookings/receipt": 1}, {}),
    LEFT: ({"bookings/hold_ended": 1}, {}),
}


@pytest.fixture
def begun(app, cast, engine_url):
    """`begun(count)`: orders for that many sessions of Anna's, each of somebody else, whose payment pages are open."""

    def begin_all(count):
        account_of(cast.anna)
        offer = sold_by(cast.anna).id
        with transaction():
            people = [factories.user(f"Client {n}", email=f"c{n}@people.example") for n in range(count)]
        people = [each.id for each in people]
        for person, start in zip(people, starts(count), strict=True):
            codes.append(begin(db.session.get_one(User, person), db.session.get_one(Offer, offer), start).code)
        operations.carry_out()
        return codes

    codes: list[str] = []
    return begin_all


def happens(gateway, codes):
    """What becomes of them at the card processor, of which nobody has told us yet; the messages about it."""
    for code, end in zip(codes, cycle(ENDS)):
        page = queries.order(code).page
        if end == LEFT:
            checkout.expire(gateway, page, f"end:{code}")
            continue
        world.pay(page)
        if end == RETURNED:
            world.refund_outside(checkout.retrieve(gateway, page).payment.charge)
    return messages()


def letters_of(order):
    """How often each letter was written to its client, whose only session it is, and about it to its specialist."""
    booking = booking_of(order)
    theirs, about_it = OutboxMail.recipient_id == booking.client_id, OutboxMail.about == booking.thing
    asked = select(OutboxMail.template).where(OutboxMail.state != MailState.LAPSED)
    to_specialist = asked.where(OutboxMail.recipient_id == booking.specialist.user_id, about_it)
    return Counter(db.session.scalars(asked.where(theirs))), Counter(db.session.scalars(to_specialist))


def ended(codes):
    """How each stands, and what both have been written."""
    orders = [queries.order(code) for code in codes]
    return [(booking_of(each).state, letters_of(each)) for each in orders]


def as_it_should(codes):
    return [(STATES[end], LETTERS[end]) for _, end in zip(codes, cycle(ENDS))]


def ends_well(codes, clock):
    """Of a page that ended no message is sent here: the sweep finds it."""
    clock.advance(minutes=6)
    jobs.open_pages()
    work()

    assert ended(codes) == as_it_should(codes)
    assert unsound() == []


def tell(app, message):
    address, body, signature = message
    headers = {"Stripe-Signature": signature, "Content-Type": "application/json"}
    assert app.test_client().post(address, data=body, headers=headers).status_code == 200


@pytest.mark.races
@pytest.mark.parametrize(("count", "most"), [(3, 90), pytest.param(60, 3_000, marks=pytest.mark.long)])
def test_however_often_it_is_told_each_session_is_confirmed_once_and_each_letter_written_once(
    app, begun, gateway, clock, count, most
):
    codes = begun(count)
    told = happens(gateway, codes)
    shuffled = [each for _ in range(-(-most // len(told))) for each in told][:most]
    random.Random(count).shuffle(shuffled)

    def hear(number):
        for at, message in enumerate(shuffled[number::PROCESSES]):
            tell(app, message)
            if at % 3 == number % 3:
                inbox.look_at_due(limit=3)

    assert crowd(app, PROCESSES, hear) == [0] * PROCESSES
    inbox.look_at_due(limit=most)
    ends_well(codes, clock)


# F09, F10: before it is stored, stored without an answer, and looked at without a note that it was.
@pytest.mark.faults
@pytest.mark.parametrize("moment", ["commit.before", "commit.after", "event.looked"])
def test_whoever_dies_hearing_or_looking_is_told_again_and_nothing_happens_twice(
    app, begun, gateway, clock, monkeypatch, moment
):
    monkeypatch.setitem(app.config, "LEASE_SECONDS", 0.0)
    codes = begun(3)
    told = happens(gateway, codes)

    def hear(_number):
        for message in told:
            tell(app, message)
        inbox.look_at_due()

    assert crowd(app, 1, hear, moment) == [-9]
    hear(0)
    ends_well(codes, clock)


@pytest.mark.faults
@pytest.mark.parametrize("count", [3, pytest.param(60, marks=pytest.mark.long)])
def test_after_three_days_of_silence_each_session_is_its_buyers_and_no_letter_is_missing(begun, gateway, clock, count):
    codes = begun(count)
    happens(gateway, codes)
    clock.advance(timedelta(days=3) - timedelta(minutes=30))
    jobs.holds()
    jobs.messages_of_days()
    work()
    ends_well(codes, clock)
