"""Offers: one current version of each, and a version that was sold never changes."""

import pytest
from bs4 import BeautifulSoup
from sqlalchemy.exc import IntegrityError

from practice.specialists import actions
from practice.specialists.models import Offer
from practice.specialists.states import OfferKind
from practice.store.db import transaction
from practice.values.errors import Invalid, NotAllowed
from practice.values.money import Money

from .test_wizard import BAD_PRICES, value_of


@pytest.fixture
def anna_in(client, cast, sign_in):
    return sign_in(client, cast.anna)


def sold(practice):
    return [
        (o.minutes, o.version, o.price.amount, o.is_current) for o in practice.offers if o.kind == OfferKind.INDIVIDUAL
    ]


def test_a_new_price_is_a_new_version_and_the_old_row_stays_as_it_was(cast, clock):
    old = next(o for o in cast.practice.offers if o.kind == OfferKind.INDIVIDUAL)
    clock.advance(days=1)

    fresh = actions.set_offer(cast.practice, 50, Money(8000, "EUR"), by=cast.anna)

    assert sold(cast.practice) == [(50, 1, 7200, False), (50, 2, 8000, True)]
    assert (fresh.follows_id, old.ended_at) == (old.id, clock.now())


def test_the_same_price_again_makes_no_version(cast):
    actions.set_offer(cast.practice, 50, Money(7200, "EUR"), by=cast.anna)

    assert sold(cast.practice) == [(50, 1, 7200, True)]


def test_an_offer_that_ended_can_be_made_again(cast):
    actions.end_offer(cast.practice, 50, by=cast.anna)
    assert sold(cast.practice) == [(50, 1, 7200, False)]

    actions.set_offer(cast.practice, 50, Money(7200, "EUR"), by=cast.anna)

    assert [row[3] for row in sold(cast.practice)] == [False, True]


def test_the_consult_goes_off_and_on_and_times_follow(cast):
    before = cast.practice.calendar_version

    actions.set_consult(cast.practice, False, by=cast.anna)
    assert cast.practice.consult is None
    actions.set_consult(cast.practice, True, by=cast.anna)

    assert cast.practice.consult.version == 2
    assert cast.practice.consult.price.is_free
    assert cast.practice.calendar_version >= before + 2


def test_the_database_knows_one_current_consult_and_that_it_is_free(cast):
    for columns in (
        {"minutes": 30, "price_amount": 0},
        {"minutes": 30, "price_amount": 5},
        {"minutes": 45, "price_amount": 0},
    ):
        with pytest.raises(IntegrityError), transaction() as session:
            session.add(
                Offer(specialist_id=cast.practice.id, kind="consult", name="x", price_currency="EUR", **columns)
            )


@pytest.mark.parametrize("minutes", [0, -5, 7, 30, 45, 10_000])
def test_only_lengths_of_the_list_are_offered(cast, minutes):
    with pytest.raises(Invalid):
        actions.set_offer(cast.practice, minutes, Money(5000, "EUR"), by=cast.anna)


def test_a_session_is_never_free(cast):
    with pytest.raises(Invalid):
        actions.set_offer(cast.practice, 25, Money(0, "EUR"), by=cast.anna)


def test_nobody_sets_somebody_elses_prices(cast):
    for attempt in (
        lambda: actions.set_offer(cast.practice, 50, Money(1, "EUR"), by=cast.ben),
        lambda: actions.end_offer(cast.practice, 50, by=cast.ben),
        lambda: actions.set_consult(cast.practice, False, by=cast.sam),
    ):
        with pytest.raises(NotAllowed):
            attempt()

    assert sold(cast.practice) == [(50, 1, 7200, True)]


def test_the_page_saves_everything_at_once(anna_in, cast, post):
    answer = post("/practice/offers", consult="y", currency="JPY", price_25="4 500", price_50="9000", price_80="")

    assert answer.status_code == 303
    current = {o.minutes: o.price for o in cast.practice.offers if o.is_current and o.kind == OfferKind.INDIVIDUAL}
    assert current == {25: Money(4500, "JPY"), 50: Money(9000, "JPY")}
    assert cast.practice.consult is not None
    assert "50 minutes at €72.00, until" in anna_in.get("/practice/offers").text


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"price_50": "72"}, "Saved. You offer no free consultations any more; those already booked stand."),
        ({"consult": "y", "price_50": "72"}, "Nothing was changed."),
        ({"consult": "y", "price_50": "80"}, "Saved. What was booked before keeps its price."),
    ],
)
def test_saving_says_what_happened(anna_in, cast, post, sent, said):
    post("/practice/offers", currency="EUR", **sent)

    flashed = BeautifulSoup(anna_in.get("/practice/offers").text, "html.parser").select_one(".flash-wrap").text
    assert said in " ".join(flashed.split())


def test_switching_the_consult_off_takes_free_times_off_the_list(anna_in, client, cast, post):
    post("/practice/offers", currency="EUR", price_50="72")

    card = BeautifulSoup(client.get("/specialists").text, "html.parser").select_one("article.spec")
    assert "No free consultation" in card.text


@pytest.mark.parametrize("fields", [f for f in BAD_PRICES if f["price_50"] != "12,345"], ids=str)
def test_a_price_that_is_none_is_told_beside_its_field_and_nothing_changes(anna_in, cast, post, fields):
    answer = post("/practice/offers", **{"currency": "EUR", "price_25": "40", "consult": "y"} | fields)

    assert answer.status_code == 422
    assert value_of(answer, "price_25") == "40"
    assert sold(cast.practice) == [(50, 1, 7200, True)]


@pytest.mark.parametrize(("currency", "price", "least"), [("EUR", "0.99", "€1.00"), ("JPY", "10", "JP¥150")])
def test_a_price_below_all_prices_is_a_mark_in_the_wrong_place(anna_in, cast, post, currency, price, least):
    answer = post("/practice/offers", currency=currency, price_50=price, consult="y")

    assert answer.status_code == 422
    assert f"A session costs {least} or more." in answer.text
    assert value_of(answer, "price_50") == price
    assert sold(cast.practice) == [(50, 1, 7200, True)]


def test_prices_are_called_information_until_they_can_be_paid(anna_in, cast):
    text = anna_in.get("/practice/offers").text

    assert "Prices are shown as information until they can be paid here." in text
    assert "You get" not in text


KEPT = {"currency": "GBP", "price_50": "72", "consult": "y"}


def test_figures_that_stay_while_their_currency_changes_are_asked_about(anna_in, cast, post):
    answer = post("/practice/offers", **KEPT)

    assert answer.status_code == 422
    assert "These figures were in EUR." in answer.text
    assert value_of(answer, "price_50") == "72"
    assert sold(cast.practice) == [(50, 1, 7200, True)]

    assert post("/practice/offers", **KEPT, means_it="y").status_code == 303
    assert cast.practice.offers[-1].price == Money(7200, "GBP")


def test_new_figures_in_a_new_currency_are_saved_at_once(anna_in, cast, post):
    assert post("/practice/offers", **KEPT | {"price_50": "62"}).status_code == 303


def test_nobody_is_asked_about_the_currency_of_figures_that_changed_hands_with_nothing(anna_in, cast, post):
    page = anna_in.get("/practice/offers").text

    assert "in the new currency" not in page


def test_the_log_tells_the_offers_of_one_page_apart(anna_in, cast, post, app, sign_in):
    post("/practice/offers", currency="EUR", price_25="40", price_50="", price_80="110", consult="y")

    words = [" ".join(each.text.split()) for each in _log(app, cast, sign_in).select('td[data-label="What"]')]

    for line in ("Set an offer: 25 minutes, version 1", "Set an offer: 80 minutes, version 1"):
        assert any(each.startswith(line) for each in words)
    assert any(each.startswith("Stopped an offer: 50 minutes") for each in words)


def _log(app, cast, sign_in):
    return BeautifulSoup(sign_in(app.test_client(), cast.sam).get("/admin/audit").text, "html.parser")
