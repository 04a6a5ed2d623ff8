"""This file knows the lists that people choose from: languages, levels, approaches, formats, countries, currencies."""

from __future__ import annotations

from functools import cache

from babel import Locale

from practice.values.currencies import CURRENCIES as KNOWN

from .states import CoupleStance, Format

WORDS = Locale("en", "GB")

LANGUAGES = (
    "ar", "bg", "bn", "ca", "cs", "cy", "da", "de", "el", "en", "es", "et", "eu", "fa", "fi", "fr", "ga", "gl", "gu",
    "ha", "he", "hi", "hr", "hu", "hy", "id", "ig", "is", "it", "ja", "ka", "ko", "lt", "lv", "mi", "ml", "mr", "ms",
    "mt", "my", "ne", "nl", "no", "pa", "pl", "ps", "pt", "ro", "ru", "si", "sk", "sl", "so", "sq", "sr", "sv", "sw",
    "ta", "te", "th", "tl", "tr", "tw", "uk", "ur", "vi", "yo", "zh", "zu",
)  # fmt: skip
OWN_NAMES = {"tw": "Twi", "zh": "Mandarin", "no": "Norwegian", "tl": "Filipino"}

LEVELS = {"native": "Native", "fluent": "Fluent", "good": "Good enough to work in"}

FORMATS = {
    Format.VIDEO: "Video",
    Format.PHONE: "Phone",
    Format.CHAT: "Chat",
    Format.IN_PERSON: "In person",
}

STANCES = {
    CoupleStance.NO_SECRETS: "No secrets: I may bring it into the room",
    CoupleStance.LIMITED: "Limited: I’ll ask you first",
    CoupleStance.SEPARATE: "I don’t meet partners alone",
}

APPROACHES = (
    "Acceptance and commitment",
    "Attachment-based",
    "Cognitive-behavioural",
    "Compassion-focused",
    "Culturally responsive",
    "EMDR-informed",
    "Emotionally focused",
    "Existential",
    "Gestalt",
    "Gottman-informed",
    "Group process",
    "Integrative",
    "Mindfulness-based",
    "Narrative",
    "Person-centred",
    "Psychodynamic",
    "Psycho-education",
    "Schema",
    "Sensate-focus informed",
    "Solution-focused",
    "Strengths-based",
    "Systemic",
    "Trauma-informed",
    "Values-based",
)

# Topics that only make sense with both partners there: whoever names one says first how they keep confidences.
COUPLE_TOPICS = frozenset({"couples-in-crisis"})

CURRENCIES = tuple(sorted(KNOWN))


@cache
def language_name(code: str) -> str:
    """A language in the reader's words ("Dutch"); the code itself for one that nobody named."""
    return OWN_NAMES.get(code) or str(WORDS.languages.get(code, code))


@cache
def languages() -> tuple[tuple[str, str], ...]:
    """(code, name) of every language on the list, by name."""
    return tuple(sorted(((code, language_name(code)) for code in LANGUAGES), key=lambda pair: pair[1]))


def country_name(code: str) -> str:
    """A country in the reader's words; empty for no country."""
    return str(WORDS.territories.get(code, code)) if code else ""


def region_name(place: str) -> str:
    """A permitted place in words: "CA-ON" as "Canada, ON", "IE" as "Ireland"."""
    country, _, region = place.partition("-")
    return f"{country_name(country)}, {region}" if region else country_name(country)
