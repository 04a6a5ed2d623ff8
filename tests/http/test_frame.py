"""What stands around a page is kept under what it says: each reader finds their own, nobody's name is kept."""

import subprocess
import sys

from markupsafe import escape

from practice.http import frame
from practice.http.gaps import gap
from practice.safety.models import CrisisResource
from practice.store.db import transaction
from tests.pages import csrf_of, tree_of

NUMBER = {
    "country": "JP",
    "purpose": "emergency",
    "name": "All",
    "number": "0120 00 00 00",
    "hours": "",
    "languages": "",
}


def _links(page, region):
    return [(link["href"], link.get("aria-current")) for link in tree_of(page).select(f"{region} a[href]")]


def test_a_reader_finds_their_own_name_token_and_way_back(app, cast, sign_in):
    ben, cleo = (sign_in(app.test_client(), person) for person in (cast.ben, cast.cleo))
    for browser in (ben, cleo):
        browser.get("/free-consultation")

    bens, cleos = ben.get("/free-consultation?from=ben"), cleo.get("/free-consultation?from=<cleo>")

    assert "Ben, your account" in bens.text and "Cleo" not in bens.text
    assert "Cleo, your account" in cleos.text and "Ben" not in cleos.text
    assert 'value="/free-consultation?from=ben"' in bens.text
    assert "<cleo>" not in cleos.text
    assert csrf_of(bens) != csrf_of(cleos)
    assert ben.post("/theme", data={"csrf_token": csrf_of(bens), "theme": "dark"}).status_code == 302
    assert "\x00" not in bens.text + cleos.text


def test_nothing_from_outside_is_taken_for_a_gap(client, cast, sign_in):
    """What is put into a kept part stands where the part has room for it, and nowhere else."""
    sign_in(client, cast.ben)
    asked = "%00token%00/%00name%00/%00here%00/%00zone%00"
    for path in (f"/{asked}", f"/free-consultation?from={asked}", f"/free-consultation/{asked}"):
        page = client.get(path)
        back = {field["value"] for field in tree_of(page).select('input[name="next"]')}

        assert "\x00" not in page.text, path
        assert not [each for each in back if csrf_of(page) in each or cast.ben.display_name in each], path


def test_a_gap_is_spelled_anew_in_each_process():
    spell = "from practice.http import gaps; print(repr(gaps.gap('token')))"
    spelled = {subprocess.run([sys.executable, "-c", spell], capture_output=True, check=True).stdout for _ in range(2)}

    assert len(spelled) == 2
    assert escape(gap("token")) == gap("token")


def test_nobodys_name_and_nobodys_token_is_kept(app, cast, sign_in):
    ben = sign_in(app.test_client(), cast.ben)
    frame._remembered.clear()
    token = csrf_of(ben.get("/free-consultation"))

    kept = "".join(frame._remembered.peek(key) for key in frame._remembered._known)

    assert "Free consultation" in kept
    assert cast.ben.display_name not in kept
    assert token not in kept


def test_the_link_of_the_present_page_is_marked_on_each_page(client):
    for path in ("/specialists", "/free-consultation", "/specialists"):
        here = [href for href, current in _links(client.get(path), ".site-nav") if current]

        assert here == [path]


def test_what_stands_around_a_page_follows_the_reader_and_the_numbers(app, client, cast):
    """Each of them is one of the values that a part is remembered under."""
    ireland, japan = app.test_client(), app.test_client()
    for browser, zone in ((ireland, "Europe/Dublin"), (japan, "Asia/Tokyo")):
        browser.set_cookie("zone", zone)
        browser.get("/terms")
    footers = [tree_of(browser.get("/terms")).footer.text for browser in (client, ireland, japan)]

    assert ["Dublin time" in each for each in footers] == [False, True, False]
    assert ["Tokyo time" in each for each in footers] == [False, False, True]
    with transaction() as session:
        session.add(CrisisResource(**NUMBER))
    assert "0120 00 00 00" in tree_of(japan.get("/terms")).footer.text
    japan.set_cookie("theme", "dark")
    assert "Light theme" in tree_of(japan.get("/terms")).footer.text
