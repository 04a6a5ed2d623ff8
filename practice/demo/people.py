"""This file knows everybody in the demo, all invented: 24 specialists, 12 clients, and when they talk to each other."""

from __future__ import annotations

from practice.config import DEMO_DOMAIN

from .reading import read
from .shapes import ClientText, Meeting, Person, Sentences

# The order in which they came, which shows where nothing else decides.
REGIONS = (
    "africa_and_the_gulf",
    "britain_and_ireland",
    "western_europe",
    "northern_and_eastern_europe",
    "americas",
    "asia_and_the_pacific",
)
SPECIALISTS: tuple[Person, ...] = sum((read(region, {"person": Person})["person"] for region in REGIONS), ())
CLIENTS: tuple[ClientText, ...] = read("clients", {"client": ClientText})["client"]
# Those with the specialist to sign in as fill her week, and are booked before the others ahead.
MEETINGS: tuple[Meeting, ...] = sum(
    read("meetings", dict.fromkeys(("behind", "ahead_with_grace", "ahead", "held"), Meeting)).values(), ()
)
SALES: tuple[Meeting, ...] = read("sales", {"sale": Meeting})["sale"]
SENTENCES: Sentences = read("sentences", {"said": Sentences})["said"][0]

# Who can be signed in as; the password is printed when the demo is loaded.
DOMAIN = DEMO_DOMAIN
SPECIALIST_TO_SIGN_IN = "grace-w"


def mailbox_of(person: Person) -> str:
    """Return the email address of a specialist: the first name, but `specialist@` for the one to sign in as."""
    local = "specialist" if person.slug == SPECIALIST_TO_SIGN_IN else person.portrait
    return f"{local}@{DOMAIN}"
