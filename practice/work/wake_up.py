"""This file knows how a web process wakes the workers: huey carries "look now", never the work itself."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from flask import Flask
from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey
from huey.registry import Message
from huey.serializer import Serializer
from huey.storage import BaseStorage

from practice.config import Config

log = logging.getLogger(__name__)

NAME = "practice"
MAKING = 0x62656C6C  # the lock of whoever makes the queue's tables in PostgreSQL
# After a queue could not be reached, nobody who books waits for it again for this long; the workers look anyway.
SULK = 30.0
# A queue that is away is tried again this often, in seconds: at first at once, then calmly.
TRIES = 3
AT_ONCE, AGAIN = 0.2, 3.0
# A file cannot call: it is looked at this often, in seconds.
BETWEEN_LOOKS = 0.3


class JsonSerializer(Serializer):
    """Wake-ups as JSON: whoever can write to the queue cannot make a worker run code."""

    def _serialize(self, data: Any) -> bytes:
        return json.dumps(list(data)).encode()

    def _deserialize(self, data: bytes) -> Message:
        return Message(*json.loads(data))


def queue_for(config: Config) -> Huey:
    """The queue that the configuration implies: Redis, else the PostgreSQL server, else a file of its own."""
    serializer = JsonSerializer()
    if config.redis_url:
        separator = "&" if "?" in config.redis_url else "?"
        url = f"{config.redis_url}{separator}socket_timeout=2&socket_connect_timeout=1"
        return RedisHuey(NAME, url=url, results=False, serializer=serializer)
    if config.database_url.startswith("postgresql"):
        return _in_postgresql(config.database_url, serializer)
    # Not the application's database: huey locks its file exclusively.
    path = config.data / "queue.db"
    return SqliteHuey(NAME, filename=str(path), fsync=False, timeout=2, results=False, serializer=serializer)


def _in_postgresql(database_url: str, serializer: Serializer) -> Huey:
    """In the same server, its tables out of the way of ours and of the check that models and migrations agree."""
    import psycopg

    dsn = database_url.replace("postgresql+psycopg://", "postgresql://", 1)
    with psycopg.connect(dsn, autocommit=True, connect_timeout=5) as connection:
        # "If not exists" is no help to two who make the same thing at once: one of them would hear that it exists.
        connection.execute("SET lock_timeout = '5s'")
        connection.execute("SELECT pg_advisory_lock(%s)", [MAKING])
        connection.execute("CREATE SCHEMA IF NOT EXISTS wake")
        own = f"{dsn}{'&' if '?' in dsn else '?'}options=-csearch_path%3Dwake"
        return PostgresHuey(NAME, dsn=own, results=False, serializer=serializer)


class Bell:
    """What a web process rings after a commit."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self._queue: Huey | None = None
        self._wake: Callable[[], Any] | None = None
        self._quiet_until = 0.0
        self._lock = threading.Lock()

    def ring(self) -> None:
        """Say "look now". Never raises and never delays by more than seconds: a lost wake-up loses no work."""
        if time.monotonic() < self._quiet_until:
            return
        try:
            self._task()()
        except Exception as error:
            self._quiet_until = time.monotonic() + SULK
            log.warning("the queue could not be reached, workers look by themselves: %s", type(error).__name__)

    def _task(self) -> Callable[[], Any]:
        with self._lock:
            if self._wake is None:
                self._queue = queue_for(self.config)
                self._wake = self._queue.task(name="wake")(lambda: None)
            return self._wake


class Ear:
    """A worker's ear on the queue, in a thread of its own: `on_wake` is called at each message until it is closed.

    Any message at all means "look now"; what it says is never read. A queue that is away is a warning and not a
    failure, and is listened to again when it is back.
    """

    def __init__(self, config: Config, on_wake: Callable[[], None]) -> None:
        self._config, self._on_wake = config, on_wake
        self._closed = threading.Event()
        self._failures = 0
        self._thread = threading.Thread(target=self._listen, name="bell", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening, waiting two seconds at most: the thread is a daemon and keeps no process alive."""
        self._closed.set()
        self._thread.join(2)

    def _listen(self) -> None:
        while not self._closed.is_set():
            try:
                self._attend(queue_for(self._config).storage)
            except Exception as error:
                self._wait(type(error).__name__)

    def _attend(self, queue: BaseStorage) -> None:
        try:
            while not self._closed.is_set():
                if queue.dequeue() is not None:
                    self._on_wake()
                elif not queue.blocking:
                    self._closed.wait(BETWEEN_LOOKS)
                self._is_well()
        finally:
            queue.close()

    def _wait(self, reason: str) -> None:
        self._failures += 1
        if self._failures == TRIES:
            log.warning("no queue, looking every few seconds instead: %s", reason)
        self._closed.wait(AT_ONCE if self._failures < TRIES else AGAIN)

    def _is_well(self) -> None:
        if self._failures >= TRIES:
            log.warning("the queue is back")
        self._failures = 0


def set_up(app: Flask) -> None:
    """Hang the bell up. Tests run their work by hand, so there it stays silent."""
    config: Config = app.config["PRACTICE"]
    if config.mode != "test":
        app.extensions["bell"] = Bell(config)
