"""This file knows where a conversation stands, and on which side of it somebody is."""

from __future__ import annotations

from enum import StrEnum

# What a message is called where a case is about it.
KIND = "message"


class Side(StrEnum):
    """Which part of a conversation is somebody's."""

    CLIENT = "client"
    PARTNER = "partner"
    SPECIALIST = "specialist"


class ThreadState(StrEnum):
    """Where a conversation stands: begun and nothing waits, who is to answer, ended by one side, or closed to it."""

    OPEN = "open"
    AWAITING_SPECIALIST = "awaiting_specialist"
    AWAITING_CLIENT = "awaiting_client"
    CLOSED = "closed"
    BLOCKED = "blocked"


S = ThreadState
# Whoever writes in a closed one opens it; one that is blocked opens only for who blocked it.
MOVES: dict[ThreadState, frozenset[ThreadState]] = {
    S.OPEN: frozenset({S.AWAITING_SPECIALIST, S.AWAITING_CLIENT, S.CLOSED, S.BLOCKED}),
    S.AWAITING_SPECIALIST: frozenset({S.OPEN, S.AWAITING_CLIENT, S.CLOSED, S.BLOCKED}),
    S.AWAITING_CLIENT: frozenset({S.OPEN, S.AWAITING_SPECIALIST, S.CLOSED, S.BLOCKED}),
    S.CLOSED: frozenset({S.OPEN, S.AWAITING_SPECIALIST, S.AWAITING_CLIENT, S.BLOCKED}),
    S.BLOCKED: frozenset({S.OPEN, S.CLOSED}),
}


class FileKind(StrEnum):
    """What can go along with a message, as its content tells."""

    PDF = "pdf"
    PNG = "png"
    JPG = "jpg"
