"""This file knows where the law lets who bought from a distance withdraw within fourteen days, and who lives there."""

from __future__ import annotations

from datetime import datetime

from babel.core import get_global

from practice.accounts.models import User

from . import policy

# The European Economic Area (directive 2011/83/EU) and the United Kingdom (Consumer Contracts Regulations 2013).
_NAMES = "AT BE BG CY CZ DE DK EE ES FI FR GB GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK"
# Parts of these countries in which it is law too, and which clocks know under codes of their own: Åland, and France
# beyond Europe where the law of the Union holds.
_THEIR_PARTS = "AX GF GP MF MQ RE YT"
WHERE_IT_IS_LAW = frozenset(f"{_NAMES} {_THEIR_PARTS}".split())


def is_law_for(client: User, zone: str) -> bool:
    """Whether it holds for this client: by the country that they named, and by the one that their clock is in. Either
    is enough: it is theirs rather than not."""
    return not WHERE_IT_IS_LAW.isdisjoint((client.country, country_of(zone)))


def country_of(zone: str) -> str:
    """The country of an IANA zone, "" for one that lies in none, such as UTC."""
    return str(get_global("zone_territories").get(zone, ""))


def until(bought_at: datetime, zone: str, *, can_withdraw: bool) -> datetime | None:
    """The last instant (UTC) of that time for what was bought then; None where it is no law."""
    return policy.withdrawn_until(bought_at, zone) if can_withdraw else None
