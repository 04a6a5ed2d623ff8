"""Updates go to whoever holds the entry: stored for life, taken out of the old calendar, put into the new one."""

from dataclasses import replace
from datetime import timedelta
from email.utils import parseaddr

import pytest
import vobject

from practice.accounts.actions import Discretion, save_discretion
from practice.bookings import actions, emails, jobs, queries
from practice.bookings.models import EntryHolder
from practice.store import checks
from practice.store.db import db, transaction
from tests import factories
from tests.bookings.conftest import THURSDAY_TEN, WEDNESDAY_TEN

OLD, NEW, ANNA = "ben@people.example", "ben@new.example", "anna@people.example"
TELLS_NOBODY = "Declining it there tells nobody"


@pytest.fixture
def booked(cast, app):
    return actions.book(
        cast.ben,
        queries.chosen_offer("anna-kern").offer,
        WEDNESDAY_TEN,
        actions.Details(format="video", call_name="Ben B"),
    )


@pytest.fixture
def leave(outbox, smtp):
    """Let everything leave that is due, sweeps first; (to, letter, event or None) of each."""

    def send():
        jobs.keep_entries()
        return [(parseaddr(each["To"])[1], each, event_of(each)) for each in outbox.deliver(smtp)]

    return send


@pytest.fixture
def told(booked, leave, clock):
    """Both sides have the invitation, and the time to take it back is over."""
    clock.advance(minutes=15, seconds=1)
    assert [to for to, _, event in leave() if event] == [OLD, ANNA]
    return booked


def event_of(letter):
    part = next((each for each in letter.walk() if each.get_content_type() == "text/calendar"), None)
    return vobject.readOne(part.get_payload(decode=True).decode()) if part else None


def gist(letters):
    return [
        (to, str(event.method.value), int(event.vevent.sequence.value)) if event else (to, "no entry", None)
        for to, _, event in letters
    ]


def change(person, **columns):
    with transaction():
        for name, value in columns.items():
            setattr(person, name, value)


def no_email(person):
    save_discretion(person, Discretion(no_email=True, calendar_label="", reminders=True, exit_everywhere=True))


# ---------------------------------------------------------------- another mailbox


def test_a_new_address_takes_the_entry_out_of_the_old_calendar_and_puts_it_into_the_new(told, cast, leave):
    change(cast.ben, email=NEW)
    letters = leave()

    assert gist(letters) == [(OLD, "CANCEL", 1), (NEW, "REQUEST", 2)]
    (_, gone, taken), (_, _, put) = letters
    assert taken.vevent.uid.value == put.vevent.uid.value == told.ics_uid
    assert taken.vevent.organizer.value == put.vevent.organizer.value
    assert (taken.vevent.attendee.value, put.vevent.attendee.value) == (f"mailto:{OLD}", f"mailto:{NEW}")
    assert leave() == []
    assert gone["Subject"] == "A calendar entry was cancelled"


def test_the_old_mailbox_reads_nothing_but_that_it_is_cancelled(told, cast, leave):
    change(cast.ben, email=NEW, calendar_label="Talk with Anna")
    (_, gone, taken), _ = leave()
    read = gone.get_body(("plain",)).get_content() + gone.get_body(("html",)).get_content() + taken.serialize()

    for word in (told.code, "Anna", "Talk", "2027, 0", "/bookings/", NEW):
        assert word not in read, word
    assert "description" not in taken.vevent.contents


def test_every_update_after_that_goes_to_the_new_mailbox_only(told, cast, leave):
    change(cast.ben, email=NEW)
    leave()
    actions.move(told, THURSDAY_TEN, by=cast.ben)
    moved = leave()
    actions.cancel(told, by=cast.ben)

    assert gist(moved) == [(NEW, "REQUEST", 3), (ANNA, "REQUEST", 3)]
    assert gist(leave()) == [(NEW, "CANCEL", 4), (ANNA, "CANCEL", 4)]


def test_a_change_between_two_rounds_of_the_sweep_is_noticed_by_the_update_itself(told, cast, leave):
    change(cast.ben, email=NEW)
    actions.cancel(told, by=cast.ben)

    assert gist(leave()) == [(OLD, "CANCEL", 1), (NEW, "no entry", None), (ANNA, "CANCEL", 2)]


def test_an_entry_that_never_left_for_the_old_mailbox_is_not_cancelled_there(booked, cast, leave):
    change(cast.ben, email=NEW)

    assert gist(leave()) == [(NEW, "REQUEST", 1)]


def test_back_to_the_old_address_the_entry_is_back_as_well(told, cast, leave):
    change(cast.ben, email=NEW)
    leave()
    change(cast.ben, email=OLD)

    assert gist(leave()) == [(NEW, "CANCEL", 3), (OLD, "REQUEST", 4)]
    assert leave() == []


def test_times_that_are_on_offer_are_offered_at_the_new_address_too(told, cast, leave):
    actions.propose(told, [THURSDAY_TEN], by=cast.anna)
    leave()
    change(cast.ben, email=NEW)

    assert [letter["Subject"] for to, letter, _ in leave() if to == NEW][1:] == ["Please choose a time"]


def test_what_is_over_or_cancelled_moves_nowhere(told, cast, leave, clock):
    clock.freeze(WEDNESDAY_TEN.replace(hour=12))
    change(cast.ben, email=NEW)

    assert leave() == []


# ---------------------------------------------------------------- no mail, no invitations


def test_switching_mail_off_takes_the_entry_out_and_sends_nothing_more(told, cast, leave, outbox):
    no_email(cast.ben)
    letters = leave()
    actions.move(told, THURSDAY_TEN, by=cast.ben)

    assert gist(letters) == [(OLD, "CANCEL", 1)]
    assert gist(leave()) == [(ANNA, "REQUEST", 3)]
    assert outbox.kinds_to(cast.ben)[-1] == "bookings/moved"


def test_what_waits_when_mail_is_switched_off_is_read_in_the_account(booked, cast, leave, outbox):
    no_email(cast.ben)

    assert leave() == []
    assert [(each.template, each.state) for each in outbox.to(cast.ben)] == [("bookings/booked", "kept")]


def test_an_end_that_had_not_left_when_mail_was_switched_off_reaches_the_calendar_without_a_word(told, cast, leave):
    actions.cancel(told, by=cast.ben)
    no_email(cast.ben)
    anna, ben = leave()

    assert gist([ben]) == [(OLD, "CANCEL", 1)]
    assert ben[1]["Subject"] == "A calendar entry was cancelled"
    assert "description" not in ben[2].vevent.contents
    assert anna[0] == ANNA


def test_mail_switched_on_again_brings_the_entry_back(told, cast, leave):
    no_email(cast.ben)
    leave()
    change(cast.ben, no_email=False)

    assert gist(leave()) == [(OLD, "REQUEST", 3)]


def test_who_reads_the_feed_has_letters_without_entries(told, cast, leave):
    change(cast.ben, wants_invites=False)
    taken = leave()
    actions.move(told, THURSDAY_TEN, by=cast.ben)
    moved = leave()

    assert gist(taken) == [(OLD, "CANCEL", 1)]
    assert gist(moved) == [(OLD, "no entry", None), (ANNA, "REQUEST", 3)]
    assert "changes the entry" not in moved[0][1].get_body(("plain",)).get_content()


# ---------------------------------------------------------------- what was written stays


def test_another_sender_changes_nothing_of_what_stands_in_calendars(told, cast, leave, app, monkeypatch):
    before = told.ics_uid
    monkeypatch.setitem(app.config, "PRACTICE", replace(app.config["PRACTICE"], mail_from="hello@renamed.example"))
    actions.move(told, THURSDAY_TEN, by=cast.ben)

    for _, letter, event in leave():
        assert event.vevent.uid.value == before
        assert event.vevent.uid.value.endswith("@common-ground.example")
        assert event.vevent.organizer.value == "mailto:appointments@common-ground.example"
        assert parseaddr(letter["From"])[1] == "hello@renamed.example"


def test_all_letters_have_one_sender_and_each_side_its_own_mailbox_for_answers(booked, cast, leave, clock):
    clock.advance(minutes=16)
    letters = [letter for _, letter, _ in leave()]
    routes = {parseaddr(letter["Reply-To"])[1] for letter in letters}

    assert {parseaddr(letter["From"])[1] for letter in letters} == {"appointments@common-ground.example"}
    assert len(routes) == 2
    from_code = {f"appointments+{known}@common-ground.example" for known in (booked.code, booked.ics_uid[:20])}
    assert not routes & from_code


def test_nobody_is_asked_to_answer_and_letter_and_entry_say_what_declining_does(booked, leave, clock):
    clock.advance(minutes=16)
    for _, letter, event in leave():
        attendee = event.vevent.attendee
        assert (attendee.params["PARTSTAT"], attendee.params["RSVP"]) == (["ACCEPTED"], ["FALSE"])
        assert "Declining in a calendar tells nobody" in event.vevent.description.value
        assert TELLS_NOBODY in " ".join(letter.get_body(("plain",)).get_content().split())


def test_letters_about_one_appointment_are_one_thread_for_each_side(told, cast, leave, clock):
    actions.move(told, THURSDAY_TEN, by=cast.ben)
    moved = leave()
    actions.cancel(told, by=cast.ben)
    ended = leave()

    for (_, second, _), (_, third, _) in zip(moved, ended, strict=True):
        first = second["References"]
        assert second["In-Reply-To"] == first
        assert third["References"].split() == [first, second["Message-ID"]]
        assert third["In-Reply-To"] == second["Message-ID"]
    assert moved[0][1]["References"] != moved[1][1]["References"]


def test_a_letter_of_an_end_says_that_its_file_removes_the_entry(told, cast, leave):
    actions.cancel(told, by=cast.ben)

    for _, letter, _ in leave():
        assert "takes the entry out of your calendar" in " ".join(letter.get_body(("plain",)).get_content().split())


def test_a_call_by_phone_is_not_online(cast, app, leave):
    actions.book(
        cast.ben,
        queries.chosen_offer("anna-kern").offer,
        WEDNESDAY_TEN,
        actions.Details(format="phone", phone="+353 1 23"),
    )

    assert [event.vevent.location.value for _, _, event in leave()] == ["By phone"]


def test_whose_mailbox_it_was_is_forgotten_a_month_after_the_appointment(told, clock, leave):
    clock.freeze(WEDNESDAY_TEN)
    clock.advance(days=2)
    jobs.close_ended()
    clock.advance(days=29)
    actions.forget_words()

    assert db.session.scalars(db.select(EntryHolder)).all() == []


# ---------------------------------------------------------------- while it can be taken back


def test_book_and_take_back_within_a_minute_writes_to_nobody_but_who_did_it(booked, cast, leave, clock):
    left = leave()
    clock.advance(minutes=1)
    actions.undo(booked, by=cast.ben)
    left += leave()
    clock.advance(hours=1)

    assert gist(left) == [(OLD, "REQUEST", 0), (OLD, "CANCEL", 1)]
    assert leave() == []
    assert checks.faults() == []


@pytest.mark.parametrize("rounds", [3])
def test_rounds_of_booking_and_taking_back_write_nothing_to_the_specialist(cast, app, leave, clock, outbox, rounds):
    for _ in range(rounds):
        booking = actions.book(
            cast.ben, queries.chosen_offer("anna-kern").offer, WEDNESDAY_TEN, actions.Details(format="video")
        )
        clock.advance(minutes=2)
        actions.undo(booking, by=cast.ben)
    clock.advance(hours=1)

    assert [to for to, _, _ in leave() if to == ANNA] == []


def test_the_specialist_hears_once_the_quarter_of_an_hour_is_over(booked, leave, clock):
    clock.advance(minutes=14, seconds=59)
    before = [to for to, _, _ in leave()]
    clock.advance(seconds=1)

    assert before == [OLD]
    assert gist(leave()) == [(ANNA, "REQUEST", 0)]


def test_moved_before_the_specialist_heard_they_hear_of_one_appointment_at_its_new_time(booked, cast, leave, clock):
    clock.advance(minutes=5)
    actions.move(booked, THURSDAY_TEN, by=cast.ben)
    leave()
    clock.advance(minutes=10)
    ((to, letter, event),) = leave()

    assert (to, event.vevent.dtstart.value) == (ANNA, THURSDAY_TEN)
    assert letter["Subject"].startswith("Your appointment on Thu 4 Mar")


def test_booked_for_soon_there_is_nothing_to_wait_for(cast, app, leave, clock):
    clock.freeze(WEDNESDAY_TEN - timedelta(minutes=90))
    soon = factories.booking(cast.ben, cast.practice, WEDNESDAY_TEN)
    with transaction():
        emails.booked(soon)

    assert sorted(to for to, _, _ in leave()) == [ANNA, OLD]


def test_a_specialist_who_cancels_what_they_saw_on_their_page_hears_that_they_did(booked, cast, leave, clock):
    actions.cancel_by_specialist(booked, by=cast.anna)

    assert gist(leave())[-1] == (ANNA, "no entry", None)
