"""This file knows how one of the staff wants something done with money, and how a second one agrees to it, or not.

What one is enough for is done at once, and kept in the same way. Who takes a part in an order decides nothing about it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from practice.accounts.models import User
from practice.payments import alone, emails, fulfilment
from practice.payments.desk_models import MoneyProposal, MoneySetting
from practice.payments.kinds import LIMITS, MOST, ProposalKind, Reason, SettingKey
from practice.payments.models import Order, OrderLine
from practice.payments.policy import guards
from practice.payments.policy.desk import LAPSES_AFTER, REFUSED
from practice.payments.policy.returning import NotReturned, needs_two_for, refused_for
from practice.payments.states import PaymentState, ProposalState, RefundState
from practice.payments.storing import purchase_of
from practice.store import audit
from practice.store.db import changed, db, transactional
from practice.values import clock
from practice.values.counts import in_years
from practice.values.currencies import CURRENCIES
from practice.values.errors import Conflict, Invalid, NotAllowed
from practice.values.money import Money

from .concerns import may_decide, settle
from .happenings import give_back, paid_by_hand, return_in_doubt
from .turning import locked

SET_AHEAD = timedelta(days=2 * 365)  # further ahead a day is a slip of the keys
WAITS = "Something about this already waits for a second person."


@dataclass(frozen=True, kw_only=True)
class Return:
    """So much more of a line back than the rule says. `shown`: what of it had come back as the page was seen."""

    more: Money
    shown: int
    reason: Reason
    words: str


@dataclass(frozen=True, kw_only=True)
class Change:
    """What a setting is to be, from an instant on (UTC; at once), for all currencies or for one that has its own."""

    key: SettingKey
    value: int
    because: str
    currency: str = ""
    from_at: datetime | None = None


# ---------------------------------------------------------------- what the first wants


@transactional
def propose_refund(line: OrderLine, wanted: Return, *, by: User) -> MoneyProposal:
    """More goes back than the rule says: at once below the limit, unless a bank has taken something of it; else once a
    second person agrees. What goes back by itself with it counts as well.

    Raises `Conflict` where something has come back since the page was seen, or a bank asks for the same money;
    `Invalid` for nothing, or more than is left.
    """
    order = _held(line.order, by)
    line = order.lines[line.at]
    if line.back != wanted.shown:
        raise Conflict("Something of it has come back in the meantime.")
    if wanted.more.currency != order.currency or wanted.more.amount <= 0:
        raise Invalid("", {"amount": REFUSED[NotReturned.ALREADY]})
    back = line.back + wanted.more.amount
    _may_come_back(order, line.at, back)
    follows = fulfilment.follows([(line, back)])[line.id, back]
    return _wanted(
        MoneyProposal(
            kind=ProposalKind.REFUND,
            line_at=line.at,
            value=back,
            amount=wanted.more.amount,
            currency=order.currency,
            reason=wanted.reason,
            words=wanted.words,
            needs_two=alone.needs_two(order, wanted.more + follows) or needs_two_for(purchase_of(order)),
        ),
        order,
        by,
    )


@transactional
def propose_return_in_doubt(order: Order, words: str, *, by: User) -> MoneyProposal:
    """All that came in doubt goes back. Raises `Conflict` where there is nothing to decide on."""
    order = _held(order, by)
    _is_in_doubt(order)
    came = Money(order.paid, order.paid_in)
    facts = {"amount": order.paid, "currency": order.paid_in, "words": words, "needs_two": alone.needs_two(order, came)}
    return _wanted(MoneyProposal(kind=ProposalKind.IN_DOUBT, **facts), order, by)


@transactional
def propose_paid_by_hand(order: Order, number: int, words: str, *, by: User) -> MoneyProposal:
    """A refund that failed was paid from our bank; two say so, however little it is. Raises `Conflict` where it was."""
    order = _held(order, by)
    amount = _failed(order, number)
    facts = {"number": number, "amount": amount, "currency": order.paid_in or order.currency, "words": words}
    return _wanted(MoneyProposal(kind=ProposalKind.BY_HAND, needs_two=True, **facts), order, by)


@transactional
def propose_setting(change: Change, *, by: User) -> MoneyProposal:
    """Something else is to hold; what was sold before keeps what held then. Raises `Invalid` for a value that there
    cannot be, and for a day that has passed."""
    may_decide(None, by)
    if not 0 <= change.value <= MOST[change.key]:
        raise Invalid("", {"value": f"Write a number from 0 to {MOST[change.key]}."})
    if change.currency and (change.key not in LIMITS or change.currency not in CURRENCIES):
        raise Invalid("", {"currency": "Choose all of them, or one that we deal in."})
    if change.from_at is not None and change.from_at < clock.now():
        raise Invalid("", {"from_on": "Choose a day to come: what has been sold keeps what held then."})
    if change.from_at is not None and change.from_at > clock.now() + SET_AHEAD:
        raise Invalid("", {"from_on": f"Choose a day within {in_years(SET_AHEAD)}."})
    facts = {"value": change.value, "currency": change.currency, "from_at": change.from_at, "words": change.because}
    row = MoneyProposal(kind=ProposalKind.SETTING, about=f"setting:{change.key}", needs_two=True, **facts)
    return _wanted(row, None, by)


def _wanted(row: MoneyProposal, order: Order | None, by: User) -> MoneyProposal:
    """Put it before a second person, or do it now."""
    if order is not None:
        row.order_id, row.about = order.id, order.thing
    if db.session.scalar(_waiting(row.about).limit(1)) is not None:
        raise Conflict(WAITS)
    row.proposed_by_id, row.proposed_at, row.lapses_at = by.id, clock.now(), clock.now() + LAPSES_AFTER
    row.state = ProposalState.PROPOSED
    db.session.add(row)
    try:
        db.session.flush()
    except IntegrityError as refusal:
        # Of a setting nothing is locked: the database lets one of two wait.
        raise Conflict(WAITS) from refusal
    audit.record("money.proposed", row.about, actor=by, detail={"kind": row.kind})
    if not row.needs_two:
        _agreed(row, order, "", by)
    return row


def _waiting(about: str) -> Any:
    return select(MoneyProposal.id).where(MoneyProposal.about == about, MoneyProposal.state == ProposalState.PROPOSED)


# ---------------------------------------------------------------- what the second says


@transactional
def agree(proposal: MoneyProposal, words: str, *, by: User) -> MoneyProposal:
    """The second person agrees, and it is done now. Raises `NotAllowed` for the first one, `Conflict` where it was
    decided on, lapsed, or cannot be done any more."""
    may_decide(proposal.order, by)
    order = None if proposal.order is None else _held(proposal.order, by)
    row = db.session.get_one(MoneyProposal, proposal.id, with_for_update=True, populate_existing=True)
    if row.proposed_by_id == by.id:
        raise NotAllowed("You asked for this, so somebody else has to agree.")
    return _agreed(row, order, words, by)


@transactional
def withdraw(proposal: MoneyProposal, words: str, *, by: User) -> None:
    """The second person does not agree, or the first thinks again: nothing was done. Raises `NotAllowed`,
    `Conflict`."""
    may_decide(proposal.order, by)
    row = db.session.get_one(MoneyProposal, proposal.id, with_for_update=True, populate_existing=True)
    _decide(row, ProposalState.WITHDRAWN, words, by)
    audit.record("money.withdrawn", row.about, actor=by, detail={"kind": row.kind})


@transactional
def lapse() -> int:
    """What nobody answered in time is not done; how many."""
    late = (MoneyProposal.state == ProposalState.PROPOSED, MoneyProposal.lapses_at <= clock.now())
    rows = db.session.scalars(select(MoneyProposal).where(*late).order_by(MoneyProposal.id).with_for_update()).all()
    for row in rows:
        row.state, row.decided_at = ProposalState.LAPSED, clock.now()
        audit.record("money.lapsed", row.about, actor=None, detail={"kind": row.kind})
    return len(rows)


def _agreed(row: MoneyProposal, order: Order | None, words: str, by: User) -> MoneyProposal:
    _decide(row, ProposalState.AGREED, words, by)
    audit.record("money.agreed", row.about, actor=by, detail={"kind": row.kind})
    _DOES[ProposalKind(row.kind)](row, order, by)
    settle(row.order_id, row.words[:200], by)
    return row


def _decide(row: MoneyProposal, state: ProposalState, words: str, by: User) -> None:
    """One of two who press at once comes first, also in two processes."""
    open_ones = (MoneyProposal.id == row.id, MoneyProposal.state == ProposalState.PROPOSED)
    decided = {"state": state, "decided_by_id": by.id, "decided_at": clock.now()}
    in_time = MoneyProposal.lapses_at > clock.now()
    if changed(update(MoneyProposal).where(*open_ones, in_time).values(decided)) != 1:
        raise Conflict("Somebody has decided about this in the meantime, or it has lapsed.")
    db.session.refresh(row)
    row.answer = words


# ---------------------------------------------------------------- what is done then


def _refund(row: MoneyProposal, order: Order | None, by: User) -> None:
    assert order is not None
    assert row.line_at is not None
    _may_come_back(order, row.line_at, row.value)
    line = order.lines[row.line_at]
    before, follows = line.back, fulfilment.follows([(line, row.value)])[line.id, row.value]
    give_back(line, Money(row.value, row.currency), by=by)
    emails.given_back(line, row.value - before, follows)


def _in_doubt(_: MoneyProposal, order: Order | None, by: User) -> None:
    assert order is not None
    _is_in_doubt(order)
    return_in_doubt(order, by=by)


def _by_hand(row: MoneyProposal, order: Order | None, by: User) -> None:
    assert order is not None
    if _failed(order, row.number) != row.amount:
        raise Conflict("A part of it has gone another way in the meantime.")
    paid_by_hand(order, row.number, by=by)


def _setting(row: MoneyProposal, _: Order | None, by: User) -> None:
    """From the day that was named, and never before the second person agreed."""
    now = clock.now()
    columns = {"key": row.about.partition(":")[2], "currency": row.currency, "value": row.value, "made_at": now}
    begins = max(row.from_at or now, now)
    because = row.words[:200]
    people = {"by_id": row.proposed_by_id, "agreed_by_id": by.id}
    db.session.add(MoneySetting(from_at=begins, because=because, **columns, **people))
    audit.record("money.set", row.about, actor=by, detail={"value": row.value})


_DOES: dict[ProposalKind, Callable[[MoneyProposal, Order | None, User], None]] = {
    ProposalKind.REFUND: _refund,
    ProposalKind.IN_DOUBT: _in_doubt,
    ProposalKind.BY_HAND: _by_hand,
    ProposalKind.SETTING: _setting,
}


# ---------------------------------------------------------------- what stands against it


def _held(order: Order, by: User) -> Order:
    """The order, behind the rooms' locks and its own. Nobody decides about what they take a part in."""
    may_decide(order, by)
    fulfilment.lock(order.lines)
    return locked(order)


def _may_come_back(order: Order, at: int, back: int) -> None:
    why = refused_for(purchase_of(order), at, back)
    if why == NotReturned.TOO_MUCH:
        raise Invalid("", {"amount": REFUSED[why]})
    if why is not None:
        raise Conflict(REFUSED[why])


def _is_in_doubt(order: Order) -> None:
    purchase = purchase_of(order)
    if purchase.payment != PaymentState.IN_DOUBT or purchase.returned:
        raise Conflict("None of its money is in doubt any more.")
    if not guards.may_return(purchase):
        raise Conflict(REFUSED[NotReturned.DISPUTED])


def _failed(order: Order, number: int) -> int:
    """What of a refund has to be paid by hand."""
    purchase = purchase_of(order)
    found = {each.number: each for each in purchase.refunds}.get(number)
    if found is None or found.state != RefundState.FAILED or not found.amount:
        raise Conflict("Nothing of this refund has to be paid by hand.")
    if not guards.may_return(purchase):
        raise Conflict(REFUSED[NotReturned.DISPUTED])
    return found.amount
