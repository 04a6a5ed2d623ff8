"""This file knows how sessions of the demo are paid, and what workers, the payment partner and banks do about them: all
through the sandbox."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select

from practice.accounts.models import User
from practice.bookings import actions, lengths, sold
from practice.bookings import queries as bookings
from practice.bookings.actions import Agreed
from practice.bookings.models import Booking
from practice.bookings.queries import Looker
from practice.disputes import actions as disputes
from practice.disputes.actions.opening import Opening
from practice.disputes.models import Dispute
from practice.disputes.states import Reason, Wish
from practice.invoices import actions as invoices
from practice.payments import actions as payments
from practice.payments import inbox, operations, payday, queries, sweeping
from practice.payments.actions import Change
from practice.payments.kinds import SettingKey
from practice.sandbox import world
from practice.sandbox.objects import of_kind
from practice.store.db import db
from practice.values import clock

from .people import SENTENCES
from .scene import Scene

MINUTE = timedelta(minutes=1)
Pays = Callable[[Scene], object]


def buy(wish: actions.Wish) -> Booking:
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
    """What the worker does in a morning: what nobody chose in time comes back, and who earned something may have it, on
    Mondays at their bank."""
    actions.return_unchosen()
    sweeping.ripen_lines()
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


def _make_longer(scene: Scene) -> None:
    """The next dearer length, as near to the old time as there is one, and the difference is paid."""
    booking = scene.booking
    length = next(each for each in lengths.others(booking) if not each.more.is_free)
    (start,) = bookings.nearest(length.offer, booking.starts_at, Looker((booking,), booking.client), count=1)
    wanted = actions.OtherLength(length.offer.code, start, length.shown, is_express=True)
    actions.order_length(booking, wanted, by=scene.client)
    tend()
    _pay(scene)


def _complain(scene: Scene) -> None:
    world.open_dispute(scene.order.charge)


def _decide(*, is_won: bool) -> Pays:
    return lambda scene: world.decide_dispute(scene.order.disputes[-1].name, is_won=is_won)


def _say_what_was_wrong(scene: Scene) -> None:
    opening = Opening(Reason.LATE_OR_SHORT, Wish.PART, SENTENCES.complained)
    disputes.open_dispute(scene.booking, opening, by=scene.client)


def _answer_them(scene: Scene) -> None:
    found = db.session.scalars(select(Dispute).where(Dispute.booking_id == scene.booking.id)).one()
    disputes.say(found, SENTENCES.answered, by=scene.specialist)


def propose_a_lower_share(by: User) -> None:
    """One of the staff does, and the other has to agree."""
    share = queries.commission_rate() - 100
    payments.propose_setting(Change(key=SettingKey.COMMISSION, value=share, because=SENTENCES.because), by=by)


# So many minutes after the order began, and so many hours after the start.
AT_THE_TILL: dict[str, tuple[float, Pays]] = {
    "pay": (3, _pay),
    "pay_slowly": (3, _pay_slowly),
    "make_longer": (60 * 5, _make_longer),
    "stay_away": (31.5, _stay_away),
    "never_arrives": (60 * 60, _never_arrives),
    "refund_comes_back": (60 * 80, _refund_comes_back),
}
AFTERWARDS: dict[str, tuple[float, Pays]] = {
    "complain": (36, _complain),
    "say_what_was_wrong": (3, _say_what_was_wrong),
    "answer_them": (9, _answer_them),
    "bank_is_with_us": (36 + 70, _decide(is_won=True)),
    "bank_is_with_them": (36 + 90, _decide(is_won=False)),
}
