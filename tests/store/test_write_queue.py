"""Writers of an SQLite file: first come, first served, whatever threads and processes; the dead hold nobody up."""

import signal
import subprocess
import sys
import threading
import time

import pytest

from practice.store.write_queue import WriteQueue, queue_of
from tests.faults.nursery import wait_until


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "practice.db")


OTHER = """
import sys, threading
from practice.store.write_queue import queue_of
queue, order = queue_of(sys.argv[1]), open(sys.argv[2], "a", buffering=1)
def write(name):
    assert queue.take(60)
    print(name, file=order)
    queue.give_back()
for line in sys.stdin:
    match line.split():
        case ["take"]:
            queue.take(60)
        case ["give-back"]:
            queue.give_back()
        case ["stand", name]:
            stood = len(queue._line)
            threading.Thread(target=write, args=[name]).start()
            while len(queue._line) == stood:
                pass
    print("done", flush=True)
"""


class Process:
    """Another process at the same file; `say` comes back once it has done what was said."""

    def __init__(self, path, order):
        self.process = subprocess.Popen(
            [sys.executable, "-c", OTHER, path, str(order)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def say(self, words):
        self.process.stdin.write(words + "\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "done\n"

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate()


@pytest.fixture
def order(tmp_path):
    return tmp_path / "order"


@pytest.fixture
def other(path, order):
    there = Process(path, order)
    yield there
    there.process.communicate()


def test_each_is_served_in_the_order_of_arrival_over_threads_and_processes(path, order, other):
    """Who has the turn and comes again at once stands behind all who wait, and so do its neighbours."""
    third = Process(path, order)
    other.say("take")

    came = []
    for number in range(4):
        for where, process in (("a", other), ("b", third), ("a", other)):
            came.append(f"{where}{number}{len(came)}")
            process.say(f"stand {came[-1]}")
    other.say("give-back")
    came.append("a-once-more")
    other.say("stand a-once-more")

    assert wait_until(lambda: order.read_text().count("\n") == len(came))
    assert order.read_text().split() == came
    third.process.communicate()


def test_who_gets_no_turn_in_time_is_told_and_holds_nobody_up(path, other):
    other.say("take")
    mine = WriteQueue(path)
    threads = [threading.Thread(target=mine.take, args=[0.01]) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not mine.take(0.01)

    other.say("give-back")
    assert mine.take(30)
    mine.give_back()


def test_who_is_interrupted_while_waiting_holds_nobody_up(path, monkeypatch):
    queue = WriteQueue(path)

    def interrupted(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(WriteQueue, "_nobody_is_before", interrupted)
        with pytest.raises(KeyboardInterrupt):
            queue.take(30)

    assert queue.take(0.01)


def test_one_writes_at_a_time(path):
    queue, inside, most = WriteQueue(path), [], []

    def write():
        for _ in range(20):
            assert queue.take(30)
            inside.append(1)
            most.append(len(inside))
            time.sleep(0)
            inside.pop()
            queue.give_back()

    threads = [threading.Thread(target=write) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert set(most) == {1}


def test_where_no_file_can_be_made_nobody_stands_in_line(tmp_path):
    assert queue_of(f"file:{tmp_path}/practice.db?mode=ro") is None


def test_where_no_number_can_be_written_nobody_waits(path, monkeypatch):
    queue = WriteQueue(path)

    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("os.pwrite", full)
        assert not queue.take(30)

    assert queue.take(0.01)


@pytest.mark.parametrize("doing", ["take", "stand waiting"])
def test_a_process_that_is_killed_gives_its_place_back(path, order, other, doing):
    mine, third = WriteQueue(path), Process(path, order)
    if doing != "take":
        other.say("take")
    third.say(doing)
    assert not mine.take(0.01)

    third.kill()
    if doing != "take":
        other.say("give-back")

    assert mine.take(30)
    mine.give_back()
