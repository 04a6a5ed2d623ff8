"""F11, F12, F15: processes killed at the worst moments, and at random ones: no letter is lost, none comes as two."""

import re

import pytest

from practice.letters import outbox
from practice.letters.outbox import MailState, OutboxMail
from practice.store.db import db
from tests.databases import Copies
from tests.plain import write

from . import kills
from .nursery import Nursery, is_alive, wait_until
from .sink import Odd

pytestmark = pytest.mark.faults


@pytest.fixture
def sink():
    with Odd() as server:
        yield server


@pytest.fixture
def nursery(paper, engine_url, sink):
    with Nursery(engine_url, paper.config["PRACTICE"].data, sink.url, lease=0.3) as started:
        yield started


def finish(nursery, *role):
    pid = nursery.start(*role)
    assert wait_until(lambda: not is_alive(pid))


def finish_all(nursery):
    def none_waits():
        finish(nursery, "deliver")
        waiting = outbox.backlog().waiting
        db.session.rollback()
        return waiting == 0

    assert wait_until(none_waits)


@pytest.mark.parametrize(("moment", "arrivals"), [("mail.leased", 1), ("mail.built", 1), ("mail.sent", 2)])
def test_a_worker_that_dies_at_any_step_loses_no_letter(nursery, sink, moment, arrivals):
    for number in range(3):
        write(f"{number}")

    finish(nursery, "deliver", moment)
    finish_all(nursery)

    by_letter = {re.search(rb"Message-ID: (.*)", raw)[1]: raw for raw in sink.accepted}
    assert len(by_letter) == 3
    assert len(sink.accepted) == 2 + arrivals
    assert set(sink.accepted) == set(by_letter.values())


def test_a_letter_is_stored_before_it_is_sent(nursery):
    write("a")

    finish(nursery, "deliver", "mail.built")

    row = db.session.scalars(db.select(OutboxMail)).one()
    assert (row.state, row.message is not None) == (MailState.WAITING, True)


@pytest.fixture
def empty(store, tmp_path):
    """The address of a database of the run's own, without any table."""
    if isinstance(store, Copies):
        yield store.cluster.create("kills")
        store.cluster.drop("kills")
    else:
        yield f"sqlite:///{tmp_path / 'kills.db'}"


def test_twenty_kills_at_random_lose_nothing(empty, tmp_path):
    figures = kills.run(empty, tmp_path, 20, seed=7)

    assert figures.holds, figures
    assert figures.letters > 0


@pytest.mark.long
def test_a_thousand_kills_at_random_lose_nothing(empty, tmp_path):
    figures = kills.run(empty, tmp_path, 1000)

    print(f"\n{kills.HEAD}\n{figures.row()}")
    assert figures.holds, figures
