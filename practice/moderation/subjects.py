"""This file knows what can be a case: each room registers its own kinds, and how a decision is carried out there.

Nothing is imported upward for it: a case names its subject by kind and code, and asks the room what stands there now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from practice.accounts.models import User

from .states import Decision


@dataclass(frozen=True)
class Shown:
    """What a moderator reads of a subject as it is now, and nothing more: who wrote it is looked up apart, and logged.

    `mark` names this version of the words: a decision is for the version that was read. `context`: what it stands
    under, as pairs of heading and words. `flags` are found anew at each reading and stored nowhere. `is_signed`: the
    byline is its author's own name, as everybody reads it. `waits`: nobody else reads these words before staff decide.
    """

    title: str
    words: str
    mark: str
    byline: str
    context: tuple[tuple[str, str], ...] = ()
    flags: frozenset[str] = frozenset()
    is_signed: bool = False
    waits: bool = False


@dataclass(frozen=True)
class Ruled:
    """A decision as the room carries it out: `words` are those that a mask leaves, "" otherwise; `by` staff."""

    code: str
    decision: Decision
    reason: str
    by: User
    words: str = ""
    # Which other thing it is the same as, by its code; "" of all other decisions.
    twin: str = ""
    # Another person decided otherwise after an appeal: what the first decision, which `decision` names, did ends, where
    # it still lasts; what has gone on since is left as it is, and raises nothing.
    on_appeal: bool = False
    # The version that was read. It was compared already; a room that locks its row can compare again behind the lock.
    mark: str = ""


def nobody(_code: str) -> tuple[User, ...]:
    """Most things concern only who wrote them."""
    return ()


def nothing(_code: str) -> tuple[Any, ...]:
    """Most things are about no topic that has a name here, and like nothing else."""
    return ()


@dataclass(frozen=True)
class Subject:
    """A kind of thing that can be a case.

    `show` gives what stands there now, None once it is gone. `author` gives whose words they are, None where nobody's.
    `carry_out` runs inside the transaction of the decision and raises a `Conflict` where the thing has gone on.
    `url`: the page (a path) where its author reads it. `may_report`: whether this person may see it, so report it.
    """

    kind: str
    # What it is called in letters and on pages: "question", "answer".
    label: str
    decisions: tuple[Decision, ...]
    show: Callable[[str], Shown | None]
    author: Callable[[str], User | None]
    carry_out: Callable[[Ruled], None]
    url: Callable[[str], str]
    may_report: Callable[[str, User], bool]
    # Who else is part of it, and so cannot decide it where they are of the staff.
    concerns: Callable[[str], Iterable[User]] = nobody
    # What it is about, by the slugs of topics: some of the staff are not given some of them.
    topics: Callable[[str], Iterable[str]] = nothing
    # Others like it, of which it could be the same: title and path.
    alike: Callable[[str], Iterable[tuple[str, str]]] = nothing
    # Nobody takes it back until the transaction ends: what is reported meanwhile would wait, and be gone.
    keep_still: Callable[[str], object] = nothing

    def possible(self, shown: Shown | None) -> tuple[Decision, ...]:
        """What can be decided about it as it stands. What waits is not left as it is: it would wait for ever."""
        waits = shown is not None and shown.waits
        return tuple(each for each in self.decisions if not (waits and each == Decision.LEAVE))


_subjects: dict[str, Subject] = {}


def register(subject: Subject) -> None:
    """Let cases be about this kind."""
    _subjects[subject.kind] = subject


def subject(kind: str) -> Subject | None:
    """The kind of that name, None where no room has one."""
    return _subjects.get(kind)
