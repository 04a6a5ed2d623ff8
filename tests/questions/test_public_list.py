"""The public list and the box of what is alike, as browsers, scripts and search engines see them."""

import logging
from datetime import date
from xml.etree import ElementTree as ET

import pytest
from bs4 import BeautifulSoup

from practice.http import page_memory
from practice.questions.states import QuestionState, Relation
from practice.store.db import transaction
from tests import public_questions as public

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture
def world(cast):
    """One answered question about trust, one that waits, one that nobody sees."""
    page_memory.forget()
    jealous = public.question("Jealousy again", "She looks at my phone.", topics=("Trust",), first_name="Benedikt")
    public.answer(jealous, cast.practice, "Talk about envy.")
    public.question("How do we sleep?", topics=("Sleep",), relation=Relation.SELF, on=date(2027, 3, 1))
    hidden = {"state": QuestionState.IN_REVIEW, "public_title": None, "public_words": None}
    public.question("Not yet read", **hidden)
    return jealous


def titles(answer):
    assert answer.status_code == 200
    return [each.get_text() for each in BeautifulSoup(answer.data, "html.parser").select("a.cover-link")]


def test_the_list_shows_what_was_asked_and_who_answered_and_nobody_who_asked(client, world):
    page = client.get("/questions")

    assert titles(page) == ["How do we sleep?", "Jealousy again"]
    assert "1 answer" in page.text
    assert "Waiting for its first answer" in page.text
    assert "Not yet read" not in page.text
    for whose in ("Benedikt", "Quiet Heron", "Ben"):
        assert whose not in page.text


def test_a_card_leads_to_its_question_and_a_filter_to_as_many_as_it_says(client, world):
    page = BeautifulSoup(client.get("/questions").data, "html.parser")

    for chip in page.select("nav a.chip"):
        assert len(titles(client.get(chip["href"]))) == int(chip.select_one(".count-q").get_text())
    assert client.get(page.select_one("a.cover-link")["href"]).status_code == 200


def test_what_was_taken_back_is_in_no_list_that_a_process_remembers(client, world, questions):
    client.set_cookie("zone", "Europe/Dublin")
    for _ in range(2):
        assert "Jealousy again" in client.get("/questions").text
    questions.clear()
    client.get("/questions")
    assert len(questions) == 2

    public.hide(world)

    for path in ("/questions", "/questions?topic=trust", "/questions?q=jealousy"):
        assert titles(client.get(path)) == ["How do we sleep?"], path
    assert world.code not in client.get("/sitemap.xml").get_data(as_text=True)
    assert client.get(f"/questions/{world.code}").status_code in (404, 410)


def test_who_answered_goes_from_a_kept_page_with_their_profile(client, cast, world):
    assert "faces" in client.get("/questions").get_data(as_text=True)

    with transaction() as session:
        session.merge(cast.practice).state = "suspended"

    assert "faces" not in client.get("/questions").get_data(as_text=True)


STRANGE = [
    "",
    " ",
    "a",
    "%",
    '"',
    "*",
    "x" * 100_000,
    "\u202ejealousy",
    "\u200b\u200d",
    "'; DROP TABLE questions",
    "<b>",
]


def test_whatever_is_searched_is_answered_politely(client, world):
    for typed in STRANGE:
        page = client.get("/questions", query_string={"q": typed})
        assert titles(page), typed[:20]
        assert "<b>" not in page.get_data(as_text=True)
    for parts in ("page=0", "page=-3", "page=999999999999", "topic=%00", "relation=nobody", "topic=trust&topic=sleep"):
        assert titles(client.get(f"/questions?{parts}")), parts


def test_where_nothing_matches_the_page_says_what_it_left_out_and_leads_on(client, world):
    page = client.get("/questions?q=jealousy&topic=sleep")

    assert "No question matches all of that." in page.text
    assert "the topic" in page.text
    assert titles(page) == ["Jealousy again"]
    assert 'href="/questions"' in page.get_data(as_text=True)


def test_words_that_were_searched_stand_in_no_log(client, world, post, caplog):
    caplog.set_level(logging.DEBUG)

    client.get("/questions?q=wordthatnobodymaysee")
    post("/questions/similar", title="wordthatnobodymaysee", words="")

    assert "wordthatnobodymaysee" not in caplog.text


# ---------------------------------------------------------------- alike


def test_what_is_alike_is_sent_for_and_comes_as_a_part_of_a_page(client, world, post):
    answer = post("/questions/similar", title="Always this jealousy", words="")

    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    part = BeautifulSoup(answer.data, "html.parser")
    assert [each.get_text(strip=True) for each in part.select("a")] == ["Jealousy again"]
    assert part.select_one("html") is None
    assert client.get("/questions/similar").status_code in (404, 405)
    assert client.post("/questions/similar", data={"title": "Jealousy"}).status_code in (400, 403, 422)


def test_nothing_is_alike_where_nothing_is_written(world, post):
    for typed in STRANGE:
        assert post("/questions/similar", title=typed).status_code == 200
    assert "<a" not in post("/questions/similar", title="how do we").get_data(as_text=True)


# ---------------------------------------------------------------- search engines


def test_search_engines_have_a_list_of_what_its_askers_said_yes_to(client, world):
    yes = public.question("May be found", may_be_indexed=True)

    listed = client.get("/sitemap.xml")
    addresses = [each.text for each in ET.fromstring(listed.data).iter(f"{SITEMAP}loc")]

    assert listed.mimetype == "application/xml"
    assert f"http://localhost/questions/{yes.code}" in addresses
    assert not [each for each in addresses if world.code in each]
    assert "http://localhost/specialists/anna-kern" in addresses
    assert "Sitemap: http://localhost/sitemap.xml" in client.get("/robots.txt").get_data(as_text=True)


def test_the_list_may_be_kept_by_engines_only_while_all_it_shows_may(client, cast):
    page_memory.forget()
    public.question("May be found", may_be_indexed=True)
    assert "noindex" not in client.get("/questions").get_data(as_text=True)
    assert "noindex" in client.get("/questions?q=found").get_data(as_text=True)

    public.question("May not")

    assert "noindex" in client.get("/questions").get_data(as_text=True)
