"""This file knows what happens in the moderation room without a browser. Claims and limits lapse by themselves."""

from __future__ import annotations

from datetime import timedelta

from practice.work.jobs import sweep

from . import actions


@sweep(every=timedelta(hours=6))
def forget_cases() -> int:
    """What was reported and decided goes when its time is over."""
    return actions.forget()
