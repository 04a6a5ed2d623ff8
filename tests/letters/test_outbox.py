"""Letters: decided with their cause, lent to one worker, sent until taken, shown when they cannot be."""

import re
import time
from dataclasses import replace

import pytest

from practice.letters import mail_worker, old_letters, outbox, registry
from practice.letters.outbox import MailState, OutboxMail
from practice.providers.mail_transport import Outcome, Verdict
from practice.store.db import changed, db, transaction
from practice.store.leases import return_all
from practice.store.vault import VaultLocked
from practice.values import clock as wall
from tests.plain import Person, write


class Recorder:
    """A way out that answers as it is told and remembers what it was given."""

    def __init__(self, *answers: Outcome) -> None:
        self.answers = list(answers)
        self.given: list[tuple[str, str, bytes]] = []

    def send(self, sender: str, recipient: str, message: bytes) -> Outcome:
        self.given.append((sender, recipient, message))
        return self.answers.pop(0) if self.answers else Outcome(Verdict.SENT)


@pytest.fixture
def way_out(paper):
    def choose(*answers):
        recorder = paper.extensions["mail_transport"] = Recorder(*answers)
        return recorder

    yield choose
    paper.extensions.pop("mail_transport", None)


LATER = Outcome(Verdict.LATER, "SMTPRecipientsRefused 451")
REFUSED = Outcome(Verdict.REFUSED, "SMTPRecipientsRefused 550")


def row(key="a"):
    db.session.rollback()
    return db.session.scalars(db.select(OutboxMail).filter_by(event_key=key)).one()


def test_a_letter_about_the_same_event_leaves_once(wired):
    write("a")
    write("a")

    mail_worker.deliver_due()

    assert len(wired.raw) == 1
    assert wired.recipients == [["ben@client.example"]]


def test_both_sides_of_one_event_get_their_own_letter(wired):
    write("a", Person(1, "ben@client.example"))
    write("a", Person(2, "anna@practice.example"))

    mail_worker.deliver_due()

    assert sorted(wired.recipients) == [["anna@practice.example"], ["ben@client.example"]]


def test_a_letter_whose_cause_failed_does_not_exist(paper):
    with pytest.raises(ZeroDivisionError):
        write("a", also=lambda: 1 // 0)

    assert outbox.backlog().waiting == 0


def test_a_letter_outside_a_transaction_is_a_mistake(paper):
    with pytest.raises(RuntimeError, match="transaction"):
        outbox.enqueue_mail("a", "ground/poison", Person(), {})


def test_a_letter_without_an_allowed_subject_is_a_mistake(paper):
    with pytest.raises(KeyError), transaction():
        outbox.enqueue_mail("a", "ground/unheard-of", Person(), {})


def test_letters_leave_in_the_order_in_which_they_fell_due(way_out, clock):
    for number in (3, 1, 2):
        clock.freeze(wall.now().replace(minute=number))
        write(f"{number}", facts={"name": f"Nr{number}"})
    clock.freeze(wall.now().replace(minute=30))
    out = way_out()

    mail_worker.deliver_due()

    assert [re.search(rb"Hello (Nr\d)", message)[1] for _, _, message in out.given] == [b"Nr1", b"Nr2", b"Nr3"]


def test_a_retry_sends_the_very_same_bytes(way_out, clock):
    out = way_out(LATER)
    write("a")

    mail_worker.deliver_due()
    clock.advance(hours=2)
    mail_worker.deliver_due()

    first, second = (message for _, _, message in out.given)
    assert first == second
    assert row().state == MailState.SENT


def test_the_pauses_between_tries_grow_to_an_hour_and_stay_there(way_out, clock):
    way_out(*[LATER] * 6)
    write("a")
    pauses = []

    for _ in range(6):
        mail_worker.deliver_due()
        pauses.append((row().due_at - wall.now()).total_seconds() / 60)
        clock.freeze(row().due_at)

    assert all(low <= pause <= low * 1.2 for pause, low in zip(pauses, (1, 5, 15, 60, 60, 60), strict=True))


def test_a_letter_that_waits_for_its_pause_is_not_tried(way_out, clock):
    out = way_out(LATER)
    write("a")

    mail_worker.deliver_due()
    clock.advance(seconds=59)
    mail_worker.deliver_due()

    assert len(out.given) == 1


def test_a_letter_that_was_put_off_for_three_days_is_parked(way_out, clock):
    way_out(*[LATER] * 6)
    write("a")

    for _ in range(5):
        mail_worker.deliver_due()
        clock.freeze(row().due_at)
    clock.advance(days=3)
    mail_worker.deliver_due()

    assert row().state == MailState.PARKED
    assert outbox.parked_letters()[0].last_error == "SMTPRecipientsRefused 451"


def test_a_refusal_for_good_parks_that_letter_only_and_tells_the_account(way_out, bounces):
    way_out(REFUSED)
    write("a", Person(1, "gone@client.example"))
    write("b", Person(2, "ben@client.example"))

    mail_worker.deliver_due()

    assert row("a").state == MailState.PARKED
    assert row("b").state == MailState.SENT
    assert bounces == [(1, "gone@client.example")]


def test_what_a_server_said_is_not_stored(way_out):
    way_out(REFUSED)
    write("a", Person(1, "gone@client.example"))

    mail_worker.deliver_due()

    assert "gone" not in row().last_error


def test_a_letter_that_cannot_be_built_is_parked_after_five_tries_while_the_rest_goes_on(way_out, clock):
    out = way_out()
    write("a", template="ground/poison")
    for number in range(6):
        write(f"b{number}")
        mail_worker.deliver_due()
        clock.advance(hours=2)

    assert len(out.given) == 6
    assert (row().state, row().attempts, row().last_error) == (MailState.PARKED, 5, "ZeroDivisionError")


def test_a_transport_that_breaks_its_promise_stops_no_other_letter(way_out):
    class Broken(Recorder):
        def send(self, *given):
            if not self.given:
                self.given.append(given)
                raise ValueError
            return super().send(*given)

    out = way_out()
    out.__class__ = Broken
    write("a")
    write("b")

    mail_worker.deliver_due()

    assert (row("a").state, row("b").state) == (MailState.WAITING, MailState.SENT)


def test_who_wants_no_mail_finds_the_letter_in_the_account(way_out):
    out = way_out()
    write("a", Person(no_email=True))

    mail_worker.deliver_due()

    assert out.given == []
    assert row().state == MailState.KEPT
    assert b"Hello Ben" in outbox.letters_for(1)[0].message


def test_a_letter_that_proves_a_mailbox_is_mailed_always(paper, monkeypatch, way_out):
    monkeypatch.setitem(registry.OPENING, "ground/note", "you prove it")
    out = way_out()
    write("a", Person(no_email=True))

    mail_worker.deliver_due()

    assert len(out.given) == 1


def test_a_letter_that_came_too_late_lapses(way_out, clock):
    out = way_out()
    write("a", not_after=wall.now())
    clock.advance(minutes=1)

    mail_worker.deliver_due()

    assert out.given == []
    assert row().state == MailState.LAPSED


def test_a_worker_that_lost_its_lease_writes_nothing(way_out):
    way_out()
    write("a")
    slow = mail_worker._lease()
    expire_leases()
    quick = mail_worker._lease()

    mail_worker._deliver(quick)
    with pytest.raises(mail_worker.LeaseLost):
        mail_worker._mark(slow, state=MailState.PARKED)

    assert row().state == MailState.SENT


def test_a_row_on_loan_is_not_lent_again(paper):
    write("a")

    assert mail_worker._lease() is not None
    assert mail_worker._lease() is None


def test_a_wrong_clock_frees_no_lease(paper, clock):
    write("a")
    mail_worker._lease()

    clock.advance(days=1)

    assert mail_worker._lease() is None


def test_a_lease_runs_out_by_itself(paper, monkeypatch):
    monkeypatch.setitem(paper.config, "LEASE_SECONDS", 0.2)
    write("a")
    assert mail_worker._lease() is not None
    assert mail_worker._lease() is None

    time.sleep(0.3)

    assert mail_worker._lease() is not None


def test_what_a_worker_holds_can_be_given_back_at_once(paper):
    write("a")
    mail_worker._lease()

    return_all()

    assert mail_worker._lease() is not None


def test_a_parked_letter_can_be_given_another_round(way_out, clock):
    out = way_out(REFUSED)
    write("a")
    mail_worker.deliver_due()

    outbox.send_again(row().code)
    mail_worker.deliver_due()

    assert row().state == MailState.SENT
    assert out.given[0][2] == out.given[1][2]


def test_another_round_is_more_than_one_try_however_old_the_letter_is(way_out, clock):
    way_out(REFUSED, LATER)
    write("a")
    mail_worker.deliver_due()
    clock.advance(days=4)

    outbox.send_again(row().code)
    mail_worker.deliver_due()
    waiting = row().state
    clock.advance(minutes=2)
    mail_worker.deliver_due()

    assert waiting == MailState.WAITING
    assert row().state == MailState.SENT


def test_the_words_of_old_letters_are_forgotten_and_the_fact_stays(way_out, clock):
    way_out()
    write("a")
    mail_worker.deliver_due()

    clock.advance(days=31)
    old_letters.forget()

    assert (row().message, row().context, row().state) == (None, {}, MailState.SENT)


def test_a_letter_that_lapsed_is_forgotten_as_well(way_out, clock):
    way_out()
    write("a", not_after=wall.now())
    clock.advance(seconds=1)
    mail_worker.deliver_due()

    clock.advance(days=31)

    assert (old_letters.forget(), old_letters.forget()) == (1, 0)
    assert (row().context, row().state) == ({}, MailState.LAPSED)


# ---------------------------------------------------------------- what a reader of the tables finds

SECRET = "a-link-that-opens-an-account"


def raw():
    """The row as a reader of the database sees it, past everything of ours."""
    db.session.rollback()
    return db.session.execute(db.text("SELECT context, message FROM outbox_mail")).one()


def as_before_sealing(**columns):
    """A row of a version that kept letters in plain words."""
    with transaction():
        changed(db.update(OutboxMail).values(**columns))


def test_no_link_of_a_letter_stands_readable_in_the_tables(way_out, clock):
    out = way_out(LATER)
    write("a", facts={"name": SECRET})
    before, _ = raw()
    mail_worker.deliver_due()
    after, message = raw()

    assert SECRET.encode() in out.given[0][2]
    assert SECRET not in f"{before} {after}"
    assert SECRET.encode() not in bytes(message)
    assert b"Subject" not in bytes(message)


def test_a_letter_that_was_built_in_planumber_leaves_unchanged_after_an_upgrade(way_out, clock):
    out = way_out(LATER)
    write("a")
    mail_worker.deliver_due()
    built = out.given[0][2]
    as_before_sealing(message_kept=built, context_kept=row().context)

    clock.advance(hours=2)
    mail_worker.deliver_due()

    assert out.given[1][2] == built
    assert row().message == built


def test_a_letter_that_was_decided_on_in_planumber_is_built_after_an_upgrade(way_out):
    out = way_out()
    write("a")
    as_before_sealing(context_kept=row().context)

    mail_worker.deliver_due()

    assert b"Hello Ben" in out.given[0][2]


@pytest.mark.parametrize("built", [False, True])
def test_a_letter_whose_key_is_missing_waits_and_stops_none_behind_it(way_out, clock, paper, monkeypatch, built):
    out = way_out(*[LATER] * built)
    write("a", facts={"name": "First"})
    if built:
        mail_worker.deliver_due()
        clock.advance(hours=2)
    other = replace(paper.config["PRACTICE"], vault_keys=(("other", b"9" * 32),))
    monkeypatch.setitem(paper.config, "PRACTICE", other)
    write("b", facts={"name": "Second"})

    mail_worker.deliver_due()

    assert (row("a").state, row("a").last_error) == (MailState.WAITING, "VaultLocked")
    assert b"Hello Second" in out.given[-1][2]


def test_a_sealed_letter_does_not_open_in_another_row(paper):
    write("a")
    write("b")
    with transaction():
        changed(db.update(OutboxMail).where(OutboxMail.event_key == "b").values(context_kept=row("a").context_kept))

    with pytest.raises(VaultLocked):
        _ = row("b").context


def test_the_backlog_is_counted_by_state_and_age(way_out, clock):
    way_out(REFUSED)
    write("a")
    mail_worker.deliver_due()
    write("b")

    clock.advance(minutes=7)

    assert outbox.backlog() == outbox.Backlog(waiting=1, parked=1, oldest_seconds=420)


def expire_leases():
    with transaction():
        db.session.execute(db.update(OutboxMail).values(leased_until=0.0))
