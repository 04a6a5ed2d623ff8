"""This file knows what rooms say of their letters: which prove a mailbox, which warn, and which version is read when.

A room says it in its `emails.py`, as that is imported. A template's name stands in the outbox for good
("bookings/cancelled"). Its versions are texts that may come and go, chosen from what a row holds when it is built.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Chooser = Callable[[Mapping[str, Any]], str]

OPENING: dict[str, str] = {}
WARNING: dict[str, str] = {}
# Letters to people who have no account any more: nothing is kept of them once they have left, or cannot.
LAST_LETTERS: set[str] = set()

# Letters that answer something that was sent to us: their headers say so, and no machine answers them in turn.
REPLYING: set[str] = set()

# Letters that come again and again, each with the fact that holds the address which ends them.
ENDING: dict[str, str] = {}
# What a mail program sends to that address when its reader presses "unsubscribe" (RFC 8058).
ONE_CLICK = ("List-Unsubscribe", "One-Click")

# Names from before, which a worker of then may still write while it is being replaced.
_renamed: dict[str, str] = {}
_choosers: dict[str, Chooser] = {}
_facts: dict[str, dict[str, Any]] = {}


def opens(room: str, **when: str) -> None:
    """These prove that a mailbox is somebody's, or take an entry out of its calendar, and nothing else could.

    They are mailed always and shown in no account, and their links go soon. The words complete "We still write when …"
    on the privacy page.
    """
    OPENING.update({f"{room}/{letter}": words for letter, words in when.items()})


def warns(room: str, **when: str) -> None:
    """Whoever got into an account could switch mail off first: what they do then must still reach its owner.

    These open nothing, so they stand inside the account as well. The words are as those of `opens`.
    """
    WARNING.update({f"{room}/{letter}": words for letter, words in when.items()})


def always_mailed() -> dict[str, str]:
    """What is sent also to people who asked for no email, each with the words that say when."""
    return OPENING | WARNING


def replies(room: str, *letters: str) -> None:
    """These acknowledge what somebody sent us, by themselves (RFC 3834: `auto-replied`)."""
    REPLYING.update(f"{room}/{letter}" for letter in letters)


def is_reply(template: str) -> bool:
    """Whether a letter is sent by itself in answer to something."""
    return name_now(template) in REPLYING


def ends_at(room: str, **letters: str) -> None:
    """These come again until a POST to the address in this fact ends them, also one of a mail program that has neither
    cookies nor a token (RFC 8058)."""
    ENDING.update({f"{room}/{letter}": fact for letter, fact in letters.items()})


def has_versions(*templates: str, by: Chooser) -> None:
    """These letters are read in versions: `by` names one from the facts of a row, however old the row is."""
    _choosers.update(dict.fromkeys(templates, by))


def was_called(room: str, **now: str) -> None:
    """These letters have other names since; rows under the old ones are built as what they are called now."""
    _renamed.update({f"{room}/{before}": f"{room}/{name}" for before, name in now.items()})


def name_now(template: str) -> str:
    """What a letter is called today, by the name in its row."""
    return _renamed.get(template, template)


def knows(room: str, **facts: Any) -> None:
    """What every letter of a room may say beside what its row holds: limits and periods, from the room's policy."""
    _facts.setdefault(room, {}).update(facts)


def facts_of(template: str) -> Mapping[str, Any]:
    """What a letter knows beside what its row holds."""
    return _facts.get(template.partition("/")[0], {})


def version_of(template: str, facts: Mapping[str, Any]) -> str:
    """Which text a letter with these facts is made of: "bookings/cancelled/undone", or the template itself."""
    template = name_now(template)
    by = _choosers.get(template)
    return f"{template}/{by(facts)}" if by else template
