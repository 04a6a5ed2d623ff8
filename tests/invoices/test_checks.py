"""Whoever changes what was issued is found, and so is what is missing: `flask check-up` names it."""

import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest
from sqlalchemy import text

from practice.invoices import jobs
from practice.invoices.models import GUARDS
from practice.ledger import actions as ledger
from practice.store.db import db, transaction
from tests.invoices.conftest import REGISTERED, faults, give_back


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


@pytest.fixture
def sound(sold, taxed, clock):
    """Three sessions were paid, a part of one went back, and the month's commission is billed."""
    taxed(REGISTERED)
    lines = [sold(7000, code=f"P{number}-") for number in range(3)]
    give_back(lines[0], 2000)
    clock.advance(days=40)
    jobs.settle_months()
    return lines


def test_what_is_sound_has_no_faults(sound):
    assert faults() == []


@pytest.mark.each_case
@pytest.mark.parametrize(
    ("strike", "named"),
    [
        ("DELETE FROM invoices WHERE name = 'AK-2027-0002'", "gave out 3 numbers: 2 are stored, the highest is 3"),
        ("DELETE FROM invoices WHERE name = 'AK-2027-0003'", "gave out 3 numbers: 2 are stored, the highest is 2"),
        ("UPDATE invoices SET gross = 6000 WHERE name = 'AK-2027-0002'", "AK-2027-0002 says €60.00, the ledger €70.00"),
        ("UPDATE invoice_lines SET gross = gross + 1", "The lines of AK-2027-0001 don’t add up"),
        ("UPDATE invoices SET gross = 7001 WHERE kind = 'credit_note'", "More was credited of AK-2027-0001"),
        ("UPDATE invoices SET gross = gross + 1 WHERE kind = 'commission'", "of commission up to 2027-03"),
        ("DELETE FROM invoices WHERE kind = 'credit_note'", "was unearned, and nothing was issued about it"),
        ("DELETE FROM invoices WHERE kind = 'receipt'", "was earned, and nothing was issued about it"),
        ("UPDATE invoice_series SET last = last + 1 WHERE kind = 'receipt'", "gave out 4 numbers"),
    ],
)
def test_what_was_changed_by_hand_is_named(sound, unguarded, strike, named):
    unguarded(strike)

    assert any(named in each for each in faults()), faults()


def test_what_is_not_written_two_hours_later_is_named(sold, taxed, clock, monkeypatch):
    taxed()
    monkeypatch.setattr(ledger, "_heard", [])
    line = sold(7000)
    assert faults() == []

    clock.advance(timedelta(hours=3))

    assert any(line.code in each and "nothing was issued" in each for each in faults())
