"""This file knows what happens to questions and answers without a browser; every sweep may run late, twice, or twice
at once."""

from __future__ import annotations

from datetime import timedelta
from operator import attrgetter

from practice.work.each import one_by_one
from practice.work.jobs import sweep

from . import answers, queries
from .actions import archive
from .actions.digest import write_digest
from .actions.helping import forget_keys
from .actions.silence import tell_of_silence


@sweep(every=timedelta(hours=1))
def tell_askers() -> None:
    """Whoever has waited for five days and has no answer reads of other ways, once."""
    one_by_one("question", answers.to_tell(), tell_of_silence)


@sweep(every=timedelta(minutes=10))
def write_digests() -> None:
    """Specialists who want it read once a week how many questions wait."""
    one_by_one("digest", answers.due_digests(), write_digest, named=attrgetter("specialist_id"))


@sweep(every=timedelta(hours=6))
def forget_votes() -> int:
    """Where votes came from is forgotten."""
    return forget_keys()


@sweep(every=timedelta(hours=6))
def forget_questions() -> None:
    """What was taken back or refused goes when its time is over."""
    one_by_one("question", queries.over(), archive)
