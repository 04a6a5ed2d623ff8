"""This file knows what comes back of the price of a booking, and why: pages, letters and the money itself ask it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from practice.specialists.cancel_rules import CancelRule
from practice.values.commission import shares
from practice.values.money import Money, Rounding

from .states import BookingState

S = BookingState


class Why(StrEnum):
    """What decided how much comes back; pages and letters put it into words."""

    NOTHING_PAID = "nothing_paid"
    STANDS = "stands"
    NEVER_STOOD = "never_stood"
    UNDONE = "undone"
    IN_TIME = "in_time"
    LATE = "late"
    TOO_LATE = "too_late"
    GRACE = "grace"
    STOPPED = "stopped"
    WITHDRAWN = "withdrawn"
    CANCELLED_BY_SPECIALIST = "cancelled_by_specialist"
    CANCELLED_BY_PLATFORM = "cancelled_by_platform"
    CLIENT_MISSED = "client_missed"
    SPECIALIST_MISSED = "specialist_missed"
    TECHNICAL = "technical"
    TOOK_PLACE = "took_place"
    NO_FIT = "no_fit"
    WAIVED = "waived"
    DECIDED = "decided"
    RETURNED = "returned"


class Asked(StrEnum):
    """What a client may ask for by law or by our promise, whatever the rule of their booking says."""

    WITHDRAWAL = "withdrawal"
    NO_FIT = "no_fit"


@dataclass(frozen=True, kw_only=True)
class Paid:
    """One line of an order that was paid for a booking: the first, or the difference of a dearer length.

    `line` names it to whoever returns the money; `rate` is its commission in basis points, `returned` what has gone
    back of it already or was promised, for whatever reason. `withdrawn_until`: of a difference, until then (UTC) the
    law lets the client have that payment back, though the days of the first may be over. `at_bank`: the bank of its
    card asks for it, so nothing of it is sent before that has decided.
    """

    line: str
    amount: Money
    rate: int
    returned: Money
    withdrawn_until: datetime | None = None
    at_bank: bool = False


@dataclass(frozen=True, kw_only=True)
class Sold:
    """What was agreed about one booking, and what was paid for it so far, the newest line last. Instants are UTC.

    `price` is that of the session as it is booked now; what was paid beyond it comes back in any case. `fits_until`:
    until then "fit, no charge" may be said. `withdrawn_until`: until then the law lets the client withdraw from all of
    it, None where it does not; `express`: they asked for a session within that time. `stopped`: its practice takes no
    appointments at the moment, so that there is no other time to be had for it.
    """

    rule: CancelRule
    price: Money
    paid: tuple[Paid, ...]
    starts_at: datetime
    undo_until: datetime | None = None
    fits_until: datetime | None = None
    withdrawn_until: datetime | None = None
    express: bool = False
    stopped: bool = False


@dataclass(frozen=True, kw_only=True)
class Turn:
    """What became of a booking, or would: its state, and the instant (UTC) of the press, the mark or the question.

    `grace`: a late cancellation of this pair would be forgiven. `asked`: what the client asks for beside it. `decided`:
    the share in per cent that staff settled on.
    """

    state: BookingState
    at: datetime
    grace: bool = False
    asked: Asked | None = None
    decided: int | None = None


@dataclass(frozen=True, kw_only=True)
class Part:
    """The same split for one line: `due` is what is still to be returned of it, beside what was."""

    line: str
    back: Money
    due: Money
    commission: Money
    specialists: Money


@dataclass(frozen=True, kw_only=True)
class Split:
    """Where the money of a booking goes: `back` to the client in all, of which `due` is yet to be returned, and of that
    `waits` once the bank of a card has decided; what is kept is the commission and the specialist's. `share`: per cent
    of the price that come back by rule."""

    why: Why
    share: int
    back: Money
    due: Money
    waits: Money
    kept: Money
    commission: Money
    specialists: Money
    parts: tuple[Part, ...]


def split(sold: Sold, turn: Turn) -> Split:
    """What comes back, what is kept and why.

    What was paid beyond the price comes back. Where its client withdraws, each payment within its own days comes back
    whole, whatever has come back of others. Of the rest, which is one sum as its price and its rule are one, as much
    comes back as the rule says, less what has come back of the rest (docs/decisions/0069). Rounded for the client, and
    once; of no payment less than has gone back already, of none more than was paid.
    """
    paid = _sum((each.amount for each in sold.paid), sold.price.currency)
    share, why = _share(sold, turn) if paid.amount else (0, Why.NOTHING_PAID)
    by_rule = share < 100 and turn.decided is None
    lawful = [each for each in sold.paid if by_rule and _may_withdraw(each.withdrawn_until, sold, turn)]
    rest = [each for each in sold.paid if each not in lawful]
    # What is kept is rounded down, so that what is left over is the client's.
    kept = _within_price(sold, lawful, rest).share(100 - share, 100, Rounding.DOWN)
    left = _left(rest, paid.currency)
    if any(each.returned < each.amount for each in lawful):
        why = Why.WITHDRAWN
    elif left < kept:
        why = Why.RETURNED
    return _split(sold.paid, lawful, left - min(left, kept), why, share)


def raised(sold: Sold, back: Money) -> Split:
    """The same where somebody lets the client have so much back in all, whatever a rule says: exactly that, but never
    less than has gone back, nor more than was paid. The newest payment gives first."""
    left = _left(sold.paid, sold.price.currency)
    returned = _sum((each.returned for each in sold.paid), left.currency)
    return _split(sold.paid, (), min(left, max(back, returned) - returned), Why.WAIVED, 0)


def best(sold: Sold, turn: Turn, *, grace: bool = False) -> tuple[Turn, Split]:
    """A client's cancellation, and what it brings: of all that they have a right to the best, and the `grace` of their
    pair only where nothing else helps as much."""
    ways = [turn, replace(turn, asked=Asked.WITHDRAWAL), *([replace(turn, grace=True)] if grace else [])]
    return max(((way, split(sold, way)) for way in ways), key=lambda each: each[1].back.amount)


def steps(sold: Sold) -> tuple[tuple[datetime, Split], ...]:
    """What is promised before and after the sale: each instant (UTC, inclusive) until which a cancellation has one
    price, with what it brings. Until the first everything comes back; the last is the start. What lasts for minutes,
    or is forgiven once, is not counted on."""
    plain = replace(sold, undo_until=None)
    ends = {until for until, _ in sold.rule.deadlines(sold.starts_at)}
    lawful = (sold.withdrawn_until, *(each.withdrawn_until for each in sold.paid))
    ends.update(min(until, sold.starts_at) for until in lawful if until is not None)
    found: list[tuple[datetime, Split]] = []
    for until in sorted(ends):
        _, brings = best(plain, Turn(state=S.CANCELLED_BY_CLIENT, at=until))
        if found and found[-1][1].back == brings.back:
            found.pop()
        found.append((until, brings))
    return tuple(found)


def promises(sold: Sold, now: datetime) -> tuple[tuple[datetime, Split], ...]:
    """Of these what is still ahead."""
    return tuple(each for each in steps(sold) if now <= each[0])


# ---------------------------------------------------------------- which share, and why

WHOLE = {
    S.HELD: Why.NEVER_STOOD,
    S.EXPIRED: Why.NEVER_STOOD,
    S.UNDONE: Why.UNDONE,
    S.CANCELLED_BY_SPECIALIST: Why.CANCELLED_BY_SPECIALIST,
    S.RELEASED: Why.CANCELLED_BY_PLATFORM,
    S.SPECIALIST_MISSED: Why.SPECIALIST_MISSED,
    S.TECH_FAILURE: Why.TECHNICAL,
}
# What took place, or would have if the client had come.
HAPPENED = frozenset({S.COMPLETED, S.CLIENT_MISSED})


def _share(sold: Sold, turn: Turn) -> tuple[int, Why]:
    if turn.decided is not None:
        return turn.decided, Why.DECIDED
    if turn.state in WHOLE:
        return 100, WHOLE[turn.state]
    if _may_withdraw(sold.withdrawn_until, sold, turn):
        return 100, Why.WITHDRAWN
    if turn.asked == Asked.NO_FIT and _is_within(turn.at, sold.fits_until):
        return 100, Why.NO_FIT
    if turn.state == S.CLIENT_MISSED:
        return sold.rule.share_at(sold.starts_at - turn.at), Why.CLIENT_MISSED
    if turn.state in (S.CANCELLED_BY_CLIENT, S.LATE_RELEASED):
        return _of_a_cancellation(sold, turn)
    return 0, Why.TOOK_PLACE if turn.state == S.COMPLETED else Why.STANDS


def _of_a_cancellation(sold: Sold, turn: Turn) -> tuple[int, Why]:
    share = sold.rule.share_at(sold.starts_at - turn.at)
    if _is_within(turn.at, sold.undo_until):
        return 100, Why.UNDONE
    if share == 100:
        return 100, Why.IN_TIME
    if sold.stopped:
        return 100, Why.STOPPED
    if turn.grace:
        return 100, Why.GRACE
    return share, Why.LATE if share else Why.TOO_LATE


def _may_withdraw(until: datetime | None, sold: Sold, turn: Turn) -> bool:
    """Who asks for it: before the session always; after it only where nobody asked to have it so early."""
    is_asked = turn.asked == Asked.WITHDRAWAL and (turn.state not in HAPPENED or not sold.express)
    return is_asked and _is_within(turn.at, until)


def _is_within(at: datetime, until: datetime | None) -> bool:
    return until is not None and at <= until


# ---------------------------------------------------------------- over the lines


def _left(paid: Sequence[Paid], currency: str) -> Money:
    return _sum((each.amount - each.returned for each in paid), currency)


def _within_price(sold: Sold, lawful: Sequence[Paid], rest: Sequence[Paid]) -> Money:
    """What of the price the rest pays for. What was paid beyond it is first what has come back, then what has not; of
    both the newest payments, which are those within their own days."""
    currency = sold.price.currency
    of_lawful, of_rest = (_sum((each.amount for each in some), currency) for some in (lawful, rest))
    gone, gone_of_rest = (_sum((each.returned for each in some), currency) for some in (lawful, rest))
    beyond = of_lawful + of_rest - min(sold.price, of_lawful + of_rest)
    not_gone = beyond - min(beyond, gone + gone_of_rest)
    beyond_of_lawful = min(beyond, gone) + min(not_gone, of_lawful - gone)
    return of_rest - (beyond - beyond_of_lawful)


def _split(paid: Sequence[Paid], lawful: Sequence[Paid], due: Money, why: Why, share: int) -> Split:
    """`due`: what is still to be returned of the rest."""
    parts = tuple(reversed(list(_parts(paid, lawful, due))))
    commission = _sum((part.commission for part in parts), due.currency)
    specialists = _sum((part.specialists for part in parts), due.currency)
    return Split(
        why=why,
        share=share,
        back=_sum((part.back for part in parts), due.currency),
        due=_sum((part.due for part in parts), due.currency),
        waits=_sum((part.due for part, each in zip(parts, paid, strict=True) if each.at_bank), due.currency),
        kept=commission + specialists,
        commission=commission,
        specialists=specialists,
        parts=parts,
    )


def _parts(paid: Sequence[Paid], lawful: Sequence[Paid], due_of_rest: Money) -> Iterator[Part]:
    """What is within its own days gives all that is left of it, of the rest the newest gives first; what has gone back
    of a line stays with it."""
    for each in reversed(paid):
        left = each.amount - each.returned
        due = left if each in lawful else min(due_of_rest, left)
        if each not in lawful:
            due_of_rest -= due
        back = each.returned + due
        kept = shares(each.amount - back, each.rate)
        yield Part(line=each.line, back=back, due=due, commission=kept.commission, specialists=kept.payee)


def _sum(amounts: Iterable[Money], currency: str) -> Money:
    return sum(amounts, Money(0, currency))
