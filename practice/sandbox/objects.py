"""This file knows the sandbox's objects: made, found, changed, listed, and shown as the API shows them."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select

from practice.store.db import db
from practice.values import clock

from .models import SandboxMovement, SandboxObject

PREFIXES = {
    "checkout.session": "cs_test_",
    "payment_intent": "pi_",
    "charge": "ch_",
    "refund": "re_",
    "dispute": "du_",
    "transfer": "tr_",
    "transfer_reversal": "trr_",
    "payout": "po_",
    "event": "evt_",
    "v2.core.event": "evt_test_",
    "v2.core.account": "acct_",
    "v2.core.account_link": "alnk_",
}
# What nearly every object has, and these don't.
MISSING = {"refund": ("livemode",), "transfer_reversal": ("livemode",), "v2.core.account_link": ("id",)}
PLATFORM = ""
MOST, USUALLY = 100, 10


@dataclass
class Refusal(Exception):
    """What the API answers instead. `began` says that the work had begun: such an answer is kept under its key."""

    message: str
    code: str = ""
    param: str = ""
    status: int = 400
    kind: str = "invalid_request_error"
    began: bool = True


@dataclass(frozen=True)
class Call:
    """One request as a handler sees it."""

    params: dict[str, Any]
    account: str = PLATFORM
    path: Mapping[str, str] = field(default_factory=dict)

    def need(self, name: str) -> Any:
        """A parameter that must be there."""
        if self.params.get(name) in (None, "", [], {}):
            raise Refusal(f"Missing required param: {name}.", "parameter_missing", name, began=False)
        return self.params[name]


def seconds(at: datetime) -> int:
    return int(at.timestamp())


def written(at: datetime) -> str:
    """A stamp as the second API writes it."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def make(kind: str, body: dict[str, Any], *, parent: str = "", account: str = PLATFORM) -> SandboxObject:
    """A new object, with what every one has."""
    now = clock.now()
    id_ = PREFIXES[kind] + secrets.token_hex(12)
    created = written(now) if kind.startswith("v2.") else seconds(now)
    whole = {"id": id_, "object": kind, "created": created, "livemode": False} | body
    for name in MISSING.get(kind, ()):
        del whole[name]
    row = SandboxObject(id=id_, kind=kind, account=account, parent=parent, created_at=now, body=whole)
    db.session.add(row)
    db.session.flush()
    return row


def change(row: SandboxObject, **fields: Any) -> SandboxObject:
    """New values for some fields of an object."""
    row.body = row.body | fields
    db.session.flush()
    return row


def load(id_: str, kind: str = "", *, lock: bool = False, param: str = "id") -> SandboxObject:
    """An object by its id; `lock` where it will be changed. Refused if there is none."""
    asked = select(SandboxObject).where(SandboxObject.id == id_)
    if kind:
        asked = asked.where(SandboxObject.kind == kind)
    # What is locked is read anew: it may have been changed while we stood in line.
    asked = asked.with_for_update().execution_options(populate_existing=True) if lock else asked
    row = db.session.scalar(asked)
    if row is None:
        name = param if param == "destination" else kind.rpartition(".")[2] or "object"
        raise Refusal(f"No such {name}: '{id_}'", "resource_missing", param, status=404, began=False)
    return row


def of_kind(kind: str, *, parent: str | None = None, most: int | None = None) -> list[SandboxObject]:
    """Objects of a kind, newest first: all, or at most so many."""
    asked = select(SandboxObject).where(SandboxObject.kind == kind).order_by(SandboxObject.number.desc())
    if parent is not None:
        asked = asked.where(SandboxObject.parent == parent)
    return list(db.session.scalars(asked.limit(most)))


# ---------------------------------------------------------------- lists


def listing(kind: str, call: Call, url: str, of: Iterable[str] = ()) -> dict[str, Any]:
    """One page of a list, newest first: when they were made, as asked, and `of` these parents, if any are named."""
    asked = select(SandboxObject).where(SandboxObject.kind == kind, SandboxObject.account == call.account)
    if parents := [parent for parent in of if parent]:
        asked = asked.where(SandboxObject.parent.in_(parents))
    for condition in _made(call.params.get("created")):
        asked = asked.where(condition)
    if "starting_after" in call.params:
        asked = asked.where(SandboxObject.number < load(call.params["starting_after"], kind).number)
    most = min(int(call.params.get("limit", USUALLY)), MOST)
    rows = list(db.session.scalars(asked.order_by(SandboxObject.number.desc()).limit(most + 1)))
    return page(rows[:most], url, has_more=len(rows) > most)


def page(rows: Iterable[SandboxObject], url: str, *, has_more: bool = False) -> dict[str, Any]:
    return {"object": "list", "url": url, "has_more": has_more, "data": [row.body for row in rows]}


def _made(created: Any) -> Iterable[Any]:
    if isinstance(created, Mapping):
        for name, value in created.items():
            at = datetime.fromtimestamp(int(value), UTC)
            column = SandboxObject.created_at
            yield {"gte": column >= at, "gt": column > at, "lte": column <= at, "lt": column < at}[name]


# ---------------------------------------------------------------- as the API shows them


def shown(body: Any) -> Any:
    """Without what is the sandbox's own."""
    if isinstance(body, Mapping):
        return {name: shown(value) for name, value in body.items() if not str(name).startswith("_")}
    return [shown(each) for each in body] if isinstance(body, list) else body


def expanded(body: Any, paths: Iterable[str]) -> Any:
    """With what is named by ids put in whole, where `paths` say so."""
    for path in paths:
        body = _expand(body, path.split("."))
    return body


def _expand(body: Any, path: list[str]) -> Any:
    if isinstance(body, list):
        return [_expand(each, path) for each in body]
    if not path or not isinstance(body, Mapping):
        return body
    name, *rest = path
    value = body.get(name)
    if isinstance(value, str):
        value = _whole(value)
    return {**body, name: _expand(value, rest)}


def _whole(id_: str) -> Any:
    if id_.startswith("txn_"):
        entry = db.session.scalar(select(SandboxMovement).where(SandboxMovement.id == id_))
        return entry and movement_shown(entry)
    return load(id_).body


# ---------------------------------------------------------------- money


def book(row: SandboxObject, amount: int, *, fee: int = 0, **more: Any) -> SandboxMovement:
    """Move a balance because of an object: `amount` less `fee` in its currency, unless `more` says otherwise."""
    now = clock.now()
    values = {"account": row.account, "currency": row.body["currency"], "kind": row.kind, "available_at": now} | more
    entry = SandboxMovement(
        id="txn_" + secrets.token_hex(12), source=row.id, amount=amount, fee=fee, net=amount - fee, created_at=now,
        **values,
    )  # fmt: skip
    db.session.add(entry)
    db.session.flush()
    return entry


def movement_shown(entry: SandboxMovement) -> dict[str, Any]:
    return {
        "id": entry.id, "object": "balance_transaction", "amount": entry.amount, "fee": entry.fee, "net": entry.net,
        "currency": entry.currency, "type": entry.kind, "source": entry.source, "exchange_rate": None,
        "created": seconds(entry.created_at), "available_on": seconds(entry.available_at), "fee_details": [],
        "status": "available" if entry.available_at <= clock.now() else "pending", "reporting_category": entry.kind,
        "description": None,
    }  # fmt: skip


def lies_in(account: str, currency: str, *, now_only: bool) -> int:
    """What an account has in a currency: to be had now, or with what is still on its way."""
    asked = select(func.coalesce(func.sum(SandboxMovement.net), 0)).where(
        SandboxMovement.account == account, SandboxMovement.currency == currency
    )
    if now_only:
        asked = asked.where(SandboxMovement.available_at <= clock.now())
    return int(db.session.scalar(asked) or 0)


def currencies_of(account: str) -> list[str]:
    asked = select(SandboxMovement.currency).where(SandboxMovement.account == account).distinct()
    return sorted(db.session.scalars(asked))
