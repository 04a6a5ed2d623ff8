"""This file knows what people write to us about, where a ticket can be, and whose each message in it is."""

from __future__ import annotations

from enum import StrEnum


class Category(StrEnum):
    """What somebody writes about, as they chose it; staff can put it right."""

    SAFETY = "safety"
    COMPLAINT = "complaint"
    BOOKING = "booking"
    PAYMENT = "payment"
    ACCOUNT = "account"
    PRESS = "press"


class TicketState(StrEnum):
    """Where a ticket stands: with us, answered, with its person, over, or with us again."""

    OPEN = "open"
    ANSWERED = "answered"
    WAITING = "waiting"
    CLOSED = "closed"
    REOPENED = "reopened"


S = TicketState
WITH_US = frozenset({S.OPEN, S.REOPENED})
MOVES: dict[TicketState, frozenset[TicketState]] = {
    S.OPEN: frozenset({S.ANSWERED, S.WAITING, S.CLOSED}),
    S.ANSWERED: frozenset({S.OPEN, S.WAITING, S.CLOSED}),
    S.WAITING: frozenset({S.OPEN, S.ANSWERED, S.CLOSED}),
    S.CLOSED: frozenset({S.REOPENED}),
    S.REOPENED: frozenset({S.ANSWERED, S.WAITING, S.CLOSED}),
}


class Whose(StrEnum):
    """Who wrote a message: the person, staff to them, or staff among themselves."""

    PERSON = "person"
    STAFF = "staff"
    NOTE = "note"
