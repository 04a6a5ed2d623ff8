"""The public list: filters in the address, real times, a published order, and never an empty page."""

import re
import threading
from datetime import UTC, date, datetime

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import event

from practice.bookings.picking import nearest, spread
from practice.http import page_memory
from practice.specialists import actions, search
from practice.specialists.actions.rows import touch
from practice.specialists.models import Specialist, SpecialistLanguage, SpecialistTopic, Topic
from practice.specialists.policy import day_number, shuffled
from practice.specialists.states import ProfileState
from practice.store.db import db, transaction
from practice.values import clock as wall
from practice.values.money import Money
from tests import factories


def someone(
    name, *, topics=("Stress",), languages=("en",), price=7200, zone="Europe/Vienna", hours=(540, 1020), **columns
):
    """A published practice that lists these topics (the first is a main one)."""
    owner = factories.user(name, email=f"{name.lower().replace(' ', '.')}@people.example", zone=zone)
    costs = Money(price, "EUR")
    practice = factories.specialist(owner, slug=name.lower().replace(" ", "-"), price=costs, **columns)
    with transaction() as session:
        practice.topics.clear()
        practice.languages.clear()
        session.flush()
        practice.topics = [
            SpecialistTopic(topic=factories.topic(topic), is_main=place == 0, position=place)
            for place, topic in enumerate(topics)
        ]
        practice.languages = [SpecialistLanguage(language=code, position=n) for n, code in enumerate(languages)]
    factories.open_hours(practice, zone=zone, hours=hours)
    return practice


@pytest.fixture
def names(client):
    def read(address="/specialists"):
        answer = client.get(address)
        assert answer.status_code == 200, answer.text[:500]
        return [h.get_text(strip=True) for h in BeautifulSoup(answer.text, "html.parser").select("article.spec h2")]

    return read


@pytest.fixture
def page(client):
    return lambda address="/specialists": BeautifulSoup(" ".join(client.get(address).text.split()), "html.parser")


@pytest.fixture
def three(app):
    return [
        someone("Ada Berg", topics=("Sleep", "Stress"), languages=("de", "en"), price=5000),
        someone("Bo Chen", topics=("Stress",), languages=("zh",), price=9000, formats=["phone"]),
        someone("Cy Diaz", topics=("Grief",), languages=("es", "en"), price=7200),
    ]


# ---------------------------------------------------------------- who is in it


def test_only_published_people_are_in_the_list(names, app):
    for number, state in enumerate(ProfileState):
        someone(f"P{number} Q", state=state)

    assert names() == [f"P{list(ProfileState).index(ProfileState.PUBLISHED)} Q"]


@pytest.mark.parametrize(
    "query, found",
    [
        ("topic=sleep", {"Ada Berg"}),
        ("topic=sleep&topic=grief", {"Ada Berg", "Cy Diaz"}),
        ("language=en", {"Ada Berg", "Cy Diaz"}),
        ("format=phone", {"Bo Chen"}),
        ("max=72", {"Ada Berg", "Cy Diaz"}),
        ("max=50.00&currency=EUR", {"Ada Berg"}),
        ("q=ada", {"Ada Berg"}),
        ("q=GRIEF", {"Cy Diaz"}),
        ("q=mandarin", {"Bo Chen"}),
        ("q=stress+berg", {"Ada Berg"}),
        ("language=en&topic=grief&max=80", {"Cy Diaz"}),
        ("free=1", {"Ada Berg", "Bo Chen", "Cy Diaz"}),
    ],
)
def test_filters_leave_those_who_match(names, three, query, found):
    assert set(names(f"/specialists?{query}")) == found


@pytest.mark.parametrize("text", ["%", "_", "%%%", "d_az", "D%z", "*", ".*", "' OR 1=1 --", "\\", "[a-z]"])
def test_a_search_is_words_and_never_a_pattern(page, three, text):
    answer = page("/specialists?q=" + text.replace("%", "%25").replace("+", "%2B"))

    assert "Nobody matches all of that" in answer.text
    assert "match," not in " ".join(answer.text.split()), "and then does not say how many match"


def test_a_price_in_another_currency_is_not_compared(names, three):
    actions.set_offer(three[0], 50, Money(6000, "JPY"), by=three[0].user)

    assert names("/specialists?max=80&currency=EUR") == ["Cy Diaz"]
    assert names("/specialists?max=6000&currency=JPY") == ["Ada Berg"]


def test_no_free_consult_is_said_and_comes_last(names, page, three):
    actions.set_consult(three[0], False, by=three[0].user)

    assert names()[-1] == "Ada Berg"
    assert "Ada Berg" not in names("/specialists?free=1")
    assert "No free consultation" in page().select("article.spec")[-1].text


def test_when_is_asked_of_the_readers_own_day(names, app, client):
    someone("Ada Berg", zone="Europe/Vienna", hours=(9 * 60, 11 * 60))
    someone("Kim Sato", zone="Asia/Tokyo", hours=(9 * 60, 11 * 60))
    client.set_cookie("zone", "Asia/Tokyo")

    assert names("/specialists?when=evening") == ["Ada Berg"]  # 9 to 11 in Vienna is 17 to 19 in Tokyo
    assert names("/specialists?when=morning") == ["Kim Sato"]


def test_counts_beside_the_filters_say_how_many_each_would_bring(page, three):
    panel = page("/specialists?language=en").find("aside")

    counts = {
        row.span.text: row.select_one(".count-q").text
        for row in panel.select("label.check")
        if row.select_one(".count-q")
    }
    assert (counts["Sleep"], counts["Stress"], counts["Grief"]) == ("1", "1", "1")
    assert "German (1)" in panel.text
    assert "Spanish (1)" in panel.text


def test_counts_beside_the_parts_of_the_day_are_of_the_readers_own_clock_and_follow_each_booking(
    app, client, page, clock
):
    early = someone("Ada Berg", zone="Europe/Vienna", hours=(9 * 60, 9 * 60 + 30))
    someone("Bea Lind", zone="Europe/Vienna", hours=(18 * 60, 19 * 60), languages=("de",))

    def counts(zone, address="/specialists"):
        client.set_cookie("zone", zone)
        rows = page(address).find("aside").select("label.check:has(input[name=when])")
        return [int(row.select_one(".count-q").text) for row in rows]

    assert counts("Europe/Vienna") == [1, 1, 0]
    assert counts("Asia/Tokyo") == [1, 1, 1]  # 18 on a Friday in Vienna is 2 on a Saturday in Tokyo
    assert counts("Europe/Vienna", "/specialists?language=de") == [0, 1, 0]
    assert counts("Europe/Vienna", "/specialists?when=evening") == [1, 1, 0]

    with transaction():
        early.calendar_version += 1
        factories.open_hours(early, zone="Europe/Vienna", hours=(18 * 60, 19 * 60))
    clock.advance(minutes=1)
    assert counts("Europe/Vienna") == [0, 2, 0]


# ---------------------------------------------------------------- never empty, never broken


@pytest.mark.parametrize(
    "query, said",
    [
        ("topic=grief&language=de", "the language"),
        ("topic=sleep&max=10", "the price"),
        ("q=nobody&language=en", "the words you searched for"),
        ("topic=grief&format=phone", "how you would meet"),
        ("when=weekend&topic=grief", "the time of day"),
    ],
)
def test_if_nobody_matches_one_filter_is_left_out_and_named(names, page, three, query, said):
    assert names(f"/specialists?{query}")
    assert said in page(f"/specialists?{query}").text


def test_if_dropping_one_is_not_enough_as_few_as_it_takes_are_left_out(names, page, three):
    address = "/specialists?q=nobody&max=1&language=zh&topic=grief"
    found = page(address)

    assert names(address) == ["Cy Diaz"]
    assert "We left out the words you searched for, the price and the language, which brings 1 person" in found.text
    assert [chip.text.split(",")[0].strip() for chip in found.select("a.chip")] == ["Grief"]


def test_beside_a_list_that_was_widened_stand_the_filters_that_hold(page, three):
    panel = page("/specialists?topic=grief&language=zh").find("aside")

    assert [box["value"] for box in panel.select("input[name=topic][checked]")] == ["grief"]
    assert panel.select_one("select[name=language] option[selected]") is None
    assert "English (1)" in panel.text


def test_if_nothing_that_was_asked_brings_anybody_all_are_shown(names, page, three):
    address = "/specialists?q=nobody&max=1"

    assert len(names(address)) == 3
    assert "We left out all your filters" in page(address).text


def test_a_place_without_specialists_says_so_and_leads_on(page, app):
    empty = page().select_one(".empty")

    assert "Nobody is here yet" in empty.text
    assert len(empty.find_all("a")) >= 2


@pytest.mark.parametrize(
    "query",
    [
        "topic=made-up", "topic=" + "x" * 5000, "topic=%00", "language=xx", "language=en&language=%27",
        "format=telepathy",
        "max=abc", "max=-1", "max=1e9", "max=99999999999999999999", "max=NaN", "max=%D9%A7", "currency=XXX&max=5",
        "free=yes", "when=teatime", "q=" + "y" * 5000, "q=%00%01%1b", "q=%ED%A0%80", "q=<script>alert(1)</script>",
        "q={{7*7}}", "page=0", "page=-1", "page=abc", "page=99999999999", "page=%D9%A1",
        "week=x", "sort=price", "zone=Mars",
    ],
)  # fmt: skip
def test_an_address_that_makes_no_sense_still_gives_a_page(client, three, query):
    answer = client.get(f"/specialists?{query}")

    assert answer.status_code == 200
    soup = BeautifulSoup(answer.text, "html.parser")
    assert soup.select("article.spec")
    assert not soup.find("script", string=re.compile("alert"))
    assert "49" not in (soup.find(id="q") or {"value": ""})["value"]


def test_a_price_that_cannot_be_read_is_told(page, three):
    assert "The highest price was left out" in page("/specialists?max=cheap").text


# ---------------------------------------------------------------- the order


def test_the_order_is_match_then_soonest_then_the_days_shuffle(names, three, clock):
    early = someone("Eve Frost", topics=("Grief", "Sleep"), hours=(480, 540))
    number = day_number(wall.today("UTC"))

    assert names("/specialists?topic=grief&topic=sleep")[0] == "Eve Frost"  # matches both
    tied = sorted(["ada-berg", "bo-chen", "cy-diaz"], key=lambda slug: shuffled(number, slug))
    plain = [name.lower().replace(" ", "-") for name in names()]
    assert plain == ([early.slug, *tied] if plain[0] == early.slug else [*tied, early.slug])


def test_ties_are_shuffled_anew_each_day(names, app, clock):
    for letter in "ABCDEF":
        someone(f"{letter}a Zed")
    orders = []
    for _ in range(7):
        orders.append(tuple(names()))
        clock.advance(days=7)

    assert len(set(orders)) > 1


def test_the_order_page_gives_the_number_of_today(client, app, clock):
    text = client.get("/specialists/order").text

    assert day_number(date(2027, 3, 1)) in text


# ---------------------------------------------------------------- times on cards


def test_a_card_shows_three_real_times_in_the_readers_zone(client, page, app):
    someone("Ada Berg")  # Vienna, 9 to 17; it is 9:00 there on Monday, and 12 hours of notice are kept
    client.set_cookie("zone", "Europe/Vienna")

    times = [button.text for button in page().select("article.spec .slot")]

    assert times == ["Tue 09:00", "Tue 12:00", "Tue 15:00"]
    client.set_cookie("zone", "Asia/Kathmandu")
    assert page().select_one("article.spec .slot").text == "Tue 13:45"


def test_a_time_that_was_taken_is_gone_from_the_card_at_once(client, page, app, clock):
    practice = someone("Ada Berg")
    client.set_cookie("zone", "Europe/Vienna")
    assert page().select_one("article.spec .slot").text == "Tue 09:00"

    with transaction():
        practice.calendar_version += 1
    factories.booking(factories.user("Ben"), practice, datetime(2027, 3, 2, 8, 0, tzinfo=UTC))

    assert page().select_one("article.spec .slot").text == "Tue 09:30"


def test_a_changed_profile_is_changed_on_its_card_at_once(client, app):
    practice = someone("Ada Berg")
    assert "Plain words" in client.get("/specialists").text

    actions.set_offer(practice, 50, Money(123_00, "EUR"), by=practice.user)

    assert "€123.00" in client.get("/specialists").text


def test_a_card_offers_no_time_that_would_be_refused(client, page, app, clock):
    from practice.bookings.models import Strike
    from practice.bookings.states import BookingState

    practice = someone("Ada Berg")
    for number in range(3):
        starts = datetime(2027, 2, 1 + number, 9, 0, tzinfo=UTC)
        ben = factories.user(f"Ben{number}")
        missed = factories.booking(ben, practice, starts, state=BookingState.SPECIALIST_MISSED)
        with transaction() as session:
            session.add(Strike(specialist_id=practice.id, booking_id=missed.id, reason="missed"))
    assert not page().select("article.spec .slot")
    assert not page().select("article.spec .badge.free")

    clock.advance(days=91)

    assert page().select("article.spec .slot")
    assert page().select("article.spec .badge.free")


@pytest.mark.parametrize(
    ("hours", "chosen"),
    [
        ((0, 1, 2, 3, 6), (0, 3, 6)),
        ((0, 1, 2), (0, 1, 2)),
        ((0, 3, 4), (0, 3, 4)),
        ((0, 1, 3), (0, 1, 3)),
        ((0, 3), (0, 3)),
        ((), ()),
    ],
)
def test_times_on_a_card_are_real_choices_and_as_many_as_there_are(hours, chosen):
    assert spread([hour * 3600 for hour in hours], 3) == tuple(hour * 3600 for hour in chosen)


def test_far_times_carry_their_date(client, page, app):
    practice = someone("Ada Berg")
    factories.open_hours(practice, zone="Europe/Vienna", days=(0,))
    client.set_cookie("zone", "Europe/Vienna")

    assert page().select_one("article.spec .slot").text == "Mon 8 Mar 09:00"


# ---------------------------------------------------------------- one page for all, and its costs


def test_thirty_on_a_page_and_a_way_to_the_rest(names, page, app):
    for number in range(31):
        someone(f"P{number} Q")

    assert len(names()) == 30
    rest = page().find("a", rel="next")["href"]
    assert len(names(rest)) == 1
    assert set(names()) & set(names(rest)) == set()
    assert page(rest).find("a", rel="prev")


def count_queries(app, call):
    from sqlalchemy import event

    seen = []

    def note(_connection, _cursor, statement, *_rest):
        if not statement.startswith(("BEGIN", "PRAGMA")):
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        call()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return seen


def test_the_list_asks_as_many_questions_for_thirty_as_for_one(app, client):
    someone("Ada Berg")
    page_memory.forget()
    one = count_queries(app, lambda: client.get("/specialists"))
    for number in range(29):
        someone(f"P{number} Q")

    cold = count_queries(app, lambda: client.get("/specialists"))
    page_memory.forget()
    warm = count_queries(app, lambda: client.get("/specialists"))

    assert len(cold) <= len(one)
    assert len(warm) <= 2


def test_each_stranger_has_a_token_and_a_nonce_of_their_own(app, three):
    first, second = app.test_client(), app.test_client()
    pages = [browser.get("/specialists") for browser in (first, second)]

    tokens = [BeautifulSoup(p.text, "html.parser").find("input", {"name": "csrf_token"})["value"] for p in pages]
    nonces = [BeautifulSoup(p.text, "html.parser").find("script", src=True)["nonce"] for p in pages]
    assert tokens[0] != tokens[1]
    assert nonces[0] != nonces[1]
    for answer, nonce in zip(pages, nonces, strict=True):
        assert f"'nonce-{nonce}'" in answer.headers["Content-Security-Policy"]
        assert "\x00" not in answer.text
    assert second.post("/zone", data={"csrf_token": tokens[1], "zone": "Asia/Tokyo"}).status_code == 302
    assert second.post("/zone", data={"csrf_token": tokens[0], "zone": "Asia/Tokyo"}).status_code == 400


def test_a_person_never_gets_a_strangers_page_nor_a_stranger_theirs(app, three, sign_in):
    stranger, ben = app.test_client(), sign_in(app.test_client(), factories.user("Ben"))
    assert "Sign in" in stranger.get("/specialists").text

    mine = ben.get("/specialists").text

    assert "Ben, your account" in mine
    assert "Ben" not in stranger.get("/specialists").text


def test_words_of_a_specialist_are_shown_inert(page, app):
    someone("Eve", headline='<img src=x onerror="alert(1)">{{ 7*7 }}', place='"><script>alert(2)</script>')

    soup = page()

    assert not soup.find("img", src="x")
    assert not soup.find("script", string=re.compile("alert"))
    assert "{{ 7*7 }}" in soup.select_one(".said").text


def test_nothing_of_another_origin_and_no_stars(client, three):
    text = client.get("/specialists").text

    assert not re.search(r'(?:src|href)="(?:https?:)?//', text)
    assert "rating" not in text.lower()


def test_a_card_that_was_read_while_it_changed_is_read_again(app, cast, dirty):
    practice = cast.practice.id
    db.session.rollback()
    done = []

    def change(_connection, _cursor, statement, *_rest):
        if "FROM specialist_topics" in statement and not done:
            done.append(True)
            writer = threading.Thread(target=_new_topic, args=(app, practice))
            writer.start()
            writer.join()

    event.listen(db.engine, "after_cursor_execute", change)
    search.listed()
    event.remove(db.engine, "after_cursor_execute", change)
    db.session.rollback()

    assert done
    assert [each.card.main_topics for each in search.listed() if each.card.id == practice] == [("sleep",)]


def _new_topic(app, practice):
    with app.app_context(), transaction() as session:
        specialist = session.get_one(Specialist, practice)
        touch(specialist)
        specialist.topics = [
            SpecialistTopic(topic=Topic(slug="sleep", name="Sleep", group="Feelings"), is_main=True, position=0)
        ]


def test_of_the_nearest_times_none_overlaps_another():
    quarters = [900 * number for number in range(40)]
    at = wall.now().fromtimestamp(900 * 20, UTC)

    found = [int(each.timestamp()) // 60 for each in nearest(quarters, at, 3, minutes=50)]
    assert found == [240, 300, 360]
    assert [int(each.timestamp()) // 60 for each in nearest(quarters, at, 3)] == [285, 300, 315]
    assert nearest([], at, 3, minutes=50) == []
