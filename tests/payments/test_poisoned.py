"""A row that fails each time keeps no other from its money, and lies before staff."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from practice.payments import actions, desk_queries, jobs
from practice.payments.models import MoneyOperation, Order, StripeEvent
from practice.payments.policy.effects import Concern
from practice.payments.states import CheckoutState, PaymentState
from practice.store.db import db, transaction
from practice.values import clock as wall
from tests.payments.test_payees import account_of
from tests.payments.test_paying import opened, paid
from tests.shop import again


@pytest.fixture
def poisoned(shop, monkeypatch):
    """`poisoned("A0")`: nothing can be done any more with who bought that place."""

    def poison(code):
        def lock(lines):
            if any(line.subject_code == code for line in lines):
                raise LookupError("Ben Miller wrote something here")

        monkeypatch.setattr(shop, "lock", lock)

    return poison


def stuck():
    return [each.detail for each in desk_queries.concerns() if each.kind == Concern.STUCK]


def test_lines_ripen_behind_one_that_cannot(buy, cast, clock, poisoned):
    account_of(cast.anna)
    bad, good = paid(buy, code="A"), paid(buy, code="B")
    for order in (bad, good):
        actions.ends(again(order).lines[0], clock.now())
    clock.advance(hours=49)
    poisoned("A0")

    for _ in range(2):
        jobs.ripen()
    assert [again(order).lines[0].ripe for order in (bad, good)] == [False, True]
    assert stuck() == [f"line {bad.lines[0].code}: LookupError"]


@pytest.mark.parametrize("given_up", [False, True])
def test_holds_end_behind_one_that_cannot(buy, clock, poisoned, given_up):
    bad, good = opened(buy, code="A"), opened(buy, code="B")
    poisoned("A0")
    clock.advance(timedelta(hours=3) if given_up else timedelta(minutes=32))
    if given_up:
        with transaction() as session:
            session.execute(update(Order).values(checkout=CheckoutState.ENDING))

    jobs.holds()
    assert again(good).checkout != CheckoutState.OPEN
    assert again(bad).payment == PaymentState.AWAITED
    assert stuck() == [f"order {bad.code}: LookupError"]


def test_payees_accounts_are_told_to_lines_behind_one_that_cannot(buy, cast, poisoned):
    bad, good = paid(buy, code="A"), paid(buy, code="B")
    poisoned("A0")
    account_of(cast.anna)

    assert [again(order).lines[0].open for order in (bad, good)] == [False, True]
    assert stuck()


def test_money_goes_before_messages_and_messages_by_turns(buy, monkeypatch):
    """Though many messages wait: each may take as long as a slow answer does."""
    monkeypatch.setattr(jobs, "LONGEST", 0.0, raising=False)
    buy()
    with transaction() as session:
        for number in range(30):
            session.add(StripeEvent(id=f"evt_{number}", type="nothing.of.ours", made_at=wall.now()))
    jobs.tell()

    assert None not in db.session.scalars(select(MoneyOperation.done_at)).all()
    unread = db.session.scalars(select(StripeEvent.id).where(StripeEvent.processed_at.is_(None))).all()
    assert len(unread) == 30 - jobs.A_TURN
