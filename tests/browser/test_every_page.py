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
def test_no_page_breaks_an_accessibility_rule_in_either_theme(who, open_known, axe, paths):
    window = open_known(who)

    faults = []
    for path in paths(who):
        window.goto(path)
        faults += [f"{path}: {fault}" for fault in axe(window)]

    assert not faults, "\n".join(faults[:40])


@pytest.mark.parametrize("who", PEOPLE)
def test_no_page_is_wider_than_a_narrow_screen(who, open_known, paths):
    window = open_known(who, width=320)

    wide = []
    for path in paths(who):
        window.goto(path)
        if window.evaluate(SIDEWAYS):
            wide.append(path)

    assert not wide


@pytest.mark.parametrize("who", [None, "client"])
def test_the_way_out_pushes_nothing_off_a_page(who, open_known, paths):
    window = open_known(who)

    seen, wide = 0, []
    for path in paths(who):
        window.goto(path)
        if not window.locator(".site-header .exit").count():
            continue
        seen += 1
        for width in EXIT_WIDTHS:
            window.set_viewport_size({"width": width, "height": 900})
            if window.evaluate(SIDEWAYS) or window.evaluate(STICKS_OUT):
                wide.append((path, width))

    assert seen
    assert not wide


@pytest.mark.parametrize("who", PEOPLE)
def test_every_page_can_be_read_without_scripts(who, open_known, paths):
    window = open_known(who, javascript=False)

    empty = []
    for path in paths(who):
        window.goto(path)
        if not window.locator("main h1").first.is_visible():
            empty.append(path)

    assert not empty
