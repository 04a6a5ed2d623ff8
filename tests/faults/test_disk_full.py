"""F21: no room on the disk, for the database, the uploads and the log at once: pages open, nothing is half written, and
what was refused goes through once there is room, without a restart."""

import os
import resource
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.faults.serving import (
    Browser,
    bookings_of,
    browser_of,
    code_of,
    crowd,
    found_faults,
    product,
    serving,
    wishes,
)
from tests.specialists.recipes import picture

# The files of PostgreSQL are its own affair; that it refuses is tried in `test_database_faults`.
pytestmark = [pytest.mark.faults, pytest.mark.once]

FREE = resource.RLIM_INFINITY


@pytest.fixture(scope="module")
def place(store, config, data):
    with product(store, data) as arena, serving(arena) as server:
        yield arena, server


@contextmanager
def no_room(server):
    """No process of the server may write another byte into any file."""
    _allow(server, 0)
    try:
        yield
    finally:
        _allow(server, FREE)


def _allow(server, size):
    for entry in Path("/proc").iterdir():
        with suppress(ValueError, ProcessLookupError):
            if os.getpgid(pid := int(entry.name)) == server.leader.pid:
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, FREE))


def test_a_form_that_could_not_be_stored_is_kept_by_its_sender_and_goes_through_later(place):
    arena, server = place
    wish, person = next(wishes(arena.practices(1), 1)), next(crowd(arena, 1))
    browser = browser_of(person, server.port)

    before = browser.get("/me")
    with no_room(server):
        page = browser.get("/me")
        refused = wish.send(browser)
        retry_after = browser.heard["retry-after"]
    accepted = wish.send(browser)
    browser.close()

    assert before.status == page.status == 200
    assert (refused.status, retry_after) == (503, "5")
    assert "Nothing was lost" in refused.body.decode()
    assert bookings_of(arena, person) == [(code_of(accepted), 2)]
    assert found_faults(arena) == []


@pytest.mark.parametrize("padding", [0, 700_000], ids=["in memory", "through a temporary file"])
def test_a_picture_that_does_not_fit_leaves_nothing_behind_and_is_taken_later(place, padding):
    arena, server = place
    (slug,) = arena.practices(1, f"Painter-{padding}")
    browser = browser_of(arena.owner(slug), server.port)
    before = stored(arena)

    with no_room(server):
        refused = send_picture(browser, padding)
    left = stored(arena)
    accepted = send_picture(browser, padding)
    browser.close()

    assert refused.status == 503
    assert left == before
    assert accepted.status in (302, 303)
    assert len(stored(arena)) > len(before)


def send_picture(browser: Browser, padding):
    head = 'Content-Disposition: form-data; name="{}"{}\r\n\r\n'
    token = "--b\r\n" + head.format("csrf_token", "") + browser.token + "\r\n"
    photo = "--b\r\n" + head.format("photo", '; filename="me.jpg"\r\nContent-Type: image/jpeg')
    body = token.encode() + photo.encode() + picture() + bytes(padding) + b"\r\n--b--\r\n"
    kind = f"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {len(body)}\r\n"
    return browser._ask(f"POST /practice/profile/photo HTTP/1.1\r\n{kind}", body)


def stored(arena):
    """The names of all files among the uploads."""
    return [path.name for path in (arena.folder / "uploads").rglob("*") if path.is_file()]
