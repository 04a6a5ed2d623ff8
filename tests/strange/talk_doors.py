"""This file knows the forms with which people write to us, and what staff do with that: a part of `doors.py`."""

from __future__ import annotations

from typing import Any

from practice.contact import actions
from practice.contact.actions import Opening, Reply
from practice.contact.states import Category

Facts = tuple[str, str, dict[str, Any], dict[str, str], dict[str, Any]]
TICKET = "/me/contact/{ticket}"
DESK = "/admin/contact/{ticket}"
READ = (("ben", TICKET), ("sam", DESK))
FACTS: dict[str, Facts] = {
    "contact": (
        "/contact",
        "cleo",
        {"about": "payment", "words": "Plain words", "where": "mail"},
        {"about": "choice", "reference": "text", "words": "text", "specialist": "mark"},
        {},
    ),
    "contact_reply": (TICKET, "ben", {}, {"words": "text"}, {"shown": READ}),
    "contact_settled": (f"{TICKET}/settled", "ben", {}, {}, {}),
    "claim_ticket": (f"{DESK}/claim", "sam", {}, {}, {}),
    "release_ticket": (f"{DESK}/release", "sam", {}, {}, {}),
    "answer_ticket": (f"{DESK}/answer", "sam", {"do": "answered"}, {"words": "text"}, {"shown": READ}),
    "note_on_ticket": (f"{DESK}/note", "sam", {}, {"note": "text"}, {"shown": (("sam", DESK),)}),
    "move_ticket": (f"{DESK}/move", "sam", {"category": "account"}, {"category": "choice", "slug": "mark"}, {}),
    "close_ticket": ("/admin/contact/{answered_ticket}/close", "sam", {}, {}, {}),
}


def build(world: Any) -> None:
    """What Ben wrote to us: once unanswered, once answered."""
    ben, sam = world.people["ben"], world.people["sam"]
    ticket = actions.open_ticket(ben, Opening(Category.PAYMENT, "I paid twice, I think."))
    answered = actions.open_ticket(ben, Opening(Category.ACCOUNT, "How do I change my name?"))
    actions.answer(answered, Reply("On the settings page."), by=sam)
    world.codes |= {"ticket": ticket.number, "answered_ticket": answered.number}
