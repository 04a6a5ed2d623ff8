"""The demo's mailbox: whose letters are shown is chosen among people who have some there."""

import pytest
from bs4 import BeautifulSoup

from practice.letters import old_letters
from practice.letters.outbox import enqueue_mail
from practice.store.db import transaction
from tests.house.letters import example

pytestmark = pytest.mark.once


def choices(browser, address=""):
    soup = BeautifulSoup(browser.get("/demo/mailbox", query_string={"to": address}).text, "html.parser")
    options = soup.select("#to option")
    return [each.text for each in options], [each.text for each in options if each.has_attr("selected")]


def test_nobody_to_choose_stands_for_letters_of_which_only_the_fact_is_left(make_app, cast, outbox, smtp):
    for person in (cast.ben, cast.cleo):
        with transaction():
            enqueue_mail(f"test:{person.id}", "bookings/ended", person, example("bookings/ended"))
    outbox.deliver(smtp)
    old_letters.forget_to(cast.cleo.id)
    browser = make_app(mode="demo").test_client()

    assert choices(browser) == (["everybody", cast.ben.email], [])
    assert choices(browser, cast.ben.email)[1] == [cast.ben.email]
