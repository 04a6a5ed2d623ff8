"""This file knows how tests pay: through the real package and gateway, into the sandbox, without waiting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from practice.providers.stripe_gateway import accounts, checkout
from practice.providers.stripe_gateway.client import Gateway
from practice.providers.stripe_gateway.values import AccountWanted, Line, Payment, PayoutAccount, Purchase, Session
from practice.sandbox import world
from practice.sandbox.routing import Route
from practice.values import clock
from practice.values.money import Money


def hold_to_contract(app: Flask) -> None:
    """Every request that the application's sandbox receives is held against the types of Stripe's package."""
    gateway = app.extensions.get("stripe_gateway")
    if gateway is not None and gateway.transport is not None:
        gateway.transport.sandbox.check = _check
        gateway.transport.pause = _go_on


def _check(route: Route, params: Mapping[str, Any]) -> None:
    # Loaded when the first request comes: most tests pay nothing.
    from tests.stripe_contract import check

    check(route, params)


def _go_on(seconds: float) -> None:
    """Waiting is time that has passed."""
    clock.advance(timedelta(seconds=seconds))


def purchase(amount: int = 7000, currency: str = "EUR", **changes: Any) -> Purchase:
    """A payment page for one session, open for 32 minutes."""
    plain = Purchase(
        order="ORDER1",
        lines=(Line("Session, 50 minutes", Money(amount, currency)),),
        ends_at=clock.now() + timedelta(minutes=32),
        return_url="http://localhost/checkout/ORDER1/return",
        cancel_url="http://localhost/checkout/ORDER1/return",
        suffix="SESSION",
    )
    return replace(plain, **changes)


class Till:
    """What a test does on both sides of the counter."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway

    def session(self, amount: int = 7000, currency: str = "EUR", *, key: str = "row:1", **changes: Any) -> Session:
        """A payment page that is open."""
        return checkout.create(self.gateway, purchase(amount, currency, **changes), key)

    def paid(self, amount: int = 7000, currency: str = "EUR", *, key: str = "row:1", **changes: Any) -> Payment:
        """What was paid on a page."""
        session = self.session(amount, currency, key=key, **changes)
        assert world.pay(session.id)
        payment = checkout.retrieve(self.gateway, session.id).payment
        assert payment
        return payment

    def account(self, payee: str = "anna", outcome: world.Outcome | None = world.Outcome.READY) -> PayoutAccount:
        """A payout account; `outcome` None is one whose owner has given nothing yet."""
        wanted = AccountWanted(payee, f"{payee}@demo.example", "AT", "EUR", language="de-AT", row=payee)
        account = accounts.create(self.gateway, wanted, f"account:{payee}")
        if outcome:
            world.onboard(account.id, outcome)
        return accounts.retrieve(self.gateway, account.id)


@pytest.fixture
def gateway(app: Flask) -> Gateway:
    """The application's way to Stripe: the sandbox."""
    found: Gateway = app.extensions["stripe_gateway"]
    return found


@pytest.fixture
def till(gateway: Gateway) -> Till:
    """`till.paid(7000)`, `till.session()`, `till.account()`."""
    return Till(gateway)
