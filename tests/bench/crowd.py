"""This file knows how to fill a product with very many public questions and messages: fast, in plain inserts, and each as the
product itself would have written it; what is sealed is sealed, what is found was cut.

python -m tests.bench.crowd DATABASE_URL [QUESTIONS MESSAGES]   fills a migrated database, 50,000 and 1,000,000 unless said
"""

from __future__ import annotations

import sys
import tempfile
from bisect import bisect
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate, count, groupby, islice
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import insert, select, text

from practice.messages import keys
from practice.messages.keys import Body, ThreadKey
from practice.messages.models import Correspondent, Message, Thread
from practice.messages.states import Side, ThreadState
from practice.questions import indexing, shelves
from practice.questions.models import Answer, Question, QuestionTopic
from practice.questions.search import weighted
from practice.questions.states import AnswerState, QuestionState, Relation
from practice.specialists.actions import seed_topics
from practice.specialists.models import Specialist, Topic
from practice.store.db import db, new_code, transaction
from tests import factories

QUESTIONS, MESSAGES = 50_000, 1_000_000
SPECIALISTS, CLIENTS, LONG = 40, 1_000, 5_000  # the first conversation is that long
A_BATCH = 5_000
FIRST = date(2024, 3, 1)
SYLLABLES = "ba be bi bo bu da de di do du ka ke ki ko ku la le li lo lu ma me mi mo mu na ne ni no nu ra re ri ro ru sa".split()
SCRIPTS = (
    "不安とうつの相談です",
    "எனக்கு ஆலோசனை வேண்டும்",
    "मुझे परामर्श चाहिए",
    "القَلَقُ كل يوم",
    "Тревога каждый ребёнок",
    "Die Straße",
)


class Speech:
    """Sentences of made-up words that come as often as words of a language do: the n-th an n-th as often as the first."""

    def __init__(self, seed: int = 1, size: int = 20_000) -> None:
        self.random = Random(seed)
        made = dict.fromkeys(
            "".join(self.random.choices(SYLLABLES, k=self.random.choice((1, 2, 2, 3, 3)))) for _ in range(size * 3)
        )
        self.words = list(islice(made, size))
        self.ends = list(accumulate(1 / (rank + 2) for rank in range(len(self.words))))

    def say(self, number: int) -> str:
        """So many words."""
        draw, last = self.random.random, self.ends[-1]
        return " ".join(self.words[min(bisect(self.ends, draw() * last), len(self.words) - 1)] for _ in range(number))


def people() -> tuple[list[Specialist], list[Any]]:
    """Those who answer and those who ask; with the topics there are."""
    seed_topics()
    with transaction():
        owners = [factories.user(f"Owner {n}", email=f"o{n}@practice.example") for n in range(SPECIALISTS)]
        practices = [factories.specialist(owner, slug=f"owner-{n}") for n, owner in enumerate(owners)]
        clients = [factories.user(f"Client {n}", email=f"c{n}@people.example") for n in range(CLIENTS)]
    return practices, clients


# ---------------------------------------------------------------- questions


def fill_questions(practices: list[Specialist], number: int = QUESTIONS) -> None:
    """So many public questions: two in three answered, one in fifty in another script."""
    speech = Speech()
    specialists = [each.id for each in practices]
    topics = list(db.session.scalars(select(Topic.id).order_by(Topic.position)))
    for _shelf, numbers in groupby(range(1, number + 1), shelves.shelf_of):
        batch = [_question(speech, each, topics, specialists) for each in numbers]
        with transaction() as session:
            _insert(session, Question, [each["row"] for each in batch])
            _insert(session, QuestionTopic, [row for each in batch for row in each["topics"]])
            _insert(session, Answer, [row for each in batch for row in each["answers"]])
            indexing.renew()
            indexing.write([each["entry"] for each in batch], {each["row"]["id"]: each["words"] for each in batch})
    _settle(Question, Answer)


def _question(speech: Speech, number: int, topics: list[int], specialists: list[int]) -> dict[str, Any]:
    random = speech.random
    title = SCRIPTS[number % 300 // 50] if number % 50 == 0 else speech.say(random.randint(5, 12))
    said, code = speech.say(random.randint(30, 110)), new_code()
    answers = [speech.say(random.randint(40, 120)) for _ in range(random.choice((0, 1, 2)))]
    about = list(
        dict.fromkeys(random.choice(topics[: random.choice((6, 16, 31))]) for _ in range(random.choice((1, 1, 2, 3))))
    )
    relation = random.choice([*Relation, None])
    on = FIRST + timedelta(days=number * 1_000 // QUESTIONS)
    at = datetime(on.year, on.month, on.day, 9, tzinfo=UTC)
    state = QuestionState.ANSWERED if answers else QuestionState.PUBLISHED
    found = weighted(title, said, answers) | shelves.marks(relation, about, is_answered=bool(answers))
    return {
        "row": {
            **{"id": number, "code": code, "pseudonym": "Quiet Heron", "state": state, "language": "en"},
            **{"public_title": title, "public_words": said, "relation": relation, "published_on": on},
            **{"published_at": at, "asked_at": at, "changed_at": at, "may_be_indexed": number % 3 == 0},
            **{"may_stay": False, "edition": 1},
        },
        "topics": [{"question_id": number, "topic_id": each, "position": at} for at, each in enumerate(about)],
        "answers": [
            {
                **{"question_id": number, "specialist_id": specialist, "place": 1, "state": AnswerState.PUBLISHED},
                **{"public_words": each, "is_picked": False, "edition": 1, "code": new_code(), "written_at": at},
                **{"published_at": at, "published_on": on},
            }
            for each, specialist in zip(answers, random.sample(specialists, len(answers)), strict=True)
        ],
        "entry": {"question_id": number, "code": code, "published_on": on},
        "words": found,
    }


# ---------------------------------------------------------------- messages


def fill_messages(practices: list[Specialist], clients: list[Any], number: int = MESSAGES) -> str:
    """So many messages in as many conversations as there are pairs, every one under the key of its own; the code of
    the first, which is the longest."""
    speech, ids = Speech(seed=2), count(1)
    pairs = [(client.id, practice) for practice in practices for client in clients]
    owners = {each.id: each.user_id for each in practices}
    each_has = max(2, (number - LONG) // (len(pairs) - 1))
    now, left, first_code = datetime(2027, 2, 1, tzinfo=UTC), number, ""
    rows: dict[Any, list[dict[str, Any]]] = {Thread: [], Correspondent: [], Message: []}
    for at, (client, practice) in enumerate(pairs, 1):
        wanted = min(left, LONG if at == 1 else each_has)
        if wanted < 1:
            break
        left -= wanted
        thread = _thread(at, client, practice.id, now)
        first_code = first_code or thread["code"]
        key = keys.key_of(Thread(**thread))
        sides = ((client, Side.CLIENT), (owners[practice.id], Side.SPECIALIST))
        messages = [
            _message(speech, next(ids), thread, key, sides[turn % 2], now - timedelta(minutes=3 * (wanted - turn)))
            for turn in range(wanted)
        ]
        rows[Message] += messages
        rows[Thread].append(thread | {"last_id": messages[-1]["id"], "last_at": messages[-1]["sent_at"]})
        rows[Correspondent] += [
            {"thread_id": at, "user_id": user, "side": side, "agreed_at": now, "read_id": messages[0]["id"]}
            for user, side in sides
        ]
        if len(rows[Message]) >= A_BATCH * 10:
            _write(rows)
    _write(rows)
    _settle(Thread, Message)
    return first_code


def _thread(number: int, client: int, specialist: int, now: datetime) -> dict[str, Any]:
    code = new_code()
    return {
        **{"id": number, "code": code, "client_id": client, "specialist_id": specialist, "is_joint": False},
        **{"state": ThreadState.OPEN, "opened_by": Side.CLIENT, "opened_at": now, "replied_at": now},
        "key_sealed": keys.new_key(code),
    }


def _message(
    speech: Speech, number: int, thread: dict[str, Any], key: ThreadKey, who: tuple[int, Side], at: datetime
) -> dict[str, Any]:
    code, (author, side) = new_code(), who
    return {
        **{"id": number, "code": code, "thread_id": thread["id"], "author_id": author, "side": side, "sent_at": at},
        "form_key": f"crowd-{number}",
        "body_sealed": key.seal_body(Body(speech.say(12)), keys.place_for(code, author)),
    }


def _write(rows: dict[Any, list[dict[str, Any]]]) -> None:
    with transaction() as session:
        for model, made in rows.items():
            _insert(session, model, made)
            made.clear()


# ---------------------------------------------------------------- into the tables


def _insert(session: Any, model: Any, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    if session.get_bind().dialect.name == "sqlite":
        session.connection().execute(insert(model.__table__), rows)
        return
    columns = list(rows[0])
    wire = session.connection().connection.driver_connection
    with wire.cursor() as cursor, cursor.copy(f"COPY {model.__tablename__} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([row[each] for each in columns])


def _settle(*models: Any) -> None:
    """PostgreSQL's numbers go on after those that were written, and it learns how much there is of what, as it does by
    itself after a while; an SQLite file that is in use is never told."""
    with transaction() as session:
        if session.get_bind().dialect.name == "sqlite":
            return
        for model in models:
            table = model.__tablename__
            session.execute(
                text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
            )
        session.execute(text("ANALYZE"))


def main() -> None:
    from tests.races.arena import Arena

    url, *numbers = sys.argv[1:]
    questions, messages = map(int, numbers or (QUESTIONS, MESSAGES))
    with tempfile.TemporaryDirectory() as folder:
        arena = Arena(url, Path(folder))
        with arena.inside():
            practices, clients = people()
            fill_questions(practices, questions)
            print(fill_messages(practices, clients, messages))


if __name__ == "__main__":
    main()
