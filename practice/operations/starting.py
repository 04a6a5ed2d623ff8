"""This file knows what must be true before this process serves anybody or writes to anybody."""

from __future__ import annotations

import gc
import logging
import os
import sys
import time
from collections.abc import Callable, Iterator

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask, current_app, request
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from practice.accounts.models import User
from practice.config import DEMO_DOMAIN, BadConfig, refuse, settings
from practice.specialists import checks
from practice.store import installation, keys, sealed
from practice.store.db import db
from practice.values.errors import Unavailable

log = logging.getLogger(__name__)

stays_to_the_end = gc.freeze  # under this name: in this product, freezing is for clocks
# What gunicorn reads as "do not try again".
CANNOT_START = 3
AGAIN = 3.0  # seconds until a worker asks once more for a database that is away


def opened(create: Callable[[], Flask]) -> Flask:
    """The product for a server or a command; ends the process with a clear word when it must not start.

    Commands are not asked for proof: some of them mend what is missing. Those that write to people ask for it.
    """
    # Whatever this process makes (database, its log, uploads) is its owner's alone.
    os.umask(0o077)
    try:
        app = settled(create)
        if os.environ.get("FLASK_RUN_FROM_CLI") != "true" or "run" in sys.argv:
            _prove_or_wait(app)
    except BadConfig as reason:
        print(reason, file=sys.stderr, flush=True)
        raise SystemExit(CANNOT_START) from None
    return app


def settled(create: Callable[[], Flask]) -> Flask:
    """The application; the collector does not look through what is loaded for it and stays to the end, neither now nor
    again and again while people are served."""
    gc.disable()
    try:
        app = create()
    finally:
        gc.enable()
    stays_to_the_end()
    return app


def prove() -> None:
    """Raises `BadConfig` naming everything that forbids a start, `OperationalError` while the database is away."""
    try:
        refuse(list(_migrations()))
        refuse([*_people_of_a_demo(), *keys.faults(), *_vault(), *checks.folder_faults()])
        keys.note()
        installation.settle()
        if waits := installation.why_letters_wait():
            log.warning("%s", waits)
    finally:
        db.session.rollback()


def prove_patiently() -> None:
    """The same for a worker: a database that is away is waited for."""
    while True:
        try:
            return prove()
        except OperationalError as error:
            log.warning("the database does not answer: %s", type(error.orig).__name__)
            time.sleep(AGAIN)


def _prove_or_wait(app: Flask) -> None:
    """A web server starts without its database, but answers nobody before everything is proved."""
    try:
        with app.app_context():
            prove()
    except OperationalError as error:
        log.warning("the database does not answer: %s", type(error.orig).__name__)
        app.extensions["unproved"] = True
        app.before_request_funcs.setdefault(None, []).insert(0, _prove_now)


def _prove_now() -> None:
    if not current_app.extensions["unproved"] or request.endpoint in ("ops.healthz", "static"):
        return
    try:
        prove()
    except BadConfig as reason:
        log.error("%s", reason)
        raise Unavailable("This site is not open yet.") from None
    current_app.extensions["unproved"] = False


def _migrations() -> Iterator[str]:
    """A database that is older than this code; one that is newer serves old code as well."""
    scripts = ScriptDirectory(current_app.extensions["migrate"].directory)
    present = set(MigrationContext.configure(db.session.connection()).get_current_heads())
    known = {each.revision for each in scripts.walk_revisions()}
    if not present or (present <= known and present != set(scripts.get_heads())):
        yield "The database is empty, or older than this code. Run: flask --app wsgi db upgrade"


def _vault() -> Iterator[str]:
    if sealed.is_locked():
        yield "VAULT_KEY opens nothing of what people wrote here: it is another key."


def _people_of_a_demo() -> Iterator[str]:
    asked = select(User.id).where(User.email.like(f"%@{DEMO_DOMAIN}")).limit(1)
    if settings().mode == "production" and db.session.scalar(asked) is not None:
        yield (
            "The database holds the people of the demo, whose password is known to everybody. "
            "Name a new one in DATABASE_URL."
        )
