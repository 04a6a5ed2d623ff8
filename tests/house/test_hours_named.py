"""What every printed hour has to keep to: one owner says whose clock it is on, and its zone stands beside it."""

import re
from collections.abc import Iterator

import pytest

from tests import factories

from .crowded import Crowded
from .source import modules, templates, without_comments
from .test_questions import LISTS

OWNER = "practice.http.clocks"
# Clocks that nobody reads as their own: calendar files, forms, machines, stored wall clocks, keys, answers for scripts.
ELSEWHERE = {
    "practice.accounts.emails",
    "practice.bookings.actions.hold",
    "practice.bookings.forms",
    "practice.bookings.queries.times",
    "practice.directory.cards",
    "practice.availability.typed_hours",
    "practice.providers.calendar_ics",
    "practice.scheduling.problems",
    "practice.scheduling.zones",
    "practice.http.formats",
}
BY_HAND = re.compile(r"\|\s*(?:local|local_year|timetag|clock_time|minute_of_day|zone_offset)\s*\((?!pattern=)")
AN_HOUR = re.compile(r"\|\s*(?:local|local_year|timetag|clock_time)\b(?!\s*\(pattern=\"[^\"H]*\"\))")
PRINTS = re.compile(r"format_datetime|format_time\b|%H|HH:mm:ss|:02d\}:\{|\bhour:02")
HOUR = re.compile(r"\b\d{1,2}:\d{2}\b")
NAMED = re.compile(r"\b(?:[A-Z]\w+ time\b|UTC\b)")


@pytest.mark.parametrize("name", templates())
def test_no_template_says_by_hand_whose_clock_an_hour_is_on(name):
    assert not BY_HAND.search(without_comments(templates()[name]))


@pytest.mark.parametrize("name", [n for n in templates() if not n.startswith(("components/", "email/layout"))])
def test_a_template_that_prints_an_hour_names_a_zone(name):
    source = without_comments(templates()[name])

    assert not AN_HOUR.search(source) or re.search(r"zone_name|zone_line|\bthere\(|\bwhen\(", source)


@pytest.mark.once
def test_a_column_of_hours_names_their_zone_in_its_head():
    """A table has no room for a zone in each line, so its head has it; a zone elsewhere on the page is another's."""
    rows = re.compile(r"local\(pattern=\"[^\"]*H[^\"]*\"\)")
    strays = [name for name, source in templates().items() if '["When", ' in source and rows.search(source)]

    assert strays == []


def test_nobody_but_the_owner_of_clocks_writes_an_hour():
    strays = {name for name, path in modules().items() if PRINTS.search(path.read_text())}

    assert strays - ELSEWHERE <= {OWNER, "practice.letters.mailer"}  # a letter's Date header


@pytest.mark.once
def test_every_page_that_shows_an_hour_names_its_zone(app, make_app):
    place = Crowded(app)
    place.grow(1)

    strays = [path for path, words in _pages(place) if HOUR.search(words) and not NAMED.search(words)]

    assert strays == []


def _pages(place: Crowded) -> Iterator[tuple[str, str]]:
    from tests.pages import tree_of

    for who in ("nobody", "ben", "anna", "sam"):
        browser = place.app.test_client()
        if who != "nobody":
            factories.sign_in(browser, place.people[who])
        for path in LISTS[who]:
            if "{" in path:
                continue
            main = tree_of(browser.get(path)).main
            yield f"{who}: {path}", " ".join(main.get_text(" ").split())
