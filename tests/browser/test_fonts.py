"""Fonts may come late: words stand there before them, and nothing moves when they arrive."""

import pytest

from tests.browser.conftest import ELENA

PAGES = ("/", "/specialists", f"/specialists/{ELENA[1]}")
PAINTED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 100))))"
MOVED = """() => new Promise((done) => {
  new PerformanceObserver((list) => done(list.getEntries().reduce((sum, each) => sum + each.value, 0)))
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(0), 250);
})"""
ARRIVED = """async () => {
  await document.fonts.ready;
  const loaded = [...document.fonts].filter((face) => face.status === "loaded");
  return [...new Set(loaded.map((face) => face.family.replaceAll('"', "")))];
}"""


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_moves_when_the_fonts_come_late(open_known, width):
    for path in PAGES:
        window = open_known(None, width=width)
        held = _hold_fonts(window)
        window.goto(path, wait_until="domcontentloaded")
        window.evaluate(PAINTED)

        assert len(held) >= 2, path
        for each in held:
            each.continue_()
        window.unroute("**/*.woff2*")

        assert {"Literata", "Nunito Sans"} <= set(window.evaluate(ARRIVED)), path
        window.evaluate(PAINTED)
        assert window.evaluate(MOVED) <= 0.01, path


def _hold_fonts(window):
    """The requests for fonts that wait, as they come."""
    held = []

    def hold(route):
        held.append(route)

    window.route("**/*.woff2*", hold)
    return held
