"""The gate itself: where it sends people, whose words it believes, and which clicks it takes for theirs."""

import pytest

from tests import factories
from tests.accounts.conftest import Person
from tests.factories import PASSWORD
from tests.pages import csrf_of

EVIL = [
    "//evil.example",
    "///evil.example",
    "https://evil.example/",
    "http:evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/%09/evil.example/..",
    "\t//evil.example",
    "/\t/evil.example",
    "/me\r\nSet-Cookie: a=b",
    "javascript:alert(1)",
    "data:text/html,x",
    "//localhost@evil.example",
    "https:/evil.example",
    "/no-such-page",
    "/sign-out",
    "me",
    "@evil.example",
    "/me/../../evil\u2028",
    "//[::1]/",
    "http://localhost.evil.example/",
    "HTTPS://EVIL.EXAMPLE",
]


@pytest.mark.parametrize("target", EVIL)
def test_signing_in_leads_to_no_foreign_or_missing_page(visitor, cast, target):
    page = visitor.see("/sign-in", query_string={"next": target})
    token = page.text.partition('name="csrf_token" value="')[2].partition('"')[0]
    fields = {"csrf_token": token, "email": cast.ben.email, "password": PASSWORD, "next": target}

    answer = visitor.browser.post("/sign-in", data=fields)

    assert answer.status_code == 302
    assert answer.location == "/me"
    assert visitor.see("/sign-in", query_string={"next": target}).location == "/me"


def test_signing_in_leads_back_to_the_page_that_was_asked_for(visitor, cast):
    answer = visitor.see("/me/settings/security?x=1")
    assert answer.location == "/sign-in?next=/me/settings/security?x%3D1"

    answer = visitor.fill(answer.location, "/sign-in", email=cast.ben.email, password=PASSWORD)

    assert answer.location == "/me/settings/security?x=1"


def test_the_second_step_remembers_where_to(visitor, cast, clock):
    totp = factories.with_two_step(cast.ben)
    answer = visitor.fill("/sign-in?next=/me/settings", "/sign-in", email=cast.ben.email, password=PASSWORD)
    assert answer.location == "/sign-in/code?next=/me/settings"

    code = factories.code_at(totp, clock.now())
    answer = visitor.fill(answer.location, "/sign-in/code", code=code)

    assert answer.location == "/me/settings"


@pytest.mark.parametrize(
    "path",
    [
        "/sign-in",
        "/sign-up",
        "/reset",
        "/sign-out",
        "/forget",
        "/me/settings/you",
        "/me/settings/zone",
        "/me/settings/discretion",
        "/me/settings/email",
        "/me/settings/security/password",
        "/me/settings/security/two-step/off",
        "/me/settings/security/devices/end-others",
        "/me/prove",
    ],
)
@pytest.mark.parametrize("token", [None, "", "made-up"])
def test_no_post_counts_without_our_token(visitor, cast, sign_in, path, token):
    sign_in(visitor.browser, cast.ben)
    fields = {} if token is None else {"csrf_token": token}

    assert visitor.browser.post(path, data=fields).status_code == 400
    assert visitor.is_in()


def test_a_token_of_another_browser_does_not_count(visitor, other_browser, cast, sign_in):
    sign_in(visitor.browser, cast.ben)
    token = other_browser.see("/sign-in").text.partition('name="csrf_token" value="')[2].partition('"')[0]

    assert visitor.browser.post("/sign-out", data={"csrf_token": token}).status_code == 400


def test_a_click_on_another_site_does_not_count(visitor, cast, sign_in):
    sign_in(visitor.browser, cast.ben)
    token = visitor.see("/me/settings").text.partition('name="csrf_token" value="')[2].partition('"')[0]

    answer = visitor.browser.post("/sign-out", data={"csrf_token": token}, headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 400
    assert visitor.is_in()


FOREIGN = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "null"},
    {"Origin": "https://evil.example"},
    {"Origin": "http://["},
    {"Origin": "null"},
]


@pytest.mark.parametrize("headers", FOREIGN, ids=range(5))
@pytest.mark.parametrize("path", ["/theme", "/sign-in", "/sign-out", "/nothing-here", "/me"])
def test_a_write_that_another_site_causes_sets_no_cookie(app, headers, path):
    # Browsers keep our cookies back from it, so we see a stranger.
    answer = app.test_client().post(path, data={"x": "some words of theirs"}, headers=headers)

    assert answer.status_code in (400, 404, 405)
    assert "Set-Cookie" not in answer.headers
    assert "words of theirs" not in answer.text


def test_a_picture_on_another_site_that_is_a_page_of_ours_sets_no_cookie(app):
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}

    assert "Set-Cookie" not in app.test_client().get("/sign-in", headers=headers).headers


def test_a_link_on_another_site_leads_to_a_page_that_works(visitor, cast):
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    token = csrf_of(visitor.browser.get("/time-zone", headers=link))

    assert visitor.browser.post("/theme", data={"csrf_token": token, "theme": "dark"}).status_code == 302


def test_a_form_of_ours_that_says_null_still_counts(visitor, cast, sign_in):
    """Whoever is signed in reads pages that name no referrer, and their forms come as "null" for that."""
    sign_in(visitor.browser, cast.ben)
    form = {"csrf_token": csrf_of(visitor.browser.get("/time-zone"))}

    assert visitor.browser.post("/sign-out", data=form, headers={"Origin": "null"}).status_code in (302, 303)
    assert not visitor.is_in()


@pytest.mark.parametrize("path", ["/sign-out", "/me/settings/you", "/me/settings/security/devices/end-others", "/zone"])
def test_a_get_never_does_what_a_post_does(visitor, cast, sign_in, path):
    sign_in(visitor.browser, cast.ben)

    assert visitor.see(path, headers={"X-HTTP-Method-Override": "POST"}).status_code in (404, 405)
    assert visitor.see(f"{path}?_method=POST").status_code in (404, 405)
    assert visitor.is_in()


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "localhost:80@evil.example", "[::2]", ""])
def test_another_host_is_not_answered(visitor, host):
    assert visitor.see("/sign-in", headers={"Host": host}).status_code == 400


def test_a_forged_host_never_reaches_a_letter(visitor, cast, outbox, smtp):
    """CVE-2021-30185: the host of the request stood in the link of the letter."""
    page = visitor.see("/reset")
    token = page.text.partition('name="csrf_token" value="')[2].partition('"')[0]
    headers = {"X-Forwarded-Host": "evil.example", "X-Host": "evil.example", "Forwarded": "host=evil.example"}
    visitor.browser.post("/reset", data={"csrf_token": token, "email": cast.ben.email}, headers=headers)

    (letter,) = outbox.deliver(smtp)

    assert "evil.example" not in letter.as_string()
    assert "http://localhost/reset/" in letter.get_body(("plain",)).get_content()


@pytest.mark.parametrize(
    "address", ["ben@people.example\r\nBcc: x@y.example", "a@b.example,c@d.example", "a@b", "@", "a b@c.example"]
)
def test_an_address_that_is_none_is_refused_and_nobody_is_written_to(visitor, outbox, sign_up_form, address):
    answer = visitor.fill("/sign-up", **{**sign_up_form, "email": address})

    assert answer.status_code == 422
    assert outbox.all() == []


@pytest.mark.parametrize(
    "name", ["Nora\r\nBcc: x", "No\x0bra", "Nora\u2028x", "\u202enora", "<b>Nora</b>", "x" * 61, "   ", "a@b"]
)
def test_a_name_that_would_stop_a_letter_or_fool_a_reader_is_refused(visitor, sign_up_form, name):
    answer = visitor.fill("/sign-up", **{**sign_up_form, "display_name": name})

    assert answer.status_code == 422
    assert "<b>Nora" not in answer.text


@pytest.mark.parametrize("name", ["Zoë", "王芳", "O'Brien", "Jean-Luc P.", "Nora (she)", "عمر", "मीरा"])
def test_names_of_all_kinds_are_welcome(visitor, outbox, sign_up_form, name):
    assert visitor.fill("/sign-up", **{**sign_up_form, "display_name": name}).status_code == 302


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../../etc/passwd", "Europe/\nDublin", "x" * 5000])
def test_a_zone_that_does_not_exist_is_refused(visitor, sign_up_form, zone):
    assert visitor.fill("/sign-up", **{**sign_up_form, "zone": zone}).status_code == 422


def test_pages_of_the_account_stay_in_no_cache_and_tell_no_referrer(visitor, cast, sign_in):
    sign_in(visitor.browser, cast.ben)
    page = visitor.see("/me/settings")

    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "Cookie" in page.headers["Vary"]


def test_pages_behind_a_token_tell_no_referrer(visitor):
    assert visitor.see("/reset/some-token").headers["Referrer-Policy"] == "no-referrer"


def test_the_cookie_is_bound_to_https_and_out_of_reach_of_scripts(make_app, cast):
    app = make_app(base_url="https://localhost")
    browser = app.test_client()
    answer = browser.get("/sign-in", base_url="https://localhost")
    (cookie,) = [c for c in answer.headers.getlist("Set-Cookie") if "practice" in c]

    assert cookie.startswith("__Host-practice=")
    for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in cookie
    assert "Domain" not in cookie


def test_a_fragment_is_refused_without_a_page(visitor):
    answer = visitor.see("/me/settings", headers={"X-Fragment": "part"})

    assert answer.status_code == 401


def test_a_fresh_install_has_no_account(app):

    assert factories.accounts() == 0


def test_nothing_else_signs_in(app):
    """The approved list of doors: each honours the second step and a closed account."""
    doors = {rule.rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("accounts.")}

    assert {d for d in doors if not d.startswith(("/me/", "/drafts/"))} == {
        "/sign-in",
        "/sign-in/code",
        "/sign-in/recovery",
        "/sign-in/lost",
        "/sign-up",
        "/sign-up/sent",
        "/sign-out",
        "/forget",
        "/confirm/<token>",
        "/reset",
        "/reset/sent",
        "/reset/<token>",
        "/new-email/<token>",
        "/undo-email/<token>",
        "/stay-on/<token>",
        "/certificate/<number>",
        "/two-step-off/<token>",
        "/welcome/<token>",
    }
    assert not [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("security.")]


def test_a_token_in_a_header_or_address_is_no_sign_in(app, cast):
    browser = Person(app.test_client())
    token = cast.ben.get_auth_token()

    answer = browser.see("/me/settings", headers={"Authentication-Token": token})
    assert answer.status_code == 302
    assert browser.see(f"/me/settings?auth_token={token}").status_code == 302
