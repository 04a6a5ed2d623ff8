"""This file knows how a question is asked: sent once, kept as a draft, sent again after a change that was asked for."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from sqlalchemy import delete, select

from practice.accounts.models import User
from practice.config import settings
from practice.moderation import actions as moderation
from practice.moderation.states import Severity
from practice.questions import emails, policy, pseudonyms, queries
from practice.questions.models import Question, QuestionTopic
from practice.questions.states import Actor, QuestionState
from practice.safety.danger import danger
from practice.store import audit
from practice.store.db import db, transactional
from practice.values import clock
from practice.values.errors import Conflict, NotAllowed, SentBefore

from .locking import locked

KIND = "question"
S = QuestionState


@dataclass(frozen=True)
class NewQuestion:
    """What somebody asks. `first_name`: shown in place of a drawn name, "" for none; `topics` are slugs."""

    title: str
    words: str
    topics: tuple[str, ...]
    relation: str = ""
    country: str = ""
    age_band: str = ""
    first_name: str = ""
    may_be_indexed: bool = False
    may_stay: bool = False

    @property
    def mark(self) -> str:
        """A keyed digest of all of it: whether the same was sent before can be told, what it was cannot."""
        written = json.dumps(asdict(self), sort_keys=True)
        return hmac.new(settings().audit_key, written.encode(), hashlib.sha256).hexdigest()


@transactional
def ask(new: NewQuestion, form_key: str | None, *, by: User) -> Question:
    """Send a question; one with words of danger waits apart, for a person to read it first. The same form sent twice
    is one question. Raises `NotAllowed`, and `SentBefore` where it was sent with other words."""
    before = _sent_before(new, form_key, by)
    if before is not None:
        return before
    policy.may_ask(queries.asking(by)).require()
    made = _made(new, form_key, by)
    hand_in(made, by)
    emails.received(made)
    return made


@transactional
def keep(new: NewQuestion, form_key: str | None, *, by: User) -> Question:
    """Keep it as a draft that only its writer reads. Raises `Conflict` where they have too many, `SentBefore`."""
    before = _sent_before(new, form_key, by)
    if before is not None:
        return before
    if queries.drafts_of(by) >= policy.MOST_DRAFTS:
        raise Conflict(f"You keep {policy.MOST_DRAFTS} questions already. Send or delete one of them first.")
    made = _made(new, form_key, by)
    audit.record("question.kept", thing(made), actor=nobody(made, by))
    return made


@transactional
def send(question: Question, new: NewQuestion, *, by: User, edition: int, is_sent: bool = True) -> Question:
    """Put a draft, or what staff asked to be changed, in new words, and send it unless it is only kept. `edition`: of
    the words that were on the page. Raises `Conflict`, `NotAllowed`."""
    question = locked(question)
    if question.edition == edition + 1 and question.form_mark == new.mark:
        return question  # pressed twice
    policy.may("edit", S(question.state)).require()
    if question.edition != edition:
        raise Conflict(
            "This question was changed in another tab, and nothing of this page is saved yet. Press the button again "
            "to replace what is stored."
        )
    was_draft = question.state == S.DRAFT
    if was_draft and is_sent:
        policy.may_ask(queries.asking(by)).require()
    _write(question, new)
    question.edition, question.form_mark = question.edition + 1, new.mark
    if not is_sent:
        return question
    hand_in(question, by)
    if was_draft:
        question.asked_at = clock.now()
        emails.received(question)
    return question


def thing(question: Question) -> str:
    """What the log calls it: by its public name."""
    return f"question:{question.code}"


def nobody(question: Question, by: User) -> str:
    """Whom the log names for what an asker does: no one. Staff read it, and learn who asks only where they say why and
    the asker sees it. Raises `NotAllowed` for anybody else."""
    if question.asker_id != by.id:
        raise NotAllowed("That is for whoever asked.")
    return audit.SYSTEM


# ---------------------------------------------------------------- parts


def _sent_before(new: NewQuestion, form_key: str | None, by: User) -> Question | None:
    # One person's questions one after another: of two presses the second finds what the first has stored.
    db.session.execute(select(User.id).where(User.id == by.id).with_for_update())
    found = queries.sent_with(by, form_key) if form_key else None
    if found is not None and found.form_mark != new.mark:
        raise SentBefore("You sent this form before, with other words.")
    return found


def _made(new: NewQuestion, form_key: str | None, by: User) -> Question:
    made = Question(
        asker_id=by.id, pseudonym=pseudonyms.drawn(), form_key=form_key, form_mark=new.mark, language=by.locale
    )
    _write(made, new)
    db.session.add(made)
    db.session.flush()
    _about(made, new.topics)
    return made


def _write(question: Question, new: NewQuestion) -> None:
    question.title, question.words = new.title, new.words
    question.masked_title = question.masked_words = ""
    question.relation = new.relation or None
    question.country, question.age_band = new.country or None, new.age_band or None
    question.first_name = new.first_name or None
    question.may_be_indexed, question.may_stay = new.may_be_indexed, new.may_stay
    question.changed_at = clock.now()
    if question.id is not None:
        _about(question, new.topics)


def _about(question: Question, slugs: Iterable[str]) -> None:
    rows = {row.slug: row for row in queries.topics_by(slugs)}
    db.session.execute(delete(QuestionTopic).where(QuestionTopic.question_id == question.id))
    for position, slug in enumerate(slug for slug in slugs if slug in rows):
        db.session.add(QuestionTopic(question_id=question.id, topic_id=rows[slug].id, position=position))
    db.session.flush()
    db.session.expire(question, ["topics"])


def hand_in(question: Question, by: User) -> None:
    """A person reads it next: those with words of danger first; the caller has the lock."""
    question.move_to(S.SUBMITTED, by=Actor.ASKER)
    is_held = danger(question.title, question.words)
    question.move_to(S.HELD_SAFETY if is_held else S.IN_REVIEW, by=Actor.ASKER)
    question.reason = ""  # It was about other words; the decision keeps its own.
    db.session.flush()
    audit.record("question.sent", thing(question), actor=nobody(question, by))
    moderation.submit(KIND, question.code, Severity.SAFETY if is_held else Severity.USUAL)
