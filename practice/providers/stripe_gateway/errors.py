"""This file knows every way Stripe can say no, by what is known afterwards: nothing happened, or it may have."""

from __future__ import annotations

from typing import Any


class StripeProblem(Exception):
    """Something asked of Stripe did not end as asked. `code` is Stripe's word for it, "" where it has none."""

    def __init__(self, message: str = "", code: str = "", param: str = "") -> None:
        super().__init__(message)
        self.message, self.code, self.param = message, code, param

    @property
    def named(self) -> str:
        """What is kept of it: its kind, code and parameter. Never Stripe's own words, which repeat what was sent."""
        return " ".join(filter(None, (type(self).__name__, self.code, self.param)))


def named(error: Exception) -> str:
    """What is kept of any error: nothing of what it was about."""
    return error.named if isinstance(error, StripeProblem) else type(error).__name__


class PaymentsOff(StripeProblem):
    """No key is set, so nothing can be paid here."""


# ---------------------------------------------------------------- ask again with the same key


class UnknownOutcome(StripeProblem):
    """It may or may not have happened: the line broke, the answer never came or was no answer. Same key again."""


class NotNow(StripeProblem):
    """Nothing happened: too many at once, or the same key is being worked on. Same key again, after a while."""


class StuckKey(StripeProblem):
    """The key repeats a failure of Stripe's for ever, and what it named may have happened: search, then a new key."""


# ---------------------------------------------------------------- nothing happened, and asking again would not help


class Refused(StripeProblem):
    """Stripe read the request and will not do it; the message says why, in its words, for staff."""


class Declined(Refused):
    """The card's bank said no."""


class KeyReused(Refused):
    """The key was used for something else before: a fault of ours, and nothing was charged twice."""


class BadKey(Refused):
    """Stripe doesn't know our secret key, or the key may not do this."""


class NoSuchObject(Refused):
    """There is nothing of that id, or not in this mode."""


class AccountGone(Refused):
    """The payout account was closed, or has let us go: nothing can be sent to it any more."""


class AlreadyRefunded(Refused):
    """All of it has gone back already."""


class IsDisputed(Refused):
    """The bank has taken it back in a dispute: a refund would pay twice."""


class BalanceTooLow(Refused):
    """There is not enough money where it should come from."""


# ---------------------------------------------------------------- Stripe did something, and it is not what was asked


class NotAsAsked(StripeProblem):
    """A payment page differs from what was asked for, so nobody may be sent there; it was closed again.

    `differences` names what differs.
    """

    def __init__(self, session: str, differences: tuple[str, ...]) -> None:
        super().__init__(f"{session} differs in {', '.join(differences)}")
        self.session, self.differences = session, differences


class Forged(StripeProblem):
    """A message that claims to come from Stripe and cannot be believed: signature, stamp, or shape."""


class WrongMode(StripeProblem):
    """A message from test mode while real money moves here, or the other way round."""


BY_CODE: dict[str, type[Refused]] = {
    "charge_already_refunded": AlreadyRefunded,
    "charge_disputed": IsDisputed,
    "balance_insufficient": BalanceTooLow,
    "insufficient_funds": BalanceTooLow,
    "account_invalid": AccountGone,
    "account_closed": AccountGone,
    "resource_missing": NoSuchObject,
    "not_found": NoSuchObject,
}
BY_KIND: dict[str, type[Refused]] = {
    "CardError": Declined,
    "IdempotencyError": KeyReused,
    "AuthenticationError": BadKey,
    "PermissionError": BadKey,
    "InsufficientFundsError": BalanceTooLow,
}
AGAIN = ("lock_timeout", "rate_limit", "idempotency_key_in_use")
REPLAYED = "idempotent-replayed"


def translated(error: Any) -> StripeProblem:
    """Our error for one of Stripe's."""
    said = {"message": str(error.user_message or ""), "code": error.code or "", "param": _param(error)}
    kind, status = type(error).__name__, error.http_status or 0
    if kind == "RateLimitError" or status in (409, 429) or said["code"] in AGAIN:
        return NotNow(**said)
    if kind == "APIConnectionError" or not 400 <= status < 500:
        return (StuckKey if status >= 500 and _is_repeated(error) else UnknownOutcome)(**said)
    return _refusal(kind, said)(**said)


def _refusal(kind: str, said: dict[str, str]) -> type[Refused]:
    found = BY_CODE.get(said["code"]) or BY_KIND.get(kind, Refused)
    if found is NoSuchObject and said["param"] in ("destination", "account"):
        return AccountGone
    return found


def _param(error: Any) -> str:
    return getattr(error, "param", None) or getattr(error, "invalid_param", None) or ""


def _is_repeated(error: Any) -> bool:
    return any(name.lower() == REPLAYED and value == "true" for name, value in dict(error.headers or {}).items())
