"""Answers leave packed for whoever takes them so, tell nothing by their length, and a first visit stays small."""

import gzip
import re

import pytest

from practice.bookings import actions as bookings
from practice.http import compression
from practice.http.protection import masked, unmasked
from practice.store.db import transaction
from tests import factories
from tests.pages import TOKEN, csrf_of

PACKED = {"Accept-Encoding": "gzip, deflate, br"}
PAGES = ("/", "/specialists", "/specialists/anna-kern")
MOST = 60_000  # bytes of a first visit, without fonts and pictures
BELONGS = re.compile(r'(?:src|href)="(/static/[^"]+\.(?:css|js)(?:\?[^"]*)?)"')


@pytest.mark.parametrize("path", [*PAGES, "/specialists/anna-kern/slots"])
def test_a_page_is_packed_for_a_browser_that_takes_it_so_and_plain_for_others(client, cast, path):
    plain, packed = client.get(path), client.get(path, headers=PACKED)

    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.data) == packed.content_length < len(plain.data) / 2
    assert gzip.decompress(packed.data).decode()[:15] == plain.text[:15]
    for answer in (plain, packed):
        assert "Accept-Encoding" in answer.headers["Vary"]


@pytest.mark.parametrize("taken", ["", "br", "gzip;q=0", "identity"])
def test_a_browser_that_does_not_take_gzip_gets_none(client, taken):
    assert "Content-Encoding" not in client.get("/", headers={"Accept-Encoding": taken}).headers


def test_what_is_short_or_no_text_or_a_part_is_left_alone(client, cast):
    portrait = "/static/img/mark.svg"
    with_range = client.get(portrait, headers=PACKED | {"Range": "bytes=0-9"})

    assert "Content-Encoding" not in client.get("/healthz", headers=PACKED).headers
    assert "Content-Encoding" not in with_range.headers
    assert (with_range.status_code, len(with_range.data)) == (206, 10)


def test_what_another_site_caused_is_never_packed(client, cast, sign_in):
    """Such a site may put words into the address again and again, and whoever listens to the line sees lengths."""
    sign_in(client, cast.ben)

    guess = client.get("/me?is=Anna", headers=PACKED | {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"})

    assert "?is=Anna" in guess.text  # the page repeats its address, to come back to it
    assert "Content-Encoding" not in guess.headers


def test_files_that_never_change_are_packed_once(client, monkeypatch):
    worked = []
    compression._packed_once.cache_clear()
    real = gzip.compress
    monkeypatch.setattr(compression.gzip, "compress", lambda *a, **k: worked.append(1) or real(*a, **k))
    addresses = BELONGS.findall(client.get("/").text)

    for _ in range(3):
        answers = [client.get(address, headers=PACKED) for address in addresses]

    assert len(worked) == sum(answer.headers.get("Content-Encoding") == "gzip" for answer in answers) > 0


def test_an_unchanged_feed_is_304_whichever_way_it_was_fetched(client, cast, clock):
    path = f"/cal/{bookings.new_feed(cast.anna, 'details')}.ics"
    for number in range(9):
        factories.booking(factories.user(f"C{number}"), cast.practice, clock.now().replace(day=8 + number, hour=10))

    plain, packed = client.get(path), client.get(path, headers=PACKED)

    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    # The same calendar in other bytes: its mark promises the content only.
    assert packed.headers["ETag"] == f"W/{plain.headers['ETag']}"
    for answer in (plain, packed):
        again = client.get(path, headers=PACKED | {"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304
    with transaction():
        cast.anna.calendar_label = "Something else"
    assert client.get(path, headers=PACKED | {"If-None-Match": packed.headers["ETag"]}).status_code == 200


# ---------------------------------------------------------------- nothing is told by lengths


def test_two_answers_carry_different_tokens_that_share_nothing_and_both_pass(client, cast):
    tokens = [csrf_of(client.get("/time-zone")) for _ in range(2)]

    shared = max(len(common) for common in _shared(*tokens))
    assert shared < 6, "a stretch of the token stays the same from answer to answer"
    for token in tokens:
        assert client.post("/zone", data={"csrf_token": token, "zone": "Asia/Tokyo"}).status_code == 302
    broken = tokens[0][:-8] + tokens[1][-8:]
    assert client.post("/zone", data={"csrf_token": broken, "zone": "Asia/Tokyo"}).status_code == 400


def _shared(one, other):
    """The longest stretches that stand in both, at any place."""
    return [one[at : at + n] for at in range(len(one)) for n in range(1, 12) if one[at : at + n] in other]


def test_every_token_of_every_form_is_masked(client, cast, sign_in):
    sign_in(client, cast.ben)

    for path in (*PAGES, "/me", "/me/settings", "/specialists/anna-kern/book?start=2027-03-10T09:00:00Z"):
        found = TOKEN.findall(client.get(path, follow_redirects=True).text)
        assert found, path
        assert not [token for token in found if "." in token], path  # as it is before it is masked


def test_a_masked_token_comes_back_and_one_that_is_none_is_refused_as_any_wrong_one():
    assert unmasked(masked("a.b.c")) == "a.b.c"
    assert unmasked("a.b.c") == "a.b.c"
    assert [unmasked(odd) for odd in (None, "", "é", "abc", "AAAA")] == [None, "", "é", "abc", "AAAA"]


# ---------------------------------------------------------------- a first visit


@pytest.mark.parametrize("path", PAGES)
def test_a_first_visit_needs_little(client, cast, clock, path):
    for number in range(29):
        factories.specialist(factories.user(f"P{number}"), slug=f"p-{number}")

    page = client.get(path, headers=PACKED)
    parts = {address: client.get(address, headers=PACKED) for address in BELONGS.findall(client.get(path).text)}

    assert all(part.status_code == 200 for part in parts.values())
    assert len([address for address in parts if ".js" in address]) == 2  # all behaviour, and what runs before it
    assert len(page.data) + sum(len(part.data) for part in parts.values()) < MOST
