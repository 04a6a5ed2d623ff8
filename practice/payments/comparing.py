"""This file knows how our books are compared with themselves and with the card processor's, away from any page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from operator import itemgetter
from typing import Any

from sqlalchemy import select

from practice.accounts.models import User
from practice.ledger import queries as pots
from practice.ledger.chart import Whereabouts
from practice.ledger.checks import MONEY
from practice.providers.stripe_gateway import money
from practice.providers.stripe_gateway.client import gateway
from practice.providers.stripe_gateway.errors import PaymentsOff, StripeProblem
from practice.providers.stripe_gateway.values import Balance
from practice.store import audit
from practice.store.checks import faults
from practice.store.db import db, transaction, transactional
from practice.values import clock
from practice.values.money import Money
from practice.work.each import one_by_one

from . import under_way
from .checks import comparable_accounts, differs, on_account
from .desk_models import MoneyRun
from .models import PayeeAccount

EVERY = timedelta(days=1)
MOST = 200  # sentences that are kept of one run


@transactional
def want(*, by: User) -> None:
    """Have the books compared within a minute or so; what is wanted already is wanted once."""
    if db.session.scalar(select(MoneyRun.id).where(MoneyRun.done_at.is_(None)).limit(1)) is None:
        db.session.add(MoneyRun(wanted_by_id=by.id, wanted_at=clock.now()))
        audit.record("money.compared", "money:books", actor=by)


def run_due() -> int:
    """Do what is wanted, and what is due each day; how many were done."""
    if not _is_due():
        return 0
    found = faults(MONEY)
    sums, asked = _sums()
    if asked:
        found += _stays(_apart(sums), lambda: _apart(_sums()[0])) + _on_accounts()
    db.session.rollback()
    with transaction():
        waiting = select(MoneyRun).where(MoneyRun.done_at.is_(None)).order_by(MoneyRun.id).with_for_update()
        row = db.session.scalars(waiting.limit(1)).first() or MoneyRun()
        row.done_at, row.faults, row.sums, row.asked = clock.now(), list(dict.fromkeys(found))[:MOST], sums, asked
        db.session.add(row)
    return 1


def _stays(first: list[str], look: Callable[[], list[str]]) -> list[str]:
    """What differed and does so still at a second look: what was sent or read between two questions passes, and what
    is on its way explains a difference for a moment."""
    if not first or under_way.is_anything():
        return []
    return [each for each in look() if each in first]


def _is_due() -> bool:
    lately = select(MoneyRun.id).where(MoneyRun.done_at > clock.now() - EVERY).limit(1)
    is_wanted = select(MoneyRun.id).where(MoneyRun.done_at.is_(None)).limit(1)
    due = db.session.scalar(is_wanted) is not None or db.session.scalar(lately) is None
    db.session.rollback()
    return due


def _sums() -> tuple[list[dict[str, Any]], bool]:
    """For each currency what lies on our balance, by our ledger and as the card processor says; whether it said."""
    ours = pots.of_everybody()
    db.session.rollback()
    try:
        theirs = _added_up(money.balance(gateway()))
    except (PaymentsOff, StripeProblem):
        return [], False
    currencies = sorted({*ours.currencies, *theirs})
    found = [(each, ours.lying(Whereabouts.PLATFORM, each).amount, theirs.get(each, 0)) for each in currencies]
    return [{"currency": each, "ours": here, "theirs": there} for each, here, there in found if here or there], True


def _on_accounts() -> list[str]:
    """What differs on payees' own accounts; one that cannot be asked is asked the next time."""
    found: list[str] = []
    rows = [(each.name, each.currency, each) for each in comparable_accounts() if each.ended_at is None]

    def compare(row: tuple[str, str, PayeeAccount]) -> None:
        def apart() -> list[str]:
            name, currency, account = row
            db.session.rollback()
            there = _added_up(money.balance(gateway(), name)).get(currency, 0)
            return list(on_account(account, Money(there, currency)))

        found.extend(_stays(apart(), apart))

    one_by_one("account", rows, compare, named=itemgetter(0), passing=(StripeProblem,))
    return found


def _added_up(balance: Balance) -> dict[str, int]:
    added: dict[str, int] = {}
    for each in (*balance.available, *balance.pending):
        added[each.currency] = added.get(each.currency, 0) + each.amount
    return added


def _apart(sums: list[dict[str, Any]]) -> list[str]:
    return [
        differs(*(Money(each[side], each["currency"]) for side in ("ours", "theirs")))
        for each in sums
        if each["ours"] != each["theirs"]
    ]
