"""A wish to delete an account is its owner's own: an intruder's ends with the take-back, and is always told by mail."""

from datetime import timedelta

import pytest
from sqlalchemy import JSON, String, TypeDecorator
from sqlalchemy.exc import OperationalError

from practice.accounts import actions, holdings, jobs, policy, queries
from practice.accounts.models import AccountLock, Erasure, User
from practice.accounts.states import ErasureState
from practice.bookings import actions as bookings
from practice.bookings import claims
from practice.bookings.models import Contest, Strike
from practice.bookings.states import Outcome
from practice.store.audit import AuditEvent
from practice.store.db import UtcDateTime, db, transaction
from practice.values.errors import Conflict, NotAllowed
from tests import factories
from tests.accounts.conftest import GOOD, token_of, words
from tests.factories import PASSWORD

SETTINGS = "/me/settings"
SECURITY = "/me/settings/security"


@pytest.fixture
def ben(visitor, cast):
    visitor.sign_in(cast.ben.email, PASSWORD, is_private="y")
    return visitor


def _later(clock, **since):
    clock.advance(**since)
    db.session.rollback()
    db.session.expire_all()


def _locked(user):
    actions.lock_as_operator(user, "Somebody else seems to be in it")
    return queries.lock_of(user)


# ---------------------------------------------------------------- taken back


def test_an_address_taken_back_ends_an_intruders_wish_and_its_owner_hears_of_it(cast, outbox, clock):
    owner = cast.ben.email
    actions.ask_for_new_email(cast.ben, "intruder@people.example")
    actions.take_new_email(token_of(outbox.last_to(cast.ben)))
    undo = token_of(outbox.last_to(cast.ben))
    actions.ask_for_erasure(cast.ben)

    actions.undo_new_email(undo)

    assert queries.open_erasure(cast.ben) is None
    told = [each.to_address for each in outbox.to(cast.ben) if each.template == "accounts/data_request"]
    assert told == ["intruder@people.example", owner]
    _later(clock, days=15)
    assert jobs.erase_due() == 0


def test_a_new_password_over_the_mailbox_ends_it_too(cast, outbox):
    actions.ask_for_erasure(cast.ben)
    actions.ask_for_reset(cast.ben.email)

    actions.reset_password(token_of(outbox.last_to(cast.ben)), "hashed")

    assert queries.open_erasure(cast.ben) is None
    assert (
        "Your account stays" in outbox.read(outbox.to(cast.ben)[-2]).text + outbox.read(outbox.last_to(cast.ben)).text
    )


@pytest.mark.parametrize("way", ["signed out", "new password"])
def test_whoever_is_signed_in_is_told_that_the_wish_still_stands(ben, cast, way):
    actions.ask_for_erasure(cast.ben)

    if way == "signed out":
        answer = ben.press(SECURITY, f"{SECURITY}/devices/end-others")
    else:
        answer = ben.fill(SECURITY, f"{SECURITY}/password", current=PASSWORD, password=GOOD)

    assert queries.open_erasure(cast.ben) is not None
    assert "still goes on" in words(ben.see(answer.location))


# ---------------------------------------------------------------- told by mail


@pytest.mark.parametrize("template", ["data_request", "erased", "password_changed", "two_step_changed", "new_device"])
def test_what_concerns_the_safety_of_an_account_is_mailed_to_whoever_wants_no_mail(template):
    from practice.letters import registry

    assert f"accounts/{template}" in registry.always_mailed()


def test_the_wish_is_mailed_and_stands_inside_as_well(ben, cast, outbox, smtp):
    with transaction():
        cast.ben.no_email = True
    actions.ask_for_erasure(cast.ben)

    assert [letter["Subject"] for letter in outbox.deliver(smtp)] == ["Your data request"]
    assert "Your data request" in words(ben.see("/me/letters"))


def test_mail_is_switched_off_by_whoever_typed_the_password_a_moment_ago(ben, cast, clock):
    _later(clock, minutes=11)
    answer = ben.fill(SETTINGS, f"{SETTINGS}/discretion", calendar_label="Dentist", no_email="y", reminders="y")
    assert answer.location.startswith("/me/prove")
    _later(clock)
    assert (cast.ben.no_email, cast.ben.calendar_label) == (False, "Appointment")

    ben.fill(answer.location, "/me/prove", password=PASSWORD)
    ben.fill(SETTINGS, f"{SETTINGS}/discretion", calendar_label="Dentist", no_email="y", reminders="y")
    _later(clock, minutes=11)
    assert cast.ben.no_email

    ben.fill(SETTINGS, f"{SETTINGS}/discretion", calendar_label="Doctor", no_email="y", reminders="y")
    _later(clock)
    assert cast.ben.calendar_label == "Doctor"


# ---------------------------------------------------------------- locked


def test_a_locked_account_does_not_go_while_the_lock_stands(cast, clock):
    actions.ask_for_erasure(cast.ben)
    lock = _locked(cast.ben)
    _later(clock, days=15)

    assert jobs.erase_due() == 0
    assert db.session.get(AccountLock, lock.id) is not None


def test_accounts_that_have_to_stay_keep_nobody_else_here(cast, clock, monkeypatch):
    monkeypatch.setattr(policy, "ENDED_AT_ONCE", 2)
    others = [factories.user(f"Held{n}") for n in range(2)]
    for each in (*others, cast.ben):
        actions.ask_for_erasure(each)
    for each in others:
        _locked(each)
    _later(clock, days=15)

    assert jobs.erase_due() == 1
    assert queries.open_erasure(cast.ben) is None
    assert all(queries.open_erasure(each) for each in others)


def test_one_sweep_ends_so_many_accounts_and_the_next_one_goes_on(cast, clock, monkeypatch):
    monkeypatch.setattr(policy, "ENDED_AT_ONCE", 1)
    for each in (cast.ben, cast.cleo):
        actions.ask_for_erasure(each)
    _later(clock, days=15)

    assert [jobs.erase_due() for _ in range(3)] == [1, 1, 0]


def test_a_locked_account_asks_for_no_end(cast):
    _locked(cast.ben)

    with pytest.raises(Conflict):
        actions.ask_for_erasure(cast.ben)


def test_opened_again_its_owner_has_the_whole_time_to_keep_it(cast, clock, outbox):
    actions.ask_for_erasure(cast.ben)
    _locked(cast.ben)
    _later(clock, days=15)

    actions.unlock(cast.ben, "It is theirs", by=None)

    assert queries.open_erasure(cast.ben).due_at == clock.now() + policy.ERASED_AFTER
    assert outbox.last_to(cast.ben).template == "accounts/data_request"
    assert jobs.erase_due() == 0
    _later(clock, days=15)
    assert jobs.erase_due() == 1


# ---------------------------------------------------------------- at the same moment


@pytest.fixture
def elsewhere(app, engine):
    """Another process at the same database; SQLite lets one write at a time, and there is nothing to see."""
    with db.engine.connect() as other:
        yield other


@pytest.mark.postgres
def test_an_account_that_went_a_moment_ago_is_not_kept(cast, clock, elsewhere, monkeypatch):
    wish = actions.ask_for_erasure(cast.ben).id
    read = queries.open_erasure

    def done_meanwhile(user):
        found = read(user)
        elsewhere.execute(db.update(Erasure).values(state=ErasureState.DONE, ended_at=clock.now()))
        elsewhere.commit()
        return found

    monkeypatch.setattr(queries, "open_erasure", done_meanwhile)
    actions.keep_account(cast.ben)

    _later(clock)
    assert db.session.get(Erasure, wish).state == ErasureState.DONE


@pytest.mark.postgres
def test_nobody_books_between_the_last_look_and_the_end(cast, clock, elsewhere, monkeypatch):
    actions.ask_for_erasure(cast.ben)
    look, mine, is_held = holdings.blockers_of, cast.ben.id, []

    def try_to_book(user):
        """Calendars are locked before the person, so a first look is taken without holding either."""
        try:
            elsewhere.execute(db.select(User.id).where(User.id == mine).with_for_update(nowait=True))
            is_held.append(False)
        except OperationalError:
            is_held.append(True)
        elsewhere.rollback()
        return look(user)

    monkeypatch.setattr(holdings, "blockers_of", try_to_book)
    _later(clock, days=15)

    assert jobs.erase_due() == 1
    assert is_held[-1]


def test_who_has_gone_meanwhile_books_nothing(cast):
    with transaction():
        cast.ben.active = False

    with pytest.raises(NotAllowed), transaction():
        claims.lock_client(cast.ben.id)


# ---------------------------------------------------------------- spare codes


@pytest.mark.parametrize(("hours", "stay"), [(None, True), (73, True), (71, False), (-1, False)])
def test_spare_codes_that_may_be_an_intruders_end_when_the_address_is_taken_back(cast, outbox, clock, hours, stay):
    factories.with_two_step(cast.ben)
    if hours is not None and hours > 0:
        actions.new_codes(cast.ben)
        _later(clock, hours=hours)
    else:
        with transaction():
            cast.ben.mf_recovery_codes = ["of long ago"]
    actions.ask_for_new_email(cast.ben, "intruder@people.example")
    actions.take_new_email(token_of(outbox.last_to(cast.ben)))
    undo = token_of(outbox.last_to(cast.ben))
    if hours is not None and hours < 0:
        _later(clock, hours=-hours)
        actions.new_codes(cast.ben)

    actions.undo_new_email(undo)

    assert cast.ben.has_two_step
    assert bool(cast.ben.mf_recovery_codes) == stay


# ---------------------------------------------------------------- what is open about a booking


def test_nobody_goes_while_the_other_side_contests_their_appointment(cast, clock):
    booked = factories.booking(cast.ben, cast.practice, clock.now() - timedelta(hours=2))
    bookings.mark_specialist_missed(booked, by=cast.ben)
    contest = bookings.contest(booked, "I was there", by=cast.anna)

    with pytest.raises(Conflict):
        actions.ask_for_erasure(cast.ben)

    bookings.answer_contest(contest, "I saw nobody", by=cast.ben)
    bookings.decide_contest(contest, Outcome.TOOK_PLACE, by=cast.sam, reason="Ben wrote that he was late.")
    actions.ask_for_erasure(cast.ben)
    _later(clock, days=15)
    assert jobs.erase_due() == 1
    _later(clock)
    row = db.session.get(Contest, contest.id)
    assert (row.reason, row.answer_sealed) == ("", None)


def test_why_staff_decided_goes_with_what_was_written(cast, clock):
    booked = factories.booking(cast.ben, cast.practice, clock.now() - timedelta(hours=2))
    bookings.mark_specialist_missed(booked, by=cast.ben)
    contest = bookings.contest(booked, "I was there", by=cast.anna)
    bookings.answer_contest(contest, "I saw nobody", by=cast.ben)
    bookings.decide_contest(contest, Outcome.TOOK_PLACE, by=cast.sam, reason="Ben wrote that he was late.")
    _later(clock, days=91)

    bookings.forget_words()

    _later(clock)
    assert db.session.get(Contest, contest.id).reason == ""


# ---------------------------------------------------------------- a practice

# Of words in the specialists' room, what stays after an end: keys, kinds, states, what the page names under "Stays".
STAYING = {
    "offers.code", "offers.kind", "offers.price_currency", "offers.cancel_rule",
    "reviews.code", "reviews.decision", "reviews.checks",
    "suspensions.code", "suspensions.state", "suspensions.before",
    "profile_revisions.code", "profile_revisions.state",
    "profile_moves.code", "profile_moves.before", "profile_moves.after",
    "credentials.code", "credentials.kind", "credentials.body", "credentials.country", "credentials.state",
    "credentials.document_type",
}  # fmt: skip


def test_every_word_of_a_practice_goes_or_stands_under_what_stays():
    """A new column of words in the specialists' room has to be among what goes, or among what stays."""
    from practice.specialists.records import CREDENTIAL_WIPED, WORDS_WIPED

    goes = {f"{kind.__tablename__}.{name}" for kind, said in WORDS_WIPED.items() for name in said}
    goes |= {f"credentials.{name}" for name in CREDENTIAL_WIPED}
    emptied = {"specialists", "specialist_topics", "specialist_languages", "saved_specialists"}
    holds = {
        f"{kind.__tablename__}.{column.name}"
        for kind in _rows_of_a_practice()
        for column in kind.__table__.columns
        if kind.__tablename__ not in emptied and _is_of_words(column.type)
    }

    assert holds == {name for name in goes if name != "credentials.document_bytes"} | STAYING


def _is_of_words(kind):
    return isinstance(kind, String | JSON | TypeDecorator) and not isinstance(kind, UtcDateTime)


def _rows_of_a_practice():
    from practice.specialists import models

    named = [kind for kind in vars(models).values() if hasattr(kind, "__table__")]
    return [kind for kind in named if "specialist_id" in kind.__table__.columns]


# ---------------------------------------------------------------- words of staff


def test_what_staff_wrote_about_a_person_is_never_in_the_log_and_goes_with_them(cast, clock):
    why = "Zebulon was drunk"
    booked = factories.booking(cast.ben, cast.practice, clock.now() - timedelta(hours=2))
    bookings.mark_specialist_missed(booked, by=cast.ben)
    _later(clock)
    with transaction():
        booked.claims_pair, booked.granted_again_at = True, None
    bookings.grant_again(booked, by=cast.sam, reason=why)
    strike = db.session.scalars(db.select(Strike)).one()
    bookings.waive_strike(strike, by=cast.sam, reason=why)
    actions.propose_lock(cast.ben, why, by=cast.sam)
    actions.lock_as_operator(cast.ben, why)
    actions.unlock(cast.ben, why, by=cast.sam)
    lock = db.session.scalars(db.select(AccountLock)).one()

    assert why not in db.session.scalars(db.select(AuditEvent.reason)).all()
    assert (booked.granted_because, strike.waived_because, lock.reason, lock.opened_because) == (why,) * 4

    actions.ask_for_erasure(cast.ben)
    _later(clock, days=15)
    assert jobs.erase_due() == 1
    _later(clock)
    assert (booked.granted_because, strike.waived_because) == ("", "")
    assert db.session.scalars(db.select(AccountLock)).all() == []
