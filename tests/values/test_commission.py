"""A price in two: never a cent lost between them, and nothing kept of what goes back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from practice.values.commission import STANDARD, WHOLE, shares
from practice.values.currencies import CURRENCIES
from practice.values.money import Money

from .test_money import PRICES

RATES = st.integers(0, 400).map(lambda quarters: quarters * 25)  # 0 to 100 % in quarters of a percent


@pytest.mark.parametrize(
    ("price", "rate", "commission"),
    [
        (Money(7200, "EUR"), STANDARD, 864),
        (Money(0, "EUR"), STANDARD, 0),
        (Money(7200, "EUR"), 0, 0),
        (Money(7200, "EUR"), WHOLE, 7200),
        (Money(9000, "JPY"), STANDARD, 1080),
        (Money(1, "EUR"), 5000, 0),
        (Money(3, "EUR"), 5000, 2),
        (Money(5, "EUR"), 5000, 2),
        (Money(4501, "ISK"), STANDARD, 540),
        (Money(12_340, "KWD"), STANDARD, 1480),
    ],
)
def test_the_commission_is_rounded_once_and_the_rest_is_the_specialists(price, rate, commission):
    found = shares(price, rate)

    assert found.commission == Money(commission, price.currency)
    assert found.payee == price - found.commission


def test_the_specialist_has_88_of_100():
    assert shares(Money(7200, "EUR"), STANDARD).payee == Money(6336, "EUR")


@pytest.mark.parametrize("rate", [-1, 10_001])
def test_a_rate_is_a_part_of_the_price(rate):
    with pytest.raises(ValueError, match="cannot be paid"):
        shares(Money(7200, "EUR"), rate)


@given(st.integers(1, 100_000), RATES)
def test_no_commission_is_below_nothing_or_above_the_price_and_nothing_is_lost(amount, rate):
    found = shares(Money(amount, "EUR"), rate)

    assert 0 <= found.commission.amount <= amount
    assert found.whole.amount == amount


@given(st.integers(1, 100_000), RATES)
def test_a_higher_price_and_a_higher_rate_never_bear_less(amount, rate):
    found = shares(Money(amount, "EUR"), rate)
    dearer = shares(Money(amount + 1, "EUR"), rate)

    assert found.commission <= dearer.commission
    assert found.payee <= dearer.payee
    assert found.commission <= shares(Money(amount, "EUR"), min(rate + 25, WHOLE)).commission


@given(PRICES, RATES)
def test_both_shares_can_be_paid_in_every_currency(price, rate):
    found = shares(price, rate)

    assert found.payee.is_payable
    assert found.commission.is_payable
    assert found.whole == price


@pytest.mark.parametrize("code", sorted(CURRENCIES))
def test_the_standard_rate_leaves_something_to_both_of_the_least_price(code):
    found = shares(Money(CURRENCIES[code].least, code), STANDARD)

    assert found.commission.amount > 0
    assert found.payee.amount > found.commission.amount
