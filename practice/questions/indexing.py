"""This file knows how the list and its words follow what is public: in the transaction of each change.

Who changes questions or answers need not think of it: a session that writes one has the question looked at again as the
transaction ends. Whoever writes by a statement past the session calls `look_again`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby
from typing import Any

from sqlalchemy import delete, event, func, insert, select, update
from sqlalchemy.orm import Session

from practice.store.db import before_commit, db, insert_once, new_code

from . import shelves
from .models import Answer, FollowUp, Question, QuestionTopic
from .queries import visible
from .search import Weight, weighted
from .search_models import QuestionEntry, QuestionList, QuestionVocabulary, QuestionWord

AT_A_TIME = 500


def look_again(question_id: int) -> None:
    """Inside a transaction: as it ends, the question's line and words become what is public of it then."""
    before_commit(f"question {question_id}", partial(_follow, question_id), is_early=True)


def build() -> int:
    """Write every line and word anew, inside a transaction; how many questions are listed."""
    session = db.session()
    listed = session.scalars(select(Question.id).where(visible()).order_by(Question.id)).all()
    for table in (QuestionWord, QuestionVocabulary, QuestionEntry):
        session.execute(delete(table))
    _renew(session)
    for _shelf, ids in groupby(listed, shelves.shelf_of):
        found = {each: _vocabulary(session, each) for each in ids}
        write([_entry(session, each) for each in found], found)
    return len(listed)


def write(entries: Sequence[dict[str, Any]], found: Mapping[int, Mapping[str, int]]) -> None:
    """Inside a transaction: lines and words of questions on shelves that hold nothing yet, past the session."""
    session = db.session()
    words = ({"word": word, "shelf": shelf, "bits": bits} for word, shelf, bits in shelves.rows(found))
    vocabularies = ({"question_id": each, "words": _written(words)} for each, words in found.items())
    for table, rows in ((QuestionEntry, entries), (QuestionVocabulary, vocabularies), (QuestionWord, words)):
        if batch := list(rows):
            session.execute(insert(table), batch)


def renew() -> None:
    """Inside a transaction: give the list another stamp, for whoever wrote lines past the session."""
    _renew(db.session())


def differing() -> list[str]:
    """Codes of questions whose line is not what is public of them; reads everything, for `flask check-up`."""
    session = db.session()
    listed = {
        each.question_id: each.code for each in session.execute(select(QuestionEntry.question_id, QuestionEntry.code))
    }
    public = {each.id: each.code for each in session.execute(select(Question.id, Question.code).where(visible()))}
    apart = {**listed, **public}.keys() - (listed.keys() & public.keys())
    changed = (key for key in listed.keys() & public.keys() if _stored(session, key) != _vocabulary(session, key))
    known = {**listed, **public}
    return sorted(known.get(key, f"number {key}") for key in {*apart, *changed, *_shelved_otherwise(session)})


def _shelved_otherwise(session: Session) -> Iterator[int]:
    """Questions of which the rows of words say something else than their vocabulary."""
    last = max(session.scalar(select(func.max(each))) or 0 for each in (QuestionVocabulary.question_id, Question.id))
    for shelf in range(shelves.shelf_of(last) + 1):
        first = shelf * shelves.A_SHELF
        own = QuestionVocabulary.question_id.between(first, first + shelves.A_SHELF - 1)
        stored = {
            each.question_id: _read(each.words) for each in session.scalars(select(QuestionVocabulary).where(own))
        }
        found: dict[int, dict[str, int]] = defaultdict(dict)
        words = select(QuestionWord.word, QuestionWord.bits).where(QuestionWord.shelf == shelf)
        for word, bits in session.execute(words):
            for question_id, weight in shelves.read(shelf, shelves.unpacked(bits)):
                found[question_id][word] = weight
        yield from (each for each in {*stored, *found} if stored.get(each, {}) != found.get(each, {}))


# ---------------------------------------------------------------- one question


def _follow(question_id: int, session: Session) -> None:
    was_listed = session.scalar(select(QuestionEntry.question_id).where(QuestionEntry.question_id == question_id))
    is_listed = session.scalar(select(Question.id).where(Question.id == question_id, visible()))
    if was_listed is None and is_listed is None:
        return
    # The row is locked first: of two who change questions, the second reads what the first has stored.
    _renew(session)
    session.execute(delete(QuestionEntry).where(QuestionEntry.question_id == question_id))
    if is_listed is not None:
        session.execute(insert(QuestionEntry).values(**_entry(session, question_id)))
    _find_by(session, question_id, _vocabulary(session, question_id))


def _renew(session: Session) -> None:
    insert_once(QuestionList, id=1, stamp="")
    session.execute(update(QuestionList).where(QuestionList.id == 1).values(stamp=new_code()))


def _find_by(session: Session, question_id: int, words: dict[str, int]) -> None:
    """Have a question found by these words and no others; what is the same as before is not written."""
    before = _stored(session, question_id)
    other = sorted(each for each in {*before, *words} if before.get(each) != words.get(each))
    for at in range(0, len(other), AT_A_TIME):
        _mark(session, question_id, {each: words.get(each) for each in other[at : at + AT_A_TIME]})
    session.execute(delete(QuestionVocabulary).where(QuestionVocabulary.question_id == question_id))
    if words:
        session.execute(insert(QuestionVocabulary).values(question_id=question_id, words=_written(words)))


def _mark(session: Session, question_id: int, words: Mapping[str, int | None]) -> None:
    """Each of these words is held by a question with its weight, or is not."""
    shelf = shelves.shelf_of(question_id)
    these = (QuestionWord.shelf == shelf, QuestionWord.word.in_(list(words)))
    stored: dict[str, bytes] = dict(session.execute(select(QuestionWord.word, QuestionWord.bits).where(*these)).all())
    session.execute(delete(QuestionWord).where(*these))
    rows = []
    for word, weight in words.items():
        bits = shelves.without(shelves.unpacked(stored[word]) if word in stored else 0, question_id)
        bits |= shelves.bit_of(question_id, weight) if weight is not None else 0
        if bits:
            rows.append({"word": word, "shelf": shelf, "bits": shelves.packed(bits)})
    if rows:
        session.execute(insert(QuestionWord), rows)


def _entry(session: Session, question_id: int) -> dict[str, Any]:
    columns = Question.id, Question.code, Question.published_on
    row = session.execute(select(*columns).where(Question.id == question_id)).one()
    return {"question_id": row.id, "code": row.code, "published_on": row.published_on}


def _vocabulary(session: Session, question_id: int) -> dict[str, int]:
    """Words and marks by which a question is found, with their weights; nothing unless it is public."""
    row = session.execute(
        select(Question.public_title, Question.public_words, Question.relation).where(
            Question.id == question_id, visible()
        )
    ).first()
    if row is None:
        return {}
    added = select(FollowUp.public_words).where(FollowUp.question_id == question_id, FollowUp.public_words.is_not(None))
    given = select(Answer.public_words).where(Answer.question_id == question_id, Answer.public_words.is_not(None))
    answers = [each for each in session.scalars(given) if each is not None]
    topics = session.scalars(select(QuestionTopic.topic_id).where(QuestionTopic.question_id == question_id))
    words = "\n".join([row.public_words or "", *session.scalars(added)])
    found = weighted(row.public_title or "", words, answers)
    return found | shelves.marks(row.relation, topics, is_answered=bool(answers))


def _stored(session: Session, question_id: int) -> dict[str, int]:
    stored = select(QuestionVocabulary.words).where(QuestionVocabulary.question_id == question_id)
    return _read(session.scalar(stored) or "")


def _written(words: Mapping[str, int]) -> str:
    """No word holds a space or ends a line."""
    return "\n".join(" ".join(sorted(word for word in words if words[word] == weight)) for weight in sorted(Weight))


def _read(written: str) -> dict[str, int]:
    lines = zip(sorted(Weight), written.split("\n"), strict=False)
    return {word: int(weight) for weight, line in lines for word in line.split(" ") if word}


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
