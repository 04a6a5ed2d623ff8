"""What a process remembers: the least used goes first, and many threads may ask at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from practice.store.memory import Memory

pytestmark = pytest.mark.once


def kept(memory, keys):
    return [key for key in keys if memory.peek(key) is not None]


def test_what_was_used_stays_and_what_was_not_goes():
    memory = Memory(2)
    memory.keep("first", 1)
    memory.keep("second", 2)

    assert memory.get("first") == 1
    memory.keep("third", 3)

    assert kept(memory, ["first", "second", "third"]) == ["first", "third"]


def test_what_is_kept_anew_counts_as_used_and_a_look_in_passing_does_not():
    memory = Memory(2)
    memory.keep("first", 1)
    memory.keep("second", 2)

    memory.keep("first", 10)
    assert memory.peek("second") == 2
    memory.keep("third", 3)

    assert kept(memory, ["first", "second", "third"]) == ["first", "third"]
    assert memory.get("first") == 10


def test_what_was_never_kept_or_is_forgotten_is_not_there():
    memory = Memory(2)
    memory.keep("first", 1)

    memory.clear()

    assert memory.get("first") is None
    assert kept(memory, ["first", "second"]) == []


def test_threads_that_keep_and_ask_at_once_leave_no_more_than_allowed():
    memory, keys = Memory(50), range(400)

    def use(number):
        for key in keys:
            memory.keep((number + key) % 90, key)
            memory.get(key % 90)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(use, range(8)))

    assert len(kept(memory, keys)) == 50
