"""This file knows which letters messages cause, and what has a letter not leave."""

from __future__ import annotations

from .models import Message


def arrived(message: Message) -> None:
    """Whoever it is for hears that there is something new; called as it is stored, inside its transaction."""


def taken_back(message: Message) -> None:
    """A letter about it that has not left does not leave; called inside the transaction that wipes it."""
