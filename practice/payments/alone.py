"""This file knows how much of what was sold one of the staff gave back alone, and from when on a second has to agree.

It is one sum, whichever way was taken and whatever orders the same thing was paid with (a session, and the difference
of a longer one): each room that lets one of them give something back says how much that was.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import func, select

from practice.store.db import db
from practice.values.money import Money

from . import queries
from .desk_models import MoneyProposal
from .models import Order
from .states import ProposalState

Given = Callable[[Sequence[Order], str], int]
_ways: dict[str, Given] = {}


def way(name: str, given: Given) -> None:
    """Register what one alone gave of some orders, in a currency; a second time takes the place of the first."""
    _ways[name] = given


def needs_two(order: Order, more: Money, *, beside: int = 0) -> bool:
    """Whether `more` of an order reaches the limit together with all that one alone gave of what it is for; `beside` of
    that is replaced by it."""
    so_far = given_of(order, more.currency).amount - beside
    return queries.two_for_refund(more.currency).amount <= so_far + more.amount


def given_of(order: Order, currency: str) -> Money:
    """What one alone gave so far of what an order is for, in that currency."""
    orders = queries.paid_for([each.subject_code for each in order.lines])
    return Money(sum(given(orders, currency) for given in _ways.values()), currency)


def _by_proposals(orders: Sequence[Order], currency: str) -> int:
    asked = select(func.coalesce(func.sum(MoneyProposal.amount), 0)).where(
        MoneyProposal.order_id.in_([each.id for each in orders]),
        MoneyProposal.state == ProposalState.AGREED,
        MoneyProposal.needs_two.is_(False),
        MoneyProposal.currency == currency,
    )
    return int(db.session.scalar(asked) or 0)


way("proposals", _by_proposals)
