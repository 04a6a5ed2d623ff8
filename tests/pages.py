"""This file knows how a test reads a page: as a tree, and the token of its forms."""

from __future__ import annotations

import re
from functools import lru_cache

from bs4 import BeautifulSoup
from werkzeug.test import TestResponse

TOKEN = re.compile(r'name="csrf_token"[^>]* value="([^"]+)"')
# The icons that every page carries along: up to half of its elements, and nothing that is read or filled in.
DRAWINGS = re.compile(r"<symbol.*?</symbol>", re.DOTALL)


def csrf_of(page: TestResponse) -> str:
    """The token that the forms of this page carry."""
    found = TOKEN.search(page.text)
    assert found, f"no form with a token on this page:\n{page.text[:3000]}"
    return found[1]


def tree_of(page: TestResponse) -> BeautifulSoup:
    """What stands on this page, for questions only: whoever asks again about the same page gets the same tree."""
    return _parsed(page.text)


@lru_cache(maxsize=4)
def _parsed(text: str) -> BeautifulSoup:
    return BeautifulSoup(DRAWINGS.sub("", text), "html.parser")
