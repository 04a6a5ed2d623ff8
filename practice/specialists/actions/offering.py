"""This file knows how offers change: a version that was sold never does, a new one follows it."""

from __future__ import annotations

from collections.abc import Mapping

from practice.accounts.models import User
from practice.specialists import policy
from practice.specialists.models import Offer, Specialist
from practice.specialists.states import OfferKind
from practice.store import audit, versions
from practice.store.db import db, transactional
from practice.store.versions import Shown
from practice.values import clock
from practice.values.errors import Invalid, NotAllowed
from practice.values.money import Money

from .rows import touch


@transactional
def set_offer(specialist: Specialist, minutes: int, price: Money, *, by: User) -> Offer:
    """The session of this length at this price from now on; the same price again changes nothing.

    Raises Invalid for a length that is not offered here, a price below every session's (what is free is the consult),
    above every session's, or one that no card can be charged.
    """
    _own(specialist, by)
    if minutes not in policy.LENGTHS:
        raise Invalid("", {"minutes": "Choose one of the lengths on the list."})
    if price.is_too_little:
        raise Invalid("", {f"price_{minutes}": "A session costs more than nothing; the free one is the consultation."})
    if price.is_too_much or not price.is_payable:
        raise Invalid("", {f"price_{minutes}": "Nobody could pay that price. Check its last digit, and the zeros."})
    touch(specialist, calendar=True)
    before = _current(specialist, OfferKind.INDIVIDUAL, minutes)
    if before is not None and before.price == price:
        return before
    fresh = Offer(kind=OfferKind.INDIVIDUAL, name="One person", minutes=minutes, price=price)
    return _follow(specialist, _last(specialist, OfferKind.INDIVIDUAL, minutes), fresh, by)


@transactional
def set_prices(
    specialist: Specialist, prices: Mapping[int, Money | None], *, consult: bool, by: User, shown: Shown | None = None
) -> None:
    """Everything on the prices page at once: a length without a price is not offered any more.

    Raises `Changed` for prices that `shown` did not show.
    """
    _own(specialist, by)
    touch(specialist, calendar=True)
    versions.check(shown)
    for minutes, price in prices.items():
        if price is None:
            end_offer(specialist, minutes, by=by)
        else:
            set_offer(specialist, minutes, price, by=by)
    set_consult(specialist, consult, by=by)


@transactional
def end_offer(specialist: Specialist, minutes: int, *, by: User) -> None:
    """Stop offering sessions of this length; what was booked keeps its price."""
    _own(specialist, by)
    touch(specialist, calendar=True)
    before = _current(specialist, OfferKind.INDIVIDUAL, minutes)
    if before is not None:
        before.ended_at = clock.now()
        _record_end(before, by)


@transactional
def set_consult(specialist: Specialist, is_on: bool, *, by: User) -> Offer | None:
    """Offer the free consultation of 30 minutes, or stop; consultations that are booked stand."""
    _own(specialist, by)
    touch(specialist, calendar=True)
    before = _current(specialist, OfferKind.CONSULT, policy.CONSULT_MINUTES)
    if (before is not None) == is_on:
        return before
    if before is not None:
        before.ended_at = clock.now()
        _record_end(before, by)
        return None
    free = Money(0, _currency(specialist))
    fresh = Offer(kind=OfferKind.CONSULT, name="Free consultation", minutes=policy.CONSULT_MINUTES, price=free)
    return _follow(specialist, _last(specialist, OfferKind.CONSULT, policy.CONSULT_MINUTES), fresh, by)


def _follow(specialist: Specialist, before: Offer | None, fresh: Offer, by: User) -> Offer:
    if before is not None:
        before.ended_at = before.ended_at or clock.now()
        fresh.version, fresh.follows_id = before.version + 1, before.id
        db.session.flush()
    specialist.offers.append(fresh)
    db.session.flush()
    audit.record(
        "offer.set", f"offer:{fresh.code}", actor=by, detail={"minutes": fresh.minutes, "version": fresh.version}
    )
    return fresh


def _record_end(offer: Offer, by: User) -> None:
    audit.record("offer.ended", f"offer:{offer.code}", actor=by, detail={"minutes": offer.minutes})


def _current(specialist: Specialist, kind: OfferKind, minutes: int) -> Offer | None:
    return next((o for o in specialist.offers if o.is_current and o.kind == kind and o.minutes == minutes), None)


def _last(specialist: Specialist, kind: OfferKind, minutes: int) -> Offer | None:
    past = [o for o in specialist.offers if o.kind == kind and o.minutes == minutes]
    return max(past, key=lambda offer: offer.version, default=None)


def _currency(specialist: Specialist) -> str:
    return next((o.price_currency for o in specialist.offers if o.is_current), "EUR")


def _own(specialist: Specialist, by: User) -> None:
    if specialist.user_id != by.id:
        raise NotAllowed("Only the specialist sets these prices.")
