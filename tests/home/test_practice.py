"""This file knows what a specialist finds on their today page, and what never stands there."""

from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup

from practice.availability import actions as hours
from practice.availability.policy import Limits
from practice.bookings import actions as bookings
from practice.bookings.models import Contest, Proposal, Strike
from practice.bookings.states import BookingState
from practice.invoices.models import TaxProfile
from practice.payments import accounts
from practice.specialists.states import ProfileState
from practice.store.db import transaction
from tests import factories
from tests.selling import sold_by

PAGE = "/practice"
TODAY_NOON = datetime(2027, 3, 1, 11, 0, tzinfo=UTC)  # 12:00 in Vienna; the clock stands at 9:00 there


@pytest.fixture
def practice(cast):
    return cast.practice


@pytest.fixture
def see(app, cast, sign_in):
    """The words of the page as Anna sees them, signed in this moment."""

    def words():
        answer = sign_in(app.test_client(), cast.anna).get(PAGE)
        assert answer.status_code == 200
        return " ".join(BeautifulSoup(answer.text, "html.parser").main.get_text(" ").split())

    return words


def test_nobody_is_wished_a_good_morning_in_the_middle_of_the_night(see, clock):
    clock.freeze(clock.now().replace(hour=0, minute=30))

    assert "Hello, Anna" in see()


def test_a_quiet_day_says_so_and_greets_on_the_practices_clock(see):
    words = see()

    assert "Good morning, Anna" in words
    assert "Monday 1 March. No conversations today. Vienna time." in words
    assert "Nothing is booked today." in words


def test_the_day_lists_its_appointments_by_initials(see, cast, practice):
    factories.booking(cast.ben, practice, TODAY_NOON, with_partner=True, shares_note=True, note="A word")
    factories.booking(cast.cleo, practice, TODAY_NOON + timedelta(days=1))

    words = see()

    assert "One conversation today." in words
    assert "12:00 12:30 B. Free consultation, video, with their partner, wrote you a note" in words
    assert "Ben" not in words


def test_a_tick_without_words_is_no_note(see, cast, practice):
    factories.booking(cast.ben, practice, TODAY_NOON, shares_note=True, shares_prep=True)

    assert "wrote you a note" not in see()


@pytest.mark.parametrize("strikes, said", [(2, False), (3, True)])
def test_three_strikes_say_why_nobody_can_book(see, cast, practice, strikes, said):
    for number in range(strikes):
        client = factories.user(f"Client{number}")
        booking = factories.booking(client, practice, TODAY_NOON + timedelta(hours=number), state="specialist_missed")
        with transaction() as session:
            session.add(Strike(specialist_id=practice.id, booking_id=booking.id, reason="missed"))

    assert ("New free consultations rest" in see()) is said


def test_a_public_profile_without_hours_says_that_nobody_can_book(see, practice, app, cast, sign_in, post, client):
    factories.open_hours(practice, days=())
    with transaction():
        practice.state = ProfileState.APPROVED

    answer = post("/practice/profile/publish", browser=sign_in(client, cast.anna))

    assert (answer.status_code, answer.location) == (303, PAGE)
    words = client.get(PAGE).text
    assert "Your profile is public." in words
    assert "can find you now" not in words
    assert "Nobody can book you yet" in words


def test_where_hours_give_no_time_any_more_it_says_so(see, practice):
    assert "Nobody can book you" not in see()
    hours.add_time_off(practice, TODAY_NOON - timedelta(days=1), TODAY_NOON + timedelta(days=300), "Away")

    assert "Nobody can book you at the moment" in see()


def test_the_door_opens_ten_minutes_before(see, cast, practice, clock):
    factories.booking(cast.ben, practice, TODAY_NOON)
    assert "The door opens Monday, 11:50." in see()

    clock.freeze(TODAY_NOON - timedelta(minutes=10))

    assert "Join now" in see()


def test_the_next_appointment_shows_the_clients_clock_and_topics(see, cast, practice):
    factories.booking(cast.cleo, practice, TODAY_NOON, client_zone="America/New_York", topics=["stress"])

    words = see()

    assert "06:00 for them, New York time" in words
    assert "About: Stress" in words


def test_whether_it_took_place_is_asked_once_it_is_over(see, cast, practice, clock):
    factories.booking(cast.ben, practice, TODAY_NOON)

    clock.freeze(TODAY_NOON + timedelta(minutes=29))
    assert "Did the call with B. take place?" not in see()

    clock.freeze(TODAY_NOON + timedelta(minutes=30))
    assert "Did the call with B. take place?" in see()


def test_somebody_who_has_not_said_that_they_come_is_named_a_day_before(see, cast, practice, clock):
    booking = factories.booking(cast.ben, practice, TODAY_NOON + timedelta(days=3))
    assert "hasn’t said yet" not in see()

    clock.freeze(TODAY_NOON + timedelta(days=2, hours=2))
    assert "B. hasn’t said yet that they will come" in see()

    with transaction() as session:
        session.get_one(type(booking), booking.id).reconfirmed_at = clock.now()
    assert "hasn’t said yet" not in see()


def test_whoever_took_an_offered_time_just_now_has_said_that_they_come(see, cast, practice, clock):
    booking = factories.booking(cast.ben, practice, TODAY_NOON + timedelta(days=3))
    clock.freeze(TODAY_NOON + timedelta(days=2, hours=2))
    with transaction() as session:
        moved = session.get_one(type(booking), booking.id)
        moved.note_move(moved.state, by=cast.ben, reason="took offered", starts_before=moved.starts_at)

    assert "hasn’t said yet" not in see()


def test_open_offers_of_other_times_and_contests_are_named(see, cast, practice, clock):
    moved = factories.booking(cast.ben, practice, TODAY_NOON + timedelta(days=2))
    missed = factories.booking(cast.cleo, practice, TODAY_NOON - timedelta(days=2), state=BookingState.CLIENT_MISSED)
    with transaction() as session:
        session.add(Proposal(booking_id=moved.id, starts=[], lapses_at=clock.now() + timedelta(days=1)))
        session.add(Contest(booking_id=missed.id, by_id=cast.cleo.id, words_sealed="sealed", answered_at=clock.now()))

    words = see()

    assert "B. is choosing a new time" in words
    assert "A missed call is being looked at" in words


def test_free_consults_of_this_week_are_counted_as_the_limit_counts_them(see, cast, practice):
    hours.save_limits(practice, Limits(weekly_consults=2))
    factories.booking(cast.ben, practice, TODAY_NOON)
    factories.booking(cast.cleo, practice, TODAY_NOON + timedelta(days=6), state=BookingState.CANCELLED_BY_CLIENT)
    # Next Monday, 00:30 on Anna's clock, is another week although it is still Sunday in UTC.
    factories.booking(cast.sam, practice, datetime(2027, 3, 7, 23, 30, tzinfo=UTC))
    assert "1 of at most 2, Monday to Sunday." in see()

    factories.booking(cast.cleo, practice, TODAY_NOON + timedelta(days=6, hours=11))

    assert "2 of at most 2, Monday to Sunday. No more can be booked this week." in see()


def test_after_two_quiet_weeks_the_hours_are_asked_about_once(see, practice, clock):
    clock.advance(days=15)
    assert "Are your hours still right?" in see()

    hours.confirm_hours(practice)

    assert "Are your hours still right?" not in see()


@pytest.mark.once
@pytest.mark.parametrize(
    ("state", "title", "section"),
    [
        (ProfileState.DRAFT, "Your application is not sent yet", "rq"),
        (ProfileState.SUBMITTED, "Your application is with us", "others"),
        (ProfileState.CHANGES_REQUESTED, "We asked for changes", "rq"),
        (ProfileState.APPROVED, "You are approved", "rq"),
        (ProfileState.PAUSED, "Your profile is paused", "rq"),
        (ProfileState.SUSPENDED, "Your practice is suspended", "rq"),
    ],
)
def test_where_a_profile_stands_is_the_first_thing_that_waits(app, sign_in, state, title, section):
    owner = factories.user("Tess Other")
    factories.specialist(owner, state=state)

    answer = sign_in(app.test_client(), owner).get(PAGE)

    first = BeautifulSoup(answer.text, "html.parser").find("section", {"aria-labelledby": section}).find("li")
    assert title in first.get_text()


def test_a_published_profile_has_nothing_to_say_about_itself(see):
    assert "Your profile" not in see()


def test_two_step_sign_in_is_offered_until_it_is_set_up(see, cast):
    assert "Set up two-step sign-in" in see()

    with transaction() as session:
        anna = session.get_one(type(cast.anna), cast.anna.id)
        anna.tf_primary_method, anna.tf_totp_secret = "authenticator", "set"

    assert "Nothing. Enjoy the quiet." in see()


def test_another_practices_day_is_nobody_elses_business(app, cast, sign_in, practice):
    tess = factories.user("Tess Other")
    factories.specialist(tess)
    booking = factories.booking(cast.ben, practice, TODAY_NOON)

    assert booking.code not in sign_in(app.test_client(), tess).get(PAGE).text


def test_clients_and_strangers_have_no_practice(app, cast, sign_in):
    assert app.test_client().get(PAGE).status_code == 302
    assert sign_in(app.test_client(), cast.ben).get(PAGE).status_code == 403


def test_who_was_marked_as_not_there_finds_it_until_it_is_too_late_to_say_otherwise(see, cast, practice, clock):
    booked = factories.booking(cast.ben, practice, TODAY_NOON)
    clock.freeze(TODAY_NOON + timedelta(minutes=20))
    bookings.mark_specialist_missed(booked, by=cast.ben)

    assert "B. told us that you were not there" in see()
    assert "say so by Thursday 4 March, 12:20 (Vienna time)." in see()
    clock.advance(hours=72, seconds=1)
    assert "told us that you were not there" not in see()


def test_once_they_said_otherwise_it_is_being_looked_at(see, cast, practice, clock):
    booked = factories.booking(cast.ben, practice, TODAY_NOON)
    clock.freeze(TODAY_NOON + timedelta(minutes=20))
    bookings.mark_specialist_missed(booked, by=cast.ben)
    bookings.contest(booked, "I was there", by=cast.anna)

    words = see()

    assert "told us that you were not there" not in words
    assert "A missed call is being looked at" in words


@pytest.fixture
def sections(app, cast, sign_in):
    """What waits for Anna with its number, and what waits for others, by their titles."""

    def read():
        main = BeautifulSoup(sign_in(app.test_client(), cast.anna).get(PAGE).text, "html.parser").main
        found = {name: main.select(f"section[aria-labelledby={name}]") for name in ("rq", "others")}
        titles = {name: [li.strong.text for s in each for li in s.select("li")] for name, each in found.items()}
        return titles["rq"], int(main.select_one("#rq + .count").find(string=True)), titles["others"]

    return read


def test_what_waits_for_a_client_or_the_team_is_not_counted_as_waiting_for_the_specialist(
    sections, cast, practice, clock
):
    moved = factories.booking(cast.ben, practice, TODAY_NOON + timedelta(days=2))
    missed = factories.booking(cast.cleo, practice, TODAY_NOON - timedelta(days=2), state=BookingState.CLIENT_MISSED)
    with transaction() as session:
        session.add(Proposal(booking_id=moved.id, starts=[], lapses_at=clock.now() + timedelta(days=1)))
        session.add(Contest(booking_id=missed.id, by_id=cast.cleo.id, words_sealed="sealed", answered_at=clock.now()))

    assert sections() == (
        ["Set up two-step sign-in"],
        1,
        ["A missed call is being looked at", "B. is choosing a new time"],
    )


def test_a_contest_waits_for_the_specialist_until_they_have_said_how_it_was(sections, cast, practice):
    missed = factories.booking(cast.cleo, practice, TODAY_NOON - timedelta(days=2), state=BookingState.CLIENT_MISSED)
    with transaction() as session:
        session.add(Contest(booking_id=missed.id, by_id=cast.cleo.id, words_sealed="sealed"))

    assert sections() == (["A client says that a call was otherwise", "Set up two-step sign-in"], 2, [])


def test_what_stands_between_prices_and_their_buyers_leads_to_the_page_about_payouts(see, cast, app):
    assert "Your sessions can’t be bought yet" in see()
    row = accounts.open_account(cast.anna, "AT", "EUR")
    assert "still needs something" in see()

    with transaction():
        row.name, row.state, row.by_hand, row.pays_out = "acct_1", "ready", True, True
    assert "can’t be bought" not in see()


def test_whose_sessions_are_sold_reads_that_invoices_wait_until_they_say_how_they_are_taxed(see, cast):
    title = "Say how you are taxed"
    assert title not in see()
    sold_by(cast.anna)
    assert title in see()
    facts = {"status": "small", "legal_name": "Anna Kern", "address": "Ring 1, Vienna", "country": "AT"}
    with transaction() as session:
        session.add(TaxProfile(payee_code=cast.anna.code, **facts))
    assert title not in see()
