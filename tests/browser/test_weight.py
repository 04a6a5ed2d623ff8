"""A first visit is light: what a real browser asks for, as it comes over the line."""

import pytest

from tests.browser.conftest import ELENA

PAGES = ("/", "/specialists", f"/specialists/{ELENA[1]}")
# The page, a style sheet, two scripts, two fonts and the mark in the tab; no pictures.
MOST_REQUESTS = 7
# A font that comes only where a name has such letters.
RARE = "latin-ext"
MOST_BYTES = 60_000  # the heads of answers too, without pictures and fonts


@pytest.mark.parametrize("path", PAGES)
def test_a_first_visit_takes_seven_requests_and_sixty_kilobytes(open_known, path):
    window, asked = open_known(None), []
    window.on("request", lambda each: asked.append(each))

    window.goto(path, wait_until="networkidle")

    needed = [each for each in asked if each.resource_type != "image" and RARE not in each.url]
    sizes = [each.sizes() for each in needed if each.resource_type != "font"]
    assert len(needed) <= MOST_REQUESTS, [each.url for each in needed]
    assert sum(each["responseBodySize"] + each["responseHeadersSize"] for each in sizes) < MOST_BYTES
