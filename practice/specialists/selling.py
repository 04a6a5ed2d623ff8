"""This file knows what can be sold: which lengths and prices, from when on, and what a specialist gets of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from practice.http.formats import amount, money
from practice.values.commission import shares
from practice.values.money import Money, Rounding

from .cancel_rules import PRESETS, CancelRule, Preset
from .policy import LONGEST, LOWER_PRICES_AT_MOST, SHORTEST, STEP_MINUTES


class Missing(StrEnum):
    """What stands between a practice and its first paid session."""

    ACCOUNT = "account"
    ANSWERS = "answers"
    CURRENCY = "currency"
    SETTLED = "settled"
    PAYOUTS = "payouts"


@dataclass(frozen=True)
class Account:
    """Somebody's payout account as far as prices go: its currency, whether money can be sent to it and on to its bank,
    and whether what is paid in its currency reaches us as it was paid."""

    currency: str
    takes_money: bool
    pays_out: bool = True
    is_settled: bool = True


@dataclass(frozen=True)
class Selling:
    """What stands in the way of selling; `currency` is that of the payout account, None before there is one."""

    currency: str | None
    missing: tuple[Missing, ...]
    can_pay_out: bool

    def sells(self, price: Money) -> bool:
        """Whether something of that price can be sold now: it is paid out in the currency it is sold in."""
        return self.can_pay_out and price.currency == self.currency


def selling(account: Account | None, prices: Iterable[Money]) -> Selling:
    """Whether somebody with this payout account sells anything, and at which of `prices` not."""
    if account is None:
        return Selling(None, (Missing.ACCOUNT,), can_pay_out=False)
    missing = () if account.takes_money else (Missing.ANSWERS,)
    if account.takes_money and not account.pays_out:
        missing = (Missing.PAYOUTS,)
    can_pay_out = not missing and account.is_settled
    missing = missing if account.is_settled else (*missing, Missing.SETTLED)
    if any(price.currency != account.currency for price in prices):
        missing = (*missing, Missing.CURRENCY)
    return Selling(account.currency, missing, can_pay_out=can_pay_out)


@dataclass(frozen=True, kw_only=True)
class ForSale:
    """What an offer is to be from now on: how long, for how much, under which rule, after a consultation or not, and
    for how many people at which lower price."""

    minutes: int
    price: Money
    rule: CancelRule = PRESETS[Preset.STANDARD]
    consult_first: bool = True
    lower: Money | None = None
    lower_count: int = 0

    def faults(self) -> dict[str, str]:
        """What is wrong with it, as a sentence for each field; empty when nothing is."""
        found = {"minutes": length_fault(self.minutes), "price": price_fault(self.price)}
        wrong = {field: sentence for field, sentence in found.items() if sentence}
        return wrong or lower_faults(self.price, self.lower, self.lower_count)


def length_fault(minutes: int | None) -> str:
    """What is wrong with the length of a session; "" when nothing is."""
    if minutes is None or not SHORTEST <= minutes <= LONGEST or minutes % STEP_MINUTES:
        return f"Write a length from {SHORTEST} to {LONGEST} minutes, in steps of five."
    return ""


def price_fault(price: Money) -> str:
    """What is wrong with the price of a session; "" when nothing is."""
    if price.is_free:
        return "A session costs more than nothing. The free one is the consult."
    if price.is_too_little:
        least = money(Money(price.rules.least, price.currency))
        return f"A session costs {least} or more. Check the point or comma in this price."
    if price.is_too_much or not price.is_payable:
        return "Nobody could pay that price. Check its last digit, and the zeros."
    return ""


NOT_LOWER = "This has to be less than the price above."


def lower_faults(price: Money, lower: Money | None, count: int) -> dict[str, str]:
    """What is wrong with places at a lower price, by field; empty when nothing is."""
    if not 0 <= count <= LOWER_PRICES_AT_MOST:
        return {"lower_count": f"Write a number from 0 to {LOWER_PRICES_AT_MOST}."}
    if lower is None:
        return {"lower_price": "Write what these places cost."} if count else {}
    if fault := price_fault(lower):
        return {"lower_price": fault}
    return {} if lower < price else {"lower_price": NOT_LOWER}


def net_lines(price: Money, rate: int) -> tuple[str, str]:
    """ "You get €63.36 of €72.00", and whose the rest is, at a rate in basis points."""
    found = shares(price, rate)
    ours = f"Our {rate / 100:g}% is {amount(found.commission)}. The card fee is on us."
    return f"You get {amount(found.payee)} of {amount(price)}", ours


def back(price: Money, share: int) -> Money:
    """What comes back of a price at a share in per cent: rounded for the client."""
    return price - price.share(100 - share, 100, Rounding.DOWN)
