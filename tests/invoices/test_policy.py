"""What tax is in a price, how numbers are written, what a month's commission comes to."""

from datetime import UTC, datetime

import pytest

from practice.invoices.policy import (
    Billed,
    Earned,
    Month,
    month_at,
    months,
    number_of,
    prefix_of,
    settle,
    tax_back,
    tax_in,
)
from practice.invoices.states import InvoiceKind


@pytest.mark.parametrize(
    ("gross", "rate", "tax"),
    [(12_000, 2000, 2000), (7000, 2000, 1167), (7000, 0, 0), (9000, 1000, 818), (12_340, 500, 588), (3, 5000, 1)],
    ids=["even", "rounded up", "none", "yen", "dinar", "tiny"],
)
def test_tax_is_the_part_of_a_price_that_the_rate_makes(gross, rate, tax):
    assert tax_in(gross, rate) == tax


@pytest.mark.parametrize("rate", [2000, 1900, 1350, 255])
def test_what_is_credited_in_parts_adds_up_to_the_tax_of_the_whole(rate):
    """A tax rounded for each part anew would be a cent more or less in the end."""
    left, back = 33_499, 0
    for part in (6833, 6833, 5750, 8500, 1, 5582):
        back += tax_back(left, part, rate)
        left -= part

    assert (left, back) == (0, tax_in(33_499, rate))


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        (InvoiceKind.RECEIPT, "2027-000017"),
        (InvoiceKind.INVOICE, "TO-2027-0017"),
        (InvoiceKind.CREDIT_NOTE, "TO-CN-2027-0017"),
        (InvoiceKind.COMMISSION, "TO-2027-0017"),
    ],
)
def test_a_number_says_whose_it_is_and_of_which_year(kind, written):
    assert number_of(kind, "TO", 2027, 17) == written


@pytest.mark.parametrize(
    ("name", "prefix"), [("Tomás Oliveira", "TO"), ("Émile Zola", "EZ"), ("李雷", "S"), ("Dr Anna Kern", "AK")]
)
def test_a_prefix_is_made_of_plain_letters(name, prefix):
    assert prefix_of(name) == prefix


def test_a_month_is_that_of_a_clock():
    just_before_new_year = datetime(2027, 12, 31, 23, 30, tzinfo=UTC)

    assert month_at(just_before_new_year, "Europe/Dublin") == Month(2027, 12)
    assert month_at(just_before_new_year, "Europe/Vienna") == Month(2028, 1)


def test_only_months_that_are_over_are_settled():
    now = datetime(2027, 3, 1, 0, 30, tzinfo=UTC)

    assert list(months(Month(2026, 12), now, "Europe/Dublin")) == [Month(2026, 12), Month(2027, 1)]


def test_what_went_back_corrects_the_invoices_it_was_on_and_the_newest_first():
    month = [Earned("new", 500), Earned("old", -700), Earned("other", -10)]
    earlier = [Billed(1, "old", 600), Billed(2, "old", 300), Billed(2, "other", 10)]

    settlement = settle(month, earlier)

    assert settlement.billed == (Earned("new", 500),)
    assert settlement.credited == {1: (Earned("old", 400),), 2: (Earned("old", 300), Earned("other", 10))}
