"""This file knows what happens to money without a browser; every sweep may run late, twice, or twice at once."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

from practice.work.each import when_stuck
from practice.work.jobs import sweep

from . import actions, announcing, comparing, inbox, operations, payday, sweeping
from .policy.effects import Concern

# Rows that are told, and messages that are looked at, before the other kind has its turn.
A_TURN = 20
# Seconds: what one turn of either may last where the card processor is slow, and after how many other sweeps go on.
PATIENCE, LONGEST = 15.0, 30.0


@when_stuck
def put_before_staff(name: str, error: Exception) -> None:
    """What a sweep could not do waits for a person; nothing of what went wrong is told but its kind."""
    actions.park(Concern.STUCK, None, 0, f"{name}: {type(error).__name__}")


@sweep(every=timedelta(seconds=3))
def tell() -> int:
    """The card processor is told what was decided, and its messages are looked at: by turns, and money goes first."""
    is_over, done = _after(LONGEST), 0
    while found := operations.carry_out(A_TURN, _after(PATIENCE)) + inbox.look_at_due(A_TURN, _after(PATIENCE)):
        done += found
        if is_over():
            break
    return done


def _after(seconds: float) -> Callable[[], bool]:
    """Whether so many seconds from now have passed."""
    ends = time.monotonic() + seconds
    return lambda: time.monotonic() >= ends


@sweep(every=timedelta(minutes=1))
def holds() -> int:
    """Holds end: at the card processor first, and here where it goes on answering nothing."""
    return sweeping.end_holds() + sweeping.give_up_holds()


@sweep(every=timedelta(minutes=1))
def open_pages() -> int:
    """What may have been paid without a word to us."""
    return sweeping.look_at_pages()


@sweep(every=timedelta(minutes=10))
def messages_of_late() -> int:
    """Messages of the last hours that never came."""
    return sweeping.find_messages(sweeping.LATELY)


@sweep(every=timedelta(hours=6))
def messages_of_days() -> int:
    """Messages of three days that never came: while nobody was here to hear them."""
    return sweeping.find_messages(sweeping.MISSED)


@sweep(every=timedelta(days=1))
def objects_of_a_month() -> int:
    """What differs from what is known here, though no message is left of it."""
    return sweeping.find_objects()


@sweep(every=timedelta(minutes=5))
def ripen() -> int:
    """Payees may be paid once the wait after the session is over."""
    return sweeping.ripen_lines()


@sweep(every=timedelta(hours=6))
def accounts() -> int:
    """How payees' accounts and payouts stand."""
    return sweeping.look_at_accounts()


@sweep(every=timedelta(minutes=5))
def announce() -> int:
    """Everybody who sells hears that our share of a session changes."""
    return announcing.announce()


@sweep(every=timedelta(hours=1))
def payouts() -> int:
    """On Mondays what payees have on their balances goes to their banks; whoever was missed then, as soon as may be."""
    return payday.run()


@sweep(every=timedelta(days=1))
def forget_messages() -> int:
    """Messages that nobody can send again are forgotten."""
    return sweeping.forget_messages()


@sweep(every=timedelta(minutes=1))
def compare() -> int:
    """Our books are compared with themselves and the card processor's: each day, and when staff want it."""
    return comparing.run_due()


@sweep(every=timedelta(minutes=1))
def look_again() -> int:
    """What staff want the card processor to be asked once more."""
    return sweeping.look_again()


@sweep(every=timedelta(hours=1))
def lapse_proposals() -> int:
    """What nobody agreed to in time is not done."""
    return actions.lapse()
