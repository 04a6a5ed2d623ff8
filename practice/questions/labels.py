"""This file knows how questions are put into words: where one stands, whom it is about, which names stand there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from practice.config import settings
from practice.http.clocks import zone_name
from practice.safety import staffed
from practice.safety.places import country_name
from practice.store.retention import TAKEN_BACK_QUESTIONS

from .models import Question
from .states import AgeBand, QuestionState, Relation

S = QuestionState
RELATIONS = {
    Relation.PARTNER: "My partner",
    Relation.FAMILY: "My family",
    Relation.FRIEND: "A friend",
    Relation.WORK: "People at work",
    Relation.SELF: "Myself",
}
AGES = {
    AgeBand.UNDER_25: "18 to 24",
    AgeBand.UNDER_35: "25 to 34",
    AgeBand.UNDER_45: "35 to 44",
    AgeBand.UNDER_55: "45 to 54",
    AgeBand.UNDER_65: "55 to 64",
    AgeBand.OLDER: "65 or older",
}
NAMELESS = "Without a title"


class Whereabouts(NamedTuple):
    """Where a question stands, in a word for a list and in a sentence for its asker."""

    short: str
    sentence: str


_WHEREABOUTS = {
    S.DRAFT: Whereabouts("Kept for you", "Nobody else has read it. It goes nowhere until you send it."),
    S.SUBMITTED: Whereabouts("Sent", "A person on our team reads it next."),
    S.IN_REVIEW: Whereabouts("Being read", "A person on our team reads it before anybody else does."),
    S.HELD_SAFETY: Whereabouts(
        "Being read", "A person on our team reads it first and writes back to you. It isn’t published by itself."
    ),
    S.NEEDS_EDIT: Whereabouts("Needs a small change", "It isn’t public. What to change, and why, stands below."),
    S.PUBLISHED: Whereabouts("Waiting for an answer", "It is public, and specialists in its topics can answer."),
    S.ANSWERED: Whereabouts("Answered", "It is public, and specialists can answer further."),
    S.RESOLVED: Whereabouts("Resolved", "It is public. You said that it is resolved, so nobody answers any more."),
    S.CLOSED: Whereabouts("Closed", "It is public, and takes no more answers."),
    S.REJECTED: Whereabouts("Not published", "Only you can read it here. Why, stands below."),
    S.WITHDRAWN: Whereabouts(
        "Taken back",
        f"Only you can read it here. Its words go {TAKEN_BACK_QUESTIONS.length} after you took it back.",
    ),
    S.ARCHIVED: Whereabouts("Deleted", "Its words are gone."),
}
_ASKED_BEFORE = Whereabouts(
    "Asked before", "The same was asked and answered here, so only you can read yours. It can still be published."
)
_TAKEN_DOWN = Whereabouts("Taken down", "It was public, and only you can read it now. Why, stands below.")


def whereabouts(question: Question) -> Whereabouts:
    """Where it stands, for its asker."""
    if question.was_asked_before:
        return _ASKED_BEFORE
    if question.state == S.REJECTED and question.published_on is not None:
        return _TAKEN_DOWN
    return _WHEREABOUTS[S(question.state)]


def another(question: Question) -> Iterator[tuple[str, str]]:
    """For whoever reads it next: that its asker said it is another than the one it was taken for."""
    if question.is_another and question.twin is not None:
        yield "Its asker says that it is another than", question.twin.public_title or "one that is gone by now"


def staffed_hours() -> str:
    """When people of the staff are there: "8:00 to 20:00, Dublin time, every day"."""
    return f"{staffed.FROM.hour}:00 to {staffed.TO.hour}:00, {zone_name(settings().zone)}, every day"


def about(question: Question) -> Iterator[tuple[str, str]]:
    """What is said beside a question's words, as pairs of heading and words."""
    yield "Topics", ", ".join(topic.name for topic in question.topics)
    if question.relation:
        yield "About", RELATIONS[Relation(question.relation)]
    if question.country:
        yield "Country", country_name(question.country)
    if question.age_band:
        yield "Age", AGES[AgeBand(question.age_band)]
