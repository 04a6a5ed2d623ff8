"""A refused form and an error's page know which page they belong to."""

from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup

from practice.bookings.models import Strike
from practice.store.db import transaction
from tests import factories


def parsed(answer):
    return BeautifulSoup(answer.text, "html.parser")


def current(answer):
    return {link.get_text(strip=True) for link in parsed(answer).select('.rail a[aria-current="page"]')}


@pytest.mark.parametrize(
    ("path", "fields", "page"),
    [
        ("/practice/profile/pause", {"pause-until": "yesterday"}, "Profile"),
        ("/practice/availability/time-off", {}, "Availability"),
        ("/practice/availability", {"gap_before": "x"}, "Availability"),
    ],
)
def test_a_refused_form_stands_on_its_page_in_the_navigation(client, cast, sign_in, post, path, fields, page):
    sign_in(client, cast.anna)

    answer = post(path, **fields)

    assert answer.status_code == 422
    assert current(answer) == {page}
    # Choosing a theme there leads back to it, and not to the form's own address, which takes only POST.
    back = parsed(answer).select_one("form[data-theme-form]").find("input", {"name": "next"})["value"]
    assert client.get(back).status_code == 200
    assert back == "/practice/" + page.lower()


def test_a_refused_decision_stands_on_its_desk_in_the_navigation(client, cast, sign_in, post):
    sign_in(client, cast.sam)
    missed = factories.booking(cast.ben, cast.practice, datetime(2027, 3, 9, 9, 0, tzinfo=UTC))
    with transaction() as session:
        session.add(Strike(specialist_id=cast.practice.id, booking_id=missed.id, reason="late"))

    answer = post(f"/admin/strikes/{missed.code}", reason="")

    assert answer.status_code == 422
    assert current(answer) == {"Strikes"}


def test_an_errors_page_after_a_form_leads_a_theme_back_to_where_the_form_was(client, cast, sign_in, post):
    sign_in(client, cast.anna)
    booked = factories.booking(cast.ben, cast.practice, datetime(2027, 3, 9, 9, 0, tzinfo=UTC))

    answer = post(f"/practice/bookings/{booked.code}/complete")

    assert answer.status_code == 409
    form = parsed(answer).select_one("form[data-theme-form]")
    assert form.find("input", {"name": "next"})["value"] == f"/practice/bookings/{booked.code}"
    assert current(answer) == set()


def test_an_errors_page_tells_no_token_to_the_theme(client, post):
    answer = post("/reset/a-token-that-is-none", password="x", csrf_token="wrong")

    assert answer.status_code == 400
    form = parsed(answer).select_one("form[data-theme-form]")
    assert form.find("input", {"name": "next"})["value"] == "/"
