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
    EVIDENCE = "evidence"


class SettingKey(StrEnum):
    """What staff may set: the commission in basis points; from how much on a refund needs two of them, in what a euro
    buys; the least that is paid out, in whole units. A currency may have limits of its own, in its units."""

    COMMISSION = "commission"
    TWO_FOR_REFUND = "two_for_refund"
    PAYOUT_LEAST = "payout_least"


LIMITS = (SettingKey.TWO_FOR_REFUND, SettingKey.PAYOUT_LEAST)
STANDARD = {SettingKey.COMMISSION: 1_200, SettingKey.TWO_FOR_REFUND: 200, SettingKey.PAYOUT_LEAST: 20}
MOST = {SettingKey.COMMISSION: 5_000, SettingKey.TWO_FOR_REFUND: 100_000, SettingKey.PAYOUT_LEAST: 100_000}


class ProposalKind(StrEnum):
    """What one of the staff may want: more back than the rule says, money in doubt back, a failed refund noted as paid
    by hand, another setting."""

    REFUND = "refund"
    IN_DOUBT = "in_doubt"
    BY_HAND = "by_hand"
    SETTING = "setting"


class Reason(StrEnum):
    """Why more goes back than the rule says."""

    NOT_AS_AGREED = "not_as_agreed"
    BETWEEN_THEM = "between_them"
    OUR_MISTAKE = "our_mistake"
    THE_LAW = "the_law"
    KINDNESS = "kindness"
    OTHER = "other"
