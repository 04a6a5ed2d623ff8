"""This file knows which page of a list an address gets, and what stands below it."""

from __future__ import annotations

import pytest
from flask import render_template_string

from practice.http.paging import paged

PAGER = "{% from 'components/pager.html' import pager %}{{ pager(here) }}"


@pytest.mark.parametrize(
    ("asked", "number"),
    [("", 1), ("page=2", 2), ("page=0", 1), ("page=-3", 1), ("page=abc", 1), ("page=²", 1), ("page=9" + "9" * 30, 5)],
)
def test_an_address_gets_a_page_that_there_is(app, asked, number):
    with app.test_request_context(f"/?{asked}"):
        assert paged(43, 10, "directory.index").number == number


def test_below_it_stands_where_one_is_and_the_ways_on(app):
    with app.test_request_context("/?page=2"):
        here = paged(43, 10, "questions.index", topic="trust")
        below = " ".join(render_template_string(PAGER, here=here).split())
        ways = here.earlier, here.later

    assert ways == ("/questions?topic=trust", "/questions?topic=trust&page=3")
    assert "11 to 20 of 43" in below


def test_nothing_is_said_where_all_of_it_stands_on_one_page(app):
    with app.test_request_context("/?page=7"):
        assert not render_template_string(PAGER, here=paged(10, 10, "directory.index")).strip()
