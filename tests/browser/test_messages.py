"""Writing to each other, as two people do it: a first message, an answer, on a wide screen and on a phone."""

from __future__ import annotations

import pytest

from tests.browser.conftest import ELENA

WORDS = "Are mornings possible? I work late."
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


def no_sideways(window):
    return window.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])
def test_a_message_is_written_sent_once_and_read(open_page, axe, javascript):
    window = open_page("client", width=390, javascript=javascript)
    window.goto(f"/specialists/{ELENA[1]}")
    window.get_by_role("link", name="Write to Elena").first.click()
    window.get_by_label("Your message").fill(WORDS)
    if window.get_by_label("Files").count():
        window.get_by_label("Files").set_input_files({"name": "mine.pdf", "mimeType": "application/pdf", "buffer": PDF})
    window.get_by_role("button", name="Send", exact=True).click()

    assert window.get_by_text("Your message has been sent.").first.is_visible()
    assert window.locator(".bubble.me", has_text=WORDS).count() >= 1
    assert no_sideways(window)
    if javascript:
        # What was sent is kept by the browser no longer.
        assert not window.evaluate("Object.values(sessionStorage).some((each) => each.includes('mornings'))")
        assert axe(window) == []
        window.goto("/me/messages")
        assert axe(window) == []
        assert no_sideways(window)
