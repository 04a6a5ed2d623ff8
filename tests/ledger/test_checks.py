"""Whoever changes what was booked is found, and so is money that cannot be: `flask check-up` names the row."""

import pytest

from practice.ledger import checks, events, queries
from practice.ledger.events import Event
from practice.store.checks import faults
from practice.values.money import Money

from .purse import ANNAS, HALF, PRICE, SHARES, eur


@pytest.fixture
def sound(book, paid):
    """A life of an order in which much happened, and nothing is wrong."""
    book(Event.FEE, "payment:one", events.fee(eur(240)))
    book(Event.RELEASED, "line:one", events.released(ANNAS, SHARES.payee))
    book(Event.TRANSFERRED, "transfer:one", events.transferred(ANNAS, SHARES.payee))
    book(Event.REFUND_PROMISED, "refund:one", events.refund_promised(ANNAS, HALF, queries.of_line(ANNAS.code)))
    book(Event.REFUND_SENT, "refund:one", events.refund_sent(ANNAS, HALF.whole))
    reversed_ = events.transfer_reversed(ANNAS, HALF.payee, owed=HALF.payee)
    book(Event.TRANSFER_REVERSED, "reversal:one", reversed_)
    book(Event.PAYOUT_SENT, "payout:one", events.payout_sent("anna", eur(3000)), "")


def test_a_sound_ledger_has_no_faults_and_an_empty_one_neither(sound):
    assert faults() == []
    assert queries.incomplete() == []


def test_an_empty_ledger_has_no_faults(app):
    assert faults() == []
    assert queries.incomplete() == []


FIRST = "batch_id = (SELECT min(id) FROM ledger_batches)"


@pytest.mark.parametrize(
    ("strike", "seen_at_a_glance"),
    [
        (f"UPDATE ledger_postings SET amount = amount + 1 WHERE {FIRST} AND number = 1", True),
        (f"DELETE FROM ledger_postings WHERE {FIRST} AND number = 1", True),
        (f"DELETE FROM ledger_postings WHERE {FIRST}", True),
        (f"UPDATE ledger_postings SET target = 'available' WHERE {FIRST} AND number = 1", False),
        (f"UPDATE ledger_postings SET payee = 'mallory' WHERE {FIRST} AND number = 1", False),
        (f"UPDATE ledger_postings SET line_code = 'line-two' WHERE {FIRST}", False),
        ("UPDATE ledger_batches SET actor = 'mallory' WHERE about = 'payment:one' AND event = 'charged'", False),
        ("UPDATE ledger_batches SET order_code = 'x' WHERE about = 'payment:one' AND event = 'charged'", False),
        ("UPDATE ledger_batches SET total = 1 WHERE about = 'payment:one' AND event = 'charged'", True),
        ("UPDATE ledger_batches SET at = '2020-01-01 00:00:00' WHERE event = 'charged'", False),
    ],
)
def test_a_row_that_was_changed_by_hand_is_named(sound, unguarded, strike, seen_at_a_glance):
    unguarded(strike)

    named = [sentence for sentence in checks._batches() if "(charged, payment:one)" in sentence]
    assert len(named) == 1
    assert bool(queries.incomplete()) == seen_at_a_glance


def test_an_order_that_gave_back_more_than_came_in_is_named(book, paid):
    book(Event.REFUND_FOUND, "refund:one", events.refund_found(ANNAS, SHARES, queries.of_line(ANNAS.code)))
    assert faults() == []

    book(Event.REFUND_PROMISED, "refund:two", events.refund_promised(ANNAS, HALF, queries.of_line(ANNAS.code)))
    book(Event.REFUND_SENT, "refund:two", events.refund_sent(ANNAS, HALF.whole))

    assert "Order order-one gave back €36.00 more than came in." in faults()
    assert "Order order-one has -€4.32 in “commission”, which cannot be." in faults()


def test_a_payee_who_was_paid_out_more_than_they_had_is_named(book, paid):
    book(Event.PAYOUT_SENT, "payout:one", events.payout_sent("anna", PRICE), "")

    assert "Payee anna has -€72.00 in “transferred”, which cannot be." in faults()


def test_each_currency_is_looked_at_for_itself(book, paid):
    """What is too much in yen is not made up for by euros."""
    book(Event.FEE_RETURNED, "payment:one", events.fee_returned(Money(1, "JPY")), "")

    assert "All of everybody has -JP¥1 in “provider”, which cannot be." in faults()
