"""This file knows what follows when nobody has answered for five days: the asker reads of other ways on, once."""

from __future__ import annotations

from practice.bookings import queries as bookings
from practice.http import clocks
from practice.questions import emails
from practice.questions.models import Question
from practice.store.db import db, transactional
from practice.values import clock

from .answering import lock_question


def tell_of_silence(question: Question) -> bool:
    """Tell its asker whom of the same topics they can talk to, and when; False where somebody has answered meanwhile.

    Free times are looked for before anything is locked: that may take a while.
    """
    asker = question.asker
    if asker is None or not asker.active:
        return _tell(question, [])
    people = bookings.people_for({each.slug for each in question.topics}, asker, clocks.of(asker))
    return _tell(question, [(who.called, start.isoformat()) for who, start in people])


@transactional
def _tell(question: Question, people: list[tuple[str, str]]) -> bool:
    found = lock_question(question, must_be_public=False)
    if found.silence_told_at is not None or found.state != "published":
        return False
    found.silence_told_at = clock.now()
    emails.nobody_yet(found, people)
    db.session.flush()
    return True
