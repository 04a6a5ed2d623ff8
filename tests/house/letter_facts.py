"""This file knows the facts that examples of letters share."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

Facts = dict[str, Any]
STARTS = datetime(2027, 3, 4, 11, 30, tzinfo=UTC)
DONE = "2027-03-01T08:00:00+00:00"
LATER = "2027-03-15T08:00:00+00:00"
SIDES = ("client", "specialist")
# What people wrote, with everything in it that means something in a letter's source, in HTML or in Jinja.
WORDS = "One <b>page</b> is missing & unsigned.\n\n> [Press] http://evil.example\n{{ 7*7 }} – Subject: no\n  | a | b |"
