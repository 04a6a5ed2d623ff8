"""This file knows how a web process wakes the workers: huey carries "look now", never the work itself."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

from flask import Flask
from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey
from huey.registry import Message
from huey.serializer import Serializer

from .config import Config

log = logging.getLogger(__name__)

NAME = "practice"
# After a queue could not be reached, nobody who books waits for it again for this long; the workers look anyway.
SULK = 30.0
TRIES = 3


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
        return PostgresHuey(NAME, dsn=_own_schema(config.database_url), results=False, serializer=serializer)
    # Not the application's database: huey locks its file exclusively.
    path = config.data / "queue.db"
    return SqliteHuey(NAME, filename=str(path), fsync=False, timeout=2, results=False, serializer=serializer)


def _own_schema(database_url: str) -> str:
    """The same server, tables out of the way of ours and of the check that models and migrations agree."""
    import psycopg

    dsn = database_url.replace("postgresql+psycopg://", "postgresql://", 1)
    with psycopg.connect(dsn, autocommit=True, connect_timeout=5) as connection:
        connection.execute("CREATE SCHEMA IF NOT EXISTS wake")
    return f"{dsn}{'&' if '?' in dsn else '?'}options=-csearch_path%3Dwake"


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
                self._wake = _wake_task(self._queue, lambda: None)
            return self._wake


def _wake_task(queue: Huey, on_wake: Callable[[], None]) -> Callable[[], Any]:
    def wake() -> None:
        on_wake()

    task: Callable[[], Any] = queue.task(name="wake")(wake)
    return task


class Listener(Protocol):
    """A worker's ear on the queue."""

    def close(self) -> None:
        """Stop listening."""


class Deaf:
    """No queue could be opened: the worker looks by itself."""

    def close(self) -> None:
        """Nothing is open."""


class Ear:
    """Huey's consumer in threads of this process; all it ever runs is the wake-up."""

    def __init__(self, queue: Huey, on_wake: Callable[[], None]) -> None:
        _wake_task(queue, on_wake)
        # Each thread has a connection of its own, so each closes what it opened.
        queue.on_shutdown(name="close")(queue.storage.close)
        self.consumer = queue.create_consumer(workers=1, periodic=False, max_delay=1.0, shutdown_timeout=2)
        # The process keeps its own signals: a worker finishes its letter before it ends.
        self.consumer._set_signal_handlers = lambda: None
        self.consumer.start()

    def close(self) -> None:
        """Stop the consumer's threads, waiting two seconds at most: they are daemons and keep no process alive."""
        self.consumer.stop(graceful=True)


def listen(config: Config, on_wake: Callable[[], None]) -> Listener:
    """Call `on_wake` at each wake-up until closed; a queue that cannot be opened is a warning, not a failure."""
    for _ in range(TRIES):
        try:
            return Ear(queue_for(config), on_wake)
        except Exception as error:
            reason = type(error).__name__
            # Two workers that start together may both want to make the queue's tables; the second finds them made.
            time.sleep(0.2)
    log.warning("no queue, looking every few seconds instead: %s", reason)
    return Deaf()


def set_up(app: Flask) -> None:
    """Hang the bell up. Tests run their work by hand, so there it stays silent."""
    config: Config = app.config["PRACTICE"]
    if config.mode != "test":
        app.extensions["bell"] = Bell(config)
