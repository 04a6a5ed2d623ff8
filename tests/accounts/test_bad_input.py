"""What people, programs and attackers type: a clear answer, the form filled in, nothing stored, never a crash."""

import pytest

from practice.accounts import queries
from practice.store.db import db
from tests import factories
from tests.accounts.conftest import GOOD, token_of
from tests.factories import PASSWORD


def _token(person):
    return (
        person.see("/sign-in", follow_redirects=True).text.partition('name="csrf_token" value="')[2].partition('"')[0]
    )


def _send(person, path, fields):
    encoded = {k: v.encode("utf-8", "surrogatepass") if isinstance(v, str) else v for k, v in fields.items()}
    return person.browser.post(path, data={**encoded, "csrf_token": _token(person)})


def test_a_field_that_comes_twice_counts_once(visitor, cast):
    fields = [("email", "nobody@people.example"), ("email", cast.ben.email), ("password", PASSWORD)]
    fields.append(("csrf_token", _token(visitor)))

    visitor.browser.post(
        "/sign-in", data="&".join(f"{k}={v}" for k, v in fields), content_type="application/x-www-form-urlencoded"
    )

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

    assert factories.accounts() == 1
    assert faults == []
