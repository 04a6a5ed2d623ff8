"""The main journey as a person walks it: find, choose, sign up in the middle, confirm from the mailbox, land back."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import ELENA, choose_a_time

SECRET = "quiet-harbour-at-low-tide"


def _find_a_time(window):
    window.goto("/specialists?free=1&q=panic")
    window.get_by_role("article").filter(has_text=ELENA[0]).locator("a.cover-link").click()
    choose_a_time(window)
    window.get_by_role("button", name=re.compile("^Book")).first.click()
    expect(window.get_by_role("heading", level=1)).to_contain_text("A few details")


def _fill_in(window, words):
    window.get_by_label("What should we call you?").fill("Nora")
    window.get_by_label("Anything you want to say before you meet").fill(words)
    window.get_by_label("I know what this conversation is").check()
    window.get_by_role("button", name="Book my free consultation").click()


def _sign_up(window, address):
    window.get_by_label("Email", exact=True).fill(address)
    window.get_by_label("Password", exact=True).fill(SECRET)
    window.get_by_label("What should we call you?").fill("Nora")
    window.get_by_label("Yes. Subjects stay neutral").check()
    window.get_by_label("I’m 18 or older").check()
    window.get_by_label("I agree to the").check()
    window.get_by_role("button", name="Create my account").click()


def _confirm_from_the_mailbox(window, address):
    way_in = window.locator("pre a", has_text="/confirm/").first
    for _ in range(40):
        window.goto(f"/demo/mailbox?to={address}")
        if way_in.count():
            break
        window.wait_for_timeout(250)
    way_in.click()
    window.locator("main form button").first.click()


@pytest.mark.parametrize(("javascript", "width"), [(True, 1280), (True, 390), (False, 390)])
def test_a_visitor_books_and_signs_up_in_the_middle_with_nothing_lost(open_page, javascript, width):
    address = f"nora-{width}-{javascript}@people.example".lower()
    window = open_page(None, width=width, javascript=javascript)

    _find_a_time(window)
    _fill_in(window, "We argue about chores.")
    _sign_up(window, address)
    _confirm_from_the_mailbox(window, address)

    expect(window.get_by_role("heading", level=1)).to_contain_text("A few details")
    expect(window.get_by_label("Anything you want to say before you meet")).to_have_value("We argue about chores.")
    window.get_by_label("I know what this conversation is").check()
    window.get_by_role("button", name="Book my free consultation").click()
    expect(window.get_by_role("heading", level=1)).to_contain_text("You’re booked, Nora")
