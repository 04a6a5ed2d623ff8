"""This file knows how payees' accounts and payouts are read at the card processor, and what follows for their money."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import and_, exists, or_, select

from practice.http.formats import amount
from practice.ledger import actions as ledger
from practice.ledger.chart import Line
from practice.ledger.events import Batch
from practice.providers.stripe_gateway import accounts, money
from practice.providers.stripe_gateway.client import Gateway
from practice.providers.stripe_gateway.errors import AccountGone, NoSuchObject
from practice.providers.stripe_gateway.values import AccountState, Link, PayoutAccount, PayoutStatus
from practice.providers.stripe_gateway.values import Payout as PayoutThere
from practice.store import audit
from practice.store.db import db, transactional
from practice.values import clock
from practice.work.each import one_by_one

from . import emails, queries
from .account_stages import account_stage
from .actions import park, park_once, turn
from .models import MoneyOperation, Order, OrderLine, PayeeAccount, Payout
from .policy import events, payouts
from .policy.bookkeeping import postings
from .policy.effects import Book, Concern, Write
from .policy.payouts import Sent
from .states import PayoutState, Seat

SENT = {
    PayoutStatus.PENDING: Sent.PENDING,
    PayoutStatus.IN_TRANSIT: Sent.PENDING,
    PayoutStatus.PAID: Sent.PAID,
    PayoutStatus.FAILED: Sent.FAILED,
    PayoutStatus.CANCELED: Sent.FAILED,
}


# ---------------------------------------------------------------- accounts


def at_account_of(payee_id: int, way: Gateway) -> None:
    """Read somebody's account anew, if they have one; outside of a transaction."""
    asked = select(PayeeAccount).where(PayeeAccount.payee_id == payee_id, PayeeAccount.ended_at.is_(None))
    row = db.session.scalars(asked).first()
    if row is not None:
        at_account(row, way)


def at_account(row: PayeeAccount, way: Gateway) -> None:
    """Read an account anew; outside of a transaction."""
    name = row.name
    db.session.rollback()
    if not name:
        return
    try:
        saw_account(row, accounts.retrieve(way, name))
    except (AccountGone, NoSuchObject):
        account_ended(row)
    tell_lines(row.payee_id)


@transactional
def saw_account(row: PayeeAccount, seen: PayoutAccount) -> None:
    """An account as it is now. One that was closed is nobody's any more; another can be opened."""
    row = db.session.get_one(PayeeAccount, row.id, with_for_update=True, populate_existing=True)
    if seen.state == AccountState.CLOSED:
        account_ended(row)
        return
    before = row.state
    with heard_by_owner(row):
        row.name, row.state, row.pays_out = seen.id, seen.state, seen.pays_out
        row.currency, row.country = seen.currency or row.currency, seen.country or row.country
        row.requirements = [
            {"label": each.label, "deadline": each.deadline, "is_stripes": each.is_stripes, "fault": each.fault}
            for each in seen.requirements
        ]
        row.until_at, row.seen_at = seen.until, clock.now()
    if before != row.state:
        audit.record("payee.account_changed", f"account:{row.payee_code}", actor=None, detail={"state": row.state})


@transactional
def account_ended(row: PayeeAccount) -> None:
    """It is closed at the card processor: nothing can be sent to it any more."""
    row = db.session.get_one(PayeeAccount, row.id, with_for_update=True, populate_existing=True)
    if row.ended_at is None:
        with heard_by_owner(row):
            row.state, row.ended_at, row.seen_at = AccountState.CLOSED, clock.now(), clock.now()
        audit.record("payee.account_closed", f"account:{row.payee_code}", actor=None)


@contextmanager
def heard_by_owner(row: PayeeAccount) -> Iterator[None]:
    """Its owner hears where it has come to by what is changed of it here; the caller has it locked."""
    before = account_stage(row)
    yield
    emails.account(row, before)


def tell_lines(payee_id: int | None = None) -> int:
    """Each line that waits for an account, or believes in one that takes nothing any more, hears how it is; how
    many."""
    return one_by_one("line", _mistaken(payee_id), _tell_line)


@transactional
def _tell_line(line: OrderLine) -> None:
    """What is sent in one currency and would arrive in another waits, and staff hear of it."""
    order, at = line.order, line.at
    turn(order, events.AccountSeen(at, not line.open))
    compare_currencies(order.lines[at])


@transactional
def compare_currencies(line: OrderLine) -> None:
    """A line that waits because its payee's account, which takes money, is in another currency is put before staff."""
    order, account = line.order, queries.account_of(line.payee)
    takes = account is not None and queries.takes_money(account) and not line.open
    if takes and account is not None and account.currency != order.currency:
        park(Concern.CURRENCIES_APART, order, 0, f"account in {account.currency}")


def _mistaken(payee_id: int | None) -> Sequence[OrderLine]:
    """Lines whose money has still to go, and that do not know how their payee's account stands."""
    ready = (PayeeAccount.state == AccountState.READY, PayeeAccount.ended_at.is_(None), PayeeAccount.name != "")
    ours = (PayeeAccount.payee_id == OrderLine.payee_id, PayeeAccount.by_hand, PayeeAccount.currency == Order.currency)
    takes = and_(exists().where(*ready, *ours), ~queries.IS_SETTLED_APART)
    goes_on = (OrderLine.seat.in_((Seat.HELD, Seat.TAKEN, Seat.GIVEN_UP)), OrderLine.sent == 0, OrderLine.asked == 0)
    mistaken = or_(and_(OrderLine.open.is_(True), ~takes), and_(OrderLine.open.is_(False), takes))
    asked = select(OrderLine).join(Order).where(*goes_on, mistaken).order_by(OrderLine.id).limit(500)
    return db.session.scalars(asked if payee_id is None else asked.where(OrderLine.payee_id == payee_id)).all()


def way_in(row: PayeeAccount, way: Gateway, return_url: str, refresh_url: str) -> Link:
    """A way into the card processor's own pages for the owner of an account; never stored. Raises `StripeProblem`."""
    name = row.name
    db.session.rollback()
    return accounts.link(way, name, return_url, refresh_url)


# ---------------------------------------------------------------- payouts


def at_payout(row: Payout, way: Gateway) -> None:
    """Read a payout anew; outside of a transaction."""
    account, name = row.account.name, row.name
    db.session.rollback()
    if name:
        saw_payout(row, money.payout_now(way, account, name))


def at_payout_outside(account: PayeeAccount, payout: str, way: Gateway) -> None:
    """Read a payout that no row of ours names; one that nobody here asked for is put before staff."""
    name, code = account.name, account.code
    db.session.rollback()
    seen = money.payout_now(way, name, payout)
    asked = select(MoneyOperation.id).where(MoneyOperation.key == seen.row)
    if db.session.scalar(asked) is None:
        said = amount(seen.amount) if seen.amount else "an unknown amount"
        park_once(Concern.PAYOUT_OUTSIDE, None, f"account {code}: {seen.id}, {said}")


@transactional
def saw_payout(row: Payout, seen: PayoutThere) -> None:
    """A payout as it is now; the same or an older look changes nothing."""
    row = db.session.get_one(Payout, row.id, with_for_update=True, populate_existing=True)
    before = payouts.Payout(row.amount, PayoutState(row.state))
    after, effects = payouts.payout_seen(before, SENT[seen.status])
    row.name, row.arrives_at, row.failure = seen.id, seen.arrives_at, seen.failure[:60]
    if after.state != before.state:
        row.state, row.changed_at = after.state, clock.now()
        audit.record(f"payout.{row.state}", f"payout:{row.code}", actor=None)
    for effect in effects:
        if isinstance(effect, Book):
            _book(row, effect)
        elif isinstance(effect, Write):
            emails.payout(row, effect)


def _book(row: Payout, what: Book) -> None:
    moved = postings(what, row.currency, Line(payee=row.payee_code))
    ledger.book(Batch(what.entry, f"payout:{row.code}", moved), by=None)


@transactional
def payout_refused(row: Payout, why: str) -> None:
    """It never left."""
    after = payouts.payout_refused(payouts.Payout(row.amount, PayoutState(row.state)))
    row.state, row.failure, row.changed_at = after.state, why[:60], clock.now()
    audit.record("payout.refused", f"payout:{row.code}", actor=None)
