"""Offers: one current version of each, and a version that was sold never changes."""

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError, IntegrityError

from practice.specialists import actions, queries
from practice.specialists.cancel_rules import PRESETS, CancelRule, Preset, Step, for_client, for_specialist
from practice.specialists.models import SOLD, Offer
from practice.specialists.selling import ForSale, net_lines
from practice.specialists.states import OfferKind
from practice.store.db import transaction
from practice.values.commission import STANDARD
from practice.values.errors import Conflict, Invalid, NotAllowed
from practice.values.money import Money
from tests import factories
from tests.pages import csrf_of

from .test_wizard import BAD_PRICES, value_of


@pytest.fixture
def anna_in(client, cast, sign_in):
    return sign_in(client, cast.anna)


@pytest.fixture
def session(cast):
    return next(each for each in cast.practice.offers if each.kind == OfferKind.INDIVIDUAL)


def euro(amount):
    return Money(amount * 100, "EUR")


def for_sale(**changes):
    return ForSale(**{"minutes": 50, "price": euro(72)} | changes)


def sold(practice):
    return [
        (o.minutes, o.version, o.price.amount, o.is_current) for o in practice.offers if o.kind == OfferKind.INDIVIDUAL
    ]


# ---------------------------------------------------------------- versions


def test_a_new_price_is_a_new_version_and_the_old_row_stays_as_it_was(cast, clock, session):
    clock.advance(days=1)

    fresh = actions.set_offer(cast.practice, 50, Money(8000, "EUR"), by=cast.anna)

    assert sold(cast.practice) == [(50, 1, 7200, False), (50, 2, 8000, True)]
    assert (fresh.follows_id, session.ended_at) == (session.id, clock.now())


@pytest.mark.parametrize(
    "changes",
    [
        {"minutes": 55}, {"price": euro(80)}, {"rule": PRESETS[Preset.FIRM]}, {"consult_first": False},
        {"lower": euro(40)},
    ],
    ids=str,
)  # fmt: skip
def test_whatever_is_agreed_at_a_sale_makes_a_version_that_follows(cast, session, changes):
    fresh = actions.put_offer(cast.practice, for_sale(**changes), by=cast.anna, of=session)

    assert (fresh.version, fresh.follows_id, session.is_current) == (2, session.id, False)
    assert queries.current_version(session) is fresh
    assert [each.id for each in queries.versions_of(fresh)] == [fresh.id, session.id]


def test_how_many_pay_the_lower_price_is_no_matter_of_a_sale(cast, session):
    fresh = actions.put_offer(cast.practice, for_sale(lower=euro(40), lower_count=1), by=cast.anna, of=session)

    assert actions.put_offer(cast.practice, for_sale(lower=euro(40), lower_count=3), by=cast.anna, of=fresh) is fresh
    assert fresh.lower_count == 3


def test_the_same_again_makes_no_version(cast, session):
    actions.set_offer(cast.practice, 50, Money(7200, "EUR"), by=cast.anna)
    actions.put_offer(cast.practice, for_sale(), by=cast.anna, of=session)

    assert sold(cast.practice) == [(50, 1, 7200, True)]


def test_another_price_leaves_the_other_terms_as_they_were(cast, session):
    actions.put_offer(
        cast.practice, for_sale(rule=PRESETS[Preset.GENTLE], consult_first=False), by=cast.anna, of=session
    )

    fresh = actions.set_offer(cast.practice, 50, euro(90), by=cast.anna)

    assert (fresh.rule, fresh.consult_first, fresh.price) == (PRESETS[Preset.GENTLE], False, euro(90))


@pytest.mark.each_case
@pytest.mark.parametrize("column", SOLD)
def test_the_database_refuses_to_change_what_was_sold(cast, session, column):
    other = {"kind": "group", "price_currency": "USD", "cancel_rule": "12h:100 0h:50", "consult_first": False}

    with pytest.raises(DBAPIError, match="never changes"), transaction() as open_session:
        open_session.execute(update(Offer).where(Offer.id == session.id).values({column: other.get(column, 30)}))


def test_an_offer_that_ended_can_be_made_again(cast, session):
    actions.end_offer(cast.practice, session, by=cast.anna)
    assert sold(cast.practice) == [(50, 1, 7200, False)]

    again = actions.put_offer(cast.practice, for_sale(), by=cast.anna)

    assert [row[3] for row in sold(cast.practice)] == [False, True]
    assert again.follows_id == session.id


def test_a_length_that_went_on_as_another_begins_anew(cast, session):
    """Fifty minutes became fifty-five: what is offered as fifty later follows nothing, and both lead on rightly."""
    longer = actions.put_offer(cast.practice, for_sale(minutes=55), by=cast.anna, of=session)

    fifty = actions.put_offer(cast.practice, for_sale(), by=cast.anna)

    assert (fifty.version, fifty.follows_id) == (1, None)
    assert queries.current_version(session) is longer


def test_an_older_version_is_not_changed_any_more(cast, session):
    actions.set_offer(cast.practice, 50, euro(80), by=cast.anna)

    with pytest.raises(Conflict):
        actions.put_offer(cast.practice, for_sale(price=euro(90)), by=cast.anna, of=session)


# ---------------------------------------------------------------- what may be sold


@pytest.mark.parametrize("minutes", [20, 25, 45, 60, 180])
def test_any_multiple_of_five_from_20_to_180_minutes_is_sold(cast, minutes):
    assert actions.put_offer(cast.practice, for_sale(minutes=minutes), by=cast.anna).minutes == minutes


@pytest.mark.parametrize("minutes", [0, -5, 7, 15, 52, 185, 10_000])
def test_no_other_length_is(cast, minutes):
    with pytest.raises(Invalid):
        actions.put_offer(cast.practice, for_sale(minutes=minutes), by=cast.anna)


def test_a_length_is_offered_once(cast):
    with pytest.raises(Invalid) as refused:
        actions.put_offer(cast.practice, for_sale(price=euro(80)), by=cast.anna)

    assert "You offer 50 minutes already." in refused.value.fields["minutes"]


def test_so_many_offers_and_no_more(cast):
    for minutes in (20, 25, 30, 35, 40, 45, 55):
        actions.put_offer(cast.practice, for_sale(minutes=minutes), by=cast.anna)

    with pytest.raises(Invalid):
        actions.put_offer(cast.practice, for_sale(minutes=60), by=cast.anna)


@pytest.mark.parametrize(
    "price",
    [Money(0, "EUR"), Money(99, "EUR"), Money(10_000_001, "EUR"), Money(100_000_000, "USD"), Money(20_005, "KWD")],
)
def test_no_session_has_a_price_that_nobody_could_pay(cast, price):
    with pytest.raises(Invalid):
        actions.set_offer(cast.practice, 25, price, by=cast.anna)


@pytest.mark.parametrize(
    ("lower", "count", "field"),
    [
        (None, 1, "lower_price"), (euro(72), 1, "lower_price"), (euro(80), 0, "lower_price"),
        (Money(0, "EUR"), 1, "lower_price"), (euro(40), -1, "lower_count"), (euro(40), 11, "lower_count"),
    ],
)  # fmt: skip
def test_a_lower_price_is_a_price_and_lower(cast, session, lower, count, field):
    with pytest.raises(Invalid) as refused:
        actions.put_offer(cast.practice, for_sale(lower=lower, lower_count=count), by=cast.anna, of=session)

    assert list(refused.value.fields) == [field]


def test_no_offer_can_have_a_rule_that_is_stricter_than_the_strictest(cast):
    with pytest.raises(ValueError, match="strictest"):
        for_sale(rule=CancelRule((Step(PRESETS[Preset.FIRM].free_for * 2, 100),)))


@pytest.mark.parametrize(
    ("preset", "its_specialist", "its_client"),
    [
        (Preset.GENTLE, "After that half is kept.", "After that half comes back."),
        (Preset.STANDARD, "half is kept; in the last 4 hours, all of it.", "comes back; in the last 4 hours, nothing."),
        (Preset.FIRM, "half is kept; in the last 12 hours, all of it.", "comes back; in the last 12 hours, nothing."),
    ],
)  # fmt: skip
def test_each_rule_says_itself_to_both_sides(preset, its_specialist, its_client):
    rule = PRESETS[preset]

    assert for_specialist(rule).startswith(f"Free until {rule.free_for.total_seconds() / 3600:g} hours before.")
    assert for_specialist(rule).endswith(its_specialist)
    assert for_client(rule).endswith(its_client)


def test_nobody_sets_somebody_elses_prices(cast, session):
    for attempt in (
        lambda: actions.set_offer(cast.practice, 50, Money(1, "EUR"), by=cast.ben),
        lambda: actions.put_offer(cast.practice, for_sale(), by=cast.sam, of=session),
        lambda: actions.end_offer(cast.practice, session, by=cast.ben),
        lambda: actions.set_consult(cast.practice, False, by=cast.sam),
    ):
        with pytest.raises(NotAllowed):
            attempt()

    assert sold(cast.practice) == [(50, 1, 7200, True)]


# ---------------------------------------------------------------- the free consultation


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


def test_switching_the_consult_off_takes_free_times_off_the_list(anna_in, client, cast, post):
    assert post("/practice/consult", consult="").status_code == 303

    card = BeautifulSoup(client.get("/specialists").text, "html.parser").select_one("article.spec")
    assert "No free consultation" in card.text


# ---------------------------------------------------------------- the page of one offer

ANOTHER = {"minutes": "25", "currency": "EUR", "price": "40", "rule": "gentle", "consult_first": "y"}


def page_of(offer):
    return f"/practice/offers/{offer.code}"


def test_an_offer_is_added_and_stands_on_the_page(anna_in, cast, post):
    # All that is wrong is said at once: a lower price above the price stands beside a length that nobody can sell.
    wrong = post("/practice/offers/new", **ANOTHER | {"minutes": "7", "lower_count": "1", "lower_price": "90"}).text
    assert "This has to be less than the price above." in wrong and wrong.count('aria-invalid="true"') == 2
    answer = post("/practice/offers/new", **ANOTHER)

    assert answer.status_code == 303
    assert sold(cast.practice) == [(25, 1, 4000, True), (50, 1, 7200, True)]
    text = anna_in.get("/practice/offers").text
    assert "One person, 25 minutes" in text
    assert "You get €35.20 of €40.00" in text


def test_the_button_pressed_twice_adds_one_offer(anna_in, cast, post):
    assert [post("/practice/offers/new", **ANOTHER).status_code for _ in range(2)] == [303, 303]

    assert sold(cast.practice) == [(25, 1, 4000, True), (50, 1, 7200, True)]


def test_a_price_without_smaller_coins_is_read_as_it_is_typed(anna_in, cast, session, post):
    answer = post(page_of(session), **ANOTHER | {"minutes": "50", "currency": "JPY", "price": "9 000"})

    assert answer.status_code == 303
    assert queries.sessions(cast.practice)[0].price == Money(9000, "JPY")
    assert "50 minutes at €72.00, until" in anna_in.get("/practice/offers").text


@pytest.mark.parametrize("fields", [f for f in BAD_PRICES if f["price_2"] != "12,345"], ids=str)
def test_a_price_that_is_none_is_told_beside_its_field_and_nothing_changes(anna_in, cast, session, post, fields):
    sent = {("price" if name == "price_2" else name): value for name, value in fields.items()}
    answer = post(page_of(session), **ANOTHER | {"minutes": "55"} | sent)

    assert answer.status_code == 422
    assert value_of(answer, "minutes") == "55"
    assert sold(cast.practice) == [(50, 1, 7200, True)]


@pytest.mark.parametrize(("currency", "price", "least"), [("EUR", "0.99", "€1.00"), ("JPY", "10", "JP¥150")])
def test_a_price_below_all_prices_is_a_mark_in_the_wrong_place(anna_in, cast, session, post, currency, price, least):
    answer = post(page_of(session), **ANOTHER | {"currency": currency, "price": price})

    assert answer.status_code == 422
    assert f"A session costs {least} or more." in answer.text
    assert value_of(answer, "price") == price
    assert sold(cast.practice) == [(50, 1, 7200, True)]


@pytest.mark.parametrize("minutes", ["", "fifty", "52", "15", "1e2", "999999999999999999999"])
def test_a_length_that_is_none_is_told_beside_its_field(anna_in, cast, session, post, minutes):
    answer = post(page_of(session), **ANOTHER | {"minutes": minutes})

    assert answer.status_code == 422
    assert "Write a length from 20 to 180 minutes, in steps of five." in answer.text
    assert sold(cast.practice) == [(50, 1, 7200, True)]


@pytest.mark.parametrize("rule", ["", "harsh", "96h:100"])
def test_no_rule_but_the_three_can_be_chosen(anna_in, cast, session, post, rule):
    assert post(page_of(session), **ANOTHER | {"rule": rule}).status_code == 422
    assert sold(cast.practice) == [(50, 1, 7200, True)]


def test_somebody_elses_offer_has_no_page(anna_in, cast, session, sign_in, app):
    other = app.test_client()
    cleo = factories.specialist(cast.cleo)

    sign_in(other, cast.cleo)
    assert other.get(page_of(session)).status_code == 404
    assert other.get(page_of(queries.sessions(cleo)[0])).status_code == 200


def test_an_older_version_leads_to_the_one_that_is_offered(anna_in, cast, session):
    fresh = actions.set_offer(cast.practice, 50, euro(80), by=cast.anna)

    assert page_of(fresh) in anna_in.get(page_of(session)).text


def test_an_offer_is_stopped_from_its_page(anna_in, cast, session, post):
    assert post(f"{page_of(session)}/end").status_code == 303

    assert sold(cast.practice) == [(50, 1, 7200, False)]
    assert anna_in.get(page_of(session)).status_code == 404


KEPT = {"minutes": "50", "currency": "GBP", "price": "72", "rule": "standard", "consult_first": "y"}


def test_figures_that_stay_while_their_currency_changes_are_asked_about(anna_in, cast, session, post):
    answer = post(page_of(session), **KEPT)

    assert answer.status_code == 422
    assert "These figures were in EUR." in answer.text
    assert value_of(answer, "price") == "72"
    assert sold(cast.practice) == [(50, 1, 7200, True)]

    assert post(page_of(session), **KEPT, means_it="y").status_code == 303
    assert queries.sessions(cast.practice)[0].price == Money(7200, "GBP")


def test_new_figures_in_a_new_currency_are_saved_at_once(anna_in, cast, session, post):
    assert post(page_of(session), **KEPT | {"price": "62"}).status_code == 303


def test_nobody_is_asked_about_the_currency_before_it_changes(anna_in, cast, session):
    assert "in the new currency" not in anna_in.get(page_of(session)).text


# ---------------------------------------------------------------- what one gets


@pytest.mark.parametrize(
    ("price", "get", "ours"),
    [
        (Money(7200, "EUR"), "You get €63.36 of €72.00", "Our 12% is €8.64. The card fee is on us."),
        (Money(9001, "JPY"), "You get JP¥7,921 of JP¥9,001", "Our 12% is JP¥1,080. The card fee is on us."),
        (Money(20_000, "KWD"), "You get KWD 17.600 of KWD 20.000", "Our 12% is KWD 2.400. The card fee is on us."),
    ],
)
def test_what_one_gets_is_worked_out_in_any_currency(price, get, ours):
    assert tuple(line.replace("\xa0", " ") for line in net_lines(price, STANDARD)) == (get, ours)


def test_the_rate_is_said_as_it_is():
    assert net_lines(euro(100), 1_250)[1].startswith("Our 12.5% is €12.50.")


def test_what_one_gets_stands_under_the_price_before_anything_is_saved(anna_in, cast, session, post):
    answer = post(page_of(session), **ANOTHER | {"minutes": "50", "price": "80", "do": "work-out"})

    assert answer.status_code == 200
    assert "You get €70.40 of €80.00" in answer.text
    assert value_of(answer, "price") == "80"
    assert sold(cast.practice) == [(50, 1, 7200, True)]


def test_a_script_is_told_what_a_price_comes_to_and_no_address_holds_it(anna_in, session):
    token = csrf_of(anna_in.get(page_of(session)))

    def told(**asked):
        return anna_in.post("/apply/prices/net", data={"csrf_token": token, **asked}).json

    assert anna_in.get("/apply/prices/net?price=72&currency=EUR").status_code in (404, 405)

    assert told(price="72", currency="EUR")["get"] == "You get €63.36 of €72.00"
    for asked in (
        {},
        {"price": "7x", "currency": "EUR"},
        {"price": "72", "currency": "XXX"},
        {"price": "0", "currency": "EUR"},
    ):
        assert told(**asked) == {"get": "", "ours": ""}


def test_the_rule_is_shown_as_people_will_read_it(anna_in, cast, session):
    text = " ".join(BeautifulSoup(anna_in.get(page_of(session)).text, "html.parser").text.split())

    # Three weeks ahead, where no law gives more back than the rule.
    assert "Free to cancel until Sunday 21 March, 10:00 Then €36.00 of €72.00 comes back" in text


# ---------------------------------------------------------------- the log


def test_the_log_tells_the_offers_apart(anna_in, cast, session, post, app, sign_in):
    post("/practice/offers/new", **ANOTHER)
    post(f"{page_of(session)}/end")

    words = [" ".join(each.text.split()) for each in _log(app, cast, sign_in).select('td[data-label="What"]')]

    assert any(each.startswith("Set an offer: 25 minutes, version 1") for each in words)
    assert any(each.startswith("Stopped an offer: 50 minutes") for each in words)


def _log(app, cast, sign_in):
    return BeautifulSoup(sign_in(app.test_client(), cast.sam).get("/admin/audit").text, "html.parser")
