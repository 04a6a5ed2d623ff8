"""This file knows what may be claimed, what must be shown for it, and how the public list is ordered."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from practice.values.counts import in_days
from practice.values.text import in_plain_letters, untitled

from .states import LICENSED, CredentialKind, Kind

TOPICS_AT_MOST = 8
WEB_ADDRESS = re.compile(r"https://[A-Za-z0-9.-]+\.[A-Za-z]{2,}(:\d{2,5})?(/[\x21-\x7e]*)?")
MAIN_TOPICS_AT_MOST = 3
APPROACHES_AT_MOST = 8
# What a telephone takes has 5 to 12 MB, with fifty megapixels up to 20.
CREDENTIAL_MB, PHOTO_MB = 5, 20
CREDENTIAL_BYTES, PHOTO_BYTES = CREDENTIAL_MB * 1024 * 1024, PHOTO_MB * 1024 * 1024
PHOTO_FORM_BYTES = PHOTO_BYTES + 1024 * 1024  # with what else a form holds
SHORTEST, LONGEST, STEP_MINUTES = 20, 180, 5  # minutes of a session
USUAL_LENGTHS = (25, 50, 80)  # what a form suggests
CONSULT_MINUTES = 30
OFFERS_AT_MOST = 8
LOWER_PRICES_AT_MOST = 10  # places of an offer at its lower price
# Each is looked into, one after the other for all people; far more than an application and its corrections need.
FILES_PER_PERSON = "30 per 10 minutes"
ANSWER_WITHIN_WORKING_DAYS = 3
SUSPENDED_AT_MOST = timedelta(days=90)
LOOK_AGAIN = f"Choose a day after today and within {in_days(SUSPENDED_AT_MOST)}."
WARN_DAYS = (60, 30, 7)
RESERVED_SLUGS = frozenset({"order", "saved", "photos"})


@dataclass(frozen=True)
class KindText:
    """How a kind of specialist is explained to somebody who applies, and what they have to show."""

    label: str
    line: str
    credentials: tuple[CredentialKind, ...]
    titles: tuple[str, ...]


P = CredentialKind
KINDS: dict[Kind, KindText] = {
    Kind.COACH: KindText(
        "Coach",
        "Goals, habits, relationships. No diagnosis, no treatment. We ask for training and supervision.",
        (P.IDENTITY, P.TRAINING, P.SUPERVISION),
        ("Relationship coach", "Pre-marriage coach", "Life coach", "Family coach", "Group facilitator"),
    ),
    Kind.COUNSELLOR: KindText(
        "Counsellor",
        "Accredited by a professional body. We ask for your accreditation and insurance.",
        (P.IDENTITY, P.LICENCE, P.INSURANCE),
        ("Counsellor", "Accredited counsellor", "Family counsellor", "Couples counsellor", "Grief counsellor"),
    ),
    Kind.PSYCHOTHERAPIST: KindText(
        "Psychotherapist",
        "Registered where the title is protected. We ask for the register and your number.",
        (P.IDENTITY, P.LICENCE, P.INSURANCE),
        (
            "Psychotherapist",
            "Registered psychotherapist",
            "Systemic therapist",
            "Couples therapist",
            "Marriage and family therapist",
        ),
    ),
    Kind.PSYCHOLOGIST: KindText(
        "Psychologist",
        "A protected title in most countries. We ask for your licence.",
        (P.IDENTITY, P.LICENCE, P.INSURANCE),
        ("Psychologist", "Clinical psychologist", "Counselling psychologist", "Psychologist, sex counselling"),
    ),
    Kind.PSYCHIATRIST: KindText(
        "Psychiatrist",
        "A doctor. We ask for your medical registration.",
        (P.IDENTITY, P.LICENCE, P.INSURANCE),
        ("Psychiatrist", "Child and adolescent psychiatrist"),
    ),
    Kind.SOCIAL_WORKER: KindText(
        "Social worker",
        "Registered for clinical work with people and families. We ask for the register and your number.",
        (P.IDENTITY, P.LICENCE, P.INSURANCE),
        ("Clinical social worker", "Social worker"),
    ),
}

# What a reviewer looks at; each is ticked or the application is not approved.
CHECKS: dict[str, str] = {
    "identity": "The identity document and the name match",
    "register": "The register or the training was looked up",
    "title": "The title may be used in that country",
    "insurance": "Insurance or supervision is in force",
    "words": "Photo and words keep the rules, and coaching is called coaching",
    "topics": "The topics fit the training shown",
    "stance": "The couple stance is there, if couples are offered",
    "acquaintance": "I do not know the applicant",
}


@dataclass(frozen=True, kw_only=True)
class Filled:
    """How far an application is, as values: what `missing` looks at."""

    kind: str
    name: str
    title: str
    place: str
    country: str
    body: str
    number: str
    credentials: Collection[str]
    headline: str
    best_at: str
    not_right_for: str
    about: str
    topics: int
    main_topics: int
    languages: int
    formats: int
    offers_couples: bool
    couple_stance: str | None
    priced: int


# What proves something for a time only, so that nobody may leave the last day out.
WITH_END = frozenset({CredentialKind.INSURANCE})


def end_mistake(kind: str, expires_on: date | None, today: date) -> str:
    """What is wrong with the last day of a credential that is handed in today; "" when nothing is."""
    if expires_on is None and kind in WITH_END:
        return "Give the last day on which it is valid."
    if expires_on is not None and expires_on < today:
        return "This day has passed. Send a document that is still valid."
    return ""


def missing(filled: Filled) -> dict[str, list[str]]:
    """What still has to be given, as sentences for each step of the application; empty when it can be sent."""
    found = {
        "what": list(_missing_profession(filled)),
        "documents": [
            f"Add {CREDENTIAL_NAMES[credential][0].lower()}{CREDENTIAL_NAMES[credential][1:]}."
            for credential in needed(filled.kind)
            if credential not in filled.credentials
        ],
        "words": list(_missing_words(filled)),
        "prices": [] if filled.priced else ["Set a price for at least one length."],
    }
    return {step: sentences for step, sentences in found.items() if sentences}


CREDENTIAL_NAMES: dict[CredentialKind, str] = {
    P.IDENTITY: "Passport or ID card",
    P.TRAINING: "Proof of training",
    P.LICENCE: "Proof of registration or accreditation",
    P.INSURANCE: "Insurance certificate",
    P.SUPERVISION: "Supervision letter",
}


def needed(kind: str) -> tuple[CredentialKind, ...]:
    """The credentials that somebody of this kind has to show."""
    return KINDS[Kind(kind)].credentials


def _missing_profession(filled: Filled) -> Iterable[str]:
    if not filled.name.strip():
        yield "Write your name."
    if not may_apply_for(filled.kind, filled.title):
        yield "Choose the title you apply for."
    if not filled.country or not filled.place:
        yield "Say where you practise."
    if filled.kind in LICENSED and not (filled.body and filled.number):
        yield "Name the body you are registered with, and your number."


def _missing_words(filled: Filled) -> Iterable[str]:
    if not filled.headline:
        yield "Write your first line."
    if not (filled.best_at and filled.not_right_for):
        yield "Say what you are best at, and whom you are not the right person for."
    if not filled.about:
        yield "Write about your work."
    if not 1 <= filled.topics <= TOPICS_AT_MOST or not 1 <= filled.main_topics <= MAIN_TOPICS_AT_MOST:
        yield f"Choose up to {TOPICS_AT_MOST} topics, one to {MAIN_TOPICS_AT_MOST} of them main ones."
    if not filled.languages:
        yield "Choose a language you work in."
    if not filled.formats:
        yield "Choose how people can meet you."
    if filled.offers_couples and not filled.couple_stance:
        yield "Say what you do with something one partner tells you alone."


def may_apply_for(kind: str, title: str) -> bool:
    """True when the title is one that people of this kind may be granted here."""
    return kind in set(Kind) and title in KINDS[Kind(kind)].titles


def is_licensed(kind: str) -> bool:
    """True when the title rests on a licence: without a valid one the profile is not public."""
    return kind in LICENSED


def answer_due(sent: date) -> date:
    """The day by which somebody who applied on `sent` has an answer: three working days later."""
    left, day = ANSWER_WITHIN_WORKING_DAYS, sent
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5
    return day


def warning_due(expires_on: date, today: date, warned: int | None) -> int | None:
    """The nearest of 60, 30 and 7 days that a mail is owed for, None if none is or the credential has run out already.

    `warned` is the step the last mail was for: a sweep that slept for weeks sends one mail, not three.
    """
    left = (expires_on - today).days
    if left < 0:
        return None
    reached = [step for step in WARN_DAYS if left <= step]
    return reached[-1] if reached and (warned is None or reached[-1] < warned) else None


def completeness(wanted: Collection[str], main: Collection[str], other: Collection[str]) -> int:
    """How complete a match is: two points for each wanted topic among the main ones, one for each among the others."""
    return sum(2 if topic in main else 1 if topic in other else 0 for topic in wanted)


def day_number(day: date) -> str:
    """The public number of a UTC day: the first 16 hex digits of SHA-256 over its ISO date. Anyone can compute it."""
    return hashlib.sha256(day.isoformat().encode()).hexdigest()[:16]


def shuffled(number: str, slug: str) -> str:
    """Where a specialist stands among equals on the day with `number`: SHA-256 over the number and the public name."""
    return hashlib.sha256(f"{number} {slug}".encode()).hexdigest()


def slug_of(name: str) -> str:
    """A public name for addresses: the first name and one letter of the last, in plain letters ("anna-k").

    Other scripts are written as they sound, roughly: whoever had an address before keeps it.
    """
    words = ["".join(c for c in in_plain_letters(word) if c.isalnum()) for word in untitled(name)]
    words = [word for word in words if word]
    if not words:
        return "specialist"
    return "-".join([words[0][:40], *(word[0] for word in words[1:][-1:])])


def is_web_address(text: str) -> bool:
    """True for an https address of a named host: no other scheme, no name or password in it, no blank."""
    return WEB_ADDRESS.fullmatch(text.strip()) is not None
