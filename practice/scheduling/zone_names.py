"""This file knows the one set of time zones: the names they go by today, and what older or odd names mean.

Browsers, old accounts and people say "Asia/Calcutta", "Zulu" or "+05:30"; everything here speaks of Kolkata, UTC and
again Kolkata. What is no place ("localtime", "Factory", "posix/…") is no zone.
"""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files

from .zones import UnknownZone, zone_of

UTC = "UTC"
_ZONES = files("tzdata") / "zoneinfo"
_OFFSET = re.compile(r"(?:UTC|GMT)?\s?([+\-\u2212])(\d{1,2})(?::?([0-5]\d))?", re.ASCII)
_FIXED = re.compile(r"Etc/GMT([+-])(\d{1,2})", re.ASCII)
# Renamed within a country; the links of the zone data lead from these to a neighbour who keeps the same time.
_RENAMED = {
    "Africa/Asmera": "Africa/Asmara",
    "America/Coral_Harbour": "America/Atikokan",
    "Pacific/Ponape": "Pacific/Pohnpei",
    "Pacific/Truk": "Pacific/Chuuk",
    "EST5EDT": "America/New_York",
    "CST6CDT": "America/Chicago",
    "MST7MDT": "America/Denver",
    "PST8PDT": "America/Los_Angeles",
}
# Whoever sends an offset that is no whole hour keeps the time of one of these, and their clocks never change.
_BROKEN_HOURS = {
    -570: "Pacific/Marquesas",
    210: "Asia/Tehran",
    270: "Asia/Kabul",
    330: "Asia/Kolkata",
    345: "Asia/Kathmandu",
    390: "Asia/Yangon",
    525: "Australia/Eucla",
    570: "Australia/Darwin",
}


@cache
def places() -> tuple[str, ...]:
    """Every zone that can be chosen, in order of its name: one for each place on the map of zones."""
    lines = (_ZONES / "zone.tab").read_text(encoding="utf-8").splitlines()
    named = {line.split("\t")[2] for line in lines if line and not line.startswith("#")}
    return tuple(sorted(name for name in named if _is_installed(name)))


def is_zone(name: str | None) -> bool:
    """Whether the name means a zone that is in use today, under this name or a newer one."""
    return present(name) is not None


@lru_cache(maxsize=4096)
def present(name: str | None) -> str | None:
    """The name that a zone goes by today ("Europe/Kyiv" for "Europe/Kiev", "UTC" for "Zulu"); None for no zone."""
    asked = (name or "").strip()
    if asked in places() or asked == UTC:
        return asked
    if (newer := _RENAMED.get(asked) or _links().get(asked)) is not None:
        return UTC if newer in ("Etc/UTC", "Etc/GMT") else newer if newer in places() else None
    if asked in ("Etc/UTC", "Etc/GMT"):
        return UTC
    if _FIXED.fullmatch(asked):
        return asked if _is_installed(asked) else None
    return _of_offset(asked)


def offset_name(name: str) -> str | None:
    """ "UTC+3" for the zone of a fixed offset, whose own name ("Etc/GMT-3") has the sign turned round; else None."""
    found = _FIXED.fullmatch(name)
    return f"UTC{'+' if found[1] == '-' else '−'}{int(found[2])}" if found else None


def older_names() -> Iterator[tuple[str, str]]:
    """(old, present) for every place that had another name of the same form: what browsers may still say."""
    known = {**_links(), **_RENAMED}
    return ((old, new) for old in sorted(known) if "/" in old and (new := present(old)) in places())


def _of_offset(text: str) -> str | None:
    found = _OFFSET.fullmatch(text)
    if found is None:
        return None
    minutes = (int(found[2]) * 60 + int(found[3] or 0)) * (1 if found[1] == "+" else -1)
    if minutes % 60:
        return _BROKEN_HOURS.get(minutes)
    fixed = f"Etc/GMT{'-' if minutes > 0 else '+'}{abs(minutes) // 60}"
    return UTC if minutes == 0 else fixed if _is_installed(fixed) else None


@cache
def _links() -> dict[str, str]:
    """Older names and what the zone data calls them now; a place that is still on the map is no older name."""
    lines = (line.split() for line in (_ZONES / "tzdata.zi").read_text(encoding="utf-8").splitlines())
    return {line[2]: line[1] for line in lines if line[:1] == ["L"] and line[2] not in places()}


def _is_installed(name: str) -> bool:
    try:
        return zone_of(name) is not None
    except UnknownZone:
        return False
