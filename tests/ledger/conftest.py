"""This file knows what tests of the stored ledger may ask for: an order that was paid, and an intruder."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import text

from practice.ledger import actions, events, queries
from practice.ledger.events import Batch, Event
from practice.ledger.models import GUARDS
from practice.store.db import db, transaction

from .purse import ANNAS, PRICE, SHARES


@pytest.fixture
def book(app, clock):
    """`book(Event.FEE, "payment:one", postings)`: as a room above does it."""

    def write(event, about, postings, order="order-one", by=None):
        return actions.book(Batch(event, about, postings, order), by=by)

    return write


@pytest.fixture
def paid(book):
    """A session of 72.00 with Anna that was paid for and stands: a batch of one posting, and one of two."""
    book(Event.CHARGED, "payment:one", events.charged(PRICE))
    book(Event.EARNED, "line:one", events.earned(ANNAS, SHARES, queries.of_line(ANNAS.code), is_due=False))


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
