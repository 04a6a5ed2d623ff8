"""This file knows a whole installation on one machine: two web servers, two workers, databases, mail, a proxy."""

from __future__ import annotations

import functools
import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.databases import Copies, migrate
from tests.faults.serving import Running, product, serving, working
from tests.faults.sink import Odd
from tests.machines.parts import Proxy, RedisServer, free_port, proxy, redis_server
from tests.postgres import Cluster, cluster
from tests.production import PRODUCTION
from tests.races.arena import Arena

BASE_URL = "https://practice.example"


@dataclass
class Production(Arena):
    """The product as it runs in production, seen from inside; people of the tests call it localhost."""

    redis_url: str = ""
    smtp_url: str = ""

    def __post_init__(self) -> None:
        # In production the product takes over the process's log; here it is a guest.
        kept = logging.root.handlers[:], logging.root.level
        super().__post_init__()
        logging.root.handlers[:] = kept[0]
        logging.root.setLevel(kept[1])

    @property
    def settings(self) -> dict[str, str]:
        return (
            PRODUCTION
            | super().settings
            | {
                "MODE": "production",
                "BASE_URL": BASE_URL,
                "EXTRA_HOSTS": "localhost",
                "SMTP_URL": self.smtp_url,
                "REDIS_URL": self.redis_url,
                "PROXIES": "1",
            }
        )


@dataclass
class Firm:
    """Everything that runs. `webs` and `workers` are ended and started again by their place in the list."""

    arena: Production
    redis: RedisServer
    sink: Odd
    lease: float
    ports: tuple[int, int] = field(default_factory=lambda: (free_port(), free_port()))
    webs: dict[int, Running] = field(default_factory=dict)
    workers: dict[int, Running] = field(default_factory=dict)
    stack: ExitStack = field(default_factory=ExitStack)
    front: Proxy | None = None
    kills: dict[str, int] = field(default_factory=lambda: {"web": 0, "worker": 0})

    def start_web(self, number: int) -> None:
        self.webs[number] = self.stack.enter_context(
            serving(self.arena, port=self.ports[number], overrides=self._overrides())
        )

    def start_worker(self, number: int) -> None:
        self.workers[number] = self.stack.enter_context(working(self.arena, overrides=self._overrides()))

    @contextmanager
    def later_worker(self, ahead: timedelta) -> Iterator[Running]:
        """One more worker, for whom it is later than for the others."""
        with working(self.arena, ahead=ahead, overrides=self._overrides()) as running:
            yield running

    def kill_web(self, number: int) -> None:
        self.webs[number].kill()
        self.kills["web"] += 1

    def kill_worker(self, number: int) -> None:
        self.workers[number].kill()
        self.kills["worker"] += 1

    def _overrides(self) -> dict[str, Any]:
        return {"LEASE_SECONDS": self.lease}


@contextmanager
def firm(database: Cluster, data: Path, *, lease: float = 60.0) -> Iterator[Firm]:
    """The whole installation, running. `lease` is for how many seconds a worker may have a letter to itself."""
    with ExitStack() as stack:
        redis, sink = stack.enter_context(redis_server(data)), stack.enter_context(Odd())
        made = functools.partial(Production, redis_url=redis.url, smtp_url=sink.url)
        arena = stack.enter_context(product(Copies(database), data, made))
        whole = Firm(arena, redis, sink, lease)
        stack.callback(whole.stack.close)
        for number in (0, 1):
            whole.start_web(number)
            whole.start_worker(number)
        whole.front = stack.enter_context(proxy(whole.ports, arena.folder))
        yield whole


@contextmanager
def migrated_cluster(data: Path) -> Iterator[Cluster]:
    """A PostgreSQL with the product's tables in a template."""
    with cluster() as running:
        migrate(running.create("migrated"), data)
        yield running
