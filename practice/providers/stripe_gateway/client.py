"""This file knows how Stripe is reached: key, version, patience; by the network, or inside this very process."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeVar

from flask import current_app

from .errors import PaymentsOff, UnknownOutcome, translated
from .transport import Transport

T = TypeVar("T")

# What the code was written for; the package's own, so that its types are the ones that hold (a test compares them).
API_VERSION = "2026-10-28.endive"
PATIENCE = 20.0  # seconds that a worker waits for an answer
BRIEFLY = 4.0  # and a page that a person waits for
MOST = 100  # rows in one answer of a list

LIVE, TEST = ("sk_live_", "rk_live_"), ("sk_test_", "rk_test_")


@dataclass(frozen=True)
class Gateway:
    """The way to one Stripe account, and the secrets its messages are signed with."""

    api_key: str = field(repr=False)
    webhook_secret: str = field(repr=False)
    thin_webhook_secret: str = field(repr=False)
    transport: Transport | None = None
    patience: float = PATIENCE

    @property
    def is_live(self) -> bool:
        """Whether real money moves."""
        return self.api_key.startswith(LIVE)

    @cached_property
    def hurried(self) -> Gateway:
        """The same with little patience: for a page that somebody waits for."""
        return replace(self, patience=BRIEFLY)

    @cached_property
    def client(self) -> Any:
        """Stripe's own client, loaded when it is first needed: its package takes a third of a second."""
        import stripe

        from .wires import InProcess

        stripe.enable_telemetry = False
        # It would write addresses and whatever an error repeats of what people typed.
        logging.getLogger("stripe").setLevel(logging.WARNING)
        http = (
            InProcess(self.transport, self.patience) if self.transport else stripe.RequestsClient(timeout=self.patience)  # type: ignore[attr-defined, unused-ignore]
        )
        # Whoever asks asks again by themselves: a retry in here would make a person wait, or a lease run out.
        return stripe.StripeClient(self.api_key, stripe_version=API_VERSION, http_client=http, max_network_retries=0)


def gateway() -> Gateway:
    """The running application's way to Stripe; raises `PaymentsOff` where it has none."""
    found: Gateway | None = current_app.extensions.get("stripe_gateway")
    if found is None:
        raise PaymentsOff
    return found


@contextmanager
def asking() -> Iterator[None]:
    """Whatever Stripe answers inside is raised as one of our errors."""
    import stripe

    try:
        yield
    except stripe.StripeError as error:
        raise translated(error) from error


def ask(convert: Callable[[Any], T], call: Callable[..., Any], *given: Any) -> T:
    """What Stripe answers to `call(*given)`, as `convert` reads the plain mapping; raises our errors."""
    with asking():
        answer = call(*given)
    return read(convert, answer)


def read(convert: Callable[[Any], T], answer: Any) -> T:
    """One of Stripe's objects as `convert` reads it. An answer of another shape leaves open what was done."""
    try:
        return convert(answer.to_dict())
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise UnknownOutcome(f"The answer could not be read: {error!r}") from error


def options(key: str = "", account: str = "") -> dict[str, str]:
    """What goes beside the parameters: the key under which this is done once, the account on whose behalf."""
    both = {"idempotency_key": key, "stripe_account": account}
    return {name: value for name, value in both.items() if value}


def each(first_page: Callable[[], Any], convert: Callable[[Any], T]) -> Iterator[T]:
    """Every object of a list, through all its pages, as `convert` reads it."""
    with asking():
        for one in first_page().auto_paging_iter():
            yield read(convert, one)
