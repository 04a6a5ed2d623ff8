"""Files of ours are kept for a year under the address of what they hold; nothing else under these addresses ever is."""

import pytest

from practice.http import assets, compression
from practice.specialists import photos
from tests.specialists.recipes import picture

A_YEAR = "public, max-age=31536000, immutable"
MARK = "img/mark.svg"
PACKED = {"Accept-Encoding": "gzip"}
# What goes wrong below the address of files, however well it is spelled.
WRONG = {
    "no such file": ("GET", "/static/img/x.svg?v=abc", {}),
    "a folder": ("GET", "/static/img?v=1", {}),
    "outside": ("GET", "/static/../app.py?v=1", {}),
    "a part that is not there": ("GET", assets.asset_url(MARK), {"Range": "bytes=999999-"}),
    "written to": ("POST", assets.asset_url(MARK), {}),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_goes_wrong_under_a_files_address_is_kept_by_nobody(what, client, cast, sign_in):
    sign_in(client, cast.ben)
    method, path, headers = WRONG[what]
    packed_before = compression._packed_once.cache_info()

    answer = client.open(path, method=method, headers=headers | PACKED)

    assert answer.status_code >= 400
    assert answer.headers["Cache-Control"] == "no-store"
    assert compression._packed_once.cache_info() == packed_before


def test_an_error_is_kept_by_nobody_whatever_a_view_allowed(app, client, monkeypatch):
    def broken(**_parts):
        return app.response_class("away", 404, headers={"Cache-Control": A_YEAR})

    monkeypatch.setitem(app.view_functions, "static", broken)

    assert client.get(assets.asset_url(MARK)).headers["Cache-Control"] == "no-store"


def test_a_file_is_kept_for_a_year_under_the_address_of_what_it_holds(client):
    right = assets.asset_url(MARK)

    whole, part = client.get(right), client.get(right, headers={"Range": "bytes=0-9"})
    again = client.get(right, headers={"If-None-Match": whole.headers["ETag"]})

    assert [each.status_code for each in (whole, part, again)] == [200, 206, 304]
    assert {each.headers["Cache-Control"] for each in (whole, part, again)} == {A_YEAR}


@pytest.mark.parametrize("version", ["?v=0123456789abcdef", "?v=", "", "?V=1"])
def test_a_file_under_another_versions_address_is_asked_for_again(version, client):
    """While a new release comes up beside the old one, a page of the one names a file that the other serves."""
    assert client.get(f"/static/{MARK}{version}").headers["Cache-Control"] == "no-cache"


def test_a_file_is_known_by_one_name_however_its_address_is_written(client):
    client.get(assets.asset_url(MARK))
    known = assets.tag_of.cache_info().currsize

    for spelled in ("img/./mark.svg", "img/../img/mark.svg", "img/././mark.svg"):
        assert client.get(f"/static/{spelled}?v=1").headers["Cache-Control"] == "no-cache"

    assert assets.tag_of.cache_info().currsize == known


@pytest.mark.parametrize("address", ["a file", "a face"])
def test_what_any_cache_may_keep_brings_no_cookie(address, app, client, cast, sign_in, clock):
    """Not even where the sign-in's cookie would be handed out anew."""
    with app.test_request_context():
        path = assets.asset_url(MARK) if address == "a file" else photos.photo_url(photos.keep(picture()))
    sign_in(client, cast.ben)
    clock.advance(minutes=30)

    kept = client.get(path)

    assert kept.headers["Cache-Control"] == A_YEAR
    assert "Set-Cookie" not in kept.headers
    assert "Set-Cookie" in client.get("/terms").headers
