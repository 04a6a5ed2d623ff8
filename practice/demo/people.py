"""This file knows everybody in the demo: 24 specialists and 12 clients, all invented."""

from __future__ import annotations

from practice.config import DEMO_DOMAIN

from .shapes import ClientText, Person
from .texts import (
    africa_and_the_gulf,
    americas,
    asia_and_the_pacific,
    britain_and_ireland,
    clients,
    northern_and_eastern_europe,
    western_europe,
)

SPECIALISTS: tuple[Person, ...] = (
    *africa_and_the_gulf.PEOPLE,
    *britain_and_ireland.PEOPLE,
    *western_europe.PEOPLE,
    *northern_and_eastern_europe.PEOPLE,
    *americas.PEOPLE,
    *asia_and_the_pacific.PEOPLE,
)
CLIENTS: tuple[ClientText, ...] = clients.CLIENTS

# Who can be signed in as; the password is printed when the demo is loaded.
DOMAIN = DEMO_DOMAIN
SPECIALIST_TO_SIGN_IN = "grace-w"


def specialist_named(slug: str) -> Person:
    """Return the specialist with that slug; raises KeyError for a name that nobody has."""
    return {person.slug: person for person in SPECIALISTS}[slug]


def mailbox_of(person: Person) -> str:
    """Return the e-mail address of a specialist: the first name, but `specialist@` for the one to sign in as."""
    local = "specialist" if person.slug == SPECIALIST_TO_SIGN_IN else person.portrait
    return f"{local}@{DOMAIN}"
