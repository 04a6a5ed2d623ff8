"""What leaves the house: only what its reader may see, in pages, JSON, calendars, logs and headers."""

import logging
import re

import pytest

from practice.bookings import actions
from practice.store.db import db, new_code
from tests.house.routes import APPROVED
from tests.house.source import ROOT

SIDES = {
    "ben": ("/me", "/bookings/{booking}", "/bookings/{booking}/move", "/bookings/{booking}/cancel",
            "/bookings/{booking}/confirmed", "/bookings/{booking}/appointment.ics", "/cal/{feed}.ics",
            "/specialists/anna-kern"),
    "anna": ("/practice", "/practice/calendar?week=2027-03-03", "/practice/bookings/{booking}",
             "/practice/bookings/{booking}/move", "/bookings/{booking}/appointment.ics", "/practice/availability"),
    "nobody": ("/", "/specialists", "/specialists/anna-kern", "/specialists/anna-kern/slots",
               "/specialists/anna-kern/book?start=2027-03-03T09:00:00Z", "/no-such-page", "/bookings/{booking}"),
}  # fmt: skip
HIDDEN = {
    "ben": ("anna@people.example", "cleo@people.example"),
    "anna": ("ben@people.example", "cleo@people.example"),
    "nobody": ("ben@people.example", "anna@people.example"),
}


@pytest.mark.parametrize("reader", SIDES)
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_nobody_reads_the_address_of_the_other_side(world, reader, accept):
    # CVE-2026-9349, CVE-2022-0482, CVE-2026-1431
    for path in SIDES[reader]:
        answer = world.browser(reader).get(path.format(**world.codes), headers={"Accept": accept})
        unfolded = answer.text.replace("\r\n ", "")
        assert not [address for address in HIDDEN[reader] if address in unfolded], path


def test_free_times_are_starts_and_nothing_else(world):
    # CVE-2022-0482, CVE-2026-18496
    found = world.browser("nobody").get("/specialists/anna-kern/slots").get_json()

    assert set(found) == {"zone", "starts"}
    assert found["starts"]
    assert all(re.fullmatch(r"[0-9T:+-]{22,25}", start) for start in found["starts"])
    assert not [start for start in found["starts"] if start.startswith("2027-03-03T09:00")], "Ben's time is not free"


@pytest.mark.once
def test_codes_and_tokens_are_long_and_never_the_same(world):
    # CVE-2026-9188, CVE-2026-105193: made of ids and the clock, which stands still here
    codes = {new_code() for _ in range(20_000)}
    feeds = {actions.new_feed(world.people["ben"], "busy") for _ in range(20)}

    assert len(codes) == 20_000
    assert {len(code) for code in codes} == {22}
    assert len(feeds) == 20
    assert min(map(len, feeds)) >= 22
    stored = str(db.session.execute(db.text("SELECT token_hash FROM calendar_feeds")).all())
    assert not [token for token in feeds if token in stored]


@pytest.mark.once
def test_the_proxy_that_we_show_writes_no_addresses_down():
    shown = (ROOT / "deploy" / "nginx.conf").read_text()

    assert "access_log off;" in shown
    assert "error_log stderr crit;" in shown


@pytest.mark.once
def test_secret_addresses_are_not_in_the_log(world, caplog):
    caplog.set_level(logging.DEBUG)
    browser = world.browser("nobody")

    for path in ("/cal/{feed}.ics", "/reset/{reset}", "/confirm/{confirm}", "/cal/{feed}x.ics"):
        browser.get(path.format(**world.codes))
    browser.post(
        "/sign-in", data={"csrf_token": world.token(browser), "email": "ben@people.example", "password": "hush-hush"}
    )

    for secret in (
        world.codes["feed"],
        world.codes["reset"],
        world.codes["confirm"],
        "ben@people.example",
        "hush-hush",
    ):
        assert secret not in caplog.text


HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
}
PLAIN_GETS = [rule for _, method, rule in map(str.split, APPROVED.read_text().splitlines()) if method == "GET"]


def _all_reads(world):
    """(who, path) of every page, as the person who may open it."""
    tokens = {"<code>": "booking", "<token>": "feed"}
    readers = {"public": "ben", "client": "ben", "specialist": "anna", "staff": "sam"}
    for access, method, rule in map(str.split, APPROVED.read_text().splitlines()):
        if method != "GET" or rule.startswith(("/demo", "/static", "/photos", "/admin/papers", "/apply/papers")):
            continue
        for mark, thing in _things(rule, tokens).items():
            rule = rule.replace(mark, world.codes.get(thing, thing))
        yield readers[access], rule
        if access == "public":
            yield "nobody", rule


def _things(rule, tokens):
    named = {
        "/me/letters": "kept_letter",
        "/admin/applications/<": "application",
        "/admin/changes": "revision",
        "/drafts": "draft",
    }
    named |= {"/reset": "reset", "/confirm/": "confirm", "/new-email": "new_email", "/undo-email": "undo_email"}
    named |= {"/welcome": "invite"}
    thing = next((thing for start, thing in named.items() if rule.startswith(start)), None)
    return {
        "<code>": thing or tokens["<code>"],
        "<token>": thing or "feed",
        "<slug>": "anna-kern",
        "<queue>": "waiting",
    }


def test_every_answer_carries_the_safe_headers_and_no_inline_script(world):
    # CVE-2023-30861, CVE-2024-8113, CVE-2026-57858
    surprises, answers = [], []
    for who, path in _all_reads(world):
        answers.append((who, path, world.browser(who).get(path)))
    for path, method in (("/no-such-page", "GET"), ("/sign-out", "GET"), ("/sign-in", "POST"), ("/me", "DELETE")):
        answers.append(("ben", path, world.browser("ben").open(path, method=method)))
    for who, path, answer in answers:
        surprises += [f"{who} {path}: {fault}" for fault in header_faults(who, answer)]

    assert not surprises, "\n".join(surprises)
    assert len(answers) > 70


def header_faults(who, answer):
    """What is missing in an answer's head, or stands where it must not."""
    yield from (name for name, value in HEADERS.items() if answer.headers.get(name) != value)
    policy = answer.headers.get("Content-Security-Policy", "")
    if "unsafe" in policy or "default-src" not in policy or "object-src 'none'" not in policy:
        yield f"policy {policy!r}"
    if "Referrer-Policy" not in answer.headers:
        yield "no referrer policy"
    kept = answer.headers.get("Cache-Control", "")
    if who != "nobody" and answer.mimetype == "text/html" and kept not in ("no-store", "no-cache"):
        yield f"kept in caches: {kept!r}"
    if "Set-Cookie" in answer.headers and "Cookie" not in answer.headers.get("Vary", ""):
        yield "a cookie without Vary"
    if who != "nobody" and kept == "no-store" and "Cookie" not in answer.headers.get("Vary", ""):
        yield "no Vary"
    nonce = re.search(r"'nonce-([^']+)'", policy)
    for tag in re.findall(r"<script\b[^>]*>", answer.text):
        if "src=" not in tag and (nonce is None or nonce[1] not in tag):
            yield f"inline {tag}"
    yield from re.findall(r"<[^>]+\s(?:on[a-z]+|style)=[\"'][^>]*>", answer.text)


# Whoever comes back from the card processor is told how it stands there, and what is new is noted.
ASK_THERE = ("/practice/payouts/return", "/practice/payouts/partner", "/checkout/")


def test_reading_everything_changes_nothing(world, journal):
    # CVE-2026-23622: handlers that read what a GET brought
    for who in ("nobody", "ben", "anna", "sam"):
        world.browser(who).get("/")
    journal.take()
    for _ in range(2):
        for who, path in _all_reads(world):
            world.browser(who).get(path)
            written = journal.take()
            assert written <= {"audit_event", "audit_head"} or path.startswith(ASK_THERE), f"{who} {path}"


@pytest.mark.once
def test_a_face_is_served_so_that_no_browser_runs_it(world):
    # CVE-2026-25739, CVE-2019-9581
    import io

    from tests.specialists.recipes import picture

    browser = world.browser("otto")
    fields = {"csrf_token": world.token(browser), "photo": (io.BytesIO(picture()), "x.php.svg", "image/svg+xml")}
    assert browser.post("/practice/profile/photo", data=fields).status_code == 303

    key = world.people["otto"].specialist.photo_key
    db.session.expire_all()
    key = world.people["otto"].specialist.photo_key.removeprefix("photos/")
    answer = world.browser("nobody").get(f"/photos/{key}-96.webp")
    assert answer.status_code == 200
    assert (answer.mimetype, answer.headers["X-Content-Type-Options"]) == ("image/webp", "nosniff")
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    assert "php" not in key
