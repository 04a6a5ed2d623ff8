"""What is paid gets its receipt and its invoice, what goes back its credit note; each once, however often it comes."""

import random
from itertools import pairwise

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError

from practice.invoices import actions, jobs, queries
from practice.invoices.actions import writing
from practice.invoices.models import Invoice, InvoiceLine
from practice.invoices.states import InvoiceKind
from practice.ledger import actions as ledger
from practice.payments import actions as payments
from practice.payments import desk_queries
from practice.payments.policy import events
from practice.store.db import db, transaction
from practice.values.money import Money
from tests.invoices.conftest import REGISTERED, SMALL, faults, give_back, issued, named
from tests.shop import again, paid

K = InvoiceKind


@pytest.fixture
def unheard(monkeypatch):
    """Nobody hears what is booked: what is written then is found by sweeps."""
    monkeypatch.setattr(ledger, "_heard", [])


def test_what_is_paid_has_its_receipt_and_its_invoice_at_once(sold, taxed):
    taxed()
    line = sold(7000)

    receipt, invoice = issued()
    assert (receipt.kind, receipt.name, receipt.total) == (K.RECEIPT, "2027-000001", Money(7000, "EUR"))
    assert (invoice.kind, invoice.name, invoice.total) == (K.INVOICE, "AK-2027-0001", Money(7000, "EUR"))
    assert [each.label for each in invoice.lines] == ["Session, 50 min"]
    assert receipt.code == line.code


def test_what_is_not_paid_costs_nothing_or_could_not_be_had_has_none(buy, sold, shop, taxed):
    taxed()
    buy(7000)
    buy(0, code="Q")
    shop.closed = True
    sold(7000, code="R")

    assert issued() == []


def test_whoever_has_not_said_how_they_are_taxed_has_receipts_and_then_all_invoices(sold, taxed, cast, clock):
    first = sold(7000)
    give_back(first, 3500)
    sold(5000, code="Q")

    assert [each.kind for each in issued()] == [K.RECEIPT, K.RECEIPT]
    assert queries.uninvoiced(cast.anna) == 2

    taxed()
    jobs.write_all()

    assert named(K.INVOICE, K.CREDIT_NOTE) == ["AK-2027-0001", "AK-CN-2027-0001", "AK-2027-0002"]
    assert queries.uninvoiced(cast.anna) == 0


def test_what_goes_back_is_credited_once_each_time_and_names_its_invoice(sold, taxed):
    taxed(REGISTERED)
    line = sold(7000)
    for back in (1000, 1000, 3333, 7000):
        give_back(line, back)

    (invoice,), notes = issued(K.INVOICE), issued(K.CREDIT_NOTE)
    assert [each.gross for each in notes] == [1000, 2333, 3667]
    assert {each.corrects_id for each in notes} == {invoice.id}
    assert sum(each.tax for each in notes) == invoice.tax == 1167


def test_an_invoice_says_what_was_true_on_its_day(sold, taxed):
    taxed(REGISTERED)
    line = sold(7000)
    taxed(SMALL | {"legal_name": "Kern Coaching e.U."})
    give_back(line, 7000)
    sold(5000, code="Q")

    old, new = issued(K.INVOICE)
    (note,) = issued(K.CREDIT_NOTE)
    assert (old.rate, old.tax, old.facts["seller"]["name"]) == (2000, 1167, "Anna Kern")
    assert (note.rate, note.tax, note.facts["seller"]["name"]) == (2000, 1167, "Anna Kern")
    assert (new.rate, new.tax, new.facts["seller"]["name"]) == (0, 0, "Kern Coaching e.U.")


def test_numbers_of_a_year_keep_the_prefix_they_began_with(sold, taxed):
    taxed()
    sold(7000)
    taxed(SMALL | {"legal_name": "Kern Coaching"})
    sold(7000, code="Q")

    assert named(K.INVOICE) == ["AK-2027-0001", "AK-2027-0002"]


def test_a_year_begins_on_the_clock_of_whoever_issues(sold, taxed, clock):
    """In Vienna it is 2028 for half an hour already, in Dublin, where the platform is, not yet."""
    taxed()
    sold(7000)
    clock.freeze(clock.now().replace(year=2027, month=12, day=31, hour=23, minute=30))
    sold(7000, code="Q")

    assert named(K.INVOICE) == ["AK-2027-0001", "AK-2028-0001"]
    assert named(K.RECEIPT) == ["2027-000001", "2027-000002"]
    assert str(issued(K.INVOICE)[1].issued_on) == "2028-01-01"


@pytest.mark.parametrize(("currency", "price"), [("JPY", 9000), ("KWD", 12_340), ("HUF", 2_500_000)])
def test_every_currency_counts_in_its_own_coins(sold, taxed, currency, price):
    taxed(REGISTERED | {"rate": 500})
    line = sold(price, currency=currency)
    give_back(line, price)

    _, invoice, note = issued()
    assert invoice.total == Money(price, currency)
    assert invoice.net + invoice.tax_amount == invoice.total
    assert note.total + invoice.total == Money(0, currency)


# ---------------------------------------------------------------- late, again, out of order


def test_what_was_missed_is_found_by_the_sweep_and_not_twice(sold, taxed, unheard, clock):
    taxed()
    line = sold(7000)
    give_back(line, 2000)
    assert issued() == []

    clock.advance(hours=30)
    assert jobs.write_lately() == 3
    assert (jobs.write_lately(), jobs.write_all()) == (0, 0)
    assert [each.kind for each in issued()] == [K.RECEIPT, K.INVOICE, K.CREDIT_NOTE]


def test_what_no_worker_saw_for_a_month_is_found_too(sold, taxed, unheard, clock):
    taxed()
    sold(7000)
    clock.advance(days=31)

    assert jobs.write_lately() == 0
    assert jobs.write_all() == 2


def test_a_fault_while_writing_undoes_nothing_that_was_paid(sold, taxed, monkeypatch, caplog):
    taxed()
    fault = DBAPIError("INSERT", {}, Exception("away"))
    monkeypatch.setattr(actions, "write_about", lambda _line: (_ for _ in ()).throw(fault))

    line = sold(7000)

    assert again(line.order).state == "paid"
    assert issued() == []
    assert "waits for the next sweep" in caplog.text
    monkeypatch.undo()
    assert jobs.write_lately() == 2


def test_however_events_come_the_same_is_issued(buy, taxed):
    """Repeated, shuffled, with sweeps in between: what each line was billed and credited is the same."""
    taxed(REGISTERED)
    chance = random.Random(20270301)
    orders = [buy(7000, 3000, code=f"P{number}-") for number in range(6)]
    steps = []
    for order in orders:
        back = [(lambda o=order, at=at: give_back(o.lines[at], 1500)) for at in (0, 1)]
        steps += [lambda o=order: payments.turn(o, paid(o))] * 3 + back * 2
    chance.shuffle(steps)
    for step in steps:
        step()
        if chance.random() < 0.2:
            jobs.write_lately()
    for order in orders:
        payments.turn(order, paid(order))
        for line in order.lines:
            give_back(line, 1500)

    for order in orders:
        for line in again(order).lines:
            invoice = queries.invoice_of_line(line.code)
            assert invoice is not None
            assert invoice.gross == line.price
            assert queries.credited(invoice) == 1500
    assert faults() == []
    for series in (issued(K.RECEIPT), issued(K.INVOICE), issued(K.CREDIT_NOTE)):
        assert [each.number for each in series] == list(range(1, 13))
        assert all(one.issued_at <= two.issued_at for one, two in pairwise(series))


def test_a_bank_that_takes_money_back_for_good_leaves_a_credit_note(sold, taxed):
    taxed()
    line = sold(7000)
    for asked in (events.Asked.OPEN, events.Asked.LOST):
        payments.turn(line.order, events.DisputeSeen(asked, 7000))

    assert [each.gross for each in issued(K.CREDIT_NOTE)] == [7000]


def test_one_that_cannot_be_written_keeps_none_after_it_waiting(sold, taxed, unheard, monkeypatch):
    taxed()
    first, _ = sold(7000), sold(5000, code="Q")
    write = writing.write

    def fails_once(booked):
        if booked.line == first.code:
            raise LookupError(first.label)
        return write(booked)

    monkeypatch.setattr(writing, "write", fails_once)
    jobs.write_all()

    (concern,) = desk_queries.concerns()
    assert concern.detail.startswith("batch ") and concern.detail.endswith(": LookupError")
    assert [each.gross for each in issued()] == [5000, 5000]


# ---------------------------------------------------------------- never changed


@pytest.mark.parametrize("model", [Invoice, InvoiceLine])
@pytest.mark.parametrize("change", [lambda m: update(m).values(gross=1), delete], ids=["update", "delete"])
def test_the_database_refuses_to_change_what_was_issued(sold, taxed, model, change):
    taxed()
    sold(7000)

    with pytest.raises(DBAPIError, match="append-only"), transaction():
        db.session.execute(change(model))

    assert len(issued()) == 2
