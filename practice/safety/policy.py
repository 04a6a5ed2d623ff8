"""This file knows what a crisis line may be: which numbers a country has, and what four eyes must have before them."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, fields
from datetime import date, timedelta
from urllib.parse import urlsplit

import phonenumbers
from phonenumbers import NumberParseException, is_emergency_number, is_possible_short_number_for_region

from practice.values.counts import in_days

from .places import ANYWHERE_IN_EU, EUROPEAN_UNION, country_name

# What a number is for, in the order in which they are shown: the emergency number always comes first.
PURPOSES = ("emergency", "talk", "violence", "young")
PURPOSE_NAMES = {
    "emergency": "Emergency",
    "talk": "To talk to someone",
    "violence": "Violence at home",
    "young": "Children and young people",
}
# A source is read shortly before it is named, and a mistake that two people made is taken back quickly or not at all.
STALE_AFTER = timedelta(days=180)  # a number that was not checked for so long
SOURCE_AT_MOST = timedelta(days=14)
UNDO_WITHIN = timedelta(days=7)
_DIGITS = re.compile(r"[0-9]{1,12}( [0-9]{1,12})*")
_BLANK = "Please fill this in."


@dataclass(frozen=True)
class Line:
    """One number as people read it: in which country, for what, when and in which languages somebody answers."""

    country: str
    purpose: str
    name: str
    number: str
    hours: str
    languages: str

    def as_values(self) -> dict[str, str]:
        """The columns, by name."""
        return asdict(self)


LINE = tuple(each.name for each in fields(Line))


@dataclass(frozen=True)
class Source:
    """Where a number was read, and on which day: an address that the second person can open."""

    url: str
    read_on: date


def countries() -> list[tuple[str, str]]:
    """(code, name) of every country whose numbers are known, by name; the European Union last."""
    found = sorted(((code, country_name(code)) for code in phonenumbers.SUPPORTED_REGIONS), key=lambda each: each[1])
    return [*found, (ANYWHERE_IN_EU, country_name(ANYWHERE_IN_EU))]


def mistakes(line: Line) -> dict[str, str]:
    """What is wrong with a line, by field; {} when it can be shown to people."""
    wrong = {name: _BLANK for name, value in line.as_values().items() if not value.strip()}
    if line.purpose not in PURPOSES:
        wrong["purpose"] = "Choose what the number is for."
    if line.country not in dict(countries()):
        wrong["country"] = "Choose a country."
    if not wrong and (sentence := _number_mistake(line)):
        wrong["number"] = sentence
    return wrong


def _number_mistake(line: Line) -> str:
    if not _DIGITS.fullmatch(line.number):
        return "Write digits only, with single blanks between groups, such as 116 123."
    regions = EUROPEAN_UNION if line.country == ANYWHERE_IN_EU else (line.country,)
    where = country_name(line.country)
    if line.purpose == "emergency":
        if not all(is_emergency_number(line.number, region) for region in regions):
            return f"{line.number} isn’t known as an emergency number here: {where}. Please look at the source again."
    elif not any(_can_be_called(line.number, region) for region in regions):
        return f"{line.number} can’t be a number here: {where}. Please look at the source again."
    return ""


def _can_be_called(number: str, region: str) -> bool:
    try:
        parsed = phonenumbers.parse(number, region)
    except NumberParseException:
        return False
    # A new short line exists before any table knows it; for those the second person is the check.
    return phonenumbers.is_valid_number_for_region(parsed, region) or (
        set(number) != {"0"} and bool(is_possible_short_number_for_region(parsed, region))
    )


def source_mistakes(source: Source, today: date) -> dict[str, str]:
    """What is wrong with a source, by field."""
    wrong = {}
    parts = urlsplit(source.url) if source.url.isprintable() and "[" not in source.url else urlsplit("")
    if parts.scheme != "https" or "." not in (parts.hostname or "") or " " in source.url:
        wrong["source_url"] = "Give the https address of an official page that names the number."
    if not today - SOURCE_AT_MOST <= source.read_on <= today:
        wrong["read_on"] = f"Give the day on which you read it: today, or within the last {in_days(SOURCE_AT_MOST)}."
    return wrong


def leaves_no_emergency(purposes_left: list[str]) -> bool:
    """True when a country would keep numbers, but none for an emergency."""
    return bool(purposes_left) and "emergency" not in purposes_left
