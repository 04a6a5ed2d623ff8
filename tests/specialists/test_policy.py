"""Rules of an application, of warnings and of the list's order, from values."""

from dataclasses import replace
from datetime import date

import pytest

from practice.specialists import policy
from practice.specialists.policy import Filled
from practice.specialists.states import LICENSED, Kind

WHOLE = Filled(
    kind="psychologist", name="Mara", title="Psychologist", place="Dublin", country="IE", body="Register", number="1",
    credentials={"identity", "licence", "insurance"}, headline="h", best_at="b", not_right_for="n", about="a", topics=2,
    main_topics=1, languages=1, formats=1, offers_couples=False, couple_stance=None, priced=1,
)  # fmt: skip


def test_a_whole_application_misses_nothing():
    assert policy.missing(WHOLE) == {}


@pytest.mark.parametrize(
    "change, step",
    [
        ({"name": " "}, "what"),
        ({"title": "Relationship coach"}, "what"),
        ({"country": ""}, "what"),
        ({"number": ""}, "what"),
        ({"credentials": {"identity", "licence"}}, "documents"),
        ({"headline": ""}, "words"),
        ({"not_right_for": ""}, "words"),
        ({"about": ""}, "words"),
        ({"topics": 9}, "words"),
        ({"topics": 0, "main_topics": 0}, "words"),
        ({"main_topics": 4, "topics": 5}, "words"),
        ({"languages": 0}, "words"),
        ({"formats": 0}, "words"),
        ({"offers_couples": True}, "words"),
        ({"priced": 0}, "prices"),
    ],
)
def test_what_is_missing_is_said_at_its_step(change, step):
    assert list(policy.missing(replace(WHOLE, **change))) == [step]


def test_couples_need_a_stance_first():
    assert policy.missing(replace(WHOLE, offers_couples=True, couple_stance="no_secrets")) == {}


def test_a_coach_needs_no_licence_but_training_and_supervision():
    coach = replace(WHOLE, kind="coach", title="Relationship coach", body="", number="")

    assert list(policy.missing(coach)) == ["documents"]
    assert policy.missing(replace(coach, credentials={"identity", "training", "supervision"})) == {}


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_is_explained_and_has_titles_of_its_own(kind):
    text = policy.KINDS[kind]

    assert text.line.endswith(".")
    assert text.titles
    assert all(policy.may_apply_for(kind, title) for title in text.titles)
    assert policy.is_licensed(kind) == (kind in LICENSED)


def test_no_coach_may_be_called_a_therapist():
    assert not any(word in title.lower() for title in policy.KINDS[Kind.COACH].titles for word in ("therap", "psych"))


@pytest.mark.parametrize(
    "sent, due",
    [
        (date(2027, 3, 1), date(2027, 3, 4)),  # Monday to Thursday
        (date(2027, 3, 3), date(2027, 3, 8)),  # Wednesday, over a weekend
        (date(2027, 3, 6), date(2027, 3, 10)),  # Saturday
    ],
)
def test_an_answer_is_due_after_three_working_days(sent, due):
    assert policy.answer_due(sent) == due


@pytest.mark.parametrize(
    "left, warned, owed",
    [
        (61, None, None), (60, None, 60), (45, 60, None), (31, 60, None), (30, 60, 30), (8, 30, None), (7, 30, 7),
        (1, 7, None), (0, 7, None), (5, None, 7), (25, None, 30), (-1, None, None),
    ],
)  # fmt: skip
def test_one_warning_is_owed_for_each_step_and_a_late_sweep_owes_one(left, warned, owed):
    today = date(2027, 3, 1)

    assert policy.warning_due(date.fromordinal(today.toordinal() + left), today, warned) == owed


def test_main_topics_count_double():
    assert policy.completeness(["a", "b", "c"], main=["a"], other=["b"]) == 3


def test_the_days_number_can_be_worked_out_by_anybody():
    import hashlib

    number = policy.day_number(date(2027, 3, 1))

    assert number == hashlib.sha256(b"2027-03-01").hexdigest()[:16]
    assert policy.shuffled(number, "anna-k") == hashlib.sha256(f"{number} anna-k".encode()).hexdigest()


@pytest.mark.parametrize(
    "name, slug",
    [
        ("Mara Ellison", "mara-e"),
        ("Siobhán Kearney", "siobhan-k"),
        ("Dr Amara Osei-Boateng", "amara-o"),
        ("Mei-Ling Chua", "meiling-c"),
        ("Cher", "cher"),
        ("ليلى", "lyla"),
        ("../../etc/passwd", "etcpasswd"),
        ("<b>Bob</b> 'OR 1=1", "bbobb-1"),
    ],
)
def test_an_address_holds_a_first_name_and_one_letter(name, slug):
    assert policy.slug_of(name) == slug
