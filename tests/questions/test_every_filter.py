"""Whatever is asked of the public list, both engines answer as plain reading of every question does: five hundred
filters drawn from a fixed seed, each page, each count, each thing that is left out."""

import unicodedata
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from itertools import combinations
from random import Random

import pytest
from sqlalchemy import text

from practice.questions import listing
from practice.questions.listing import Filters
from practice.questions.states import QuestionState, Relation
from practice.store.db import db, transaction
from tests import public_questions as public

TRIES, QUESTIONS = 500, 70
TOPICS = ("Trust", "Grief", "Sleep")
SPOKEN = (
    *("trust", "trusting", "truth", "grief", "grieving", "night", "nightly", "sleep", "sleeping", "partner"),
    *("partners", "élan", "elan", "hôn", "Straße", "ёлка", "тревога", "القلق", "ஆலோசனை", "परामर्श", "不安", "相談"),
    *("don't", "the", "and", "with"),
)
TYPED = (
    *SPOKEN,
    *("tru", "griev", "nig", "slee", "partn", "ela", "strasse", "елка", "ТРЕВОГА", "PARTNER", "dont", "nowhere", "xy"),
    *("ஆலோ", "%", '"night"', "OR"),
)


@pytest.fixture
def random():
    return Random(8)


@pytest.fixture
def world(cast, random):
    """Questions of a few words each, half of them answered, some of them seen by nobody; as the tables have them."""
    with transaction():
        for number in range(QUESTIONS):
            hidden = {"state": QuestionState.WITHDRAWN, "public_title": None, "public_words": None}
            asked = public.question(
                " ".join(random.choices(SPOKEN, k=3)),
                " ".join(random.choices(SPOKEN, k=6)),
                topics=tuple(random.sample(TOPICS, random.randint(0, 2))),
                relation=random.choice([*Relation, None]),
                on=date(2027, 1, random.randint(1, 9)),
                **(hidden if number % 10 == 0 else {}),
            )
            if number % 2:
                public.answer(asked, cast.practice, " ".join(random.choices(SPOKEN, k=6)))
    topics = db.session.execute(text(ABOUT)).all()
    return World([read(topics, *row) for row in db.session.execute(text(EVERYTHING))])


EVERYTHING = """SELECT q.id, q.code, q.published_on, q.relation, q.public_title, q.public_words, a.public_words
FROM questions q LEFT JOIN answers a ON a.question_id = q.id
WHERE q.state IN ('published', 'answered', 'resolved', 'closed')"""
ABOUT = "SELECT x.question_id, t.slug FROM question_topics x JOIN topics t ON t.id = x.topic_id"


@dataclass
class Read:
    """A question as anybody would read it: whole texts, best place first."""

    id: int
    newest: tuple[str, str]
    relation: str | None
    topics: set[str]
    places: list[str]


def read(topics, number, code, on, relation, *words):
    slugs = {slug for question, slug in topics if question == number}
    return Read(number, (str(on), code), relation, slugs, [plain(each or "") for each in words])


def plain(words):
    """Small letters without accents and apostrophes, a space before and after each word."""
    letters = unicodedata.normalize("NFKD", words.casefold().translate(str.maketrans('%"', "  ", "'")))
    kept = (each for each in letters if not (unicodedata.combining(each) and ord(each) < 0x900))
    return f" {' '.join(''.join(kept).split())} "


def weight(question, typed):
    """How well a question fits, None where a word is missing; the last may be the beginning of one."""
    words = plain(typed).split()
    last = f" {words[-1]}" if words and len(words[-1]) > 2 else ""
    wanted = {f" {word} " for word in words if not last or word != words[-1]} | ({last} - {""})
    places = [[at for at, said in enumerate(question.places) if each in said] for each in wanted]
    return sum((169, 13, 1)[found[0]] for found in places) if all(places) else None


class World:
    """All that are public. What fits some words is read once."""

    def __init__(self, questions):
        self.questions = questions
        self.fitting = cache(self._fitting)

    def _fitting(self, typed):
        fits = [(found, each.newest, each) for each in self.questions if (found := weight(each, typed)) is not None]
        return [each for *_, each in sorted(fits, key=lambda fit: fit[:2], reverse=True)]

    def plainly(self, wanted):
        """Numbers of all that fit, in the order in which they are shown."""
        return [
            each.id
            for each in self.fitting(wanted.q)
            if wanted.relation in ("", each.relation) and (not wanted.topic or wanted.topic in each.topics)
        ]


def shown_of(world, asked):
    """As little is left out as it takes: first whom it is about, then the topic, then the words."""
    used = [name for name in ("relation", "topic", "q") if getattr(asked, name)]
    for number in range(len(used) + 1):
        for names in combinations(used, number):
            shown = replace(asked, **dict.fromkeys(names, ""))
            if world.plainly(shown) or number == len(used):
                return shown
    raise AssertionError("unreachable")


def test_whatever_is_asked_each_page_and_each_count_is_what_plain_reading_finds(world, random):
    left_out = 0
    for _ in range(TRIES):
        q = " ".join(random.choices(TYPED, k=random.choice((0, 1, 1, 1, 2, 3))))
        asked = Filters(q, random.choice(("", "", "trust", "grief")), random.choice(("", "", *Relation)))
        number = random.randint(1, 3)

        page = listing.find(asked, number)

        asked = replace(asked, q="") if not plain(q).strip() else asked
        shown = shown_of(world, asked)
        every = world.plainly(shown)
        first = listing.A_PAGE * (min(number, max(1, -(-len(every) // listing.A_PAGE))) - 1)
        assert (page.shown, page.total, page.everything) == (shown, len(every), len(world.questions)), asked
        assert list(page.ids) == every[first : first + listing.A_PAGE], asked
        counts = {
            shown.without("topic"): page.of_any_topic,
            shown.without("relation"): page.of_any_relation,
            **{replace(shown, topic=each.value): each.number for each in page.topics},
            **{replace(shown, relation=each.value): each.number for each in page.relations},
        }
        assert counts == {each: len(world.plainly(each)) for each in counts}, asked
        left_out += shown != asked
    assert 50 < left_out < TRIES - 50
