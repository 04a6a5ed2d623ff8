"""What differs from the card processor is said, also while something is stuck; what only passes is not."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from practice.config import settings
from practice.payments import actions, checks, comparing, desk_queries, jobs, under_way
from practice.payments.models import MoneyOperation, StripeEvent
from practice.providers.stripe_gateway import money as at_stripe
from practice.sandbox import faults, world
from practice.sandbox.models import SandboxMovement
from practice.store.db import transaction
from practice.values import clock as wall
from tests.payments.test_payees import account_of, earned
from tests.payments.test_paying import paid, work
from tests.shop import again, unsound


@pytest.fixture
def differing(buy):
    """A cent is missing at the card processor, and something is still to be told there."""
    order = paid(buy, 7000)
    with transaction() as session:
        session.execute(update(SandboxMovement).where(SandboxMovement.net > 0).values(net=SandboxMovement.net + 1))
    actions.give_back(order.lines[0], order.total, ends=True)
    return again(order)


def compared():
    jobs.compare()
    return desk_queries.runs()[0]


def test_what_is_told_right_now_explains_a_difference(differing):
    assert compared().faults == []
    assert not [each for each in unsound() if "on our balance" in each]


@pytest.mark.parametrize("stuck", ["refused", "old"])
def test_what_is_stuck_explains_none_and_is_named_itself(differing, clock, stuck):
    columns = {"due_at": wall.now() + under_way.PASSES_WITHIN * 3}
    if stuck == "refused":
        columns |= {"attempts": under_way.TROUBLES_STAFF}
    else:
        clock.advance(under_way.PASSES_WITHIN + timedelta(seconds=1))
    with transaction() as session:
        session.execute(update(MoneyOperation).where(MoneyOperation.done_at.is_(None)).values(**columns))

    assert [each for each in compared().faults if "on our balance" in each]
    for found in (desk_queries.runs()[0].faults, unsound()):
        assert [each for each in found if "was tried 6 times" in each] or stuck == "old"
    assert [each for each in unsound() if "on our balance" in each]


def test_what_lies_on_somebodys_own_account_there_is_compared_too(buy, cast, clock, monkeypatch):
    """Asked as of the real one, of whose own books nothing is known here."""
    monkeypatch.setattr(checks, "settings", lambda: replace(settings(), stripe_secret_key="sk_test_1"))
    account, order = account_of(cast.anna), paid(buy, 7000)
    actions.ends(order.lines[0], clock.now())
    clock.advance(hours=49)
    jobs.ripen()
    work()
    assert compared().faults == []

    with transaction() as session:
        there = SandboxMovement.account == account.name
        session.execute(update(SandboxMovement).where(there).values(net=SandboxMovement.net - 100))
    clock.advance(comparing.EVERY + timedelta(seconds=1))

    apart = f"The ledger has €61.60 on account {account.code}, and the card processor says €60.60."
    assert [each for each in compared().faults if account.code in each] == [apart]


def test_what_leaves_while_hundreds_of_accounts_are_asked_is_no_difference(buy, cast, clock, monkeypatch):
    """A payout is sent between two questions: the first answer is of before, the second of after."""
    monkeypatch.setattr(checks, "settings", lambda: replace(settings(), stripe_secret_key="sk_test_1"))
    account, order = account_of(cast.anna), paid(buy, 7000)
    actions.ends(order.lines[0], clock.now())
    clock.advance(hours=49)
    jobs.ripen()
    ask, asked = at_stripe.balance, []

    def balance(gateway, name=""):
        found = ask(gateway, name)
        asked.append(name)
        if asked.count(account.name) == 1:
            work()
        return found

    monkeypatch.setattr(at_stripe, "balance", balance)
    assert compared().faults == []
    assert asked.count(account.name) == 2


def test_a_message_that_nobody_can_read_is_named_though_it_is_looked_at_again_and_again(buy):
    paid(buy, 7000)
    with transaction() as session:
        spoilt = {"processed_at": None, "attempts": under_way.TROUBLES_STAFF, "due_at": wall.now()}
        session.execute(update(StripeEvent).values(**spoilt))

    assert not under_way.is_anything()
    assert [each for each in compared().faults if "Message" in each]


def test_who_was_not_asked_and_what_is_on_its_way_are_not_called_the_same(differing, app, cast, sign_in, clock):
    def badge():
        page = sign_in(app.test_client(), cast.sam).get("/admin/finance").text
        return page.partition('id="compared"')[2]

    compared()
    assert "On its way" in badge()
    assert ">Same<" not in badge()

    clock.advance(comparing.EVERY + timedelta(seconds=1))
    work()
    with transaction() as session:
        session.execute(update(SandboxMovement).where(SandboxMovement.net > 0).values(net=SandboxMovement.net - 1))
    faults.away(comparing.EVERY)
    jobs.compare()
    newest = badge().partition("<tbody")[2].partition("</tr>")[0]
    assert desk_queries.runs()[0].faults == []
    assert "Not compared" in newest


# ---------------------------------------------------------------- to its end


@pytest.fixture
def waits(buy):
    """`waits()`: something is always on its way, though nothing of it is stuck."""

    def one_more():
        order = paid(buy, 7000, code=f"W{wall.now():%d%H%M}-")
        actions.give_back(order.lines[0], order.total, ends=True)

    return one_more


def test_a_comparison_that_something_on_its_way_left_open_is_made_again_soon(differing, clock):
    first = compared()
    assert jobs.compare() == 0
    clock.advance(comparing.SOON)
    work()

    assert [each for each in compared().faults if "on our balance" in each]
    assert [each.id for each in desk_queries.runs()] == [first.id], "it is the same one, which is done now"
    clock.advance(comparing.SOON)
    assert jobs.compare() == 0, "and then the next day"


def test_a_difference_that_stays_is_seen_though_something_is_always_on_its_way(differing, waits, clock):
    assert compared().faults == []
    clock.advance(under_way.PASSES_WITHIN + timedelta(seconds=1))
    work()
    waits()

    assert under_way.is_anything()
    assert [each for each in compared().faults if "on our balance" in each]


def test_a_difference_that_is_as_much_as_one_order_names_it(buy):
    paid(buy, 7000)
    order = paid(buy, 4321, code="SECOND-")
    with transaction() as session:
        newest = select(func.max(SandboxMovement.number)).scalar_subquery()
        session.execute(
            update(SandboxMovement).where(SandboxMovement.number == newest).values(net=SandboxMovement.net - 4321)
        )

    assert [each for each in compared().faults if f"As much was booked with order {order.code}" in each]


def test_a_payee_who_had_two_accounts_is_compared_too(buy, cast, clock):
    first = account_of(cast.anna)
    world.close_account(first.name)
    work()
    second = account_of(cast.anna)
    earned(buy, clock, 7000)
    assert compared().faults == []

    with transaction() as session:
        there = SandboxMovement.account == second.name
        session.execute(update(SandboxMovement).where(there).values(net=SandboxMovement.net - 100))
    clock.advance(comparing.EVERY + timedelta(seconds=1))
    assert [each for each in compared().faults if second.code in each]
