"""This file knows what the tests of accounts share: a browser that reads pages and presses buttons as a person does."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.pages import tree_of

GOOD = "paper lantern river dusk"


class Person:
    """Somebody at a browser: forms are taken from the page that shows them, hidden fields and all."""

    def __init__(self, browser: FlaskClient) -> None:
        self.browser = browser

    def see(self, path: str, **options: Any) -> TestResponse:
        return self.browser.get(path, **options)

    def fill(self, path: str, action: str | None = None, **fields: Any) -> TestResponse:
        """Open `path`, fill in the form that posts to `action` (the page's own address if not said), and send it."""
        page = self.see(path, follow_redirects=True)
        form = _form(page, action or path.partition("?")[0])
        return self.browser.post(form["action"], data={**_hidden(form), **fields})

    def press(self, path: str, action: str, **fields: Any) -> TestResponse:
        return self.fill(path, action, **fields)

    def sign_in(self, email: str, password: str, **fields: Any) -> TestResponse:
        return self.fill("/sign-in", email=email, password=password, **fields)

    def is_in(self) -> bool:
        return self.see("/me/settings").status_code == 200


def _form(page: TestResponse, action: str) -> Any:
    found = tree_of(page).find("form", attrs={"action": action})
    assert found, f"no form to {action} on this page:\n{page.text[:3000]}"
    return found


def _hidden(form: Any) -> dict[str, str]:
    return {i["name"]: i.get("value", "") for i in form.find_all("input", type="hidden") if i.get("name")}


def words(page: TestResponse) -> str:
    """What a page says, without its tags."""
    main = tree_of(page).find("main")
    return re.sub(r"\s+", " ", main.get_text(" ")) if main else page.text


def token_of(letter: Any) -> str:
    """The token that a letter carries."""
    return str(letter.context["token"])


@pytest.fixture
def visitor(app: Flask) -> Person:
    """A person without an account at a fresh browser."""
    return Person(app.test_client())


@pytest.fixture
def other_browser(app: Flask) -> Person:
    """The same or another person at a second browser."""
    return Person(app.test_client())


@pytest.fixture
def sign_up_form() -> dict[str, str]:
    """What somebody types who signs up."""
    return {
        "email": "nora@people.example",
        "display_name": "Nora",
        "password": GOOD,
        "zone": "Europe/Dublin",
        "safe": "yes",
        "adult": "y",
        "terms": "y",
    }
