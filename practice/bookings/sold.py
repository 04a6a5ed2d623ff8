"""This file knows what was agreed when a booking was sold, and would be if it were now: values for the calculator."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flask import current_app
from sqlalchemy import and_, or_, select

from practice.accounts.models import User
from practice.payments import queries as payments
from practice.payments.models import Order, OrderLine
from practice.payments.states import ASKED_BACK, GONE, DisputeState, PaymentState, RefundState, Seat
from practice.specialists import queries as specialists
from practice.specialists.cancel_rules import PRESETS, CancelRule, Preset
from practice.specialists.models import Offer
from practice.store.db import db
from practice.store.notes import noted
from practice.values.money import Money

from . import policy, withdrawal
from .models import Appointment, Booking
from .money_back import Paid, Sold, Split, Turn, Why, best, split
from .states import BookingState

# What the orders call a booking.
KIND = "session"
# Of these one has been paid, whatever became of it.
CAME_TO = (BookingState.CONFIRMED, BookingState.COMPLETED, BookingState.CLIENT_MISSED)
_SETTLED = (Why.TECHNICAL, Why.NOTHING_PAID)
# The same as `awaits_word`.
AWAITS_WORD = and_(
    Booking.state == BookingState.TECH_FAILURE,
    Booking.price_amount.is_not(None),
    or_(Booking.returned_why.is_(None), Booking.returned_why.not_in(_SETTLED)),
)


# ---------------------------------------------------------------- before it is sold


@dataclass(frozen=True)
class ForSale:
    """At which price and under which rule somebody can have an offer; in words, `shown`, what a form carries of it."""

    price: Money
    rule: CancelRule

    @property
    def shown(self) -> str:
        """Everything of it that must be as the page said, as text."""
        return f"{self.price.amount} {self.price.currency} {self.rule.stored}"


def for_sale(offer: Offer, client: User) -> ForSale:
    """What this person pays for it, and what comes back if they cancel."""
    return ForSale(specialists.price_for(offer, client), offer.rule or PRESETS[Preset.STANDARD])


def is_sold(offer: Offer) -> bool:
    """Whether it can be paid for at the moment: money can be sent to its specialist, in its currency."""
    is_open = "stripe_gateway" in current_app.extensions
    return is_open and specialists.sells(offer.specialist).sells(offer.price)


def as_if_bought(sale: ForSale, starts_at: datetime, withdrawn_until: datetime | None = None) -> Sold:
    """The same once it would be paid for, for what a page promises before; until when (UTC) the law would let whoever
    reads it withdraw."""
    nothing = Money(0, sale.price.currency)
    paid = Paid(line="", amount=sale.price, rate=0, returned=nothing)
    return Sold(rule=sale.rule, price=sale.price, paid=(paid,), starts_at=starts_at, withdrawn_until=withdrawn_until)


# ---------------------------------------------------------------- once it is


def of(booking: Booking, lines: Sequence[OrderLine] | None = None) -> Sold:
    """What was agreed about a booking, and what was paid for it so far; `lines` where they were read already."""
    fits = fits_until(booking) if booking.confirmed_at is not None else None
    return replace(to_cancel(booking, lines), fits_until=fits)


def to_cancel(booking: Booking, lines: Sequence[OrderLine] | None = None) -> Sold:
    """The same as far as it tells what a cancellation brings, without looking at earlier sessions."""
    found = lines_of(booking) if lines is None else lines
    price = booking.price or Money(0, "EUR")
    return Sold(
        rule=booking.terms.cancel_rule,
        price=price,
        paid=tuple(_bought(booking, found)),
        starts_at=booking.starts_at,
        undo_until=policy.undo_until(booking.terms, booking.confirmed_at, booking.starts_at)
        if booking.confirmed_at
        else None,
        withdrawn_until=withdrawn_until(booking, bought_at(booking)),
        express=booking.is_express,
        stopped=not is_open(booking),
    )


def is_open(booking: Booking) -> bool:
    """Whether another time can be had with its specialist: the practice takes appointments, and whoever would agree to
    one can sign in."""
    return booking.specialist.is_visible and booking.specialist.user.active


def bought_at(booking: Booking) -> datetime:
    """When it was bought, whatever was paid for another length since."""
    return booking.confirmed_at or booking.created_at


def withdrawn_until(booking: Booking, at: datetime) -> datetime | None:
    """The last instant (UTC) at which the law lets its client withdraw from what was bought `at`; None where it does
    not."""
    if booking.price_amount is None:
        return None
    return withdrawal.until(at, booking.client_zone, can_withdraw=booking.can_withdraw)


def needs_express(booking: Booking, starts_at: datetime, at: datetime | None = None) -> bool:
    """Whether its client has to ask for it first, to have it at that start (UTC): it is within the days in which they
    could withdraw, were it bought `at`, and they have asked for no session so early."""
    until = withdrawn_until(booking, at or _last_bought_at(booking))
    return until is not None and not booking.is_express and starts_at <= until


def hurry_until(booking: Booking, now: datetime) -> datetime | None:
    """Until when (UTC) a start has to be asked for so; None where none has."""
    return withdrawn_until(booking, _last_bought_at(booking)) if needs_express(booking, now) else None


def _last_bought_at(booking: Booking) -> datetime:
    return booking.lengthened_at or bought_at(booking)


def lines_of(booking: Booking) -> Sequence[OrderLine]:
    """The lines that it was bought with, the oldest first; none for what is free, without a question. While one is
    paid, it was read behind its order's lock."""
    if booking.price_amount is None:
        return ()
    found: Sequence[OrderLine] | None = noted("lines being paid").get(booking.code)
    return found or payments.lines_of(KIND, booking.code)


def is_asked_back(booking: Booking, lines: Sequence[OrderLine] | None = None) -> bool:
    """Whether the bank of the card asks for the money that the session stands on, or has some of it; `lines` where they
    were read already."""
    asked = ASKED_BACK | {DisputeState.LOST}
    return any(line.order.dispute in asked for line in stands_on(lines_of(booking) if lines is None else lines))


def stands_on(lines: Sequence[OrderLine]) -> Sequence[OrderLine]:
    """Those of which something is left: what went back whole, such as a difference that came too late, has no part in
    the session any more; all of them where nothing is left of any."""
    return [line for line in lines if line.back < line.price] or lines


def payments_of(booking: Booking) -> list[tuple[datetime, Money]]:
    """Each payment for it that arrived, with when (UTC)."""
    orders = [line.order for line in lines_of(booking)]
    return [(each.paid_at, Money(each.paid, each.paid_in)) for each in orders if each.paid_at is not None]


def held_by_bank(booking: Booking) -> Money:
    """What was promised back and is not sent before the bank of its card has decided: each payment waits for a question
    about itself only."""
    waiting = (line for line in lines_of(booking) if line.order.dispute in ASKED_BACK)
    left = (Money(line.back, line.order.currency) - _came_back(line) - _failed(line) for line in waiting)
    return sum(left, Money(0, booking.price_currency or "EUR"))


def came_back(booking: Booking) -> Money:
    """What has left for its client of what was promised back, by us or by the bank of their card; the rest is still to
    come."""
    lines = lines_of(booking)
    return sum((_came_back(line) for line in lines), Money(0, booking.price_currency or "EUR"))


def owed_by_hand(booking: Booking) -> Money:
    """What went back and did not arrive, so that somebody of the staff has to pay it."""
    return sum((_failed(line) for line in lines_of(booking)), Money(0, booking.price_currency or "EUR"))


def came_by_bank(booking: Booking) -> Money:
    """What of that came from the bank of the card, which decided so."""
    found = (Money(min(line.back, _lost(line)), line.order.currency) for line in lines_of(booking))
    return sum(found, Money(0, booking.price_currency or "EUR"))


def _failed(line: OrderLine) -> Money:
    failed = sum(each.amount for each in line.order.refunds if each.state == RefundState.FAILED)
    return Money(failed, line.order.currency)


def _came_back(line: OrderLine) -> Money:
    gone = sum(each.amount for each in line.order.refunds if each.state in GONE)
    return Money(min(line.back, gone + _lost(line)), line.order.currency)


def _lost(line: OrderLine) -> int:
    return sum(each.amount for each in line.order.disputes if each.state == DisputeState.LOST)


def is_held_up(booking: Booking, lines: Sequence[OrderLine] | None = None) -> bool:
    """Whether somebody looks at its money already: our staff, or the bank of the card; `lines` where they were read."""
    found = lines_of(booking) if lines is None else lines
    return is_asked_back(booking, found) or any(line.frozen for line in found)


def awaits_word(booking: Booking) -> bool:
    """Whether one side said that the call of a paid session did not work, and nothing has followed from it yet."""
    is_broken = booking.state == BookingState.TECH_FAILURE and booking.price_amount is not None
    return is_broken and booking.returned_why not in _SETTLED


def may_choose(booking: Booking, by: User | None) -> bool:
    """Whether a cancellation by this person leaves its client a choice: by its own specialist, whose practice goes on,
    and with money that is the client's to have back."""
    if booking.price_amount is None or by is None or by.id != booking.specialist.user_id:
        return False
    return is_open(booking) and _is_left_whole(booking)


def chooses_until(booking: Booking) -> datetime | None:
    """Until when (UTC) its client chooses what becomes of its money; None where none of that is left to them, or not
    all."""
    return booking.choice_until if booking.choice_until is not None and _is_left_whole(booking) else None


def _is_left_whole(booking: Booking) -> bool:
    return is_untouched(booking) and not left_and_returned(booking)[0].is_free and not is_asked_back(booking)


def is_untouched(booking: Booking) -> bool:
    """Whether nothing of its price has gone back; what was paid beyond it (another length) does not count."""
    return booking.price is not None and booking.price <= left_and_returned(booking)[0]


def begun_unpaid(now: datetime) -> Sequence[OrderLine]:
    """The lines of sessions that have begun while a slow payment has no result."""
    asked = (
        select(OrderLine)
        .join(OrderLine.order)
        .join(Booking, Booking.code == OrderLine.subject_code)
        .join(Booking.appointment)
        .where(
            OrderLine.subject_kind == KIND,
            OrderLine.seat == Seat.HELD,
            Order.payment == PaymentState.PROCESSING,
            Appointment.starts_at <= now,
        )
    )
    return db.session.scalars(asked.order_by(OrderLine.id)).all()


def _paid(line: OrderLine) -> Paid:
    currency = line.order.currency
    return Paid(
        line=line.code,
        amount=Money(line.price, currency),
        rate=line.rate,
        returned=Money(line.back, currency),
        at_bank=line.order.dispute in ASKED_BACK,
    )


def _bought(booking: Booking, lines: Sequence[OrderLine]) -> Iterator[Paid]:
    """What was paid: the first payment within the days of the booking, each difference within days of its own."""
    is_first = True
    for line in lines:
        if line.order.payment == PaymentState.PAID:
            at = None if is_first else line.order.paid_at
            yield replace(_paid(line), withdrawn_until=withdrawn_until(booking, at) if at is not None else None)
            is_first = False


def fits_until(booking: Booking) -> datetime | None:
    """Until when "fit, no charge" may be said of it: after the first paid session of a pair, where no consultation
    comes first."""
    if booking.price_amount is None or booking.appointment.offer.consult_first:
        return None
    earlier = (
        select(Booking.id)
        .join(Booking.appointment)
        .where(
            Booking.person_key == booking.person_key,
            Booking.specialist_id == booking.specialist_id,
            Booking.price_amount.is_not(None),
            Booking.state.in_(CAME_TO),
            Booking.id != booking.id,
            Appointment.starts_at < booking.starts_at,
        )
    )
    is_first = db.session.scalar(earlier.limit(1)) is None
    return policy.fits_until(booking.ends_at, is_first_paid=is_first, consult_first=False)


# ---------------------------------------------------------------- what a cancellation is


def cancelled(booking: Booking, at: datetime, lines: Sequence[OrderLine] | None = None) -> tuple[Turn, Split]:
    """A client's cancellation at that instant (UTC), and what it brings: of all that they have a right to the best,
    and the grace of their pair only where nothing else helps as much."""
    found = to_cancel(booking, lines)
    state = policy.cancelled_state(booking.terms, booking.starts_at, at, is_open(booking))
    plain = Turn(state=state, at=at)
    is_late = split(found, plain).kept.amount > 0
    turn, brings = best(found, plain, grace=is_late and has_grace(booking, at))
    return (replace(turn, state=BookingState.UNDONE) if brings.why == Why.UNDONE else turn), brings


def has_grace(booking: Booking, at: datetime) -> bool:
    """Whether a late cancellation of this pair would be forgiven."""
    before = select(Booking.forgiven_at).where(
        Booking.person_key == booking.person_key,
        Booking.specialist_id == booking.specialist_id,
        Booking.forgiven_at.is_not(None),
        Booking.id != booking.id,
    )
    return policy.has_grace([each for each in db.session.scalars(before) if each is not None], at)


# ---------------------------------------------------------------- what more may come back


def left_and_returned(booking: Booking) -> tuple[Money, Money]:
    """What of its price nobody has got back or been promised, and what somebody has."""
    found = as_it_is(booking)
    return found.kept, found.back


def as_it_is(booking: Booking) -> Split:
    """Where its money is now, and was promised to be: nothing more comes back by itself."""
    paid = tuple(_paid(line) for line in lines_of(booking) if line.order.payment == PaymentState.PAID)
    whole = sum((each.amount for each in paid), Money(0, booking.price_currency or "EUR"))
    agreed = Sold(rule=booking.terms.cancel_rule, price=whole, paid=paid, starts_at=booking.starts_at)
    return split(agreed, Turn(state=BookingState.CONFIRMED, at=booking.starts_at))


def no_more_yet(booking: Booking) -> str:
    """Why its specialist cannot give back more of it now; "" where they can. It is what the page asks too."""
    if booking.is_live:
        return "More can be given back once it is cancelled or over."
    if booking.choice_until is not None:
        return "Your client chooses what becomes of all of it, so there is nothing to add to that."
    if awaits_word(booking):
        return "Whether the call worked is still to be said, and all of it may go back by that."
    return ""


def may_say_no_fit(booking: Booking, now: datetime) -> bool:
    """Whether its client can say now that it does not fit: it has ended, and was the first of the two."""
    is_over = booking.state in (BookingState.CONFIRMED, BookingState.COMPLETED) and now >= booking.ends_at
    if booking.price_amount is None or not is_over or booking.returned_why == Why.NO_FIT:
        return False
    until = fits_until(booking)
    return until is not None and now <= until
