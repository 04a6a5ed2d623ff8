"""This file knows what can be proposed about a crisis line, and how far a proposal is."""

from __future__ import annotations

from enum import StrEnum


class ChangeKind(StrEnum):
    """What would be done to the line."""

    CHECK = "check"
    CHANGE = "change"
    ADD = "add"
    END = "end"


class ChangeState(StrEnum):
    """Proposed by one; agreed or withdrawn by a decision; undone where what stood before stands again."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    WITHDRAWN = "withdrawn"
    UNDONE = "undone"


MOVES: dict[ChangeState, frozenset[ChangeState]] = {
    ChangeState.PROPOSED: frozenset({ChangeState.AGREED, ChangeState.WITHDRAWN}),
    ChangeState.AGREED: frozenset({ChangeState.UNDONE}),
}
