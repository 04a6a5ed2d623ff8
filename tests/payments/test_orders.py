"""An order is stored with all that decides about it, and what follows from an event is done in the same transaction."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from practice.ledger.chart import Pot
from practice.payments import actions, queries
from practice.payments.kinds import OpKind, SettingKey
from practice.payments.models import Concern, MoneyOperation
from practice.payments.policy import events
from practice.payments.policy.checkout import Unsellable
from practice.payments.policy.effects import Letter
from practice.payments.states import OrderState, Seat
from practice.payments.storing import purchase_of, store
from practice.store.db import db, transaction
from practice.values.errors import NotFound
from tests.shop import again, in_pot, opened, paid, set_by_two, unsound


def operations(order, kind=None):
    asked = select(MoneyOperation).where(MoneyOperation.order_id == order.id).order_by(MoneyOperation.id)
    return [each for each in db.session.scalars(asked) if kind is None or each.kind == kind]


def concerns():
    return [each.kind for each in db.session.scalars(select(Concern).order_by(Concern.id))]


def test_what_is_begun_asks_for_a_payment_page_and_nothing_is_taken_yet(buy, shop):
    order = buy(7000)

    assert order.state == OrderState.CREATED
    assert [each.kind for each in operations(order)] == [OpKind.OPEN_CHECKOUT]
    assert shop.taken == {}


def test_what_was_paid_stands_is_earned_and_everybody_is_written_to_once(buy, shop):
    order = buy(7000)
    actions.turn(order, opened(order))
    for _ in range(3):
        actions.turn(order, paid(order))

    assert again(order).state == OrderState.PAID
    assert again(order).paid_at is not None
    assert shop.taken == {"P0": order.lines[0].code}
    assert shop.letters_sent == [Letter.RECEIPT]
    assert (in_pot(order, Pot.PENDING), in_pot(order, Pot.COMMISSION)) == (6160, 840)


def test_what_costs_nothing_is_had_at_once_and_nobody_is_asked_for_money(buy, shop):
    order = buy(0)

    assert order.state == OrderState.PAID
    assert operations(order) == []
    assert list(shop.taken) == ["P0"]


def test_the_commission_is_that_of_the_hour_of_the_sale(buy, cast, clock):
    set_by_two(cast.sam, SettingKey.COMMISSION, 1000, from_at=clock.now() + timedelta(hours=1))
    before = buy(7000)
    clock.advance(hours=1)
    after = buy(7000, code="Q")

    assert [before.lines[0].rate, after.lines[0].rate] == [1200, 1000]
    assert queries.commission_rate(clock.now() - timedelta(minutes=1)) == 1200


def test_what_no_card_is_charged_cannot_be_ordered(buy):
    for amount in (49, 100_000_001):
        with pytest.raises(Unsellable):
            buy(amount)


def test_half_comes_back_and_the_payees_share_follows(buy):
    order = buy(7000)
    actions.turn(order, opened(order))
    actions.turn(order, paid(order))
    line = again(order).lines[0]
    actions.give_back(line, queries.order(order.code).total.share(1, 2, "up"), ends=True)

    order = again(order)
    assert order.state == OrderState.REFUND_DUE
    assert [(each.number, each.amount, each.state) for each in order.refunds] == [(1, 3500, "requested")]
    assert [(each.number, each.amount) for each in operations(order, OpKind.REFUND)] == [(1, 3500)]
    assert (in_pot(order, Pot.PENDING), in_pot(order, Pot.COMMISSION), in_pot(order, Pot.UNEARNED)) == (3080, 420, 3500)
    assert order.lines[0].seat == Seat.GIVEN_UP


def test_a_late_payment_whose_place_is_gone_goes_back_whole(buy, shop):
    order = buy(7000)
    actions.turn(order, opened(order))
    actions.turn(order, events.HoldOver())
    shop.taken["P0"] = "somebody else's"
    actions.turn(order, paid(order))

    order = again(order)
    assert order.state == OrderState.REFUND_DUE
    assert order.refunds[0].amount == 7000
    assert shop.taken == {"P0": "somebody else's"}
    assert shop.letters_sent == [Letter.SEAT_LOST]
    assert in_pot(order, Pot.UNEARNED) == 7000


def test_another_currency_lies_in_doubt_and_is_before_staff(buy, shop):
    order = buy(7000)
    actions.turn(order, opened(order))
    actions.turn(order, paid(order, currency="USD", amount=8000))

    assert again(order).state == OrderState.REFUND_DUE
    assert concerns() == ["wrong_currency"]
    assert shop.letters_sent == [Letter.PAYMENT_IN_DOUBT]
    actions.return_in_doubt(order, by=None)
    assert again(order).refunds[0].amount == 8000


def test_the_same_concern_is_one_as_long_as_it_is_open(buy, cast):
    order = buy(7000)
    for _ in range(3):
        actions.turn(order, paid(order, live=True))
    assert concerns() == ["wrong_mode"]

    actions.close_concern(queries.concerns()[0], because="a test", by=cast.sam)
    assert queries.concerns() == []
    actions.turn(order, paid(order, live=True))
    assert len(queries.concerns()) == 1


def test_a_line_that_is_ripe_is_paid_on_and_a_refund_takes_it_back_afterwards(buy):
    order = buy(7000)
    actions.turn(order, opened(order))
    actions.turn(order, paid(order))
    line = again(order).lines[0]
    actions.turn(order, events.AccountSeen(0, open=True))
    actions.ripen(line)
    assert [each.amount for each in operations(order, OpKind.TRANSFER)] == [6160]

    actions.turn(order, events.TransferMade(0, 1))
    actions.give_back(again(order).lines[0], order.total, ends=True)
    assert operations(order, OpKind.REVERSAL) == []
    actions.turn(order, events.RefundsSeen((events.Returned(events.Given.SUCCEEDED, 7000, 1, "re_1"),)))
    assert [each.amount for each in operations(order, OpKind.REVERSAL)] == [6160]
    assert in_pot(order, Pot.DEBT) == -6160
    actions.turn(order, events.ReversalMade(0, 2))
    assert again(order).state == OrderState.REFUNDED
    assert in_pot(order, Pot.DEBT) == 0


def test_a_payee_whose_account_takes_nothing_is_told_once(buy, outbox, cast):
    order = buy(7000)
    actions.turn(order, opened(order))
    actions.turn(order, paid(order))
    for _ in range(2):
        actions.ripen(again(order).lines[0])

    assert operations(order, OpKind.TRANSFER) == []
    assert [each.template for each in outbox.to(cast.anna)] == ["payments/transfer_blocked"]


def test_two_lines_are_two_answers(buy, shop):
    order = buy(7000, 3000)
    actions.turn(order, opened(order))
    shop.taken["P1"] = "somebody else's"
    actions.turn(order, paid(order))

    order = again(order)
    assert [line.seat for line in order.lines] == [Seat.TAKEN, Seat.RELEASED]
    assert order.refunds[0].amount == 3000
    assert shop.letters_written == [(Letter.RECEIPT, 7000, "P0"), (Letter.SEAT_LOST, 3000, "P1")]


def test_what_is_stored_is_what_was_loaded(buy):
    order = buy(7000, 3000)
    with transaction():
        order = again(order)
        before = purchase_of(order)
        store(order, before)
        assert not db.session.dirty
    assert purchase_of(again(order)) == before


def test_a_stranger_has_no_order(buy, cast):
    order = buy(7000)

    assert queries.order_of_buyer(cast.ben, order.code).id == order.id
    with pytest.raises(NotFound):
        queries.order_of_buyer(cast.cleo, order.code)


def test_an_order_that_is_turning_does_not_turn(buy, shop, monkeypatch):
    order = buy(7000)
    actions.turn(order, opened(order))
    monkeypatch.setattr(shop, "confirm", lambda line, late: actions.let_go(line.order))

    with pytest.raises(RuntimeError, match="turning"):
        actions.turn(order, paid(order))
    assert again(order).state == OrderState.SESSION_OPEN


def test_all_checks_are_content_with_all_of_this(buy):
    order = buy(7000, 3000)
    actions.turn(order, opened(order))
    actions.turn(order, paid(order))
    actions.give_back(again(order).lines[1], order.total)

    assert unsound() == []


def test_a_sale_asks_the_database_few_questions(buy, questions):
    order = buy(7000)
    begun = len(questions)
    actions.turn(order, opened(order))
    questions.clear()
    actions.turn(order, paid(order))
    # The receipt is written once the sale is stored, in a transaction of its own.
    sale = next(at for at, each in enumerate(questions) if each.startswith("SELECT ledger_batches"))

    assert begun <= 20
    assert sale <= 20
    assert len(questions) - sale <= 13
