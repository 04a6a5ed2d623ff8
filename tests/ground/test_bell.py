"""The bell: wakes workers at once where it can, costs a booking nothing where it cannot."""

import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import inspect

from practice.config import Config
from practice.store.db import db
from practice.work import wake_up
from practice.work.wake_up import Bell, Ear, JsonSerializer, queue_for
from tests.faults.nursery import wait_until
from tests.faults.sink import closed_port
from tests.ground.plain import plain_app, write
from tests.machines.parts import redis_server
from tests.postgres import cluster


@pytest.fixture
def settings(tmp_path):
    return Config(mode="demo", data=tmp_path, database_url=f"sqlite:///{tmp_path}/practice.db")


def test_a_ring_wakes_a_worker_of_another_process(settings):
    woken = threading.Event()
    ear = Ear(settings, woken.set)

    Bell(settings).ring()

    assert woken.wait(60)
    ear.close()


def test_on_either_engine_a_ring_arrives_and_our_own_tables_stay_ours(app, config, tmp_path, dirty):
    dirty.mark()
    woken = threading.Event()
    settings = replace(config, mode="demo", data=tmp_path)
    ear = Ear(settings, woken.set)

    ringer = Bell(settings)
    ringer.ring()

    assert woken.wait(60)
    ear.close()
    ringer._queue.storage.close()
    assert not [name for name in inspect(db.engine).get_table_names() if "huey" in name]


def test_eight_who_make_the_queue_of_a_new_database_at_once_all_get_it(app, config, tmp_path, dirty):
    dirty.mark()
    settings, together = replace(config, mode="demo", data=tmp_path), threading.Barrier(8)

    def make(_number):
        together.wait()
        queue = queue_for(settings)
        queue.storage.close()
        return queue.name

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(make, range(8))) == [wake_up.NAME] * 8


def test_wake_ups_live_in_a_file_of_their_own(settings):
    Bell(settings).ring()

    assert (settings.data / "queue.db").exists()
    assert not (settings.data / "practice.db").exists()


@pytest.mark.parametrize("what", ["refuses", "hangs", "talks rubbish"])
def test_a_queue_that_is_gone_is_asked_once_and_keeps_nobody_for_ever(settings, what, caplog):
    with Redis(what) as url:
        ringer = Bell(replace(settings, redis_url=url))
        bookings = threading.Thread(target=lambda: [ringer.ring() for _ in range(20)], daemon=True)
        bookings.start()
        bookings.join(60)

        assert not bookings.is_alive()
    assert [record.message.split(",")[0] for record in caplog.records] == ["the queue could not be reached"]


@pytest.fixture
def eager(monkeypatch):
    """A queue that is away is looked for more often than in life: the order of things is the same."""
    monkeypatch.setattr(wake_up, "AGAIN", 0.3)


@pytest.mark.needs("redis-server")
def test_a_worker_that_began_without_redis_is_woken_once_there_is_one_and_again_after_it_died(eager, settings, caplog):
    with redis_server(settings.data) as redis:
        at_redis = replace(settings, redis_url=redis.url)
        redis.kill()
        ear = Ear(at_redis, (woken := threading.Event()).set)
        assert wait_until(lambda: "no queue" in caplog.text)

        redis.start()
        assert is_woken(woken, at_redis)
        redis.kill()
        assert wait_until(lambda: caplog.text.count("no queue") == 2)
        redis.start()
        assert is_woken(woken, at_redis)

        ear.close()
    assert caplog.text.count("the queue is back") == 2


def test_a_worker_that_began_without_postgresql_is_woken_once_there_is_one_and_again_after_it_died(
    eager, settings, caplog
):
    with cluster() as postgres:
        at_postgres = replace(settings, database_url=postgres.create("bell"))
        postgres.stop()
        ear = Ear(at_postgres, (woken := threading.Event()).set)
        assert wait_until(lambda: "no queue" in caplog.text)

        postgres.start()
        assert is_woken(woken, at_postgres)
        postgres.stop()
        assert wait_until(lambda: caplog.text.count("no queue") == 2)
        postgres.start()
        assert is_woken(woken, at_postgres)

        ear.close()
    assert caplog.text.count("the queue is back") == 2


def is_woken(woken, settings):
    """Whether a worker hears a bell that is rung now; bells of before have faded away."""
    woken.clear()
    ringer = Bell(settings)
    ringer.ring()
    heard = woken.wait(60)
    ringer._queue.storage.close()
    return heard


@pytest.mark.parametrize("rubbish", [b"", b"\x80\x04\x95", b"cos\nsystem\n(S'true'\ntR.", b"{}", b'["x", "os.system"]'])
def test_what_others_put_into_the_queue_is_never_run(settings, rubbish):
    woken = threading.Event()
    queue = queue_for(settings)
    ear = Ear(settings, woken.set)

    queue.storage.enqueue(rubbish)
    Bell(settings).ring()

    assert woken.wait(60)
    ear.close()


def test_a_wake_up_is_plain_json(settings):
    queue = queue_for(settings)
    Bell(settings).ring()

    stored = queue.storage.dequeue()

    assert stored.startswith(b"[")
    assert JsonSerializer().deserialize(stored).name.endswith("wake")


def test_the_bell_rings_once_the_letter_is_stored_and_not_before(settings, monkeypatch):
    app = plain_app(settings)
    rung = []
    monkeypatch.setattr(app.extensions["bell"], "ring", lambda: rung.append(True))

    with app.app_context():
        db.create_all()
        write("a", also=lambda: rung.append("before"))
        with pytest.raises(ZeroDivisionError):
            write("b", also=lambda: 1 // 0)
        db.engine.dispose()

    assert rung == ["before", True]


def test_tests_have_no_bell(settings):
    app = plain_app(replace(settings, mode="test"))

    assert "bell" not in app.extensions


class Redis:
    """Something on Redis' side of a socket."""

    def __init__(self, what):
        self.what = what

    def __enter__(self):
        if self.what == "refuses":
            return f"redis://127.0.0.1:{closed_port()}"
        self.server = socket.create_server(("127.0.0.1", 0))
        self.lines = []
        threading.Thread(target=self._serve, daemon=True).start()
        return f"redis://127.0.0.1:{self.server.getsockname()[1]}"

    def _serve(self):
        try:
            while True:
                line, _ = self.server.accept()
                self.lines.append(line)
                if self.what == "talks rubbish":
                    line.sendall(b"HTTP/1.1 200 OK\r\n\r\n" * 5)
        except OSError:
            return

    def __exit__(self, *_why):
        if self.what != "refuses":
            self.server.close()
            for line in self.lines:
                line.close()


def test_a_bell_that_failed_stays_silent_for_a_while(settings, monkeypatch):
    tried = []
    monkeypatch.setattr(wake_up, "queue_for", lambda _config: tried.append(1) or 1 // 0)
    ringer = Bell(settings)

    ringer.ring()
    ringer.ring()

    assert tried == [1]
