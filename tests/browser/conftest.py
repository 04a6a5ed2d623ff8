"""This file knows how a test opens the product as a person does: the demo of `make run`, in a real Chromium."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from practice.config import Config
from tests import kept
from tests.starts import shift

ROOT = Path(__file__).parent.parent.parent
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = ("--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage")
PASSWORD = Config.demo_password
# Whom tests book, by name: many times on weekdays, for people from anywhere, and the demo's client has met neither.
ELENA, PRIYA = ("Elena Marinescu", "elena-m"), ("Priya Raman", "priya-r")
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
# Only what is broken leaves the browser: all that is right, of each page, is much to carry.
BROKEN = """(only) => axe.run({ resultTypes: ["violations"], ...only }).then((found) => found.violations.map(
  (each) => [each.id, each.nodes.slice(0, 5).map((node) => String(node.target[0]))]))"""
# A theme changes colours and nothing else, so every rule is asked in the first and those of colour in each.
ASKED: dict[str, dict[str, Any]] = {
    "light": {},
    "dark": {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}},
}


@dataclass
class Site:
    """The running demo."""

    url: str
    data: Path
    process: subprocess.Popen[bytes]


@pytest.fixture(scope="session")
def site(start: datetime) -> Iterator[Site]:
    """Web server and worker on a free port, with the demo as it was opened at `start`; both end with the tests. That
    a first start opens it is for tests/demo/test_supervise.py to say."""
    data = Path(tempfile.mkdtemp(prefix="practice-"))
    kept.bring_demo(start, data)
    port = _free_port()
    with (data / "log").open("wb") as log:
        (data / ".common-ground").touch()
        process = subprocess.Popen(
            [sys.executable, "-m", "practice.demo.supervise"], cwd=ROOT,
            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            env={**os.environ, **shift(start), **kept.demo_keys(), "MODE": "demo", "PORT": str(port), "DATA": str(data),
                 "BASE_URL": f"http://localhost:{port}"},
        )  # fmt: skip
        try:
            _wait_until_well(port, process, data / "log")
            yield Site(f"http://localhost:{port}", data, process)
            assert process.poll() is None, f"the demo ended by itself:\n{(data / 'log').read_text()[-3000:]}"
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)
    shutil.rmtree(data, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_well(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 300  # on a busy machine
    while time.monotonic() < deadline and process.poll() is None:
        connection = HTTPConnection("localhost", port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except (OSError, HTTPException):
            time.sleep(0.1)
        finally:
            connection.close()
    pytest.fail(f"the demo did not start:\n{log.read_text()[-3000:]}")


def address_of(who: str) -> str:
    """Where somebody of the demo signs in: "client", "specialist", "staff", or the first name of another."""
    return f"{who}@demo.example"


def choose_a_time(window: Page) -> None:
    """The last time of the last day that the picker shows: it is days off, so that none passes while a test runs."""
    window.locator("label.day:has(input:enabled)").last.click()
    window.locator("label.slot:visible").last.click()


def chromium_path() -> str:
    """Where Chromium is; a machine without one fails the test and never passes it in silence."""
    for name in (os.environ.get("CHROMIUM", ""), *NAMES):
        if name and (path := shutil.which(name)):
            return path
    pytest.fail("no Chromium on this machine: `make browser` installs it as root on Debian, or set CHROMIUM=/its/path")


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    sandbox = ("--no-sandbox",) if os.geteuid() == 0 else ()
    browser = playwright.chromium.launch(executable_path=chromium_path(), args=[*QUIET, *sandbox])
    yield browser
    browser.close()


@dataclass
class Complaints:
    """What a browser noticed that no page of ours may cause."""

    seen: list[str] = field(default_factory=list)

    def listen(self, page: Page, home: str) -> None:
        page.on("pageerror", lambda error: self.seen.append(f"script error: {error}"))
        page.on("console", lambda line: self._console(line.type, line.text))
        page.on("request", lambda asked: self._request(asked.url, home))

    def _console(self, kind: str, text: str) -> None:
        # A refused page (404, 422) is reported by the browser as an error of the network; that is what it should be.
        if kind == "error" and "Failed to load resource" not in text:
            self.seen.append(f"console: {text}")

    def _request(self, url: str, home: str) -> None:
        if not url.startswith((home, "data:", "blob:", "about:")):
            self.seen.append(f"asked another origin: {url}")


@pytest.fixture(scope="session")
def signed_in_as(chromium: Browser, site: Site) -> Callable[[str], Any]:
    """The cookies of a demo sign-in, made once for each person."""
    kept: dict[str, Any] = {}

    def cookies(who: str) -> Any:
        if who not in kept:
            context = chromium.new_context(locale="en-GB", timezone_id="Europe/Dublin")
            page = context.new_page()
            page.goto(f"{site.url}/sign-in")
            page.locator("input[type=email]").first.fill(address_of(who))
            page.locator("input[type=password]").first.fill(PASSWORD)
            page.get_by_role("button", name="Sign in", exact=True).click()
            page.wait_for_url(lambda url: "/sign-in" not in url)
            kept[who] = context.storage_state()
            context.close()
        return kept[who]

    return cookies


@pytest.fixture
def open_page(chromium: Browser, site: Site, signed_in_as: Callable[[str], Any]) -> Iterator[Callable[..., Page]]:
    """`open_page("client", theme="dark", width=390, javascript=False)`: a new window, signed in as that
    person of the demo (None: nobody). A script error or a request to another origin fails the test."""
    contexts: list[BrowserContext] = []
    complaints = Complaints()

    def make(who: str | None = None, theme: str = "light", width: int = 1280, javascript: bool = True) -> Page:
        context = chromium.new_context(
            base_url=site.url, viewport={"width": width, "height": 900}, color_scheme=theme,
            java_script_enabled=javascript,
            locale="en-GB", timezone_id="Europe/Dublin", storage_state=signed_in_as(who) if who else None,
            reduced_motion="reduce",
        )  # type: ignore[arg-type]  # fmt: skip
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        complaints.listen(page, site.url)
        return page

    yield make
    for context in contexts:
        context.close()
    assert not complaints.seen


@pytest.fixture
def open_known(open_page: Callable[..., Page], site: Site) -> Callable[..., Page]:
    """A window whose zone the product knows already: on the very first page a script tells it and loads once more."""

    def make(*arguments: Any, **wishes: Any) -> Page:
        window = open_page(*arguments, **wishes)
        window.context.add_cookies([{"name": "zone", "value": "Europe/Dublin", "url": site.url}])
        return window

    return make


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """A window of somebody who is not signed in."""
    return open_page()


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], list[str]]:
    """`axe(page)`: every accessibility rule that the page breaks in light or dark, with the places; [] is right."""
    rules = Axe().axe_script

    def violations(page: Page) -> list[str]:
        page.evaluate(rules)
        found = []
        for theme in THEMES:
            page.emulate_media(color_scheme=theme)
            broken = page.evaluate(BROKEN, ASKED[theme])
            found += [f"in {theme}: {rule}: {', '.join(places)}" for rule, places in broken]
        return found

    return violations
