"""Requests that no page of ours makes: without a token, with too much in them, in another shape, by another verb.

Every form meets each such shape; which wrong token, body or verb it is goes round, so that each meets many forms."""

from itertools import count, cycle, islice

import pytest
from gunicorn.http.body import ChunkMissingTerminator, InvalidChunkSize, InvalidHeader, LimitRequestHeaders, NoMoreData

from practice.store.db import db
from tests.strange.doors import DOORS

FORMS = [name for name, door in DOORS.items() if door.path]
# JSON is what these are sent, by a program: unsigned it is not believed.
PROGRAMS = ("webhook", "thin_webhook")
JSON = ["{}", "[]", "null", '"text"', "{", '{"start": {"$ne": 1}}', '{"csrf_token": 1}', "[" * 5_000, "\x00", "1e999"]


@pytest.fixture
def each_form(world):
    """(browser, path, honest fields) of every form."""
    found = []
    for name in FORMS:
        who, path = DOORS[name].open(world)
        found.append((world.browser(who), path, DOORS[name].honest))
        world.token(world.browser(who))
    return found


def old_token(browser):
    """A token that was right for this browser and is older than a form may be."""
    from itsdangerous import URLSafeTimedSerializer

    class Yesterdays(URLSafeTimedSerializer):
        def make_signer(self, salt):
            signer = super().make_signer(salt)
            signer.get_timestamp = lambda: 1_600_000_000
            return signer

    with browser.session_transaction() as session:
        key = browser.application.config["SECRET_KEY"]
        return Yesterdays(key, salt="wtf-csrf-token").dumps(session["csrf_token"])


@pytest.mark.once
def test_no_form_counts_without_a_token_of_this_browser(app, world, each_form, journal):
    stranger = app.test_client()
    foreign, surprises, turn = world.token(stranger), [], count()
    for browser, path, honest in each_form:
        own = world.token(browser)
        wrong = ("", "x", foreign, own[:-1], own + "x", own[::-1], old_token(browser), "é", "a.b.c")
        for token in (None, *(wrong[next(turn) % len(wrong)] for _ in range(2))):
            journal.take()
            answer = browser.post(path, data=honest | ({} if token is None else {"csrf_token": token}))
            if answer.status_code != 400 or journal.take():
                surprises.append(f"{path} {token!r}: {answer.status_code}")
    assert not surprises, "\n".join(surprises)


@pytest.mark.once
def test_a_token_in_the_address_does_not_count(world, each_form, journal):
    for browser, path, honest in each_form:
        journal.take()
        answer = browser.post(path, query_string={"csrf_token": world.token(browser)}, data=honest)
        assert answer.status_code == 400, path
        assert not journal.take(), path


@pytest.mark.once
def test_nothing_is_done_by_another_verb_whatever_a_header_or_field_says(world, each_form, journal):
    surprises, others = [], cycle(("HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND"))
    for browser, path, honest in each_form:
        fields = honest | {"csrf_token": world.token(browser), "_method": "POST", "_METHOD": "DELETE"}
        for verb in ("GET", *islice(others, 2)):
            journal.take()
            headers = {"X-HTTP-Method-Override": "POST", "X-HTTP-Method": "POST", "X-Method-Override": "POST"}
            answer = browser.open(path, method=verb, query_string=fields, headers=headers)
            read = verb in ("GET", "HEAD", "OPTIONS")
            right = answer.status_code in ((200, 301, 302, 303, 308, 404, 405, 410) if read else (400, 405))
            if not right or journal.take() - {"audit_event", "audit_head"}:
                surprises.append(f"{verb} {path}: {answer.status_code}")
    assert not surprises, "\n".join(surprises)


@pytest.mark.once
def test_json_is_no_form_anywhere(each_form, journal):
    bodies = cycle(JSON)
    for (browser, path, _), body in ((form, body) for form in each_form for body in islice(bodies, 2)):
        journal.take()
        answer = browser.post(path, data=body, content_type="application/json")
        assert answer.status_code in (400, 415), (path, body[:20])
        assert not journal.take(), (path, body[:20])


@pytest.mark.once
def test_json_with_a_token_in_its_header_is_no_form_either(world, each_form):
    heard = {DOORS[name].path for name in PROGRAMS}
    for browser, path, _ in each_form:
        headers = {"X-CSRFToken": world.token(browser)}
        answer = browser.post(path, data='{"start": {"$ne": 1}}', content_type="application/json", headers=headers)
        assert answer.status_code == (400 if path in heard else 415), path


def test_unknown_fields_change_nothing_else(world, send, journal):
    """Mass assignment: whatever a column is called, a form sets what it shows and nothing more."""
    ben = world.people["ben"]
    columns = {f"{c.name}": "1" for table in db.metadata.tables.values() for c in table.columns}
    columns |= {
        "specialist.state": "published",
        "user[is_staff]": "1",
        "__class__": "x",
        "roles": "staff",
        "manage": "1",
    }
    columns = {name: value for name, value in columns.items() if name not in ("display_name", "zone", "keep")}

    answer = send("ben", "/me/settings/you", columns | {"display_name": "Benno"})

    assert answer.status_code == 302
    assert "role" not in journal.take()
    db.session.expire_all()
    assert (ben.display_name, ben.is_staff, ben.email) == ("Benno", False, "ben@people.example")
    assert [role.name for role in ben.roles] == ["client"]


@pytest.mark.once
@pytest.mark.parametrize("fields", [999, 5_000, 40_000])
def test_thousands_of_fields_are_refused_or_ignored(world, send, fields):
    many = {f"k{n}": "v" for n in range(fields)}
    for who, path in (("nobody", "/sign-in"), ("otto", "/practice/availability"), ("ben", "/me/settings/you")):
        answer = send(who, path, many)
        assert answer.status_code in (302, 303, 400, 413, 422)
    token = world.token(world.browser("otto"))
    parts = "".join(
        f'--b\r\nContent-Disposition: form-data; name="k{n}"\r\n\r\nv\r\n' for n in range(min(fields, 5_000))
    )
    body = f'--b\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n{parts}--b--\r\n'
    answer = world.browser("otto").post(
        "/practice/profile/photo", data=body.encode(), content_type="multipart/form-data; boundary=b"
    )
    assert answer.status_code in (413, 422)


@pytest.mark.once
@pytest.mark.parametrize("shape", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=b"])
def test_a_hundred_thousand_fields_are_too_many_for_any_form(world, each_form, journal, shape):
    names = (f"k{n}" for n in range(100_000))
    if "boundary" in shape:
        parts = (f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\nv\r\n' for name in names)
        body = "".join(parts) + "--b--\r\n"
    else:
        body = "&".join(f"{name}=v" for name in names)
    for browser, path, _ in each_form[:5]:
        journal.take()
        answer = browser.post(path, data=body.encode(), content_type=shape)
        assert answer.status_code == 413, path
        assert not journal.take()


def part(head, body=b"v"):
    return b"--b\r\n" + head + b"\r\n\r\n" + body + b"\r\n--b--\r\n"


NO_FORMS = {
    "no name": part(b"Content-Disposition: form-data"),
    "a file without a name": part(b"Content-Disposition: form-data; filename=x"),
    "nothing but a type": part(b"Content-Type: text/plain"),
    "a name that is no text": part(b"Content-Disposition: form-data; name=\xff\xfe"),
    "no end": b"--b\r\nContent-Disposition: form-data; name=x\r\n\r\nno end",
    "no part": b"no part at all",
}


@pytest.mark.once
def test_parts_that_make_no_form_are_the_senders_mistake(each_form, journal):
    for (browser, path, _), (name, body) in zip(cycle(each_form), NO_FORMS.items(), strict=False):
        journal.take()
        answer = browser.post(path, data=body, content_type="multipart/form-data; boundary=b")
        assert answer.status_code == 400, (path, name)
        assert not journal.take()


class Breaking:
    """A body that breaks off: what gunicorn's readers raise, and what none of them should."""

    def __init__(self, error):
        self.error = error

    def tell(self):
        return 0

    def seek(self, *_place):
        return 0

    def read(self, *_size):
        raise self.error


BREAKS = (NoMoreData(), InvalidChunkSize(b"zz"), ChunkMissingTerminator(b"x"), InvalidHeader("X"))
BREAKS += (LimitRequestHeaders("many"), OSError("closed"), TimeoutError(), ValueError("Size must be positive."))


@pytest.mark.once
@pytest.mark.parametrize("shape", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=b"])
def test_whatever_reading_a_body_raises_is_the_senders_mistake(each_form, journal, shape):
    for number, (browser, path, _) in enumerate(each_form):
        journal.take()
        stream, error = Breaking(BREAKS[number % len(BREAKS)]), BREAKS[number % len(BREAKS)]
        chunked = {"wsgi.input_terminated": True}
        answer = browser.post(path, input_stream=stream, content_type=shape, environ_overrides=chunked)
        assert answer.status_code == 400, (path, error)
        assert not journal.take()


def test_a_field_sent_many_times_is_one_field(world, send, journal):
    answer = send("ben", "/me/settings/you", {"display_name": ["Benno", "Admin", "\x00"]})
    db.session.expire_all()
    assert answer.status_code == 302
    assert world.people["ben"].display_name == "Benno"

    answer = send(
        "anna", f"/practice/bookings/{world.codes['booking']}/move", {"starts": ["2027-03-04T09:00:00Z"] * 99}
    )
    assert answer.status_code == 422
    many = {"topics": ["anxiety"] * 5_000, "main_topics": ["anxiety"] * 5_000, "formats": ["video"] * 5_000}
    answer = send("otto", "/practice/profile", many)
    assert answer.status_code in (413, 422)


def test_many_weekly_ranges_and_days_that_do_not_exist_are_refused_or_ignored(world, send, journal):
    from tests.strange.doors import LIMITS

    ranges = {f"all-{day}-{n}-{end}": "10:00" for day in range(9) for n in range(40) for end in ("from", "until")}
    world.token(world.browser("otto"))
    journal.take()
    answer = send("otto", "/practice/availability", LIMITS | ranges)

    assert answer.status_code == 422
    assert not journal.take()


@pytest.mark.once
def test_the_table_of_forms_names_routes_that_exist(world):
    adapter = world.app.url_map.bind("localhost")

    assert all(adapter.match(DOORS[name].path.format(**world.codes), method="POST") for name in FORMS)
