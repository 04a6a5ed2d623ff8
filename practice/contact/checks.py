"""This file knows what must always hold of tickets, and checks it by plain reading, not by the rules' code."""

from __future__ import annotations

from collections.abc import Iterator

from practice.store.checks import check

from . import queries


@check
def _answered_first() -> Iterator[str]:
    """Staff close nothing that nobody answered."""
    for number in queries.closed_unanswered():
        yield f"Ticket {number} was closed by staff, and nobody had answered it."
