"""This file knows what moderation is told of a question: what stands there, under which name, and who may report it."""

from __future__ import annotations

from sqlalchemy import select

from practice.accounts.models import User
from practice.http.pages import link
from practice.moderation.states import Decision
from practice.moderation.subjects import Shown, Subject, register
from practice.safety.danger import danger
from practice.store.db import db

from . import identifiers, labels, medical, queries, searching
from .actions import carry_out
from .actions.locking import locked
from .models import Question
from .states import WAITING, QuestionState

DECISIONS = (
    *(Decision.PUBLISH, Decision.ASK_EDIT, Decision.MASK, Decision.DUPLICATE, Decision.REJECT, Decision.REMOVE),
    Decision.LEAVE,
)


def show(code: str) -> Shown | None:
    """What a moderator reads: the question in its first line, its words below, never who asked. None once it is gone,
    and of what its writer only keeps."""
    question = queries.by_code(code)
    if question is None or question.state == QuestionState.DRAFT:
        return None
    return Shown(
        title=question.title,
        words=f"{question.title}\n\n{question.words}".strip(),
        mark=str(question.edition),
        byline=question.byline,
        context=(*labels.about(question), *labels.another(question)),
        flags=_flags(question),
        waits=question.state in WAITING,
    )


def _flags(question: Question) -> frozenset[str]:
    """What is found in it at this reading: "danger" veils it, what may say who somebody is goes by its kind."""
    found = {
        "danger": danger(question.title, question.words),
        "medicines_or_a_diagnosis": medical.asks_for_it(question.title, question.words),
    }
    kinds = (str(span.kind) for span in identifiers.found(f"{question.title}\n{question.words}"))
    return frozenset((*(flag for flag, holds in found.items() if holds), *kinds))


def author(code: str) -> User | None:
    """Who asked it: for the rules of moderation and for whoever looks it up in the log's sight."""
    return db.session.scalar(select(User).join(Question, Question.asker_id == User.id).where(Question.code == code))


def keep_still(code: str) -> None:
    """Keep it as it is until the transaction ends."""
    if (question := queries.by_code(code)) is not None:
        locked(question)


def topics(code: str) -> list[str]:
    """What it is about, by slugs."""
    question = queries.by_code(code)
    return [each.slug for each in question.topics] if question is not None else []


def alike(code: str) -> list[tuple[str, str]]:
    """Answered questions that it could be the same as: title and path."""
    question = queries.by_code(code)
    if question is None or question.is_visible:
        return []
    found = searching.similar(question.title, besides=question.id)
    return [(each.title, link("questions.show", code=each.code)) for each in found]


def may_report(code: str, user: User) -> bool:
    """Whether this person reads it in public, and did not ask it."""
    readable = (Question.code == code, queries.visible())
    found = db.session.scalar(select(Question).where(*readable))
    return found is not None and found.asker_id != user.id


register(
    Subject(
        kind="question",
        label="question",
        decisions=DECISIONS,
        show=show,
        author=author,
        carry_out=carry_out,
        url=lambda code: link("questions.mine", code=code),
        may_report=may_report,
        topics=topics,
        alike=alike,
        keep_still=keep_still,
    )
)
