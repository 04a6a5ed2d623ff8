"""This file knows how a test reads a page: as a tree, and the token of its forms."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from html import unescape
from typing import Any

from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.templates import BLOCKS

# What is typed into a page keeps its lines.
VERBATIM = re.compile(r"(<(textarea|pre)\b.*?</\2>)", re.DOTALL)
EDGE = re.compile(rf" ?(</?(?:{'|'.join(BLOCKS)})\b[^>]*>) ?")
TOKEN = re.compile(r'name="csrf_token"[^>]* value="([^"]+)"')
INPUT = re.compile(r"<input\b[^>]*>")
MARK = re.compile(r'(?=.* name="(?P<name>[\w-]*seen)")(?=.* value="(?P<value>[^"]*)")', re.DOTALL)
# The icons that every page carries along: up to half of its elements, and nothing that is read or filled in.
DRAWINGS = re.compile(r"<symbol.*?</symbol>", re.DOTALL)


def as_read(html: str) -> str:
    """A page as somebody reads it: any white space is one space, and none at the edge of a block."""
    parts = VERBATIM.split(html)
    for number in range(0, len(parts), 3):
        parts[number] = "".join(EDGE.split(re.sub(r"[ \t\r\n\f]+", " ", parts[number])))
        if number + 2 < len(parts):
            parts[number + 2] = ""
    return "".join(parts)


def csrf_of(page: TestResponse) -> str:
    """The token that the forms of this page carry."""
    found = TOKEN.search(page.get_data(as_text=True))
    assert found, f"no form with a token on this page:\n{page.text[:3000]}"
    return found[1]


def tree_of(page: TestResponse) -> BeautifulSoup:
    """What stands on this page, for questions only: whoever asks again about the same page gets the same tree."""
    return _parsed(page.text)


@lru_cache(maxsize=4)
def _parsed(text: str) -> BeautifulSoup:
    return BeautifulSoup(DRAWINGS.sub("", text), "html.parser")


def fields_of(page: TestResponse, action: str) -> dict[str, list[str]]:
    """What a browser would send for the form of this page that posts to `action`, nothing being changed."""
    form = tree_of(page).find("form", attrs={"action": re.compile(rf"^{re.escape(action)}(#.*)?$"), "method": "post"})
    assert form, f"no form to {action} on this page:\n{page.text[:3000]}"
    found: dict[str, list[str]] = {}
    for each in form.find_all(["input", "select", "textarea"]):
        found.setdefault(str(each.get("name", "")), []).extend(_sent_by(each))
    return {name: values for name, values in found.items() if name and values}


def press(browser: FlaskClient, path: str, data: Mapping[str, Any]) -> TestResponse:
    """Send a form to `path`; one that replaces something with the mark of what its page shows by then."""
    answer = browser.post(path, data=data)
    if answer.status_code != 409 or any(name.endswith("seen") for name in data):
        return answer
    # Without the mark it is shown again, and that page carries it.
    seen = marks_of(answer, path)
    return browser.post(path, data={**data, **seen}) if seen else answer


def marks_of(page: TestResponse, action: str) -> dict[str, str]:
    """What the forms of this page that post to `action` say that they show. Looked for as text: a thousand pages are
    asked for nothing else, and some have lists of four hundred zones."""
    forms = re.findall(rf'<form\b[^>]* action="{re.escape(action)}(?:#[^"]*)?"[^>]*>(.*?)</form>', page.text, re.DOTALL)
    marks = [MARK.search(each) for form in forms for each in INPUT.findall(form)]
    return {mark["name"]: unescape(mark["value"]) for mark in marks if mark}


def _sent_by(control: Tag) -> list[str]:
    kind = control.get("type")
    if control.name == "textarea":
        return [control.get_text().removeprefix("\r\n").removeprefix("\n")]
    if control.name == "select":
        options = control.find_all("option")
        chosen = [option for option in options if option.has_attr("selected")] or options[:1]
        return [str(option.get("value", "")) for option in chosen]
    if kind == "file" or (kind in ("checkbox", "radio") and not control.has_attr("checked")):
        return []
    return [str(control.get("value", "on" if kind == "checkbox" else ""))]
