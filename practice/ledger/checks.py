"""This file knows what must always hold of money that was booked, as far as the ledger alone can tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from practice.http.formats import amount
from practice.store.checks import check_of, read_once

from . import queries
from .chart import PAYEES, Balances, Pot
from .digests import digest
from .labels import POTS

# The desk that these are for.
MONEY = "money"


@check_of(MONEY)
def _batches() -> Iterator[str]:
    """Every batch is whole, moves what such an event moves, and says what it said when it was booked."""
    for each in queries.everything():
        batch = each.batch
        if batch is None or len(batch.postings) != each.size or batch.total != each.total:
            yield f"Batch {each.name} of the ledger is not what such an event books."
        elif digest(batch, each.actor, each.at) != each.digest:
            yield f"Batch {each.name} of the ledger was changed after it was booked."


@check_of(MONEY, at_a_glance=True)
def _whole() -> Iterator[str]:
    """Every batch moves what it says, in as many postings as it says."""
    for name in queries.incomplete():
        yield f"Batch {name} of the ledger does not add up to what it says."


@check_of(MONEY, at_a_glance=True)
def _orders() -> Iterator[str]:
    """No order gave back more than came in for it, and nothing in it is less than nothing."""
    # A payout takes from many orders at once and names none: what was transferred is for the payee's check.
    yield from _impossible("Order", by_order(), frozenset(Pot) - {Pot.TRANSFERRED})


@check_of(MONEY, at_a_glance=True)
def _payees() -> Iterator[str]:
    """No payee has less than nothing anywhere, or owes less than nothing."""
    yield from _impossible("Payee", by_payee(), PAYEES)


@check_of(MONEY, at_a_glance=True)
def _currencies() -> Iterator[str]:
    """In no currency a pot of the platform's, the clients' or the processor's has what it cannot."""
    yield from _impossible("All of", {"everybody": queries.of_everybody()}, frozenset(Pot))


by_order = read_once(queries.by_order)
by_payee = read_once(queries.by_payee)


def _impossible(what: str, found: Mapping[str, Balances], pots: frozenset[Pot]) -> Iterator[str]:
    """A sentence for each of these pots with more in it, or less, than there can be."""
    for name, balances in sorted(found.items()):
        who = f"{what} {name}" if name else f"What names no {what.lower()}"
        for pot, within in balances.impossible():
            if pot == Pot.CLIENT:
                yield f"{who} gave back {amount(within)} more than came in."
            elif pot in pots:
                yield f"{who} has {amount(within)} in “{POTS[pot]}”, which cannot be."
