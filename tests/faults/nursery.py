"""This file knows how to start real processes of the ground floor fast: one that has everything loaded and only forks.

python -m tests.faults.nursery   reads {"database_url": …, "data": …, "smtp_url": …, "lease": …} and then, on each line
of its input, a role and its arguments; it answers with the process id.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask

from practice.values import clock

ROOT = Path(__file__).parent.parent.parent


class Nursery:
    """The supervisor's side: `start("worker")` gives the id of a fresh process; leaving ends all of them.

    `lease` is in seconds; `clock_offset` is by how many seconds the clocks of these processes are wrong.
    """

    def __init__(
        self, database_url: str, data: Path, smtp_url: str, *, lease: float = 2.0, clock_offset: float = 0
    ) -> None:
        self.pids: list[int] = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.nursery"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, "CLOCK_OFFSET": str(_frozen_by() + clock_offset)},
        )
        self._say(json.dumps({"database_url": database_url, "data": str(data), "smtp_url": smtp_url, "lease": lease}))

    def _say(self, line: str) -> str:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().strip()
        assert answer, "the nursery ended"
        return answer

    def start(self, role: str, *arguments: str) -> int:
        """Fork a process that plays `role`; its id."""
        pid = int(self._say(" ".join([role, *arguments])))
        self.pids.append(pid)
        return pid

    def __enter__(self) -> Nursery:
        return self

    def __exit__(self, *_why: Any) -> None:
        for pid in self.pids:
            end(pid, signal.SIGKILL)
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()


def _frozen_by() -> float:
    """Seconds from the real time to the test's: the children's clocks run on from where the test's stands still."""
    return (clock.now() - datetime.now(UTC)).total_seconds()


def end(pid: int, how: signal.Signals = signal.SIGTERM) -> None:
    """Send a signal to one process that this test started, if it still lives."""
    with suppress(ProcessLookupError):
        os.kill(pid, how)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def wait_until(holds: Callable[[], Any], seconds: float = 60.0) -> bool:
    """Whether `holds` came true in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.02)
    return False


# ---------------------------------------------------------------- the roles


def worker(app: Flask) -> int:
    """A worker as in production."""
    from practice.work.jobs import run_worker

    return run_worker(app)


def deliver(app: Flask, crashpoint: str = "") -> int:
    """One round of deliveries, dying at `crashpoint`."""
    from practice.letters import mail_worker

    os.environ["CRASHPOINT"] = crashpoint
    with app.app_context():
        mail_worker.deliver_due()
    return 0


def tick(app: Flask) -> int:
    """What cron starts; one of its sweeps reminds twenty people."""
    from practice.work import jobs
    from tests.plain import write

    @jobs.sweep(every=timedelta(seconds=1))
    def remind() -> None:
        for number in range(20):
            write(f"reminder:{number}")

    jobs.tick(app)
    return 0


def producer(app: Flask, pause: str = "0.02") -> int:
    """Things happen without end."""
    with app.app_context():
        while True:
            happen()
            time.sleep(float(pause))


def happen() -> None:
    """Something happens: a fact and its letter, in one transaction."""
    from practice.store import audit
    from practice.store.db import new_code
    from tests.plain import Person, write

    cause = new_code()
    person = Person(1, f"{cause.lower().strip('-_')}@client.example")
    write(cause, person, also=lambda: audit.record("thing.happened", cause, actor=None))


ROLES: dict[str, Callable[..., int]] = {f.__name__: f for f in (worker, deliver, tick, producer)}


def main() -> None:
    """Load everything once, then fork on request until the input ends."""
    from practice.config import Config
    from tests.plain import plain_app

    asked = json.loads(sys.stdin.readline())
    config = Config(
        mode="test",
        data=Path(asked["data"]),
        database_url=asked["database_url"],
        smtp_url=asked["smtp_url"],
        base_url="http://localhost",
    )
    app = plain_app(config, LEASE_SECONDS=asked["lease"])
    # The system buries the children: a killed one leaves no trace that looks alive.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    print("ready", flush=True)
    for line in sys.stdin:
        role, *arguments = line.split()
        pid = os.fork()
        if pid == 0:
            _play(app, role, arguments)
        print(pid, flush=True)


def _play(app: Flask, role: str, arguments: list[str]) -> None:
    status = 70
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.close(0)
        status = ROLES[role](app, *arguments)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


if __name__ == "__main__":
    main()
