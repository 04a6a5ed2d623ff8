"""A free consultation is chosen, held, confirmed; every rule is asked again at the end."""

import threading
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select

from practice.accounts import actions as accounts
from practice.accounts import consents
from practice.accounts.models import ConsentRecord, User
from practice.bookings import actions, claims, queries
from practice.bookings.errors import BookedBefore, NotEligible, OwnOverlap, SlotTaken, SpentForm
from practice.bookings.models import Booking, RememberedAnswer
from practice.bookings.occupancy import Occupancy
from practice.bookings.states import BookingState
from practice.http.clocks import Clock
from practice.specialists.models import Offer
from practice.store.db import db, transaction
from tests.bookings.conftest import THURSDAY_TEN, TUESDAY_NINE, WEDNESDAY_TEN, value
from tests.factories import PASSWORD, specialist, user
from tests.factories import booking as stored
from tests.pages import csrf_of

VIDEO = actions.Details(format="video")


def read(browser, query=""):
    """The open form, as its old address leads to it."""
    return browser.get(f"/specialists/anna-kern/book{query}", follow_redirects=True).text


def test_a_client_books_in_two_steps_and_both_get_an_invitation(ben_in, cast, hold, confirm, outbox):
    held = hold(WEDNESDAY_TEN)
    done = confirm()

    assert held.status_code == 303
    assert done.status_code == 303
    assert done.location.endswith("/confirmed")
    assert "You’re booked" in ben_in.get(done.location).text
    assert outbox.kinds_to(cast.ben) == ["bookings/booked"]
    assert outbox.kinds_to(cast.anna) == ["bookings/booked"]
    assert outbox.last_to(cast.ben).context["invite"]["method"] == "REQUEST"


def test_a_held_time_is_not_offered_to_others_and_still_to_its_owner(ben_in, cast, hold, app):
    hold(WEDNESDAY_TEN)
    own = queries.holds_of(cast.ben.id, None)[0]

    assert int(WEDNESDAY_TEN.timestamp()) not in queries.starts_for(cast.practice.consult)
    week = queries.week_of_slots(
        queries.starts_for(cast.practice.consult, queries.Looker((own,))), Clock("Europe/Vienna")
    )
    assert WEDNESDAY_TEN in [start for day in week["days"] for start in day["starts"]]


def test_a_hold_that_ran_out_blocks_nobody_even_without_a_worker(ben_in, cast, hold, clock, sign_in, app):
    hold(WEDNESDAY_TEN)
    clock.advance(minutes=15)

    offer = queries.chosen_offer("anna-kern").offer
    taken = actions.book(cast.cleo, offer, WEDNESDAY_TEN, actions.Details(format="video"))

    assert taken.state == BookingState.CONFIRMED
    assert db.session.scalar(select(func.count(Booking.id)).where(Booking.state == BookingState.EXPIRED)) == 1


def test_a_booking_after_the_hold_ran_out_succeeds_when_the_time_is_still_free(ben_in, hold, confirm, clock):
    hold(WEDNESDAY_TEN)
    clock.advance(minutes=20)

    assert confirm(WEDNESDAY_TEN).status_code == 303


def test_the_loser_of_a_time_gets_the_nearest_ones_and_other_people(ben_in, cast, hold, confirm):
    specialist(user("Berta"), slug="berta")
    hold(WEDNESDAY_TEN)
    offer = queries.chosen_offer("anna-kern").offer
    actions.give_up_holds(cast.ben, None)
    actions.book(cast.cleo, offer, WEDNESDAY_TEN, actions.Details(format="video"))

    answer = confirm(WEDNESDAY_TEN, note="I wrote this", shares_note="y")

    assert answer.status_code == 409
    assert "has just been taken" in answer.text
    assert answer.text.count('name="start"') == 5
    assert "Berta" in answer.text
    assert "I wrote this" in read(ben_in, f"?start={value(THURSDAY_TEN)}")


def test_who_comes_too_late_hears_so_after_one_question(ben_in, cast, app, post, questions):
    actions.hold(queries.chosen_offer("anna-kern").offer, WEDNESDAY_TEN, actions.Visitor(cast.cleo, "c", "n", "UTC"))
    token = csrf_of(ben_in.get("/time-zone"))
    choose = {"data": {"csrf_token": token, "start": value(WEDNESDAY_TEN)}, "headers": {"Accept": "application/json"}}
    ben_in.post("/specialists/anna-kern/book", **choose)
    questions.clear()

    answer = ben_in.post("/specialists/anna-kern/book", **choose)

    assert (answer.status_code, answer.json["error"]) == (409, "slot_taken")
    assert len(answer.json["nearest"]) == 5
    assert len(questions) == 1


@pytest.mark.parametrize("elsewhere", [False, True], ids=["in the same browser", "in another browser of theirs"])
def test_a_time_that_is_ones_own_can_be_chosen_again(ben_in, cast, hold, app, sign_in, elsewhere):
    hold(WEDNESDAY_TEN)
    browser = sign_in(app.test_client(), cast.ben) if elsewhere else ben_in

    assert hold(WEDNESDAY_TEN, browser=browser).status_code == 303


def test_an_unknown_visitor_can_choose_their_own_time_again(client, cast, hold):
    assert [hold(WEDNESDAY_TEN).status_code for _ in range(2)] == [303, 303]


def test_the_same_form_sent_twice_is_one_booking(ben_in, hold, confirm):
    hold(WEDNESDAY_TEN)

    first = confirm(form_key="the-same-form")
    second = confirm(WEDNESDAY_TEN, form_key="the-same-form")

    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location


def test_taking_another_time_gives_the_first_one_back(ben_in, cast, hold, app):
    hold(WEDNESDAY_TEN)
    hold(THURSDAY_TEN)

    starts = queries.starts_for(cast.practice.consult)
    assert int(WEDNESDAY_TEN.timestamp()) in starts
    assert int(THURSDAY_TEN.timestamp()) not in starts


def test_a_time_inside_the_notice_is_refused_at_the_end_too(ben_in, hold, confirm, clock):
    hold(TUESDAY_NINE)
    clock.advance(hours=12, minutes=5)

    answer = confirm(TUESDAY_NINE)

    assert answer.status_code == 409
    assert "can no longer be booked" in answer.text


@pytest.fixture
def refused(client, hold, confirm):
    """Nothing is kept for somebody who could not book in the end: they read why when they choose a time, and again if
    they send a form that was open before."""

    def check(sentence, told_early=None):
        early = hold(WEDNESDAY_TEN)
        late = confirm(WEDNESDAY_TEN)

        assert early.headers["Location"].endswith("#book")
        assert (told_early or sentence) in client.get(early.headers["Location"]).text
        assert db.session.scalar(select(func.count(Booking.id)).where(Booking.state == BookingState.HELD)) == 0
        assert late.status_code == 409
        assert sentence in late.text

    return check


def test_a_second_consultation_with_the_same_specialist_is_refused_with_the_rule(ben_in, cast, refused):
    stored(cast.ben, cast.practice, TUESDAY_NINE)

    refused("You have a free consultation with this specialist booked already")


def test_a_second_account_of_the_same_mailbox_is_the_same_person(cast, app):
    twin = user("Ben Two", email="ben.two@people.example")
    with transaction():
        twin.person_key = cast.ben.person_key
    stored(cast.ben, cast.practice, TUESDAY_NINE)
    offer = queries.chosen_offer("anna-kern").offer

    with pytest.raises(NotEligible) as refused:
        actions.book(twin, offer, WEDNESDAY_TEN, actions.Details(format="video"))

    assert refused.value.refusal == "pair_ahead"


def test_three_open_consultations_are_the_most(ben_in, cast, refused):
    for number, name in enumerate(("Berta", "Carla", "Doris")):
        practice = specialist(user(name), slug=name.lower())
        stored(cast.ben, practice, TUESDAY_NINE + timedelta(hours=number))

    refused("three free consultations ahead")


def test_nobody_books_themselves(cast, client, sign_in, refused):
    sign_in(client, cast.anna)

    refused("your own profile", told_early="This is your profile")


def test_a_client_is_not_in_two_places_at_once(ben_in, cast, hold):
    other = specialist(user("Ilse Vandermeer"), slug="ilse")
    stored(cast.ben, other, WEDNESDAY_TEN)

    answer = hold(WEDNESDAY_TEN)

    assert answer.status_code == 409
    assert "something else at that time" in answer.text
    with pytest.raises(OwnOverlap):
        actions.book(cast.ben, cast.practice.consult, WEDNESDAY_TEN, actions.Details(format="video"))


def test_an_unconfirmed_account_books_nothing_and_nothing_is_lost(client, post, cast, hold, confirm):
    user("Eve", confirmed_at=None)
    post("/sign-in", email="eve@people.example", password=PASSWORD)
    hold(WEDNESDAY_TEN)

    answer = confirm(note="Please keep this")

    assert answer.status_code == 303
    assert answer.location.endswith("/sign-up")
    assert "Please keep this" in read(client)


def test_a_form_without_consent_comes_back_filled_in(ben_in, hold, confirm):
    hold(WEDNESDAY_TEN)

    answer = confirm(consent="", note="Still here")

    assert answer.status_code == 422
    assert "Still here" in answer.text
    assert "Please read and tick this" in answer.text


def test_nothing_on_the_way_asks_for_a_card(ben_in, hold):
    hold(WEDNESDAY_TEN)

    page = read(ben_in).lower()

    assert "cc-number" not in page
    assert "card number" not in page


def test_what_the_client_wrote_is_unreadable_in_the_database(ben_in, hold, confirm, cast):
    hold(WEDNESDAY_TEN)
    confirm(note="a canary in the mine", shares_note="y")

    row = db.session.scalars(select(Booking).where(Booking.state == BookingState.CONFIRMED)).one()
    assert "canary" not in row.note_sealed
    assert row.note == "a canary in the mine"


def test_a_confirmed_half_hour_covers_six_cells_on_each_side(ben_in, hold, confirm, cast):
    hold(WEDNESDAY_TEN)
    confirm()

    assert db.session.scalar(select(func.count()).select_from(Occupancy)) == 12


def test_a_time_that_is_none_leads_back_to_the_choice(client, cast, post):
    for text in ("", "yesterday", "2027-03-03", "2027-13-03T09:00:00Z", "9" * 400, "2027-03-03T09:00:00"):
        answer = post("/specialists/anna-kern/book", start=text)

        assert answer.status_code == 302
        assert "/specialists/anna-kern" in answer.location


def test_a_time_outside_hours_cannot_be_typed_into_the_address(client, cast, post):
    sunday = WEDNESDAY_TEN + timedelta(days=4)

    answer = post("/specialists/anna-kern/book", start=value(sunday))

    assert answer.status_code == 409


def test_words_of_danger_bring_the_numbers_first_and_the_second_press_books(ben_in, hold, confirm, cast):
    hold(WEDNESDAY_TEN)
    first = confirm(note="Some days I want to die")
    second = confirm(note="Some days I want to die", help_shown="yes")

    assert first.status_code == 200
    assert "Are you safe right now?" in first.text
    assert "Some days I want to die" in first.text
    assert second.status_code == 303
    assert second.location.endswith("/confirmed")


def test_a_kept_time_does_not_become_too_late_while_the_form_is_open(ben_in, hold, confirm, clock):
    clock.freeze(TUESDAY_NINE - timedelta(hours=12))
    hold(TUESDAY_NINE)
    clock.advance(minutes=10)

    assert confirm().status_code == 303


def test_somebody_elses_hold_opens_nothing(cast, app):
    offer = queries.chosen_offer("anna-kern").offer
    held = actions.hold(offer, WEDNESDAY_TEN, actions.Visitor(cast.cleo, "c", "n", "UTC"))

    with pytest.raises(SlotTaken):
        actions.book(cast.ben, offer, WEDNESDAY_TEN, actions.Details(format="video"), held)


def test_whoever_comes_back_from_signing_in_finds_the_button_and_can_take_another_account(
    client, cast, hold, confirm, post
):
    hold(TUESDAY_NINE)
    confirm(TUESDAY_NINE, note="We argue about chores.")
    answer = post("/sign-in", email=cast.ben.email, password=PASSWORD)
    page = BeautifulSoup(client.get(answer.location).text, "html.parser")

    form = page.find("form", action=lambda a: a and a.endswith("/confirm"))
    assert form.find("textarea").text.strip() == "We argue about chores."
    assert form.find("button", autofocus=True)["aria-describedby"] == "came-back"
    assert "Nothing has been sent yet." in page.find(id="came-back").text
    assert page.find("button", {"name": "keep"})
    assert client.get(answer.location).text.count("autofocus") == 0


def test_neither_the_name_nor_the_tick_of_the_form_is_asked_for_twice(client, cast, hold, confirm, post):
    hold(TUESDAY_NINE)
    confirm(TUESDAY_NINE, call_name="Mara")
    sign_up = BeautifulSoup(client.get("/sign-up").text, "html.parser")
    answer = post("/sign-in", email=cast.ben.email, password=PASSWORD)
    page = BeautifulSoup(client.get(answer.location).text, "html.parser")

    assert sign_up.find("input", {"name": "display_name"})["value"] == "Mara"
    assert page.find("input", {"name": "consent"}).has_attr("checked")
    assert "tick the box" not in page.find(id="came-back").text


@pytest.mark.parametrize("is_held", [False, True])
def test_the_same_form_at_the_same_moment_is_one_booking(app, cast, dirty, monkeypatch, is_held):
    """Both have looked for an answer before either has one."""
    ben, chosen = cast.ben.id, queries.chosen_offer("anna-kern").offer
    before_signing_in = actions.Visitor(None, "b", "n", "UTC")
    offer, kept = chosen.id, actions.hold(chosen, WEDNESDAY_TEN, before_signing_in).id if is_held else None
    db.session.remove()
    together, here = threading.Barrier(2, timeout=3), threading.local()
    lock, got = claims.lock_specialist, []

    def lock_together(specialist_id):
        if not hasattr(here, "came"):
            here.came = True
            with suppress(threading.BrokenBarrierError):  # SQLite lets one in at a time
                together.wait()
        lock(specialist_id)

    def send():
        with app.app_context():
            details = actions.Details(format="video", form_key="the-same-form")
            who, what = db.session.get_one(User, ben), db.session.get_one(Offer, offer)
            got.append(actions.book(who, what, WEDNESDAY_TEN, details, queries.live_hold(kept)).code)

    monkeypatch.setattr(claims, "lock_specialist", lock_together)
    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(got) == 2
    assert len(set(got)) == 1


@pytest.mark.parametrize(("whose", "refusal"), [("ben", BookedBefore), ("cleo", SpentForm)])
def test_one_form_sent_to_two_calendars_at_the_same_moment_books_once(app, cast, monkeypatch, whose, refusal):
    """Neither has to wait for the other, so the second finds the answer only as it writes down its own."""
    first = actions.book(
        getattr(cast, whose), specialist(user("Ilse", zone="Europe/Vienna"), slug="ilse").consult, THURSDAY_TEN, VIDEO
    )
    lock = claims.lock_client

    def answered_meanwhile(client_id):
        db.session.add(RememberedAnswer(form_key="the-same-form", action="book", target=first.code))
        lock(client_id)

    monkeypatch.setattr(claims, "lock_client", answered_meanwhile)
    with pytest.raises(refusal) as refused:
        actions.book(cast.ben, cast.practice.consult, WEDNESDAY_TEN, replace(VIDEO, form_key="the-same-form"))

    db.session.rollback()
    assert whose == "cleo" or refused.value.booking == first.code
    assert db.session.scalar(select(func.count()).select_from(Booking)) == 1


# ---------------------------------------------------------------- what is agreed to by booking


def agreements_of(person):
    found = db.session.scalars(select(ConsentRecord).where(ConsentRecord.user_id == person.id))
    return sorted((each.document, each.version) for each in found)


def test_whoever_books_agrees_to_what_has_changed_since_and_once_only(cast, app, monkeypatch):
    for document in consents.AT_SIGN_UP:
        accounts.record_consent(cast.ben, document)
    held_then = dict(consents.VERSIONS)
    monkeypatch.setitem(consents.VERSIONS, consents.TERMS, "2027-06")
    ilse = specialist(user("Ilse", zone="Europe/Vienna"), slug="ilse")

    actions.book(cast.ben, cast.practice.consult, WEDNESDAY_TEN, actions.Details(format="video"))
    first = agreements_of(cast.ben)
    actions.book(cast.ben, ilse.consult, THURSDAY_TEN, actions.Details(format="video"))

    scope, privacy, before = ((name, held_then[name]) for name in ("consult_scope", "privacy", "terms"))
    assert first == [scope, privacy, before, ("terms", "2027-06")]
    assert agreements_of(cast.ben) == [scope, *first]
