"""This file knows how a question becomes public, and how everything of it stops being so at once."""

from __future__ import annotations

from practice.questions.models import Answer, FollowUp, Question
from practice.questions.states import Actor, AnswerState, QuestionState
from practice.values import clock

S = QuestionState


def show(question: Question, *, by: Actor) -> None:
    """Everybody can read it from now on, with what was answered before; the caller has the lock."""
    below = _below(question)
    # Nothing is asked of the database until all of it is as it belongs together.
    question.move_to(S.PUBLISHED, by=by)
    question.published_at = question.published_at or clock.now()
    question.published_on = question.published_on or clock.today("UTC")
    question.public_title, question.public_words = question.title, question.words
    question.masked_title = question.masked_words = question.reason = ""
    for each in below:
        each.public_words = each.words
    if any(isinstance(each, Answer) for each in below):
        question.move_to(S.ANSWERED, by=by)


def hide(question: Question, state: QuestionState, *, by: Actor) -> None:
    """Nobody but its asker reads it from now on, nor what was answered; the caller has the lock."""
    below = _below(question)
    question.move_to(state, by=by)
    question.public_title = question.public_words = None
    for each in below:
        each.public_words = None


def _below(question: Question) -> list[Answer | FollowUp]:
    """What stands below it for everybody, as long as the question does."""
    found: list[Answer | FollowUp] = [*question.answers, *([question.follow_up] if question.follow_up else [])]
    return [each for each in found if each.state == AnswerState.PUBLISHED]
