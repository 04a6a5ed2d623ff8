"""One public profile: what was checked and when, real times to choose, and a way on from every no."""

import re
from datetime import UTC, date, datetime

import pytest
from bs4 import BeautifulSoup

from practice.bookings.states import BookingState
from practice.specialists import actions, queries
from practice.specialists.cancel_rules import PRESETS, Preset
from practice.specialists.models import Credential
from practice.specialists.selling import ForSale
from practice.specialists.states import CredentialKind, Kind, ProfileState
from practice.store.db import transaction
from practice.values.money import Money
from tests import factories
from tests.bookings.test_buying import say_yes


@pytest.fixture
def page(client, cast):
    client.set_cookie("zone", "Europe/Vienna")
    return lambda address="/specialists/anna-kern": BeautifulSoup(client.get(address).text, "html.parser")


def change(practice, **columns):
    with transaction():
        for name, value in columns.items():
            setattr(practice, name, value)
        practice.profile_version += 1
        practice.calendar_version += 1


def words(soup):
    return re.sub(r"\s+", " ", soup.find("main").get_text(" "))


def test_a_profile_shows_the_granted_title_and_never_the_one_applied_for(page, cast):
    change(cast.practice, title_applied_for="World healer", granted_title="Relationship coach")

    said = words(page())

    assert "Relationship coach" in said
    assert "World healer" not in said


def test_what_was_checked_is_there_with_its_month_and_without_the_number(page, cast, clock):
    with transaction() as session:
        session.add(
            Credential(
                specialist_id=cast.practice.id, kind=CredentialKind.LICENCE, body="Austrian register", country="AT",
                number="SECRET-77", expires_on=date(2028, 6, 30), state="verified", checked_at=clock.now(),
            )
        )  # fmt: skip

    said = words(page())

    assert "Austrian register" in said
    assert "Checked March 2027, Austria, valid to 30 June 2028" in said
    assert "SECRET-77" not in said


@pytest.mark.parametrize("state", ["submitted", "refused", "expired", "replaced"])
def test_what_was_not_checked_is_not_shown_as_checked(page, cast, clock, state):
    with transaction() as session:
        session.add(
            Credential(specialist_id=cast.practice.id, body="Unseen college", state=state, checked_at=clock.now())
        )

    assert "Unseen college" not in words(page())


# ---------------------------------------------------------------- prices


@pytest.fixture
def paid_out(cast):
    """Anna can be paid out in euro."""
    return factories.payout_account(cast.anna)


def offered(cast, **changes):
    """Anna's session of fifty minutes on other terms."""
    wanted = ForSale(**{"minutes": 50, "price": Money(7200, "EUR")} | changes)
    return actions.put_offer(cast.practice, wanted, by=cast.anna, of=queries.sessions(cast.practice)[0])


def prices(soup):
    found = soup.select_one("#prices")
    return re.sub(r"\s+", " ", found.get_text(" ")) if found else ""


def test_what_cannot_be_sold_yet_has_a_price_and_a_free_consultation_first(page, cast):
    said = prices(page())

    assert "One person, 50 minutes €72.00" in said
    assert "A free consultation comes first." in said
    assert "Free to cancel" not in said
    assert "missing" not in said


def test_what_is_sold_says_how_one_comes_to_it_and_what_comes_back(page, cast, paid_out):
    said = prices(page())
    assert "After a free consultation and a yes from both of you." in said
    assert "Free to cancel until 24 hours before." in said

    offered(cast, consult_first=False, rule=PRESETS[Preset.FIRM])

    said = prices(page())
    assert "Also without a consultation first." in said
    assert "Free to cancel until 48 hours before." in said
    assert "A free consultation comes first." not in said


def test_nothing_is_shown_that_cannot_be_had(page, cast):
    actions.set_consult(cast.practice, False, by=cast.anna)
    assert prices(page()) == ""

    factories.payout_account(cast.anna)
    assert "€72.00" not in prices(page()), "it begins with a consultation, and there is none"

    offered(cast, consult_first=False)
    assert "€72.00" in prices(page())


@pytest.mark.parametrize("state", ["missing", "checking", "refused"])
def test_a_payout_account_that_takes_no_money_sells_nothing(page, cast, state):
    factories.payout_account(cast.anna, state=state)

    assert "Free to cancel" not in prices(page())


def test_what_has_a_price_in_another_currency_is_not_sold(page, cast):
    factories.payout_account(cast.anna, currency="GBP")

    assert "Free to cancel" not in prices(page())


def test_a_profile_follows_its_payout_account_at_once(page, cast, paid_out):
    assert "Free to cancel" in prices(page())

    with transaction():
        paid_out.state = "missing"

    assert "Free to cancel" not in prices(page())


def test_only_its_owner_reads_that_something_is_missing(page, client, cast, sign_in):
    sign_in(client, cast.ben)
    assert "See what is missing" not in words(page())

    sign_in(client, cast.anna)
    assert "See what is missing" in words(page())


def test_a_price_of_ones_own_is_shown_to_nobody_else(page, client, cast, sign_in):
    offer = offered(cast, lower=Money(4000, "EUR"), lower_count=1)
    at = datetime(2027, 2, 24, 9, 0, tzinfo=UTC)
    code = factories.booking(cast.ben, cast.practice, at, state=BookingState.COMPLETED).code
    actions.give_lower_price(offer, code, by=cast.anna)
    assert "€40.00" not in words(page())

    sign_in(client, cast.cleo)
    assert "€40.00" not in words(page())

    sign_in(client, cast.ben)
    assert "€40.00 for you: only Anna and you see this." in words(page())


# ---------------------------------------------------------------- what can be booked here


def choices(soup):
    return [each.get_text(strip=True) for each in soup.select('nav[aria-label="What you book"] a')]


def starts(soup):
    return [each["value"] for each in soup.select('#picker input[name="start"]')]


def test_each_offer_that_can_be_bought_has_its_own_times(page, cast, paid_out):
    offer = offered(cast, consult_first=False)
    first = page()
    assert choices(first) == ["Free consultation", "50 minutes"]

    other = page(f"/specialists/anna-kern?offer={offer.code}")

    assert other.select_one("#picker")["action"] == f"/specialists/anna-kern/offers/{offer.code}/book"
    assert f"offer={offer.code}" in other.select_one('a[aria-label="Later week"]')["href"]
    assert starts(other)
    assert starts(other) != starts(first)
    assert "One person, 50 minutes" in words(other)
    assert "Nothing is charged before you have seen all of it on one page." in words(other)


@pytest.mark.parametrize("code", ["", "nothing", "%00", "x" * 500])
def test_an_offer_that_is_none_shows_what_comes_first(page, cast, paid_out, code):
    offered(cast, consult_first=False)

    assert (
        page(f"/specialists/anna-kern?offer={code}")
        .select_one("#picker")["action"]
        .endswith(f"{cast.practice.consult.code}/book")
    )


def test_what_begins_with_a_consultation_is_chosen_after_a_yes_of_both(page, client, cast, paid_out, sign_in):
    sign_in(client, cast.ben)
    assert choices(page()) == []
    assert page().select_one("#picker")["action"].endswith(f"{cast.practice.consult.code}/book")

    say_yes(cast)

    soup = page()
    assert "One person, 50 minutes" in soup.select_one("#picker").get_text(" ")
    assert starts(soup)


def test_what_is_not_sold_is_no_choice(page, cast):
    offered(cast, consult_first=False)

    assert choices(page()) == []


def test_without_a_free_consultation_what_is_sold_directly_is_chosen(page, cast, paid_out):
    offer = offered(cast, consult_first=False)
    actions.set_consult(cast.practice, False, by=cast.anna)

    assert page().select_one("#picker")["action"] == f"/specialists/anna-kern/offers/{offer.code}/book"


def test_whoever_chose_no_time_is_led_back_to_the_offer_they_looked_at(page, cast, paid_out, post):
    offer = offered(cast, consult_first=False)

    answer = post(f"/specialists/anna-kern/offers/{offer.code}/book", offer=offer.code)

    assert answer.location == f"/specialists/anna-kern?offer={offer.code}#book"


def test_the_rule_of_the_free_consult_is_there_before_anyone_hits_it(page, client, cast, sign_in):
    assert "One free consultation with each specialist." in words(page())

    sign_in(client, cast.ben)

    assert "You have none ahead of you, at most 3 at a time." in words(page())


def test_a_coach_carries_the_line_about_what_coaching_is_not(page, cast):
    assert "Coaching isn’t a regulated health profession" in words(page())

    change(cast.practice, kind=Kind.PSYCHOLOGIST)

    assert "Coaching isn’t" not in words(page())


def test_times_are_those_of_the_readers_zone(page, client, cast):
    values = [i["value"] for i in page().select('input[name="start"]')]
    assert values[0] == "2027-03-02T08:00:00Z"

    client.set_cookie("zone", "America/New_York")

    first = page().select_one('input[name="start"]')
    assert (first["value"], first["data-long"]) == ("2027-03-02T08:00:00Z", "Tue 2 March, 03:00")


@pytest.mark.parametrize("week", ["2027-03-08", "2027-13-40", "x", "9999-12-31", "0001-01-01", "%00", "2027-W10"])
def test_any_week_in_the_address_gives_a_page(client, cast, week):
    assert client.get(f"/specialists/anna-kern?week={week}").status_code == 200


def test_the_next_week_is_a_link_that_can_be_shared(page, cast):
    later = page().select_one('a[aria-label="Later week"]')["href"]

    assert page(later.partition("#")[0]).select('input[name="start"]')[0]["value"].startswith("2027-03-")


@pytest.mark.parametrize("until, said", [(date(2027, 4, 9), "Back on 9 April 2027"), (None, "Not taking new clients")])
def test_a_paused_profile_is_readable_without_a_dead_button(page, cast, until, said):
    someone = factories.specialist(factories.user("Otto", zone="Europe/Vienna"))
    actions.pause(cast.practice, until, by=cast.anna)

    soup = page()

    assert said in words(soup)
    assert "I listen first." in words(soup)
    assert not soup.select('input[name="start"]')
    assert not soup.find("form", action=re.compile("/book$"))
    ways = soup.select_one("#book").find_all("a")
    assert len(ways) >= 2
    assert any(way["href"] == f"/specialists/{someone.slug}" for way in ways)


def test_somebody_without_a_free_consult_says_so_and_leads_on(page, cast):
    actions.set_consult(cast.practice, False, by=cast.anna)

    soup = page()

    assert "No free consultation here" in words(soup)
    assert len(soup.select_one("#book").find_all("a")) >= 2


def test_somebody_without_times_says_so_and_leads_on(page, cast):
    factories.open_hours(cast.practice, days=())
    change(cast.practice)

    soup = page()

    assert "no free times in the next weeks" in words(soup)
    assert len(soup.select_one("#book").find_all("a")) >= 2


def test_a_pair_that_has_its_consult_reads_so_and_finds_others(page, client, cast, sign_in):
    factories.booking(cast.ben, cast.practice, datetime(2027, 3, 2, 8, 0, tzinfo=UTC))
    sign_in(client, cast.ben)

    soup = page()

    assert "You have a free consultation with this specialist booked already" in words(soup)
    assert len(soup.select_one("#book").find_all("a")) >= 2


def test_ones_own_profile_offers_no_booking(page, client, cast, sign_in):
    sign_in(client, cast.anna)

    soup = page()

    assert "This is your profile" in words(soup)
    assert not soup.select('input[name="start"]')


@pytest.mark.parametrize("state", [s for s in ProfileState if s not in (ProfileState.PUBLISHED, ProfileState.PAUSED)])
def test_a_profile_that_is_not_public_is_404_for_all_but_its_owner_and_staff(app, cast, sign_in, state):
    change(cast.practice, state=state)

    for person in (None, cast.ben, cast.cleo):
        browser = app.test_client() if person is None else sign_in(app.test_client(), person)
        assert browser.get("/specialists/anna-kern").status_code == 404
    for person in (cast.anna, cast.sam):
        answer = sign_in(app.test_client(), person).get("/specialists/anna-kern")
        assert answer.status_code == 200
        assert "Only you and our staff can see this page" in answer.text


@pytest.mark.parametrize("slug", ["nobody", "%00", "..%2f..%2fetc", "anna-kern'--", "anna_kern", "x" * 3000])
def test_an_address_without_a_profile_is_404(client, cast, slug):
    assert client.get(f"/specialists/{slug}").status_code == 404


def test_hostile_words_are_shown_inert(page, cast):
    evil = '<script>alert(1)</script>"><img src=x onerror=alert(1)>{{ config }}'
    columns = ("about", "best_at", "not_right_for", "first_session", "training", "supervision", "place")
    change(cast.practice, headline=evil[:90], name="<b>Anna</b>", **dict.fromkeys(columns, evil[:80]))

    soup = page()

    assert not soup.find("img", src="x")
    assert not soup.find("script", string=re.compile("alert"))
    assert not soup.find("b", string="Anna")
    assert soup.h1.text == "<b>Anna</b>"


def test_on_a_phone_the_bar_books_once_a_time_is_chosen(page, cast):
    soup = page()
    book = soup.select_one(".book-bar button")

    assert book["form"] == soup.select_one("form.picker")["id"]
    assert soup.select_one(".book-bar a")["href"] == "#book"


def test_whoever_books_without_a_time_is_told_beside_the_times_of_that_week(page, cast, post):
    answer = post("/specialists/anna-kern/book", week="2027-03-08")
    assert answer.location == "/specialists/anna-kern?week=2027-03-08#book"
    soup = page("/specialists/anna-kern?week=2027-03-08")

    assert "Choose a time first." in soup.select_one("#book form .err").text
    assert not soup.select_one(".flash-wrap")


def test_whoever_books_without_a_time_comes_back_to_the_day_that_was_open(page, cast, post):
    answer = post("/specialists/anna-kern/book", week="2027-03-08", day="3")

    soup = page(answer.location.partition("#")[0])

    assert [day["value"] for day in soup.select("input[name=day][checked]")] == ["3"]
    (first,) = page("/specialists/anna-kern?week=2027-03-08&day=x").select("input[name=day][checked]")
    assert first["value"] == "1"


def test_a_profile_says_from_when_on_a_cancellation_counts(page, cast):
    said = words(page())

    assert "Cancelled less than two hours before, it counts as your one free consultation" in said
