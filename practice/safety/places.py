"""This file knows countries: which one a reader is probably in, and how it is called."""

from __future__ import annotations

import re
from functools import cache

from babel.core import get_global

from practice.http.clocks import LOCALE

# Where 112 is the emergency number by law (Directive (EU) 2018/1972, article 109).
EUROPEAN_UNION = frozenset(
    {"AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"}
    | {"IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"}
)
ANYWHERE_IN_EU = "EU"


@cache
def _zones() -> dict[str, str]:
    return dict(get_global("zone_territories"))


def country_of_zone(zone: str) -> str | None:
    """The country (ISO 3166, two letters) that an IANA zone lies in; None for UTC and the like."""
    found = _zones().get(zone)
    return found if found and len(found) == 2 and found.isalpha() else None


def country_name(code: str) -> str:
    """The country's name in English; the code itself when it is not known."""
    if code == ANYWHERE_IN_EU:
        return "Anywhere in the EU"
    return str(LOCALE.territories.get(code, code))


NOT_COUNTRIES = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ", "AC", "CP", "DG", "EA", "IC", "TA", "CQ"})


@cache
def countries() -> tuple[tuple[str, str], ...]:
    """(ISO 3166 code, name) of every country, by name."""
    known = ((code, str(name)) for code, name in LOCALE.territories.items() if len(code) == 2 and code.isalpha())
    return tuple(sorted(((code, name) for code, name in known if code not in NOT_COUNTRIES), key=lambda pair: pair[1]))


# Those whose names are a plural, a union or a kind of place: "in the United States", but "in Ireland".
WITH_ARTICLE = re.compile(
    r"United |Isle |(Caribbean )?Netherlands|Philippines|Maldives|Bahamas|Gambia|Comoros|Seychelles"
    r"|.* (Islands|Republic|Territor(y|ies))$"
)


def in_country(code: str) -> str:
    """Where the numbers hold, inside a sentence: "in Ireland", "in the United States", "anywhere in the EU"."""
    name = country_name(code)
    if code == ANYWHERE_IN_EU:
        return "anywhere in the EU"
    return f"in the {name}" if WITH_ARTICLE.match(name) else f"in {name}"
