"""This file knows how what no message told is found all the same: pages that are open, holds that end, whatever was
missed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import and_, delete, exists, or_, select, update

from practice.providers.stripe_gateway import checkout, disputes, money
from practice.providers.stripe_gateway import events as messages
from practice.providers.stripe_gateway.client import Gateway, gateway
from practice.providers.stripe_gateway.errors import PaymentsOff, StripeProblem
from practice.store.db import changed, db, transaction
from practice.values import clock
from practice.work.each import one_by_one

from . import actions, inbox, looking, queries, seeing
from .models import Concern, Order, OrderLine, PayeeAccount, Payout, StripeEvent
from .policy import events
from .policy.checkout import AHEAD
from .states import CheckoutState, PaymentState, PayoutState, Seat

C = CheckoutState
T = TypeVar("T", bound=Any)
# That long after a page has ended by itself nobody can pay on it, whatever the card processor answers, or doesn't.
LONG_OVER = timedelta(hours=1)
LOOKS_EVERY = timedelta(minutes=4)
SLOW_EVERY = timedelta(hours=6)
LATELY, MISSED, OBJECTS = timedelta(hours=2), timedelta(hours=72), timedelta(days=31)
COMES_BACK = timedelta(days=14)
FORGOTTEN_AFTER = messages.LISTED + timedelta(days=10)
MOST = 500


# ---------------------------------------------------------------- holds and pages


def end_holds() -> int:
    """Whose time is nearly over: the card processor is told to let nobody pay any more."""
    soon = clock.now() + AHEAD
    waiting = (Order.checkout.in_((C.ASKED, C.OPEN)), Order.payment == PaymentState.AWAITED, Order.hold_until <= soon)
    ended = _orders(*waiting, _is_held())
    return one_by_one("order", ended, actions.let_go)


def give_up_holds() -> int:
    """The card processor answers nothing, long after the page ended by itself: the place goes back to others."""
    over = clock.now() - LONG_OVER
    waiting = (Order.checkout.in_((C.OPEN, C.ENDING)), Order.payment == PaymentState.AWAITED)
    given_up = _orders(*waiting, Order.hold_until <= over, Order.page_ends_at <= over, _is_held())
    return one_by_one("order", given_up, lambda order: actions.turn(order, events.HoldOver()))


def look_at_pages() -> int:
    """What may have been paid without a word to us: pages that are open, slow payments; how many were read."""
    now = clock.now()
    open_pages = and_(Order.checkout.in_((C.OPEN, C.ENDING)), Order.payment == PaymentState.AWAITED)
    slow = Order.payment == PaymentState.PROCESSING
    unread = or_(Order.looked_at.is_(None), Order.looked_at <= now - LOOKS_EVERY)
    slowly = or_(Order.looked_at.is_(None), Order.looked_at <= now - SLOW_EVERY)
    found = _orders(
        or_(and_(open_pages, unread, Order.created_at <= now - LOOKS_EVERY), and_(slow, slowly)), Order.page != ""
    )
    return _each("order", found, looking.at_order)


def ripen_lines() -> int:
    """Lines whose wait after the end is over; how many."""
    due = (OrderLine.ripe.is_(False), OrderLine.ripe_at <= clock.now(), OrderLine.kept > 0)
    lines = db.session.scalars(select(OrderLine).where(*due).order_by(OrderLine.id).limit(MOST)).all()
    return one_by_one("line", lines, actions.ripen)


def _is_held() -> object:
    return exists().where(OrderLine.order_id == Order.id, OrderLine.seat == Seat.HELD)


def _orders(*where: object) -> Sequence[Order]:
    asked = select(Order).where(*where).order_by(Order.id).limit(MOST)  # type: ignore[arg-type]
    return db.session.scalars(asked).all()


# ---------------------------------------------------------------- what was missed


def find_messages(back: timedelta) -> int:
    """Messages of so long that never came; how many were found."""
    with suppress(PaymentsOff):
        found = messages.since(gateway(), clock.now() - back)
        return sum(inbox.keep(each) for each in found)
    return 0


def find_objects() -> int:
    """Pages, refunds, disputes and transfers of the last month that differ from what is known here, also where no
    message is left of them; how many orders were read."""
    with suppress(PaymentsOff):
        way = gateway()
        orders = {order.id: order for order in _doubtful(way)}
        read = _each("order", list(orders.values()), _all_of)
        return read + _each("transfer", list(_taken_back(way)), _look_at_transfer)
    return 0


class _TakenBack(NamedTuple):
    """A transfer of which something was taken back, by its name at the card processor."""

    code: str
    order: Order


def _taken_back(way: Gateway) -> Iterable[_TakenBack]:
    """Those of the last month, whoever took it back."""
    for each in list(money.transfers_since(way, clock.now() - OBJECTS)):
        order = queries.order(each.order) if each.reversed is not None and not each.reversed.is_free else None
        if order is not None:
            yield _TakenBack(each.id, order)


def _look_at_transfer(found: _TakenBack, way: Gateway) -> None:
    looking.at_transfer(found.order, found.code, way)


def _doubtful(way: Gateway) -> Iterable[Order]:
    since = clock.now() - OBJECTS
    for page in list(checkout.made_since(way, since)):
        order = queries.order(page.order)
        is_known = order is not None and (order.payment != PaymentState.AWAITED or not page.is_paid)
        if order is not None and not is_known:
            yield order
    for refund in list(money.refunds_since(way, since)):
        order = queries.order(refund.order) or queries.order_by_intent(refund.intent)
        if order is not None and not looking.is_known(order, refund):
            yield order
    for dispute in list(disputes.made_since(way, since)):
        order = queries.order_by_intent(dispute.intent)
        if order is not None and not looking.is_known_dispute(order, dispute):
            yield order


def _all_of(order: Order, way: Gateway) -> None:
    looking.at_order(order, way)
    looking.at_refunds(order, way)
    looking.at_disputes(order, way)


def look_again() -> int:
    """Orders about which staff want the card processor to be asked once more; how many were read."""
    waiting = (Concern.ask_at.is_not(None), Concern.closed_at.is_(None), Concern.order_id.is_not(None))
    rows = db.session.scalars(select(Concern).where(*waiting).order_by(Concern.id).limit(MOST)).all()
    return _each("concern", rows, _look_again)


def _look_again(row: Concern, way: Gateway) -> None:
    number, wanted_at, order = row.id, row.ask_at, row.order
    if order is not None:
        _all_of(order, way)
    with transaction():
        # Whoever wants it again meanwhile is not forgotten.
        done = update(Concern).where(Concern.id == number, Concern.ask_at == wanted_at)
        changed(done.values(ask_at=None, asked_at=clock.now()))


def look_at_accounts() -> int:
    """Accounts of payees, payouts on their way, and lines that wait for either; how many were read."""
    accounts = db.session.scalars(select(PayeeAccount).where(PayeeAccount.ended_at.is_(None))).all()
    # What has arrived can still come back; of payouts no list of messages tells.
    lately = and_(Payout.state == PayoutState.PAID, Payout.changed_at > clock.now() - COMES_BACK)
    on_their_way = or_(Payout.state == PayoutState.IN_PAYOUT, lately)
    payouts = db.session.scalars(select(Payout).where(on_their_way, Payout.name != "")).all()
    read = _each("account", accounts, seeing.at_account) + _each("payout", payouts, seeing.at_payout)
    seeing.tell_lines()
    return read


def forget_messages() -> int:
    """Messages that were looked at so long ago that the card processor lists them no more; how many."""
    old = (StripeEvent.processed_at.is_not(None), StripeEvent.received_at < clock.now() - FORGOTTEN_AFTER)
    with transaction():
        return changed(delete(StripeEvent).where(*old))


def _each(what: str, found: Sequence[T], look: Callable[[T, Gateway], None]) -> int:
    """Look at each; one that cannot be read keeps no other from it."""
    with suppress(PaymentsOff):
        way = gateway()
        return one_by_one(what, found, lambda each: look(each, way), passing=(StripeProblem,))
    return 0
