"""This file knows the start list of crisis lines: widely published numbers that staff must still check."""

from __future__ import annotations

from typing import NamedTuple


class Seed(NamedTuple):
    """One number as first entered."""

    country: str
    purpose: str
    name: str
    number: str
    hours: str
    languages: str


ANY = "Any hour"
HOME = "If someone at home hurts or frightens you"
EMERGENCY = "Emergency"
TALK = "Someone to talk to"
YOUNG = "For children and young people"

SEEDS = (
    Seed("IE", "emergency", EMERGENCY, "112", ANY, "English"),
    Seed("IE", "emergency", EMERGENCY, "999", ANY, "English"),
    Seed("IE", "talk", TALK, "116 123", ANY, "English"),
    Seed("IE", "violence", HOME, "1800 341 900", ANY, "English"),
    Seed("IE", "young", YOUNG, "1800 66 66 66", ANY, "English"),
    Seed("GB", "emergency", EMERGENCY, "999", ANY, "English"),
    Seed("GB", "talk", TALK, "116 123", ANY, "English"),
    Seed("US", "emergency", EMERGENCY, "911", ANY, "English, Spanish"),
    Seed("US", "talk", TALK, "988", ANY, "English, Spanish"),
    Seed("CA", "emergency", EMERGENCY, "911", ANY, "English, French"),
    Seed("CA", "talk", TALK, "988", ANY, "English, French"),
    Seed("AU", "emergency", EMERGENCY, "000", ANY, "English"),
    Seed("AU", "talk", TALK, "13 11 14", ANY, "English"),
    Seed("NZ", "emergency", EMERGENCY, "111", ANY, "English"),
    Seed("NZ", "talk", TALK, "1737", ANY, "English"),
    Seed("DE", "emergency", EMERGENCY, "112", ANY, "German"),
    Seed("DE", "talk", TALK, "0800 111 0 111", ANY, "German"),
    Seed("FR", "emergency", EMERGENCY, "112", ANY, "French"),
    Seed("FR", "talk", TALK, "3114", ANY, "French"),
    Seed("ES", "emergency", EMERGENCY, "112", ANY, "Spanish"),
    Seed("ES", "talk", TALK, "024", ANY, "Spanish"),
    Seed("NL", "emergency", EMERGENCY, "112", ANY, "Dutch"),
    Seed("NL", "talk", TALK, "113", ANY, "Dutch"),
    Seed("BR", "emergency", EMERGENCY, "192", ANY, "Portuguese"),
    Seed("BR", "talk", TALK, "188", ANY, "Portuguese"),
    Seed("IN", "emergency", EMERGENCY, "112", ANY, "many languages"),
    Seed("IN", "talk", TALK, "14416", ANY, "many languages"),
    Seed("EU", "emergency", EMERGENCY, "112", ANY, "the country’s own, often English"),
    Seed("EU", "young", YOUNG, "116 111", "hours differ by country", "the country’s own"),
)
