"""New keys on several machines, as docs/operations.md says: last everywhere, first everywhere, then the old one goes.

Between two steps some machines are ahead of others. Each test is one person whose requests, or one letter whose tries,
fall on both sides of that line.
"""

import pytest

from practice.accounts import actions
from practice.letters import mail_worker, outbox
from practice.providers.mail_transport import Outcome, Verdict
from tests.accounts.conftest import token_of
from tests.factories import PASSWORD
from tests.pages import csrf_of, tree_of
from tests.plain import lay_paper, write
from tests.store.test_sealed import NEW, OLD

WEDNESDAY = "2027-03-03T09:00:00Z"
FIRST, SECOND = "k7Jd93nQmZx81LpYt52VbWc64RfGh07S", "pW3vX8sK1bN6tQ9yD4hJ7mZ2cF5gR0aE"
STEPS = {
    "before": ((FIRST,), (OLD,)),
    "last": ((FIRST, SECOND), (OLD, NEW)),
    "first": ((SECOND, FIRST), (NEW, OLD)),
    "after": ((SECOND,), (NEW,)),
}
LINES = [("before", "last"), ("last", "first"), ("first", "after")]


@pytest.fixture(params=[pair for line in LINES for pair in (line, line[::-1])], ids=" to ".join)
def sides(request, make_app):
    """Two machines, one of them a step ahead of the other."""

    def at(step):
        secret_keys, vault_keys = STEPS[step]
        return make_app(secret_keys=secret_keys, vault_keys=vault_keys)

    return [at(step) for step in request.param]


def taken_to(app, browser):
    """The same browser, whose next request another machine answers."""
    there = app.test_client()
    for cookie in browser._cookies.values():
        there.set_cookie(cookie.key, cookie.value)
    return there


def test_a_sign_in_form_that_one_machine_showed_is_taken_by_the_other(sides, cast):
    one, other = sides
    here = one.test_client()
    token = csrf_of(here.get("/sign-in"))

    there = taken_to(other, here)
    fields = {"csrf_token": token, "email": cast.ben.email, "password": PASSWORD, "is_private": "y"}
    assert there.post("/sign-in", data=fields).location == "/me"

    token = {"csrf_token": csrf_of(there.get("/me/settings/security"))}
    back = taken_to(one, there)
    assert back.get("/me").status_code == 200
    assert back.post("/me/settings/security/devices/end-others", data=token).status_code == 302


def test_a_visitors_hold_is_their_own_on_both(sides, cast):
    one, other = sides
    here = one.test_client()
    fields = {"csrf_token": csrf_of(here.get("/time-zone")), "start": WEDNESDAY}
    assert here.post("/specialists/anna-kern/book", data=fields).status_code == 303
    kept = fields_of(here)

    there = taken_to(other, here)
    assert fields_of(there)["start"] == kept["start"]
    answer = there.post("/specialists/anna-kern/book/confirm", data=kept | {"format": "video", "consent": "y"})

    assert answer.location == "/sign-up"


def fields_of(browser):
    """What the open booking form of this browser holds without being asked."""
    page = tree_of(browser.get("/specialists/anna-kern/book", follow_redirects=True))
    form = page.find("form", action=lambda a: a and a.endswith("/confirm"))
    return {field["name"]: field.get("value", "") for field in form.find_all("input", type="hidden")}


def test_a_mailed_link_of_one_machine_opens_on_the_other(sides, cast, outbox):
    one, other = sides
    with one.app_context():
        actions.ask_for_reset(cast.ben.email)
        token = token_of(outbox.last_to(cast.ben))

    assert other.test_client().get(f"/reset/{token}").status_code == 200


def test_a_letter_is_written_by_one_machine_built_by_the_other_and_tried_again_by_the_first(sides, cast, clock):
    tried = []

    class Busy:
        def send(self, _sender, _recipient, message):
            tried.append(message)
            return Outcome(Verdict.LATER if len(tried) < 3 else Verdict.SENT)

    for app in sides:
        lay_paper(app)
        app.extensions["mail_transport"] = Busy()
    one, other = sides
    with one.app_context():
        write("a")
    for app in (other, one, other):
        with app.app_context():
            mail_worker.deliver_due()
        clock.advance(hours=2)

    assert len(tried) == 3
    assert len(set(tried)) == 1
    with other.app_context():
        assert outbox.backlog().waiting == 0
