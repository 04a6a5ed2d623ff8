"""A number that may save a life changes by two people, with an official page before them, and can be taken back."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from practice.safety import actions, policy, queries
from practice.safety.models import CrisisResource
from practice.safety.policy import Line, Source
from practice.safety.seeds import SEEDS
from practice.safety.states import ChangeKind
from practice.store.audit import AuditEvent
from practice.store.db import db
from practice.values.errors import Conflict, Invalid, NotAllowed

TODAY = date(2027, 3, 1)
SOURCE = Source("https://numbers.example/ireland", TODAY)
TALK = Line("IE", "talk", "Someone to talk to", "116 123", "Any hour", "English")


@pytest.fixture
def sue(app):
    from tests import factories

    return factories.user("Sue", roles=("client", "staff"))


@pytest.fixture
def lines(app):
    actions.seed_resources()
    return {(each.country, each.number): each for each in queries.all_lines()}


@pytest.fixture
def talk(lines):
    return lines["IE", "116 123"]


def numbers(country="IE"):
    found = queries.country(country)
    return [line.number for line in found.lines] if found else []


def changed(line, **parts):
    return Line(**line.as_values() | parts)


def last_action():
    return db.session.scalars(select(AuditEvent.action).order_by(AuditEvent.number.desc())).first()


# ---------------------------------------------------------------- what a number may be


@pytest.mark.once
@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: f"{seed.country} {seed.number}")
def test_every_number_of_the_start_list_exists_in_its_country(seed):
    assert policy.mistakes(Line(**seed._asdict())) == {}


@pytest.mark.once
@pytest.mark.parametrize(
    ("country", "purpose", "number"),
    [
        ("IE", "emergency", "0000 <b>"),
        ("IE", "emergency", "0000"),
        ("IE", "emergency", "911"),
        ("US", "emergency", "999"),
        ("IE", "emergency", "112 "),
        ("IE", "emergency", "11\u06622"),
        ("IE", "emergency", "112\u202e"),
        ("IE", "talk", "0000"),
        ("IE", "talk", "12"),
        ("IE", "talk", "call us"),
        ("IE", "talk", "1" * 12),
        ("GB", "talk", "1800 341 900"),
        ("EU", "emergency", "999"),
    ],
)
def test_what_is_no_number_there_is_refused_beside_its_field(country, purpose, number):
    assert list(policy.mistakes(Line(country, purpose, "A line", number, "Any hour", "English"))) == ["number"]


@pytest.mark.once
@pytest.mark.parametrize(
    ("source", "field"),
    [
        (Source("http://numbers.example", TODAY), "source_url"),
        (Source("numbers.example", TODAY), "source_url"),
        (Source("javascript:alert(1)", TODAY), "source_url"),
        (Source("https://[broken", TODAY), "source_url"),
        (Source("https://localhost", TODAY), "source_url"),
        (Source("https://numbers.example", TODAY + timedelta(days=1)), "read_on"),
        (Source("https://numbers.example", TODAY - timedelta(days=15)), "read_on"),
    ],
)
def test_a_source_is_a_page_that_a_second_person_can_open_read_lately(source, field):
    assert list(policy.source_mistakes(source, TODAY)) == [field]


# ---------------------------------------------------------------- two people


def test_one_person_alone_changes_nothing(talk, cast):
    change = actions.propose_change(talk, changed(talk.line, number="1800 341 900"), SOURCE, by=cast.sam)

    with pytest.raises(NotAllowed, match="somebody else"):
        actions.agree(change, by=cast.sam)

    assert "116 123" in numbers()


def test_a_change_is_there_once_a_second_person_agrees(talk, cast, sue):
    change = actions.propose_change(talk, changed(talk.line, hours="9 to 17"), SOURCE, by=cast.sam)
    actions.agree(change, by=sue)

    found = queries.resource(talk.code)
    assert (found.hours, found.verified_on, found.url) == ("9 to 17", TODAY, SOURCE.url)
    assert last_action() == "safety.number_changed"


def test_saying_that_a_line_is_still_right_needs_two_as_well(talk, cast, sue):
    change = actions.propose_change(talk, talk.line, SOURCE, by=cast.sam)
    assert change.kind == ChangeKind.CHECK
    assert queries.resource(talk.code).verified_on is None

    actions.agree(change, by=sue)

    assert queries.resource(talk.code).verified_on == TODAY
    assert last_action() == "safety.number_checked"


def test_what_was_read_counts_from_the_day_it_was_read(talk, cast, sue):
    source = Source(SOURCE.url, TODAY - timedelta(days=3))

    actions.agree(actions.propose_change(talk, talk.line, source, by=cast.sam), by=sue)

    assert queries.resource(talk.code).verified_on == source.read_on


def test_an_emergency_number_becomes_another_one_of_that_country_only(lines, cast):
    emergency = lines["IE", "112"]

    with pytest.raises(Invalid) as refusal:
        actions.propose_change(emergency, changed(emergency.line, number="0000 <b>"), SOURCE, by=cast.sam)

    assert list(refusal.value.fields) == ["number"]
    assert queries.waiting_changes() == []


def test_a_line_waits_for_one_answer_at_a_time(talk, cast, sue):
    actions.propose_change(talk, talk.line, SOURCE, by=cast.sam)

    with pytest.raises(Conflict, match="already waits"):
        actions.propose_end(talk, SOURCE, by=sue)


def test_of_two_answers_the_first_one_counts(talk, cast, sue):
    change = actions.propose_change(talk, changed(talk.line, hours="Never"), SOURCE, by=cast.sam)
    actions.withdraw(change, by=sue)

    with pytest.raises(Conflict, match="in the meantime"):
        actions.agree(change, by=sue)

    assert queries.resource(talk.code).hours == "Any hour"


def test_a_client_decides_nothing(talk, cast):
    change = actions.propose_change(talk, talk.line, SOURCE, by=cast.sam)

    with pytest.raises(NotAllowed):
        actions.agree(change, by=cast.ben)


# ---------------------------------------------------------------- lines that come and go


def test_a_new_country_begins_with_its_emergency_number(lines, cast, sue):
    japan = Line("JP", "talk", "A line", "0120 279 338", "Any hour", "Japanese")
    with pytest.raises(Invalid) as refusal:
        actions.propose_line(japan, SOURCE, by=cast.sam)
    assert list(refusal.value.fields) == ["purpose"]

    actions.agree(actions.propose_line(changed(japan, purpose="emergency", number="119"), SOURCE, by=cast.sam), by=sue)

    assert numbers("JP") == ["119"]
    assert last_action() == "safety.number_added"


def test_a_number_is_entered_once_however_it_is_grouped(lines, cast):
    with pytest.raises(Invalid) as refusal:
        actions.propose_line(changed(TALK, number="11 61 23"), SOURCE, by=cast.sam)

    assert list(refusal.value.fields) == ["number"]


def test_of_two_proposals_of_one_new_number_one_comes_through(lines, cast, sue):
    line = changed(TALK, number="1800 200 030")
    first, second = (actions.propose_line(line, SOURCE, by=cast.sam) for _ in range(2))
    actions.agree(first, by=sue)

    with pytest.raises(Invalid):
        actions.agree(second, by=sue)

    assert numbers().count("1800 200 030") == 1


def test_a_line_that_ended_is_gone_everywhere(talk, cast, sue):
    actions.agree(actions.propose_end(talk, SOURCE, by=cast.sam), by=sue)

    assert "116 123" not in numbers()
    assert last_action() == "safety.number_ended"


def test_a_country_with_other_numbers_keeps_an_emergency_number(lines, cast, sue):
    actions.agree(actions.propose_end(lines["IE", "999"], SOURCE, by=cast.sam), by=sue)

    with pytest.raises(Invalid, match="keeps an emergency number"):
        actions.propose_end(lines["IE", "112"], SOURCE, by=cast.sam)


def test_two_ends_that_were_proposed_together_do_not_take_the_last_emergency_number(lines, cast, sue):
    ends = [actions.propose_end(lines["IE", number], SOURCE, by=cast.sam) for number in ("112", "999")]
    actions.agree(ends[0], by=sue)

    with pytest.raises(Invalid, match="keeps an emergency number"):
        actions.agree(ends[1], by=sue)

    assert "999" in numbers()


# ---------------------------------------------------------------- taking back


@pytest.mark.parametrize("what", ["check", "change", "add", "end"])
def test_whatever_two_decided_one_can_take_back_within_seven_days(talk, cast, sue, clock, what):
    proposed = {
        "check": lambda: actions.propose_change(talk, talk.line, SOURCE, by=cast.sam),
        "change": lambda: actions.propose_change(talk, changed(talk.line, number="1800 341 900"), SOURCE, by=cast.sam),
        "add": lambda: actions.propose_line(changed(TALK, number="1800 200 030"), SOURCE, by=cast.sam),
        "end": lambda: actions.propose_end(talk, SOURCE, by=cast.sam),
    }
    before = {line.code: (line.line, line.verified_on, line.url) for line in queries.all_lines()}
    change = proposed[what]()
    actions.agree(change, by=sue)
    assert {line.code: (line.line, line.verified_on, line.url) for line in queries.all_lines()} != before
    clock.advance(days=7)

    actions.undo(change, by=cast.sam)

    assert {line.code: (line.line, line.verified_on, line.url) for line in queries.all_lines()} == before
    assert last_action() == "safety.change_undone"


def test_after_seven_days_it_takes_a_change(talk, cast, sue, clock):
    change = actions.propose_change(talk, changed(talk.line, hours="9 to 17"), SOURCE, by=cast.sam)
    actions.agree(change, by=sue)
    clock.advance(days=7, seconds=1)

    with pytest.raises(Conflict, match="seven days"):
        actions.undo(change, by=cast.sam)


def test_only_the_newest_word_about_a_line_can_be_taken_back(talk, cast, sue):
    first = actions.propose_change(talk, changed(talk.line, hours="9 to 17"), SOURCE, by=cast.sam)
    actions.agree(first, by=sue)
    second = actions.propose_change(talk, changed(talk.line, hours="8 to 18"), SOURCE, by=cast.sam)
    actions.agree(second, by=sue)
    assert queries.changes_to_undo() == [second]

    with pytest.raises(Conflict, match="in the meantime"):
        actions.undo(first, by=cast.sam)


def test_what_waits_cannot_be_undone(talk, cast):
    with pytest.raises(Conflict):
        actions.undo(actions.propose_change(talk, talk.line, SOURCE, by=cast.sam), by=cast.sam)


# ---------------------------------------------------------------- the start list stays out of the way


@pytest.mark.parametrize("what", ["changed", "ended"])
def test_a_corrected_number_survives_the_next_start(talk, cast, sue, what):
    change = (
        actions.propose_end(talk, SOURCE, by=cast.sam)
        if what == "ended"
        else actions.propose_change(talk, changed(talk.line, number="1800 200 030"), SOURCE, by=cast.sam)
    )
    actions.agree(change, by=sue)
    before = db.session.scalar(select(func.count(CrisisResource.id)))

    assert actions.seed_resources() == 0
    assert "116 123" not in numbers()
    assert db.session.scalar(select(func.count(CrisisResource.id))) == before
