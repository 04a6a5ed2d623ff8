"""This file knows every read about offers: their versions, whether they are sold, and at which price to whom."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import joinedload

from practice.accounts.models import User
from practice.payments import queries as payments
from practice.specialists.models import LowerPrice, Offer, Specialist
from practice.specialists.selling import Account, Selling, selling
from practice.specialists.states import OfferKind
from practice.store.db import db
from practice.values.errors import NotFound
from practice.values.money import Money


def sessions(specialist: Specialist) -> list[Offer]:
    """What has a price and is offered now, the shortest first."""
    return [each for each in specialist.offers if each.is_current and each.kind == OfferKind.INDIVIDUAL]


def session_of(specialist: Specialist, code: str) -> Offer:
    """A session of this practice as it is offered now, by the code of any of its versions; raises NotFound."""
    named = next((each for each in specialist.offers if each.code == code), None)
    found = named and current_version(named)
    if found is None or found.kind != OfferKind.INDIVIDUAL:
        raise NotFound("You don’t offer this any more.")
    return found


def past_offers(specialist: Specialist) -> list[Offer]:
    """Sessions that were offered at another price before, the last one first."""
    ended = [o for o in specialist.offers if not o.is_current and o.kind == OfferKind.INDIVIDUAL]
    return sorted(ended, key=lambda offer: offer.id, reverse=True)


def current_version(offer: Offer) -> Offer | None:
    """What is offered now for what this version was: the one that followed it, else one of the same kind and length.

    None if it is not offered any more.
    """
    every, last = offer.specialist.offers, offer
    followed_by = {each.follows_id: each for each in every}
    while not last.is_current and last.id in followed_by:
        last = followed_by[last.id]
    alike = (each for each in every if each.is_current and each.timing == offer.timing)
    return last if last.is_current else next(alike, None)


def versions_of(offer: Offer) -> list[Offer]:
    """This version and all before it, the newest first."""
    by_id = {each.id: each for each in offer.specialist.offers}
    found = [offer]
    while found[-1].follows_id is not None:
        found.append(by_id[found[-1].follows_id])
    return found


# ---------------------------------------------------------------- sold


def sells(specialist: Specialist) -> Selling:
    """Whether sessions of this practice can be sold, and what is missing until then."""
    found = specialist.payout_account
    takes = found is not None and payments.takes_money(found)
    account = found and Account(found.currency, takes, found.pays_out, payments.is_settled(found))
    return selling(account, [each.price for each in sessions(specialist)])


GIVEN = (
    select(LowerPrice.offer_id)
    .join(LowerPrice.offer)
    .where(
        LowerPrice.client_id == bindparam("client"),
        Offer.specialist_id == bindparam("specialist"),
        Offer.ended_at.is_(None),
        Offer.lower_amount.is_not(None),
    )
)


def price_for(offer: Offer, client: User) -> Money:
    """What this person pays for it: the lower price where the specialist gave it to them, else what everybody pays."""
    return own_prices(offer.specialist, client).get(offer.id, offer.price)


def own_prices(specialist: Specialist, client: User) -> dict[int, Money]:
    """The lower prices that this person was given here, by the ids of the offers; for a visitor there are none."""
    lowered = any(each.lower for each in sessions(specialist))
    if not (lowered and client.is_authenticated):
        return {}
    ids = set(db.session.scalars(GIVEN, {"client": client.id, "specialist": specialist.id}))
    return {each.id: each.lower for each in sessions(specialist) if each.id in ids and each.lower}


def lower_prices_of(offer: Offer) -> Sequence[LowerPrice]:
    """Who pays the lower price of this version, in the order in which it was given."""
    asked = select(LowerPrice).where(LowerPrice.offer_id == offer.id).order_by(LowerPrice.id)
    return db.session.scalars(asked.options(joinedload(LowerPrice.client).lazyload(User.roles))).all()


def lower_prices_given(specialist: Specialist) -> dict[int, int]:
    """How many clients pay the lower price of each offer, by its id."""
    asked = select(LowerPrice.offer_id, func.count()).join(LowerPrice.offer).group_by(LowerPrice.offer_id)
    rows = db.session.execute(asked.where(Offer.specialist_id == specialist.id))
    return {offer_id: count for offer_id, count in rows}  # noqa: C416 - rows are no pairs for mypy


def lower_price_of(offer: Offer, code: str) -> LowerPrice:
    """One of them by its code; raises NotFound."""
    found = db.session.scalar(select(LowerPrice).where(LowerPrice.offer_id == offer.id, LowerPrice.code == code))
    if found is None:
        raise NotFound("This place is taken back already.")
    return found


# ---------------------------------------------------------------- for the check-up


def cancel_rules() -> Sequence[tuple[str, str]]:
    """Every version of everything that has, or had, a price: its code, and its rule as it is stored."""
    rows = db.session.execute(select(Offer.code, Offer.cancel_rule).order_by(Offer.id))
    return [(code, stored) for code, stored in rows if stored is not None]


def overgiven() -> list[tuple[str, int, int]]:
    """Offers whose lower price more people pay than there are places: their code, how many, how many may."""
    number = func.count(LowerPrice.id)
    asked = select(Offer.code, number, Offer.lower_count).join(LowerPrice).group_by(Offer.id).order_by(Offer.id)
    rows = db.session.execute(asked.having(number > Offer.lower_count))
    return [(code, given, places) for code, given, places in rows]
