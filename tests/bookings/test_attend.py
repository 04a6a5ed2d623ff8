"""What becomes of an appointment once it begins, and what can be said against it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from practice.bookings import actions, policy, queries
from practice.bookings.errors import TooLate
from practice.bookings.models import Strike
from practice.bookings.states import BookingState, Outcome
from practice.bookings.terms import Refusal
from practice.specialists.states import OfferKind
from practice.store.db import db, transaction
from practice.values.errors import Conflict, NotAllowed
from tests.bookings.conftest import TUESDAY_NINE, WEDNESDAY_TEN
from tests.factories import booking as stored
from tests.factories import offer, specialist, user

S = BookingState


@pytest.fixture
def booked(cast, app):
    with transaction():
        cast.practice.video_url = "https://rooms.example/anna"
    return stored(cast.ben, cast.practice, WEDNESDAY_TEN)


def test_the_door_opens_ten_minutes_before_and_not_earlier(booked, ben_in, post, clock):
    clock.freeze(WEDNESDAY_TEN - timedelta(minutes=10, seconds=1))
    early = post(f"/bookings/{booked.code}/join")
    clock.advance(seconds=1)
    open_ = post(f"/bookings/{booked.code}/join")

    assert early.status_code == 409
    assert open_.status_code == 200
    assert "https://rooms.example/anna" in open_.text


def test_who_came_to_the_door_is_noted_once_for_each_side(booked, cast, clock):
    clock.freeze(WEDNESDAY_TEN - timedelta(minutes=5))
    actions.join(booked, by=cast.ben)
    clock.advance(minutes=8)
    actions.join(booked, by=cast.ben)
    actions.join(booked, by=cast.anna)

    assert booked.joined_client_at == WEDNESDAY_TEN - timedelta(minutes=5)
    assert booked.joined_specialist_at == WEDNESDAY_TEN + timedelta(minutes=3)


def test_after_ten_minutes_a_client_says_that_nobody_came(booked, ben_in, post, clock, outbox, cast):
    clock.freeze(WEDNESDAY_TEN + timedelta(minutes=9, seconds=59))
    early = post(f"/bookings/{booked.code}/missed")
    clock.advance(seconds=1)
    post(f"/bookings/{booked.code}/missed")
    db.session.rollback()

    assert early.status_code == 409
    assert booked.state == S.SPECIALIST_MISSED
    assert not booked.claims_pair
    assert outbox.last_to(cast.ben).template == "bookings/missed_by_specialist"
    assert db.session.scalars(select(Strike)).one().reason == "missed"


def test_a_specialist_who_joined_was_there(booked, cast, clock):
    clock.freeze(WEDNESDAY_TEN)
    actions.join(booked, by=cast.anna)
    clock.advance(minutes=12)

    with pytest.raises(TooLate):
        actions.mark_specialist_missed(booked, by=cast.ben)


def test_a_client_may_be_marked_missing_from_fifteen_minutes_on(booked, client, cast, sign_in, post, clock, outbox):
    clock.freeze(WEDNESDAY_TEN + timedelta(minutes=14, seconds=59))
    sign_in(client, cast.anna)
    early = post(f"/practice/bookings/{booked.code}/missed")
    clock.advance(seconds=1)
    post(f"/practice/bookings/{booked.code}/missed")
    db.session.rollback()

    assert early.status_code == 409
    assert booked.state == S.CLIENT_MISSED
    assert booked.claims_pair
    letter = outbox.read(outbox.last_to(cast.ben))
    assert "nobody holds it against you" in letter.text


def test_a_broken_call_is_repeated_free_of_charge_once(booked, cast, clock):
    clock.freeze(WEDNESDAY_TEN + timedelta(minutes=5))
    actions.report_technical(booked, by=cast.ben)
    again = stored(cast.ben, cast.practice, WEDNESDAY_TEN + timedelta(hours=3))
    clock.freeze(WEDNESDAY_TEN + timedelta(hours=3, minutes=5))
    actions.report_technical(again, by=cast.anna)

    assert not booked.claims_pair
    assert again.claims_pair


def test_a_call_after_which_another_was_granted_does_not_count_by_breaking_later(booked, cast, clock):
    """The first call of the pair broke, the second took place; then the specialist gave another, and it is booked."""
    stored(cast.ben, cast.practice, WEDNESDAY_TEN - timedelta(hours=2), state=S.TECH_FAILURE)
    clock.freeze(booked.ends_at)
    actions.complete(booked, by=cast.anna)
    actions.grant_again(booked, by=cast.anna, reason="")
    another = stored(cast.ben, cast.practice, WEDNESDAY_TEN + timedelta(days=1))

    actions.report_technical(booked, by=cast.ben)

    assert (booked.state, booked.claims_pair, another.claims_pair) == (S.TECH_FAILURE, False, True)


def test_broken_calls_count_for_no_other_kind(booked, cast, clock):
    session = offer(cast.practice, kind=OfferKind.INDIVIDUAL)
    paid = [stored(cast.ben, cast.practice, WEDNESDAY_TEN + timedelta(hours=n), of=session) for n in (2, 4)]
    for each in (*paid, booked):
        clock.freeze(max(clock.now(), each.starts_at + timedelta(minutes=5)))
        actions.report_technical(each, by=cast.ben)

    assert [each.claims_pair for each in (*paid, booked)] == [False] * 3


def test_a_day_after_the_end_it_took_place_if_nobody_said_otherwise(booked, clock):
    clock.freeze(booked.ends_at + timedelta(hours=24) - timedelta(seconds=1))
    actions.close_ended(booked)
    before = booked.state
    clock.advance(seconds=1)
    actions.close_ended(booked)

    assert (before, booked.state) == (S.CONFIRMED, S.COMPLETED)


def test_a_missed_call_is_contested_once_within_three_days(booked, ben_in, post, clock, cast):
    clock.freeze(WEDNESDAY_TEN + timedelta(minutes=20))
    actions.mark_client_missed(booked, by=cast.anna)
    clock.advance(hours=72)
    first = post(f"/bookings/{booked.code}/contest", words="I was there, a canary")
    second = post(f"/bookings/{booked.code}/contest", words="Again")

    assert first.status_code == 303
    assert second.status_code == 409
    assert "canary" not in queries.contest_of(booked).words_sealed


def test_a_contest_without_words_comes_back(booked, ben_in, post, clock, cast):
    clock.freeze(WEDNESDAY_TEN + timedelta(minutes=20))
    actions.mark_client_missed(booked, by=cast.anna)

    answer = post(f"/bookings/{booked.code}/contest", words="")

    assert answer.status_code == 422
    assert "Please tell us in a sentence" in answer.text


@pytest.mark.parametrize(
    ("outcome", "state", "strikes"),
    [
        (Outcome.UPHELD, S.CLIENT_MISSED, 0),
        (Outcome.TOOK_PLACE, S.COMPLETED, 0),
        (Outcome.TECHNICAL, S.TECH_FAILURE, 0),
        (Outcome.OTHER_SIDE, S.SPECIALIST_MISSED, 1),
    ],
)
def test_staff_decide_what_happened(booked, cast, clock, outcome, state, strikes, outbox):
    clock.freeze(WEDNESDAY_TEN + timedelta(minutes=20))
    actions.mark_client_missed(booked, by=cast.anna)
    opened = actions.contest(booked, "I was there", by=cast.ben)
    actions.answer_contest(opened, "I saw nobody", by=cast.anna)

    actions.decide_contest(opened, outcome, by=cast.sam, reason="Both were at the door.")

    assert booked.state == state
    assert len(queries.strikes_of(cast.practice.id)) == strikes
    letter = "bookings/mark_stays" if state == S.CLIENT_MISSED else "bookings/mark_changed"
    assert outbox.last_to(cast.ben).template == letter
    with pytest.raises(Conflict):
        actions.decide_contest(opened, outcome, by=cast.sam, reason="Once more.")


def test_nobody_decides_about_their_own_appointment(booked, cast, clock):
    clock.freeze(WEDNESDAY_TEN + timedelta(minutes=20))
    actions.mark_client_missed(booked, by=cast.anna)
    opened = actions.contest(booked, "I was there", by=cast.ben)

    with pytest.raises(NotAllowed):
        actions.decide_contest(opened, Outcome.UPHELD, by=cast.anna, reason="Mine.")


def test_after_the_third_missed_call_free_consultations_pause_for_thirty_days(cast, app, clock):
    for number, name in enumerate(("Berta", "Carla", "Doris")):
        practice = specialist(user(name), slug=name.lower())
        at = TUESDAY_NINE + timedelta(days=number)
        stored(cast.ben, practice, at, state=S.CLIENT_MISSED)
    clock.freeze(TUESDAY_NINE + timedelta(days=3))

    eligibility = queries.eligibility_of(cast.ben, cast.practice)

    assert Refusal.PAUSED_CLIENT in policy.refusals(eligibility, clock.now())
    assert eligibility.paused_until == TUESDAY_NINE + timedelta(days=32)
    clock.freeze(eligibility.paused_until)
    assert Refusal.PAUSED_CLIENT not in policy.refusals(eligibility, clock.now())


def test_a_specialist_gives_a_person_another_consultation(booked, client, cast, sign_in, post, clock):
    clock.freeze(booked.ends_at)
    actions.complete(booked, by=cast.anna)
    sign_in(client, cast.anna)

    post(f"/practice/bookings/{booked.code}/again")
    db.session.rollback()

    assert not queries.eligibility_of(cast.ben, cast.practice).pair_used


def test_what_is_not_used_up_cannot_be_given_again(booked, client, cast, sign_in, post):
    sign_in(client, cast.anna)

    answer = post(f"/practice/bookings/{booked.code}/again")
    db.session.rollback()

    assert answer.status_code == 409
    assert queries.eligibility_of(cast.ben, cast.practice).pair_used


def test_a_specialist_is_asked_for_words_for_three_days_and_not_longer(booked, client, cast, sign_in, clock):
    clock.freeze(WEDNESDAY_TEN + timedelta(minutes=20))
    actions.mark_specialist_missed(booked, by=cast.ben)
    sign_in(client, cast.anna)
    path = f"/practice/bookings/{booked.code}"

    assert f"{path}/contest" in client.get(path).text
    clock.advance(hours=72, seconds=1)
    assert f"{path}/contest" not in client.get(path).text


@pytest.mark.parametrize("came_first", [True, False], ids=["joined first", "reported first"])
def test_whoever_comes_first_is_believed(booked, cast, clock, came_first):
    """The specialist at the door and the client's "nobody is here" in the same moment: one of them is told no."""
    clock.freeze(WEDNESDAY_TEN + timedelta(minutes=10))
    joins = lambda: actions.join(booked, by=cast.anna)  # noqa: E731
    reports = lambda: actions.mark_specialist_missed(booked, by=cast.ben)  # noqa: E731
    first, second = (joins, reports) if came_first else (reports, joins)
    first()
    with pytest.raises(TooLate):
        second()

    assert booked.state == (S.CONFIRMED if came_first else S.SPECIALIST_MISSED)


def test_after_the_end_the_specialist_is_asked_whether_it_took_place(booked, client, cast, sign_in, clock):
    clock.freeze(booked.ends_at)
    sign_in(client, cast.anna)
    asked = client.get(f"/practice/bookings/{booked.code}").text

    assert "Did it take place?" in asked
    assert "The door opens" not in asked
