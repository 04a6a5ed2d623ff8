"""Writers of an SQLite file stand in line: nobody turns round and overtakes, and the dead give their turn back."""

import fcntl
import signal
import subprocess
import sys
import threading

import pytest

from practice.store.write_queue import Turns, turns_of


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "practice.db")


def until_somebody_waits(path):
    """Until "next" is taken."""
    with open(f"{path}-next") as file:
        for _ in range(10_000):
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                fcntl.flock(file, fcntl.LOCK_UN)
            except BlockingIOError:
                return
            threading.Event().wait(0.001)
    raise AssertionError("nobody came")


def test_who_writes_again_at_once_stands_behind_who_waits(path):
    busy, other, order = Turns(path), Turns(path), []

    def write():
        assert other.take(30)
        order.append("other")
        other.give_back()

    assert busy.take(30)
    waiting = threading.Thread(target=write)
    waiting.start()
    until_somebody_waits(path)
    busy.give_back()
    assert busy.take(30)
    order.append("busy")
    busy.give_back()
    waiting.join()

    assert order == ["other", "busy"]


def test_who_gets_no_turn_in_time_is_told_and_holds_nobody_up(path):
    slow, hasty = Turns(path), Turns(path)
    assert slow.take(30)

    assert not hasty.take(0.01)

    slow.give_back()
    assert hasty.take(30)


def test_who_is_interrupted_while_waiting_holds_nobody_up(path, monkeypatch):
    turns = Turns(path)

    def interrupted(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("practice.store.write_queue._locked", interrupted)
        with pytest.raises(KeyboardInterrupt):
            turns.take(30)

    assert turns.take(0.01)


def test_threads_of_one_process_take_turns(path):
    turns, inside, most = Turns(path), [], []

    def write():
        for _ in range(20):
            assert turns.take(30)
            inside.append(1)
            most.append(len(inside))
            inside.pop()
            turns.give_back()

    threads = [threading.Thread(target=write) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert set(most) == {1}


def test_where_no_file_can_be_made_nobody_stands_in_line(tmp_path):
    assert turns_of(f"file:{tmp_path}/practice.db?mode=ro") is None


def test_a_process_that_is_killed_gives_its_turn_back(path):
    script = (
        "import sys, time; from practice.store.write_queue import turns_of; turns_of(sys.argv[1]).take(30); "
        "print('writing', flush=True); time.sleep(600)"
    )
    killed = subprocess.Popen([sys.executable, "-c", script, path], stdout=subprocess.PIPE, text=True)
    assert killed.stdout.readline() == "writing\n"
    assert not turns_of(path).take(0.01)

    killed.send_signal(signal.SIGKILL)
    killed.communicate()

    assert turns_of(path).take(30)
    turns_of(path).give_back()
