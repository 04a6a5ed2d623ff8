"""This file knows every read of disputes, of cases of safety, and of what a card holder's bank asks back."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, bindparam, exists, false, or_, select
from sqlalchemy.orm import joinedload, selectinload

from practice.accounts.models import User
from practice.bookings import complaints, sold
from practice.bookings import queries as bookings
from practice.bookings.models import Booking
from practice.bookings.states import BookingState, Outcome
from practice.bookings.who_may import Side
from practice.payments import queries as payments
from practice.payments.models import BankDispute, DisputeEvidence, Order, OrderLine
from practice.payments.policy.guards import ANSWERED
from practice.payments.states import ASKED_BACK
from practice.specialists.models import Specialist
from practice.store.db import db
from practice.values.errors import NotFound
from practice.values.money import Money

from .models import Dispute, Ruling, SafetyCase
from .policy import Known, Session
from .states import CaseState, DisputeState, RulingState

A_PAGE = 100
_NUMBER = re.compile(r"D-(\d{4})-(\d{4,9})")


# ---------------------------------------------------------------- what decides


def session_of(booking: Booking) -> Session:
    """A session as the rules see it; in an action, after its lock."""
    kept, _ = sold.left_and_returned(booking)
    contest = bookings.contest_of(booking)
    return Session(
        state=BookingState(booking.state),
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        is_paid=any(line.order.paid_at is not None for line in sold.lines_of(booking)),
        is_left=kept.amount > 0,
        is_contested=contest is not None and contest.outcome == Outcome.OPEN,
        at_bank=is_at_bank(booking),
        is_disputed=dispute_about(booking) is not None,
        is_reported=open_case_about(booking) is not None,
    )


def known_of(dispute: Dispute) -> Known:
    """A dispute as the rules see it; in an action, after its lock."""
    holds = in_force(dispute, is_appeal=False)
    waits = waiting(dispute)
    accepted = {Side.CLIENT: dispute.client_accepted_at, Side.SPECIALIST: dispute.specialist_accepted_at}
    return Known(
        state=DisputeState(dispute.state),
        due_at=dispute.due_at,
        at_bank=is_at_bank(dispute.booking),
        percent=None if holds is None else holds.percent,
        deciders=frozenset(filter(None, (holds.by_id, holds.agreed_by_id))) if holds else frozenset(),
        waits_for_second=None if waits is None else waits.by_id,
        accepted=frozenset(side for side, at in accepted.items() if at is not None),
        statements=Counter(Side(each.side) for each in dispute.statements),
    )


def in_force(dispute: Dispute, *, is_appeal: bool) -> Ruling | None:
    """What staff decided, the first time or after one side asked another person."""
    found = (each for each in dispute.rulings if each.state == RulingState.IN_FORCE and each.is_appeal == is_appeal)
    return next(found, None)


def last_in_force(dispute: Dispute) -> Ruling | None:
    """What holds now."""
    return in_force(dispute, is_appeal=True) or in_force(dispute, is_appeal=False)


def waiting(dispute: Dispute) -> Ruling | None:
    """What waits for a second person."""
    return next((each for each in dispute.rulings if each.state == RulingState.WAITING), None)


def side_of(booking: Booking, user: User) -> Side:
    """Who somebody is to it."""
    return bookings.side_of(booking, user)


def is_at_bank(booking: Booking) -> bool:
    """Whether the card's bank asks for money of this session now."""
    return any(line.order.dispute in ASKED_BACK for line in sold.stands_on(sold.lines_of(booking)))


def codes_at_bank(disputes: Sequence[Dispute]) -> frozenset[str]:
    """The codes of sessions among these about which a bank is asked: one question, however many."""
    codes = [each.booking.code for each in disputes]
    asked = (
        select(OrderLine.subject_code)
        .join(OrderLine.order)
        .where(OrderLine.subject_kind == sold.KIND, OrderLine.subject_code.in_(codes), Order.dispute.in_(ASKED_BACK))
        .where(OrderLine.back < OrderLine.price)
    )
    return frozenset(db.session.scalars(asked)) if codes else frozenset()


def price_of(booking: Booking) -> Money:
    """Of what a decision returns a part."""
    return booking.price or Money(0, booking.price_currency or "EUR")


def back_of_price(booking: Booking) -> Money:
    """What of that has come back, or will. What was paid beyond it, for another length, is none of it."""
    price = price_of(booking)
    return price - min(price, sold.left_and_returned(booking)[0])


# ---------------------------------------------------------------- whose it is


def dispute_about(booking: Booking) -> Dispute | None:
    """What its client opened about a session; None where they did not."""
    return db.session.scalar(_whole().where(Dispute.booking_id == booking.id))


@complaints.knows
def is_disputed(booking: Booking) -> bool:
    """Whether its client ever had staff look at its money, however that ended."""
    return db.session.scalar(select(Dispute.id).where(Dispute.booking_id == booking.id)) is not None


def of_client(user: User, code: str) -> tuple[Booking, Dispute]:
    """A dispute about somebody's own session; raises `NotFound`."""
    return _with_dispute(bookings.booking_of_client(user, code))


def of_practice(user: User, code: str) -> tuple[Booking, Dispute]:
    """A dispute about a session of somebody's practice; raises `NotFound`."""
    return _with_dispute(bookings.booking_of_specialist(user, code))


def _with_dispute(booking: Booking) -> tuple[Booking, Dispute]:
    found = dispute_about(booking)
    if found is None:
        raise NotFound()
    return booking, found


def of_orders(orders: Sequence[Order]) -> Sequence[Dispute]:
    """Those about what was bought with some orders, each once."""
    codes = {line.subject_code for order in orders for line in order.lines if line.subject_kind == sold.KIND}
    return db.session.scalars(_whole().join(Dispute.booking).where(Booking.code.in_(codes))).all()


def _whole() -> Select[Dispute]:
    return select(Dispute).options(
        joinedload(Dispute.booking).joinedload(Booking.appointment),
        joinedload(Dispute.booking).joinedload(Booking.specialist).joinedload(Specialist.user),
        selectinload(Dispute.statements),
        selectinload(Dispute.rulings),
    )


# ---------------------------------------------------------------- staff


def by_number(number: str) -> Dispute:
    """A dispute by what people call it, for staff; raises `NotFound`."""
    read = _NUMBER.fullmatch(number)
    found = db.session.scalar(_whole().where(Dispute.id == int(read[2]))) if read else None
    if found is None or found.number != number:
        raise NotFound()
    return found


def open_disputes() -> Sequence[Dispute]:
    """All that are not closed, the oldest first."""
    asked = _whole().where(Dispute.state != DisputeState.CLOSED).order_by(Dispute.opened_at, Dispute.id)
    return db.session.scalars(asked).all()


def closed_lately() -> Sequence[Dispute]:
    """The newest of those that are over."""
    asked = _whole().where(Dispute.state == DisputeState.CLOSED).order_by(Dispute.closed_at.desc(), Dispute.id.desc())
    return db.session.scalars(asked.limit(A_PAGE)).all()


def needing_staff(who: User) -> int:
    """How much waits for somebody here, as far as `who` may know: disputes to decide, cases of safety, what
    a bank asks and nobody answered."""
    to_decide = (DisputeState.IN_MEDIATION, DisputeState.APPEALED)
    disputes = [each for each in open_disputes() if each.state in to_decide]
    waits = codes_at_bank(disputes)
    unanswered = [asked for asked, sent in at_bank() if asked.state in ANSWERED and sent is None]
    return sum(each.booking.code not in waits for each in disputes) + len(open_cases(but_about=who)) + len(unanswered)


# ---------------------------------------------------------------- safety


def open_case_about(booking: Booking) -> SafetyCase | None:
    """What the safety team looks into about this appointment."""
    asked = select(SafetyCase).where(SafetyCase.booking_id == booking.id, SafetyCase.state == CaseState.OPEN)
    return db.session.scalar(asked)


def cases_about(booking: Booking) -> Sequence[SafetyCase]:
    """All of them, the oldest first."""
    return db.session.scalars(
        select(SafetyCase).where(SafetyCase.booking_id == booking.id).order_by(SafetyCase.id)
    ).all()


def open_cases(*, but_about: User | None = None) -> Sequence[SafetyCase]:
    """Those that wait for somebody, the oldest first; none about a session of `but_about`."""
    asked = (
        select(SafetyCase)
        .options(joinedload(SafetyCase.booking).joinedload(Booking.specialist))
        .where(SafetyCase.state == CaseState.OPEN, SafetyCase.code.not_in(_cases_of(but_about)))
        .order_by(SafetyCase.opened_at, SafetyCase.id)
    )
    return db.session.scalars(asked).all()


def subjects_about(user: User) -> Sequence[str]:
    """How the log names the cases about sessions of somebody ("case:CODE")."""
    return [f"case:{code}" for code in db.session.scalars(_cases_of(user))]


def _cases_of(user: User | None) -> Select[str]:
    if user is None:
        return select(SafetyCase.code).where(false())
    mine = or_(Booking.client_id == user.id, Booking.specialist.has(user_id=user.id))
    return select(SafetyCase.code).join(SafetyCase.booking).where(mine)


def case(code: str) -> SafetyCase:
    """One of them for staff; raises `NotFound`."""
    found = db.session.scalar(select(SafetyCase).where(SafetyCase.code == code))
    if found is None:
        raise NotFound()
    return found


# ---------------------------------------------------------------- banks


def at_bank() -> list[tuple[BankDispute, DisputeEvidence | None]]:
    """What cards' banks ask or asked, with what was sent about it; open ones first, the next due first."""
    is_open = BankDispute.state.in_(ANSWERED)
    rows: Any = db.session.execute(
        select(BankDispute, DisputeEvidence)
        .outerjoin(DisputeEvidence, DisputeEvidence.dispute_name == BankDispute.name)
        .options(joinedload(BankDispute.order))
        .order_by(is_open.desc(), BankDispute.evidence_until, BankDispute.id.desc())
        .limit(A_PAGE)
    )
    return [(row[0], row[1]) for row in rows]


def asked_of(code: str) -> BankDispute:
    """What matters now of what banks asked about an order; raises `NotFound` where none did."""
    order = payments.order(code)
    if order is None or order.bank is None:
        raise NotFound()
    return order.bank


def bookings_of(order: Order) -> Sequence[Booking]:
    """What was bought with an order, as far as it is sessions."""
    codes = [line.subject_code for line in order.lines if line.subject_kind == sold.KIND]
    return db.session.scalars(select(Booking).where(Booking.code.in_(codes)).order_by(Booking.id)).all()


def unfrozen() -> Sequence[str]:
    """Codes of sessions with an open dispute whose money goes on all the same; none, if all is well."""
    disputed = exists().where(
        Dispute.booking_id == Booking.id, Dispute.state != DisputeState.CLOSED, Booking.code == OrderLine.subject_code
    )
    asked = select(OrderLine.subject_code).where(
        OrderLine.subject_kind == sold.KIND, OrderLine.frozen.is_(False), disputed
    )
    return db.session.scalars(asked.distinct()).all()


def open_in_practice(user: User) -> Sequence[Dispute]:
    """Open disputes about sessions of somebody's practice."""
    mine = Booking.specialist.has(user_id=user.id)
    asked = _whole().join(Dispute.booking).where(mine, Dispute.state != DisputeState.CLOSED).order_by(Dispute.id)
    return db.session.scalars(asked).all()


HAS_OPEN = (
    select(Dispute.id)
    .join(Dispute.booking)
    .where(Booking.client_id == bindparam("user"), Dispute.state != DisputeState.CLOSED)
    .exists()
)


def open_of_client(user: User) -> Sequence[Dispute]:
    """Open disputes about what somebody bought, the oldest first; `HAS_OPEN` says for `user` whether there are any."""
    mine = Booking.client_id == user.id
    asked = _whole().join(Dispute.booking).where(mine, Dispute.state != DisputeState.CLOSED).order_by(Dispute.id)
    return db.session.scalars(asked).all()


def open_of(user: User) -> Sequence[Dispute]:
    """Open disputes that somebody is a side of."""
    mine = or_(Booking.client_id == user.id, Booking.specialist.has(user_id=user.id))
    asked = _whole().join(Dispute.booking).where(mine, Dispute.state != DisputeState.CLOSED).order_by(Dispute.id)
    return db.session.scalars(asked).all()
