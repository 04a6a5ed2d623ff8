"""This file knows the payment page: how it is asked for, compared with what was asked, found again and closed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from practice.values import clock

from .client import MOST, Gateway, ask, each, options
from .errors import NotAsAsked, Refused, StripeProblem
from .units import received, sent
from .values import ORDER, ROW, Line, Payment, Purchase, Session, SessionStatus, id_of, instant, money_of, noted

CARDS = ("card",)
# Stripe closes a page no earlier than 30 minutes after it was made, by its own clock, and refuses 24 hours.
SHORTEST, LONGEST = timedelta(minutes=30), timedelta(hours=24)
SKEW = timedelta(minutes=1)
SUFFIX = re.compile(r"""(?=.*[A-Za-z])[^<>\\'"*\x00-\x1f\x7f-\U0010ffff]{1,22}""")
# What a payment is again once the bank has said no.
OVER = ("requires_payment_method", "canceled")
WHOLE = ["payment_intent.latest_charge.balance_transaction"]
# Pages that were made before the row that asked for them by our clock, and after it by Stripe's.
AROUND = timedelta(minutes=10)


def create(gateway: Gateway, wanted: Purchase, key: str) -> Session:
    """The payment page for a purchase, compared with it. Raises `NotAsAsked` after closing one that differs.

    Also raises ValueError for what Stripe would refuse: it ends too soon or too late, or holds two currencies.
    """
    check(wanted)
    asked = parameters(wanted, key)
    session = ask(session_of, gateway.client.v1.checkout.sessions.create, asked, options(key))
    wrong = differences(wanted, session, gateway)
    if wrong:
        with suppress(StripeProblem):
            expire(gateway, session.id)
        raise NotAsAsked(session.id, wrong)
    return session


def retrieve(gateway: Gateway, session: str) -> Session:
    """A payment page as it is now, with what was paid on it; raises `NoSuchObject`."""
    return ask(session_of, gateway.client.v1.checkout.sessions.retrieve, session, {"expand": WHOLE})


def expire(gateway: Gateway, session: str, key: str = "") -> Session:
    """Close a payment page and say what it is then: expired, or complete because somebody had paid before."""
    close = gateway.client.v1.checkout.sessions.expire
    try:
        return ask(session_of, close, session, {"expand": WHOLE}, options(key))
    except Refused as refusal:
        found = retrieve(gateway, session)
        if found.status == SessionStatus.OPEN:
            raise refusal
        return found


def find(gateway: Gateway, row: str, made_after: datetime) -> Session | None:
    """The page that an outbox row asked for, if Stripe made one: looked for before it is asked for again."""
    since = made_after - AROUND
    return next((page for page in made_since(gateway, since) if page.row == row), None)


def made_since(gateway: Gateway, instant_: datetime) -> Iterator[Session]:
    """Every payment page made at or after an instant, newest first; without what was paid."""
    asked = {"created": {"gte": int(instant_.timestamp())}, "limit": MOST}
    return each(lambda: gateway.client.v1.checkout.sessions.list(asked), session_of)


def check(wanted: Purchase) -> None:
    """Raises ValueError naming what Stripe would refuse."""
    left = wanted.ends_at - clock.now()
    if not SHORTEST + SKEW <= left <= LONGEST - SKEW:
        raise ValueError(f"a payment page is open for {SHORTEST} to {LONGEST}, less {SKEW} at each end; not for {left}")
    if len({line.price.currency for line in wanted.lines}) != 1:
        raise ValueError("a payment page has lines, all in one currency")
    if wanted.suffix and not SUFFIX.fullmatch(wanted.suffix):
        raise ValueError(
            "a card statement has up to 22 characters, a Latin letter among them, and none of < > \\ ' \" *"
        )


def differences(wanted: Purchase, session: Session, gateway: Gateway) -> tuple[str, ...]:
    """What of a page is not what was asked for, in our words: nobody is sent there, and nothing of it is fulfilled."""
    return tuple(
        name
        for name, differs in {
            "amount": session.total is None or session.total.amount != wanted.total.amount,
            "currency": session.currency != wanted.total.currency,
            "methods": not set(session.methods) <= set(CARDS),
            "conversion": session.is_converted,
            "mode": session.is_live != gateway.is_live,
            "order": session.order != wanted.order,
        }.items()
        if differs
    )


def parameters(wanted: Purchase, key: str) -> dict[str, Any]:
    """What is asked of Stripe. What is charged is what is shown, by card alone; nothing is kept for later, and nothing
    told of who pays: they say themselves what they want to, there."""
    ours = {ORDER: wanted.order, ROW: key}
    intent: dict[str, Any] = {"metadata": ours, "transfer_group": wanted.order}
    if wanted.suffix:
        intent["statement_descriptor_suffix"] = wanted.suffix
    return {
        "mode": "payment",
        "line_items": [_line(line) for line in wanted.lines],
        "allowed_payment_method_types": list(CARDS),
        "adaptive_pricing": {"enabled": False},
        "wallet_options": {"link": {"display": "never"}},
        "client_reference_id": wanted.order,
        "metadata": ours,
        "payment_intent_data": intent,
        "expires_at": int(wanted.ends_at.timestamp()),
        "success_url": wanted.return_url,
        "cancel_url": wanted.cancel_url,
        "locale": wanted.language,
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "quantity": 1,
        "price_data": {
            "currency": line.price.currency.lower(),
            "unit_amount": sent(line.price),
            "product_data": {"name": line.label},
        },
    }


# ---------------------------------------------------------------- reading


def session_of(body: Any) -> Session:
    """A payment page as Stripe describes it."""
    intent, is_paid = body.get("payment_intent"), body["payment_status"] in ("paid", "no_payment_required")
    is_over = isinstance(intent, dict) and intent["status"] in OVER
    ends_at = instant(body["expires_at"])
    assert ends_at
    return Session(
        id=body["id"],
        url=body.get("url") or "",
        order=body.get("client_reference_id") or noted(body, ORDER),
        row=noted(body, ROW),
        status=SessionStatus(body["status"]),
        is_paid=is_paid,
        total=money_of(body, "amount_total"),
        currency=(body.get("currency") or "").upper(),
        methods=tuple(body.get("payment_method_types") or ()),
        is_converted=bool(body.get("presentment_details") or body.get("currency_conversion")),
        is_live=body["livemode"],
        intent=id_of(intent),
        ends_at=ends_at,
        payment=payment_of(intent) if isinstance(intent, dict) else None,
        has_failed=body["status"] == SessionStatus.COMPLETE and not is_paid and is_over,
    )


def payment_of(intent: Any) -> Payment | None:
    """What the last charge of a payment brought; None while there is none that was paid."""
    charge = intent.get("latest_charge")
    if not isinstance(charge, dict) or not charge.get("paid"):
        return None
    entry = charge.get("balance_transaction")
    booked = entry if isinstance(entry, dict) else {}
    return Payment(
        intent=intent["id"],
        charge=charge["id"],
        amount=money_of(charge),
        refunded=money_of(charge, "amount_refunded"),
        settled=money_of(booked),
        fee=received(booked.get("fee"), booked.get("currency")),
        is_disputed=bool(charge.get("disputed")),
    )
