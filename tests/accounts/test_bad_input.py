"""What people, programs and attackers type: a clear answer, the form filled in, nothing stored, never a crash."""

import pytest

from practice.accounts import queries
from practice.store.db import db
from tests.accounts.conftest import GOOD, Person, token_of
from tests.factories import PASSWORD

STRANGE = {
    "oversize_text": "x" * 200_000,
    "control_unicode": "a\x00b\x08c\u202ed\ufeff",
    "lone_surrogate": "caf\ud83d",
    "sql_injection": "x'); DROP TABLE user; --",
    "sql_wildcard": "%_%",
    "html_xss": '"><svg onload=alert(1)>',
    "template_injection": "{{ 7*7 }}{% debug %}${7*7}",
    "format_string": "%n%s{0.__class__}%99999999d",
    "header_injection": "x\r\nBcc: y@z.example",
    "csv_injection": "=HYPERLINK(1)",
    "path": "../../../../etc/passwd",
    "number": str(2**70),
    "combining": "Z" + "\u0301" * 5000,
}
FORMS = {
    "/sign-in": ("email", "password", "is_private", "next"),
    "/sign-up": ("email", "display_name", "password", "zone", "safe", "adult", "terms", "next"),
    "/reset": ("email",),
}
OWN = {
    "/me/settings/you": ("display_name",),
    "/me/settings/place": ("country", "locale"),
    "/me/settings/zone": ("zone",),
    "/me/settings/discretion": ("calendar_label", "no_email"),
    "/me/settings/email": ("email",),
    "/me/settings/security/password": ("current", "password"),
    "/me/settings/security/two-step": ("code",),
    "/me/prove": ("password", "next"),
}


def _token(person):
    return (
        person.see("/sign-in", follow_redirects=True).text.partition('name="csrf_token" value="')[2].partition('"')[0]
    )


def _send(person, path, fields):
    encoded = {k: v.encode("utf-8", "surrogatepass") if isinstance(v, str) else v for k, v in fields.items()}
    return person.browser.post(path, data={**encoded, "csrf_token": _token(person)})


@pytest.mark.parametrize("kind", STRANGE)
@pytest.mark.parametrize("path", FORMS)
def test_strangers_forms_take_anything_calmly(visitor, outbox, path, kind):
    answer = _send(visitor, path, dict.fromkeys(FORMS[path], STRANGE[kind]))

    assert answer.status_code == 422
    assert "<svg onload" not in answer.text
    assert "49" not in answer.text.partition("<main")[2].partition("</main>")[0] or kind != "template_injection"
    assert outbox.all() == []
    assert queries.count_of_accounts() == 0


@pytest.mark.parametrize("kind", STRANGE)
@pytest.mark.parametrize("path", OWN)
def test_forms_of_the_account_take_anything_calmly(app, cast, sign_in, path, kind):
    person = Person(sign_in(app.test_client(), cast.ben))

    answer = _send(person, path, dict.fromkeys(OWN[path], STRANGE[kind]))

    assert answer.status_code in (302, 422)
    assert "<svg onload" not in answer.text
    db.session.rollback()
    ben = queries.user_by_id(cast.ben.id)
    assert ben.email == "ben@people.example"
    assert ben.zone == "Europe/Dublin"
    assert len(ben.display_name) <= 60
    assert len(ben.calendar_label) <= 60
    assert not ben.has_two_step
    assert person.see("/me/settings").status_code == 200


def test_a_field_that_comes_twice_counts_once(visitor, cast):
    fields = [("email", "nobody@people.example"), ("email", cast.ben.email), ("password", PASSWORD)]
    fields.append(("csrf_token", _token(visitor)))

    visitor.browser.post(
        "/sign-in", data="&".join(f"{k}={v}" for k, v in fields), content_type="application/x-www-form-urlencoded"
    )

    assert not visitor.is_in()


def test_a_thousand_fields_are_refused_or_ignored(visitor, cast):
    answer = _send(visitor, "/sign-in", {f"field{n}": "x" for n in range(3000)})

    assert answer.status_code in (400, 413, 422)


@pytest.mark.parametrize("body", ['{"email": "ben@people.example"}', "[]", "null", '{"email": {"$ne": 1}}', "\x00"])
def test_json_is_no_form(visitor, cast, body):
    answer = visitor.browser.post("/sign-in", data=body, content_type="application/json")

    assert answer.status_code == 400
    assert not visitor.is_in()


@pytest.mark.parametrize("token", ["x", "x" * 5000, "%00", "..%2f..%2fetc", "<script>", "💥", "a" * 43])
def test_a_made_up_link_is_no_link(visitor, token):
    for door in ("confirm", "reset", "new-email", "undo-email", "welcome"):
        answer = visitor.see(f"/{door}/{token}", follow_redirects=True)
        assert answer.status_code in (404, 410)
        assert "<script>" not in answer.text.partition("<main")[2]


def test_a_password_with_everything_in_it_opens_the_account_again(visitor, other_browser, outbox, sign_up_form):
    password = " Zoë's 🦊 – “ferry” <b>&amp;%20 日本 "
    visitor.fill("/sign-up", **{**sign_up_form, "password": password})
    nora = queries.user_by_email("nora@people.example")
    visitor.fill(f"/confirm/{token_of(outbox.last_to(nora))}")
    visitor.press("/me/settings", "/sign-out")

    other_browser.sign_in("nora@people.example", password)
    assert other_browser.is_in()
    assert visitor.sign_in("nora@people.example", password.strip()).status_code == 422


def test_two_people_signing_up_at_once_with_one_address_make_one_account(app, sign_up_form, dirty):
    import threading

    from practice.accounts import actions, security

    hashed = security.hashed(GOOD)
    db.session.rollback()
    faults = []

    def join():
        with app.app_context():
            try:
                actions.sign_up(actions.NewAccount("nora@people.example", hashed, "Nora", "UTC"), browser="b")
            except Exception as error:
                faults.append(error)

    threads = [threading.Thread(target=join) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert queries.count_of_accounts() == 1
    assert faults == []
