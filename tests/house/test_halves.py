"""PostgreSQL is asked by every test that reaches a database; of a test with many cases by some, unless it says each."""

import pytest

from tests import halves

pytestmark = pytest.mark.once


@pytest.mark.parametrize("count", [1, 2, 4, 5, 7, 121])
def test_of_many_cases_some_run_from_the_first_to_the_last(count):
    chosen = halves.spread(count)

    assert len(chosen) == min(count, halves.CASES)
    assert {0, count - 1} <= chosen <= set(range(count))


class Item:
    """As much of a test as is asked for."""

    def __init__(self, nodeid, *marks, reaches=True):
        self.nodeid, self.marks = nodeid, marks
        self.fixturenames = ("engine",) if reaches else ()

    def get_closest_marker(self, name):
        return name if name in self.marks else None

    def iter_markers(self, _name):
        return ()


class Run:
    def __init__(self, engine, is_long=False):
        self.options = {"engine": engine, "long": is_long}

    def getoption(self, name):
        return self.options[name]


MANY = [Item(f"a::b[{number}]") for number in range(9)]


def ran(items, run):
    wanted, left_out = halves.chosen(items, run)
    assert len(wanted) + len(left_out) == len(items)
    return len(wanted)


@pytest.mark.parametrize(
    ("run", "count"),
    [(Run("sqlite"), 9), (Run("postgres"), halves.CASES), (Run("postgres", is_long=True), 9)],
    ids=["sqlite", "postgres", "long"],
)
def test_every_case_runs_on_sqlite_and_some_on_postgres(run, count):
    assert ran(MANY, run) == count


@pytest.mark.parametrize("mark", halves.WHOLE)
def test_where_each_case_asks_something_of_its_own_all_run_on_both(mark):
    assert ran([Item(each.nodeid, mark) for each in MANY], Run("postgres")) == len(MANY)


def test_every_test_that_reaches_a_database_is_among_those_on_postgres():
    tests = [Item("a::one"), Item("a::two[x]"), Item("a::pure", reaches=False), Item("a::once", "once")]

    assert [each.nodeid for each in halves.chosen(tests, Run("postgres"))[0]] == ["a::one", "a::two[x]"]
