"""This file knows how to kill processes at random while letters are written and sent, and what must hold after.

python -m tests.faults.kills --kills 1000 [--seed 1] [--engine postgres]
"""

from __future__ import annotations

import argparse
import random
import re
import signal
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from practice.store.db import transaction
from tests.plain import plain_app

from .nursery import Nursery, end, happen, is_alive, wait_until
from .sink import Odd

LETTERS_PER_KILL = 5
CAST = ("worker", "worker", "producer")


@dataclass(frozen=True)
class Figures:
    """One run: what happened, what was lost, what came twice."""

    engine: str
    kills: int
    seconds: float
    letters: int
    delivered: int
    lost: int
    repeated: int
    unlike: int
    orphans: int
    chain: str

    @property
    def holds(self) -> bool:
        """Nothing lost, every repetition the same letter, no letter without its cause, the audit chain whole."""
        return (self.lost, self.unlike, self.orphans, self.chain) == (0, 0, 0, "whole") and self.repeated <= self.kills

    def row(self) -> str:
        return (
            f"| {self.engine} | {self.kills} | {self.letters} | {self.lost} | {self.repeated} | {self.unlike} "
            f"| {self.orphans} | {self.chain} | {self.seconds:.0f} s |"
        )


HEAD = (
    "| engine | kills | letters | lost | came twice (same Message-ID, same bytes) | came twice as different letters "
    "| letters without cause or causes without letter | audit chain | time |\n|---|---|---|---|---|---|---|---|---|"
)


def run(database_url: str, data: Path, kills: int, seed: int = 1) -> Figures:
    """Kill `kills` processes, one every 50 to 300 ms, then let the rest be delivered, and count."""
    app = plain_app(_config(database_url, data))
    with app.app_context():
        from practice.store.db import db

        db.create_all()
        _happen(kills * LETTERS_PER_KILL)
        db.session.remove()
        db.engine.dispose()
    began = time.monotonic()
    with Odd() as sink, Nursery(database_url, data, sink.url) as nursery:
        _storm(nursery, kills, random.Random(seed))
        with app.app_context():
            wait_until(lambda: _drained(nursery), 600)
        figures = _count(app, sink, kills, began)
    with app.app_context():
        db.engine.dispose()
    return figures


def _happen(times: int) -> None:
    """Things that happened before the storm, so that workers are killed in the middle of work and not of waiting."""
    for begun in range(0, times, 50):
        with transaction():
            for _ in range(min(50, times - begun)):
                happen()


def _storm(nursery: Nursery, kills: int, chance: random.Random) -> None:
    living = [(role, nursery.start(role)) for role in CAST]
    for _ in range(kills):
        time.sleep(chance.uniform(0.05, 0.3))
        place = chance.randrange(len(living))
        role, pid = living[place]
        end(pid, signal.SIGKILL)
        nursery.pids.remove(pid)
        living[place] = (role, nursery.start(role))
    for _, pid in living:
        end(pid, signal.SIGKILL)
        nursery.pids.remove(pid)


def _drained(nursery: Nursery) -> bool:
    """Whether nothing waits any more; if something does, somebody goes and delivers it."""
    from practice.letters import outbox
    from practice.store.db import db

    waiting = outbox.backlog().waiting
    db.session.rollback()
    if waiting:
        pids = [nursery.start("deliver") for _ in range(2)]
        wait_until(lambda: not any(map(is_alive, pids)), 60)
    return waiting == 0


def _count(app, sink: Odd, kills: int, began: float) -> Figures:  # type: ignore[no-untyped-def]
    from practice.letters.outbox import OutboxMail
    from practice.store import audit
    from practice.store.db import db

    received: Counter[str] = Counter()
    bytes_of: dict[str, set[bytes]] = {}
    for raw in sink.accepted:
        name = re.search(rb"^Message-ID: (\S+)", raw, re.M)[1].decode()  # type: ignore[index]
        received[name] += 1
        bytes_of.setdefault(name, set()).add(raw)
    with app.app_context():
        letters = {row.event_key: row.message_id for row in db.session.scalars(db.select(OutboxMail))}
        causes = set(db.session.scalars(db.select(audit.AuditEvent.subject)))
        broken = audit.verify()
        engine = db.engine.dialect.name
        db.session.remove()
    return Figures(
        engine=engine,
        kills=kills,
        seconds=time.monotonic() - began,
        letters=len(letters),
        delivered=len(received),
        lost=len(set(letters.values()) - set(received)),
        repeated=sum(count - 1 for count in received.values()),
        unlike=sum(len(variants) > 1 for variants in bytes_of.values()),
        orphans=len(causes ^ set(letters)) + len(set(received) - set(letters.values())),
        chain="whole" if broken is None else f"broken at {broken}",
    )


def _config(database_url: str, data: Path):  # type: ignore[no-untyped-def]
    from practice.config import Config

    return Config(mode="test", data=data, database_url=database_url, base_url="http://localhost")


def main() -> int:
    asked = argparse.ArgumentParser(description="Kill processes at random while letters leave; count what was lost.")
    asked.add_argument("--kills", type=int, default=1000)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--engine", choices=("sqlite", "postgres"), default="sqlite")
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        if options.engine == "sqlite":
            figures = run(f"sqlite:///{data / 'practice.db'}", data, options.kills, options.seed)
        else:
            from tests.postgres import cluster

            with cluster() as running:
                figures = run(running.create("kills"), data, options.kills, options.seed)
    print(f"{HEAD}\n{figures.row()}")
    return 0 if figures.holds else 1


if __name__ == "__main__":
    sys.exit(main())
