"""This file knows what kinds of things the card processor is told, and what staff may set."""

from __future__ import annotations

from enum import StrEnum


class OpKind(StrEnum):
    """What is to be told to the card processor."""

    OPEN_CHECKOUT = "open_checkout"
    END_CHECKOUT = "end_checkout"
    REFUND = "refund"
    TRANSFER = "transfer"
    REVERSAL = "reversal"
    OPEN_ACCOUNT = "open_account"
    PAYOUTS_BY_HAND = "payouts_by_hand"
    PAYOUT = "payout"


class SettingKey(StrEnum):
    """What staff may set: the commission in basis points; from how much on a refund needs two of them, in what a euro
    buys."""

    COMMISSION = "commission"
    TWO_FOR_REFUND = "two_for_refund"


STANDARD = {SettingKey.COMMISSION: 1_200, SettingKey.TWO_FOR_REFUND: 200}
MOST = {SettingKey.COMMISSION: 5_000, SettingKey.TWO_FOR_REFUND: 100_000}
