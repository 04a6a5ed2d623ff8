"""This file knows what it costs the processor to list, search and open among fifty thousand questions and a million messages.

python -m tests.bench.bench_talk [--engine postgres] [--questions 5000] [--messages 100000]
"""

from __future__ import annotations

import argparse
import contextvars
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import quantiles
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Engine, event, select

from practice.accounts.models import User
from practice.questions import indexing, searching
from practice.questions.states import Relation
from practice.specialists import queries as specialists
from practice.store.db import db, transaction
from tests import databases, factories
from tests.bench import crowd, stage
from tests.bench.bench_pages import compare
from tests.races.arena import Arena

ROUNDS, WANTED = 60, "at most 150"
Row = tuple[str, str, str, str, str, str]


class Spent:
    """Milliseconds of processor of this process and, on PostgreSQL, of those that serve it; and statements asked."""

    def __init__(self) -> None:
        self.statements = 0
        event.listen(Engine, "before_cursor_execute", self._note)

    def _note(self, *_told: Any) -> None:
        self.statements += 1

    def of(self, work: Callable[[], Any]) -> float:
        """Milliseconds that one round takes."""
        before = time.process_time() + _backends()
        db.session.rollback()
        self.statements = 0
        work()
        asked = self.statements
        spent = (time.process_time() + _backends() - before) * 1e3
        db.session.rollback()
        self.statements = asked
        return spent


def _backends() -> float:
    """Seconds of processor that the database's own processes have worked; 0 for SQLite, which has none."""
    wire = db.session.connection().connection.driver_connection
    if db.engine.dialect.name == "sqlite":
        return 0.0
    server = Path(f"/proc/{wire.info.backend_pid}/stat").read_text().rpartition(") ")[2].split()[1]
    children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    return sum(int(Path(f"/proc/{each}/schedstat").read_text().split()[0]) for each in children) / 1e9


@contextmanager
def filled(engine: str, questions: int, messages: int) -> Iterator[tuple[Arena, str]]:
    """A product with so many of both, and the code of its longest conversation."""
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    try:
        with databases.open_store(engine) as store:
            arena = Arena(store.fresh(folder), folder)
            with arena.inside():
                practices, clients = crowd.people()
                crowd.fill_questions(practices, questions)
                code = crowd.fill_messages(practices, clients, messages)
                db.session.remove()
            yield arena, code
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sought() -> list[str]:
    """What people look for: common words and rare ones, two and three together, beginnings, other scripts, nothing."""
    speech = crowd.Speech()
    words = speech.words
    return [
        *words[:4],
        *words[40:44],
        *words[900:904],
        *(f"{words[3]} {words[at]}" for at in (0, 7, 60, 700)),
        *(f"{words[at]} {words[at + 5]} {words[at + 9]}" for at in (0, 30, 300)),
        *("ba", "kel", "lum", "x", "不安", "ஆலோசனை", "القلق", "strasse", "nothing like it", '"*-OR NEAR('),
    ]


def figures(engine: str, questions: int, messages: int) -> Iterator[Row]:
    """Milliseconds of processor for each page, 95 of 100 within, and how many statements it asks at most."""
    with filled(engine, questions, messages) as (arena, code):
        with arena.inside():
            yield from _questions(arena, Spent(), questions)
            yield from _messages(arena, Spent(), code, messages)
        with stage.serving(arena) as ours, stage.yardstick() as theirs:
            yield from compare("list of questions", (ours, "/questions"), (theirs, "/page"), 0.60)


def _questions(arena: Arena, spent: Spent, number: int) -> Iterator[Row]:
    browser = arena.app.test_client()
    topics = [each.slug for each in specialists.topics()]
    lists = [
        f"/questions?topic={topics[at % 31]}&relation={[*Relation][at % 5]}&page={at % 7 + 1}" for at in range(ROUNDS)
    ]
    yield _row(f"{number:,} questions, a list nobody looked at before", spent, lists, browser)
    yield _row(f"{number:,} questions, the first page again", spent, ["/questions"] * ROUNDS, browser)
    yield _row(
        f"{number:,} questions, the last page",
        spent,
        [f"/questions?page={number // 20 - at}" for at in range(ROUNDS)],
        browser,
    )
    asked = sought()
    yield _row(
        f"{number:,} questions, a search",
        spent,
        [f"/questions?{urlencode({'q': each})}" for each in asked * 2],
        browser,
    )
    common = urlencode({"q": " ".join(crowd.Speech().words[:3])})
    for what, address in {
        "the first list after a change": "/questions",
        "the first search after a change, three words that nearly all hold": f"/questions?{common}",
    }.items():
        pages = [partial(_page, browser, address)] * ROUNDS
        yield _figure(f"{number:,} questions, {what}", spent, pages, before=_change)
    speech = crowd.Speech(seed=7)
    texts = [speech.say(12) for _ in range(ROUNDS)]
    yield _figure(
        f"{number:,} questions, some that are alike", spent, [partial(searching.similar, each) for each in texts]
    )


def _messages(arena: Arena, spent: Spent, code: str, number: int) -> Iterator[Row]:
    owner, client = (
        factories.sign_in(arena.app.test_client(), db.session.scalars(select(User).where(User.email == email)).one())
        for email in ("o0@practice.example", "c0@people.example")
    )
    thread = f"/me/messages/{code}"
    pages = {
        "the first page of a conversation of 5,000": (client, [thread] * ROUNDS),
        "a client's conversations": (client, ["/me/messages"] * ROUNDS),
        "a specialist's conversations, a thousand": (owner, ["/me/messages"] * ROUNDS),
        "a client's inbox": (client, ["/me/letters"] * ROUNDS),
    }
    for what, (browser, addresses) in pages.items():
        yield _row(f"{number:,} messages, {what}", spent, addresses, browser)


def _row(what: str, spent: Spent, addresses: Sequence[str], browser: Any) -> Row:
    return _figure(what, spent, [partial(_page, browser, each) for each in addresses])


def _figure(
    what: str, spent: Spent, works: Sequence[Callable[[], Any]], *, before: Callable[[], None] = lambda: None
) -> Row:
    works[0]()  # what a process writes once
    times, statements = [], 0
    for work in works:
        before()
        times.append(spent.of(work))
        statements = max(statements, spent.statements)
    return (
        what,
        "ms of processor, 95 of 100 within",
        f"{quantiles(times, n=20)[-1]:.0f}",
        f"{statements} statements",
        "",
        WANTED,
    )


def _change() -> None:
    """The list gets another stamp, as by any change of any question: what processes remember of it is outdated."""
    with transaction():
        indexing.renew()


def _page(browser: Any, address: str) -> None:
    answer = contextvars.Context().run(browser.get, address)
    assert answer.status_code == 200, f"{address}: {answer.status_code}"


def main() -> None:
    asked = argparse.ArgumentParser(description="Measure lists, threads and searches among very many.")
    asked.add_argument("--engine", choices=("sqlite", "postgres"), default="sqlite")
    asked.add_argument("--questions", type=int, default=crowd.QUESTIONS)
    asked.add_argument("--messages", type=int, default=crowd.MESSAGES)
    options = asked.parse_args()
    for row in figures(options.engine, options.questions, options.messages):
        print(" | ".join(row), flush=True)


if __name__ == "__main__":
    sys.exit(main())
