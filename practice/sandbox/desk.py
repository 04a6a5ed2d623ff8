"""This file knows what a visitor of the demo can have happen at the payment partner: by hand, what else takes weeks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from practice.providers.stripe_gateway.units import received
from practice.values.money import Money

from . import faults, world
from .accounts import Outcome
from .disputes import INQUIRY, OPEN
from .faults import Fault
from .models import SandboxObject
from .objects import of_kind
from .transfers import capability

MOST = 12  # of each kind, the newest
UNACCEPTABLE = "product_unacceptable"
AWAY, SLOW = timedelta(minutes=10), 30
KINDS = {
    "charge": "Payment",
    "refund": "Refund",
    "dispute": "Dispute",
    "payout": "Payout",
    "v2.core.account": "Payout account",
}
DEEDS: dict[str, tuple[str, Callable[[str], object]]] = {
    "complain": ("The card holder says it did not take place", world.open_dispute),
    "deny": ("The card holder says it was not them", lambda id_: world.open_dispute(id_, "fraudulent")),
    "reject": ("The card holder says it was not as described", lambda id_: world.open_dispute(id_, UNACCEPTABLE)),
    "inquire": ("The card holder asks their bank about it", world.inquire),
    "return": ("Return it in the partner’s dashboard", world.refund_outside),
    "arrive": ("It arrives", world.settle_refund),
    "fail": ("It comes back", world.fail_refund),
    "win": ("The bank decides for us", lambda id_: world.decide_dispute(id_, is_won=True)),
    "lose": ("The bank decides for the card holder", lambda id_: world.decide_dispute(id_, is_won=False)),
    "take": ("The bank takes the money after all", world.escalate),
    "end": ("The bank has done with asking", world.end_inquiry),
    "bounce": ("The bank sends it back", world.fail_payout),
    "ready": ("Everything is right", lambda id_: world.onboard(id_, Outcome.READY)),
    "missing": ("A document is missing", lambda id_: world.onboard(id_, Outcome.MISSING)),
    "stop": ("Its bank can’t be reached", world.stop_payouts),
    "close": ("It’s closed", world.close_account),
}
WEATHER: dict[str, tuple[str, Callable[[], None]]] = {
    "away": ("Nobody answers for a while", lambda: faults.away(AWAY)),
    "slow": ("The next answer comes too late", lambda: faults.expect(Fault.SLOW, "POST", seconds=SLOW)),
    "lost": ("The next answer is lost on its way", lambda: faults.expect(Fault.RESET_AFTER, "POST")),
    "stuck": ("The next request fails, and so do all with its key", lambda: faults.expect(Fault.FAILED_BEFORE, "POST")),
    "well": ("All is well", faults.all_is_well),
}


@dataclass(frozen=True)
class Thing:
    """Something at the partner as the page shows it, with what can happen to it now: names and labels. `order`: whose
    payment it is, "" of anything else; `at` is UTC."""

    id: str
    order: str
    at: datetime
    label: str
    money: Money | None
    state: str
    deeds: tuple[tuple[str, str], ...]


def things() -> list[Thing]:
    """The newest things of each kind."""
    return [_thing(row) for kind in KINDS for row in of_kind(kind, most=MOST)]


def do(id_: str, deed: str) -> bool:
    """Have it happen; False where it is no longer possible, or never was."""
    found = next((thing for thing in things() if thing.id == id_), None)
    if found is None or deed not in dict(found.deeds):
        return False
    DEEDS[deed][1](id_)
    return True


def change_weather(name: str) -> bool:
    """Have something go wrong from here on, or nothing; False for a name that there is not."""
    if name not in WEATHER:
        return False
    WEATHER[name][1]()
    return True


def _thing(row: SandboxObject) -> Thing:
    body = row.body
    deeds = tuple((name, DEEDS[name][0]) for name in POSSIBLE[row.kind](row))
    money = received(body.get("amount"), body.get("currency"))
    order = body["transfer_group"] or "" if row.kind == "charge" else ""
    return Thing(row.id, order, row.created_at, KINDS[row.kind], money, _state(row), deeds)


def _state(row: SandboxObject) -> str:
    if row.kind == "charge":
        back = row.body["amount_refunded"]
        returned = "returned" if row.body["refunded"] else "partly returned" if back else "paid"
        return "disputed" if row.body["disputed"] else returned
    state = capability(row) if row.kind == "v2.core.account" else row.body["status"]
    return "closed" if row.body.get("closed") else str(state).replace("_", " ")


def _of_charge(row: SandboxObject) -> Iterator[str]:
    is_taken = row.body["disputed"] and not row.body.get("_is_won")
    if is_taken or row.body["refunded"]:
        return
    if not row.body.get("_is_asked"):
        yield from ("complain", "deny", "reject", "inquire")
    yield "return"


def _of_refund(row: SandboxObject) -> Iterator[str]:
    if row.body["status"] == "pending":
        yield "arrive"
    if row.body["status"] in ("pending", "succeeded"):
        yield "fail"


def _of_dispute(row: SandboxObject) -> Iterator[str]:
    if row.body["status"] in OPEN:
        yield from ("win", "lose")
    if row.body["status"] in INQUIRY:
        yield from ("take", "end")


def _of_payout(row: SandboxObject) -> Iterator[str]:
    if row.body["status"] != "failed":
        yield "bounce"


def _of_account(row: SandboxObject) -> Iterator[str]:
    if not row.body["closed"]:
        yield from ("ready", "missing", "stop", "close")


POSSIBLE: dict[str, Callable[[SandboxObject], Iterator[str]]] = {
    "charge": _of_charge,
    "refund": _of_refund,
    "dispute": _of_dispute,
    "payout": _of_payout,
    "v2.core.account": _of_account,
}
