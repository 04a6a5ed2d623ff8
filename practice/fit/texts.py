"""This file knows the kind texts that the platform says for people: their keys, where each is read, and how they begin.

Staff may put each in other words (`actions.change_text`); `{name}` is what the specialist is called.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

LONGEST = 400
NAME = "{name}"
# What no text of ours says: it blames, or it presses.
BANNED = ("sorry you", "disappoint", "unfortunately", "hurry", "last chance", "you should have", "failed")


@dataclass(frozen=True)
class KindText:
    """One text, where it is read, and what it says until staff say it otherwise."""

    key: str
    title: str
    default: str
    # One of those that a specialist may choose from when they are not the right person.
    is_decline: bool = False


ALL = (
    KindText(
        "thinking",
        "The specialist needs time",
        "{name} hasn’t decided yet. You’re free to talk to others meanwhile.",
    ),
    KindText(
        "overdue",
        "No answer for a while",
        "{name} hasn’t answered yet, and that has nothing to do with you. You’re free to talk to others; if an answer "
        "comes, you hear it from us.",
    ),
    KindText("continue", "Both said yes", "You both said yes. Choose a first time when you’re ready."),
    KindText(
        "continue_as_two",
        "A couple and the specialist said yes",
        "The two of you and {name} said yes. Whoever of you booked the talk books the first session and pays for it, "
        "when you’re ready; you come together.",
    ),
    KindText(
        "decline_other",
        "Not the right person: somebody else",
        "{name} believes somebody else can help you better. That’s about what {name} does, not about you.",
        is_decline=True,
    ),
    KindText(
        "decline_way",
        "Not the right person: another way of working",
        "{name} thinks that another way of working would do more for you than the one {name} knows best.",
        is_decline=True,
    ),
    KindText(
        "decline_room",
        "Not the right person: no room just now",
        "{name} can’t give this the time that it deserves at the moment, and would rather say so now.",
        is_decline=True,
    ),
    KindText(
        "referred",
        "The specialist suggests colleagues",
        "{name} thinks that one of these people would help you more. None of them knows about you.",
    ),
    KindText(
        "lapsed",
        "Nobody decided in time",
        "This came to its end by itself. Nothing was charged, and nobody has to explain anything.",
    ),
    KindText("gone", "The practice has closed", "{name} doesn’t work here any more. Nothing was charged."),
    KindText(
        "couple_ended",
        "One of a couple said no, as the other reads it",
        "One of you would rather not go on together with {name}. Nobody has to say why.",
    ),
    KindText(
        "client_ended",
        "The client said no, as the client reads it",
        "Thank you for saying so. {name} reads that you did not continue, and a reason only if you share one.",
    ),
    KindText(
        "not_continued",
        "The client said no, as the specialist reads it",
        "Your client did not continue. That’s a common and good outcome of a first talk.",
    ),
)
BY_KEY = {each.key: each for each in ALL}
DECLINES = tuple(each.key for each in ALL if each.is_decline)
FIRST_DECLINE = DECLINES[0]


def mistake(text: str) -> str:
    """What is wrong with a text as one of ours, as a sentence; "" where nothing is."""
    if not text.strip():
        return "Write what people are to read here."
    if len(text) > LONGEST:
        return f"Please keep it under {LONGEST} characters."
    if set(re.findall(r"\{[^{}]*\}?|\}", text)) - {NAME}:
        return f"Only {NAME} is filled in; no other braces."
    if "!" in text:
        return "Without exclamation marks: calm words weigh more."
    found = next((each for each in BANNED if each in text.lower()), "")
    return f"Please find another word than “{found}”: it blames or presses." if found else ""


def filled(text: str, name: str) -> str:
    """The text with what the specialist is called, kept apart from our words."""
    return text.replace(NAME, str(name))
