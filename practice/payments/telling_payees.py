"""This file knows how payees' accounts and payouts are asked of the card processor, and what an answer or a refusal
means."""

from __future__ import annotations

from collections.abc import Callable

from practice.providers.stripe_gateway import accounts, money
from practice.providers.stripe_gateway.client import Gateway
from practice.providers.stripe_gateway.errors import Refused
from practice.providers.stripe_gateway.values import AccountState, AccountWanted, PayoutAccount
from practice.providers.stripe_gateway.values import Payout as PayoutThere
from practice.store.db import db
from practice.values import clock

from . import seeing
from .actions.turning import new_operation, park
from .hands import Hand
from .kinds import OpKind
from .models import PayeeAccount, Payout
from .policy.effects import Concern
from .telling import Answered


def _account(hand: Hand) -> PayeeAccount:
    db.session.rollback()
    return db.session.get_one(PayeeAccount, hand.account_id)


def _payout_row(hand: Hand) -> Payout:
    db.session.rollback()
    return db.session.get_one(Payout, hand.payout_id)


# ---------------------------------------------------------------- accounts


def _open_account(hand: Hand, way: Gateway) -> Answered:
    row = _account(hand)
    wanted = AccountWanted(row.payee_code, row.payee.email, row.country, row.currency, row=row.code)
    db.session.rollback()
    return _opened(hand, accounts.create(way, wanted, hand.key))


def _find_account(hand: Hand, way: Gateway) -> Answered | None:
    code = _account(hand).code
    db.session.rollback()
    found = accounts.find(way, code)
    return None if found is None else _opened(hand, found)


def _opened(hand: Hand, made: PayoutAccount) -> Answered:
    def tell() -> None:
        row = db.session.get_one(PayeeAccount, hand.account_id)
        seeing.saw_account(row, made)
        db.session.add(new_operation(OpKind.PAYOUTS_BY_HAND, account_id=row.id))

    return Answered(tell, made.id)


def _not_opened(hand: Hand, _way: Gateway, refusal: Refused) -> Answered:
    """Its owner reads that it does not work here; staff see why."""

    def tell() -> None:
        row = db.session.get_one(PayeeAccount, hand.account_id)
        row.state, row.seen_at = AccountState.REFUSED, clock.now()
        park(Concern.STUCK, None, 0, f"account {row.code}: {refusal.named}")

    return Answered(tell)


def _payouts_by_hand(hand: Hand, way: Gateway) -> Answered:
    name = _account(hand).name
    db.session.rollback()
    money.pay_out_by_hand(way, name, hand.key)

    def tell() -> None:
        row = db.session.get_one(PayeeAccount, hand.account_id, with_for_update=True, populate_existing=True)
        with seeing.heard_by_owner(row):
            row.by_hand = True

    return Answered(tell, name)


def _never_found(_hand: Hand, _way: Gateway) -> None:
    """Asked a second time it changes nothing."""


def _not_by_hand(_hand: Hand, _way: Gateway, _refusal: Refused) -> None:
    """Somebody looks, and it is asked again."""


# ---------------------------------------------------------------- payouts


def _pay_out(hand: Hand, way: Gateway) -> Answered:
    row = _payout_row(hand)
    account, amount = row.account.name, row.money
    db.session.rollback()
    return _paid_out(hand, money.pay_out(way, account, amount, hand.key))


def _find_payout(hand: Hand, way: Gateway) -> Answered | None:
    account = _payout_row(hand).account.name
    db.session.rollback()
    found = money.find_payout(way, account, hand.key, hand.created_at)
    return None if found is None else _paid_out(hand, found)


def _paid_out(hand: Hand, made: PayoutThere) -> Answered:
    return Answered(lambda: seeing.saw_payout(db.session.get_one(Payout, hand.payout_id), made), made.id)


def _not_paid_out(hand: Hand, _way: Gateway, refusal: Refused) -> Answered:
    """Nothing left: it lies where it lay, and the next weekly run sees to it."""

    def tell() -> None:
        row = db.session.get_one(Payout, hand.payout_id)
        seeing.payout_refused(row, refusal.code)
        park(Concern.PAYOUT_REFUSED, None, row.amount, f"payout {row.code}: {refusal.named}")

    return Answered(tell, afterwards=lambda way: seeing.at_account(_payout_row(hand).account, way))


TELL: dict[OpKind, Callable[[Hand, Gateway], Answered]] = {
    OpKind.OPEN_ACCOUNT: _open_account,
    OpKind.PAYOUTS_BY_HAND: _payouts_by_hand,
    OpKind.PAYOUT: _pay_out,
}
FIND: dict[OpKind, Callable[[Hand, Gateway], Answered | None]] = {
    OpKind.OPEN_ACCOUNT: _find_account,
    OpKind.PAYOUTS_BY_HAND: _never_found,
    OpKind.PAYOUT: _find_payout,
}
REFUSED: dict[OpKind, Callable[[Hand, Gateway, Refused], Answered | None]] = {
    OpKind.OPEN_ACCOUNT: _not_opened,
    OpKind.PAYOUTS_BY_HAND: _not_by_hand,
    OpKind.PAYOUT: _not_paid_out,
}
