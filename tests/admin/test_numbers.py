"""The desk of crisis numbers: proposed by one with a source, shown as was and becomes, agreed by another."""

from datetime import date

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from practice.safety import queries
from practice.safety.actions import seed_resources
from practice.safety.models import CrisisResource
from practice.store.db import db, transaction
from tests import factories
from tests.pages import csrf_of, tree_of

SOURCE = {"source_url": "https://numbers.example/ireland", "read_on": "2027-03-01"}


@pytest.fixture
def number(app):
    seed_resources(date(2026, 1, 1))
    return db.session.scalars(select(CrisisResource).where(CrisisResource.number == "116 123")).first()


@pytest.fixture
def desks(app, sam, sue, sign_in):
    """The browsers of two of the staff, with a way to send a form."""

    class Desk:
        def __init__(self, person):
            self.browser = sign_in(app.test_client(), person)

        def see(self, path=""):
            return tree_of(self.browser.get(f"/admin/crisis-numbers{path}"))

        def send(self, path, prefix="", **fields):
            named = {f"{prefix}{name}": value for name, value in fields.items()}
            token = csrf_of(self.browser.get("/time-zone"))
            return self.browser.post(f"/admin{path}", data=named | {"csrf_token": token})

    return Desk(sam), Desk(sue)


def propose(desk, line, **changes):
    fields = {name: getattr(line, name) for name in ("number", "name", "hours", "languages")} | SOURCE | changes
    return desk.send(f"/crisis-numbers/{line.code}", "line-", **fields)


def test_one_click_of_one_person_changes_nothing(desks, number, client):
    sam, _ = desks

    assert propose(sam, number, number="1800 341 900").status_code == 303

    page = BeautifulSoup(client.get("/help-now?country=IE").text, "html.parser")
    assert "116 123" in [a.b.text for a in page.select("a.call")]
    card = sam.see().select_one("article.card")
    assert "You proposed it" in card.text
    assert not card.find("button", string=lambda text: text and text.startswith("Agree"))


def test_the_second_person_sees_was_and_becomes_and_the_page_it_stands_on(desks, number, client):
    sam, sue = desks
    propose(sam, number, number="1800 200 030", hours="9 to 17")

    card = sue.see().select_one("article.card")
    rows = [[cell.text for cell in row.select("th, td")] for row in card.select("tbody tr")]
    assert rows == [["Number", "116 123", "1800 200 030"], ["Hours", "Any hour", "9 to 17"]]
    assert card.select_one("a[href='https://numbers.example/ireland']")
    assert "proposed by Sam" in card.text
    assert sue.send(f"/crisis-changes/{queries.waiting_changes()[0].code}/agree").status_code == 303

    page = BeautifulSoup(client.get("/help-now?country=IE").text, "html.parser")
    assert "1800 200 030" in [a.b.text for a in page.select("a.call")]
    assert "Undo" in sam.see().select_one("section[aria-labelledby=lately]").text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"number": "0000 <b>"}, "line-number"),
        ({"number": ""}, "line-number"),
        ({"hours": "x" * 61}, "line-hours"),
        ({"source_url": "http://numbers.example"}, "line-source_url"),
        ({"source_url": ""}, "line-source_url"),
        ({"read_on": "2027-03-02"}, "line-read_on"),
        ({"read_on": ""}, "line-read_on"),
    ],
)
def test_a_mistake_comes_back_beside_its_field_with_everything_typed(desks, number, changes, field):
    sam, _ = desks

    answer = propose(sam, number, **{"languages": "English, Irish"} | changes)

    page = BeautifulSoup(answer.text, "html.parser")
    assert answer.status_code == 422
    assert page.select_one(f"#{field}")["aria-invalid"] == "true"
    assert page.select_one("#line-languages")["value"] == "English, Irish"
    assert queries.waiting_changes() == []


def test_a_line_is_added_and_ended_by_two(desks, number):
    (sam, sue), ended = desks, number.code
    new = {"country": "JP", "purpose": "emergency", "number": "119", "name": "Emergency", "hours": "Any hour"}

    assert sam.send("/crisis-numbers/new", languages="Japanese", **new, **SOURCE).status_code == 303
    sue.send(f"/crisis-changes/{queries.waiting_changes()[0].code}/agree")
    assert [line.number for line in queries.country("JP").lines] == ["119"]
    assert sue.send(f"/crisis-numbers/{ended}/end", "end-", **SOURCE).status_code == 303
    sam.send(f"/crisis-changes/{queries.waiting_changes()[0].code}/agree")

    assert ended not in {line.code for line in queries.all_lines()}


def test_the_last_emergency_number_of_a_country_stays_and_the_page_says_why(desks, number):
    sam, _ = desks
    only = db.session.scalars(select(CrisisResource).where(CrisisResource.country == "GB")).first()

    answer = sam.send(f"/crisis-numbers/{only.code}/end", "end-", **SOURCE)

    assert answer.status_code == 422
    assert "keeps an emergency number" in answer.text


def test_nobody_is_told_to_call_a_line_to_test_it(desks, number):
    sam, _ = desks
    pages = [sam.see(), sam.see("/new"), sam.see(f"/{number.code}")]

    for page in pages:
        words = page.main.text.lower()
        assert "called today" not in words
        assert "call the number" not in words.replace("don’t call the number", "")
    assert "never call an emergency line to test it" in pages[0].main.text


def test_what_waits_is_on_the_first_page(desks, number):
    sam, sue = desks
    propose(sam, number)

    assert "crisis numbers waits for a second person" in sue.browser.get("/admin/").text


def test_numbers_that_are_due_stand_first(desks, number):
    sam, _ = desks
    with transaction() as session:
        for row in session.scalars(select(CrisisResource)):
            row.verified_on = date(2027, 2, 1)
        number.verified_on = None

    first = sam.see().select_one("section[aria-labelledby=all] li")

    assert first["id"] == f"n-{number.code}"
    assert "To be checked" in first.text


def test_a_client_sees_none_of_it(app, number, cast, sign_in):
    browser = sign_in(app.test_client(), cast.ben)

    assert browser.get("/admin/crisis-numbers").status_code in (403, 404)
    assert factories.PASSWORD not in browser.get(f"/admin/crisis-numbers/{number.code}").text
