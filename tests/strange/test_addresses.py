"""Whatever stands in an address, as a name of something or after the question mark: there or not, never a crash."""

import re
from itertools import cycle, islice

import pytest

from tests.house.routes import APPROVED
from tests.strange.inputs import CLASSES, as_sent
from tests.strange.test_sweep import TRACES, unescaped

ROUTES = [line.split() for line in APPROVED.read_text().splitlines()]
ANY_NAME_WILL_DO = ("/demo/mailbox/", "/static/app.<tag>.", "/admin/applications/in/<queue>")
NAMED = [route for route in ROUTES if "<" in route[2] and not route[2].startswith(ANY_NAME_WILL_DO)]
# So many names each address meets, the next ones in turn: every name meets many, and with --long all.
IN_TURN = 3
READERS = {"public": "nobody", "client": "ben", "specialist": "anna", "staff": "sam"}
# What else may be asked of a page: parameters, and the classes each is tried with.
ASKED = {
    "/specialists": {
        "topic": "choice", "language": "choice", "format": "choice", "max": "price", "currency": "currency",
        "free": "choice", "when": "choice", "q": "sql_injection", "page": "number",
    },
    "/specialists/anna-kern": {"week": "datetime_malformed", "offer": "choice"},
    "/me/payments": {"of": "choice"},
    "/me/letters": {"before": "choice"},
    "/specialists/anna-kern/offers/{consult}/book": {"start": "datetime_malformed"},
    "/help-now": {"country": "choice"},
    "/time-zone": {"next": "open_redirect"},
    "/sign-in": {"next": "open_redirect"},
    "/sign-up": {"next": "open_redirect"},
    "/me/prove": {"next": "open_redirect"},
    "/bookings/{booking}/move": {"week": "datetime_malformed", "length": "choice"},
    "/bookings/{booking}/length": {"start": "datetime_malformed", "length": "choice"},
    "/practice/bookings/{booking}/move": {"week": "datetime_malformed"},
    "/practice/calendar": {"week": "datetime_malformed", "view": "choice"},
    "/practice/earnings": {"month": "datetime_malformed", "show": "choice", "by": "choice", "page": "number"},
    "/practice/earnings.csv": {"month": "datetime_malformed", "show": "choice"},
    "/practice/availability/why": {"on": "datetime_malformed", "at": "datetime_malformed", "offer": "choice"},
    "/admin/audit": {
        "who": "control_unicode", "what": "sql_injection", "about": "html_xss", "first": "datetime_malformed",
        "last": "datetime_malformed", "before": "number", "check": "choice",
    },
}  # fmt: skip
HONEST = {"/practice/availability/why": {"on": "2027-03-09", "at": "10:00", "offer": ""}}


def reader_of(path):
    if path.startswith("/admin"):
        return "sam"
    return "anna" if path.startswith("/practice") else "ben" if path.startswith(("/me", "/bookings")) else "nobody"


@pytest.mark.parametrize("count", [IN_TURN, pytest.param(len(CLASSES["object_id"]), marks=pytest.mark.long)])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_name_that_names_nothing_is_not_found(world, journal, method, count):
    surprises, turns = [], cycle(CLASSES["object_id"])
    for access, verb, rule in NAMED:
        if verb != method:
            continue
        browser = world.browser(READERS[access])
        fields = {"csrf_token": world.token(browser)} if method == "POST" else None
        for strange in islice(turns, count):
            journal.take()
            path = re.sub(r"<[^>]+>", lambda _, name=strange: name, rule)
            answer = browser.open(path, method=method, data=fields)
            found = list(unescaped(answer, strange))
            if not 300 <= answer.status_code < 500:
                found.append(str(answer.status_code))
            if written := journal.take() - TRACES:
                found.append(f"stored in {sorted(written)}")
            surprises += [f"{method} {rule} {strange[:30]!r}: {fault}" for fault in found]

    assert not surprises, "\n".join(surprises)


@pytest.mark.parametrize("page", ASKED)
def test_a_question_that_makes_no_sense_gets_a_page(world, page):
    path, surprises = page.format(**world.codes), []
    browser = world.browser(reader_of(path))
    for name, group in ASKED[page].items():
        for strange in CLASSES[group]:
            asked = {key: as_sent(text) for key, text in (HONEST.get(page, {}) | {name: strange}).items()}
            answer = browser.get(path, query_string=asked)
            found = list(unescaped(answer, strange))
            if answer.status_code not in (200, 302, 303, 404, 409, 422):
                found.append(str(answer.status_code))
            surprises += [f"{page}?{name}={strange[:40]!r}: {fault}" for fault in found]

    assert not surprises, "\n".join(surprises)


@pytest.mark.parametrize(
    "name", ["no-such-person", "a" * 600, "a" * 3_000, "%00", "%E2%80%AE", "x%0d%0aset-cookie:a=b"]
)
def test_a_strangers_wish_to_keep_somebody_who_does_not_exist_is_calm(world, send, name):
    answer = send("nobody", f"/specialists/{name}/save", {})

    assert answer.status_code in (302, 303, 404)
    assert "set-cookie" not in (answer.location or "").lower().replace("%0d%0aset-cookie", "")


COOKIES = ("caf\u00e9", "\u202e", "x" * 4_000, "a=b; c", "\x7f", "'; DROP TABLE device; --", "{{ 7191*7 }}", "null", "")


@pytest.mark.parametrize("name", ["practice", "zone", "theme", "known"])
def test_a_strange_cookie_is_no_cookie(app, world, name):
    for strange in COOKIES:
        browser = app.test_client()
        header = {"Cookie": f"{name}={strange}".encode().decode("latin-1")}
        assert browser.get("/sign-in", headers=header).status_code == 200
        assert browser.get("/me", headers=header).status_code == 302
        assert browser.get("/specialists/anna-kern", headers=header).status_code == 200


def test_a_strange_mark_of_a_known_browser_lets_the_right_password_in(app, world, make_app):
    from tests.factories import PASSWORD

    strict = make_app(overrides={"RATELIMIT_ENABLED": True}).test_client()
    token = world.token(strict)
    strict.set_cookie("known", "café\u202e")

    answer = strict.post("/sign-in", data={"csrf_token": token, "email": "ben@people.example", "password": PASSWORD})

    assert answer.status_code == 302


HEADERS = {
    "Accept": ["application/json", "*/*;q=NaN", "x" * 4_000, "text/html;q=-1", ";;;"],
    "Accept-Language": ["xx", "en;q=9e999", "é", ",,,,"],
    "User-Agent": ["", "<script>alert(1)</script>", "x" * 4_000, "\x7f", "é"],
    "Content-Type": [
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "text/xml",
        "é/é",
        "x",
    ],
    "If-None-Match": ["*", "W/", '"' * 50, "é"],
    "If-Modified-Since": ["yesterday", "Thu, 32 Foo 99999 99:99:99 GMT"],
    "Range": ["bytes=0-", "bytes=9-1", "bytes=-0", "bytes=" + "0-1," * 400, "items=1-2"],
    "X-Forwarded-For": ["", "1.2.3.4, é", "' OR 1=1", "::ffff:0:0%eth0"],
    "Sec-Fetch-Site": ["x", "é"],
    "X-Fragment": ["1", "é"],
    "Authorization": ["Bearer é", "Basic ", "Digest x"],
    "Referer": ["javascript:alert(1)", "http://[::1", "é"],
    "Origin": ["null", "http://[", "https://evil.example"],
}


@pytest.mark.once
@pytest.mark.parametrize("header", HEADERS)
def test_strange_headers_change_nothing(app, world, header):
    paths = ["/", "/specialists/anna-kern", "/sign-in", "/me", "/specialists/anna-kern/slots", "/metrics"]
    for strange in HEADERS[header]:
        for path in [*paths, f"/cal/{world.codes['feed']}.ics", f"/bookings/{world.codes['booking']}/appointment.ics"]:
            answer = world.browser("ben").get(path, headers={header: strange.encode().decode("latin-1")})
            assert answer.status_code in (200, 302, 304, 404, 416), f"{path} {header}: {strange!r}"
            assert "Access-Control-Allow-Origin" not in answer.headers
