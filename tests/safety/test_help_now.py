"""Need help now: numbers by country, the emergency one first, honest about what was not checked."""

from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup

from practice.accounts import policy as accounts
from practice.safety import actions, queries
from practice.safety.places import ANYWHERE_IN_EU, country_name, country_of_zone, in_country
from tests.pages import tree_of

TODAY = date(2027, 3, 1)


@pytest.fixture
def numbers(app):
    return actions.seed_resources(TODAY - timedelta(days=30))


def _page(client, query="", **options):
    answer = client.get(f"/help-now{query}", **options)
    assert answer.status_code == 200
    return BeautifulSoup(answer.data, "html.parser")


def _calls(page):
    return [a.b.text for a in page.select("a.call")]


def test_a_stranger_sees_the_chosen_country_with_the_emergency_number_first(client, numbers):
    page = _page(client, "?country=IE")

    assert page.h1.text == "Need help now?"
    assert _calls(page) == ["112", "999", "116 123", "1800 341 900"]
    assert page.select_one("a.call")["href"] == "tel:112"


@pytest.mark.parametrize(
    ("country", "emergency", "talk"),
    [
        ("US", "911", "988"),
        ("CA", "911", "988"),
        ("GB", "999", "116 123"),
        ("AU", "000", "13 11 14"),
        ("NZ", "111", "1737"),
        ("DE", "112", "0800 111 0 111"),
        ("FR", "112", "3114"),
        ("ES", "112", "024"),
        ("NL", "112", "113"),
        ("BR", "192", "188"),
        ("IN", "112", "14416"),
    ],
)
def test_the_start_list(numbers, country, emergency, talk):
    lines = queries.crisis_lines(country)

    assert lines["emergency"][0] == emergency
    assert lines["talk"] == talk


def test_a_member_of_the_union_without_numbers_of_its_own_gets_112(client, numbers):
    assert _calls(_page(client, "?country=PT")) == ["112"]
    assert "116 111" in _page(client, "?country=PT").select_one("#young").text


def test_an_unknown_country_is_told_what_to_do(client, numbers):
    for query in ("?country=ZZ", "?country=<script>", "?country=" + "x" * 3000):
        page = _page(client, query)
        assert "local emergency number" in page.main.text
        assert "<script>x" not in str(page)


def test_the_country_comes_from_the_profile_else_from_the_zone(client, app, numbers, cast, sign_in):
    assert _calls(_page(client)) == []
    client.set_cookie("zone", "Pacific/Auckland")
    assert _calls(_page(client))[0] == "111"

    sign_in(client, cast.ben)
    assert _calls(_page(client))[0] == "112"


def test_the_footer_of_every_page_names_the_readers_numbers(client, numbers):
    client.set_cookie("zone", "Europe/Dublin")

    note = tree_of(client.get("/sign-in")).select_one(".crisis-line").text

    assert "In Ireland, call 112 or 999" in note
    assert "116 123" in note


def test_the_footer_without_a_country_names_none(client, numbers):
    note = tree_of(client.get("/sign-in")).select_one(".crisis-line").text

    assert "Call your local emergency number" in note


def test_a_number_older_than_180_days_says_so_and_is_a_task(client, app, clock, numbers):
    clock.advance(days=150)
    assert "check locally" not in _page(client, "?country=IE").main.text
    assert not queries.to_check()

    clock.advance(days=1)
    assert "check locally" in _page(client, "?country=IE").main.text
    assert len(queries.to_check()) == numbers


def test_a_number_that_nobody_checked_yet_says_so(client, app):
    actions.seed_resources()

    assert "check locally" in _page(client, "?country=IE").main.text
    assert len(queries.to_check()) == len(queries.all_lines())


def test_entering_the_list_twice_changes_nothing(app, numbers):
    assert numbers == len(queries.all_lines())
    assert actions.seed_resources() == 0


def test_the_operator_enters_the_list(app):
    out = app.test_cli_runner().invoke(args=["seed"], catch_exceptions=False).output

    assert out.startswith("31 topics and 29 crisis numbers entered")


def test_the_page_needs_no_script_and_explains_leaving(client, numbers):
    page = _page(client, "?country=GB")

    assert page.select_one("#leaving a[data-exit]")["href"]
    assert page.select_one("form[method=get] select[name=country]")
    assert page.select_one("#young")
    assert not page.main.find_all("script")


@pytest.mark.parametrize(
    ("zone", "country"),
    [("Europe/Dublin", "IE"), ("Asia/Kathmandu", "NP"), ("America/New_York", "US"), ("UTC", None), ("Nowhere", None)],
)
def test_a_zone_lies_in_a_country(zone, country):
    assert country_of_zone(zone) == country


def test_what_leaving_cannot_do_is_said_with_the_way_to_sign_out(client, cast, sign_in):
    for place, path in (("#leaving", "/help-now"), ("main", "/privacy")):
        said = tree_of(client.get(path)).select_one(place).text
        assert "sign you out" in said
        assert "“Sign out” in the menu" in said or "“Sign out” is in the menu" in said
    leaving = _page(client).select_one("#leaving")
    assert f"{accounts.CLIENT_IDLE_OWN_DEVICE.days} days" in leaving.text
    assert f"{accounts.CLIENT_IDLE // timedelta(hours=1)} hours" in leaving.text
    assert leaving.find("button") is None

    sign_in(client, cast.ben)
    assert _page(client).select_one("#leaving form[action='/sign-out'] button").text.strip() == "Sign out"


def test_where_the_way_out_stands_is_said_truly(client, cast):
    """Not only "at the top of bookings and of this page": sign-in and sign-up on the way to one have it too."""
    said = _page(client).select_one("#leaving").text

    assert "creating an account" in said
    assert "Your settings can put it on every page" in said


@pytest.mark.parametrize(
    ("code", "said"),
    [("US", "in the United States"), ("GB", "in the United Kingdom"), ("NL", "in the Netherlands"),
     ("CZ", "in Czechia"), ("IE", "in Ireland"), ("EU", "anywhere in the EU")],
)  # fmt: skip
def test_a_country_stands_in_a_sentence_with_its_article(code, said):
    assert in_country(code) == said


def test_the_footer_names_the_country_as_one_says_it(client, numbers):
    client.set_cookie("zone", "America/New_York")

    assert "In the United States, call 911" in " ".join(_page(client).select_one(".crisis-line").text.split())


def test_the_desk_lists_numbers_by_the_names_of_their_countries(app, numbers):
    names = [country_name(each.country) for each in queries.all_lines() if each.country != ANYWHERE_IN_EU]

    assert names
    assert names == sorted(names)
    assert queries.all_lines()[-1].country == ANYWHERE_IN_EU


def test_a_page_says_plainly_what_we_cannot_hide(client):
    page = client.get("/discretion")

    assert page.status_code == 200 and page.headers["Cache-Control"] == "no-store"
    assert "can’t see which page" in page.text and "data-exit" in page.text
    assert "/discretion" in client.get("/help-now").text
