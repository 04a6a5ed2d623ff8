"""This file knows on which rules a paid booking is cancelled: three presets, and what a booking keeps of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from practice.values.counts import in_hours

HOUR = timedelta(hours=1)
_STEP = re.compile(r"([0-9]{1,4})h:([0-9]{1,3})")


@dataclass(frozen=True)
class Step:
    """What comes back of a price to a client who cancels at least `before` the start: a share in per cent."""

    before: timedelta
    share: int


STRICTEST = (Step(48 * HOUR, 100), Step(12 * HOUR, 50))


@dataclass(frozen=True)
class CancelRule:
    """What comes back to a client who cancels, by how long before the start they do.

    Its steps go from the earliest, with which all comes back, to the latest; after that nothing does. A stricter
    one than the strictest preset cannot be made: ValueError, as for steps that do not fall, or are no whole hours.
    """

    steps: tuple[Step, ...]

    def __post_init__(self) -> None:
        if not _falls(self.steps):
            raise ValueError("a rule begins with the whole price and falls with the hours")
        if any(self.share_at(at) < _share(STRICTEST, at) for at in _turns(self.steps, STRICTEST)):
            raise ValueError("no rule is stricter than the strictest preset")

    @property
    def free_for(self) -> timedelta:
        """So long before the start, or longer, a cancellation costs nothing."""
        return self.steps[0].before

    def share_at(self, ahead: timedelta) -> int:
        """How many per cent come back so long before the start; from the start on what came back just before it."""
        return _share(self.steps, max(ahead, timedelta(0)))

    def deadlines(self, starts_at: datetime) -> tuple[tuple[datetime, int], ...]:
        """Each share in per cent with the last instant (UTC, inclusive) at which it still comes back. The last is the
        start itself, with the share of who cancels at the last moment."""
        found = [(starts_at - step.before, step.share) for step in self.steps if step.before]
        return (*found, (starts_at, self.share_at(timedelta(0))))

    @property
    def stored(self) -> str:
        """The rule as a booking keeps it: "24h:100 4h:50"."""
        return " ".join(f"{step.before // HOUR}h:{step.share}" for step in self.steps)

    @classmethod
    def read(cls, stored: str) -> CancelRule:
        """The rule that was stored so; ValueError for anything else."""
        found = [_STEP.fullmatch(each) for each in stored.split(" ")]
        if not all(found):
            raise ValueError(f"no cancel rule: {stored!r}")
        return cls(tuple(Step(int(each[1]) * HOUR, int(each[2])) for each in found if each))


def _share(steps: tuple[Step, ...], ahead: timedelta) -> int:
    return next((step.share for step in steps if ahead >= step.before), 0)


def _turns(*rules: tuple[Step, ...]) -> set[timedelta]:
    """Where a share changes in any of them: between two of these nothing does."""
    return {timedelta(0)} | {step.before for steps in rules for step in steps}


def _falls(steps: tuple[Step, ...]) -> bool:
    befores, shares = [step.before for step in steps], [step.share for step in steps]
    return (
        bool(steps)
        and shares == sorted(shares, reverse=True)
        and befores == sorted(set(befores), reverse=True)
        and shares[0] == 100
        and shares[-1] >= 0
        and befores[-1] >= timedelta(0)
        and not any(before % HOUR for before in befores)
    )


class Preset(StrEnum):
    """The rules that a specialist chooses from."""

    GENTLE = "gentle"
    STANDARD = "standard"
    FIRM = "firm"


PRESETS = {
    Preset.GENTLE: CancelRule((Step(12 * HOUR, 100), Step(0 * HOUR, 50))),
    Preset.STANDARD: CancelRule((Step(24 * HOUR, 100), Step(4 * HOUR, 50))),
    Preset.FIRM: CancelRule(STRICTEST),
}


def preset_of(rule: CancelRule) -> Preset | None:
    """Which preset that is; None for what was a preset once and is none any more."""
    return next((preset for preset, each in PRESETS.items() if each == rule), None)


# ---------------------------------------------------------------- in words


def for_specialist(rule: CancelRule) -> str:
    """ "Free until 24 hours before. After that half is kept; in the last 4 hours, all of it." """
    return _in_words(
        "Free until", "is kept", [(ahead, _part(100 - share, "all of it")) for ahead, share in _late(rule)]
    )


def for_client(rule: CancelRule) -> str:
    """ "Free to cancel until 24 hours before. After that half comes back; in the last 4 hours, nothing." """
    return _in_words("Free to cancel until", "comes back", [(ahead, _part(share)) for ahead, share in _late(rule)])


def _late(rule: CancelRule) -> list[tuple[timedelta, int]]:
    """What comes back in per cent from so long before the start on, where it is less than all."""
    found = [(earlier.before, step.share) for earlier, step in pairwise(rule.steps)]
    return [*found, (rule.steps[-1].before, 0)] if rule.steps[-1].before else found


def _in_words(free: str, verb: str, late: list[tuple[timedelta, str]]) -> str:
    if not late:
        return f"{free} it starts."
    (first, part), *others = [(in_hours(ahead, digits=True), part) for ahead, part in late]
    rest = "".join(f"; in the last {hours}, {part}" for hours, part in others)
    return f"{free} {first} before. After that {part} {verb}{rest}."


def _part(share: int, whole: str = "") -> str:
    return {0: "nothing", 50: "half", 100: whole}.get(share) or f"{share} %"
