"""Names that are written from right to left stand among our words, and turn nothing but themselves."""

import re

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from practice.accounts.models import User
from practice.bookings.models import Booking
from practice.letters import mailer
from practice.letters.outbox import OutboxMail
from practice.specialists.models import Specialist
from practice.store.db import db, transaction
from tests.house.crawl import walk

DANA, NOAM = "דנה", "נועם"
SEEN = re.compile(f"(?<![\u0590-\u05ff])(?:{DANA} כהן|{NOAM} לוי|{DANA}|{NOAM}|ד\\. כ\\.|נ\\. ל\\.)(?![\u0590-\u05ff])")
# What is typed into, and what is only a name: nothing of ours stands beside it.
BARE = {"value", "alt"}


@pytest.fixture
def hebrew(world):
    """The same world, with everybody's name in Hebrew; letters that wait were written to them."""
    with transaction() as session:
        for user in session.scalars(select(User)):
            user.display_name = f"{NOAM} לוי"
        for practice in session.scalars(select(Specialist)):
            practice.name, practice.called = f"{DANA} כהן", DANA
            practice.profile_version += 1
        for booking in session.scalars(select(Booking)):
            booking.call_name = f"{NOAM} לוי"
    db.session.expire_all()
    return world


def turned(text):
    """Names in a text that have no marks around them and are not alone."""
    return [found[0] for found in SEEN.finditer(text) if not _is_isolated(text, found) and text.strip() != found[0]]


def _is_isolated(text, found):
    return text[: found.start()].endswith("\u2068") and text[found.end() :].startswith("\u2069")


def turned_on(page):
    """The same of a page: a name in our words stands in a `<bdi>`, or between marks where no markup can."""
    for node in page.find_all(string=SEEN):
        if not node.find_parent(["bdi", "title", "option", "textarea"]):
            yield from turned(str(node))
    for element in page.find_all(True):
        for name, value in element.attrs.items():
            said = " ".join(value) if isinstance(value, list) else value
            if "<bdi" in said or (name not in BARE and turned(said)):
                yield f"{name}={said}"
    for element in page.find_all(["title", "option", "textarea"]):
        if "<bdi" in element.decode_contents():
            yield element.decode_contents()
        yield from turned(element.get_text())


@pytest.mark.once
@pytest.mark.parametrize("who", ["nobody", "ben", "anna", "sam", "mara"])
def test_on_every_page_a_name_is_kept_apart_from_our_words(hebrew, who):
    browser, found = hebrew.browser(who), []

    def get(path):
        answer = browser.get(path)
        return answer.status_code, answer.location or "", answer.mimetype, answer.data

    for answer in walk("http://localhost", get, 2):
        if answer.page is not None:
            found += [f"{answer.path}: {each}" for each in turned_on(answer.page)]

    assert not found, "\n".join(sorted(set(found)))


@pytest.mark.once
def test_in_every_letter_a_name_is_kept_apart_from_our_words(hebrew):
    found, names = [], 0
    for letter in db.session.scalars(select(OutboxMail)):
        context = {key: _hebrew(key, value) for key, value in letter.context.items()}
        draft = mailer.Draft(
            template=letter.template, to_address="a@b.example", zone="UTC", context=context, message_id="<a@b>"
        )
        text, html = mailer.rendered(draft)
        names += len(SEEN.findall(text))
        found += [f"{letter.template}: {each}" for each in turned(text)]
        found += [f"{letter.template}: {each}" for each in turned_on(BeautifulSoup(html, "html.parser"))]

    assert names
    assert not found, "\n".join(sorted(set(found)))


def _hebrew(key, value):
    return DANA if key.endswith("name") else value
