"""This file knows how offers change: a version that was sold never does, a new one follows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import update

from practice.accounts.models import User
from practice.specialists import policy, queries
from practice.specialists.models import LowerPrice, Offer, Specialist
from practice.specialists.selling import ForSale
from practice.specialists.states import OfferKind
from practice.store import audit, versions
from practice.store.db import db, transactional
from practice.store.versions import Shown
from practice.values import clock
from practice.values.counts import number
from practice.values.errors import Conflict, Invalid
from practice.values.money import Money

from .lowering import take_back_all
from .rows import require_own, touch


@transactional
def put_offer(
    specialist: Specialist, wanted: ForSale, *, by: User, of: Offer | None = None, shown: Shown | None = None
) -> Offer:
    """Sell this from now on, in place of the offer `of` if one is given; the same again changes nothing.

    Raises Invalid for what nobody could pay, a length that is offered already, too many offers, and fewer places at the
    lower price than are given; `Conflict` where `of` is not offered any more; `Changed` for what `shown` did not show.
    """
    require_own(specialist, by)
    touch(specialist, calendar=True)
    versions.check(shown)
    if of is not None and not (of.is_current and of.kind == OfferKind.INDIVIDUAL and of.specialist_id == specialist.id):
        raise Conflict("You don’t offer this any more.")
    if of is None and (same := _current(specialist, OfferKind.INDIVIDUAL, wanted.minutes)) and wanted == for_sale(same):
        return same
    if faults := wanted.faults() or _faults_among(specialist, wanted, of):
        raise Invalid("", faults)
    if of is None:
        return _follow(specialist, _last(specialist, OfferKind.INDIVIDUAL, wanted.minutes), _version(wanted), by)
    if wanted == replace(for_sale(of), lower_count=wanted.lower_count):
        of.lower_count = wanted.lower_count
        return of
    return _follow(specialist, of, _version(wanted), by)


@transactional
def set_offer(specialist: Specialist, minutes: int, price: Money, *, by: User) -> Offer:
    """The session of this length at this price from now on, and all else about it as it was."""
    require_own(specialist, by)
    touch(specialist)
    before = _current(specialist, OfferKind.INDIVIDUAL, minutes)
    wanted = ForSale(minutes=minutes, price=price) if before is None else replace(for_sale(before), price=price)
    if wanted.lower is not None and wanted.lower.currency != price.currency:
        wanted = replace(wanted, lower=None, lower_count=0)
    return put_offer(specialist, wanted, by=by, of=before)


@transactional
def set_prices(
    specialist: Specialist, prices: Mapping[int, Money | None], *, consult: bool, by: User, shown: Shown | None = None
) -> None:
    """The free consultation and sessions by their minutes at once: what has no price is not offered any more.

    Raises `Changed` for prices that `shown` did not show, and whatever `set_offer` raises.
    """
    require_own(specialist, by)
    touch(specialist, calendar=True)
    versions.check(shown)
    for minutes, price in prices.items():
        before = _current(specialist, OfferKind.INDIVIDUAL, minutes)
        if price is not None:
            set_offer(specialist, minutes, price, by=by)
        elif before is not None:
            end_offer(specialist, before, by=by)
    set_consult(specialist, consult, by=by)


@transactional
def end_offer(specialist: Specialist, offer: Offer, *, by: User) -> None:
    """Stop offering it, at its lower price as well; what was booked stays as it was. A second time changes nothing."""
    require_own(specialist, by)
    touch(specialist, calendar=True)
    if offer.specialist_id == specialist.id and offer.is_current:
        offer.ended_at = clock.now()
        take_back_all(offer, by=by)
        _record_end(offer, by)


@transactional
def set_consult(specialist: Specialist, is_on: bool, *, by: User) -> Offer | None:
    """Offer the free consultation of 30 minutes, or stop; consultations that are booked stand."""
    require_own(specialist, by)
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


def for_sale(offer: Offer) -> ForSale:
    """What an offer is now, as the value that a change begins with."""
    assert offer.rule is not None
    return ForSale(
        minutes=offer.minutes,
        price=offer.price,
        rule=offer.rule,
        consult_first=offer.consult_first,
        lower=offer.lower,
        lower_count=offer.lower_count,
    )


def _faults_among(specialist: Specialist, wanted: ForSale, of: Offer | None) -> dict[str, str]:
    """What is wrong with it beside the other offers, and the clients who have it at a lower price."""
    others = [o for o in specialist.offers if o.is_current and o.kind == OfferKind.INDIVIDUAL and o is not of]
    if any(offer.minutes == wanted.minutes for offer in others):
        return {"minutes": f"You offer {wanted.minutes} minutes already. Change that offer, or choose another length."}
    if of is None and len(others) >= policy.OFFERS_AT_MOST:
        return {"minutes": f"You have {number(policy.OFFERS_AT_MOST)} offers, as many as fit here. Stop one first."}
    given = len(queries.lower_prices_of(of)) if of is not None else 0
    if wanted.lower_count < given:
        people = "person has" if given == 1 else "people have"
        return {"lower_count": f"{number(given).capitalize()} {people} such a place. Take one back first."}
    return {}


def _version(wanted: ForSale) -> Offer:
    return Offer(
        kind=OfferKind.INDIVIDUAL,
        name="One person",
        minutes=wanted.minutes,
        price=wanted.price,
        cancel_rule=wanted.rule.stored,
        consult_first=wanted.consult_first,
        lower_amount=wanted.lower.amount if wanted.lower else None,
        lower_count=wanted.lower_count,
    )


def _follow(specialist: Specialist, before: Offer | None, fresh: Offer, by: User) -> Offer:
    if before is not None:
        before.ended_at = before.ended_at or clock.now()
        fresh.version, fresh.follows_id = before.version + 1, before.id
        db.session.flush()
    specialist.offers.append(fresh)
    db.session.flush()
    if before is not None:
        _carry_over(before, fresh)
    audit.record(
        "offer.set", f"offer:{fresh.code}", actor=by, detail={"minutes": fresh.minutes, "version": fresh.version}
    )
    return fresh


def _carry_over(before: Offer, fresh: Offer) -> None:
    """Whoever has it at the lower price has its next version so, as long as that has one."""
    db.session.execute(update(LowerPrice).where(LowerPrice.offer_id == before.id).values(offer_id=fresh.id))


def _record_end(offer: Offer, by: User) -> None:
    audit.record("offer.ended", f"offer:{offer.code}", actor=by, detail={"minutes": offer.minutes})


def _current(specialist: Specialist, kind: OfferKind, minutes: int) -> Offer | None:
    return next((o for o in specialist.offers if o.is_current and o.kind == kind and o.minutes == minutes), None)


def _last(specialist: Specialist, kind: OfferKind, minutes: int) -> Offer | None:
    """The version that ended last of what was offered so, and was followed by nothing."""
    followed = {each.follows_id for each in specialist.offers}
    past = [o for o in specialist.offers if o.kind == kind and o.minutes == minutes and o.id not in followed]
    return max(past, key=lambda offer: offer.version, default=None)


def _currency(specialist: Specialist) -> str:
    return next((o.price_currency for o in specialist.offers if o.is_current), "EUR")
