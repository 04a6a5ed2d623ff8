"""This file knows what people and banks do at Stripe, each as one change: pay, send back, dispute, decide, give up."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from practice.store.db import db, transaction, transactional
from practice.values import clock
from practice.work.each import one_by_one

from . import accounts, checkout, deliveries, disputes, refunds, transfers
from .accounts import Outcome
from .happenings import AT_ONCE, DELIVER, later
from .models import SandboxDue, SandboxObject
from .objects import change, load, of_kind

PAYS_LATE, LATE_AFTER = "pay_late", timedelta(minutes=1)


# ---------------------------------------------------------------- on the payment page


@transactional
def pay(session: str, how: str = AT_ONCE) -> bool:
    """Pay on a page, and have its messages delivered `how`; False where the page was over."""
    row = _session(session)
    return checkout.pay(change(row, _how=how))


@transactional
def decline(session: str) -> None:
    """The card says no."""
    checkout.decline(_session(session))


@transactional
def pay_late(session: str, how: str = AT_ONCE) -> None:
    """The money arrives a minute after the page has closed, although it has."""
    row = change(_session(session), _how=how)
    later(PAYS_LATE, row.id, _closes_at(row) + LATE_AFTER - clock.now())


@transactional
def pay_and_close(session: str, how: str = AT_ONCE) -> None:
    """The same at the last moment: the page closes at once, and the money follows."""
    row = change(_session(session), _how=how)
    later(PAYS_LATE, row.id, LATE_AFTER)
    checkout.close(row)


@transactional
def pay_slowly(session: str) -> None:
    """Pay by a way whose money takes days."""
    checkout.promise(_session(session))


@transactional
def settle_slow_payment(session: str, *, arrives: bool) -> None:
    """Days later the money arrives, or it never does."""
    (checkout.keep_promise if arrives else checkout.break_promise)(_session(session))


def _closes_at(row: SandboxObject) -> datetime:
    return datetime.fromtimestamp(row.body["expires_at"], clock.now().tzinfo)


def _session(session: str) -> SandboxObject:
    return load(session, "checkout.session", lock=True)


# ---------------------------------------------------------------- in the dashboard, and at banks


@transactional
def refund_outside(charge: str, amount: int | None = None) -> str:
    """Somebody returns money in Stripe's own dashboard; the refund's id."""
    row = load(charge, "charge", lock=True)
    left = row.body["amount"] - row.body["amount_refunded"]
    return refunds.give_back(row, left if amount is None else amount, {}).id


@transactional
def fail_refund(refund: str) -> None:
    """The card's bank sends a refund back."""
    refunds.fail(load(refund, "refund", lock=True))


@transactional
def settle_refund(refund: str) -> None:
    """A pending refund reaches the card."""
    refunds.arrive(load(refund, "refund", lock=True))


@transactional
def open_dispute(charge: str, reason: str = "product_not_received") -> str:
    """The card holder complains at the bank; the dispute's id."""
    return disputes.open_for(load(charge, "charge", lock=True), reason).id


@transactional
def inquire(charge: str, reason: str = "product_not_received") -> str:
    """The card holder asks at the bank, which asks us and takes nothing; the dispute's id."""
    return disputes.inquire(load(charge, "charge", lock=True), reason).id


@transactional
def escalate(dispute: str) -> None:
    """The bank that only asked takes the money after all."""
    disputes.escalate(load(dispute, "dispute", lock=True))


@transactional
def end_inquiry(dispute: str) -> None:
    """The bank that only asked has done with it."""
    disputes.end_inquiry(load(dispute, "dispute", lock=True))


@transactional
def charge_more(dispute: str, fee: int) -> None:
    """A dispute costs more than it did, in Stripe's units; below zero something is given back."""
    disputes.charge_more(load(dispute, "dispute", lock=True), fee)


@transactional
def decide_dispute(dispute: str, *, is_won: bool) -> None:
    """The bank decides."""
    disputes.decide(load(dispute, "dispute", lock=True), is_won=is_won)


@transactional
def reverse_outside(transfer: str, amount: int) -> str:
    """Somebody takes a transfer back in Stripe's own dashboard; the reversal's id."""
    return transfers.take_back(load(transfer, "transfer", lock=True), amount, {}).id


@transactional
def pay_out_by_schedule(account: str, amount: int, currency: str) -> str:
    """Stripe pays an account's bank by itself; the payout's id."""
    row = load(account, "v2.core.account", lock=True)
    return transfers.to_bank(row, amount, currency, metadata={}, automatic=True).id


@transactional
def fail_payout(payout: str) -> None:
    """The bank sends a payout back."""
    transfers.bounce(load(payout, "payout", lock=True))


@transactional
def onboard(account: str, outcome: Outcome = Outcome.READY) -> None:
    """The owner gives what is missing, and Stripe decides."""
    accounts.onboard(load(account, "v2.core.account", lock=True), outcome)


@transactional
def stop_payouts(account: str) -> None:
    """The bank of an account can't be reached any more."""
    accounts.stop_payouts(load(account, "v2.core.account", lock=True))


@transactional
def close_account(account: str) -> None:
    """The account ends at Stripe."""
    accounts.close(load(account, "v2.core.account", lock=True))


def may_open(link: SandboxObject) -> bool:
    """Whether a way into the partner's pages still leads there: it was not used, and its minutes are not over."""
    return not link.body["_used"] and datetime.fromisoformat(link.body["expires_at"]) > clock.now()


@transactional
def use(link: str, outcome: Outcome) -> bool:
    """Go through such a way, once, and have the partner say `outcome`; False where it was used or is over."""
    row = load(link, "v2.core.account_link", lock=True)
    if not may_open(row):
        return False
    change(row, _used=True)
    accounts.onboard(load(row.body["account"], lock=True), outcome)
    accounts.tell_thin(accounts.RETURNED, row.body["account"], names_it=False)
    return True


# ---------------------------------------------------------------- what happens by itself


def go_on() -> None:
    """Everything that is due by now: what time does, then the messages about it."""
    due = select(SandboxDue.number).where(SandboxDue.kind != DELIVER, *_is_due()).order_by(SandboxDue.due_at)
    one_by_one("happening", db.session.scalars(due).all(), _happen, named=str)
    one_by_one("delivery", deliveries.waiting(), deliveries.deliver, named=str)


def _is_due() -> tuple[Any, ...]:
    return SandboxDue.done_at.is_(None), SandboxDue.due_at <= clock.now()


def _happen(number: int) -> None:
    with transaction() as session:
        row = session.get_one(SandboxDue, number, with_for_update=True)
        if row.done_at is not None:
            return
        row.done_at = clock.now()
        target = load(row.target, lock=True)
        if row.kind == checkout.EXPIRE and target.body["status"] == "open":
            checkout.close(target)
        elif row.kind == PAYS_LATE:
            checkout.pay(target, late=True)
        elif row.kind == transfers.PAID:
            transfers.reach_the_bank(target)


def newest(kind: str) -> SandboxObject | None:
    """The newest object of a kind."""
    return next(iter(of_kind(kind, most=1)), None)
