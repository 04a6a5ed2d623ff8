"""This file knows where somebody stands who wants to be paid out, in a word for each page that says it."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from practice.providers.stripe_gateway.values import AccountState, Deadline

from .models import PayeeAccount

Requirement = dict[str, Any]


class AccountStage(StrEnum):
    """What is true of a payout account for its owner."""

    NOT_BEGUN = "not_begun"
    PREPARING = "preparing"  # asked for; the card processor has not answered yet
    MISSING = "missing"
    CHECKING = "checking"
    READY = "ready"
    STOPPED = "stopped"  # takes money, and its bank cannot be reached
    NOT_HERE = "not_here"  # the card processor opens none in that country
    REFUSED = "refused"
    CLOSED = "closed"


S = AccountStage
# Where an account may be asked for, and where its owner is led to the card processor's own pages.
BEGINS = frozenset({S.NOT_BEGUN, S.NOT_HERE, S.CLOSED})
LEADS_ON = frozenset({S.PREPARING, S.MISSING, S.CHECKING, S.READY, S.STOPPED})
# What of an account was open once, and whose owner hears that it is not any more.
OPEN = frozenset({S.READY, S.STOPPED})


def account_stage(account: PayeeAccount | None) -> AccountStage:
    """Where the newest account of somebody stands; None is who never had one."""
    if account is None:
        return S.NOT_BEGUN
    if account.ended_at is not None:
        return S.CLOSED
    if account.state == AccountState.REFUSED:
        return S.REFUSED if account.name else S.NOT_HERE
    if not account.name:
        return S.PREPARING
    if account.state == AccountState.READY and account.by_hand:
        return S.READY if account.pays_out else S.STOPPED
    return S.MISSING if account.state == AccountState.MISSING else S.CHECKING


def to_give(account: PayeeAccount | None) -> Sequence[Requirement]:
    """What its owner has to give, the most urgent first."""
    if account is None:
        return ()
    urgency = {Deadline.PAST_DUE: 0, Deadline.CURRENTLY_DUE: 1}
    theirs = [each for each in account.requirements if not each["is_stripes"]]
    return sorted(theirs, key=lambda each: urgency.get(each["deadline"], len(urgency)))


def given(account: PayeeAccount | None) -> Sequence[Requirement]:
    """What was given, and the card processor is looking at."""
    return [each for each in account.requirements if each["is_stripes"]] if account is not None else ()
