"""This file knows every letter about a payee's money: to whom and with which facts."""

from __future__ import annotations

from practice.config import settings
from practice.http.formats import amount
from practice.letters.outbox import enqueue_mail

from .models import OrderLine, Payout
from .policy.effects import Letter, Write

PAYOUTS_PAGE = "/practice/payouts"
NAMES = {Letter.PAYOUT_SENT: "payout_sent", Letter.PAYOUT_FAILED: "payout_failed"}


def transfer_blocked(line: OrderLine) -> None:
    """To the payee: something is due to them, and their account takes nothing at present."""
    key = f"payee:{line.payee_id}:blocked:{line.id}:{line.tries}"
    enqueue_mail(key, "payments/transfer_blocked", line.payee, {"url": _page()})


def payout(row: Payout, what: Write) -> None:
    """To the payee: money is on its way to their bank, or came back from it."""
    name = NAMES[what.letter]
    facts = {"paid": amount(row.money), "url": _page()}
    enqueue_mail(f"payout:{row.id}:{name}", f"payments/{name}", row.payee, facts)


def _page() -> str:
    return settings().base_url + PAYOUTS_PAGE
