"""A sign-in belongs to one browser and ends everywhere at once; a product without secrets of its own does not start."""

import pytest

from practice.config import BadConfig, from_environment
from practice.http.cookies import Seal
from tests import factories
from tests.production import PRODUCTION


def _session_of(browser):
    with browser.session_transaction() as session:
        return dict(session)


def _with_session(app, values, key=None):
    """A browser with these values in a cookie signed by `key`."""

    browser = app.test_client()
    browser.set_cookie(app.config["SESSION_COOKIE_NAME"], Seal((key or app.secret_key,)).dumps(values))
    return browser


@pytest.fixture
def bens(app, cast, sign_in):
    return _session_of(sign_in(app.test_client(), cast.ben))


def test_the_helper_of_these_tests_signs_as_the_product_does(app, bens):
    assert _with_session(app, bens).get("/me").status_code == 200


def test_a_session_signed_with_another_key_is_nobodys(app, bens):
    # CVE-2026-23478
    assert _with_session(app, bens, key="an old key that was given up").get("/me").status_code == 302


def test_a_session_that_names_another_person_is_nobodys(app, cast, sign_in, bens):
    # CVE-2026-23478: the identity in the cookie could be replaced
    annas = _session_of(sign_in(app.test_client(), cast.anna))

    assert _with_session(app, bens | {"_user_id": annas["_user_id"]}).get("/me").status_code == 302
    assert _with_session(app, bens | {"device": annas["device"]}).get("/me").status_code == 302
    assert _with_session(app, {k: v for k, v in bens.items() if k != "device"}).get("/me").status_code == 302
    assert (
        _with_session(app, bens | {"email": "anna@people.example", "is_staff": True}).get("/admin/").status_code == 404
    )


def test_a_sign_in_that_was_ended_on_one_server_is_over_on_all(app, make_app, cast, sign_in):
    here, there = sign_in(app.test_client(), cast.ben), sign_in(make_app().test_client(), cast.ben)
    copied = make_app(overrides={"X": 1}).test_client()
    for name in (app.config["SESSION_COOKIE_NAME"],):
        copied.set_cookie(name, here.get_cookie(name).value)
    assert copied.get("/me").status_code == 200
    token = factories_token(there)

    assert there.post("/me/settings/security/devices/end-others", data={"csrf_token": token}).status_code == 302

    assert here.get("/me").status_code == 302
    assert copied.get("/me").status_code == 302
    assert there.get("/me").status_code == 200


def factories_token(browser):
    return browser.get("/time-zone").text.partition('name="csrf_token" value="')[2].partition('"')[0]


def test_booking_with_somebodys_address_signs_nobody_in(app, cast, client):
    # CVE-2023-2834, and sign-up with a known address that replaced its password
    fields = {"csrf_token": factories_token(client), "start": "2027-03-09T09:00:00Z", "format": "video", "consent": "y"}
    answer = client.post(
        "/specialists/anna-kern/book/confirm", data=fields | {"email": cast.ben.email, "call_name": "Ben"}
    )

    assert answer.location == "/sign-up"
    assert client.get("/me").status_code == 302
    assert "ben@people.example" not in client.get("/sign-up").text


@pytest.mark.once
def test_a_forwarded_address_counts_only_from_a_proxy_that_was_announced(make_app):
    # CVE-2023-44463
    def seen(proxies, sent):
        other = make_app(proxies=proxies)
        found = []
        other.before_request_funcs.setdefault(None, []).append(lambda: found.append(_address()))
        other.test_client().get("/healthz", headers={"X-Forwarded-For": sent})
        return found[0]

    assert seen(0, "6.6.6.6") == "127.0.0.1"
    assert seen(1, "6.6.6.6, 7.7.7.7") == "7.7.7.7"


def _address():
    from flask import request

    return request.remote_addr


@pytest.mark.once
@pytest.mark.parametrize("name", ["SECRET_KEY", "AUDIT_KEY"])
def test_a_sample_or_short_secret_stops_the_start(name):
    # CVE-2023-1269, CVE-2026-41432
    from_environment(PRODUCTION)
    for weak in ("", "changeme", "short", "x" * 31, "x" * 64, "changeme" * 4, "secret secret secret secret secret"):
        with pytest.raises(BadConfig, match=name):
            from_environment(PRODUCTION | {name: weak})


@pytest.mark.once
@pytest.mark.parametrize(
    ("name", "nonsense"),
    [
        ("BASE_URL", "https://[practice.example"),
        ("BASE_URL", "https://practice.example:ninety"),
        ("BASE_URL", "https://practice.example/a"),
        ("BASE_URL", "https://somebody@practice.example"),
        ("SMTP_URL", "smtp://localhost:mail"),
        ("SMTP_URL", "smtp://user:pa/ss@localhost"),
        ("SMTP_URL", "smtp://"),
        ("REDIS_URL", "redis://[cache"),
        ("MAIL_FROM", "Common Ground <hello@practice.example>"),
        ("PROXIES", "²"),
        ("CLOCK_OFFSET", "3600"),
        ("VAULT_KEY", f"a:{'A' * 43},a:{'B' * 43}"),
    ],
)
def test_a_setting_that_makes_no_sense_stops_the_start_number(name, nonsense):
    with pytest.raises(BadConfig, match=name):
        from_environment(PRODUCTION | {name: nonsense})


@pytest.mark.once
def test_a_host_is_the_same_in_capitals():
    assert "www.practice.example" in from_environment(PRODUCTION | {"EXTRA_HOSTS": "WWW.Practice.example"}).hosts


@pytest.mark.once
def test_in_production_measures_and_consoles_are_closed(make_app, cast):
    # ASVS 13.4
    other = make_app(mode="production", base_url="http://localhost").test_client()

    for path in (
        "/metrics",
        "/console",
        "/.git/config",
        "/demo/mailbox",
        "/demo/design",
        "/static/",
        "/.env",
        "/debug",
    ):
        assert other.get(path).status_code == 404, path
    assert other.open("/", method="TRACE").status_code == 405
    assert not other.application.debug
    assert not other.application.testing


@pytest.mark.once
def test_a_fresh_database_lets_nobody_in(app, client):
    # CVE-2023-1269: credentials that came with the product
    fields = {"csrf_token": factories_token(client), "password": factories.PASSWORD}

    assert factories.accounts() == 0
    for address in ("admin@people.example", "staff@demo.example", "client@demo.example", "specialist@demo.example"):
        assert client.post("/sign-in", data=fields | {"email": address}).status_code == 422
