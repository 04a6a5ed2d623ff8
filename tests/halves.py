"""This file knows which tests run on which engine: all on SQLite, and what reaches a database on PostgreSQL too."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterable

import pytest

# So many cases of a test that goes through many run on PostgreSQL, spread over all: what differs from case to case is
# our own rule, and SQLite has seen each; what an engine answers otherwise is met by each test. Where each case reaches
# statements of its own, the test is marked `each_case`.
CASES = 2
WHOLE = ("each_case", "races", "faults")


def chosen(items: list[pytest.Item], config: pytest.Config) -> tuple[list[pytest.Item], list[pytest.Item]]:
    """What this run is for, and what it leaves out."""
    is_long, on_postgres = config.getoption("long"), config.getoption("engine") == "postgres"
    wanted = [each for each in items if _is_for(each, is_long, on_postgres)]
    if on_postgres and not is_long:
        wanted = list(_some_cases(wanted))
    taken = set(wanted)
    return wanted, [each for each in items if each not in taken]


def _is_for(item: pytest.Item, is_long: bool, on_postgres: bool) -> bool:
    if item.get_closest_marker("long") is not None and not is_long:
        return False
    where = "once" if on_postgres else "postgres"
    reaches = not on_postgres or "engine" in getattr(item, "fixturenames", ())
    needed = [name for mark in item.iter_markers("needs") for name in mark.args]
    # `make test` has said so loudly by then, and is red where somebody insists (tests/get-machinery).
    return item.get_closest_marker(where) is None and reaches and all(shutil.which(name) for name in needed)


def _some_cases(items: list[pytest.Item]) -> Iterable[pytest.Item]:
    of_one, seen = Counter(map(_test, items)), Counter[str]()
    for item in items:
        number, seen[_test(item)] = seen[_test(item)], seen[_test(item)] + 1
        if any(item.get_closest_marker(mark) for mark in WHOLE) or number in spread(of_one[_test(item)]):
            yield item


def spread(count: int) -> set[int]:
    """Which of `count` cases run, by their numbers: the first, the last and some between."""
    return set(range(count)) if count <= CASES else {step * (count - 1) // (CASES - 1) for step in range(CASES)}


def _test(item: pytest.Item) -> str:
    return item.nodeid.partition("[")[0]
