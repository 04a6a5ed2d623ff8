"""A price in two: never a cent lost between them, and nothing kept of what goes back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from practice.values.commission import STANDARD, WHOLE, shares, shares_returned
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


@given(PRICES, RATES, st.lists(st.integers(0, WHOLE), max_size=6))
def test_returned_in_parts_is_returned_in_one(price, rate, cuts):
    parts = price.divided([*cuts, 1])
    kept, payee, commission = price, Money(0, price.currency), Money(0, price.currency)

    for part in parts:
        back = shares_returned(kept, part, rate)
        assert back.whole == part
        assert back.payee.amount >= 0
        assert back.commission.amount >= 0
        kept, payee, commission = kept - part, payee + back.payee, commission + back.commission
        # What is kept bears what a price of that height bears.
        assert shares(price, rate).commission - commission == shares(kept, rate).commission

    assert (payee, commission) == (shares(price, rate).payee, shares(price, rate).commission)


def test_a_half_that_is_kept_is_charged_at_the_same_rate():
    back = shares_returned(Money(7200, "EUR"), Money(3600, "EUR"), STANDARD)

    assert (back.payee.amount, back.commission.amount) == (3168, 432)


def test_more_than_was_kept_cannot_go_back():
    with pytest.raises(ValueError, match="cannot be paid"):
        shares_returned(Money(3600, "EUR"), Money(3601, "EUR"), STANDARD)


@pytest.mark.parametrize("code", sorted(CURRENCIES))
def test_the_standard_rate_leaves_something_to_both_of_the_least_price(code):
    found = shares(Money(CURRENCIES[code].least, code), STANDARD)

    assert found.commission.amount > 0
    assert found.payee.amount > found.commission.amount
