"""This file knows the way to the payment page and back from it. What an address says is never believed: the card
processor is asked."""

from __future__ import annotations

import logging
from datetime import timedelta

from flask import redirect
from flask_login import current_user
from werkzeug.wrappers import Response

from practice.http.access import client
from practice.http.pages import link, page
from practice.payments import actions, fulfilment, looking, operations, queries
from practice.payments.models import Order
from practice.payments.stages import SETTLED, WAITS, Stage, stage
from practice.payments.states import CheckoutState
from practice.payments.storing import purchase_of
from practice.providers.stripe_gateway import checkout
from practice.providers.stripe_gateway.client import gateway
from practice.providers.stripe_gateway.errors import StripeProblem
from practice.store.db import db
from practice.values import clock
from practice.values.money import Money

from .blueprint import bp

log = logging.getLogger(__name__)

# So long a payment page takes at most on a usual day.
USUALLY = timedelta(seconds=20)
LOOKS_AGAIN = 4  # seconds after which a page that waits looks by itself
# What each stage is called, and the piece of the page that says more.
STAGES = {
    Stage.PREPARING: ("We’re preparing the payment page", "payments/_preparing.html"),
    Stage.OPEN: ("Nothing is paid yet", "payments/_open.html"),
    Stage.WAITING: ("We’re checking your payment", "payments/_waiting.html"),
    Stage.SLOW: ("Your payment is on its way", "payments/_slow.html"),
    Stage.PAID: ("It’s paid", "payments/_paid.html"),
    Stage.OVER: ("This has changed since", "payments/_over.html"),
    Stage.PART: ("Part of it could not be kept", "payments/_part.html"),
    Stage.GONE: ("Your money is on its way back", "payments/_gone.html"),
    Stage.DOUBT: ("Your payment needs a look", "payments/_doubt.html"),
    Stage.FAILED: ("Nothing was charged", "payments/_failed.html"),
    Stage.ENDED: ("Nothing was charged", "payments/_ended.html"),
    Stage.UNKNOWN: ("We’re still asking about your payment", "payments/_unknown.html"),
}
STILL_WITH_US = "Your money is still with us"
# As long as money can be under way from a page that has closed: `Stage.ENDED` before anybody can be sure.
SO_FAR = "Nothing was charged so far"
MONEY_IS_UNDER_WAY_FOR = timedelta(hours=1)


@bp.get("/checkout/<code>/pay")
@client
def pay(code: str) -> Response:
    """On to the payment page, if somebody may still pay there; else to where it stands."""
    order = queries.order_of_buyer(current_user, code)
    if order.checkout == CheckoutState.ASKED:
        operations.hurry(order)
        db.session.rollback()
    address = _page_of(order) if order.checkout == CheckoutState.OPEN else ""
    return _to(address or link("payments.returned", code=code))


@bp.get("/checkout/<code>/return")
@client
def returned(code: str) -> Response:
    """Where an order stands, after the card processor was asked."""
    order = queries.order_of_buyer(current_user, code)
    asked = _ask(order)
    return _where_it_stands(order, asked=asked)


@bp.post("/checkout/<code>/leave")
@client
def leave(code: str) -> Response:
    """The client does not want to pay: the page ends at the card processor, and then the time is free again."""
    order = queries.order_of_buyer(current_user, code)
    actions.let_go(order, by=current_user)
    operations.hurry(order)
    return _to(link("payments.returned", code=code))


def _page_of(order: Order) -> str:
    """The address of the page as it is now; "" where nobody can pay on it any more, or nobody answers."""
    name = order.page
    db.session.rollback()
    try:
        session = checkout.retrieve(gateway().hurried, name)
        if not session.url:
            looking.saw_page(order, session)
        return session.url
    except StripeProblem as problem:
        log.warning("a payment page could not be read: %s", type(problem).__name__)
        return ""


def _ask(order: Order) -> bool:
    """Ask how it stands, unless that is settled, however short ago somebody looked; whether there is an answer."""
    if not order.page or stage(purchase_of(order), asked=False) in SETTLED:
        return False
    try:
        looking.at_order(order, gateway().hurried)
        return True
    except StripeProblem as problem:
        db.session.rollback()
        log.warning("a payment could not be asked about: %s", type(problem).__name__)
        return False


def _where_it_stands(order: Order, *, asked: bool) -> Response:
    purchase = purchase_of(order)
    now = stage(purchase, asked=asked)
    title, piece = STAGES[now]
    title = STILL_WITH_US if now == Stage.GONE and purchase.by_hand else title
    may_follow = now == Stage.ENDED and bool(order.page) and clock.now() < order.changed_at + MONEY_IS_UNDER_WAY_FOR
    answer = page(
        "payments/return.html",
        stage=now,
        title=SO_FAR if may_follow else title,
        may_follow=may_follow,
        takes_longer=clock.now() > order.created_at + USUALLY,
        piece=piece,
        order=order,
        asked=asked,
        now=clock.now(),
        abouts=fulfilment.about(order),
        back=sum((line.back for line in order.lines), 0),
        by_hand=Money(purchase.by_hand, purchase.paid_in) if purchase.by_hand else None,
    )
    if now in WAITS:
        # Works without script, and where it leads is the next step if there is one.
        onwards = link("payments.pay" if now == Stage.PREPARING else "payments.returned", code=order.code)
        answer.headers["Refresh"] = f"{LOOKS_AGAIN}; url={onwards}"
    return answer


def _to(address: str) -> Response:
    answer: Response = redirect(address, 303)
    return answer
