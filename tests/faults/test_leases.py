"""F22, F23, F24, F28: two workers on one letter, a worker that sleeps through its lease, clocks that disagree, cron."""

import signal
import threading
import time

import pytest

from practice.letters import outbox
from practice.letters.mail_worker import LEASE_SECONDS
from practice.letters.outbox import MailState, OutboxMail
from practice.store.db import db
from practice.work import jobs
from tests.plain import write

from .nursery import Nursery, end, is_alive, wait_until
from .sink import Odd

pytestmark = pytest.mark.faults

# The shortest time, in seconds, that supervisors give between asking and killing.
KILLED_AFTER = 10


@pytest.fixture
def nursery(paper, engine_url):
    """`nursery(server, …)` starts processes whose mail goes to `server`."""
    started = []

    def found(server, **settings):
        nursery = Nursery(engine_url, paper.config["PRACTICE"].data, server.url, **settings)
        started.append(nursery)
        return nursery

    yield found
    for each in started:
        each.__exit__()


@pytest.fixture
def sink():
    """A mail server that does everything right, in few steps."""
    with Odd() as server:
        yield server


def row():
    db.session.rollback()
    return db.session.scalars(db.select(OutboxMail)).one()


def test_six_workers_on_the_same_letters_send_each_once(nursery, sink):
    # The product's own lease: a short one runs out on a busy machine, and then a second sending is right.
    children = nursery(sink, lease=LEASE_SECONDS)
    for number in range(30):
        write(f"{number}")

    pids = [children.start("deliver") for _ in range(6)]
    assert wait_until(lambda: not any(map(is_alive, pids)))

    assert len(sink.accepted) == len(set(sink.accepted)) == 30


def test_a_worker_that_slept_through_its_lease_changes_nothing_when_it_wakes(nursery):
    answer = threading.Event()
    with Odd(answer=answer) as slow, Odd() as quick:
        write("a")
        first = nursery(slow, lease=0.5).start("deliver")
        assert wait_until(lambda: slow.offered)
        end(first, signal.SIGSTOP)
        time.sleep(0.6)
        second = nursery(quick, lease=0.5).start("deliver")
        assert wait_until(lambda: not is_alive(second))
        marked = (row().state, row().sent_at, row().attempts)
        answer.set()
        end(first, signal.SIGCONT)
        assert wait_until(lambda: not is_alive(first))

    assert marked[0] == MailState.SENT
    assert (row().state, row().sent_at, row().attempts) == marked
    assert slow.accepted == quick.accepted


def test_a_worker_that_is_told_to_end_finishes_its_letter(nursery):
    answer = threading.Event()
    with Odd(answer=answer) as server:
        for key in "abc":
            write(key)
        pid = nursery(server).start("worker")
        assert wait_until(lambda: server.offered)

        end(pid, signal.SIGTERM)
        time.sleep(0.3)
        answer.set()

        assert wait_until(lambda: not is_alive(pid))
    assert len(server.accepted) == 1
    assert outbox.backlog().waiting == 2


def test_a_worker_that_cannot_finish_gives_its_letter_back_and_ends_all_the_same(nursery):
    with Odd(answer=threading.Event()) as stuck, Odd() as quick:
        write("a")
        children = nursery(stuck, lease=600)
        pid = children.start("worker")
        assert wait_until(lambda: stuck.offered)

        end(pid, signal.SIGTERM)
        # The mail server answers nobody within this time: whoever waits for it is still alive.
        assert wait_until(lambda: not is_alive(pid), 50)
        second = nursery(quick).start("deliver")
        assert wait_until(lambda: not is_alive(second))

    assert stuck.accepted == []
    assert quick.accepted == stuck.offered


def test_a_worker_gives_back_before_a_supervisor_kills():
    assert jobs.GRACE < KILLED_AFTER


def test_an_idle_worker_ends_when_it_is_told_to(nursery, sink):
    pid = nursery(sink).start("worker")
    time.sleep(0.5)

    end(pid, signal.SIGTERM)

    assert wait_until(lambda: not is_alive(pid))


def test_hosts_whose_clocks_are_minutes_apart_send_each_letter_once(nursery, sink):
    hosts = [nursery(sink, lease=LEASE_SECONDS, clock_offset=offset) for offset in (-90, 90)]
    for number in range(20):
        write(f"{number}")

    pids = [host.start("deliver") for host in hosts * 2]
    assert wait_until(lambda: not any(map(is_alive, pids)))

    assert len(sink.accepted) == len(set(sink.accepted)) == 20


def test_cron_twice_at_once_and_again_reminds_each_person_once(nursery, sink):
    children = nursery(sink, lease=LEASE_SECONDS)
    for _ in range(3):
        pids = [children.start("tick") for _ in range(2)]
        assert wait_until(lambda pids=pids: not any(map(is_alive, pids)))
        time.sleep(1)

    assert len(sink.accepted) == len(set(sink.accepted)) == 20
