"""A profile speaks of the consultation to whoever has it before them, and of sessions to whoever may buy them."""

from datetime import timedelta

import pytest

from practice.values.money import Money
from tests.bookings.conftest import WEDNESDAY_TEN
from tests.factories import booking
from tests.pages import tree_of
from tests.selling import sold_by

RULE = "Free to cancel until 24 hours before."


@pytest.fixture
def prices(client, cast, sign_in, both_said_yes):
    """Anna's prices as somebody reads them; she sells two lengths after a talk and a yes of both."""
    for minutes, price in ((50, 7200), (25, 3500)):
        sold_by(cast.anna, minutes=minutes, price=Money(price, "EUR"), consult_first=True)

    def read(person=None):
        if person is not None:
            sign_in(client, person)
        tree = tree_of(client.get("/specialists/anna-kern"))
        return " ".join(tree.select_one("#prices").get_text(" ").split()), tree

    return read


def test_who_has_not_talked_yet_reads_that_it_comes_first_and_costs_nothing(prices):
    said, _ = prices()

    assert "After a free consultation and a yes from both of you." in said
    assert "here so that you know them before you talk" in said
    assert "no card is asked for" in said


def test_after_a_yes_of_both_nothing_speaks_of_a_free_consultation(prices, cast):
    booking(cast.ben, cast.practice, WEDNESDAY_TEN - timedelta(days=7), state="completed")

    said, page = prices(cast.ben)

    assert "onsultation" not in said
    assert "before you talk" not in said and "no card" not in said
    assert "These are Anna’s prices." in said
    assert "Free consultation" not in page.select_one(".profile-head").text


def test_a_rule_that_holds_for_all_of_them_stands_once_among_the_prices(prices):
    said, _ = prices()

    assert said.count(RULE) == 1
