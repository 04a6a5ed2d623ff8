"""This file knows every letter about a payee's money: to whom and with which facts."""

from __future__ import annotations

from practice.accounts.models import User
from practice.config import settings
from practice.http.formats import amount
from practice.letters import registry
from practice.letters.outbox import enqueue_mail
from practice.values import clock
from practice.values.money import Money

from .account_stages import OPEN, AccountStage, account_stage
from .desk_models import MoneySetting
from .models import Order, OrderLine, PayeeAccount, Payout
from .policy.effects import Letter, Write
from .policy.purchase import payees_of

PAYOUTS_PAGE = "/practice/payouts"
EARNINGS_PAGE = "/practice/earnings"
OFFERS_PAGE = "/practice/offers"
NAMES = {Letter.PAYOUT_SENT: "payout_sent", Letter.PAYOUT_FAILED: "payout_failed"}
# What becomes of money that a card holder's bank asks back, as versions of one letter.
OF_BANKS = {Letter.BANK_ASKS: "asks", Letter.BANK_FOR_US: "for_us", Letter.BANK_AGAINST_US: "against_us"}
registry.has_versions(
    "payments/commission_changes", by=lambda facts: "stays" if facts["share"] == facts["before"] else "changes"
)
# Rows from before a letter knew whether it comes after that instant, and what else goes back.
registry.knows("payments", has_begun=False, follows="")
# Where an account has come to, as versions of one letter.
OF_ACCOUNTS = {
    AccountStage.READY: "ready",
    AccountStage.STOPPED: "stopped",
    AccountStage.MISSING: "missing",
    AccountStage.CHECKING: "checking",
    AccountStage.REFUSED: "refused",
    AccountStage.CLOSED: "closed",
}
# What is told whatever it was before; all else only where it was open until then.
ALWAYS_TOLD = frozenset({AccountStage.READY, AccountStage.REFUSED, AccountStage.CLOSED})
registry.has_versions("payments/bank", "payments/account", by=lambda facts: str(facts["became"]))


def bank(order: Order, what: Write) -> None:
    """To each payee of an order: a card's bank asks for its money, or has decided."""
    asked = amount(Money(what.amount, order.paid_in or order.currency))
    facts = {"became": OF_BANKS[what.letter], "paid": asked, "url": settings().base_url + EARNINGS_PAGE}
    for payee in {line.payee_id: line.payee for line in order.lines}.values():
        enqueue_mail(f"{order.thing}:{what.letter}:{what.number}:{payee.id}", "payments/bank", payee, facts)


def account(row: PayeeAccount, before: AccountStage) -> None:
    """To its owner: their payout account, which was `before`, takes or pays out nothing any more, or goes on."""
    now = account_stage(row)
    if now != before and now in OF_ACCOUNTS and (before in OPEN or now in ALWAYS_TOLD):
        key = f"account:{row.id}:{now}:{clock.now().isoformat()}"
        enqueue_mail(key, "payments/account", row.payee, {"became": OF_ACCOUNTS[now], "url": _page()})


def transfer_blocked(line: OrderLine) -> None:
    """To the payee: something is due to them, and their account takes nothing at present."""
    key = f"payee:{line.payee_id}:blocked:{line.id}:{line.tries}"
    enqueue_mail(key, "payments/transfer_blocked", line.payee, {"url": _page()})


def given_back(line: OrderLine, more: int, follows: Money) -> None:
    """To the payee: our staff give back `more` of a line, in its smallest unit; what `follows` of whatever else was
    paid for the same, or what is theirs then."""
    currency = line.order.currency
    theirs = payees_of(line.price - line.back, line.rate, currency)
    facts = {
        "returned": amount(Money(more, currency)),
        "paid": amount(Money(line.price, currency)),
        "yours": amount(Money(theirs, currency)),
        "follows": "" if follows.is_free else amount(follows),
        "url": settings().base_url + EARNINGS_PAGE,
    }
    enqueue_mail(f"{line.order.thing}:given_back:{line.code}:{line.back}", "payments/given_back", line.payee, facts)


def commission_changes(payee: User, setting: MoneySetting, before: int) -> None:
    """To somebody who sells: from then on our share is another."""
    facts = {
        "share": share(setting.value),
        "before": share(before),
        "from_at": setting.from_at.isoformat(),
        "has_begun": setting.from_at <= clock.now(),
        "url": settings().base_url + OFFERS_PAGE,
    }
    enqueue_mail(f"{about(setting)}:commission:{payee.id}", "payments/commission_changes", payee, facts)


def about(setting: MoneySetting) -> str:
    """What letters about a setting are about."""
    return f"setting:{setting.id}"


def share(rate: int) -> str:
    """A rate in basis points as people read it: "12%", "10.5%"."""
    return f"{rate / 100:g}%"


def payout(row: Payout, what: Write) -> None:
    """To the payee: money is on its way to their bank, or came back from it."""
    name = NAMES[what.letter]
    facts = {"paid": amount(row.money), "url": _page()}
    enqueue_mail(f"payout:{row.id}:{name}", f"payments/{name}", row.payee, facts)


def _page() -> str:
    return settings().base_url + PAYOUTS_PAGE
