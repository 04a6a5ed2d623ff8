"""This file knows what tests of the stored ledger may ask for: an order that was paid, and an intruder."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import text

from practice.ledger import actions, events
from practice.ledger.chart import Line
from practice.ledger.events import Batch, Event
from practice.ledger.models import GUARDS
from practice.store.db import db, transaction

from .purse import ANNAS, SHARES


@pytest.fixture
def book(app, clock):
    """`book(Event.FEE, "payment:one", postings)`: as a room above does it."""

    def write(event, about, postings, order="order-one", by=None):
        return actions.book(Batch(event, about, postings, order), by=by)

    return write


@pytest.fixture
def paid(book):
    """A session of 72.00 that a client of Anna's paid for."""
    book(Event.CHARGED, "payment:one", events.charged(ANNAS, SHARES))
    return Line("line-one", "anna")


@pytest.fixture
def unguarded(app, engine, dirty):
    """`unguarded("UPDATE …")`: somebody with the file, or all rights on the server: no guard stops them."""

    def strike(statement):
        dirty.mark()
        if engine == "postgres":
            with transaction() as session:
                session.execute(text("SET LOCAL session_replication_role = replica"))
                session.execute(text(statement))
            return
        db.session.rollback()
        with closing(sqlite3.connect(str(db.engine.url.database))) as file:
            for guards in GUARDS:
                for each in guards.down["sqlite"]:
                    file.execute(each)
            file.execute(statement)
            file.commit()

    return strike
