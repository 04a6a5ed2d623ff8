"""What may say who somebody is, is marked for its writer."""

import pytest

from practice.questions.identifiers import MOST, Kind, found, parts

pytestmark = pytest.mark.once

SAYS_WHO = [
    ("Write to ben.k@people.example please", "ben.k@people.example", Kind.MAIL),
    ("ben (at) people.example", "ben (at) people.example", Kind.MAIL),
    ("See https://people.example/ben?x=1 there", "https://people.example/ben?x=1", Kind.WEB),
    ("I am @ben_kern on there", "@ben_kern", Kind.WEB),
    ("Call +353 1 234 5678 tonight", "+353 1 234 5678", Kind.PHONE),
    ("0660/123 45 67 is his", "0660/123 45 67", Kind.PHONE),
    ("We live at 12 Old Mill Road now", "12 Old Mill Road", Kind.ADDRESS),
    ("in der Lindenstraße 14 oben", "Lindenstraße 14", Kind.ADDRESS),
    ("au rue de la Paix 7", "rue de la Paix 7", Kind.ADDRESS),
    ("вулиця Івана Франка 12", "вулиця Івана Франка 12", Kind.ADDRESS),
    ("my boss Martin Holloway says", "Martin Holloway", Kind.NAME),
    ("with Jan van der Berg since May", "Jan van der Berg", Kind.NAME),
    ("говорив Тарас Мельник про це", "Тарас Мельник", Kind.NAME),
    ("met Zoë O’Hara there", "Zoë O’Hara", Kind.NAME),
]


@pytest.mark.parametrize(("text", "marked", "kind"), SAYS_WHO)
def test_what_may_say_who_somebody_is_is_found(text, marked, kind):
    assert [(text[span.begins : span.ends], span.kind) for span in found(text)] == [(marked, kind)]


def test_ordinary_words_are_left_alone():
    texts = (
        "How do we share chores without keeping score?",
        "We met on 12.03.2019, and married in 2021. It costs 1,200 a month.",
        "Last Monday I said it. He did not. My Mother decides everything.",
        "I am 34 and he is 36; we argue 3 or 4 times a week at 10:30.",
        "Since 2024-05-01 we live apart.",
    )

    assert [text for text in texts if found(text)] == []


def test_a_text_falls_into_pieces_that_make_it_again():
    text = "I asked Martin Holloway, or ben@people.example."
    pieces = parts(text, found(text))

    assert "".join(piece for piece, _ in pieces) == text
    assert [piece for piece, is_marked in pieces if is_marked] == ["Martin Holloway", "ben@people.example"]


@pytest.mark.parametrize("letter", ["a", "1", "A", "A ", "a@", "1 ", "Aa ", "www.", "\u0301"])
def test_a_strange_text_is_read_quickly(letter):
    assert len(found(letter * 100_000)) <= MOST
