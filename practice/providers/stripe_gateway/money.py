"""This file knows how money moves on from a charge: back to the card, on to a payout account, out to a bank."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from practice.values.money import Money

from .client import MOST, Gateway, ask, each, options
from .units import received, sent
from .values import (
    ORDER,
    ROW,
    Balance,
    Payout,
    PayoutStatus,
    Refund,
    RefundStatus,
    Reversal,
    Transfer,
    TransferWanted,
    id_of,
    instant,
    money_of,
    noted,
)

# ---------------------------------------------------------------- refunds


def refund(gateway: Gateway, intent: str, amount: Money, order: str, key: str) -> Refund:
    """Send part or all of a payment back to its card. Raises `AlreadyRefunded`, `IsDisputed`, `Refused`."""
    asked = {"payment_intent": intent, "amount": sent(amount), "metadata": {ORDER: order, ROW: key}}
    return ask(refund_of, gateway.client.v1.refunds.create, asked, options(key))


def refund_now(gateway: Gateway, refund_id: str) -> Refund:
    """A refund as it is now."""
    return ask(refund_of, gateway.client.v1.refunds.retrieve, refund_id)


def refunds_of(gateway: Gateway, intent: str) -> tuple[Refund, ...]:
    """Everything that went back of one payment, newest first, from wherever it was asked for."""
    asked = {"payment_intent": intent, "limit": MOST}
    return tuple(each(lambda: gateway.client.v1.refunds.list(asked), refund_of))


def find_refund(gateway: Gateway, intent: str, row: str) -> Refund | None:
    """The refund that an outbox row asked for, if Stripe made one."""
    return next((found for found in refunds_of(gateway, intent) if found.row == row), None)


def refunds_since(gateway: Gateway, made_after: datetime) -> Iterator[Refund]:
    """Every refund made at or after an instant, newest first."""
    return each(lambda: gateway.client.v1.refunds.list(_since(made_after)), refund_of)


# ---------------------------------------------------------------- transfers


def transfer(gateway: Gateway, wanted: TransferWanted, key: str) -> Transfer:
    """Send money of one charge on to a payout account. Raises `AccountGone`, `BalanceTooLow`, `Refused`."""
    asked = {
        "amount": sent(wanted.amount),
        "currency": wanted.amount.currency.lower(),
        "destination": wanted.account,
        "source_transaction": wanted.charge,
        "transfer_group": wanted.order,
        "metadata": {ORDER: wanted.order, ROW: key},
    }
    return ask(transfer_of, gateway.client.v1.transfers.create, asked, options(key))


def transfers_of(gateway: Gateway, order: str) -> tuple[Transfer, ...]:
    """Everything that was sent on for one order, newest first."""
    asked = {"transfer_group": order, "limit": MOST}
    return tuple(each(lambda: gateway.client.v1.transfers.list(asked), transfer_of))


def find_transfer(gateway: Gateway, order: str, row: str) -> Transfer | None:
    """The transfer that an outbox row asked for, if Stripe made one."""
    return next((found for found in transfers_of(gateway, order) if found.row == row), None)


def transfers_since(gateway: Gateway, made_after: datetime) -> Iterator[Transfer]:
    """Every transfer made at or after an instant, newest first."""
    return each(lambda: gateway.client.v1.transfers.list(_since(made_after)), transfer_of)


def reverse(gateway: Gateway, transfer_id: str, amount: Money, key: str) -> Reversal:
    """Take part or all of a transfer back. Raises `BalanceTooLow` where the account has spent it, `Refused`."""
    asked = {"amount": sent(amount), "metadata": {ROW: key}}
    create = gateway.client.v1.transfers.reversals.create
    return ask(reversal_of, create, transfer_id, asked, options(key))


def reversals_of(gateway: Gateway, transfer_id: str) -> tuple[Reversal, ...]:
    """Everything that was taken back of one transfer, newest first."""
    reversals = gateway.client.v1.transfers.reversals
    return tuple(each(lambda: reversals.list(transfer_id, {"limit": MOST}), reversal_of))


def find_reversal(gateway: Gateway, transfer_id: str, row: str) -> Reversal | None:
    """The reversal that an outbox row asked for, if Stripe made one."""
    return next((found for found in reversals_of(gateway, transfer_id) if found.row == row), None)


# ---------------------------------------------------------------- payouts


def balance(gateway: Gateway, account: str = "") -> Balance:
    """What lies in a payout account, or in our own."""
    return ask(balance_of, gateway.client.v1.balance.retrieve, {}, options(account=account))


def pay_out(gateway: Gateway, account: str, amount: Money, key: str) -> Payout:
    """Send money of a payout account to its bank. Raises `BalanceTooLow`, `AccountGone`, `Refused`."""
    asked = {"amount": sent(amount), "currency": amount.currency.lower(), "metadata": {ROW: key}}
    return ask(payout_of, gateway.client.v1.payouts.create, asked, options(key, account))


def payout_now(gateway: Gateway, account: str, payout: str) -> Payout:
    """A payout as it is now."""
    return ask(payout_of, gateway.client.v1.payouts.retrieve, payout, {}, options(account=account))


def payouts_since(gateway: Gateway, account: str, made_after: datetime) -> Iterator[Payout]:
    """Every payout of an account made at or after an instant, newest first."""
    listing = gateway.client.v1.payouts.list
    return each(lambda: listing(_since(made_after), options(account=account)), payout_of)


def find_payout(gateway: Gateway, account: str, row: str, made_after: datetime) -> Payout | None:
    """The payout that an outbox row asked for, if Stripe made one."""
    return next((found for found in payouts_since(gateway, account, made_after) if found.row == row), None)


def pay_out_by_hand(gateway: Gateway, account: str, key: str) -> None:
    """From here on nothing leaves the account by Stripe's own schedule: payouts are ours to ask for."""
    asked = {"payments": {"payouts": {"schedule": {"interval": "manual"}}}}
    ask(lambda _: None, gateway.client.v1.balance_settings.update, asked, options(key, account))


def _since(made_after: datetime) -> dict[str, Any]:
    return {"created": {"gte": int(made_after.timestamp())}, "limit": MOST}


# ---------------------------------------------------------------- reading


def refund_of(body: Any) -> Refund:
    """A refund as Stripe describes it."""
    return Refund(
        id=body["id"],
        status=RefundStatus(body["status"]),
        amount=money_of(body),
        intent=id_of(body.get("payment_intent")),
        charge=id_of(body.get("charge")),
        order=noted(body, ORDER),
        row=noted(body, ROW),
        failure=body.get("failure_reason") or "",
        made_at=_made(body),
    )


def transfer_of(body: Any) -> Transfer:
    """A transfer as Stripe describes it."""
    return Transfer(
        id=body["id"],
        amount=money_of(body),
        reversed=money_of(body, "amount_reversed"),
        account=id_of(body.get("destination")),
        charge=id_of(body.get("source_transaction")),
        order=body.get("transfer_group") or noted(body, ORDER),
        row=noted(body, ROW),
        made_at=_made(body),
    )


def reversal_of(body: Any) -> Reversal:
    """A reversal as Stripe describes it."""
    return Reversal(body["id"], id_of(body["transfer"]), money_of(body), noted(body, ROW), _made(body))


def payout_of(body: Any) -> Payout:
    """A payout as Stripe describes it."""
    return Payout(
        id=body["id"],
        status=PayoutStatus(body["status"]),
        amount=money_of(body),
        row=noted(body, ROW),
        failure=body.get("failure_code") or "",
        arrives_at=instant(body.get("arrival_date")),
        made_at=_made(body),
    )


def balance_of(body: Any) -> Balance:
    """A balance as Stripe describes it; currencies that we don't deal in are left out."""
    return Balance(_amounts(body["available"]), _amounts(body["pending"]))


def _amounts(rows: Any) -> tuple[Money, ...]:
    amounts = (received(row["amount"], row["currency"]) for row in rows)
    return tuple(amount for amount in amounts if amount is not None)


def _made(body: Any) -> datetime:
    made_at = instant(body["created"])
    assert made_at
    return made_at
