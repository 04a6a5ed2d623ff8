"""A page opens whatever is locked: where something cannot be read, it says so, and nothing takes its place."""

from datetime import UTC, datetime

import pytest

from practice.accounts import intents
from practice.bookings import actions, queries
from practice.bookings.models import Booking
from practice.store import sealed
from practice.store.db import db, transaction
from tests import factories
from tests.store.test_sealed import NEW, OLD, WORDS, turn_to, write_everywhere

WEDNESDAY = datetime(2027, 3, 3, 9, 0, tzinfo=UTC)
ALIAS = (turn_to,)


@pytest.fixture
def locked(cast, turn_to):
    """Everything that can be written is written, and its key is not here any more; the code of a booking."""
    turn_to(OLD)
    details = actions.Details(format="phone", note=WORDS, phone="+353 1 234 5678", shares_note=True)
    booking = actions.book(cast.ben, queries.chosen_offer("anna-kern").offer, WEDNESDAY, details)
    actions.keep_preparation(booking, WORDS, shares=True)
    factories.with_two_step(cast.anna)
    with transaction():
        write_everywhere(booking, cast)
    code = booking.code
    turn_to(NEW)
    return code


PAGES = [
    ("ben", "/bookings/{booking}", 3),
    ("ben", "/me", 0),
    ("anna", "/practice/bookings/{booking}", 3),
    ("anna", "/practice", 0),
    ("anna", "/practice/availability", 1),
    ("sam", "/admin/accounts", 1),
    ("sam", "/admin/accounts/{ben}", 1),
    ("sam", "/admin/contests", 2),
    ("sam", "/admin/applications/{practice}", 1),
]


@pytest.mark.parametrize(("who", "path", "times"), PAGES)
def test_the_page_opens_and_says_in_the_words_place_that_they_cannot_be_read(
    client, sign_in, cast, locked, who, path, times
):
    path = path.format(booking=locked, ben=cast.ben.code, practice=cast.practice.code)

    answer = sign_in(client, getattr(cast, who)).get(path)

    assert answer.status_code == 200
    assert answer.text.count("can’t be read just now") == times
    assert WORDS not in answer.text


def test_what_cannot_be_read_is_not_replaced(client, sign_in, cast, locked, post):
    before = db.session.scalars(db.select(Booking.prep_sealed)).one()
    browser = sign_in(client, cast.ben)

    answer = post(f"/bookings/{locked}/preparation", browser=browser, words="Other words")

    assert answer.status_code == 503
    assert "Other words" in answer.text
    assert db.session.scalars(db.select(Booking.prep_sealed)).one() == before


def test_a_draft_that_cannot_be_read_leaves_its_form_empty_and_stays(app, cast, turn_to):
    turn_to(OLD)
    with app.test_request_context("/"):
        intents.open_intent("book", "/", {"note": WORDS})
        kept = intents.current_intent()
        turn_to(NEW)

        assert (intents.shown(kept), intents.task(kept), intents.preview(kept)) == ({}, "", ("", ""))
        turn_to(NEW, OLD)
        assert intents.shown(kept) == {"note": WORDS}


def test_the_check_up_names_every_place(locked):
    named = " ".join(sealed.locked())

    for place in ("bookings.note_sealed", "account_lock.reason_sealed", "time_off.note_sealed", "reviews.to_applicant"):
        assert place in named
