"""Money is written in one way, with the digits that its currency has."""

import pytest

from practice.http.formats import amount, money
from practice.values.money import Money


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Money(7200, "EUR"), "€72.00"),
        (Money(9000, "JPY"), "JP¥9,000"),
        (Money(38_000, "AED"), "AED 380.00"),
        (Money(12_340, "KWD"), "KWD 12.340"),
        (Money(4501, "ISK"), "ISK 4,501"),
        (Money(104_550, "HUF"), "HUF 1,045.50"),
        (Money(5000, "XAF"), "FCFA 5,000"),
        (Money(-500, "EUR"), "-€5.00"),
        (Money(-38_000, "AED"), "-AED 380.00"),
    ],
)
def test_money_is_written_with_the_digits_that_its_currency_has(value, written):
    assert money(value) == amount(value) == written


def test_a_price_of_nothing_is_free_and_an_amount_of_nothing_is_a_figure():
    assert money(Money(0, "EUR")) == "Free"
    assert amount(Money(0, "EUR")) == "€0.00"
    assert amount(Money(0, "KWD")) == "KWD 0.000"
