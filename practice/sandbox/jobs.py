"""This file knows that the sandbox goes on by itself: what is due there happens, and its messages leave."""

from __future__ import annotations

from datetime import timedelta

from practice.config import settings
from practice.work.jobs import sweep

from .world import go_on


@sweep(every=timedelta(seconds=2))
def deliver() -> None:
    """What time does at the sandbox, and the messages about it; nothing where real keys are set."""
    if settings().payments == "sandbox":
        go_on()
