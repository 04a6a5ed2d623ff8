"""Who answers for all this, and where people write to, stands where people look for it."""

from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup

from practice.bookings import actions, queries
from practice.config import Config
from practice.letters.mail_worker import deliver_due


@pytest.mark.parametrize("path", ["/", "/privacy", "/terms", "/specialists/nobody-of-that-name"])
def test_every_public_page_names_them(client, path):
    page = BeautifulSoup(client.get(path).text, "html.parser")

    assert Config.responsible in page.select_one("footer").get_text()
    assert page.select_one(f'footer a[href="mailto:{Config.contact}"]')


def test_the_address_that_the_privacy_page_promises_stands_there(client):
    page = BeautifulSoup(client.get("/privacy").text, "html.parser").select_one("main")

    assert page.select_one(f'a[href="mailto:{Config.contact}"]')
    assert Config.responsible in page.get_text()


def test_every_letter_ends_with_them(cast, smtp, outbox):
    offer, wednesday = queries.chosen_offer("anna-kern").offer, datetime(2027, 3, 3, 9, 0, tzinfo=UTC)
    actions.book(cast.ben, offer, wednesday, actions.Details(format="video"))
    deliver_due()

    letter = outbox.read(outbox.last_to(cast.ben))

    for part in (letter.text, BeautifulSoup(letter.html, "html.parser").get_text()):
        assert Config.responsible in part
        assert Config.contact in part
