"""This file knows how sessions of the demo are paid, and what workers, the payment partner and banks do about them: all
through the sandbox."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select

from practice.bookings import actions, sold
from practice.bookings.actions import Agreed, Wish
from practice.bookings.models import Booking
from practice.invoices import actions as invoices
from practice.payments import inbox, operations, payday, sweeping
from practice.sandbox import world
from practice.sandbox.objects import of_kind
from practice.store.db import db
from practice.values import clock

from .scene import Scene

MINUTE = timedelta(minutes=1)
Pays = Callable[[Scene], object]


def buy(wish: Wish) -> Booking:
    """Press the button of the review page, in a hurry where the law would make one wait."""
    order = actions.buy(wish, Agreed(sold.for_sale(wish.offer, wish.client).shown, is_express=True))
    return db.session.scalars(select(Booking).where(Booking.code == order.lines[0].subject_code)).one()


def tend() -> None:
    """What there is to do by now: the partner is told, goes on, and is listened to."""
    operations.carry_out()
    world.go_on()
    inbox.look_at_due()
    operations.carry_out()


def keep_house() -> None:
    """What the worker does in a morning: who earned something may have it, on Mondays at their bank."""
    if sweeping.ripen_lines():
        tend()
    if clock.now().weekday() == payday.MONDAY:
        payday.run()
        tend()
    invoices.write_all()


def _pay(scene: Scene) -> None:
    world.pay(scene.order.page)
    tend()


def _pay_slowly(scene: Scene) -> None:
    world.pay_slowly(scene.order.page)
    tend()


def _never_arrives(scene: Scene) -> None:
    world.settle_slow_payment(scene.order.page, arrives=False)


def _stay_away(_: Scene) -> None:
    sweeping.end_holds()


def _refund_comes_back(scene: Scene) -> None:
    (refund,) = of_kind("refund", parent=scene.order.charge)
    world.fail_refund(refund.id)


def _complain(scene: Scene) -> None:
    world.open_dispute(scene.order.charge)


def _decide(*, is_won: bool) -> Pays:
    return lambda scene: world.decide_dispute(scene.order.dispute_name, is_won=is_won)


# So many minutes after the order began, and so many hours after the start.
AT_THE_TILL: dict[str, tuple[float, Pays]] = {
    "pay": (3, _pay),
    "pay_slowly": (3, _pay_slowly),
    "stay_away": (31.5, _stay_away),
    "never_arrives": (60 * 60, _never_arrives),
    "refund_comes_back": (60 * 80, _refund_comes_back),
}
AT_THE_BANK: dict[str, tuple[float, Pays]] = {
    "complain": (36, _complain),
    "bank_is_with_us": (36 + 70, _decide(is_won=True)),
    "bank_is_with_them": (36 + 90, _decide(is_won=False)),
}
