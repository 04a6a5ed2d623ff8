"""This file knows how a worker tells the card processor what was decided: each row once or more often, with its key."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress

from practice.providers.stripe_gateway.client import Gateway, gateway
from practice.providers.stripe_gateway.errors import (
    BadKey,
    KeyReused,
    NotNow,
    PaymentsOff,
    Refused,
    StripeProblem,
    StuckKey,
)
from practice.store import installation
from practice.store.crashpoints import crashpoint
from practice.store.db import db, transaction
from practice.store.leases import let_go

from . import hands, telling, telling_banks, telling_payees
from .actions import park, turn
from .hands import Hand, LeaseLost
from .kinds import OpKind
from .models import MoneyOperation, Order, PayeeAccount
from .policy import events, guards
from .policy.effects import Concern
from .storing import purchase_of
from .telling import Answered

log = logging.getLogger(__name__)

Tells = Callable[[Hand, Gateway], Answered]
ROOMS = (telling, telling_payees, telling_banks)
TELL: dict[OpKind, Tells] = {kind: tells for room in ROOMS for kind, tells in room.TELL.items()}
FIND: dict[OpKind, Callable[[Hand, Gateway], Answered | None]] = {
    kind: finds for room in ROOMS for kind, finds in room.FIND.items()
}
REFUSED: dict[OpKind, Callable[[Hand, Gateway, Refused], Answered | None]] = {
    kind: hears for room in ROOMS for kind, hears in room.REFUSED.items()
}


def carry_out(limit: int = 500, stopping: Callable[[], bool] = lambda: False) -> int:
    """Tell what is due, the longest due first; how many rows were dealt with. Any number of workers may."""
    with suppress(PaymentsOff):
        way, done = gateway(), 0
        while done < limit and not stopping() and hands.anything_due():
            # A copy of the database would do a second time what its original does.
            if installation.why_letters_wait():
                break
            hand = hands.lease()
            if hand is None:
                break
            _carry_out(hand, way)
            done += 1
        return done
    return 0


def hurry(what: Order | PayeeAccount) -> None:
    """What one order or account waits for, and what follows from it, now and with little patience: for a page that
    somebody looks at. What doesn't work out stays with the workers."""
    if installation.why_letters_wait():
        return
    of = MoneyOperation.order_id if isinstance(what, Order) else MoneyOperation.account_id
    with suppress(PaymentsOff):
        number = what.id
        while (hand := hands.lease(of == number)) is not None:
            _carry_out(hand, gateway().hurried)


def _carry_out(hand: Hand, way: Gateway) -> None:
    """Whatever goes wrong stays with this row."""
    try:
        _begin_and_tell(hand, way)
    except LeaseLost:
        log.info("the card processor was told by another worker meanwhile")
    except Exception as error:
        db.session.rollback()
        if not isinstance(error, StripeProblem):
            log.exception("a row of money failed")
        with suppress(LeaseLost):
            hands.put_off(hand, error, troubles=isinstance(error, BadKey) or not isinstance(error, StripeProblem))
    finally:
        let_go(hand.token)


def _begin_and_tell(hand: Hand, way: Gateway) -> None:
    begun = _begin(hand)
    if begun is None:
        hands.drop(hand, lambda: _dropped(hand))
        return
    crashpoint("money.begun")
    try:
        hand, told = _tell(begun, way)
    except (BadKey, NotNow):
        raise
    except Refused as refusal:
        heard = REFUSED[begun.kind](begun, way, refusal)
        if heard is None:
            # A key repeats what it was refused for: the next try needs another.
            hands.put_off(hands.renew(begun), refusal, troubles=True)
            return
        hand, told = begun, heard
    crashpoint("money.sent")
    hands.finish(hand, told.tell, told.made)
    told.afterwards(way)


def _begin(hand: Hand) -> Hand | None:
    """The row, noted as tried; None where nobody has told it and it is not wanted any more."""
    with transaction():
        if hand.order_id is not None:
            order = db.session.get_one(Order, hand.order_id, with_for_update=True, populate_existing=True)
            effect = telling.effect_of(hand)
            if guards.may_drop(effect, hand.attempts) and not guards.is_wanted(purchase_of(order), effect):
                return None
        return hands.begin(hand)


def _dropped(hand: Hand) -> None:
    order = db.session.get_one(Order, hand.order_id)
    if hand.kind == OpKind.REFUND:
        turn(order, events.RefundDropped(hand.number))
    if hand.kind == OpKind.TRANSFER and hand.line_at is not None:
        turn(order, events.TransferDropped(hand.line_at, hand.number))
    if hand.kind == OpKind.EVIDENCE:
        telling_banks.did_not_leave(hand)


def _tell(hand: Hand, way: Gateway) -> tuple[Hand, Answered]:
    """Search first where a key alone does not tell any more; then tell, and search again where the key is spoilt."""
    if hand.searches:
        found = FIND[hand.kind](hand, way)
        if found is not None:
            return hand, found
        hand = hands.renew(hand)
    try:
        return hand, TELL[hand.kind](hand, way)
    except (StuckKey, KeyReused) as problem:
        if isinstance(problem, KeyReused):
            park(Concern.STUCK, None, hand.amount, f"{hand.kind}: a key was used for something else")
        found = FIND[hand.kind](hand, way)
        if found is not None:
            return hand, found
        hand = hands.renew(hand)
        return hand, TELL[hand.kind](hand, way)
