"""This file knows how long a proposal about money waits, and what a person is told who may not give it back."""

from __future__ import annotations

from datetime import timedelta

from .returning import NotReturned

LAPSES_AFTER = timedelta(days=7)
REFUSED = {
    NotReturned.NOT_PAID: "Nothing that could come back was paid for this.",
    NotReturned.DISPUTED: "The card’s bank asks for this money. From here it would be paid a second time.",
    NotReturned.ALREADY: "Write an amount above zero.",
    NotReturned.TOO_MUCH: "Write an amount up to what is left of it.",
}
