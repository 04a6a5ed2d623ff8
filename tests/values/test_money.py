"""What a person types as a price is what is meant, or a sentence says how to write it."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from practice.values.money import EXPONENTS, LEAST, MOST, Money, parse_price

CODES = st.sampled_from(sorted(EXPONENTS))


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


@given(st.integers(0, MOST), CODES, st.sampled_from(",'’ \u00a0\u202f"), st.sampled_from(".,"), st.booleans())
def test_a_price_written_in_any_manner_is_that_price(amount, currency, group, mark, is_grouped):
    assume(group != mark)
    whole, cents = divmod(amount, 10 ** EXPONENTS[currency])
    text = f"{whole:,}".replace(",", group) if is_grouped else str(whole)
    text += f"{mark}{cents:02}" if EXPONENTS[currency] else ""

    assert parse_price(text, currency) == Money(amount, currency)


@given(st.text("0123456789.,' ", max_size=12), CODES)
def test_no_digit_and_no_mark_is_dropped(text, currency):
    try:
        found = parse_price(text, currency)
    except ValueError:
        return
    digits = [each for each in text if each.isdigit()]
    # Between two marks of one kind stand three digits, and only the last mark may be another, before one or two.
    parts = text.strip().replace("'", ",").replace(" ", ",").replace(".", ",").split(",")
    assert all(len(part) == 3 for part in parts[1:-1])
    assert int("".join(digits)) in (found.amount, found.decimal, found.amount / 10)


def test_every_currency_has_a_lowest_price():
    assert set(LEAST) == set(EXPONENTS)
    assert all(0 < amount < MOST // 10 for amount in LEAST.values())
    assert Money(99, "EUR").is_too_little
    assert not Money(100, "EUR").is_too_little
