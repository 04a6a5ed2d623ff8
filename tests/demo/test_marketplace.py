"""This file knows that the demo is alive on whatever day it is opened, once, and only where it may be."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from practice.accounts.models import User
from practice.bookings import queries
from practice.bookings.free_times import Wanted
from practice.bookings.models import Booking, Strike
from practice.bookings.occupancy import Occupancy, cells
from practice.bookings.states import LIVE, BookingState
from practice.config import BadConfig
from practice.contact.models import Ticket
from practice.contact.states import TicketState
from practice.demo.marketplace import load
from practice.demo.people import SPECIALIST_TO_SIGN_IN
from practice.disputes import policy as disputes
from practice.disputes import queries as disputes_of
from practice.fit import queries as fits
from practice.fit.states import Choice, Party
from practice.invoices.models import Invoice, TaxProfile
from practice.invoices.states import InvoiceKind, TaxStatus
from practice.letters.outbox import MailState, OutboxMail
from practice.messages.models import Thread
from practice.messages.states import ThreadState
from practice.moderation.models import Case, Report
from practice.moderation.states import CaseState
from practice.payments import queries as money
from practice.payments.account_stages import AccountStage, account_stage
from practice.payments.models import Order, PayeeAccount, Payout
from practice.payments.states import OrderState, PaymentState, PayoutState
from practice.questions.models import Question
from practice.questions.states import QuestionState
from practice.specialists.models import Specialist
from practice.specialists.states import ProfileState
from practice.store import audit, checks
from practice.store.db import Model, db
from practice.values import clock as wall
from tests import kept
from tests.databases import Scenes, Watch
from tests.house.source import ROOT
from tests.starts import STARTS

# The days differ by their dates, not by the engine. Each run looks at its own in full, and each commit has another; one
# that was nasty is always looked at too, and `make days` looks at all.
ALWAYS = ("europe-forward",)
DAYS = [
    pytest.param(at, id=name, marks=[pytest.mark.once, *([] if name in ALWAYS else [pytest.mark.long])])
    for name, at in STARTS.items()
]


AFTERWARDS = {
    BookingState.COMPLETED,
    BookingState.CLIENT_MISSED,
    BookingState.SPECIALIST_MISSED,
}
BEFORE = {
    BookingState.CONFIRMED,
    BookingState.UNDONE,
    BookingState.CANCELLED_BY_CLIENT,
    BookingState.CANCELLED_BY_SPECIALIST,
    BookingState.RELEASED,
    BookingState.LATE_RELEASED,
}


@pytest.fixture
def opened(make_app: Callable[..., Flask], dirty: Watch) -> Callable[[datetime], str]:
    """Open the demo at an instant, in an application in demo mode."""
    app = make_app(mode="demo")
    dirty.mark()

    def at(instant: datetime) -> str:
        with wall.freeze(instant), app.app_context():
            try:
                return load()
            finally:
                db.session.remove()
                db.engine.dispose()

    return at


@pytest.fixture
def printed(opened: Callable[[datetime], str], scenes: Scenes, start: datetime, engine: str) -> str:
    """The demo was opened at this run's own start; what was printed then."""
    if engine == "postgres":
        return scenes.set("demo", lambda: opened(start))
    scenes.take_over("demo", kept.demo(start))
    return (kept.demo(start) / kept.WORDS).read_text()


@pytest.mark.parametrize("now", DAYS)
def test_the_demo_is_alive_on_any_day(opened: Callable[[datetime], str], now: datetime) -> None:
    opened(now)

    _check_it_is_alive(now)


@pytest.mark.once
def test_the_demo_is_alive_on_the_day_of_this_run(printed: str, start: datetime) -> None:
    _check_it_is_alive(start)


def _check_it_is_alive(now: datetime) -> None:
    with wall.freeze(now):
        _check_everybody_is_there()
        _check_every_state_is_shown()
        _check_what_is_seldom_can_be_tried(now)
        _check_whoever_is_called_left_a_number()
        _check_no_time_is_taken_twice()
        _check_the_week_of_the_specialist_to_sign_in_as(now)
        _check_the_client_to_sign_in_as_has_an_answer_to_give()
        _check_money_is_in_every_state()
        _check_what_people_write_is_in_every_state()
        _check_every_story_is_in_order(now)
        _check_letters_arrived_on_their_own_day()
        _check_every_card_has_three_free_times()
        assert audit.verify() is None


def test_the_demo_opens_once(printed: str, opened: Callable[[datetime], str], start: datetime) -> None:
    assert all(f"{name}@demo.example" in printed for name in ("client", "specialist", "staff", "colleague"))
    assert "meet-on-common-ground" in printed
    before = _rows()
    assert opened(start + timedelta(days=3)) == printed
    assert _rows() == before


def _check_everybody_is_there() -> None:
    states = Counter(db.session.scalars(select(Specialist.state)))

    assert states == {ProfileState.PUBLISHED: 22, ProfileState.PAUSED: 1, ProfileState.IN_REVIEW: 1}
    said = "24 specialists, of whom the list shows 22: one is paused, one still applies"
    assert said in " ".join((ROOT / "README.md").read_text().split())
    assert db.session.scalar(select(func.count(User.id))) == 24 + 12 + 2


def _check_every_state_is_shown() -> None:
    assert set(db.session.scalars(select(Booking.state))) == set(BookingState)
    assert len(db.session.scalars(select(Strike)).all()) == 1
    assert len(queries.open_contests()) == 1


def _check_what_is_seldom_can_be_tried(now: datetime) -> None:
    """By the client to sign in as a dispute about money, and what is late; by the two of staff what needs both."""
    client = select(User.id).where(User.email == "client@demo.example").scalar_subquery()
    asked = select(Booking).where(Booking.client_id == client, Booking.price_amount.is_not(None))
    paid = db.session.scalars(asked).all()
    orders = db.session.scalars(select(Order).where(Order.payment == PaymentState.PAID)).all()

    assert any(disputes.may_open(disputes_of.session_of(each), now) for each in paid)
    assert any(each.is_confirmed and now < each.starts_at < now + timedelta(days=1) for each in paid)
    assert any(order.paid >= money.two_for_refund(order.currency).amount for order in orders)


def _check_whoever_is_called_left_a_number() -> None:
    called = db.session.scalars(select(Booking).where(Booking.format == "phone", Booking.state == "confirmed")).all()

    assert called
    assert [booking.code for booking in called if not booking.phone] == []


def _check_no_time_is_taken_twice() -> None:
    """The cells are exactly those of the live bookings, each once a person: the rest is an overlap or a leftover."""
    live = db.session.scalars(select(Booking).where(Booking.state.in_(LIVE))).all()
    spans = [(each, cell) for each in live for cell in cells(each.starts_at, each.ends_at)]
    wanted = [(b.specialist.user_id, cell, b.appointment_id) for b, cell in spans]
    wanted += [(b.client_id, cell, b.id) for b, cell in spans if b.client_id]
    whose = func.coalesce(Occupancy.appointment_id, Occupancy.booking_id)
    rows = db.session.execute(select(Occupancy.person_id, Occupancy.cell, whose)).all()

    assert sorted(wanted) == sorted(tuple(row) for row in rows)
    assert len({key[:2] for key in wanted}) == len(wanted)


def _check_the_week_of_the_specialist_to_sign_in_as(now: datetime) -> None:
    grace = db.session.scalars(select(User).where(User.email == "specialist@demo.example")).one()
    ahead = [
        booking
        for booking in db.session.scalars(select(Booking).join(Booking.specialist).where(Specialist.user == grace))
        if booking.is_confirmed and now < booking.starts_at < now + timedelta(days=9)
    ]

    assert len(ahead) >= 8
    assert any(booking.price_amount for booking in ahead)


def _check_the_client_to_sign_in_as_has_an_answer_to_give() -> None:
    """The specialist to sign in as has said yes to them: whoever says yes too can pay."""
    of = (User.email == "client@demo.example", Specialist.slug == SPECIALIST_TO_SIGN_IN)
    talk = db.session.scalars(select(Booking).join(Booking.client).join(Booking.specialist).where(*of)).one()

    assert {each.party: each.choice for each in fits.fit_of(talk).choices.values()} == {Party.SPECIALIST: Choice.YES}


def _check_money_is_in_every_state() -> None:
    """Orders in every one, a payout that arrived and one on its way, an account of each kind; and nothing amiss."""
    assert set(db.session.scalars(select(Order.state))) == set(OrderState)
    assert set(db.session.scalars(select(Payout.state))) == {PayoutState.PAID, PayoutState.IN_PAYOUT}
    assert {AccountStage.READY, AccountStage.MISSING, AccountStage.CHECKING} == {
        account_stage(each) for each in db.session.scalars(select(PayeeAccount))
    }
    assert set(db.session.scalars(select(Invoice.kind))) >= {
        InvoiceKind.RECEIPT,
        InvoiceKind.INVOICE,
        InvoiceKind.CREDIT_NOTE,
    }
    assert set(db.session.scalars(select(TaxProfile.status))) == set(TaxStatus)
    assert [sentence for sentence in checks.faults() if not sentence.startswith("Letter")] == []


def _check_what_people_write_is_in_every_state() -> None:
    """The twelve questions as they are meant to be seen, conversations, tickets, a report and an appeal."""
    assert Counter(db.session.scalars(select(Question.state))) == {
        QuestionState.ANSWERED: 6,
        QuestionState.RESOLVED: 2,
        QuestionState.PUBLISHED: 1,
        QuestionState.NEEDS_EDIT: 1,
        QuestionState.IN_REVIEW: 1,
        QuestionState.HELD_SAFETY: 1,
    }
    assert set(db.session.scalars(select(Thread.state))) == set(ThreadState)
    assert set(db.session.scalars(select(Thread.is_joint))) == {True, False}
    assert set(db.session.scalars(select(Ticket.state))) == {TicketState.OPEN, TicketState.ANSWERED}
    assert set(db.session.scalars(select(Case.state))) == {CaseState.OPEN, CaseState.DECIDED, CaseState.APPEALED}
    assert db.session.scalar(select(func.count(Report.id))) == 1


def _check_every_story_is_in_order(now: datetime) -> None:
    """What is told of an appointment happened one after the other, on the right side of its hour, and has happened."""
    faults = [
        f"{booking.code} ({booking.state}): {what}"
        for booking in db.session.scalars(select(Booking))
        for what in _out_of_order(booking, now)
    ]

    assert not faults, "\n".join(faults)


def _out_of_order(booking: Booking, now: datetime) -> Iterator[str]:
    told = [booking.created_at, *(move.at for move in booking.moves)]
    if told != sorted(told):
        yield f"its moves are out of order: {told}"
    happened = [*told, booking.confirmed_at, booking.reconfirmed_at, booking.ended_at, booking.joined_client_at]
    happened += [booking.joined_specialist_at, *(offer.made_at for offer in booking.proposals)]
    if any(at and not booking.created_at <= at <= now for at in happened):
        yield "something happened before it was booked, or has not happened yet"
    if booking.state in AFTERWARDS and booking.ends_at > now:
        yield "it is over before its end"
    if booking.state == BookingState.CONFIRMED and booking.starts_at < now - timedelta(hours=24):
        yield "nobody said how it was"
    for move in booking.moves:
        before = move.starts_before or booking.starts_at
        if move.after in AFTERWARDS and move.at < booking.starts_at:
            yield f"{move.after} before it began"
        if move.after in BEFORE and move.at > before:
            yield f"{move.after} after it began"


def _check_letters_arrived_on_their_own_day() -> None:
    letters = db.session.scalars(select(OutboxMail).where(OutboxMail.state != MailState.LAPSED)).all()

    assert {letter.state for letter in letters} == {MailState.SENT, MailState.KEPT}
    assert len([letter for letter in letters if letter.message]) > 60
    assert all(letter.sent_at and letter.sent_at - letter.due_at < timedelta(minutes=1) for letter in letters)
    assert all(b"\r\nDate: " in letter.message for letter in letters if letter.message)


def _check_every_card_has_three_free_times() -> None:
    offering = [each for each in db.session.scalars(select(Specialist)) if each.is_published and each.consult]
    times = queries.next_starts([Wanted.by(each.consult) for each in offering])

    assert len(offering) == 18
    assert all(len(starts) == 3 for starts in times.values())


def _rows() -> dict[str, int]:
    db.session.rollback()
    return {
        name: db.session.scalar(select(func.count()).select_from(table)) or 0
        for name, table in Model.metadata.tables.items()
    }


def test_it_is_refused_outside_demo_mode(app: Flask) -> None:
    with pytest.raises(BadConfig, match="demo"):
        load()

    assert db.session.scalar(select(func.count(User.id))) == 0


ROOMS = {
    "client": {"/me": "Grace Whitfield", "/me/calendar": "address", "/specialists": "Ilse Vandermeer"},
    "specialist": {"/practice": "Today", "/practice/calendar": "week", "/practice/availability": "London time"},
    "staff": {"/admin/": "Published", "/admin/applications": "Oleksandr Bondar"},
    "colleague": {"/admin/": "Published", "/admin/crisis-numbers": "second person"},
}


@pytest.mark.once
def test_the_people_to_sign_in_as_find_their_rooms_full(
    make_app: Callable[..., Flask], printed: str, sign_in: Callable[..., FlaskClient], start: datetime
) -> None:
    app = make_app(mode="demo")

    with wall.freeze(start), app.app_context():
        for name, pages in ROOMS.items():
            person = db.session.scalars(select(User).where(User.email == f"{name}@demo.example")).one()
            browser = sign_in(app.test_client(), person)
            for address, words in pages.items():
                answer = browser.get(address)
                assert (address, answer.status_code) == (address, 200)
                assert words in answer.text
