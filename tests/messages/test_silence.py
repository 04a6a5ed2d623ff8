"""What follows a silence: one reminder, then others who have time, and a place further down in the list."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from practice.messages import actions, jobs, policy, reliability
from practice.messages.models import MessageWishes
from practice.specialists import search
from practice.store.db import db, transaction
from tests import factories

HOUR = timedelta(hours=1)
REMINDER, OTHERS = "messages/waits", "messages/others"


@pytest.fixture
def after(clock):
    """`after(48 * HOUR)`: so much later the sweeps have run, twice."""

    def later(length):
        clock.advance(seconds=length.total_seconds())
        for _ in range(2):
            db.session.rollback()
            jobs.end_silence()
            jobs.measure_answers()
        db.session.rollback()

    return later


@pytest.fixture
def away(cast):
    """`away(until=…)`: Anna has said that she is away."""

    def said(**wishes):
        with transaction() as session:
            session.add(MessageWishes(user_id=cast.anna.id, away="Back soon.", **wishes))

    return said


@pytest.fixture
def unanswered(cast, write):
    """`unanswered(2)`: so many people write to Anna for the first time."""

    def written(count):
        people = [factories.user(f"Person{number} X") for number in range(count)]
        threads = [actions.begin(each, cast.practice) for each in people]
        for person, thread in zip(people, threads, strict=True):
            write(person, to=thread)
        return threads

    return written


# ---------------------------------------------------------------- reminded, and shown others


def test_the_specialist_is_reminded_once_after_two_days(cast, write, outbox, after):
    write(cast.ben)
    after(48 * HOUR - timedelta(minutes=1))
    assert REMINDER not in outbox.kinds_to(cast.anna)

    after(timedelta(minutes=1))
    after(24 * HOUR)
    assert outbox.kinds_to(cast.anna).count(REMINDER) == 1


def test_after_four_days_the_client_is_told_of_others_once(cast, thread, write, outbox, after):
    write(cast.ben)
    after(96 * HOUR - timedelta(minutes=1))
    assert OTHERS not in outbox.kinds_to(cast.ben)

    after(timedelta(minutes=1))
    after(96 * HOUR)
    assert outbox.kinds_to(cast.ben).count(OTHERS) == 1
    letter = outbox.read(outbox.last_to(cast.ben))
    assert letter.subject == "Other options for you"
    assert "Anna" not in letter.text
    assert thread.offered_others_at is not None


def test_what_was_answered_is_followed_by_nothing(cast, answered, outbox, after):
    after(200 * HOUR)

    assert not {REMINDER, OTHERS} & {*outbox.kinds_to(cast.anna), *outbox.kinds_to(cast.ben)}


def test_whoever_talks_already_is_reminded_of_and_not_led_to_others(cast, answered, write, outbox, after):
    write(cast.ben, "Thank you.")
    after(200 * HOUR)

    assert REMINDER in outbox.kinds_to(cast.anna)
    assert OTHERS not in outbox.kinds_to(cast.ben)


def test_nobody_is_told_of_a_silence_after_a_block(cast, thread, write, outbox, after):
    write(cast.ben)
    actions.block(thread, by=cast.anna)
    after(200 * HOUR)

    assert not {REMINDER, OTHERS} & {*outbox.kinds_to(cast.anna), *outbox.kinds_to(cast.ben)}


def test_a_message_that_was_taken_back_waits_for_nobody(cast, write, outbox, after):
    actions.take_back(write(cast.ben), by=cast.ben)
    after(200 * HOUR)

    assert outbox.kinds_to(cast.ben) == []


def test_whoever_is_away_is_not_reminded_and_others_are_shown_all_the_same(cast, write, outbox, after, away):
    away(away_until=date(2027, 3, 20))
    write(cast.ben)
    after(96 * HOUR)

    assert REMINDER not in outbox.kinds_to(cast.anna)
    assert OTHERS in outbox.kinds_to(cast.ben)


# ---------------------------------------------------------------- how somebody answers


@pytest.mark.parametrize(
    ("hours", "left", "said"),
    [
        ([1, 1, 1, 1], 0, None),
        ([1, 1, 1, 1, 1], 0, 4),
        ([1, 2, 3, 4, 90], 0, 4),
        ([1, 2, 3, 20, 90], 0, 24),
        ([1, 2, 3, 49, 90], 0, 96),
        ([1, 1, 1, 97, 97], 0, None),
        ([1, 1, 1, 1, 1], 1, 4),
        ([1, 1, 1, 1, 1], 2, None),
    ],
)
def test_a_promise_is_what_three_of_four_answers_kept_and_nobodys_below_five(hours, left, said):
    assert reliability.usual([each * 3600 for each in hours], left) == said


def test_answers_to_people_become_the_promise_of_a_profile(cast, unanswered, write, after, clock):
    threads = unanswered(5)
    clock.advance(hours=20)
    for each in threads:
        write(cast.anna, to=each)
    after(HOUR)

    assert cast.practice.answers_within == 24


def test_a_few_unanswered_put_somebody_behind_those_who_answer_until_they_do(cast, unanswered, write, after):
    threads = unanswered(policy.UNANSWERED)
    after(96 * HOUR - timedelta(minutes=1))
    assert not is_behind(cast.practice)

    after(timedelta(minutes=1))
    assert is_behind(cast.practice)
    write(cast.anna, to=threads[0])
    after(timedelta(minutes=1))
    assert not is_behind(cast.practice)


def test_one_alone_puts_nobody_behind(cast, unanswered, after):
    unanswered(policy.UNANSWERED - 1)
    after(200 * HOUR)

    assert not is_behind(cast.practice)


def test_days_away_count_for_nothing_and_then_they_have_as_long_as_others(cast, unanswered, after, away):
    away(away_until=date(2027, 3, 10))
    unanswered(2)
    after(9 * 24 * HOUR + 12 * HOUR)
    assert not is_behind(cast.practice)

    after(3 * 24 * HOUR)
    assert not is_behind(cast.practice)
    after(28 * HOUR)
    assert is_behind(cast.practice)


def test_to_be_away_later_excuses_nobody_now(cast, unanswered, after, away):
    away(away_from=date(2028, 1, 1), away_until=date(2028, 1, 2))
    unanswered(2)
    after(96 * HOUR)

    assert is_behind(cast.practice)


def test_among_equal_matches_whoever_answers_comes_first_and_then_who_has_time_sooner():
    def place(soonest, *, is_behind, topics=()):
        card = SimpleNamespace(main_topics=topics, other_topics=(), leaves_unanswered=is_behind, slug="a")
        return search.place_in_list(SimpleNamespace(card=card), soonest, ("stress",), "1")

    assert place(9, is_behind=False) < place(1, is_behind=True)
    assert place(1, is_behind=True, topics=("stress",)) < place(9, is_behind=False)
    assert place(1, is_behind=True) < place(9, is_behind=True)


def is_behind(practice):
    """Whether the public list puts them behind others."""
    return next(each.card.leaves_unanswered for each in search.listed() if each.card.id == practice.id)
