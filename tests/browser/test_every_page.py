"""Every kind of page, for each kind of person: no accessibility rule broken in light and dark, nothing sideways on a
narrow screen, no script error, no request to another origin (the last two are checked by `open_page`)."""

from urllib.parse import urlsplit

import pytest

from tests.house.crawl import walk

PEOPLE = (None, "client", "specialist", "staff")
# Of one kind the first two links that are found stand for all.
ENOUGH = 2
# Wider than the screen by more than a rounding.
SIDEWAYS = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"
# Where the header has least room: its links stand in a row, and "Leave this page" stands beside them.
EXIT_WIDTHS = (960, 1024, 1280)
FLEE = (None, "client")
NARROW, WIDE = 320, (1280,)
STICKS_OUT = """() => {
  const end = document.querySelector(".site-header .header-end")
  return Boolean(end) && end.getBoundingClientRect().right
    > end.parentElement.getBoundingClientRect().right - parseFloat(getComputedStyle(end.parentElement).paddingRight) + 1
}"""


@pytest.fixture(scope="session")
def paths(chromium, site, signed_in_as):
    """The addresses of every kind of page that this person can reach by clicking."""
    known = {}

    def of(who):
        if who not in known:
            context = chromium.new_context(base_url=site.url, storage_state=signed_in_as(who) if who else None)
            known[who] = list(_pages(context.request, site.url))
            context.close()
        return known[who]

    return of


def _pages(request, home):
    def get(path):
        answer = request.get(path, max_redirects=0)
        kind = answer.headers.get("content-type", "").partition(";")[0]
        return answer.status, answer.headers.get("location", ""), kind, answer.body()

    return (a.path for a in walk(home, get, ENOUGH) if a.page and not urlsplit(a.path).path.startswith("/static"))


@pytest.mark.parametrize("who", PEOPLE)
def test_no_page_breaks_an_accessibility_rule_or_is_wider_than_its_screen(who, open_known, axe, paths):
    window = open_known(who, width=NARROW)

    faults, exits = [], 0
    for path in paths(who):
        window.set_viewport_size({"width": NARROW, "height": 900})
        window.goto(path)
        found = ["wider than a narrow screen"] if window.evaluate(SIDEWAYS) else []
        has_exit = window.locator(".site-header .exit").count() > 0
        exits += has_exit
        for width in EXIT_WIDTHS if has_exit else WIDE:
            window.set_viewport_size({"width": width, "height": 900})
            if has_exit and (window.evaluate(SIDEWAYS) or window.evaluate(STICKS_OUT)):
                found.append(f"the way out pushes something off a page of {width}")
        faults += [f"{path}: {fault}" for fault in [*found, *axe(window)]]

    assert not faults, "\n".join(faults[:40])
    assert exits or who not in FLEE


@pytest.mark.parametrize("who", PEOPLE)
def test_every_page_can_be_read_without_scripts(who, open_known, paths):
    window = open_known(who, javascript=False)

    empty = []
    for path in paths(who):
        window.goto(path)
        if not window.locator("main h1").first.is_visible():
            empty.append(path)

    assert not empty
