"""This file knows where a case can be, how urgent one is, and what may be decided."""

from __future__ import annotations

from enum import StrEnum


class Severity(StrEnum):
    """How soon a person looks: by rule of what happened, never by guessing at somebody's state."""

    SAFETY = "s1"
    HARM = "s2"
    USUAL = "s3"
    QUALITY = "s4"


class Decision(StrEnum):
    """What one of the staff can decide about what somebody wrote."""

    PUBLISH = "publish"
    ASK_EDIT = "ask_edit"
    MASK = "mask"
    REJECT = "reject"
    REMOVE = "remove"
    # A report that changes nothing.
    LEAVE = "leave"
