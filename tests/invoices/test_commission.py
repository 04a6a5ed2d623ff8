"""Each month that is over the platform bills its commission, and credits what went back of months before."""

from datetime import UTC, datetime, timedelta

import pytest

from practice.invoices import jobs, queries
from practice.invoices.actions import commission
from practice.invoices.states import InvoiceKind
from practice.payments import actions as payments
from practice.payments import desk_queries
from practice.payments import queries as orders
from practice.values.money import Money
from tests.invoices.conftest import faults, give_back, issued
from tests.shop import paid

K = InvoiceKind
BILLED, CREDITED = K.COMMISSION, K.COMMISSION_CREDIT


@pytest.fixture
def month_over(clock):
    """`month_over()`: it is two o'clock on the first of the next month in Dublin."""

    def go_on():
        now = clock.now()
        first = datetime(now.year + now.month // 12, now.month % 12 + 1, 1, 2, tzinfo=UTC)
        clock.freeze(first)
        jobs.settle_months()

    return go_on


def test_nothing_is_billed_before_a_month_is_over_and_then_once(sold, taxed, clock, month_over):
    taxed()
    sold(7000)
    sold(3000, code="Q")
    clock.advance(days=20)
    jobs.settle_months()
    assert issued(BILLED) == []

    month_over()
    for _ in range(3):
        jobs.settle_months()

    (invoice,) = issued(BILLED)
    assert (invoice.name, invoice.period, invoice.total) == ("CG-2027-0001", "2027-03", Money(1200, "EUR"))
    assert [line.gross for line in invoice.lines] == [840, 360]
    assert invoice.facts["buyer"]["name"] == "Anna Kern"


def test_what_went_back_within_the_month_is_not_billed(sold, month_over):
    give_back(sold(7000), 3500)
    give_back(sold(3000, code="Q"), 3000)

    month_over()

    assert [each.gross for each in issued(BILLED, CREDITED)] == [420]


def test_what_could_not_be_billed_in_its_time_is_billed_later(sold, month_over, monkeypatch):
    sold(7000)
    with monkeypatch.context() as broken:
        broken.setattr(commission, "_bill", lambda *_: 1 // 0)
        month_over()
    sold(3000, code="Q")
    (concern,) = desk_queries.concerns()
    assert concern.detail.startswith("commission of 2027-03 of ")

    month_over()
    assert sorted((each.period, each.gross) for each in issued(BILLED)) == [("2027-03", 840), ("2027-04", 360)]


def test_what_goes_back_later_is_credited_and_names_the_invoice(sold, month_over):
    line = sold(7000)
    month_over()
    give_back(line, 7000)
    sold(3000, code="Q")
    month_over()

    first, note, second = issued(BILLED, CREDITED)
    assert (first.kind, first.gross) == (BILLED, 840)
    assert (note.kind, note.gross, note.corrects_id, note.name) == (CREDITED, 840, first.id, "CG-CN-2027-0001")
    assert (second.kind, second.gross, second.period) == (BILLED, 360, "2027-04")
    assert faults() == []


def test_months_in_which_no_worker_ran_are_billed_one_by_one(sold, clock, month_over):
    sold(7000)
    clock.advance(days=31)
    sold(3000, code="Q")
    clock.advance(days=62)
    month_over()

    assert [(each.period, each.gross) for each in issued(BILLED)] == [("2027-03", 840), ("2027-04", 360)]


def test_each_currency_and_each_payee_has_an_invoice_of_its_own(sold, buy, cast, month_over):
    sold(7000)
    sold(9000, currency="JPY", code="Q")

    month_over()

    assert [each.total for each in issued(BILLED)] == [Money(840, "EUR"), Money(1080, "JPY")]


def test_the_month_ends_on_the_clock_of_the_platform(sold, clock):
    """In summer Dublin is an hour ahead of UTC."""
    clock.freeze(datetime(2027, 6, 30, 23, 30, tzinfo=UTC))
    sold(7000)
    clock.freeze(datetime(2027, 7, 31, 23, 59, tzinfo=UTC))
    jobs.settle_months()
    assert issued(BILLED) == []

    clock.advance(hours=1)
    jobs.settle_months()

    assert [each.period for each in issued(BILLED)] == ["2027-07"]


def test_where_the_platform_charges_vat_its_commission_includes_it(app, sold, month_over, make_app):
    sold(7000)

    taxing = make_app(tax_number="IE1234567X", tax_rate=2300)
    with taxing.app_context():
        month_over()

    (invoice,) = issued(BILLED)
    assert (invoice.gross, invoice.tax, invoice.rate) == (840, 157, 2300)
    assert invoice.facts["seller"]["tax_number"] == "IE1234567X"


def test_the_sum_of_a_long_year_is_what_the_ledger_has(buy, clock, month_over):
    lines = []
    for month in range(4):
        order = buy(7000, 3333, code=f"M{month}-")
        payments.turn(order, paid(order))
        lines += order.lines
        clock.advance(timedelta(days=3))
        if month:
            give_back(lines[2 * month - 2], 1234 * month)
        month_over()

    kept = sum(each.kept for each in (orders.order(line.order.code).lines[line.at] for line in lines))
    billed = sum(each.gross for each in issued(BILLED)) - sum(each.gross for each in issued(CREDITED))
    assert kept == 4 * 10_333 - 1234 * 6
    assert billed == sum(_commission(orders.order(line.order.code).lines[line.at]) for line in lines)
    assert queries.last_period() == "2027-06"
    assert faults() == []


def _commission(line):
    return Money(line.kept, "EUR").share(line.rate, 10_000, "even").amount
