"""This file knows how the README's pictures are taken: `make screenshots`, from the demo as it is."""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from practice.config import Config
from tests.browser.conftest import ELENA, QUIET, choose_a_time, chromium_path

HERE = Path(__file__).parent.parent.parent / "docs" / "screenshots"
WIDE, NARROW = (1280, 860), (390, 780)


def main(home: str) -> None:
    """Take every picture from the demo that runs at `home`."""
    HERE.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as running:
        browser = running.chromium.launch(executable_path=chromium_path(), args=[*QUIET, "--no-sandbox"])
        _as_visitor(browser, home)
        _as_client(browser, home)
        _as_specialist(browser, home)
        _as_staff(browser, home)
        browser.close()


def _as_visitor(browser: Browser, home: str) -> None:
    page = _window(browser, home, WIDE)
    page.goto("/")
    _keep(page, "home")
    page.goto("/questions")
    page.get_by_role("link", name=re.compile("^How do we share chores")).click()
    page.wait_for_load_state()
    _keep(page, "question")
    page.goto("/specialists")
    _keep(page, "directory")
    page.goto(f"/specialists/{ELENA[1]}")
    _keep(page, "profile")
    choose_a_time(page)
    page.get_by_role("button", name=re.compile("^Book")).first.click()
    page.wait_for_load_state()
    _keep(page, "book")


def _as_client(browser: Browser, home: str) -> None:
    page = _window(browser, home, WIDE, who="client")
    page.goto("/me")
    page.get_by_role("link", name=re.compile("^Details")).first.click()
    page.wait_for_load_state()
    _keep(page, "booking")
    page.goto("/me")
    page.get_by_role("link", name=re.compile("^Say how you’d like to go on")).first.click()
    page.wait_for_load_state()
    _keep(page, "decide")
    _check_what_is_bought(page)
    _keep(page, "review")
    page.goto("/me/messages")
    page.get_by_role("link", name=re.compile("^Grace")).click()
    page.wait_for_load_state()
    _keep(page, "conversation")
    phone = _window(browser, home, NARROW, who="client", theme="dark")
    phone.goto("/me")
    _keep(phone, "phone-dark")


def _check_what_is_bought(page: Page) -> None:
    """Of somebody whose sessions begin without a talk."""
    page.goto("/specialists/joaquin-m")
    page.get_by_role("link", name="50 minutes").click()
    choose_a_time(page)
    page.get_by_role("button", name=re.compile("^Book")).first.click()
    page.get_by_role("button", name=re.compile("^Go on: check everything")).click()
    page.wait_for_load_state()


def _as_specialist(browser: Browser, home: str) -> None:
    page = _window(browser, home, WIDE, who="specialist")
    for path, name in (
        ("/practice", "practice"),
        ("/practice/availability", "availability"),
        ("/practice/earnings", "earnings"),
    ):
        page.goto(path)
        _keep(page, name)


def _as_staff(browser: Browser, home: str) -> None:
    page = _window(browser, home, WIDE, who="staff")
    page.goto("/admin/moderation")
    _keep(page, "moderation")


def _window(
    browser: Browser, home: str, size: tuple[int, int], *, who: str | None = None, theme: str = "light"
) -> Page:
    page = browser.new_context(
        base_url=home,
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if theme == "dark" else "light",
        locale="en-GB",
        timezone_id="Europe/Dublin",
    ).new_page()
    if who:
        page.goto("/sign-in")
        page.get_by_label("Email", exact=True).fill(f"{who}@demo.example")
        page.get_by_label("Password", exact=True).fill(Config.demo_password)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "/sign-in" not in url)
    return page


def _keep(page: Page, name: str) -> None:
    """A small picture: 960 pixels wide at most, 128 colours."""
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture.thumbnail((960, 960))
    picture.quantize(128).save(HERE / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main(sys.argv[1])
