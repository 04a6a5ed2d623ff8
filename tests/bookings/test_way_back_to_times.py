"""Whoever goes back to the times finds the length and the time that they had chosen; an old link says what changed."""

import pytest

from practice.store.db import db, transaction
from practice.values.money import Money
from tests.bookings.conftest import WEDNESDAY_TEN, value
from tests.factories import offer
from tests.pages import tree_of
from tests.selling import sold_by


@pytest.fixture
def at(ben_in, sells, post):
    """`at("book")`, `at("review")`: Ben's page of Anna's session on Wednesday at ten."""
    address = f"/specialists/anna-kern/offers/{sells.code}"
    post(f"{address}/book", start=value(WEDNESDAY_TEN))
    post(f"{address}/book/confirm", start=value(WEDNESDAY_TEN), format="video", form_key="f1")
    return lambda page: tree_of(ben_in.get(f"{address}/{page}"))


def picked(browser, address):
    """What the picker of that address is for, and which of its times is chosen."""
    form = tree_of(browser.get(address)).select_one("form[data-picker]")
    chosen = form.select_one("input[name=start][checked]")
    return form["action"], chosen["value"] if chosen else None


@pytest.mark.parametrize("page", ["book", "review"])
def test_every_link_back_keeps_length_and_time(ben_in, at, sells, cast, page):
    sold_by(cast.anna, minutes=25, price=Money(3500, "EUR"), name="Short")
    links = [each["href"] for each in at(page).select("main a[href*='#book']")]

    assert links
    for each in links:
        here = f"/specialists/anna-kern/offers/{sells.code}/book"
        assert picked(ben_in, each) == (here, value(WEDNESDAY_TEN))


def test_a_time_that_is_gone_is_not_chosen(ben_in, sells):
    assert picked(ben_in, "/specialists/anna-kern?start=2027-03-03T03:00:00Z")[1] is None
    assert picked(ben_in, "/specialists/anna-kern?start=nonsense")[1] is None


def test_an_old_link_leads_to_the_same_offer_as_it_is_now_and_says_what_changed(ben_in, sells, cast):
    now = offer(cast.practice, kind=sells.kind, name="Direct", minutes=50, price=Money(8000, "EUR"),
                consult_first=False, follows_id=sells.id)  # fmt: skip
    with transaction():
        sells.ended_at = sells.created_at
    db.session.expire_all()

    page = ben_in.get(f"/specialists/anna-kern?offer={sells.code}")

    assert f"/offers/{now.code}/book" in page.text
    assert "This offer has changed: it was 50 minutes for €72.00, and is 50 minutes for €80.00 now." in page.text


def test_a_link_to_what_is_not_offered_any_more_says_so(ben_in, sells, cast):
    with transaction():
        sells.ended_at = sells.created_at
    db.session.expire_all()

    assert (
        "What your link names can’t be booked here now."
        in ben_in.get(f"/specialists/anna-kern?offer={sells.code}").text
    )
