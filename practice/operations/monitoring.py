"""This file knows how the product tells an operator that it is well: health, readiness, metrics and the log."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import os
import re
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, Flask, Response, current_app, g, jsonify, request
from sqlalchemy import func, select, text

from practice.config import settings
from practice.http import refusals
from practice.http.access import public
from practice.http.error_pages import reference
from practice.letters import outbox
from practice.store import keys
from practice.store.audit import AuditEvent
from practice.store.db import db
from practice.values import clock
from practice.values.errors import NotFound
from practice.work import jobs

bp = Blueprint("ops", __name__)

WORKER_SILENCE = timedelta(minutes=3)
# Mail that has been due for longer than this means that nothing delivers it.
MAIL_SILENCE = timedelta(minutes=30).total_seconds()
Lines = Iterator[tuple[str, str, float]]


# ---------------------------------------------------------------- is it well?


@bp.get("/healthz")
@public
def healthz() -> Response:
    """The process answers; nothing else is asked."""
    return Response("ok\n", mimetype="text/plain")


@bp.get("/readyz")
@public
def readyz() -> tuple[Response, int]:
    """200 when this server may be sent people, else 503 with the names of what is missing, and no more than names."""
    missing = [name for name, check in CHECKS.items() if not _passes(check)]
    return jsonify(ready=not missing, missing=missing), 503 if missing else 200


def _passes(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except Exception as error:
        current_app.logger.warning("a readiness check failed: %s", type(error).__name__)
        return False
    finally:
        db.session.rollback()


def _database_answers() -> bool:
    return bool(db.session.scalar(text("SELECT 1")) == 1)


def _migrations_are_done() -> bool:
    heads = current_app.extensions.get("migration_heads")
    if heads is None:
        directory = current_app.extensions["migrate"].directory
        heads = current_app.extensions["migration_heads"] = set(ScriptDirectory(directory).get_heads())
    return set(MigrationContext.configure(db.session.connection()).get_current_heads()) == heads


def _worker_was_seen() -> bool:
    seen = jobs.last_seen()
    return seen is not None and clock.now() - seen < WORKER_SILENCE


def _mail_leaves() -> bool:
    return outbox.backlog().oldest_seconds < MAIL_SILENCE


def _keys_fit() -> bool:
    return not list(keys.wrong())


def _files_can_be_stored() -> bool:
    folder = settings().uploads
    return os.access(folder if folder.exists() else settings().data, os.W_OK | os.X_OK)


CHECKS: dict[str, Callable[[], bool]] = {
    "database": _database_answers,
    "migrations": _migrations_are_done,
    "worker": _worker_was_seen,
    "mail": _mail_leaves,
    "keys": _keys_fit,
    "storage": _files_can_be_stored,
}


# ---------------------------------------------------------------- numbers


@bp.get("/metrics")
@public
def metrics() -> Response:
    """Numbers for Prometheus (text format 0.0.4); without the token it is as if this page did not exist."""
    if not _may_measure():
        raise NotFound
    lines = [
        f"{name}{{{label}}} {value:g}" if label else f"{name} {value:g}"
        for source in (_outbox_lines, _sweep_lines, _audit_lines, refusals.lines)
        for name, label, value in source()
    ]
    return Response("\n".join(lines) + "\n", mimetype="text/plain; version=0.0.4")


def _may_measure() -> bool:
    """METRICS_TOKEN as a bearer token; without one, only this machine itself, and only in the demo and in tests."""
    token = settings().metrics_token
    if token:
        sent = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(sent.encode(), token.encode())
    try:
        return settings().mode != "production" and ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def _outbox_lines() -> Lines:
    now = outbox.backlog()
    yield "practice_outbox_waiting", "", now.waiting
    yield "practice_outbox_parked", "", now.parked
    yield "practice_outbox_oldest_seconds", "", now.oldest_seconds


def _sweep_lines() -> Lines:
    for row in db.session.scalars(select(jobs.SweepRun).order_by(jobs.SweepRun.name)):
        label = f'sweep="{row.name}"'
        yield "practice_sweep_runs_total", label, row.runs
        yield "practice_sweep_failures_total", label, row.failures
        if row.finished_at:
            yield "practice_sweep_age_seconds", label, (clock.now() - row.finished_at).total_seconds()


def _audit_lines() -> Lines:
    """What happened in the last hour: sign-ins, refusals, bookings, each by the name of its audited action."""
    since = clock.now() - timedelta(hours=1)
    asked = select(AuditEvent.action, func.count()).where(AuditEvent.at > since).group_by(AuditEvent.action)
    for action, count in db.session.execute(asked.order_by(AuditEvent.action)):
        yield "practice_actions_last_hour", f'action="{action}"', count


# ---------------------------------------------------------------- the log

_ADDRESS = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+\.[^\s@<>\"']+")
# Codes, tokens and keys: long runs of the letters that they are made of, with a digit or a capital inside.
_TOKEN = re.compile(r"(?<![\w-])(?=[\w-]*[0-9A-Z])[\w-]{20,}(?![\w-])")


def scrubbed(said: str) -> str:
    """`said` without addresses and tokens; a token leaves a short hash, so that equal ones can still be told.

    The name of an error's class says what happened and nothing about anybody: it stays.
    """
    return _TOKEN.sub(
        lambda found: found[0] if _names_an_error(found[0]) else f"#{_short(found[0])}", _ADDRESS.sub("[address]", said)
    )


def _names_an_error(word: str) -> bool:
    """True for a class of errors that this process knows; no token of ours is only letters and named so by chance."""
    return word.isalpha() and word[0].isupper() and word in _names_of(BaseException)


def _names_of(error: type[BaseException]) -> set[str]:
    return {error.__name__}.union(*map(_names_of, error.__subclasses__()))


def _short(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()[:8]


class JsonLines(logging.Formatter):
    """One JSON object a line. JSON escapes CR, LF and ESC, so nobody can write a line of their own (ASVS 16.4.1)."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON; an exception as its kind and its places in the code, never its text or its values."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "source": record.name,
            "said": scrubbed(record.getMessage()),
            **getattr(record, "facts", {}),
        }
        if request:
            line |= {"reference": reference(), "route": _route()}
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            if isinstance(number := getattr(record.exc_info[1], "errno", None), int):
                line["errno"] = number
            line["trace"] = _places(record.exc_info[2])
        return json.dumps(line, ensure_ascii=True)


def _places(trace: object) -> list[str]:
    frames = traceback.extract_tb(trace)  # type: ignore[arg-type]
    return [f"{frame.filename.rpartition('/practice/')[2]}:{frame.lineno} {frame.name}" for frame in frames[-12:]]


def _route() -> str:
    """The route's pattern: the address itself may hold a code."""
    return request.url_rule.rule if request.url_rule else "unknown"


def _begin() -> None:
    g.began = time.perf_counter()


def _log_answer(answer: Response) -> Response:
    refusals.note(answer)
    if request.endpoint not in ("static", "ops.healthz"):
        spent = round((time.perf_counter() - g.get("began", time.perf_counter())) * 1000, 1)
        facts = {"method": request.method, "status": answer.status_code, "milliseconds": spent}
        logging.getLogger("practice.request").info("answered", extra={"facts": facts})
    answer.headers.setdefault("X-Request-Id", reference())
    return answer


def _start_log(level: int) -> None:
    """What is said in this process as JSON on standard error; what libraries say of requests stays silent."""
    lines = logging.StreamHandler(sys.stderr)
    lines.setFormatter(JsonLines())
    logging.root.handlers[:] = [lines]
    logging.root.setLevel(level)
    for noisy in ("werkzeug", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # The driver warns when a row is refused by a key inside a batch; that a time is taken is a sentence, not a fault.
    logging.getLogger("psycopg").setLevel(logging.ERROR)


def set_up(app: Flask) -> None:
    """Plug health, metrics and the log into `app`; tests keep their own log."""
    app.register_blueprint(bp)
    app.before_request(_begin)
    app.after_request(_log_answer)
    if not app.testing:
        # A demo's terminal shows where to go and whom to be; a line for each answer would push that out of sight.
        _start_log(logging.WARNING if app.config["PRACTICE"].is_demo else logging.INFO)
