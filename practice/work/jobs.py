"""This file knows what happens without a browser: sweeps that fall due, letters to deliver, the worker doing both."""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy import String, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from practice.letters import mail_worker, old_letters
from practice.store import audit, installation
from practice.store.db import changed, db, insert_once, transaction
from practice.store.leases import RETURNED, Leased, is_free, lent, let_go, return_all, works_under
from practice.values import clock

from .each import failures

log = logging.getLogger(__name__)

LEASE_SECONDS = 300.0
RETRY = timedelta(minutes=5)
# Seconds between two looks. A letter leaves about a second after its cause was stored; no sweep is due more often than
# once a minute. What a look costs, and why nothing wakes a worker: docs/decisions/0031.
LETTERS_EVERY, SWEEPS_EVERY = 1.0, 3.0
# A supervisor kills after ten seconds at the earliest; what cannot be finished by then is given back.
GRACE = 8.0

Sweep = Callable[[], object]
Stopping = Callable[[], bool]


def never() -> bool:
    """The answer of somebody who is not being asked to stop."""
    return False


class SweepRun(Leased, db.Model):  # type: ignore[name-defined,misc]
    """When a sweep ran and when it is due again; the row is its lock, so that any number of workers may look."""

    __tablename__ = "sweep_run"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    due_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    runs: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(String(80))


@dataclass(frozen=True)
class Registered:
    """A sweep, its name, and how often it looks."""

    name: str
    every: timedelta
    run: Sweep


_sweeps: dict[str, Registered] = {}


def sweep(*, every: timedelta) -> Callable[[Sweep], Sweep]:
    """Register a function without arguments that finds what is due and does it. It must bear running twice."""

    def register(run: Sweep) -> Sweep:
        _sweeps[name_of(run)] = Registered(name_of(run), every, run)
        return run

    return register


def name_of(run: Sweep) -> str:
    """The room and the function: what a sweep's row and its figures are called."""
    return f"{run.__module__.removeprefix('practice.').removesuffix('.jobs')}.{run.__name__}"


def sweeps() -> tuple[Registered, ...]:
    """Every registered sweep, by name."""
    return tuple(_sweeps[name] for name in sorted(_sweeps))


# ---------------------------------------------------------------- sweeps


def run_due_sweeps(stopping: Stopping = never) -> list[str]:
    """Run each sweep that is due and that nobody else is running; the names of those that ran.

    A sweep that raises is logged and counted, and keeps no other from running. One that was killed is due again as
    soon as its lease has run out.
    """
    known = {row.name: (row.due_at, row.lease_token) for row in db.session.scalars(select(SweepRun))}
    db.session.rollback()
    ran = []
    for each in sweeps():
        if stopping():
            break
        if (each.name not in known or _is_due(each, known[each.name][0])) and (token := _claim(each)):
            _run(each, token)
            ran.append(each.name)
    return ran


def _is_due(each: Registered, due_at: datetime) -> bool:
    """Due, or so far ahead that the clock must have been set back since."""
    return not clock.now() < due_at <= clock.now() + each.every + RETRY


def _claim(each: Registered) -> str | None:
    """Take the sweep for this worker; None when another one has it, or had it a moment ago."""
    now, loan = clock.now(), lent(LEASE_SECONDS)
    due = or_(SweepRun.due_at <= now, SweepRun.due_at > now + each.every + RETRY)
    with transaction():
        insert_once(SweepRun, name=each.name, due_at=now, runs=0, failures=0)
        if changed(update(SweepRun).where(SweepRun.name == each.name, due, is_free(SweepRun)).values(**loan)) != 1:
            return None
    works_under(loan["lease_token"], SweepRun)
    token: str = loan["lease_token"]
    return token


def _run(each: Registered, token: str) -> None:
    started, fault = clock.now(), None
    with failures() as stuck:
        try:
            each.run()
        except Exception as error:
            log.exception("the sweep %s failed", each.name)
            fault = type(error).__name__
        finally:
            db.session.rollback()
    _finish(each, token, started, fault, stuck)


def _finish(each: Registered, token: str, started: datetime, fault: str | None, stuck: Sequence[str] = ()) -> None:
    """What failed as a whole is due again soon; what did all but a few rows (`stuck`), when it would have been."""
    said = fault or next(iter(stuck), None)
    values = {
        "due_at": started + each.every if fault is None else clock.now() + min(each.every, RETRY),
        "finished_at": clock.now(),
        "runs": SweepRun.runs + 1,
        "failures": SweepRun.failures + int(said is not None),
        "last_error": said,
    }
    with transaction():
        ours = (SweepRun.name == each.name, SweepRun.lease_token == token)
        changed(update(SweepRun).where(*ours).values(**values, **RETURNED))
    let_go(token)


@sweep(every=timedelta(minutes=1))
def heartbeat() -> None:
    """Nothing to do: that this ran is how `/readyz` knows that a worker is alive."""


@sweep(every=timedelta(days=1))
def forget_old_letters() -> None:
    """Words and links of letters that left long ago go."""
    old_letters.forget()


@sweep(every=timedelta(hours=1))
def note_audit_head() -> None:
    """The end of the audit chain goes out of the database: into a file beside the uploads, and into the log."""
    installation.note_head()
    number, chain = audit.head()
    log.info("audit head", extra={"facts": {"number": number, "chain": chain}})


def last_seen() -> datetime | None:
    """When a worker last finished something."""
    return db.session.scalar(select(SweepRun.finished_at).where(SweepRun.name == name_of(heartbeat)))


# ---------------------------------------------------------------- workers


def tick(app: Flask) -> None:
    """Everything that is due, once: what cron calls where no worker runs. Twice at once does no harm."""
    with app.app_context():
        run_due_sweeps()
        mail_worker.deliver_due(limit=10_000)


class Worker:
    """One process that delivers letters and runs sweeps until it is asked to end.

    Two threads look for what is due, each by itself: a long sweep keeps no letter waiting.
    """

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.stop = threading.Event()
        self.threads = [
            threading.Thread(target=self._keep_looking, name=name, args=(look, every), daemon=True)
            for name, look, every in (
                ("letters", mail_worker.deliver_due, LETTERS_EVERY),
                ("sweeps", run_due_sweeps, SWEEPS_EVERY),
            )
        ]

    def run(self) -> int:
        """Work until SIGTERM or SIGINT, then finish within ten seconds or give back; the exit status."""
        ends = {signal.SIGTERM, signal.SIGINT}
        # Blocked before the threads begin, so that only the wait below ever receives them.
        signal.pthread_sigmask(signal.SIG_BLOCK, ends)
        for thread in self.threads:
            thread.start()
        while signal.sigtimedwait(ends, 1.0) is None and all(thread.is_alive() for thread in self.threads):
            pass
        failed = not all(thread.is_alive() for thread in self.threads)
        self._wind_down()
        return int(failed)

    def _wind_down(self) -> None:
        deadline = time.monotonic() + GRACE
        self.stop.set()
        for thread in self.threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        self._guarded(return_all)

    def _keep_looking(self, look: Callable[..., object], every: float) -> None:
        while not self.stop.is_set():
            self._guarded(lambda: look(stopping=self.stop.is_set))
            self.stop.wait(every)

    def _guarded(self, work: Callable[[], object]) -> None:
        """One round in a context of its own; a database that is away is a reason to look again, not to die."""
        try:
            with self.app.app_context():
                work()
        except Exception:
            log.exception("a round of the worker failed")


def run_worker(app: Flask) -> int:
    """Be a worker until told to end; the exit status for the shell."""
    return Worker(app).run()
