"""This file knows which states an intent and a lock can have and which moves between them exist."""

from __future__ import annotations

from enum import StrEnum


class IntentState(StrEnum):
    """How far a visitor's interrupted task has come."""

    OPEN = "open"  # nobody has signed in yet: only the browser's token finds it
    CLAIMED = "claimed"  # belongs to an account, and may be opened again from any of its devices
    COMPLETED = "completed"  # the person pressed the last button themselves
    DISCARDED = "discarded"  # thrown away on purpose, or by signing out of a shared computer
    EXPIRED = "expired"


MOVES: dict[IntentState, set[IntentState]] = {
    IntentState.OPEN: {IntentState.CLAIMED, IntentState.COMPLETED, IntentState.DISCARDED, IntentState.EXPIRED},
    # Back to open: the person says that this was the wrong account.
    IntentState.CLAIMED: {
        IntentState.OPEN,
        IntentState.COMPLETED,
        IntentState.DISCARDED,
        IntentState.EXPIRED,
    },
}

LIVE = (IntentState.OPEN, IntentState.CLAIMED)


def may_move(before: IntentState, after: IntentState) -> bool:
    """True when the table holds the move; an absent key is final."""
    return after in MOVES.get(before, set())


class ErasureState(StrEnum):
    """Where the end of an account stands: asked for, taken back by its owner, or done."""

    ASKED = "asked"
    TAKEN_BACK = "taken_back"
    DONE = "done"


class LockState(StrEnum):
    """How far the closing of an account for a while has come."""

    PROPOSED = "proposed"  # one of the staff wants it; nothing has changed yet
    IN_FORCE = "standing"  # a second one agreed, or the operator did it: nobody gets in
    WITHDRAWN = "withdrawn"
    ENDED = "ended"  # open again


LOCK_MOVES: dict[LockState, set[LockState]] = {
    LockState.PROPOSED: {LockState.IN_FORCE, LockState.WITHDRAWN},
    LockState.IN_FORCE: {LockState.ENDED},
}
