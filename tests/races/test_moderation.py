"""Several of the staff decide about one case at once: one does, the others are told, and nothing is done twice."""

import multiprocessing
import os
from contextlib import suppress
from threading import BrokenBarrierError

import pytest
from sqlalchemy import func, select, text

from practice.accounts.models import User
from practice.letters.outbox import OutboxMail
from practice.moderation import actions, policy
from practice.moderation.actions import Choice, deciding
from practice.moderation.models import Case, Verdict
from practice.moderation.states import CaseState, Decision, Severity
from practice.store.db import db, transaction
from practice.values.errors import Conflict
from tests import factories
from tests.moderation.board import pin_up
from tests.payments.forks import crowd

pytestmark = pytest.mark.races
DID, TOLD = 0, 7
PEOPLE = 4


@pytest.fixture
def race(app, engine_url, cast, clock, monkeypatch):
    """Four of the staff read the same words and decide at once; how it ended for each."""
    board = pin_up(monkeypatch)
    monkeypatch.setattr(deciding, "as_read", _waits_for_all(deciding.as_read))
    with transaction():
        staff = [
            factories.user(f"Staff {n}", email=f"staff{n}@people.example", roles=("client", "staff"))
            for n in range(PEOPLE)
        ]
    ids = [each.id for each in staff]
    case = actions.submit("note", board.pin("note-one", cast.ben), Severity.USUAL).id
    choice = Choice(Decision.REJECT, board.show("note-one").mark)

    def decide(number):
        board.owners["note-one"] = db.session.get_one(User, cast_ben)
        try:
            actions.decide(db.session.get_one(Case, case), choice, by=db.session.get_one(User, ids[number]))
        except Conflict as told:
            os._exit(TOLD if told.message == policy.DECIDED else 1)

    cast_ben = cast.ben.id
    return lambda: sorted(crowd(app, PEOPLE, decide))


def _waits_for_all(read):
    """All have read the same before any of them goes on, if they can."""
    everybody = multiprocessing.get_context("fork").Barrier(PEOPLE)

    def read_and_wait(*args):
        shown = read(*args)
        with suppress(BrokenBarrierError):
            everybody.wait(timeout=1)
        return shown

    return read_and_wait


def stored():
    """How many verdicts there are, and letters about them."""
    db.session.expire_all()
    letters = select(func.count()).select_from(OutboxMail).where(OutboxMail.template == "moderation/decided")
    return db.session.scalar(select(func.count()).select_from(Verdict)), db.session.scalar(letters)


def test_of_several_who_decide_at_once_one_does_and_the_others_are_told(race):
    assert race() == [DID] + [TOLD] * (PEOPLE - 1)
    assert stored() == (1, 1)
    assert db.session.scalars(select(Case.state)).one() == CaseState.DECIDED


@pytest.mark.postgres
def test_without_the_lock_the_database_still_takes_one_and_nobody_would_be_told(race, monkeypatch):
    monkeypatch.setattr(deciding, "locked", lambda case: case)

    assert set(race()) == {DID, 1}
    assert stored() == (1, 1)


@pytest.mark.postgres
def test_without_lock_and_key_one_case_would_be_decided_several_times(race, monkeypatch):
    monkeypatch.setattr(deciding, "locked", lambda case: case)
    with transaction():
        for key in ("case_id_is_appeal", "case_id_by_id"):
            db.session.execute(text(f"ALTER TABLE moderation_verdicts DROP CONSTRAINT uq_moderation_verdicts_{key}"))

    race()
    assert stored()[0] > 1
