"""This file knows what happens to messages without a browser: silence is answered, files are dropped."""

from __future__ import annotations

from datetime import timedelta

from practice.values import clock
from practice.work.each import one_by_one
from practice.work.jobs import sweep

from . import actions, attachments, queries

# A file whose message was not stored has no row; a day is longer than any upload.
ORPHANED = timedelta(days=1)


@sweep(every=timedelta(hours=12))
def drop_files() -> int:
    """Files that no message has, as after a process that was killed while sending; how many went."""
    before = (clock.now() - ORPHANED).timestamp()
    return one_by_one("file", attachments.unused(queries.file_keys(), before), attachments.drop_file, named=str)


@sweep(every=timedelta(minutes=10))
def end_silence() -> None:
    """Specialists are reminded, and whoever waits for too long is shown others."""
    one_by_one("thread", queries.to_remind(), actions.remind)
    one_by_one("thread", queries.to_offer_others(), actions.offer_others)


@sweep(every=timedelta(hours=1))
def measure_answers() -> None:
    """What cards, profiles and the list say of how specialists answer."""
    one_by_one("specialist", queries.measured(), actions.measure)


@sweep(every=timedelta(hours=12))
def forget_conversations() -> int:
    """What was written goes when its time is over, and the key that opens it."""
    return one_by_one("thread", queries.over(), actions.destroy)
