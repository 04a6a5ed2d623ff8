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
    book(Event.TRANSFERRED, "transfer:one", events.transferred(ANNAS, SHARES.payee, queries.of_line(ANNAS.code)))
    book(Event.UNEARNED, "line:one", events.unearned(ANNAS, HALF, queries.of_line(ANNAS.code)))
    book(Event.REFUNDED, "refund:one", events.refunded(HALF.whole))
    # A part of it could not be taken back: that is a debt, and no fault.
    book(Event.REVERSED, "reversal:one", events.reversed_(ANNAS, eur(3000), queries.of_line(ANNAS.code)))
    book(Event.DISPUTE_OPENED, "dispute:one", events.dispute_opened(eur(3600)))
    book(Event.PAYOUT_SENT, "payout:one", events.payout_sent("anna", eur(3000)), "")


def test_a_sound_ledger_has_no_faults_and_an_empty_one_neither(sound):
    # Nobody told the card processor of this life: what its own balance says is the check of payments.
    ours = (checks._batches, checks._orders, checks._payees, checks._currencies)
    assert [fault for each in ours for fault in each()] == []
    assert queries.incomplete() == []


def test_an_empty_ledger_has_no_faults(app):
    assert faults() == []
    assert queries.incomplete() == []


EARNED = "batch_id = (SELECT id FROM ledger_batches WHERE about = 'line:one' AND event = 'earned')"


@pytest.mark.each_case
@pytest.mark.parametrize(
    ("strike", "seen_at_a_glance"),
    [
        (f"UPDATE ledger_postings SET amount = amount + 1 WHERE {EARNED} AND number = 1", True),
        (f"DELETE FROM ledger_postings WHERE {EARNED} AND number = 1", True),
        (f"DELETE FROM ledger_postings WHERE {EARNED}", True),
        (f"UPDATE ledger_postings SET target = 'available' WHERE {EARNED} AND number = 1", False),
        (f"UPDATE ledger_postings SET payee = 'mallory' WHERE {EARNED} AND number = 1", False),
        (f"UPDATE ledger_postings SET line_code = 'line-two' WHERE {EARNED}", False),
        ("UPDATE ledger_batches SET actor = 'mallory' WHERE about = 'line:one' AND event = 'earned'", False),
        ("UPDATE ledger_batches SET order_code = 'x' WHERE about = 'line:one' AND event = 'earned'", False),
        ("UPDATE ledger_batches SET total = 1 WHERE about = 'line:one' AND event = 'earned'", True),
        ("UPDATE ledger_batches SET at = '2020-01-01 00:00:00' WHERE event = 'earned'", False),
    ],
)
def test_a_row_that_was_changed_by_hand_is_named(sound, unguarded, strike, seen_at_a_glance):
    unguarded(strike)

    named = [sentence for sentence in checks._batches() if "(earned, line:one)" in sentence]
    assert len(named) == 1
    assert bool(queries.incomplete()) == seen_at_a_glance


def test_an_order_that_gave_back_more_than_came_in_is_named(book, paid):
    book(Event.UNEARNED, "line:one", events.unearned(ANNAS, SHARES, queries.of_line(ANNAS.code)))
    book(Event.REFUNDED, "refund:one", events.refunded(PRICE))
    assert faults() == []

    book(Event.REFUNDED, "refund:two", events.refunded(eur(3600)))

    assert "Order order-one gave back €36.00 more than came in." in faults()
    assert "Order order-one has -€36.00 in “Nobody’s yet, or on its way back”, which cannot be." in faults()


def test_an_order_of_which_more_is_earned_than_was_paid_is_named(book, paid):
    again = events.earned(ANNAS, HALF, queries.of_line(ANNAS.code), is_due=False)
    book(Event.EARNED, "line:one:2", again)

    assert "Order order-one has -€36.00 in “Nobody’s yet, or on its way back”, which cannot be." in faults()


def test_a_payee_who_was_paid_out_more_than_they_had_is_named(book, paid):
    book(Event.PAYOUT_SENT, "payout:one", events.payout_sent("anna", PRICE), "")

    assert "Payee anna has -€72.00 in “On specialists’ balances”, which cannot be." in faults()


def test_what_is_nobodys_is_not_named_by_an_empty_name(book, paid):
    book(Event.REFUNDED, "refund:two", events.refunded(eur(10_800)), "")

    assert "What names no payee gave back €36.00 more than came in." in faults()


def test_a_payee_who_owes_less_than_nothing_is_named(book, sound):
    book(Event.SET_OFF, "line:one", events.settled(ANNAS, eur(300)))

    assert "Payee anna has €1.32 in “Owed by specialists”, which cannot be." in faults()


def test_each_currency_is_looked_at_for_itself(book, paid):
    """What is too much in yen is not made up for by euros."""
    book(Event.FEE_RETURNED, "payment:one", events.fee_returned(Money(1, "JPY")), "")

    assert "All of everybody has -JP¥1 in “Kept by the card processor”, which cannot be." in faults()
