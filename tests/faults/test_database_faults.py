"""F19: PostgreSQL ends, dies, is full, is slow, or refuses: one second try, else 503; and service returns by itself."""

import signal
import threading
import time
from contextlib import ExitStack, closing, contextmanager, suppress

import psycopg
import pytest

from tests.databases import Copies, migrate
from tests.faults.serving import bookings_of, browser_of, code_of, crowd, found_faults, product, serving, wishes
from tests.postgres import cluster

# On a PostgreSQL of their own, whatever the other tests of this run are on.
pytestmark = [pytest.mark.faults, pytest.mark.once]

# The product's own limits are 15 and 4 seconds; nobody wants to wait for them in a test.
QUICK = "-c statement_timeout=900 -c lock_timeout=600 -c deadlock_timeout=300 -c timezone=UTC"
OPTIONS = {"pool_pre_ping": True, "pool_size": 3, "max_overflow": 3, "pool_timeout": 1}
GIVEN_UP = "canceling statement due to lock timeout"
OVERRIDES = {"SQLALCHEMY_ENGINE_OPTIONS": OPTIONS | {"connect_args": {"options": QUICK, "connect_timeout": 2}}}


class Meanwhile(threading.Thread):
    """Something done in another thread; `join` gives what came of it."""

    def __init__(self, work):
        super().__init__()
        self.work = work
        self.start()

    def run(self):
        self.answer = self.work()

    def join(self, timeout=30):
        super().join(timeout)
        return self.answer


class Place:
    """A server, its database, people and times; `ask` sends a form for the next time as the next person."""

    def __init__(self, database, arena, server):
        self.database, self.arena, self.server = database, arena, server
        self.times, self.people = wishes(arena.practices(1), 30), crowd(arena)

    def next(self):
        self.wish, self.person = next(self.times), next(self.people)
        self.browser = browser_of(self.person, self.server.port)
        return self

    def send(self):
        return self.wish.send(self.browser)

    def refused_kindly(self):
        """The present form is answered with 503, words, and a moment to wait; nothing of it is stored."""
        answer = self.send()
        assert answer.status == 503, answer
        assert "Nothing was lost" in answer.body.decode()
        assert self.browser.heard["retry-after"] == "5"
        return True

    def sent_meanwhile(self):
        """The form on its way while the test goes on; `join()` gives the answer."""
        return Meanwhile(self.send)

    def books_once(self):
        """The same form goes through again without a restart, and exactly once; nothing else is wrong either."""
        deadline = time.monotonic() + 60
        while (answer := self.send()).status == 503 and time.monotonic() < deadline:
            time.sleep(0.2)
        code = code_of(answer)
        assert code_of(self.send()) == code
        assert bookings_of(self.arena, self.person) == [(code, 2)]
        assert found_faults(self.arena) == []
        return True

    @contextmanager
    def neighbour(self):
        """Somebody else who is connected to the same database."""
        with closing(psycopg.connect(self.arena.url.replace("+psycopg", ""), autocommit=True)) as connection:
            yield connection


@pytest.fixture(scope="module")
def database(data):
    """A PostgreSQL of these tests' own, to be ended and killed."""
    with cluster() as running:
        migrate(running.create("migrated"), data)
        yield running


@pytest.fixture(scope="module")
def everything(database, data):
    with product(Copies(database), data) as arena, serving(arena, overrides=OVERRIDES) as server:
        yield Place(database, arena, server)


@pytest.fixture
def place(everything):
    yield everything.next()
    everything.browser.close()


# ---------------------------------------------------------------- it is away


def test_while_the_database_is_away_the_form_stays_and_afterwards_goes_through(place):
    place.database.stop()
    assert place.refused_kindly()
    place.database.start()

    assert place.books_once()


def test_a_database_that_is_killed_at_work_costs_a_moment_only(place):
    with place.neighbour() as neighbour:
        neighbour.execute("BEGIN")
        neighbour.execute("LOCK TABLE occupancy")
        sent = place.sent_meanwhile()
        wait_for_a_lock(place)
        place.database.process.send_signal(signal.SIGKILL)
        place.database.process.wait()
        assert sent.join().status == 503
    assert place.refused_kindly()
    start_again(place.database)

    assert place.books_once()


def test_when_every_connection_is_used_the_form_waits_and_so_does_the_page(place):
    with ExitStack() as stack:
        fill(place, stack)
        assert place.refused_kindly()
        page = place.browser.get(f"/specialists/{place.wish.slug}")
        assert (page.status, place.browser.heard["retry-after"]) == (503, "5")

    assert place.books_once()


# ---------------------------------------------------------------- it is slow


def test_a_statement_that_takes_too_long_is_cut_off(place):
    with refusing(place, "PERFORM nextval('refusals'); PERFORM pg_sleep(5)") as neighbour:
        assert place.refused_kindly()
        (tries,) = neighbour.execute("SELECT last_value FROM refusals").fetchone()

    assert tries == 1
    assert "canceling statement due to statement timeout" in words_of(place.database)
    assert place.books_once()


def test_who_waits_in_line_for_a_calendar_waits_once_and_reads_why(place):
    with place.neighbour() as neighbour:
        neighbour.execute("BEGIN")
        neighbour.execute("SELECT 1 FROM specialists FOR UPDATE")
        before = words_of(place.database).count(GIVEN_UP)
        answer = place.send()
        tries = words_of(place.database).count(GIVEN_UP) - before

    assert (answer.status, place.browser.heard["retry-after"]) == (503, "5")
    assert "choosing times with the same person at this moment" in answer.body.decode()
    assert tries == 1
    assert place.books_once()


def test_a_lock_that_passes_in_time_is_seen_by_nobody(place):
    with place.neighbour() as neighbour:
        neighbour.execute("BEGIN")
        neighbour.execute("SELECT 1 FROM specialists FOR UPDATE")
        sent = place.sent_meanwhile()
        wait_for_a_lock(place)
        neighbour.execute("COMMIT")

    assert sent.join().status == 303
    assert place.books_once()


# ---------------------------------------------------------------- it says no


def test_the_victim_of_a_deadlock_is_tried_once_more(place):
    with place.neighbour() as neighbour:
        # The neighbour looks for deadlocks so late that the victim is always ours.
        neighbour.execute("SET deadlock_timeout = 20000")
        neighbour.execute("BEGIN")
        neighbour.execute('SELECT 1 FROM "user" WHERE id = %s FOR UPDATE', [place.person.user_id])
        sent = place.sent_meanwhile()
        wait_for_a_lock(place)
        neighbour.execute("UPDATE specialists SET calendar_version = calendar_version")
        neighbour.execute("COMMIT")

    assert sent.join().status == 303
    assert "deadlock detected" in words_of(place.database)
    assert place.books_once()


def test_a_transaction_that_could_not_be_put_in_order_is_tried_once_more(place):
    with refusing(place, "IF nextval('refusals') < 2 THEN RAISE EXCEPTION 'no' USING ERRCODE = '40001'; END IF"):
        assert place.send().status == 303

    assert place.books_once()


def test_one_that_never_can_is_not_tried_for_ever(place):
    with refusing(place, "PERFORM nextval('refusals'); RAISE EXCEPTION 'no' USING ERRCODE = '40001'") as neighbour:
        assert place.refused_kindly()
        (tries,) = neighbour.execute("SELECT last_value FROM refusals").fetchone()

    assert tries == 2
    assert place.books_once()


# ---------------------------------------------------------------- parts


@contextmanager
def refusing(place, words):
    """Whoever claims a time meets `words`, in the database's own language."""
    with place.neighbour() as neighbour:
        neighbour.execute("CREATE SEQUENCE refusals")
        neighbour.execute(
            f"CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {words}; RETURN NEW; END $$"
        )
        neighbour.execute(
            "CREATE TRIGGER refuse BEFORE INSERT ON occupancy FOR EACH STATEMENT EXECUTE FUNCTION refuse()"
        )
        try:
            yield neighbour
        finally:
            neighbour.execute("DROP TRIGGER refuse ON occupancy")
            neighbour.execute("DROP FUNCTION refuse")
            neighbour.execute("DROP SEQUENCE refusals")


def wait_for_a_lock(place):
    """Until the server stands in line for something that a neighbour has."""
    with place.neighbour() as onlooker:
        deadline = time.monotonic() + 10
        while onlooker.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone() == (0,):
            assert time.monotonic() < deadline, "nobody waits"
            time.sleep(0.01)


def fill(place, stack):
    """Take every connection there is, the server's own too."""
    taken = [stack.enter_context(place.neighbour())]
    for _ in range(2):
        with suppress(psycopg.OperationalError):
            while True:
                taken.append(stack.enter_context(place.neighbour()))
        ours = [each.info.backend_pid for each in taken]
        taken[0].execute(
            "SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> ALL(%s)",
            [ours],
        )


def start_again(database):
    """The killed server's own children need a moment before another may take its place."""
    database.process = None
    deadline = time.monotonic() + 20
    while True:
        try:
            return database.start()
        except RuntimeError:
            assert time.monotonic() < deadline
            time.sleep(0.2)


def words_of(database):
    return (database.folder / "log").read_text()
