"""This file knows how refused requests reach the log and the metrics: their kind and route, and nothing of anybody."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Iterator
from threading import Lock

from flask import Response, current_app, g, request
from sqlalchemy import String, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from practice.store.db import changed, db, insert_once, transaction

log = logging.getLogger(__name__)
_lock = Lock()
_counted: Counter[tuple[str, str]] = Counter()
_written_at = 0.0


class Refusal(db.Model):  # type: ignore[name-defined]
    """How often requests of one kind were refused at one route, since the beginning."""

    __tablename__ = "refusal"

    kind: Mapped[str] = mapped_column(String(12), primary_key=True)
    route: Mapped[str] = mapped_column(String(200), primary_key=True)
    count: Mapped[int] = mapped_column(default=0)


def note(answer: Response) -> None:
    """Say and count it when `answer` refuses something."""
    if kind := kind_of(answer):
        route = request.url_rule.rule if request.url_rule else "unknown"
        facts = {"kind": kind, "method": request.method, "status": answer.status_code}
        log.info("refused", extra={"facts": facts})
        with _lock:
            _counted[kind, route[:200]] += 1
    # A flood of refusals must not become a flood of writes: each process writes once in so many seconds.
    if _counted and time.monotonic() - _written_at > current_app.config["REFUSALS_WRITTEN_EVERY"]:
        write()


def kind_of(answer: Response) -> str:
    """Why it was refused; "" when it was not.

    limit: too often. access: not for the person who asks, whether that is said or hidden. token: a secret address that
    is none (guessed, used, too old). forged: a form that is not ours, or too old. host: a name that is not ours.
    """
    if marked := g.get("refusal"):
        return str(marked)
    if answer.status_code == 429:
        return "limit"
    if answer.status_code in (404, 410) and "token" in (request.view_args or {}):
        return "token"
    return "access" if answer.status_code == 403 or (answer.status_code == 404 and _is_for_some()) else ""


def _is_for_some() -> bool:
    """Whether the page that was asked for opens to some people only: a 404 of it may hide what is there."""
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, "access", "public") != "public"


def write() -> None:
    """Store what was counted in this process; where the database is away, it is kept for the next time."""
    global _written_at
    with _lock:
        taken, _written_at = dict(_counted), time.monotonic()
        _counted.clear()
    try:
        with transaction():
            for (kind, route), count in sorted(taken.items()):
                insert_once(Refusal, kind=kind, route=route, count=0)
                ours = (Refusal.kind == kind, Refusal.route == route)
                changed(update(Refusal).where(*ours).values(count=Refusal.count + count))
    except (SQLAlchemyError, RuntimeError) as error:
        db.session.rollback()
        log.warning("refusals could not be stored yet: %s", type(error).__name__)
        with _lock:
            _counted.update(taken)


def lines() -> Iterator[tuple[str, str, float]]:
    """The counts for the metrics: name, labels, value. What this process has not stored yet is among them."""
    counts = Counter({(row.kind, row.route): row.count for row in db.session.scalars(select(Refusal))})
    with _lock:
        counts.update(_counted)
    for (kind, route), count in sorted(counts.items()):
        yield "practice_refused_total", f'kind="{kind}",route="{route}"', count
