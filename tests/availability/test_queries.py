"""This file knows which hours serve which kind of offer, and that reading them costs one query."""

from datetime import date

import pytest
from sqlalchemy import event

from practice.availability import actions, queries
from practice.availability.models import Schedule
from practice.scheduling.hours import DateRule, WeeklyRange
from practice.specialists import timing
from practice.specialists.states import OfferKind
from practice.store.db import db, transaction
from tests import factories

CONSULT, SESSION = OfferKind.CONSULT, OfferKind.INDIVIDUAL
FIFTY = timing.Timing(SESSION, 50)
MORNING = WeeklyRange(1, 9 * 60, 12 * 60)
EVENING = WeeklyRange(3, 18 * 60, 20 * 60)


@pytest.fixture
def queries_made(app):
    """The statements that a block of a test sends."""
    seen = []
    listener = lambda _c, _u, statement, *_: seen.append(statement) if statement.startswith("SELECT") else None  # noqa: E731
    event.listen(db.engine, "before_cursor_execute", listener)
    yield seen
    event.remove(db.engine, "before_cursor_execute", listener)


def test_general_hours_serve_every_kind_without_hours_of_its_own(practice):
    actions.save_week(practice, "", [MORNING])

    assert queries.open_hours(practice, CONSULT).weekly == (MORNING,)
    assert queries.open_hours(practice, SESSION).weekly == (MORNING,)


def test_a_kinds_own_hours_replace_the_general_ones_for_that_kind_only(practice):
    actions.save_week(practice, "", [MORNING])
    actions.save_week(practice, CONSULT, [EVENING])

    assert queries.open_hours(practice, CONSULT).weekly == (EVENING,)
    assert queries.open_hours(practice, SESSION).weekly == (MORNING,)


def test_a_kind_whose_own_hours_are_taken_away_follows_the_general_ones_again(practice):
    actions.save_week(practice, "", [MORNING])
    actions.save_week(practice, CONSULT, [EVENING])

    actions.save_week(practice, CONSULT, [])

    assert queries.open_hours(practice, CONSULT).weekly == (MORNING,)


def test_a_date_can_be_closed_for_all_and_open_for_one_kind(practice):
    on = date(2027, 3, 10)
    actions.save_exception(practice, on, [])
    actions.save_exception(practice, on, [(600, 660)], CONSULT)

    assert queries.open_hours(practice, CONSULT).date_rules == (DateRule(on, ((600, 660),)),)
    assert queries.open_hours(practice, SESSION).date_rules == (DateRule(on, ()),)


def test_a_date_of_another_kind_leaves_the_week_as_it_is(practice):
    actions.save_exception(practice, date(2027, 3, 10), [(600, 660)], SESSION)

    assert queries.open_hours(practice, CONSULT).date_rules == ()


def test_an_unknown_specialist_has_no_calendar(app):
    assert queries.calendars_of([(999_999, timing.CONSULT)]) == {}


def test_all_hours_of_many_specialists_come_in_one_query(practice, queries_made):
    others = [factories.specialist(factories.user(f"Person{n}", zone="Asia/Kathmandu")) for n in range(5)]
    ids = [practice.id, *(each.id for each in others)]
    queries_made.clear()

    found = queries.calendars_of([(each, which) for each in ids for which in (timing.CONSULT, FIFTY)])

    assert len(queries_made) == 1
    assert sorted(found) == sorted((each, which) for each in ids for which in (timing.CONSULT, FIFTY))
    assert {hours.zone for hours, _ in found.values()} == {"Europe/Vienna", "Asia/Kathmandu"}


def test_rules_say_the_notice_horizon_and_caps_of_their_kind(practice):
    actions.save_limits(
        practice, actions.Limits(consult_notice=24 * 60, session_notice=60, weekly_consults=2, daily_cap=5)
    )
    schedule = queries.schedule_of(practice)

    consult, session = (queries.rules_for(schedule, each) for each in (timing.CONSULT, FIFTY))

    assert (consult.notice, consult.horizon_days, consult.kind_weekly_cap) == (24 * 60, 28, 2)
    assert (session.notice, session.horizon_days, session.kind_weekly_cap) == (60, 60, None)
    assert (consult.daily_cap, session.daily_cap) == (5, 5)


def test_the_same_rules_come_from_the_row_and_from_the_stored_schedule(practice):
    _, rules = queries.calendars_of([(practice.id, timing.CONSULT)])[practice.id, timing.CONSULT]

    assert rules == queries.rules_for(queries.schedule_of(practice), timing.CONSULT)


def test_who_has_saved_nothing_has_the_defaults_and_their_own_zone(practice):
    with transaction() as session:
        session.delete(session.get_one(Schedule, practice.id))

    schedule = queries.schedule_of(practice)

    assert (schedule.gap_before, schedule.step, schedule.weekly_consults) == (10, 15, 4)
    assert queries.open_hours(practice, CONSULT).zone == "Europe/Vienna"
    assert db.session.get(Schedule, practice.id) is None
