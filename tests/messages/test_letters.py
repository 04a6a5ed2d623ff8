"""Letters about messages: few, neutral, never about what was taken back, and none from somebody who was blocked."""

from datetime import UTC, datetime

import pytest

from practice.letters import mail_worker
from practice.letters.outbox import MailState, letters_for
from practice.messages import actions, emails, policy
from practice.messages.models import MessageWishes
from practice.providers.mail_transport import Outcome, Verdict
from practice.store.db import db, transaction
from practice.values.errors import Conflict

NEW = "messages/new"


class Out:
    """A way out that remembers whom it led to."""

    def __init__(self):
        self.to = []

    def send(self, _sender, recipient, _message):
        self.to.append(recipient)
        return Outcome(Verdict.SENT)


@pytest.fixture
def out(app):
    app.extensions["mail_transport"] = Out()
    yield app.extensions["mail_transport"]
    del app.extensions["mail_transport"]


@pytest.fixture
def wish(app):
    """`wish(cast.anna, quiet_from=…)`: how somebody wants messages to come."""

    def wished(person, **wishes):
        with transaction() as session:
            session.add(MessageWishes(user_id=person.id, **wishes))

    return wished


def states(outbox, person):
    """What became of the letters about something new to somebody."""
    return [each.state for each in outbox.to(person) if each.template == NEW]


def read(thread, person):
    db.session.rollback()
    actions.note_read(thread, by=person)


# ---------------------------------------------------------------- what a letter says, and when


def test_a_letter_says_that_there_is_something_new_and_nothing_else(cast, write, outbox):
    write(cast.ben, "I saw a heron in the reeds.", topic="Sleep")

    letter = outbox.read(outbox.last_to(cast.anna))
    assert letter.subject == "You have a new message"
    for word in ("Ben", "heron", "Sleep", "Anna"):
        assert word not in letter.text + letter.html + letter.subject
    assert outbox.to(cast.ben) == []


def test_it_leaves_when_the_message_can_be_taken_back_no_more(cast, write, out, clock):
    write(cast.ben)
    clock.advance(minutes=4, seconds=59)
    mail_worker.deliver_due()
    assert out.to == []

    clock.advance(seconds=1)
    mail_worker.deliver_due()
    assert out.to == [cast.anna.email]


def test_many_messages_at_once_are_one_letter(cast, answered, write, out, outbox, clock):
    read(answered, cast.anna)
    for _ in range(5):
        write(cast.ben)
        clock.advance(minutes=1)
    clock.advance(minutes=10)
    mail_worker.deliver_due()

    assert out.to.count(cast.anna.email) == 1


def test_after_a_letter_that_nobody_followed_the_next_one_waits_an_hour(cast, answered, write, out, clock):
    read(answered, cast.anna)
    write(cast.ben)
    clock.advance(minutes=5)
    mail_worker.deliver_due()
    write(cast.ben)
    clock.advance(minutes=59)
    mail_worker.deliver_due()
    assert out.to.count(cast.anna.email) == 1

    clock.advance(minutes=1)
    mail_worker.deliver_due()
    assert out.to.count(cast.anna.email) == 2


def test_whoever_came_after_a_letter_hears_of_the_next_message_as_soon_as_of_the_first(
    cast, answered, write, out, clock
):
    read(answered, cast.anna)
    for _ in range(2):
        write(cast.ben)
        clock.advance(minutes=5)
        mail_worker.deliver_due()
        clock.advance(minutes=1)
        read(answered, cast.anna)

    assert out.to.count(cast.anna.email) == 2


def test_whoever_has_read_is_not_written_to(cast, thread, write, outbox, out, clock):
    write(cast.ben)
    read(thread, cast.anna)
    clock.advance(hours=1)
    mail_worker.deliver_due()

    assert states(outbox, cast.anna) == [MailState.LAPSED]
    assert out.to == []


def test_whoever_wants_no_mail_finds_it_in_their_account(cast, answered, write, outbox, out, clock):
    with transaction():
        cast.ben.no_email = True
    read(answered, cast.ben)
    write(cast.anna)
    clock.advance(minutes=5)
    mail_worker.deliver_due()

    assert cast.ben.email not in out.to
    assert [each.template for each in letters_for(cast.ben.id)] == [NEW]


# ---------------------------------------------------------------- quiet hours


@pytest.mark.parametrize(
    ("zone", "at", "hours", "leaves"),
    [
        ("Europe/Vienna", "2027-03-01T20:56", (21 * 60, 8 * 60), "2027-03-02T07:00"),
        ("Europe/Vienna", "2027-03-01T19:50", (21 * 60, 8 * 60), "2027-03-01T19:55"),
        ("Europe/Vienna", "2027-03-01T05:00", (21 * 60, 8 * 60), "2027-03-01T07:00"),
        ("Europe/Vienna", "2027-03-01T11:58", (13 * 60, 14 * 60), "2027-03-01T13:00"),
        # The clock leaps over 2:00 to 3:00, and its night is an hour shorter; half past two is three.
        ("Europe/Vienna", "2027-03-27T21:00", (21 * 60, 8 * 60), "2027-03-28T06:00"),
        ("Europe/Vienna", "2027-03-28T00:30", (60, 150), "2027-03-28T01:00"),
        # It shows 2:00 to 3:00 twice, and its night is an hour longer: quiet until half past two means the first, and
        # whoever is written to between the two hears of it at the second.
        ("Europe/Vienna", "2027-10-30T21:00", (21 * 60, 8 * 60), "2027-10-31T07:00"),
        ("Europe/Vienna", "2027-10-31T00:10", (60, 150), "2027-10-31T00:30"),
        ("Europe/Vienna", "2027-10-31T01:10", (60, 150), "2027-10-31T01:30"),
        ("Australia/Lord_Howe", "2027-04-03T12:00", (22 * 60, 7 * 60), "2027-04-03T20:30"),
    ],
)
def test_quiet_hours_are_on_the_clock_of_whoever_is_written_to(
    cast, thread, write, wish, outbox, clock, zone, at, hours, leaves
):
    with transaction():
        cast.anna.zone = zone
    wish(cast.anna, quiet_from=hours[0], quiet_until=hours[1])
    clock.freeze(datetime.fromisoformat(at).replace(tzinfo=UTC))
    message = write(cast.ben)

    assert outbox.last_to(cast.anna).due_at == datetime.fromisoformat(leaves).replace(tzinfo=UTC)
    assert message.sent_at == datetime.fromisoformat(at).replace(tzinfo=UTC)


# ---------------------------------------------------------------- taken back


def test_a_message_that_is_taken_back_has_no_letter(cast, write, outbox, out, clock):
    actions.take_back(write(cast.ben), by=cast.ben)
    clock.advance(hours=1)
    mail_worker.deliver_due()

    assert states(outbox, cast.anna) == [MailState.LAPSED]
    assert out.to == []


def test_what_came_after_it_is_told_when_its_own_time_is_over(cast, write, outbox, out, clock):
    first = write(cast.ben)
    clock.advance(minutes=2)
    second = write(cast.ben)
    actions.take_back(first, by=cast.ben)

    assert states(outbox, cast.anna) == [MailState.LAPSED, MailState.WAITING]
    assert outbox.last_to(cast.anna).due_at == second.sent_at + policy.TAKE_BACK_WITHIN
    actions.take_back(second, by=cast.ben)
    clock.advance(hours=1)
    mail_worker.deliver_due()
    assert out.to == []


def meanwhile(monkeypatch, place, act):
    """Do something as a worker passes a place with a letter in its hand."""

    def passing(name):
        if name == place:
            act()

    monkeypatch.setattr(mail_worker, "crashpoint", passing)


@pytest.mark.each_case
@pytest.mark.parametrize("is_guarded", [True, False], ids=["as it is", "control: nothing takes letters back"])
def test_a_letter_in_a_workers_hand_is_taken_out_of_it_with_its_message(
    cast, write, outbox, out, clock, monkeypatch, is_guarded
):
    message = write(cast.ben)
    clock.advance(minutes=5)
    if not is_guarded:
        monkeypatch.setattr(emails, "taken_back", lambda message: None)
    meanwhile(monkeypatch, "mail.leased", lambda: actions.take_back(message, by=cast.ben))
    mail_worker.deliver_due()

    db.session.refresh(message)
    assert message.retracted_at is not None
    assert out.to == ([] if is_guarded else [cast.anna.email])


@pytest.mark.parametrize("is_guarded", [True, False], ids=["as it is", "control: nobody asks whether it left"])
def test_a_message_stays_once_its_letter_is_on_its_way(cast, write, out, clock, monkeypatch, is_guarded):
    message = write(cast.ben)
    clock.advance(minutes=5)
    if not is_guarded:
        monkeypatch.setattr(emails.beforehand, "take_back", lambda key, person: False)
    refused = []

    def take_back():
        try:
            actions.take_back(message, by=cast.ben)
        except Conflict as error:
            refused.append(error)

    meanwhile(monkeypatch, "mail.built", take_back)
    mail_worker.deliver_due()

    db.session.refresh(message)
    assert out.to == [cast.anna.email]
    assert bool(refused) == is_guarded
    assert (message.retracted_at is None) == is_guarded


# ---------------------------------------------------------------- blocked


def test_of_somebody_who_is_blocked_in_time_no_letter_leaves_and_nothing_is_counted(
    cast, answered, write, outbox, out, clock
):
    with transaction():
        cast.ben.no_email = True
    mail_worker.deliver_due()
    write(cast.anna)
    clock.advance(minutes=3)
    actions.block(answered, by=cast.ben)
    clock.advance(hours=1)
    mail_worker.deliver_due()

    assert out.to == []
    assert set(states(outbox, cast.ben)) == {MailState.LAPSED}
    assert letters_for(cast.ben.id) == []
