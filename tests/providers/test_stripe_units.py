"""Stripe is told amounts as it counts them, and what it says is never rounded or guessed."""

import pytest

from practice.providers.stripe_gateway.units import received, sent
from practice.values.money import Money

COUNTED = [
    (Money(4501, "ISK"), 450_100),
    (Money(5, "UGX"), 500),
    (Money(1000, "JPY"), 1000),
    (Money(7200, "EUR"), 7200),
    (Money(5120, "KWD"), 5120),
    (Money(104_500, "HUF"), 104_500),
]


@pytest.mark.parametrize(("money", "told"), COUNTED)
def test_there_and_back_is_the_same(money, told):
    assert sent(money) == told
    assert received(told, money.currency.lower()) == money


@pytest.mark.parametrize("money", [Money(5124, "KWD"), Money(-100, "EUR")])
def test_what_no_card_can_be_charged_is_never_asked_for(money):
    with pytest.raises(ValueError, match="multiples"):
        sent(money)


@pytest.mark.parametrize(
    ("amount", "currency"), [(450_150, "isk"), (501, "ugx"), (100, "xxx"), (100, ""), (None, "eur")]
)
def test_what_is_a_fraction_or_unknown_is_nothing(amount, currency):
    assert received(amount, currency) is None
