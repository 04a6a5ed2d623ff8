"""This file knows a tiny shop for tests of money: a room that sells places, of which there is one of each name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from practice.accounts.models import User
from practice.ledger import chart
from practice.ledger import queries as pots
from practice.ledger.chart import Pot
from practice.payments import actions, fulfilment, queries
from practice.payments.kinds import SettingKey
from practice.payments.models import Order, OrderLine
from practice.payments.policy import events
from practice.payments.policy.effects import Letter, Write
from practice.store import checks
from practice.values import clock
from practice.values.money import Money
from tests import factories

KIND = "place"


@dataclass
class Shop:
    """Sells places by their code; who has each is told by `taken`. `closed`: it gives nobody anything."""

    taken: dict[str, str] = field(default_factory=dict)
    letters_written: list[tuple[Letter, int, str | None]] = field(default_factory=list)
    closed: bool = False

    def lock(self, lines: Sequence[OrderLine]) -> None:
        """There is nothing to wait for."""

    def confirm(self, line: OrderLine, late: bool) -> bool:
        free = self.taken.get(line.subject_code, line.code) == line.code
        if self.closed or not free:
            return False
        self.taken[line.subject_code] = line.code
        return True

    def release(self, line: OrderLine) -> None:
        self.taken.pop(line.subject_code, None)

    def call_off(self, line: OrderLine) -> None:
        self.taken.pop(line.subject_code, None)

    def choosing(self, codes: Sequence[str]) -> dict[str, Any]:
        return {}

    def follows(self, wanted: Sequence[tuple[OrderLine, int]]) -> list[Money]:
        return [Money(0, line.order.currency) for line, _ in wanted]

    def letters(self, write: Write, order: Order, line: OrderLine | None) -> None:
        self.letters_written.append((write.letter, write.amount, None if line is None else line.subject_code))

    def about(self, lines: Sequence[OrderLine]) -> fulfilment.About:
        what = " and ".join(f"Place {line.subject_code}" for line in lines)
        return fulfilment.About(what, "/me", (("Choose another place", "/specialists"),))

    @property
    def letters_sent(self) -> list[Letter]:
        return [letter for letter, _, _ in self.letters_written]


@pytest.fixture
def shop(app: Any) -> Iterator[Shop]:
    """`shop.taken`, `shop.letters_sent`."""
    made = Shop()
    fulfilment.sells(KIND, made)
    yield made
    fulfilment.forget(KIND)


Buy = Callable[..., Order]


@pytest.fixture
def buy(cast: Any, shop: Shop) -> Buy:
    """`buy(7000)`: Ben has begun to buy a place of Anna's; `buy(7000, 3000)` two of them."""

    def begin(*amounts: int, currency: str = "EUR", code: str = "P", buyer: User | None = None) -> Order:
        lines = [
            actions.Wanted(
                subject_kind=KIND,
                subject_code=f"{code}{at}",
                label="Session, 50 min",
                payee=cast.anna,
                price=Money(amount, currency),
            )
            for at, amount in enumerate(amounts or (7000,))
        ]
        return actions.begin(buyer or cast.ben, lines, hold_until=clock.now() + timedelta(minutes=32))

    return begin


def paid(order: Order, **changes: Any) -> events.PaymentSeen:
    """What somebody sees who looks at a payment page on which all was paid."""
    seen: dict[str, Any] = {"amount": order.total.amount, "currency": order.currency, "charge": "ch_1", "live": False}
    return events.PaymentSeen(events.Paid.PAID, **{**seen, **changes})


def opened(order: Order) -> events.CheckoutMade:
    """The card processor made the payment page that was asked for."""
    return events.CheckoutMade(order.total.amount, order.currency)


def in_pot(order: Order, pot: Pot) -> int:
    """What the ledger says of this order."""
    balances: chart.Balances = pots.of_order(order.code)
    return balances.of(pot, order.currency).amount


def sue() -> User:
    """A second one of the staff."""
    two_step = {"tf_primary_method": "authenticator", "tf_totp_secret": "set"}
    return factories.user("Sue", email="sue@staff.example", roles=("client", "staff"), **two_step)


def set_by_two(sam: User, key: SettingKey, value: int, **more: Any) -> None:
    """What staff set: one wanted it, another agreed."""
    wanted = actions.Change(key=key, value=value, because="a try", **more)
    actions.agree(actions.propose_setting(wanted, by=sam), "", by=sue())


def again(order: Order) -> Order:
    """As it is stored."""
    found = queries.order(order.code)
    assert found is not None
    return found


def unsound() -> list[str]:
    """What the check-up finds, but for letters that no worker of this test has sent."""
    return [sentence for sentence in checks.faults() if not sentence.startswith("Letter")]


def unsound_here() -> list[str]:
    """The same where a test says itself what the card processor answers, and the sandbox knows of nothing."""
    told = [each for each in unsound() if not each.startswith("Operation")]
    return [each for each in told if "at the card processor" not in each and "the card processor says" not in each]
