"""This file knows every read of orders and what belongs to them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Select, bindparam, or_, select
from sqlalchemy.orm import selectinload

from practice.accounts.models import User
from practice.config import settings
from practice.providers.stripe_gateway.values import AccountState
from practice.store.db import db
from practice.values import clock
from practice.values.currencies import CURRENCIES
from practice.values.errors import NotFound
from practice.values.money import Money

from .desk_models import MoneySetting
from .kinds import STANDARD, SettingKey
from .models import BankDispute, Concern, DisputeEvidence, Order, OrderLine, PayeeAccount, Payout
from .states import CheckoutState, OrderState, PaymentState

LET_GO_AT_ONCE = 50
# Somebody can still pay, or has just done so: the page of such an order says how it stands.
GOES_ON = frozenset({OrderState.CREATED, OrderState.SESSION_OPEN, OrderState.PROCESSING})

IS_SETTLED_APART = Order.settled_in.not_in(("", Order.currency))

# ---------------------------------------------------------------- orders


def order(code: str) -> Order | None:
    """An order by its public code, for the machine; people get theirs by `order_of_buyer`."""
    return db.session.scalars(select(Order).where(Order.code == code)).first()


def order_of_buyer(buyer: User, code: str) -> Order:
    """Somebody's own order; raises `NotFound` for another's."""
    found = db.session.scalars(select(Order).where(Order.code == code, Order.buyer_id == buyer.id)).first()
    if found is None:
        raise NotFound("This order does not exist.")
    return found


def order_of(kind: str, code: str) -> Order | None:
    """The newest order that something is bought with."""
    found = select(Order).join(OrderLine).where(OrderLine.subject_kind == kind, OrderLine.subject_code == code)
    return db.session.scalars(found.order_by(Order.id.desc()).limit(1)).first()


def lines_of(kind: str, code: str) -> Sequence[OrderLine]:
    """Every line that something was bought with, the oldest first: the first sale, and differences."""
    asked = select(OrderLine).where(OrderLine.subject_kind == kind, OrderLine.subject_code == code)
    return db.session.scalars(asked.order_by(OrderLine.id)).all()


def lines_of_each(kind: str, codes: Collection[str]) -> Mapping[str, Sequence[OrderLine]]:
    """The same for several things of a kind by their codes, with their orders; two questions, however many."""
    named = (OrderLine.subject_kind == kind, OrderLine.subject_code.in_(codes))
    asked = select(OrderLine).where(*named).options(selectinload(OrderLine.order)).order_by(OrderLine.id)
    found: dict[str, list[OrderLine]] = {code: [] for code in codes}
    for line in db.session.scalars(asked):
        found[line.subject_code].append(line)
    return found


def bought_lines(buyer: User, code: str) -> Sequence[OrderLine]:
    """The lines with which somebody bought the thing of this code, the oldest first; none for another's."""
    mine = select(OrderLine).join(OrderLine.order).where(Order.buyer_id == buyer.id, OrderLine.subject_code == code)
    return db.session.scalars(mine.order_by(OrderLine.id)).all()


def order_of_line(code: str) -> Order | None:
    """The order that a line is part of, by the line's code."""
    return db.session.scalars(select(Order).join(OrderLine).where(OrderLine.code == code)).first()


def paid_for(codes: Sequence[str]) -> Sequence[Order]:
    """The orders of which a line has one of these codes, or is about a thing that has, by who buys."""
    named = or_(OrderLine.subject_code.in_(codes), OrderLine.code.in_(codes))
    found = select(Order).where(Order.id.in_(select(OrderLine.order_id).where(named)))
    return db.session.scalars(found.order_by(Order.buyer_id, Order.id)).all() if codes else ()


def orders_of_buyer(buyer: User) -> Sequence[Order]:
    """Somebody's orders, the newest first."""
    return db.session.scalars(select(Order).where(Order.buyer_id == buyer.id).order_by(Order.id.desc())).all()


# Of whoever is asked about as `user`: whether they have begun to pay, and are not done with it.
# The same as `goes_on`.
_GOES_ON = (Order.state.in_(GOES_ON), Order.checkout != CheckoutState.ENDING)
HAS_GOING_ON = select(Order.id).where(Order.buyer_id == bindparam("user"), *_GOES_ON).exists()


def goes_on(order: Order) -> bool:
    """Whether its buyer can go on with it: nobody does where the payment page is asked to end."""
    return order.state in GOES_ON and order.checkout != CheckoutState.ENDING


def going_on_of(buyer: User, payee_id: int | None = None) -> Sequence[Order]:
    """What somebody has begun to pay and neither finished nor let go, the newest first; of one payee, or of all."""
    asked = select(Order).where(Order.buyer_id == buyer.id, *_GOES_ON)
    if payee_id is not None:
        asked = asked.where(Order.lines.any(OrderLine.payee_id == payee_id))
    return db.session.scalars(asked.order_by(Order.id.desc())).all()


def unpaid_of(buyer: User, beyond: int) -> Select[Order]:
    """What somebody can still pay and has not, but for the newest `beyond`; the newest first."""
    can_be = (Order.checkout.in_((CheckoutState.ASKED, CheckoutState.OPEN)), Order.payment == PaymentState.AWAITED)
    # SQLite skips nothing without a limit.
    mine = select(Order).where(Order.buyer_id == buyer.id, *can_be)
    return mine.order_by(Order.id.desc()).offset(beyond).limit(LET_GO_AT_ONCE)


def order_by_page(page: str) -> Order | None:
    """The order of a payment page, by the page's id at the card processor."""
    return db.session.scalars(select(Order).where(Order.page == page)).first() if page else None


def order_by_intent(intent: str) -> Order | None:
    """The order of a payment, by the payment's id at the card processor."""
    return db.session.scalars(select(Order).where(Order.intent == intent)).first() if intent else None


def evidence_about(dispute: BankDispute | None) -> DisputeEvidence | None:
    """What a card holder's bank was shown about a dispute; None for nothing yet."""
    if dispute is None:
        return None
    return db.session.scalar(select(DisputeEvidence).where(DisputeEvidence.dispute_name == dispute.name))


# ---------------------------------------------------------------- settings


def setting(key: SettingKey, at: datetime | None = None, currency: str = "") -> int:
    """What holds at an instant (now) for a currency, or for all that have none of their own."""
    found = _set(key, currency, at or clock.now())
    return STANDARD[key] if found is None else found.value


def settings_history(key: SettingKey) -> Sequence[MoneySetting]:
    """What was set, the newest first; what begins later too."""
    asked = select(MoneySetting).where(MoneySetting.key == key)
    return db.session.scalars(asked.order_by(MoneySetting.from_at.desc(), MoneySetting.id.desc())).all()


def _set(key: SettingKey, currency: str, at: datetime) -> MoneySetting | None:
    asked = select(MoneySetting).where(
        MoneySetting.key == key, MoneySetting.currency.in_(("", currency)), MoneySetting.from_at <= at
    )
    # One of its own goes before one for all, whenever that was set.
    newest = (MoneySetting.currency.desc(), MoneySetting.from_at.desc(), MoneySetting.id.desc())
    return db.session.scalars(asked.order_by(*newest).limit(1)).first()


def commission_rate(at: datetime | None = None) -> int:
    """The commission of what is sold at an instant (now), in basis points."""
    return setting(SettingKey.COMMISSION, at)


def to_come(key: SettingKey) -> list[MoneySetting]:
    """What begins later, the soonest first: of several for the same day and currency the last that was set."""
    now = clock.now()
    later = {(each.from_at, each.currency): each for each in reversed(settings_history(key)) if each.from_at > now}
    return [later[when] for when in sorted(later)]


def commission_to_come() -> MoneySetting | None:
    """Our next share that is another than the one now; None where none is set."""
    holds = commission_rate()
    return next((each for each in to_come(SettingKey.COMMISSION) if each.value != holds), None)


def two_for_refund(currency: str) -> Money:
    """From how much on two of the staff must agree to a refund."""
    return _limit(SettingKey.TWO_FOR_REFUND, currency, CURRENCIES[currency].least)


def payout_least(currency: str) -> Money:
    """What is paid out at least; what is less waits for the next week."""
    return _limit(SettingKey.PAYOUT_LEAST, currency, CURRENCIES[currency].unit)


def _limit(key: SettingKey, currency: str, for_all: int) -> Money:
    """`for_all`: how much one of it is where the currency has no limit of its own."""
    found = _set(key, currency, clock.now())
    if found is not None and found.currency:
        return Money(found.value * CURRENCIES[currency].unit, currency)
    return Money((STANDARD[key] if found is None else found.value) * for_all, currency)


# ---------------------------------------------------------------- payees


def account_of(payee: User) -> PayeeAccount | None:
    """Somebody's account at the card processor, as it was last seen; None where they have none, or it was closed."""
    asked = select(PayeeAccount).where(PayeeAccount.payee_id == payee.id, PayeeAccount.ended_at.is_(None))
    return db.session.scalars(asked).first()


def newest_account_of(payee: User) -> PayeeAccount | None:
    """The same, and where it was closed, the one that was; None where they never had one."""
    asked = select(PayeeAccount).where(PayeeAccount.payee_id == payee.id).order_by(PayeeAccount.id.desc()).limit(1)
    return db.session.scalars(asked).first()


def account_named(name: str) -> PayeeAccount | None:
    """The account with that id at the card processor."""
    return db.session.scalars(select(PayeeAccount).where(PayeeAccount.name == name)).first() if name else None


def paid_in(payee: User) -> str | None:
    """The currency in which they are paid out, and sell; None where nothing can be sent to them."""
    account = account_of(payee)
    return account.currency if account is not None and takes_money(account) and is_settled(account) else None


def is_open_in(payee: User, currency: str) -> bool:
    """Whether what they earn in a currency can be sent to them now."""
    account = account_of(payee)
    return account is not None and takes_money(account) and account.currency == currency


def takes_money(account: PayeeAccount) -> bool:
    """Whether this account does, and nothing leaves it but by us."""
    return account.state == AccountState.READY and account.ended_at is None and account.by_hand


def is_settled(account: PayeeAccount) -> bool:
    """Whether what is paid in its currency reaches us as it was paid, so that it can be sent on."""
    return account.currency in settings().sells_in


def waits_in(payee: User) -> str | None:
    """The currency of something that they have earned and that waits for an account; None where nothing does."""
    earned = (OrderLine.payee_id == payee.id, OrderLine.kept > 0, OrderLine.sent == 0, ~IS_SETTLED_APART)
    return db.session.scalar(select(Order.currency).join(OrderLine).where(*earned).order_by(OrderLine.id).limit(1))


def payouts_of(payee: User) -> Sequence[Payout]:
    """Somebody's payouts, the newest first."""
    return db.session.scalars(select(Payout).where(Payout.payee_code == payee.code).order_by(Payout.id.desc())).all()


def lines_of_payee(payee: User) -> Sequence[OrderLine]:
    """Everything that somebody earned with, the newest first."""
    return db.session.scalars(
        select(OrderLine).where(OrderLine.payee_code == payee.code).order_by(OrderLine.id.desc())
    ).all()


# ---------------------------------------------------------------- what is open


def concerns() -> Sequence[Concern]:
    """What staff have to look at, the oldest first."""
    return db.session.scalars(select(Concern).where(Concern.closed_at.is_(None)).order_by(Concern.id)).all()
