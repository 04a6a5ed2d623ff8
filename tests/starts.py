"""This file knows the instants at which the demo is opened under the tests, and whose turn it is."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

ROOT = Path(__file__).parent.parent
DEFAULT, IN_TURN = "mon-1200", "turn"
_A_WEEK = datetime(2027, 3, 1, tzinfo=UTC)  # a Monday
_HOURS = (time(0, 30), time(12), time(23, 50))


def _weekdays() -> dict[str, datetime]:
    days = [_A_WEEK + timedelta(days=number) for number in range(7)]
    return {f"{day:%a}-{at:%H%M}".lower(): datetime.combine(day, at, UTC) for day in days for at in _HOURS}


# Each night on which clocks change where somebody of the demo lives, half an hour before they do.
STARTS: dict[str, datetime] = _weekdays() | {
    "month-end": datetime(2027, 4, 30, 23, 50, tzinfo=UTC),
    "new-years-eve": datetime(2026, 12, 31, 23, 50, tzinfo=UTC),
    "new-year": datetime(2027, 1, 1, 0, 30, tzinfo=UTC),
    "leap-day": datetime(2028, 2, 29, 12, 0, tzinfo=UTC),
    "leap-sunday": datetime(2032, 2, 29, 23, 50, tzinfo=UTC),
    "america-forward": datetime(2027, 3, 14, 6, 30, tzinfo=UTC),
    "europe-forward": datetime(2027, 3, 28, 0, 30, tzinfo=UTC),
    "auckland-back": datetime(2027, 4, 3, 13, 30, tzinfo=UTC),
    "auckland-forward": datetime(2027, 9, 25, 13, 30, tzinfo=UTC),
    "europe-back": datetime(2027, 10, 31, 0, 30, tzinfo=UTC),
    "america-back": datetime(2027, 11, 7, 5, 30, tzinfo=UTC),
}
# What `--start` takes, in words.
CHOICES = f"a name of tests/starts.py ({DEFAULT}, new-year, …), an instant (2027-03-01T12:00Z), or {IN_TURN}"


def named(asked: str) -> str:
    """The name that `asked` stands for: itself, or with "turn" the one whose turn it is with this commit."""
    return list(STARTS)[_commits() % len(STARTS)] if asked == IN_TURN else asked


def instant(name: str) -> datetime:
    """When that start is, aware, in UTC; raises ValueError for what is neither a name nor an instant with its zone."""
    if name in STARTS:
        return STARTS[name]
    at = datetime.fromisoformat(name)
    if at.tzinfo is None:
        raise ValueError(f"{name} names no zone")
    return at.astimezone(UTC)


def shift(at: datetime) -> dict[str, str]:
    """The environment of a process whose clock begins at `at` and goes on from there."""
    return {"CLOCK_OFFSET": str((at - datetime.now(UTC)).total_seconds())}


def main() -> None:
    """The names of all, for `make days`."""
    print(" ".join(STARTS))


def _commits() -> int:
    """How many commits there are: the same for everybody who looks at the same one, and the next one is another."""
    asked = subprocess.run(["git", "rev-list", "--count", "HEAD"], cwd=ROOT, capture_output=True, text=True)
    return int(asked.stdout) if asked.returncode == 0 else 0


if __name__ == "__main__":
    main()
