"""Every page that a person can reach by clicking, for each kind of person, in the demo: it opens, names itself, keeps
its forms safe and labelled, asks no other origin for anything, and leads nowhere that does not exist."""

import re
import tempfile
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from practice.config import Config
from practice.store import memory
from practice.store.db import db
from practice.values import clock
from tests import kept
from tests.databases import build

from .crawl import REDIRECTS, walk
from .source import templates

PEOPLE = ("nobody", "client", "specialist", "staff")
HOME = "http://localhost"
# Of pages of one kind (24 profiles, hundreds of days) six stand for all.
ENOUGH = 6
ARIA_NAMES = ("aria-label", "aria-labelledby")
# What stands in the tab of a page whose heading names somebody (tests/house/test_discreet.py).
TABS = tuple(each for text in templates().values() for each in re.findall(r'{% set tab = "([^"]+)" %}', text))
UNLABELLED = {"hidden", "submit", "button", "image", "reset"}


@pytest.fixture(scope="module")
def demo(start):
    """The demo marketplace, as it was opened once in this run; time stands still where it was opened."""
    with tempfile.TemporaryDirectory(prefix="practice-") as name, clock.freeze(start):
        data = Path(name)
        kept.bring_demo(start, data)
        url = f"sqlite:///{data / 'practice.db'}"
        app = build(Config(mode="demo", data=data, database_url=url, overrides={"RATELIMIT_ENABLED": False}))
        memory.forget()  # what an earlier test's database offered under the same numbers
        yield app
        memory.forget()
        with app.app_context():
            db.engine.dispose()


@pytest.mark.parametrize("who", PEOPLE)
def test_every_page_that_can_be_reached_is_whole(demo, who):
    browser = _signed_in(demo, who)

    pages, faults = _crawl(browser)

    assert not faults, "\n".join(faults[:60])
    assert len(pages) >= 8


def _signed_in(demo, who):
    browser = demo.test_client()
    if who != "nobody":
        page = BeautifulSoup(browser.get("/sign-in").data, "html.parser")
        form = next(f for f in page.find_all("form") if f.find("input", type="password"))
        fields = {i["name"]: i.get("value", "") for i in form.find_all("input") if i.get("name")}
        fields |= {"email": f"{who}@demo.example", "password": Config.demo_password}
        answer = browser.post(form.get("action") or "/sign-in", data=fields)
        assert answer.status_code in (302, 303), answer.text[:2000]
    return browser


def _crawl(browser):
    """Every page that links lead to, from the home page on, and everything that is wrong with them."""

    def get(path):
        answer = browser.get(path, buffered=True)
        return answer.status_code, answer.location or "", answer.mimetype, answer.data

    pages, faults = [], []
    for answer in walk(HOME, get, ENOUGH):
        if answer.status != 200 and answer.status not in REDIRECTS:
            faults.append(f"{answer.path} (from {answer.origin}): {answer.status}")
        if answer.page:
            pages.append(answer.path)
            faults += [f"{answer.path}: {fault}" for fault in _faults(answer.page)]
    return pages, faults


def _faults(page):
    yield from _naming(page)
    yield from _fields(page)
    yield from _forms(page)
    yield from _origins(page)
    yield from _places(page)


def _naming(page):
    headings = page.find_all("h1")
    if len(headings) != 1:
        yield f"{len(headings)} h1"
        return
    words, title = _words(headings[0].get_text(" ")), _words(page.title.get_text() if page.title else "")
    if not words or not title.startswith((words, *TABS)):
        yield f"title {title!r} does not open with h1 {words!r}"
    if not (page.html and page.html.get("lang")):
        yield "no language"


def _words(text):
    return " ".join(text.split()).rstrip(".")


def _fields(page):
    labelled = {label.get("for") for label in page.find_all("label")}
    for each in page.find_all(["input", "select", "textarea"]):
        named = (
            each.get("id") in labelled
            or each.find_parent("label")
            or each.get("aria-label")
            or each.get("aria-labelledby")
        )
        if each.get("type", "text") not in UNLABELLED and not named:
            yield f"a field without a label: {each.get('name')}"


def _forms(page):
    for form in page.find_all("form"):
        if form.get("method", "get").lower() == "post" and not form.find("input", {"name": "csrf_token"}):
            yield f"a form without a token: {form.get('action')}"
        if form.get("method", "get").lower() == "get" and form.find("input", {"name": "csrf_token"}):
            yield f"a token in an address: {form.get('action')}"
        buttons = [*form.find_all(["button", "input"]), *page.find_all("button", form=form.get("id") or True)]
        if not any(b.get("type", "submit" if b.name == "button" else "text") in ("submit", "image") for b in buttons):
            yield f"a form that cannot be sent without a script: {form.get('action')}"


def _origins(page):
    for tag in page.find_all(["script", "img", "link", "iframe", "source", "video", "audio", "object", "embed"]):
        address = tag.get("src") or tag.get("href") or tag.get("data") or ""
        if address.startswith(("http:", "https:", "//")):
            yield f"asks another origin: {address}"
    for tag in page.find_all(True):
        if tag.get("style") is not None and tag.name not in ("svg", "path"):
            yield f"a style attribute on {tag.name}"
        if any(name.startswith("on") for name in tag.attrs):
            yield f"an event handler on {tag.name}"


def _places(page):
    ids = [tag["id"] for tag in page.find_all(id=True)]
    for double in {i for i in ids if ids.count(i) > 1}:
        yield f"two things with the id {double}"
    for link in page.find_all("a", href=True):
        if link["href"].startswith("#") and link["href"][1:] and link["href"][1:] not in ids:
            yield f"a link to a place that is not on the page: {link['href']}"
        if not _words(link.get_text(" ")) and not link.get("aria-label") and not link.find("img", alt=True):
            yield f"a link without words: {link['href']}"
    for each in page.find_all(attrs={"aria-describedby": True}):
        for wanted in each["aria-describedby"].split():
            if wanted not in ids:
                yield f"described by something that is not there: {wanted}"
    for image in page.find_all("img"):
        if image.get("alt") is None:
            yield f"a picture without alternative text: {image.get('src')}"
