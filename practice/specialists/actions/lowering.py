"""This file knows how a specialist lets a client pay the lower price of an offer, and takes that back."""

from __future__ import annotations

from practice.accounts.models import User
from practice.specialists import clients, emails, queries
from practice.specialists.models import LowerPrice, Offer
from practice.store import audit
from practice.store.db import db, insert_once, transactional
from practice.values import clock
from practice.values.errors import Conflict, NotFound

from .rows import require_own, touch


@transactional
def give_lower_price(offer: Offer, client_code: str, *, by: User) -> None:
    """Let one of the specialist's clients, named by `clients.KnownClient.code`, pay the lower price from now on.

    A second time changes nothing. Raises NotFound for somebody whom the specialist has not met here, `Conflict` where
    no place is left, or the offer is not one any more.
    """
    require_own(offer.specialist, by)
    # The lock: whoever comes second counts what the first has given.
    touch(offer.specialist)
    client = next((each for each in clients.met_by(offer.specialist) if each.code == client_code), None)
    if client is None:
        raise NotFound("You can give a place to somebody who has booked with you here.")
    given = queries.lower_prices_of(offer)
    if any(each.client_id == client.user_id for each in given):
        return
    if not offer.is_current or len(given) >= offer.lower_count:
        raise Conflict("All places at the lower price are given. Take one back first, or offer more of them.")
    insert_once(LowerPrice, offer_id=offer.id, client_id=client.user_id, given_at=clock.now())
    emails.lower_price_given(offer, db.session.get_one(User, client.user_id))
    audit.record("lower_price.given", f"offer:{offer.code}", actor=by)


@transactional
def take_lower_price_back(lower_price: LowerPrice, *, by: User) -> None:
    """Have its client pay the usual price from their next purchase on; what they have bought stays as it is."""
    require_own(lower_price.offer.specialist, by)
    touch(lower_price.offer.specialist)
    emails.lower_price_ended(lower_price.offer, lower_price.client)
    audit.record("lower_price.ended", f"offer:{lower_price.offer.code}", actor=by)
    db.session.delete(lower_price)


def take_back_all(offer: Offer, *, by: User) -> None:
    """The same for everybody, when the offer ends."""
    for each in queries.lower_prices_of(offer):
        take_lower_price_back(each, by=by)
