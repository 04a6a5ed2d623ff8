"""This file knows what is written down about a person who answers, votes or agrees: their copy of it, and its end."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.orm import joinedload

from practice.accounts import holdings
from practice.accounts.holdings import Record, Rows
from practice.accounts.models import User
from practice.accounts.records import iso
from practice.specialists.models import Specialist
from practice.store.db import changed, db

from .actions import answering, digest
from .models import Agreement, Answer, Digest, HelpfulVote
from .states import AnswerState


def _mine(user: User) -> list[Answer]:
    asked = select(Answer).join(Answer.specialist).where(Specialist.user_id == user.id)
    return list(db.session.scalars(asked.options(joinedload(Answer.question)).order_by(Answer.id)))


def _answers(user: User) -> Rows:
    """Their own words and where they stand; of a question only what everybody can read."""
    return [
        {
            "written": iso(each.written_at),
            "to": each.question.public_title or "",
            "state": each.state,
            "words": each.words,
            "read_by_everybody": each.public_words or "",
            "published": iso(each.published_at),
            "we_wrote": each.reason,
            "helped_the_asker_most": each.is_picked,
        }
        for each in _mine(user)
    ]


def _wipe_answers(user: User) -> None:
    """Whoever leaves takes their words with them, also those that others found helpful."""
    for each in _mine(user):
        if each.state != AnswerState.WITHDRAWN:
            answering.withdraw(each, by=None)


def _votes(user: User) -> Rows:
    asked = select(HelpfulVote.at, Answer.code).join(Answer, Answer.id == HelpfulVote.answer_id)
    rows = db.session.execute(asked.where(HelpfulVote.user_id == user.id).order_by(HelpfulVote.at))
    return [{"at": iso(at), "answer": code} for at, code in rows]


def _wipe_votes(user: User) -> None:
    changed(delete(HelpfulVote).where(HelpfulVote.user_id == user.id))


def _agreements(user: User) -> Rows:
    asked = select(Agreement.at, Answer.code).join(Answer, Answer.id == Agreement.answer_id).join(Agreement.specialist)
    rows = db.session.execute(asked.where(Specialist.user_id == user.id).order_by(Agreement.at))
    return [{"at": iso(at), "answer": code} for at, code in rows]


def _wipe_agreements(user: User) -> None:
    mine = select(Specialist.id).where(Specialist.user_id == user.id)
    changed(delete(Agreement).where(Agreement.specialist_id.in_(mine)))


def _digest(user: User) -> Rows:
    asked = select(Digest).join(Digest.specialist).where(Specialist.user_id == user.id)
    return [
        {"weekday": each.weekday, "hour": each.hour, "next": iso(each.next_at)} for each in db.session.scalars(asked)
    ]


holdings.keeps(Record("answers", "Questions that you answered", _answers, _wipe_answers))
holdings.keeps(Record("helpful_votes", "Answers that helped you", _votes, _wipe_votes))
holdings.keeps(Record("agreed_answers", "Answers of colleagues that you agree with", _agreements, _wipe_agreements))
holdings.keeps(Record("digest", "When you are told how many questions wait", _digest, digest.end_digest_of))
