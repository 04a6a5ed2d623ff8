"""This file knows where this database lives: a copy that was restored elsewhere or set back asks before it writes."""

from __future__ import annotations

import hashlib
import os
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import String, select, text
from sqlalchemy.orm import Mapped, mapped_column

from practice.config import settings
from practice.values import clock

from . import audit
from .db import Coded, db, insert_once, new_code, transactional

NOTEBOOK = "audit-heads"
MACHINE = Path("/etc/machine-id")
ASK = "Letters wait until somebody says `flask --app wsgi mail resume`."


class Installation(Coded, db.Model):
    """The one row that says where the database was when it last wrote to people."""

    __tablename__ = "installation"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    place: Mapped[str] = mapped_column(String(32))
    since: Mapped[datetime]


def settle() -> None:
    """On the first start: this is where the database lives."""
    if _row() is None:
        _settle()


@transactional
def _settle() -> None:
    insert_once(Installation, id=1, code=new_code(), place=_here(), since=clock.now())


@transactional
def stay() -> None:
    """Somebody says that the database lives here from now on, and that its letters may leave."""
    row = db.session.get(Installation, 1, with_for_update=True)
    if row is None:
        _settle()
    else:
        # Another name: what the notebook says of the database before it was set back is no measure any more.
        row.place, row.since, row.code = _here(), clock.now(), new_code()
    audit.record("mail.resumed", "installation:1", actor="operator")


def why_letters_wait() -> str | None:
    """A sentence when no letter may leave: mail is off, or this is a copy that nobody has spoken for. None is well."""
    if not settings().mail_is_on:
        return "MAIL is off: letters wait."
    row = _row()
    if settings().mode != "production" or row is None:
        return None
    if row.place != _here():
        return f"This database was used elsewhere before. {ASK}"
    noted = _noted(row.code)
    if noted and not audit.has(*noted[-1]):
        return f"This database is older than what {_notebook()} remembers of it. {ASK}"
    return None


# ---------------------------------------------------------------- the notebook


def note_head() -> None:
    """Write the end of the audit chain down outside the database, if it moved since."""
    row, (number, chain) = _row(), audit.head()
    db.session.rollback()
    if row is None or not number or (number, chain) in _noted(row.code)[-1:]:
        return
    with os.fdopen(os.open(_notebook(), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "a") as file:
        file.write(f"{row.code} {number} {chain} {clock.now().isoformat()}\n")


def noted_heads() -> list[tuple[int, str]]:
    """The ends of the audit chain as they were written down here, oldest first; (number, chain)."""
    row = _row()
    return _noted(row.code) if row else []


def _noted(code: str) -> list[tuple[int, str]]:
    try:
        lines = _notebook().read_text().splitlines()
    except FileNotFoundError:
        return []
    # A line that a full disk cut short says nothing.
    words = [line.split() for line in lines if line.startswith(f"{code} ")]
    return [(int(each[1]), each[2]) for each in words if len(each) == 4 and each[1].isdigit()]


def _notebook() -> Path:
    return settings().data / NOTEBOOK


def _row() -> Installation | None:
    return db.session.scalar(select(Installation).where(Installation.id == 1))


def _here() -> str:
    """A mark of the place: the address people use, and the server's own numbers, or the file and its machine."""
    url = db.engine.url
    if db.engine.dialect.name == "postgresql":
        where = str(
            db.session.execute(
                text(
                    "SELECT c.system_identifier, d.oid FROM pg_control_system() c, pg_database d "
                    "WHERE d.datname = current_database()"
                )
            ).one()
        )
    else:
        machine = MACHINE.read_text().strip() if MACHINE.exists() else ""
        where = f"{machine} {os.path.realpath(url.database or '')}"
    return hashlib.sha256(f"{urlsplit(settings().base_url).hostname} {where}".encode()).hexdigest()[:32]
