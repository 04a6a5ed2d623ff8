"""This file knows what a form hands to an action: plain values, checked for shape, without a trace of HTTP."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, kw_only=True)
class Profession:
    """Who somebody says they are, and on which licence or training they work."""

    kind: str
    name: str
    title: str
    country: str
    place: str
    called: str = ""
    body: str = ""
    number: str = ""
    expires_on: date | None = None
    registry_url: str = ""
    permitted_places: tuple[str, ...] = ()
    training: str = ""
    years: int = 0
    supervision: str = ""
    records_country: str = ""


@dataclass(frozen=True, kw_only=True)
class Terms:
    """How a practice is to be suspended: why, by which day it is looked at again, what becomes of appointments."""

    reason: str
    look_again_on: date
    calls_off: bool


@dataclass(frozen=True, kw_only=True)
class Words:
    """What the public profile says. Topics and languages keep the order given."""

    headline: str
    best_at: str
    not_right_for: str
    about: str
    first_session: str = ""
    phone_note: str = ""
    video_url: str = ""
    approaches: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    couple_stance: str | None = None
    main_topics: tuple[str, ...] = ()
    other_topics: tuple[str, ...] = ()
    languages: tuple[tuple[str, str], ...] = field(default=())


@dataclass(frozen=True)
class CredentialFile:
    """A document that is in the private store already: its key, the name it came with, its type and size in bytes, and
    the local day to which what it proves is valid, where its owner said so."""

    key: str
    name: str
    type: str
    size: int
    expires_on: date | None = None


@dataclass(frozen=True)
class Renewal:
    """A newer document for a credential that was checked before: which credential, and the file."""

    code: str
    file: CredentialFile


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a reviewer decides: ticked checks, the granted title, topics left out, words to the applicant."""

    checks: tuple[str, ...] = ()
    title: str = ""
    refused_topics: tuple[str, ...] = ()
    words: str = ""
