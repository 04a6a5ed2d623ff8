"""A specialist's time belongs to the appointment and a client's to their booking; places in it have numbers."""

from datetime import timedelta
from email.policy import SMTP
from email.utils import parseaddr

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from practice.accounts import consents
from practice.bookings import actions, claims, free_times, jobs, queries
from practice.bookings.errors import MustGiveBack, NotEligible, OwnOverlap, SlotTaken
from practice.bookings.models import Appointment, Booking, EntryHolder
from practice.bookings.occupancy import Occupancy
from practice.bookings.states import BookingState
from practice.specialists.states import OfferKind
from practice.store.checks import faults
from practice.store.db import db, transaction
from practice.values.errors import IllegalMove
from practice.values.money import Money
from tests import factories
from tests.bookings.conftest import THURSDAY_TEN, WEDNESDAY_TEN
from tests.itip import Calendar

pytestmark = pytest.mark.usefixtures("both_said_yes")

VIDEO = actions.Details(format="video")
SPECIALISTS, CLIENTS = Occupancy.appointment_id, Occupancy.booking_id


@pytest.fixture
def session_with(app, cast, monkeypatch):
    """Anna's paid offer, as if its agreement could be read already."""
    monkeypatch.setitem(consents.VERSIONS, consents.SESSION_AGREEMENT, "2027-01")
    return next(offer for offer in cast.practice.offers if offer.kind == OfferKind.INDIVIDUAL)


@pytest.fixture
def group(app, cast, monkeypatch):
    """A group of three on Wednesday at ten: it has taken its time before anybody books."""
    monkeypatch.setitem(consents.VERSIONS, consents.GROUP_AGREEMENT, "2027-01")
    offer = factories.offer(cast.practice, kind=OfferKind.GROUP, name="Evenings", minutes=60, price=Money(1500, "EUR"))
    with transaction():
        appointment = _at_ten(offer)
        claims.claim_specialist(appointment)
    return appointment


def _at_ten(offer):
    made = Appointment(
        specialist_id=offer.specialist_id,
        offer_id=offer.id,
        kind=offer.kind,
        capacity=3,
        starts_at=WEDNESDAY_TEN,
        ends_at=WEDNESDAY_TEN + timedelta(hours=1),
        zone="Europe/Vienna",
        local_start="2027-03-03T10:00+0",
    )
    db.session.add(made)
    db.session.flush()
    return made


def cells_of(whose):
    """How many cells appointments have of their specialists, or bookings of their clients."""
    db.session.rollback()
    return db.session.scalar(select(func.count(whose)))


def letters(outbox):
    return [letter.template for letter in outbox.all()]


# ---------------------------------------------------------------- both sides


def test_a_hold_takes_the_time_of_both_sides(cast, app):
    actions.hold(cast.practice.consult, WEDNESDAY_TEN, actions.Visitor(cast.ben, "b", "n", "UTC"))

    assert (cells_of(SPECIALISTS), cells_of(CLIENTS)) == (6, 6)
    assert faults() == []


def test_whoever_signs_in_with_a_hold_takes_their_own_time_by_choosing_it_again(cast, app):
    actions.hold(cast.practice.consult, WEDNESDAY_TEN, actions.Visitor(None, "b", "n", "UTC"))
    before = cells_of(CLIENTS)
    actions.hold(cast.practice.consult, WEDNESDAY_TEN, actions.Visitor(cast.ben, "b", "n", "UTC"))

    assert (before, cells_of(CLIENTS)) == (0, 6)


def test_two_reserved_times_of_one_client_never_overlap(cast, session_with):
    ilse = factories.specialist(factories.user("Ilse", zone="Europe/Vienna"), slug="ilse")
    other = next(offer for offer in ilse.offers if offer.kind == OfferKind.INDIVIDUAL)
    actions.reserve(cast.ben, session_with, WEDNESDAY_TEN, VIDEO)

    with pytest.raises(OwnOverlap):
        actions.reserve(cast.ben, other, WEDNESDAY_TEN + timedelta(minutes=30), VIDEO)
    db.session.rollback()
    beside = actions.reserve(cast.ben, other, WEDNESDAY_TEN + timedelta(hours=1), VIDEO)

    assert beside.state == BookingState.HELD
    assert int(WEDNESDAY_TEN.timestamp()) not in queries.starts_for(other, queries.Looker(client=cast.ben))
    assert faults() == []


def test_moving_to_a_time_that_is_only_held_with_somebody_else_ends_that_hold(cast, app):
    ilse = factories.specialist(factories.user("Ilse", zone="Europe/Vienna"), slug="ilse")
    booked = actions.book(cast.ben, cast.practice.consult, WEDNESDAY_TEN, VIDEO)
    held = actions.hold(ilse.consult, THURSDAY_TEN, actions.Visitor(cast.ben, "b", "n", "UTC"))

    actions.move(booked, THURSDAY_TEN, by=cast.ben)

    assert booked.starts_at == THURSDAY_TEN
    assert held.state == BookingState.EXPIRED
    assert faults() == []


# ---------------------------------------------------------------- reserved, then confirmed


def test_what_is_reserved_is_written_to_nobody_until_it_is_confirmed(cast, session_with, clock, outbox):
    booking = actions.reserve(cast.ben, session_with, WEDNESDAY_TEN, VIDEO)
    waits = booking.state, booking.held_until, letters(outbox)
    lasts = clock.now() + timedelta(minutes=32)

    actions.confirm(booking, by=None)
    actions.confirm(booking, by=None)

    assert waits == (BookingState.HELD, lasts, [])
    assert booking.is_confirmed
    assert letters(outbox) == ["bookings/booked"] * 2
    assert not booking.claims_pair
    assert faults() == []


def test_choosing_another_time_ends_what_is_held_and_never_what_is_reserved(cast, session_with):
    reserved = actions.reserve(cast.ben, session_with, WEDNESDAY_TEN, VIDEO)

    actions.hold(cast.practice.consult, THURSDAY_TEN, actions.Visitor(cast.ben, "b", "n", "UTC"))

    assert reserved.state == BookingState.HELD


@pytest.mark.parametrize("is_swept", [False, True])
def test_what_was_paid_after_its_hold_ran_out_stands_if_the_time_is_still_free(cast, session_with, clock, is_swept):
    booking = actions.reserve(cast.ben, session_with, WEDNESDAY_TEN, VIDEO)
    clock.advance(minutes=33)
    if is_swept:
        jobs.expire_holds()

    actions.confirm(booking, by=None)

    assert (booking.state, booking.place, booking.ended_at) == (BookingState.CONFIRMED, 1, None)
    assert (cells_of(SPECIALISTS), cells_of(CLIENTS)) == (10, 10)
    assert faults() == []


@pytest.mark.parametrize("why", ["taken", "own overlap", "begun", "stopped", "closed account"])
def test_what_was_paid_too_late_is_to_be_given_back(cast, session_with, clock, why):
    booking = actions.reserve(cast.ben, session_with, WEDNESDAY_TEN, VIDEO)
    clock.advance(minutes=33)
    jobs.expire_holds()
    happened = {
        "taken": lambda: actions.book(cast.cleo, cast.practice.consult, WEDNESDAY_TEN, VIDEO),
        "own overlap": lambda: factories.booking(cast.ben, _ilse(), WEDNESDAY_TEN),
        "begun": lambda: clock.freeze(WEDNESDAY_TEN),
        "stopped": lambda: cast.practice.move_to("suspended", by=cast.sam, reason="?"),
        "closed account": lambda: setattr(cast.ben, "active", False),
    }
    with transaction():
        happened[why]()

    with pytest.raises(MustGiveBack) as told:
        actions.confirm(booking, by=None)

    db.session.rollback()
    assert "is given back" in told.value.message
    assert booking.state == BookingState.EXPIRED
    assert [fault for fault in faults() if "letters" not in fault] == []


def _ilse():
    return factories.specialist(factories.user("Ilse", zone="Europe/Vienna"), slug="ilse")


def test_what_was_taken_back_or_only_held_is_confirmed_by_nobody(cast, app):
    booked = actions.book(cast.ben, cast.practice.consult, WEDNESDAY_TEN, VIDEO)
    actions.undo(booked, by=cast.ben)
    held = actions.hold(cast.practice.consult, THURSDAY_TEN, actions.Visitor(cast.cleo, "c", "n", "UTC"))

    for each in (booked, held):
        with pytest.raises(IllegalMove):
            actions.confirm(each, by=None)


def test_a_second_free_consultation_of_a_pair_cannot_be_confirmed(cast, app):
    reserved = actions.reserve(cast.ben, cast.practice.consult, WEDNESDAY_TEN, VIDEO)
    with transaction():
        factories.booking(cast.ben, cast.practice, THURSDAY_TEN)

    with pytest.raises(MustGiveBack) as told:
        actions.confirm(reserved, by=cast.ben)

    assert isinstance(told.value.refusal, NotEligible)


def test_nothing_with_a_price_is_ever_deleted(cast, session_with, clock):
    ilse = _ilse()
    priced = actions.reserve(cast.ben, session_with, WEDNESDAY_TEN, VIDEO)
    free = actions.hold(ilse.consult, THURSDAY_TEN, actions.Visitor(cast.cleo, "c", "n", "UTC"))
    codes = priced.code, free.code
    clock.advance(minutes=40)
    jobs.expire_holds()
    clock.advance(days=31)

    jobs.forget_old_holds()

    db.session.rollback()
    assert db.session.scalars(select(Booking.code).where(Booking.code.in_(codes))).all() == [codes[0]]
    assert db.session.scalar(select(func.count(Appointment.id))) == 1
    assert priced.browser_key is None


# ---------------------------------------------------------------- places


def test_a_group_gives_as_many_places_as_it_has_and_takes_its_time_once(cast, group):
    people = [cast.ben, cast.cleo, factories.user("Dana")]
    booked = [actions.reserve(each, group.offer, WEDNESDAY_TEN, VIDEO) for each in people]
    for each in booked:
        actions.confirm(each, by=None)

    with pytest.raises(SlotTaken) as full:
        actions.reserve(factories.user("Emil"), group.offer, WEDNESDAY_TEN, VIDEO)

    db.session.rollback()
    assert "last place" in full.value.message
    assert [each.place for each in booked] == [1, 2, 3]
    assert {each.appointment_id for each in booked} == {group.id}
    assert (cells_of(SPECIALISTS), cells_of(CLIENTS)) == (12, 36)
    assert len({each.ics_uid for each in booked} | {group.ics_uid}) == 4
    assert faults() == []


def test_a_place_that_is_given_back_is_the_next_ones_and_the_group_keeps_its_time(cast, group, clock):
    ben, cleo = (actions.reserve(each, group.offer, WEDNESDAY_TEN, VIDEO) for each in (cast.ben, cast.cleo))
    for each in (ben, cleo):
        actions.confirm(each, by=None)
    sequence = group.ics_sequence

    actions.cancel(ben, by=cast.ben)
    dana = actions.reserve(factories.user("Dana"), group.offer, WEDNESDAY_TEN, VIDEO)

    assert (ben.place, cleo.place, dana.place) == (None, 2, 1)
    assert cells_of(SPECIALISTS) == 12
    assert (group.ics_sequence, ben.ics_sequence) == (sequence, 1)
    assert faults() == []


def test_a_place_has_one_booking_says_the_table_itself(cast, group):
    actions.reserve(cast.ben, group.offer, WEDNESDAY_TEN, VIDEO)
    second = Booking(appointment=group, specialist_id=group.specialist_id, kind=group.kind, place=1, client=cast.cleo)
    second.held_until = WEDNESDAY_TEN
    db.session.add(second)

    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


def test_many_places_of_one_appointment_are_busy_once_and_count_once(cast, group, clock):
    for each in (cast.ben, cast.cleo):
        actions.confirm(actions.reserve(each, group.offer, WEDNESDAY_TEN, VIDEO), by=None)
    span = int(clock.now().timestamp()), int(THURSDAY_TEN.timestamp())

    busy = free_times.busy_of([cast.practice.id], *span, clock.now())[cast.practice.id]

    assert [each.busy.kind for each in busy] == [OfferKind.GROUP]


def test_a_specialist_has_a_group_in_their_calendar_once(cast, group, clock):
    for each in (cast.ben, cast.cleo):
        actions.confirm(actions.reserve(each, group.offer, WEDNESDAY_TEN, VIDEO), by=None)
    window = clock.now(), WEDNESDAY_TEN + timedelta(days=1)

    assert [row.ics_uid for row in queries.bookings_for_feed(cast.anna.id, *window)] == [group.ics_uid]
    assert len(queries.bookings_for_feed(cast.ben.id, *window)) == 1


def test_somebody_who_is_there_already_takes_no_second_place(cast, group):
    actions.reserve(cast.ben, group.offer, WEDNESDAY_TEN, VIDEO)

    with pytest.raises(OwnOverlap):
        actions.reserve(cast.ben, group.offer, WEDNESDAY_TEN, VIDEO)


def test_clients_of_a_group_have_entries_of_their_own_and_its_specialist_that_of_the_group(cast, group, outbox):
    ben, cleo = (actions.reserve(each, group.offer, WEDNESDAY_TEN, VIDEO) for each in (cast.ben, cast.cleo))
    for each in (ben, cleo):
        actions.confirm(each, by=None)

    told = [outbox.last_to(each).context["invite"]["uid"] for each in (cast.ben, cast.cleo, cast.anna)]

    assert told == [ben.ics_uid, cleo.ics_uid, group.ics_uid]


@pytest.mark.parametrize("whose", ["both", "nobody's"])
def test_the_database_gives_a_cell_to_an_appointment_or_to_a_booking(cast, app, whose):
    booked = actions.book(cast.ben, cast.practice.consult, WEDNESDAY_TEN, VIDEO)
    ids = {"booking_id": booked.id, "appointment_id": booked.appointment_id} if whose == "both" else {}
    db.session.execute(delete(Occupancy))
    db.session.add(Occupancy(person_id=cast.ben.id, cell=1, **ids))

    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


# ---------------------------------------------------------------- the entry of a group in its specialist's calendar


@pytest.fixture
def leave(outbox, smtp):
    """Let everything leave that is due, sweeps first, into the calendars of all who are written to."""
    calendars = {}

    def send():
        jobs.keep_entries()
        for letter in outbox.deliver(smtp):
            mailbox = parseaddr(letter["To"])[1]
            calendars.setdefault(mailbox, Calendar(mailbox)).receive(letter.as_bytes(policy=SMTP))
        return {mailbox: sorted(calendar.entries) for mailbox, calendar in calendars.items() if calendar.entries}

    send.calendars = calendars
    return send


@pytest.fixture
def both(cast, group, leave, clock):
    """Ben and Cleo have a place, and everybody has been told."""
    booked = [actions.reserve(each, group.offer, WEDNESDAY_TEN, VIDEO) for each in (cast.ben, cast.cleo)]
    for each in booked:
        actions.confirm(each, by=None)
    leave()
    clock.advance(minutes=16)
    leave()
    return booked


BEN, CLEO, ANNA = "ben@people.example", "cleo@people.example", "anna@people.example"


def test_an_entry_of_a_group_is_held_once_for_its_specialist(both, group):
    held = db.session.scalars(select(EntryHolder).where(EntryHolder.appointment_id.is_not(None))).all()

    assert [(each.side, each.mailbox, each.appointment_id) for each in held] == [("specialist", ANNA, group.id)]


def test_a_group_stays_in_its_specialists_calendar_until_the_last_has_gone(cast, both, group, leave):
    ben, cleo = both
    actions.cancel(ben, by=cast.ben)
    first = leave()
    actions.cancel(cleo, by=cast.cleo)

    assert first == {CLEO: [cleo.ics_uid], ANNA: [group.ics_uid]}
    assert leave() == {}
    assert [calendar.refused for calendar in leave.calendars.values()] == [[], [], []]


def test_a_group_comes_back_into_its_specialists_calendar_with_the_next_who_comes(cast, both, group, leave, clock):
    for each in both:
        actions.cancel(each, by=each.client)
    leave()
    again = actions.reserve(cast.ben, group.offer, WEDNESDAY_TEN, VIDEO)
    actions.confirm(again, by=None)
    clock.advance(minutes=16)

    assert leave() == {BEN: [again.ics_uid], ANNA: [group.ics_uid]}
    assert leave.calendars[ANNA].refused == []


def test_a_specialist_with_another_address_takes_the_entry_of_a_group_along_once(cast, both, group, leave, outbox):
    with transaction():
        cast.anna.email = "anna@new.example"
    told = len(outbox.all())
    held = leave()

    assert (held["anna@new.example"], ANNA in held) == ([group.ics_uid], False)
    assert len(outbox.all()) - told == 2
    assert leave() == held
    assert len(outbox.all()) - told == 2


def test_what_was_sent_for_one_who_came_is_taken_out_for_another_who_went(cast, group, leave, clock):
    """Ben's letter has brought the entry; Cleo's had not left when she took her booking back."""
    ben, cleo = (actions.reserve(each, group.offer, WEDNESDAY_TEN, VIDEO) for each in (cast.ben, cast.cleo))
    actions.confirm(ben, by=None)
    clock.advance(minutes=16)
    leave()
    actions.confirm(cleo, by=None)
    actions.cancel(ben, by=cast.ben)
    leave()
    actions.undo(cleo, by=cast.cleo)

    assert leave() == {}


def test_the_entry_of_a_group_names_none_of_those_who_come(cast, both, outbox, client):
    mailed = outbox.last_to(cast.anna).context["invite"]["summary"]
    published = client.get(f"/cal/{actions.new_feed(cast.anna, 'details')}.ics").text

    assert mailed == "Appointment (group session)"
    assert f"SUMMARY:{mailed}" in published


def test_whose_mailbox_it_was_is_forgotten_once_nobody_comes_any_more(cast, both, clock):
    actions.cancel(both[0], by=cast.ben)
    with transaction():
        both[1].appointment.starts_at += timedelta(days=60)
        both[1].appointment.ends_at += timedelta(days=60)
    clock.advance(days=40)
    actions.forget_words()
    ahead = sorted(each.side for each in db.session.scalars(select(EntryHolder)))
    clock.advance(days=60)
    jobs.close_ended()
    clock.advance(days=31)
    actions.forget_words()

    assert ahead == ["client", "specialist"]
    assert db.session.scalars(select(EntryHolder)).all() == []


# ---------------------------------------------------------------- all who come move together


def test_when_clocks_change_a_group_keeps_its_hour_for_all_who_come(cast, both, group, leave):
    later = WEDNESDAY_TEN + timedelta(hours=1)
    with transaction():
        group.local_start = "2027-03-03T11:00+0"
    jobs.keep_wall_clocks()
    jobs.keep_wall_clocks()
    leave()

    assert [entry.starts_at for each in leave.calendars.values() for entry in each.entries.values()] == [later] * 3
    assert [calendar.refused for calendar in leave.calendars.values()] == [[], [], []]
    assert (cells_of(SPECIALISTS), cells_of(CLIENTS)) == (12, 24)
    assert [(each.starts_at, len(each.moves)) for each in both] == [(later, 2)] * 2
    assert faults() == []
