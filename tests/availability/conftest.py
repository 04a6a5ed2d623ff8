"""This file knows what the tests of hours share: a browser without script that fills in forms, and Anna's practice."""

from __future__ import annotations

import re

import pytest

from practice.availability import queries
from practice.store.db import db
from tests.pages import tree_of

PAGE = "/practice/availability"


def controls(form):
    """What a browser would send of a form as it stands, without any button."""
    sent = []
    for field in form.find_all(["input", "select", "textarea"]):
        name, kind = field.get("name"), field.get("type")
        if not name or (kind in ("checkbox", "radio") and not field.has_attr("checked")):
            continue
        if field.name == "select":
            chosen = field.find("option", selected=True) or field.find("option")
            sent.append((name, chosen["value"]))
        else:
            sent.append((name, field.get("value", "on" if kind == "checkbox" else "")))
    return sent


def stored(practice, kind=""):
    """The weekly ranges as the database has them."""
    db.session.rollback()
    return queries.weekly_ranges(practice.id).get(kind, [])


class Editor:
    """Anna at the hours page, in a browser without script."""

    def __init__(self, browser):
        self.browser = browser
        self.answer = browser.get(PAGE)

    @property
    def soup(self):
        return tree_of(self.answer)

    @property
    def words(self):
        return re.sub(r"\s+", " ", self.soup.find("main").get_text(" "))

    def part(self, name):
        """The line of a folded part, and whether it is open."""
        part = self.soup.find(id=name)
        return re.sub(r"\s+", " ", part.summary.get_text(" ", strip=True)), part.has_attr("open")

    def value(self, name):
        field = self.soup.find(attrs={"name": name})
        return field.get("value", "") if field else None

    def send(self, path=PAGE, *, press=(), without=(), **changes):
        """Fill in the form that posts to `path` and press a button of it."""
        form = self.soup.find("form", action=lambda a: a and a.partition("#")[0] == path)
        fields = [(name, text) for name, text in controls(form) if name not in changes and name not in without]
        for name, text in changes.items():
            fields += [(name, each) for each in (text if isinstance(text, list) else [text])]
        data = {}
        for name, text in [*fields, *([press] if press else [])]:
            data.setdefault(name, []).append(text)
        self.answer = self.browser.post(path, data=data)
        return self.answer

    def follow(self):
        """Go where the answer leads."""
        assert self.answer.status_code == 303, self.words
        self.answer = self.browser.get(self.answer.location)
        return self


@pytest.fixture
def anna_in(client, cast, sign_in):
    return sign_in(client, cast.anna)


@pytest.fixture
def editor(anna_in):
    return Editor(anna_in)


@pytest.fixture
def practice(cast):
    return cast.practice
