"""This file knows how our books are compared with themselves and with the card processor's, away from any page."""

from __future__ import annotations

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
from practice.providers.stripe_gateway.errors import AccountGone, NoSuchObject, PaymentsOff, StripeProblem
from practice.providers.stripe_gateway.values import Balance
from practice.store import audit
from practice.store.checks import faults
from practice.store.db import db, transaction, transactional
from practice.values import clock
from practice.values.money import Money
from practice.work.each import one_by_one

from . import under_way
from .checks import as_much_as, comparable_accounts, differs, on_accounts, ours_on
from .desk_models import MoneyRun
from .models import PayeeAccount

EVERY = timedelta(days=1)
SOON = timedelta(minutes=15)  # where something could not be said
NEWEST = (MoneyRun.done_at.desc(), MoneyRun.id.desc())
# What lies somewhere by our ledger and as the card processor says; of payees, by the codes of their accounts.
Sum = dict[str, Any]
MOST = 200  # sentences that are kept of one run


@transactional
def want(*, by: User) -> None:
    """Have the books compared within a minute or so; what is wanted already is wanted once."""
    if db.session.scalar(select(MoneyRun.id).where(MoneyRun.done_at.is_(None)).limit(1)) is None:
        db.session.add(MoneyRun(wanted_by_id=by.id, wanted_at=clock.now()))
        audit.record("money.compared", "money:books", actor=by)


def run_due() -> int:
    """Do what is wanted, what is due each day, and soon again what the last time could not say; how many were done."""
    before = db.session.scalars(
        select(MoneyRun).where(MoneyRun.done_at.is_not(None)).order_by(*NEWEST).limit(1)
    ).first()
    if not _is_due(before):
        return 0
    found = faults(MONEY)
    sums, asked = _look()
    found += _stays(sums, before)
    db.session.rollback()
    with transaction():
        waiting = select(MoneyRun).where(MoneyRun.done_at.is_(None)).order_by(MoneyRun.id).with_for_update()
        again = before if before is not None and _is_left_open(before) else MoneyRun()
        row = db.session.scalars(waiting.limit(1)).first() or again
        row.done_at, row.faults, row.sums, row.asked = clock.now(), list(dict.fromkeys(found))[:MOST], sums, asked
        db.session.add(row)
    return 1


def _is_due(before: MoneyRun | None) -> bool:
    is_wanted = select(MoneyRun.id).where(MoneyRun.done_at.is_(None)).limit(1)
    due = db.session.scalar(is_wanted) is not None or before is None or before.done_at is None
    if not due and before is not None and before.done_at is not None:
        due = before.done_at <= clock.now() - (SOON if _is_left_open(before) else EVERY)
    db.session.rollback()
    return due


def _is_left_open(run: MoneyRun) -> bool:
    """Whether it could not ask, or found a difference of which it could not say whether it stays."""
    unsaid = (each for each in _apart(run.sums) if not any(fault.startswith(_says(each)) for fault in run.faults))
    return not run.asked or next(unsaid, None) is not None


# ---------------------------------------------------------------- what differs


def _stays(sums: list[Sum], before: MoneyRun | None) -> list[str]:
    """What differs and does not pass by itself, in words. What is on its way explains a difference for a moment, and
    so does what was sent or read between two questions: but not one that stood as it is for hours."""
    apart = _apart(sums)
    if not apart:
        return []
    if under_way.is_anything():
        stays = [each for each in apart if before is not None and _stood(each, before)]
    else:
        second = _on_ours() or []
        stays = [each for each in apart if "accounts" in each or each in second]
    return [_says(each) + as_much_as(*_money(each)) for each in stays]


def _stood(each: Sum, before: MoneyRun) -> bool:
    """Whether it was as much a good while ago."""
    since = clock.now() - under_way.PASSES_WITHIN
    as_then = (each["theirs"] - each["ours"], each["currency"], each.get("accounts"))
    then = [(sum_["theirs"] - sum_["ours"], sum_["currency"], sum_.get("accounts")) for sum_ in before.sums]
    return before.wanted_at <= since and as_then in then


def _apart(sums: list[Sum]) -> list[Sum]:
    return [each for each in sums if each["ours"] != each["theirs"]]


def _money(each: Sum) -> tuple[Money, Money]:
    return Money(each["ours"], each["currency"]), Money(each["theirs"], each["currency"])


def _says(each: Sum) -> str:
    return on_accounts(each["accounts"], *_money(each)) if "accounts" in each else differs(*_money(each))


# ---------------------------------------------------------------- asking


def _look() -> tuple[list[Sum], bool]:
    """For each currency what lies on our balance, by our ledger and as the card processor says, and the same of payees'
    own accounts where it differs; whether it said."""
    ours = _on_ours()
    return ([], False) if ours is None else (ours + _on_accounts(), True)


def _on_ours() -> list[Sum] | None:
    """What lies on our balance; None where nobody says."""
    ours = pots.of_everybody()
    db.session.rollback()
    try:
        theirs = _added_up(money.balance(gateway()))
    except (PaymentsOff, StripeProblem):
        return None
    currencies = sorted({*ours.currencies, *theirs})
    found = [(each, ours.lying(Whereabouts.PLATFORM, each).amount, theirs.get(each, 0)) for each in currencies]
    return [{"currency": each, "ours": here, "theirs": there} for each, here, there in found if here or there]


def _on_accounts() -> list[Sum]:
    """What differs on payees' own accounts, and does so at a second look; one that cannot be asked is asked the next
    time."""
    found: list[Sum] = []
    rows = [(each[-1].name, each) for each in comparable_accounts() if each[-1].ended_at is None]

    def compare(row: tuple[str, list[PayeeAccount]]) -> None:
        first = _on_account(row[1])
        if first["ours"] != first["theirs"] and _on_account(row[1]) == first:
            found.append(first)

    one_by_one("account", rows, compare, named=itemgetter(0), passing=(StripeProblem,))
    return found


def _on_account(accounts: list[PayeeAccount]) -> Sum:
    currency, codes = accounts[-1].currency, [each.code for each in accounts]
    names = [each.name for each in accounts]
    db.session.rollback()
    there = sum(_lies_on(name, currency) for name in names)
    return {"currency": currency, "ours": ours_on(accounts).amount, "theirs": there, "accounts": codes}


def _lies_on(name: str, currency: str) -> int:
    """Nothing on one that the card processor does not have any more."""
    try:
        return _added_up(money.balance(gateway(), name)).get(currency, 0)
    except (AccountGone, NoSuchObject):
        return 0


def _added_up(balance: Balance) -> dict[str, int]:
    added: dict[str, int] = {}
    for each in (*balance.available, *balance.pending):
        added[each.currency] = added.get(each.currency, 0) + each.amount
    return added
