"""A form that met an ended sign-in: whose it is, where it shows, what ends it."""

import io
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from practice.accounts import intents, jobs, queries
from practice.accounts.models import Device, Intent
from practice.accounts.states import IntentState
from practice.store.db import db, transaction
from practice.values import clock as wall
from tests import factories
from tests.accounts.conftest import Person, words
from tests.asked import ask
from tests.factories import PASSWORD
from tests.pages import fields_of, tree_of

YOU = "/me/settings/you"
NAME = "Benedict of the Hill"


@pytest.fixture
def ben_away(visitor, cast):
    """Ben had the settings open, wrote another name, and was away for too long before he pressed the button."""
    visitor.sign_in(cast.ben.email, PASSWORD)
    page = visitor.see("/me/settings")
    _let_end(cast.ben)
    visitor.gate = _send(visitor, page, display_name=NAME)
    return visitor


def _let_end(person):
    with transaction() as session:
        long_ago = wall.now() - timedelta(days=40)
        session.execute(update(Device).where(Device.user_id == person.id).values(last_seen_at=long_ago))


def _send(visitor, page, path=YOU, **fields):
    form = tree_of(page).find("form", attrs={"action": path})
    hidden = {i["name"]: i.get("value", "") for i in form.find_all("input", type="hidden")}
    return visitor.browser.post(path, data=hidden | fields)


def _states():
    db.session.rollback()
    return [each.state for each in db.session.scalars(select(Intent).order_by(Intent.id))]


def _owners():
    db.session.rollback()
    return set(db.session.scalars(select(Intent.user_id)))


def _code():
    db.session.rollback()
    return db.session.scalar(select(Intent.code))


def test_the_gate_says_that_nothing_was_saved_and_shows_nothing_of_it(ben_away):
    page = ben_away.see(ben_away.gate.location)

    assert "nothing was saved. What you wrote is kept" in words(page)
    assert "what you were doing" not in words(page)
    assert NAME not in page.text


def test_its_writer_finds_it_filled_in_and_the_button_saves_it(ben_away, cast):
    back = ben_away.sign_in(cast.ben.email, PASSWORD)
    page = ben_away.see(back.location)

    assert "Not saved yet" in words(page)
    assert tree_of(page).find("input", attrs={"name": "display_name"})["value"] == NAME
    assert queries.user_by_id(cast.ben.id).display_name == "Ben"

    _send(ben_away, page, display_name=NAME)

    assert _states() == [IntentState.COMPLETED]
    assert queries.user_by_id(cast.ben.id).display_name == NAME
    assert ben_away.see(back.location).status_code == 404


def test_it_is_shown_once_by_itself_and_again_when_asked_for(ben_away, cast):
    back = ben_away.sign_in(cast.ben.email, PASSWORD)
    assert ben_away.see(back.location).status_code == 200
    _let_end(cast.ben)

    assert ben_away.sign_in(cast.ben.email, PASSWORD).location == "/me"
    assert NAME in ben_away.see(back.location).text


def test_somebody_else_at_the_same_browser_finds_nothing(ben_away, cast):
    back = ben_away.sign_in(cast.cleo.email, PASSWORD)

    assert back.location == "/me"
    assert ben_away.see(f"/drafts/{_code()}").status_code == 404
    assert NAME not in ben_away.see("/me/settings").text


@pytest.mark.parametrize("was_open", [True, False])
def test_what_a_visitor_writes_where_anothers_sign_in_ended_is_the_visitors(visitor, cast, was_open):
    report = f"/report/question/{ask(cast.anna).code}"
    visitor.sign_in(cast.ben.email, PASSWORD)
    page = visitor.see(report)
    _let_end(cast.ben)
    # On Ben's page it is Ben who wrote; a page that opens afterwards is nobody's.
    _send(visitor, page if was_open else visitor.see(report), report, reason="harassment", words="He drinks so much.")

    back = visitor.sign_in(cast.cleo.email, PASSWORD)

    assert ("He drinks" in visitor.see(back.location).text) != was_open
    assert _owners() == {(cast.ben if was_open else cast.cleo).id}


def test_its_writer_at_another_browser_finds_nothing(ben_away, other_browser, cast):
    """Whoever was signed out elsewhere, by the owner perhaps, leaves nothing in the owner's account."""
    other_browser.sign_in(cast.ben.email, PASSWORD)

    assert other_browser.see(f"/drafts/{_code()}").status_code == 404
    assert NAME not in other_browser.see("/me/settings").text
    assert "You were about to" not in other_browser.see("/me").text


def test_it_can_be_thrown_away_and_leads_back_to_its_page(ben_away, cast):
    back = ben_away.sign_in(cast.ben.email, PASSWORD)

    answer = ben_away.press(back.location, f"{back.location}/discard")

    assert answer.location == "/me/settings"
    assert _states() == [IntentState.DISCARDED]


def test_signing_out_wipes_it(ben_away, cast):
    ben_away.sign_in(cast.ben.email, PASSWORD)
    ben_away.press("/me/settings", "/sign-out")

    assert _states() == [IntentState.DISCARDED]
    assert db.session.scalars(select(Intent.sealed)).all() == [""]


def test_what_wipes_an_accounts_drafts_wipes_it_too(ben_away, cast):
    assert intents.discard_claimed(cast.ben) == 1

    assert _states() == [IntentState.DISCARDED]


def test_after_48_hours_it_is_gone(ben_away, cast, clock):
    clock.advance(hours=49)

    assert ben_away.sign_in(cast.ben.email, PASSWORD).location == "/me"
    assert jobs.expire_intents() == 1


def test_where_no_sign_in_was_known_it_belongs_to_whoever_signs_in_there(visitor, cast):
    """With the cookie lost nobody can say whose it was; the browser is the one in which it was written."""
    visitor.sign_in(cast.ben.email, PASSWORD)
    page = visitor.see("/me/settings")
    lost = Person(visitor.browser.application.test_client())
    token = {"csrf_token": tree_of(lost.see("/sign-in")).find("input", attrs={"name": "csrf_token"})["value"]}

    answer = _send(lost, page, display_name=NAME, **token)
    assert answer.location == "/sign-in"
    back = lost.sign_in(cast.ben.email, PASSWORD)

    assert NAME in lost.see(back.location).text


def test_a_page_that_is_gone_still_gives_the_words_back(app, cast, clock):
    booking = factories.booking(cast.ben, cast.practice, clock.now() + timedelta(days=2))
    person = Person(app.test_client())
    person.sign_in(cast.ben.email, PASSWORD)
    page = person.see(f"/bookings/{booking.code}")
    _let_end(cast.ben)
    _send(person, page, f"/bookings/{booking.code}/preparation", words="Ask about evenings, please")
    with transaction():
        db.session.get_one(type(booking), booking.id).client_id = cast.cleo.id

    back = person.sign_in(cast.ben.email, PASSWORD)
    page = person.see(back.location)

    assert page.status_code == 200
    assert "Ask about evenings, please" in page.text
    assert "Nothing was sent" in words(page)


def test_what_cannot_be_kept_is_named(app, cast):
    person = Person(app.test_client())
    person.sign_in(cast.anna.email, PASSWORD)
    token = tree_of(person.see("/practice/profile")).find("input", attrs={"name": "csrf_token"})["value"]
    _let_end(cast.anna)

    face = {"photo": (io.BytesIO(b"face"), "face.png")}
    answer = person.browser.post("/practice/profile/photo", data={"csrf_token": token} | face)

    assert "A file can’t be kept" in words(person.see(answer.location))


def test_times_that_were_chosen_to_be_offered_stay_chosen(app, cast, clock):
    booking = factories.booking(cast.ben, cast.practice, clock.now() + timedelta(days=2))
    person = Person(app.test_client())
    person.sign_in(cast.anna.email, PASSWORD)
    page = person.see(f"/practice/bookings/{booking.code}/move")
    _let_end(cast.anna)
    path = tree_of(page).find("form", attrs={"action": lambda a: a and a.endswith("/move")})["action"]
    _send(person, page, path, starts=["2027-03-04T09:00:00Z"])

    back = person.sign_in(cast.anna.email, PASSWORD)
    box = tree_of(person.see(back.location)).find("input", attrs={"value": "2027-03-04T09:00:00Z"})

    assert box.has_attr("checked")


def test_what_was_folded_away_stands_open_where_it_holds_what_was_written(app, cast):
    person = Person(app.test_client())
    person.sign_in(cast.anna.email, PASSWORD)
    page = person.see("/practice/profile")
    fields = fields_of(page, "/practice/profile") | {"about": "Written over half an hour."}
    _let_end(cast.anna)
    person.browser.post("/practice/profile", data=fields)

    back = person.sign_in(cast.anna.email, PASSWORD)
    folds = tree_of(person.see(back.location)).find_all("details")
    held = [fold for fold in folds if fold.find("textarea", attrs={"name": "about"})]

    assert [fold.has_attr("open") for fold in held] == [True]


END_OTHERS = "/me/settings/security/devices/end-others"


def test_looking_at_a_button_that_was_pressed_too_late_ends_nothing_and_pressing_it_again_does(visitor, cast):
    visitor.sign_in(cast.ben.email, PASSWORD)
    page = visitor.see("/me/settings/security")
    _let_end(cast.ben)
    _send(visitor, page, END_OTHERS, do="end")
    visitor.sign_in(cast.ben.email, PASSWORD)

    for _ in range(2):
        assert visitor.see(f"/drafts/{_code()}").location == "/me/settings/security"
        assert "Press the button again" in words(visitor.see("/me/settings/security"))
        assert _states() == [IntentState.CLAIMED]
    _send(visitor, visitor.see("/me/settings/security"), END_OTHERS, do="end")

    assert _states() == [IntentState.COMPLETED]
