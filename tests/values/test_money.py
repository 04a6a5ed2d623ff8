"""What a person types as a price is what is meant, or a sentence says how to write it."""

import pytest
from babel.numbers import get_currency_precision
from hypothesis import assume, given
from hypothesis import strategies as st

from practice.values.currencies import CURRENCIES
from practice.values.money import CurrencyMismatch, Money, Rounding, parse_price

CODES = st.sampled_from(sorted(CURRENCIES))
MOST = 10_000_000


@pytest.mark.parametrize(
    ("text", "currency", "amount"),
    [
        ("72", "EUR", 7200),
        ("72.5", "EUR", 7250),
        ("72,50", "EUR", 7250),
        (" 72.00 ", "EUR", 7200),
        ("1,100", "EUR", 110_000),
        ("1 100.00", "EUR", 110_000),
        ("1’100,50", "CHF", 110_050),
        ("1.999,00", "EUR", 199_900),
        ("1,999.00", "USD", 199_900),
        ("4 500", "JPY", 4500),
        ("9,000", "JPY", 9000),
        ("9.000", "JPY", 9000),
        ("0,50", "EUR", 50),
        ("100,000", "EUR", MOST),
        ("10.000.000", "JPY", MOST),
    ],
)
def test_a_price_is_read_as_it_is_meant(text, currency, amount):
    assert parse_price(text, currency) == Money(amount, currency)


@pytest.mark.parametrize(
    "text",
    [
        "0.001", "1.999", "72.505", "1,2,3", "72,5,0", "1.2.3", "1,000.000,00", "1 000,000", "12,34.00", "1'000 000",
        "0,001", "0 500", "1,0000", ",5", "5,", ".", "", "1..5", "72,505.1234", "½", "７２", "1\u2028000",
    ],
)  # fmt: skip
def test_what_could_be_read_in_two_ways_or_in_none_is_asked_for_again(text):
    with pytest.raises(ValueError, match="such as 72 or"):
        parse_price(text, "EUR")


@pytest.mark.parametrize(
    ("text", "currency", "amount"),
    [
        ("12.5", "KWD", 12_500),
        ("12,34", "KWD", 12_340),
        ("0.500", "KWD", 500),
        ("1500.250", "KWD", 1_500_250),
        ("1,500.25", "BHD", 1_500_250),
        ("1.500,250", "TND", 1_500_250),
        ("1 500", "OMR", 1_500_000),
        ("4,501", "ISK", 4501),
        ("350.000", "UGX", 350_000),
        ("1 200 000", "VND", 1_200_000),
        ("120 000", "HUF", 12_000_000),
    ],
)
def test_a_price_is_read_by_the_coins_of_its_currency(text, currency, amount):
    assert parse_price(text, currency) == Money(amount, currency)


@pytest.mark.parametrize("text", ["1.500", "1,500", "12.340", "999,000"])
def test_where_three_decimals_are_known_a_mark_before_three_digits_could_always_be_either(text):
    with pytest.raises(ValueError, match="such as 72 or"):
        parse_price(text, "KWD")


@pytest.mark.parametrize(
    ("text", "currency", "sentence"),
    [
        ("0.505", "KWD", "end in 0"),
        ("72.5", "ISK", "whole numbers"),
        ("72.50", "UGX", "whole numbers"),
        ("900 001", "ISK", "higher"),
        ("1,000,000", "USD", "higher"),
        ("10.000", "DKK", "such as"),
        ("72", "XXX", "from the list"),
        ("72", "eur", "from the list"),
    ],
)
def test_what_cannot_be_paid_is_refused_with_a_sentence(text, currency, sentence):
    with pytest.raises(ValueError, match=sentence):
        parse_price(text, currency)


def amounts(currency):
    """Everything that can be a price in a currency."""
    rules = CURRENCIES[currency]
    return st.integers(0, rules.most // rules.step).map(lambda steps: steps * rules.step)


PRICES = CODES.flatmap(lambda code: st.builds(Money, amounts(code), st.just(code)))


@given(PRICES, st.sampled_from(",'’ \u00a0\u202f"), st.sampled_from(".,"), st.booleans())
def test_a_price_written_in_any_manner_is_that_price(price, group, mark, is_grouped):
    assume(group != mark)
    whole, cents = divmod(price.amount, price.rules.unit)
    text = f"{whole:,}".replace(",", group) if is_grouped else str(whole)
    # A last digit that is always 0 need not be written, and alone it would make three of two.
    shown = f"{cents:0{price.rules.decimals}}"[:2]
    text += f"{mark}{shown}" if price.rules.decimals else ""
    # One comma before three digits, and nothing after: in a currency of three decimals that is either.
    assume(price.rules.decimals < 3 or not text.endswith(",000"))

    assert parse_price(text, price.currency) == price


@given(PRICES)
def test_a_price_that_is_filled_in_again_is_read_again(price):
    assert parse_price(price.typed, price.currency) == price


@given(st.text("0123456789.,' ", max_size=12), CODES)
def test_no_digit_and_no_mark_is_dropped(text, currency):
    try:
        found = parse_price(text, currency)
    except ValueError:
        return
    digits = [each for each in text if each.isdigit()]
    # Between two marks of one kind stand three digits, and only the last mark may be another, before the decimals.
    parts = text.strip().replace("'", ",").replace(" ", ",").replace(".", ",").split(",")
    assert all(len(part) == 3 for part in parts[1:-1])
    assert int("".join(digits)) in {found.decimal * 10**places for places in range(found.rules.decimals + 1)}


@pytest.mark.parametrize("code", sorted(CURRENCIES))
def test_every_currency_has_prices_that_can_be_paid(code):
    rules = CURRENCIES[code]

    assert 0 < rules.least < rules.most // 10
    assert rules.least % rules.step == rules.most % rules.step == rules.payout_step % rules.step == 0
    assert rules.most * rules.factor < 10**8, "the processor takes eight digits"
    assert Money(rules.least, code).is_payable
    assert not Money(rules.least, code).is_too_little
    assert Money(rules.least - rules.step, code).is_too_little
    assert not Money(rules.most, code).is_too_much
    assert Money(rules.most + rules.step, code).is_too_much


def test_below_the_least_and_above_the_most_is_a_slip():
    assert Money(49, "EUR").is_too_little
    assert Money(99, "EUR").is_too_little
    assert not Money(100, "EUR").is_too_little
    assert Money(100_000_000, "USD").is_too_much


def test_currencies_do_not_mix():
    for clash in (Money.__add__, Money.__sub__, Money.__lt__, Money.__le__):
        with pytest.raises(CurrencyMismatch):
            clash(Money(1, "EUR"), Money(1, "USD"))


# ---------------------------------------------------------------- shares


@pytest.mark.parametrize(
    ("price", "part", "whole", "rounding", "share"),
    [
        (Money(1000, "JPY"), 333, 1000, Rounding.DOWN, 333),
        (Money(4501, "ISK"), 1, 2, Rounding.UP, 2251),
        (Money(4501, "ISK"), 1, 2, Rounding.DOWN, 2250),
        (Money(4501, "ISK"), 1, 2, Rounding.EVEN, 2250),
        (Money(4503, "ISK"), 1, 2, Rounding.EVEN, 2252),
        (Money(12_350, "KWD"), 1, 2, Rounding.UP, 6180),
        (Money(12_350, "KWD"), 1, 2, Rounding.DOWN, 6170),
        (Money(12_350, "KWD"), 1, 2, Rounding.EVEN, 6180),
        (Money(10_000, "EUR"), 2, 3, Rounding.UP, 6667),
        (Money(10_000, "EUR"), 0, 3, Rounding.UP, 0),
        (Money(10_000, "EUR"), 3, 3, Rounding.DOWN, 10_000),
    ],
)
def test_a_share_is_rounded_once_in_the_direction_that_was_said(price, part, whole, rounding, share):
    assert price.share(part, whole, rounding) == Money(share, price.currency)


@pytest.mark.parametrize(
    ("price", "part", "whole"),
    [
        (Money(100, "EUR"), 2, 1),
        (Money(100, "EUR"), -1, 1),
        (Money(100, "EUR"), 0, 0),
        (Money(-1, "EUR"), 1, 1),
        (Money(1001, "KWD"), 1, 2),
    ],
)
def test_there_is_no_share_of_what_cannot_be_paid_and_no_part_beyond_the_whole(price, part, whole):
    with pytest.raises(ValueError, match="cannot be paid"):
        price.share(part, whole, Rounding.UP)


@pytest.mark.parametrize(
    ("balance", "goes", "carried"),
    [
        (Money(1045, "HUF"), 1000, 45),
        (Money(99, "TWD"), 0, 99),
        (Money(-1045, "HUF"), 0, -1045),
        (Money(4501, "ISK"), 4501, 0),
        (Money(12_345, "KWD"), 12_340, 5),
        (Money(7201, "EUR"), 7201, 0),
    ],
)
def test_what_a_bank_account_cannot_take_is_carried_on(balance, goes, carried):
    assert balance.paid_out() == (Money(goes, balance.currency), Money(carried, balance.currency))


# ---------------------------------------------------------------- as the card processor counts


@pytest.mark.parametrize("code", sorted(CURRENCIES))
def test_an_amount_is_written_with_the_digits_that_it_has(code):
    """What the formatter knows of a currency and what we count by are one."""
    assert get_currency_precision(code) == CURRENCIES[code].decimals
