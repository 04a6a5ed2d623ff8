"""This file knows how each thing about an order is told to the card processor, found again there, and what an answer or
a refusal means for the order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select

from practice.http.pages import absolute_url
from practice.providers.stripe_gateway import checkout, money
from practice.providers.stripe_gateway.client import Gateway
from practice.providers.stripe_gateway.errors import (
    AccountGone,
    BalanceTooLow,
    IsDisputed,
    NotAsAsked,
    Refused,
)
from practice.providers.stripe_gateway.values import Line as PageLine
from practice.providers.stripe_gateway.values import Purchase as PageWanted
from practice.providers.stripe_gateway.values import Refund, Session, Transfer, TransferWanted
from practice.store.db import db
from practice.values.money import Money

from . import looking, queries, seeing
from .actions import turn
from .hands import Hand
from .kinds import OpKind
from .models import UNKNOWN, MoneyOperation, Order, OrderLine
from .policy import effects, events

# Behind the account's own prefix; nothing that tells what was bought.
ON_THE_STATEMENT = "SERVICES"


def nothing(_: Gateway) -> None:
    """There is nothing more to do."""


@dataclass(frozen=True)
class Answered:
    """What came of telling it: `tell` our side in the transaction that notes it as done; then, outside of it,
    `afterwards`."""

    tell: Callable[[], object]
    made: str = ""
    afterwards: Callable[[Gateway], object] = nothing


def effect_of(hand: Hand) -> effects.ToProcessor:
    """What the rules asked for."""
    line = hand.line_at or 0
    if hand.kind == OpKind.OPEN_CHECKOUT:
        return effects.OpenCheckout()
    if hand.kind == OpKind.END_CHECKOUT:
        return effects.EndCheckout()
    if hand.kind == OpKind.REFUND:
        return effects.SendRefund(hand.number, hand.amount)
    if hand.kind == OpKind.EVIDENCE:
        return effects.SendEvidence(hand.number)
    if hand.kind == OpKind.TRANSFER:
        return effects.SendTransfer(line, hand.number, hand.amount)
    return effects.SendReversal(line, hand.number, hand.amount)


def order_of(hand: Hand) -> Order:
    """The row's order, read anew."""
    db.session.rollback()
    return db.session.get_one(Order, hand.order_id)


def line_of(hand: Hand) -> OrderLine:
    """The row's line, read anew."""
    return order_of(hand).lines[hand.line_at or 0]


def _outside() -> None:
    """Nothing is read on while the network is waited for."""
    db.session.rollback()


# ---------------------------------------------------------------- the payment page


def _page_wanted(hand: Hand) -> PageWanted:
    order = order_of(hand)
    assert order.page_ends_at
    back = absolute_url("payments.returned", code=order.code)
    wanted = PageWanted(
        order=order.code,
        lines=tuple(PageLine(line.label, Money(line.price, order.currency)) for line in order.lines if line.price),
        ends_at=order.page_ends_at,
        return_url=back,
        cancel_url=back,
        suffix=ON_THE_STATEMENT,
    )
    _outside()
    return wanted


def _open_page(hand: Hand, way: Gateway) -> Answered:
    wanted = _page_wanted(hand)
    try:
        return _page_made(hand, checkout.create(way, wanted, hand.key))
    except NotAsAsked as problem:
        return _page_is_another(hand, problem.session)


def _find_page(hand: Hand, way: Gateway) -> Answered | None:
    wanted = _page_wanted(hand)
    found = checkout.find(way, hand.key, hand.created_at)
    if found is None:
        return None
    if checkout.differences(wanted, found, way):
        return _page_is_another(hand, found.id)
    return _page_made(hand, found)


def _page_made(hand: Hand, session: Session) -> Answered:
    def tell() -> None:
        order = db.session.get_one(Order, hand.order_id)
        total = order.total
        turn(order, events.CheckoutMade(total.amount, total.currency))
        order.page, order.page_ends_at = session.id, session.ends_at
        order.intent = order.intent or session.intent

    return Answered(tell, session.id)


def _page_is_another(hand: Hand, page: str) -> Answered:
    """It asks for something else than was shown: nobody is sent there, and it is closed."""

    def tell() -> None:
        order = db.session.get_one(Order, hand.order_id)
        turn(order, events.CheckoutMade(0, ""))
        order.page = page

    return Answered(tell, page)


def _page_refused(hand: Hand, _way: Gateway, _refusal: Refused) -> Answered:
    return Answered(lambda: turn(db.session.get_one(Order, hand.order_id), events.CheckoutRefused()))


def _end_page(hand: Hand, way: Gateway) -> Answered:
    page = order_of(hand).page
    _outside()
    session = checkout.expire(way, page, hand.key)
    return Answered(lambda: looking.saw_page(db.session.get_one(Order, hand.order_id), session), page)


# ---------------------------------------------------------------- money back


def _refund(hand: Hand, way: Gateway) -> Answered:
    order = order_of(hand)
    intent, amount, code = order.intent, Money(hand.amount, order.paid_in), order.code
    _outside()
    return _refunded(hand, way, money.refund(way, intent, amount, code, hand.key))


def _find_refund(hand: Hand, way: Gateway) -> Answered | None:
    intent = order_of(hand).intent
    _outside()
    found = money.find_refund(way, intent, hand.key)
    return None if found is None else _refunded(hand, way, found)


def _refunded(hand: Hand, way: Gateway, made: Refund) -> Answered:
    """All refunds of the payment are read: one that failed makes room for another."""
    seen = looking.refunds(order_of(hand), way)
    return Answered(lambda: turn(db.session.get_one(Order, hand.order_id), seen), made.id)


def _refund_refused(hand: Hand, way: Gateway, refusal: Refused) -> Answered | None:
    """Our own balance is filled again by the next payments; for anything else we look first what has gone
    back, and what a bank has taken."""
    if isinstance(refusal, BalanceTooLow):
        return None
    seen, disputed = looking.refunds(order_of(hand), way), isinstance(refusal, IsDisputed)
    asked = looking.disputes_of(order_of(hand), way) if disputed else ()

    def tell() -> None:
        order = db.session.get_one(Order, hand.order_id)
        turn(order, seen)
        for each in asked:
            looking.saw_dispute(order, each)
        turn(order, events.RefundRefused(hand.number, disputed=disputed))

    return Answered(tell)


# ---------------------------------------------------------------- money to the payee


def _transfer(hand: Hand, way: Gateway) -> Answered:
    line = line_of(hand)
    account, order = queries.account_of(line.payee), line.order
    if account is None or not account.name or account.currency != order.paid_in:
        raise AccountGone("There is no account to send it to.")
    amount = Money(hand.amount, order.paid_in)
    wanted = TransferWanted(order=order.code, account=account.name, amount=amount, charge=order.charge)
    _outside()
    return _transferred(hand, money.transfer(way, wanted, hand.key))


def _find_transfer(hand: Hand, way: Gateway) -> Answered | None:
    code = order_of(hand).code
    _outside()
    found = money.find_transfer(way, code, hand.key)
    return None if found is None else _transferred(hand, found)


def _transferred(hand: Hand, made: Transfer) -> Answered:
    made_ = events.TransferMade(hand.line_at or 0, hand.number)
    return Answered(lambda: turn(db.session.get_one(Order, hand.order_id), made_), made.id)


def _transfer_refused(hand: Hand, _way: Gateway, refusal: Refused) -> Answered | None:
    """The account takes nothing, unless it is our balance, or the currency, that does not fit: that is for staff."""
    if isinstance(refusal, BalanceTooLow) or refusal.param in ("amount", "source_transaction"):
        return None
    refused = events.TransferRefused(hand.line_at or 0, hand.number)
    payee = line_of(hand).payee_id

    def tell() -> None:
        order = db.session.get_one(Order, hand.order_id)
        turn(order, refused)
        if refusal.param == "currency":
            looking.settled_as(order, UNKNOWN)
        seeing.compare_currencies(order.lines[hand.line_at or 0])

    return Answered(
        tell,
        afterwards=lambda way: seeing.at_account_of(payee, way),
    )


def _transfer_of(hand: Hand) -> str:
    """What was sent, by its name at the card processor."""
    sent = (
        select(MoneyOperation.made)
        .where(MoneyOperation.order_id == hand.order_id, MoneyOperation.line_at == hand.line_at)
        .where(MoneyOperation.kind == OpKind.TRANSFER, MoneyOperation.made != "")
    )
    found = db.session.scalars(sent.order_by(MoneyOperation.id.desc())).first()
    _outside()
    return found or ""


def _reverse(hand: Hand, way: Gateway) -> Answered:
    transfer, currency = _transfer_of(hand), order_of(hand).paid_in
    _outside()
    made = money.reverse(way, transfer, Money(hand.amount, currency), hand.key)
    return _reversed(hand, made.id)


def _find_reversal(hand: Hand, way: Gateway) -> Answered | None:
    found = money.find_reversal(way, _transfer_of(hand), hand.key)
    return None if found is None else _reversed(hand, found.id)


def _reversed(hand: Hand, name: str) -> Answered:
    made = events.ReversalMade(hand.line_at or 0, hand.number)
    return Answered(lambda: turn(db.session.get_one(Order, hand.order_id), made), name)


def _reversal_refused(hand: Hand, _way: Gateway, _refusal: Refused) -> Answered:
    refused = events.ReversalRefused(hand.line_at or 0, hand.number)
    return Answered(lambda: turn(db.session.get_one(Order, hand.order_id), refused))


def _again(_hand: Hand, _way: Gateway, _refusal: Refused) -> None:
    """Somebody looks, and it is told again."""


TELL = {
    OpKind.OPEN_CHECKOUT: _open_page,
    OpKind.END_CHECKOUT: _end_page,
    OpKind.REFUND: _refund,
    OpKind.TRANSFER: _transfer,
    OpKind.REVERSAL: _reverse,
}
FIND: dict[OpKind, Callable[[Hand, Gateway], Answered | None]] = {
    OpKind.OPEN_CHECKOUT: _find_page,
    OpKind.END_CHECKOUT: _end_page,
    OpKind.REFUND: _find_refund,
    OpKind.TRANSFER: _find_transfer,
    OpKind.REVERSAL: _find_reversal,
}
REFUSED: dict[OpKind, Callable[[Hand, Gateway, Refused], Answered | None]] = {
    OpKind.OPEN_CHECKOUT: _page_refused,
    OpKind.END_CHECKOUT: _again,
    OpKind.REFUND: _refund_refused,
    OpKind.TRANSFER: _transfer_refused,
    OpKind.REVERSAL: _reversal_refused,
}
