"""Letters about one thing to one person: in their order, the newest word last, after retries and with two workers."""

import re
from datetime import timedelta

import pytest

from practice.letters import mail_worker, outbox
from practice.letters.outbox import MailState
from practice.providers.mail_transport import Outcome, Verdict
from practice.store.checks import faults
from practice.store.db import transaction
from tests.plain import Person, write

from .test_outbox import LATER, REFUSED, Recorder, expire_leases, row

BOOKED, MOVED, CANCELLED = "booking:7:booked", "booking:7:moved:1", "booking:7:cancelled"
NOTES = {"ground/note"}
A_QUARTER = timedelta(minutes=15)


@pytest.fixture
def way_out(paper):
    def choose(*answers):
        recorder = paper.extensions["mail_transport"] = Recorder(*answers)
        return recorder

    yield choose
    paper.extensions.pop("mail_transport", None)


def told(out):
    """The words of everything that was handed over, in the order in which it left."""
    return [re.search(rb"Hello (\w+)", message)[1].decode() for _, _, message in out.given]


def say(key, word, *person, **more):
    write(key, *person, facts={"name": word}, **more)


def test_a_letter_that_was_put_off_lapses_when_a_newer_one_says_how_it_stands(way_out, clock):
    out = way_out(LATER)
    say(BOOKED, "booked")
    mail_worker.deliver_due()
    say(CANCELLED, "cancelled", replaces=NOTES)

    mail_worker.deliver_due()
    clock.advance(hours=2)
    mail_worker.deliver_due()

    assert told(out) == ["booked", "cancelled"]
    assert (row(BOOKED).state, row(CANCELLED).state) == (MailState.LAPSED, MailState.SENT)


def test_a_letter_that_replaces_nothing_waits_behind_the_one_that_was_put_off(way_out, clock):
    out = way_out(LATER, LATER)
    say(BOOKED, "booked")
    mail_worker.deliver_due()
    say("booking:7:day", "tomorrow")

    for _ in range(6):
        clock.advance(minutes=2)
        mail_worker.deliver_due()

    assert told(out) == ["booked", "booked", "booked", "tomorrow"]


def test_letters_about_other_things_to_others_or_elsewhere_are_not_held_up(way_out):
    out = way_out(LATER)
    say(BOOKED, "first")
    mail_worker.deliver_due()
    say("booking:8:booked", "another", replaces=NOTES)
    say(CANCELLED, "other", Person(2, "anna@practice.example"), replaces=NOTES)
    say(MOVED, "elsewhere", Person(1, "ben@new.example"), replaces=NOTES)

    mail_worker.deliver_due()

    assert told(out) == ["first", "another", "other", "elsewhere"]
    assert row(BOOKED).state == MailState.WAITING


def test_only_the_letters_that_it_names_are_replaced(way_out):
    way_out()
    say(BOOKED, "booked")
    say(MOVED, "moved", replaces={"ground/poison"})

    assert row(BOOKED).state == MailState.WAITING


def test_deciding_twice_on_one_event_takes_nothing_back(way_out):
    out = way_out()
    say(BOOKED, "booked", replaces=NOTES)
    say(BOOKED, "booked", replaces=NOTES)

    mail_worker.deliver_due()

    assert told(out) == ["booked"]


def test_what_another_worker_is_sending_is_not_overtaken(way_out):
    out = way_out()
    say(BOOKED, "booked")
    slow = mail_worker._lease()
    say(CANCELLED, "cancelled")

    assert mail_worker._lease() is None
    mail_worker._deliver(slow)
    mail_worker.deliver_due()

    assert told(out) == ["booked", "cancelled"]


def test_what_was_under_way_when_it_was_replaced_ends_before_the_new_one_leaves(way_out):
    """The server takes the old letter only after the new one was decided on: the new one is still the last word."""
    out = way_out()
    say(BOOKED, "booked")
    slow = mail_worker._lease()
    message = mail_worker._built(slow)
    say(CANCELLED, "cancelled", replaces=NOTES)

    while_under_way = mail_worker._lease()
    mail_worker._settle(slow, mail_worker._sent(slow, message))
    mail_worker.deliver_due()

    assert while_under_way is None
    assert told(out) == ["booked", "cancelled"]
    assert row(BOOKED).state == MailState.SENT


@pytest.mark.parametrize("outcome", [LATER, REFUSED], ids=["put off", "refused"])
def test_what_was_under_way_when_it_was_replaced_is_not_tried_again(way_out, clock, outcome):
    out = way_out()
    say(BOOKED, "booked")
    slow = mail_worker._lease()
    mail_worker._built(slow)
    say(CANCELLED, "cancelled", replaces=NOTES)
    mail_worker._settle(slow, outcome)

    clock.advance(days=1)
    mail_worker.deliver_due()

    assert told(out) == ["cancelled"]
    assert row(BOOKED).state == MailState.LAPSED


def test_what_was_being_built_when_it_was_replaced_never_leaves(way_out):
    out = way_out()
    say(BOOKED, "booked")
    slow = mail_worker._lease()
    say(CANCELLED, "cancelled", replaces=NOTES)

    mail_worker._deliver(slow)
    mail_worker.deliver_due()

    assert told(out) == ["cancelled"]
    assert row(BOOKED).begun_at is None


def test_a_worker_that_died_holds_nothing_up_for_longer_than_its_lease(way_out):
    out = way_out()
    say(BOOKED, "booked")
    dead = mail_worker._lease()
    mail_worker._built(dead)
    say(CANCELLED, "cancelled", replaces=NOTES)
    expire_leases()

    mail_worker.deliver_due()

    assert told(out) == ["cancelled"]


def test_a_letter_that_is_parked_stops_none_behind_it_and_is_replaced_like_any(way_out, clock):
    out = way_out(REFUSED)
    say(BOOKED, "booked")
    mail_worker.deliver_due()
    say("booking:7:day", "tomorrow")
    mail_worker.deliver_due()
    behind = told(out)
    say(CANCELLED, "cancelled", replaces=NOTES)
    outbox.send_again(row(BOOKED).code)
    mail_worker.deliver_due()

    assert behind == ["booked", "tomorrow"]
    assert told(out) == ["booked", "tomorrow", "cancelled"]
    assert row(BOOKED).state == MailState.LAPSED


def test_a_letter_waits_for_its_hour(way_out, clock):
    out = way_out()
    say(BOOKED, "booked", not_before=clock.now() + A_QUARTER)

    mail_worker.deliver_due()
    clock.advance(minutes=15)
    mail_worker.deliver_due()

    assert told(out) == ["booked"]


def test_what_waits_for_its_hour_can_be_recalled_and_what_has_begun_cannot(way_out, clock):
    out = way_out(LATER)
    say(BOOKED, "booked", not_before=clock.now() + A_QUARTER)
    say("booking:8:booked", "other")
    mail_worker.deliver_due()

    with transaction():
        recalled = [outbox.recall(1, thing) for thing in ("booking:7", "booking:8")]

    assert recalled == [True, False]
    clock.advance(hours=1)
    mail_worker.deliver_due()
    assert told(out) == ["other", "other"]


THINGS = ["booking:7", "booking:8", "booking:9"]


def test_of_what_was_taken_back_it_is_known_whether_any_may_have_arrived(way_out):
    """Also a letter that a server put off may be there: the answer that was lost could have been a yes."""
    way_out(LATER)
    say("booking:8:booked", "tried")
    mail_worker.deliver_due()
    say(BOOKED, "never tried")

    with transaction():
        outbox.withdraw(1, THINGS, "ben@client.example")

    assert [outbox.may_have_reached(1, [thing], "ben@client.example") for thing in THINGS] == [False, True, False]
    assert outbox.may_have_reached(1, THINGS, "ben@client.example")
    assert {row(BOOKED).state, row("booking:8:booked").state} == {MailState.LAPSED}


def test_what_lapsed_is_not_shown_in_the_account(way_out):
    way_out(LATER)
    say(BOOKED, "booked")
    mail_worker.deliver_due()
    say(CANCELLED, "cancelled", replaces=NOTES)
    mail_worker.deliver_due()

    assert [each.event_key for each in outbox.letters_for(1)] == [CANCELLED]


def test_a_letter_names_those_before_it_that_reached_the_same_mailbox(way_out):
    way_out(Outcome(Verdict.SENT), LATER)
    say(BOOKED, "booked")
    say(MOVED, "moved")
    mail_worker.deliver_due()
    say(CANCELLED, "cancelled", replaces=NOTES)
    say("booking:8:booked", "other")
    mail_worker.deliver_due()

    assert outbox.earlier_ids(row(CANCELLED).code) == [row(BOOKED).message_id]
    assert outbox.earlier_ids(row("booking:8:booked").code) == []


def test_a_letter_behind_one_that_waits_is_not_reported_as_forgotten(way_out, clock):
    way_out(LATER)
    say(BOOKED, "booked")
    mail_worker.deliver_due()
    say("booking:7:day", "tomorrow")
    clock.advance(hours=3)

    assert not [fault for fault in faults() if "nobody tried" in fault]


def test_a_letter_behind_one_that_waits_does_not_look_like_a_worker_that_is_gone(way_out, clock):
    way_out(*[LATER] * 6)
    say(BOOKED, "booked")
    mail_worker.deliver_due()
    say("booking:7:day", "tomorrow")
    for _ in range(4):
        clock.freeze(row(BOOKED).due_at)
        mail_worker.deliver_due()

    assert outbox.backlog().oldest_seconds == 0
