"""An address that is nearly right leads to its page: out of a sentence, out of a letter, typed by hand."""

from datetime import timedelta

import pytest

from practice.accounts.actions.links import make_link
from practice.store.db import transaction
from tests.house.routes import APPROVED


@pytest.fixture
def leads(client, cast):
    """Where an address leads: (status, address)."""

    def to(address, method="GET"):
        answer = client.open(address, method=method)
        return answer.status_code, answer.location

    return to


@pytest.mark.parametrize(
    "typed, meant",
    [
        ("/specialists/", "/specialists"),
        ("/help-now/", "/help-now"),
        ("/sign-in/", "/sign-in"),
        ("/Sign-In", "/sign-in"),
        ("/specialists/Anna-Kern", "/specialists/anna-kern"),
        ("/Specialists/ANNA-KERN/book", "/specialists/anna-kern/book"),
        ("/specialists/anna-kern.", "/specialists/anna-kern"),
        ("/specialists/anna-kern,", "/specialists/anna-kern"),
        ("/specialists/anna-kern)", "/specialists/anna-kern"),
        ("/specialists/anna-kern/).", "/specialists/anna-kern"),
        ("/specialists/anna-kern%20", "/specialists/anna-kern"),
        ("/help-now%E2%80%9D", "/help-now"),
        ("/ADMIN", "/admin/"),
        ("/specialists/?topic=anxiety&page=2", "/specialists?topic=anxiety&page=2"),
    ],
)
def test_a_near_miss_is_led_on_for_good(leads, typed, meant):
    assert leads(typed) == (301, meant)
    assert leads(typed, "HEAD") == (301, meant)


def test_every_fixed_page_is_found_with_a_slash_or_a_full_stop_too_many(leads):
    pages = [line.split()[2] for line in APPROVED.read_text().splitlines() if line.split()[1] == "GET"]
    fixed = [page for page in pages if "<" not in page and page not in ("/", "/admin/") and "/demo" not in page]

    wrong = [page + extra for page in fixed for extra in ("/", ".", "/.") if leads(page + extra) != (301, page)]

    assert len(fixed) > 40
    assert wrong == []


@pytest.mark.parametrize("mark", [".", ",", ")", "%3E", "/", ").", "%E2%80%8B"])
@pytest.mark.parametrize(
    "purpose, path", [("confirm", "/confirm/"), ("reset", "/reset/"), ("new_email", "/new-email/")]
)
def test_a_mark_behind_a_token_is_none_of_the_token(client, cast, purpose, path, mark):
    with transaction():
        token = make_link(cast.ben, purpose, timedelta(hours=1), email="ben@people.example")

    answer = client.get(path + token + mark, follow_redirects=True)

    assert answer.status_code == 200
    assert answer.request.path == path + token


def test_codes_and_tokens_keep_their_letters(leads):
    assert leads("/Bookings/AbC_dEf-1")[1] == "/bookings/AbC_dEf-1"
    assert leads("/CAL/AbC_dEf-1.ics.")[1] == "/cal/AbC_dEf-1.ics"


@pytest.mark.parametrize("path", ["/no-such-page", "/no-such-page/", "/specialists/nobody-here", "/sw.js.map", "/."])
def test_what_is_nothing_like_a_page_is_still_not_found(client, path):
    assert client.get(path, follow_redirects=True).status_code == (200 if path == "/." else 404)


@pytest.mark.parametrize(
    "path", ["//evil.example", "//evil.example.", "/\\evil.example.", "/%0d%0aLocation:%20x.", "/%5Cevil)"]
)
def test_nobody_is_led_out_of_the_house(client, path):
    answer = client.get(path)

    assert answer.status_code in (308, 400, 404)
    assert (answer.location or "/").startswith(("/", "http://localhost/"))


@pytest.mark.parametrize("path", ["/sign-in/", "/sign-in.", "/Zone"])
def test_what_is_sent_is_never_sent_elsewhere(leads, path):
    assert leads(path, "POST")[0] in (400, 404, 405)
