"""What an answer may hold, in which order answers stand, and whom a question is put to: rules without a database."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from practice.questions import lot, policy
from practice.questions.answer_order import Support, place
from practice.questions.unwanted import Unwanted, pieces, sentences

NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("See https://example.com/me for more", Unwanted.LINK),
        ("See HTTPS : // example", Unwanted.LINK),
        ("Look at www.anna-kern.at", Unwanted.LINK),
        ("Look at anna-kern.com, it is there", Unwanted.LINK),
        ("Look at bit.ly/abc", Unwanted.LINK),
        ("Look at exam\u200bple.com", Unwanted.LINK),
        ("Look at ｅｘａｍｐｌｅ．ｃｏｍ", Unwanted.LINK),
        ("Write to anna@people.example", Unwanted.MAIL),
        ("Write to anna (at) people (dot) example", Unwanted.MAIL),
        ("I am @anna_kern there", Unwanted.HANDLE),
        ("Call +43 660 123 45 67", Unwanted.PHONE),
        ("Call 0660/1234567", Unwanted.PHONE),
        ("Call ٠٦٦٠ ١٢٣ ٤٥٦٧", Unwanted.PHONE),
        ("It costs €72", Unwanted.PRICE),
        ("It costs 72,50 € with me", Unwanted.PRICE),
        ("It costs 80 euros", Unwanted.PRICE),
        ("It costs EUR 80", Unwanted.PRICE),
    ],
)
def test_an_answer_holds_no_link_no_price_and_no_way_to_be_reached(text, kind):
    assert [each.kind for each in pieces(text)] == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "Try it for 20 minutes a day, 3 times a week.",
        "Between 1990 and 2000, or 1990–2000, nobody spoke of it.",
        "On 2026-03-01 or 01.03.2026 that was so.",
        "I hear you.So does he.It is not your fault.",
        "In an emergency call 112, or 116 123 to talk to someone.",
        "Half of couples (50%) say so; see chapter 3.2.1.",
        "Say what you need, e.g. time, i.e. an hour.",
    ],
)
def test_plain_words_numbers_and_days_are_fine(text):
    assert pieces(text) == []


def test_the_writer_reads_what_to_leave_out_and_each_thing_once():
    found = sentences("www.anna.at, again www.anna.at, and €80")

    assert found[0].startswith("Please leave out the link “www.anna.at”.")
    assert found[-1] == "Please leave out the amount “€80”. Prices stand on your profile."


def test_a_very_long_text_is_looked_through_in_no_time_that_grows_with_its_square():
    assert pieces("a" * policy.LONGEST_ANSWER) == []
    assert pieces("1 a@ " * (policy.LONGEST_ANSWER // 5)) == []


# ---------------------------------------------------------------- the order


def support(**more):
    return Support(**{"is_picked": False, "agreements": 0, "helped": 0, "since": NOON, "number": 1} | more)


def test_the_askers_pick_stands_first_then_agreements_then_votes_then_age_then_number():
    in_order = [
        support(is_picked=True),
        support(agreements=2),
        support(agreements=1, helped=9),
        support(helped=3),
        support(helped=1, since=NOON - timedelta(days=1)),
        support(helped=1),
        support(),
        support(number=2),
    ]

    mixed = [*in_order[4:], *in_order[:4]]
    assert sorted(mixed, key=place) == in_order


# ---------------------------------------------------------------- the lot


def test_about_one_in_four_is_left_out_from_the_first_day_whoever_it_is():
    for numbers in ((5, 17), (1008, 0), (123, 456)):
        out = sum(lot.drawn(numbers, each) < lot.least(0) for each in range(1, 4 * lot.PRIME + 1))
        assert out == 4 * (lot.PRIME * policy.LEFT_OUT_OF_100 // 100)


def test_after_a_week_some_more_close_each_day_until_none_is_open():
    thresholds = [lot.least(days) for days in range(policy.ANSWERED_FOR_DAYS + 1)]

    assert len({*thresholds[: policy.OPEN_AT_LEAST_DAYS + 1]}) == 1
    later = thresholds[policy.OPEN_AT_LEAST_DAYS :]
    assert all(after > before for before, after in pairwise(later))
    assert thresholds[-1] == lot.PRIME
