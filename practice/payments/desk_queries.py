"""This file knows every read of the desk of money: what waits, is blocked or was compared, and which order is meant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import joinedload

from practice.accounts.models import User
from practice.providers.stripe_gateway.values import AccountState
from practice.store.db import db
from practice.values.errors import NotFound
from practice.values.money import Money

from .desk_models import MoneyProposal, MoneyRun
from .kinds import ProposalKind, SettingKey
from .models import (
    BankDispute,
    Concern,
    DisputeEvidence,
    MoneyOperation,
    Order,
    OrderLine,
    PayeeAccount,
    Payout,
    RefundRow,
)
from .policy.effects import Concern as Why
from .policy.guards import ANSWERED
from .policy.purchase import payees_of
from .states import PayoutState, ProposalState, RefundState

A_PAGE = 50
ENOUGH = 8  # characters of a code
WHO = (joinedload(MoneyProposal.proposed_by), joinedload(MoneyProposal.decided_by), joinedload(MoneyProposal.order))
WHOSE = (
    joinedload(MoneyProposal.order).joinedload(Order.buyer),
    joinedload(MoneyProposal.order).selectinload(Order.lines).joinedload(OrderLine.payee),
)

# ---------------------------------------------------------------- proposals and concerns


def proposal(code: str) -> MoneyProposal:
    """What one of the staff wanted; raises `NotFound`."""
    found = db.session.scalars(select(MoneyProposal).where(MoneyProposal.code == code)).first()
    if found is None:
        raise NotFound("There is no such proposal.")
    return found


def waiting() -> Sequence[MoneyProposal]:
    """What waits for a second person, the oldest first."""
    asked = select(MoneyProposal).where(MoneyProposal.state == ProposalState.PROPOSED).options(*WHO, *WHOSE)
    return db.session.scalars(asked.order_by(MoneyProposal.id)).all()


def decided() -> Sequence[MoneyProposal]:
    """The newest of what was decided on or lapsed; settings have a page of their own."""
    over = (MoneyProposal.state != ProposalState.PROPOSED, MoneyProposal.kind != ProposalKind.SETTING)
    asked = select(MoneyProposal).where(*over).options(*WHO).order_by(MoneyProposal.decided_at.desc()).limit(A_PAGE)
    return db.session.scalars(asked).all()


def proposals_about(about: str) -> Sequence[MoneyProposal]:
    """Everything that was wanted about one order ("order:CODE") or setting, the oldest first."""
    asked = select(MoneyProposal).where(MoneyProposal.about == about).options(*WHO)
    return db.session.scalars(asked.order_by(MoneyProposal.id)).all()


def is_by_staff(order: Order, number: int) -> bool:
    """Whether all of a refund is what staff decided to give back since the refund before it was asked for."""
    counted = [each for each in order.refunds if each.number <= number and each.state != RefundState.REFUSED]
    *earlier, this = sorted(counted, key=lambda each: each.number)
    back = MoneyProposal.kind.in_((ProposalKind.REFUND, ProposalKind.IN_DOUBT))
    decided = [MoneyProposal.decided_at <= this.made_at]
    decided += [MoneyProposal.decided_at > each.made_at for each in earlier[-1:]]
    agreed = (MoneyProposal.order_id == order.id, back, MoneyProposal.state == ProposalState.AGREED, *decided)
    return db.session.scalar(select(func.sum(MoneyProposal.amount)).where(*agreed)) == this.amount


def waits_about(key: SettingKey) -> MoneyProposal | None:
    """What of a setting waits for a second person."""
    about = (MoneyProposal.about == f"setting:{key}", MoneyProposal.state == ProposalState.PROPOSED)
    return db.session.scalars(select(MoneyProposal).where(*about).options(*WHO)).first()


def concern(code: str) -> Concern:
    """One thing that staff look at; raises `NotFound`."""
    found = db.session.scalars(select(Concern).where(Concern.code == code)).first()
    if found is None:
        raise NotFound("There is no such thing to look at.")
    return found


def concerns(*of: ColumnElement[bool]) -> Sequence[Concern]:
    """What staff have to look at, the oldest first, with its order; so many at a time."""
    asked = select(Concern).where(Concern.closed_at.is_(None), *of).options(joinedload(Concern.order))
    return db.session.scalars(asked.order_by(Concern.id).limit(A_PAGE)).all()


def concerns_of(order: Order) -> Sequence[Concern]:
    """All of an order, also those that were closed, the oldest first."""
    asked = select(Concern).where(Concern.order_id == order.id).options(joinedload(Concern.closed_by))
    return db.session.scalars(asked.order_by(Concern.id)).all()


def answered(concerns: Iterable[Concern]) -> set[int]:
    """The ids of orders of these whose bank has been answered all that it asks."""
    ids = [each.order_id for each in concerns if each.kind == Why.DISPUTE]
    asked = (
        select(BankDispute.order_id, DisputeEvidence.id)
        .outerjoin(DisputeEvidence, DisputeEvidence.dispute_name == BankDispute.name)
        .where(BankDispute.order_id.in_(ids), BankDispute.state.in_(ANSWERED))
    )
    rows = db.session.execute(asked).all()
    return {order for order, _ in rows} - {order for order, evidence in rows if evidence is None}


def looked_at() -> Sequence[Concern]:
    """The newest of what somebody has closed."""
    asked = select(Concern).where(Concern.closed_at.is_not(None)).options(joinedload(Concern.closed_by))
    return db.session.scalars(
        asked.options(joinedload(Concern.order)).order_by(Concern.closed_at.desc()).limit(A_PAGE)
    ).all()


def counts() -> tuple[int, int]:
    """How much waits for a second person, and how much for anybody."""
    open_ones = select(func.count()).where(Concern.closed_at.is_(None))
    wanted = select(func.count()).where(MoneyProposal.state == ProposalState.PROPOSED)
    return db.session.scalar(wanted) or 0, db.session.scalar(open_ones) or 0


# ---------------------------------------------------------------- money on its way


@dataclass(frozen=True)
class OnTheWay:
    """How much of a kind there is in one currency: how many, how much in all, since when the oldest."""

    state: str
    money: Money
    count: int
    since: datetime


def refunds_on_the_way() -> list[OnTheWay]:
    """Refunds that have not arrived, or failed and nobody has paid."""
    states = (RefundState.REQUESTED, RefundState.SENT, RefundState.FAILED)
    paid_in = func.coalesce(func.nullif(Order.paid_in, ""), Order.currency)
    asked = (
        select(RefundRow.state, paid_in, func.sum(RefundRow.amount), func.count(), func.min(RefundRow.made_at))
        .join(Order, Order.id == RefundRow.order_id)
        .where(RefundRow.state.in_(states), RefundRow.amount > 0)
        .group_by(RefundRow.state, paid_in)
    )
    return _on_the_way(asked)


def payouts_on_the_way() -> list[OnTheWay]:
    """Payouts that are asked for, on their way, or came back."""
    states = (PayoutState.PENDING, PayoutState.IN_PAYOUT, PayoutState.FAILED)
    figures = (func.sum(Payout.amount), func.count(), func.min(Payout.changed_at))
    asked = select(Payout.state, Payout.currency, *figures).where(Payout.state.in_(states))
    return _on_the_way(asked.group_by(Payout.state, Payout.currency))


def _on_the_way(asked: object) -> list[OnTheWay]:
    rows = db.session.execute(asked).all()  # type: ignore[call-overload]
    found = [OnTheWay(state, Money(int(of), currency), count, since) for state, currency, of, count, since in rows]
    return sorted(found, key=lambda each: (each.state, each.money.currency))


@dataclass(frozen=True)
class Blocked:
    """A payee whose account takes or pays out nothing, with what waits for it in each currency."""

    payee: User
    account: PayeeAccount | None
    waits: tuple[Money, ...]


def blocked() -> list[Blocked]:
    """Payees with money that cannot be sent to them, and those whose account lacks something; in three questions."""
    waits: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    due = (OrderLine.ripe, OrderLine.open.is_(False), OrderLine.sent == 0, OrderLine.asked == 0, OrderLine.kept > 0)
    lines = select(OrderLine.payee_id, OrderLine.kept, OrderLine.rate, Order.currency).join(Order).where(*due)
    for payee, kept, rate, currency in db.session.execute(lines):
        waits[payee][currency] += payees_of(kept, rate, currency)
    lacks = (
        PayeeAccount.state != AccountState.READY,
        PayeeAccount.pays_out.is_(False),
        PayeeAccount.by_hand.is_(False),
    )
    found = select(PayeeAccount).where(PayeeAccount.ended_at.is_(None), or_(*lacks, PayeeAccount.payee_id.in_(waits)))
    accounts = {each.payee_id: each for each in db.session.scalars(found.options(joinedload(PayeeAccount.payee)))}
    people = db.session.scalars(select(User).where(User.id.in_({*waits, *accounts})).order_by(User.id)).all()
    return [Blocked(each, accounts.get(each.id), _sums(waits[each.id])) for each in people]


def _sums(amounts: dict[str, int]) -> tuple[Money, ...]:
    return tuple(Money(amount, currency) for currency, amount in sorted(amounts.items()))


# ---------------------------------------------------------------- comparisons


def runs(limit: int = 7) -> Sequence[MoneyRun]:
    """The newest comparisons that are done."""
    done = select(MoneyRun).where(MoneyRun.done_at.is_not(None)).order_by(MoneyRun.done_at.desc(), MoneyRun.id.desc())
    return db.session.scalars(done.options(joinedload(MoneyRun.wanted_by)).limit(limit)).all()


def is_run_wanted() -> bool:
    """Whether somebody has asked for one that is not done yet."""
    return db.session.scalar(select(MoneyRun.id).where(MoneyRun.done_at.is_(None)).limit(1)) is not None


# ---------------------------------------------------------------- which order is meant


def order(code: str) -> Order:
    """An order with all that belongs to it, for staff; raises `NotFound`."""
    asked = select(Order).where(Order.code == code).options(joinedload(Order.buyer))
    found = db.session.scalars(asked).first()
    if found is None:
        raise NotFound("There is no such order.")
    return found


def orders_for(sought: str) -> Sequence[Order]:
    """Orders by the beginning of their code or of what was bought, by an id of the card processor's, or the whole
    address of who bought or earned; the newest first."""
    people = select(User.id).where(or_(User.email == sought, User.email_norm == sought.lower()))
    ways: list[ColumnElement[bool]] = [
        Order.buyer_id.in_(people),
        Order.id.in_(select(OrderLine.order_id).where(OrderLine.payee_id.in_(people))),
        *(getattr(Order, name) == sought for name in ("page", "intent", "charge")),
        Order.id.in_(select(RefundRow.order_id).where(RefundRow.name == sought)),
        Order.id.in_(select(BankDispute.order_id).where(BankDispute.name == sought)),
        Order.id.in_(select(MoneyOperation.order_id).where(MoneyOperation.made == sought)),
    ]
    if len(sought) >= ENOUGH:
        lines = select(OrderLine.order_id).where(
            or_(_begins(OrderLine.subject_code, sought), _begins(OrderLine.code, sought))
        )
        ways += [_begins(Order.code, sought), Order.id.in_(lines)]
    asked = select(Order).where(or_(*ways)).options(joinedload(Order.buyer)).order_by(Order.id.desc())
    return db.session.scalars(asked.limit(A_PAGE)).all()


def operations_of(found: Order) -> Sequence[MoneyOperation]:
    """What the card processor was to be told about an order, the oldest first."""
    asked = select(MoneyOperation).where(MoneyOperation.order_id == found.id)
    return db.session.scalars(asked.order_by(MoneyOperation.id)).all()


def _begins(column: object, code: str) -> ColumnElement[bool]:
    """Compared letter by letter: LIKE takes "a" for "A" on SQLite."""
    return func.substr(column, 1, len(code)) == code
