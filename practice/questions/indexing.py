"""This file knows how the list and its words follow what is public: in the transaction of each change.

Who changes questions or answers need not think of it: a session that writes one has the question looked at again as the
transaction ends. Whoever writes by a statement past the session calls `look_again`.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from sqlalchemy import delete, event, func, insert, select, update
from sqlalchemy.orm import Session

from practice.store.db import before_commit, db, insert_once, new_code

from .models import Answer, FollowUp, Question, QuestionTopic
from .queries import visible
from .search import weighted
from .search_models import QuestionEntry, QuestionList, QuestionWord

MOST_TOPICS = 62  # as many bits as both engines have in a whole number


def look_again(question_id: int) -> None:
    """Inside a transaction: as it ends, the question's line and words become what is public of it then."""
    before_commit(f"question {question_id}", partial(_follow, question_id), is_early=True)


def build() -> int:
    """Write every line and word anew, inside a transaction; how many questions are listed."""
    session = db.session()
    listed = session.scalars(select(Question.id).where(visible())).all()
    session.execute(delete(QuestionWord))
    session.execute(delete(QuestionEntry))
    stamp = _renewed(session)
    for question_id in listed:
        _write(session, question_id, stamp)
    return len(listed)


def renew() -> str:
    """Inside a transaction: give the list another stamp, for whoever wrote lines past the session; the stamp."""
    return _renewed(db.session())


def differing() -> list[str]:
    """Codes of questions whose line is not what is public of them; reads everything, for `flask check-up`."""
    session = db.session()
    listed = {
        each.question_id: each.code for each in session.execute(select(QuestionEntry.question_id, QuestionEntry.code))
    }
    public = {each.id: each.code for each in session.execute(select(Question.id, Question.code).where(visible()))}
    apart = {**listed, **public}.keys() - (listed.keys() & public.keys())
    changed = (key for key in listed.keys() & public.keys() if _stored_words(session, key) != _words(session, key))
    return sorted({**listed, **public}[key] for key in {*apart, *changed})


# ---------------------------------------------------------------- one question


def _follow(question_id: int, session: Session) -> None:
    was_listed = session.scalar(select(QuestionEntry.question_id).where(QuestionEntry.question_id == question_id))
    is_listed = session.scalar(select(Question.id).where(Question.id == question_id, visible()))
    if was_listed is None and is_listed is None:
        return
    # The row is locked first: of two who change one question, the second reads what the first has stored.
    stamp = _renewed(session)
    session.execute(delete(QuestionWord).where(QuestionWord.question_id == question_id))
    session.execute(delete(QuestionEntry).where(QuestionEntry.question_id == question_id))
    if is_listed is not None:
        _write(session, question_id, stamp)


def _renewed(session: Session) -> str:
    stamp = new_code()
    insert_once(QuestionList, id=1, stamp="")
    session.execute(update(QuestionList).where(QuestionList.id == 1).values(stamp=stamp))
    return stamp


def _write(session: Session, question_id: int, stamp: str) -> None:
    session.execute(insert(QuestionEntry).values(stamp=stamp, **_entry(session, question_id)))
    rows = [
        {"question_id": question_id, "word": word, "weight": weight}
        for word, weight in _words(session, question_id).items()
    ]
    if rows:
        session.execute(insert(QuestionWord), rows)


def _entry(session: Session, question_id: int) -> dict[str, Any]:
    columns = Question.id, Question.code, Question.published_on, Question.relation
    row = session.execute(select(*columns).where(Question.id == question_id)).one()
    topics = session.scalars(select(QuestionTopic.topic_id).where(QuestionTopic.question_id == question_id))
    answered = select(func.count()).where(Answer.question_id == question_id, Answer.public_words.is_not(None))
    return {
        "question_id": row.id,
        "code": row.code,
        "published_on": row.published_on,
        "relation": row.relation,
        "topics": sum(bit(each) for each in topics),
        "is_answered": bool(session.scalar(answered)),
    }


def bit(topic_id: int) -> int:
    """The bit of a topic; ValueError where there are more topics than bits."""
    if topic_id > MOST_TOPICS:
        raise ValueError(f"topic {topic_id} has no bit; the list knows {MOST_TOPICS}")
    return 1 << topic_id


def _words(session: Session, question_id: int) -> dict[str, int]:
    own = select(Question.public_title, Question.public_words).where(Question.id == question_id, visible())
    row = session.execute(own).first()
    if row is None:
        return {}
    added = select(FollowUp.public_words).where(FollowUp.question_id == question_id, FollowUp.public_words.is_not(None))
    answers = select(Answer.public_words).where(Answer.question_id == question_id, Answer.public_words.is_not(None))
    words = "\n".join([row.public_words or "", *session.scalars(added)])
    return weighted(row.public_title or "", words, session.scalars(answers))


def _stored_words(session: Session, question_id: int) -> dict[str, int]:
    stored = select(QuestionWord.word, QuestionWord.weight).where(QuestionWord.question_id == question_id)
    return {row.word: row.weight for row in session.execute(stored)}


# ---------------------------------------------------------------- whoever makes a change


def _changed_question(_mapper: Any, _connection: Any, target: Question) -> None:
    look_again(target.id)


def _changed_part(_mapper: Any, _connection: Any, target: Answer | FollowUp) -> None:
    look_again(target.question_id)


for _happening in ("after_insert", "after_update"):
    event.listen(Question, _happening, _changed_question)
for _happening in ("after_insert", "after_update", "after_delete"):
    event.listen(Answer, _happening, _changed_part)
    event.listen(FollowUp, _happening, _changed_part)
