"""This file knows what is said of how somebody answers messages: a promise, from real answers, and a place in lists."""

from __future__ import annotations

from dataclasses import dataclass

# By hours; what takes longer than the last is promised of nobody.
PROMISES = {4: "within four hours", 24: "within a day", 48: "within two days", 96: "within four days"}


@dataclass(frozen=True)
class Answering:
    """How somebody answers, as their card and profile say it. `within`: hours, one of PROMISES; None for no promise.

    `leaves_unanswered`: people wait for them for too long, so that others come before them in the list.
    """

    within: int | None = None
    leaves_unanswered: bool = False

    @property
    def promise(self) -> str:
        """What completes "usually answers …", "" where nothing is promised."""
        return PROMISES.get(self.within or 0, "")


def promise_of(hours: float) -> int | None:
    """The shortest promise that so many hours keep, None for none."""
    return next((each for each in PROMISES if hours <= each), None)
