"""This file knows how to make questions and answers of any state, as rows: who asks through pages does so elsewhere."""

from datetime import timedelta

from practice.questions.actions import answering
from practice.questions.actions.answering import NewAnswer
from practice.questions.models import Answer, Question, QuestionTopic
from practice.questions.states import Actor, QuestionState
from practice.specialists.models import SpecialistTopic
from practice.store.db import db, new_code, transaction
from practice.values import clock
from tests import factories

TITLE = "How do we share chores without keeping score?"
TEXT = "Every time I ask for help, we list who did what."
GOOD = "Ask once, plainly, for one thing, with a real option to decline."


def ask(asker=None, *, title=TITLE, topic="Stress", days_ago=0, state=QuestionState.PUBLISHED, **columns):
    """A question that has been public for so many days."""
    at = clock.now() - timedelta(days=days_ago)
    with transaction() as session:
        made = Question(
            code=new_code(), asker=asker, pseudonym="Quiet Heron", title=title, words=TEXT, state=state,
            public_title=title, public_words=TEXT, asked_at=at, published_at=at, published_on=at.date(), **columns,
        )  # fmt: skip
        session.add(made)
        session.flush()
        about = factories.topic(topic)
        session.add(about)
        session.flush()
        session.add(QuestionTopic(question_id=made.id, topic_id=about.id, position=0))
    return made


def answer(question, by, text=GOOD, key=None):
    """As a specialist would through the page."""
    return answering.answer(question, NewAnswer(text, key or new_code()), by=by)


def published(question, by, text=GOOD):
    """The same, read by staff where it has to be."""
    made = answer(question, by, text)
    with transaction():
        answering.publish(made, by=Actor.STAFF)
    return made


def colleague(name, **columns):
    """Another specialist whose profile is public."""
    someone = factories.user(name, zone="Europe/Vienna")
    factories.specialist(someone, **columns)
    return someone


def known(someone):
    """From now on what they answer appears at once."""
    for n in range(3):
        published(ask(title=f"An earlier one, {n}"), someone)
    return someone


def in_topic(someone, topic):
    """They work with this topic too."""
    with transaction() as session:
        about = factories.topic(topic)
        session.add(about)
        session.flush()
        session.add(SpecialistTopic(specialist_id=someone.specialist.id, topic_id=about.id, position=1))


def rows(model=Answer):
    """How many there are."""
    return db.session.query(model).count()


def stored(question, by, text=GOOD):
    """An answer that stands in the tables as if it had been given and read, whatever the lot says now."""
    with transaction() as session:
        made = Answer(question=question, specialist=by.specialist, state="in_review", words=text, form_key=new_code())
        session.add(made)
        session.flush()
        answering.publish(made, by=Actor.STAFF)
    return made
