"""A copy of one's data holds one's own decisions and nobody else's; the end of an account wipes them."""

import json

import pytest
from sqlalchemy import select

from practice.accounts import holdings
from practice.bookings.exemptions import Exemption
from practice.fit import actions, jobs, queries
from practice.fit.models import FitChoice
from practice.fit.states import Choice, Outcome
from practice.store.checks import faults
from practice.store.db import db, transaction


def copy_of(person):
    return json.dumps({each.name: each.tell(person) for each in holdings.records()}, default=str)


def wipe(person):
    with transaction():
        for each in holdings.records():
            each.wipe(person)
    db.session.expire_all()


@pytest.fixture
def decided(talk, decide, colleague, cast):
    decide.client(talk, "yes", reason="Ben’s own note")
    decide.specialist(talk, "refer", colleague, draft="Anna’s draft", reason="Anna’s own note")
    actions.accept_referral(talk, queries.referrals_of(talk)[0].code, "What Ben agreed to", by=cast.ben)
    return talk


def test_a_clients_copy_holds_their_decisions_and_nothing_of_the_specialist(decided, cast):
    told = copy_of(cast.ben)

    assert "own note" in told
    assert "What Ben agreed to" in told
    assert told.count("own note") == 1
    assert "draft" not in told.replace("drafts", "")


def test_a_specialists_copy_holds_their_own_and_nothing_of_the_client(decided, cast):
    told = copy_of(cast.anna)

    assert told.count("own note") == 1
    assert "draft" in told
    assert "agreed to" not in told
    assert "Ben" not in told.replace("Ben\\u2019s own", "")


def test_the_end_of_a_clients_account_wipes_their_words_and_ends_what_was_open(decided, cast):
    wipe(cast.ben)

    client = db.session.scalars(select(FitChoice).where(FitChoice.party == "client")).one()
    assert (client.choice, client.reason) == (Choice.NOT_NOW, "")
    assert queries.referrals_of(decided)[0].handover == ""
    assert db.session.scalars(select(Exemption)).all() == []


def test_a_partners_end_ends_the_couples_decision(couple, cast, decide):
    actions.join_as_partner(actions.invite_partner(couple, by=cast.ben), by=cast.cleo)
    decide.partner(couple, "yes", by=cast.cleo)

    wipe(cast.cleo)

    assert queries.fit_of(couple).outcome == Outcome.ENDED_BY_CLIENT


def test_the_end_of_a_specialists_account_wipes_their_notes_and_drafts(decided, cast):
    wipe(cast.anna)

    own = db.session.scalars(select(FitChoice).where(FitChoice.party == "specialist")).one()
    assert own.reason == ""
    assert queries.referrals_of(decided)[0].draft == ""


def test_reasons_and_words_sent_along_go_after_90_days(decided, clock):
    clock.advance(days=90)
    jobs.forget_reasons()
    assert db.session.scalars(select(FitChoice)).first().reason_sealed is not None

    clock.advance(seconds=1)
    jobs.forget_reasons()

    db.session.expire_all()
    assert {each.reason_sealed for each in db.session.scalars(select(FitChoice))} == {None}
    assert queries.referrals_of(decided)[0].handover_sealed is None


def test_the_check_up_finds_nothing_in_what_actions_made(decided):
    assert [each for each in faults() if "letters about booking" not in each] == []


def test_the_check_up_names_what_should_not_be(decided):
    with transaction() as session:
        session.query(Exemption).delete()
        session.add(FitChoice(booking_id=decided.id, party="partner", choice="yes"))

    found = " ".join(faults())

    assert "would count" in found
    assert "has the answer of a partner" in found
