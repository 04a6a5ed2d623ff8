"""This file knows how what is true at the card processor is read and told to orders: pages, refunds, disputes.

The same may be read often, late and in any order: the rules know what is new.
"""

from __future__ import annotations

from sqlalchemy import select

from practice.http.formats import amount as written
from practice.ledger import actions as ledger
from practice.ledger.events import Batch, fee_returned
from practice.ledger.events import Event as Entry
from practice.ledger.events import fee as fee_of
from practice.providers.stripe_gateway import checkout, disputes, money
from practice.providers.stripe_gateway.client import Gateway
from practice.providers.stripe_gateway.errors import UnknownOutcome
from practice.providers.stripe_gateway.values import Dispute, Payment, Refund, RefundStatus, Session, SessionStatus
from practice.store.db import db, transactional
from practice.values import clock
from practice.values.money import Money

from .actions import park, park_once, turn
from .kinds import OpKind
from .models import UNKNOWN, BankDispute, MoneyOperation, Order
from .policy import events
from .policy.effects import Concern
from .policy.events import Asked, Given, Paid
from .policy.guards import ANSWERED
from .states import WITH_US, DisputeState, RefundState

GIVEN = {
    RefundStatus.PENDING: Given.PENDING,
    RefundStatus.REQUIRES_ACTION: Given.PENDING,
    RefundStatus.SUCCEEDED: Given.SUCCEEDED,
    RefundStatus.FAILED: Given.FAILED,
    RefundStatus.CANCELED: Given.FAILED,
}
# As what a refund may be stored here, once all that the card processor says of it was heard.
STORED_AS: dict[Given, tuple[RefundState, ...]] = {
    Given.PENDING: (RefundState.SENT, RefundState.SUCCEEDED),
    Given.SUCCEEDED: (RefundState.SUCCEEDED,),
    Given.FAILED: (RefundState.FAILED, RefundState.MANUAL),
}


# ---------------------------------------------------------------- the payment page, and what it brought


def at_order(order: Order, way: Gateway) -> None:
    """Read how an order's page stands, and what has become of its payment; outside of a transaction."""
    page = order.page
    db.session.rollback()
    if not page:
        return
    session = checkout.retrieve(way, page)
    saw_page(order, session)
    payment = session.payment
    if payment is None or order.payment not in WITH_US:
        return
    if payment.is_disputed or order.dispute != DisputeState.NONE:
        at_disputes(order, way)
    if _differs(order, payment):
        at_refunds(order, way)


def _differs(order: Order, payment: Payment) -> bool:
    """Whether more or less has gone back than we know of."""
    sent = sum(each.amount for each in order.refunds if each.state in ("sent", "succeeded"))
    return payment.refunded is not None and payment.refunded.amount != sent


def saw_page(order: Order, session: Session) -> None:
    """A page as it is now; what it brought is booked once, with what the card processor took for it.

    Raises `UnknownOutcome` where it is paid and its charge is not to be seen yet: without it a second charge could not
    be told from the first, and nothing could be sent on.
    """
    if session.is_paid and session.payment is None:
        if session.ends_at <= clock.now():
            park(Concern.UNKNOWN_AMOUNT, order, 0, session.id)
        raise UnknownOutcome("It is paid, and shows no charge.")
    _saw_page(order, session)


@transactional
def _saw_page(order: Order, session: Session) -> None:
    if session.is_paid and session.payment is not None:
        _saw_money(order, session, session.payment)
    else:
        turn(order, events.PaymentSeen(_status(session), live=session.is_live))
    # After the turn: the rooms' locks come before the order's, also before that of a row that is written.
    order.looked_at, order.page = clock.now(), order.page or session.id
    order.intent = session.intent or order.intent


def _status(session: Session) -> Paid:
    if session.status == SessionStatus.COMPLETE:
        return Paid.FAILED if session.has_failed else Paid.PROCESSING
    return Paid.EXPIRED if session.status == SessionStatus.EXPIRED else Paid.OPEN


def _saw_money(order: Order, session: Session, payment: Payment) -> None:
    amount = payment.amount
    if amount is None:
        park(Concern.UNKNOWN_AMOUNT, order, 0, session.id)
        return
    turn(order, events.PaymentSeen(Paid.PAID, amount.amount, amount.currency, payment.charge, session.is_live))
    if order.payment in WITH_US:
        _book_fee(order, order.thing, payment.fee)
        _saw_settlement(order, payment)


def _saw_settlement(order: Order, payment: Payment) -> None:
    """In what it reached our balance: what was converted cannot be sent on, and somebody has to know."""
    if payment.settled is not None and not order.settled_in:
        settled_as(order, payment.settled.currency, payment.settled.amount)


def settled_as(order: Order, currency: str, amount: int = 0) -> None:
    """Note it, and close its lines where it is another currency than it was paid in; within a transaction."""
    order.settled_in, order.settled = currency, amount
    if not order.is_settled_apart:
        return
    known = "settled in another currency" if currency == UNKNOWN else f"settled as {written(Money(amount, currency))}"
    park(Concern.CURRENCIES_APART, order, order.paid, known)
    for line in order.lines:
        turn(order, events.AccountSeen(line.at, open=False))


def _book_fee(order: Order, about: str, fee: Money | None) -> None:
    """What the card processor took for it, or gave back, once."""
    if fee is not None and not fee.is_free:
        is_back = fee.amount < 0
        moved = fee_returned(Money(-fee.amount, fee.currency)) if is_back else fee_of(fee)
        ledger.book(Batch(Entry.FEE_RETURNED if is_back else Entry.FEE, about, moved, order.code), by=None)


# ---------------------------------------------------------------- money that went back


def at_refunds(order: Order, way: Gateway) -> None:
    """Read everything that went back of an order's payment; outside of a transaction."""
    seen = refunds(order, way)
    turn(order, seen)


def refunds(order: Order, way: Gateway) -> events.RefundsSeen:
    """All refunds of an order's payment, ours by their numbers."""
    intent, numbers = order.intent, _numbers(order)
    db.session.rollback()
    found = money.refunds_of(way, intent) if intent else ()
    return events.RefundsSeen(tuple(_returned(each, numbers) for each in found if each.amount is not None))


def is_known(order: Order, refund: Refund) -> bool:
    """Whether nothing is to be learnt from a refund as it is now; of one made elsewhere that failed there never was."""
    number, given = _numbers(order).get(refund.row[:22]), GIVEN[refund.status]
    same = (each for each in order.refunds if (each.name == refund.id if number is None else each.number == number))
    row = next(same, None)
    return given == Given.FAILED if row is None else row.state in STORED_AS[given]


def _numbers(order: Order) -> dict[str, int]:
    asked = select(MoneyOperation.code, MoneyOperation.number)
    ours = asked.where(MoneyOperation.order_id == order.id, MoneyOperation.kind == OpKind.REFUND)
    return {code: number for code, number in db.session.execute(ours)}  # noqa: C416 - rows are no pairs to mypy


def _returned(refund: Refund, numbers: dict[str, int]) -> events.Returned:
    assert refund.amount
    # A key is the code of its row, and for a later one something behind it.
    return events.Returned(GIVEN[refund.status], refund.amount.amount, numbers.get(refund.row[:22]), refund.id)


# ---------------------------------------------------------------- money that was taken back from a payee


def at_transfer(order: Order, transfer: str, way: Gateway) -> None:
    """Read what was taken back of a transfer; what no row of ours asked for is put before staff, once."""
    asked = select(MoneyOperation.code).where(MoneyOperation.order_id == order.id)
    ours = set(db.session.scalars(asked.where(MoneyOperation.kind == OpKind.REVERSAL)))
    db.session.rollback()
    for each in money.reversals_of(way, transfer):
        if each.row[:22] not in ours:
            said = written(each.amount) if each.amount else "an unknown amount"
            park_once(Concern.REVERSED_OUTSIDE, order, f"{each.id}: {said}")


# ---------------------------------------------------------------- a card's bank


def at_disputes(order: Order, way: Gateway) -> None:
    """Read all that the card holder's bank asks or has decided; outside of a transaction."""
    for each in disputes_of(order, way):
        saw_dispute(order, each)


def disputes_of(order: Order, way: Gateway) -> tuple[Dispute, ...]:
    """Every dispute about an order's payment, the oldest first."""
    intent = order.intent
    db.session.rollback()
    return disputes.of_payment(way, intent)[::-1] if intent else ()


@transactional
def saw_dispute(order: Order, dispute: Dispute) -> None:
    """A dispute as it is now, with each of its fees."""
    if dispute.amount is None:
        park(Concern.UNKNOWN_AMOUNT, order, 0, dispute.id)
        return
    turn(order, _asked(dispute, dispute.amount))
    row = _row(order, dispute)
    if row is not None:  # else the payment has not been seen yet, and all of it is read again then
        row.reason, row.evidence_until = dispute.reason[:60], dispute.evidence_until
        for fee in dispute.fees:
            _book_fee(order, f"fee:{fee.id}"[:60], fee.amount)


def is_known_dispute(order: Order, dispute: Dispute) -> bool:
    """Whether nothing is to be learnt from a dispute as it is now."""
    row = _row(order, dispute)
    return row is not None and row.state == dispute.standing and row.state not in ANSWERED


def _asked(dispute: Dispute, amount: Money) -> events.DisputeSeen:
    return events.DisputeSeen(Asked(dispute.standing), amount.amount, dispute.id)


def _row(order: Order, dispute: Dispute) -> BankDispute | None:
    return next((each for each in order.disputes if each.name == dispute.id), None)
