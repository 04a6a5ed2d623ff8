"""This file knows what happens to messages without a browser: files that no message has are dropped."""

from __future__ import annotations

from datetime import timedelta

from practice.values import clock
from practice.work.each import one_by_one
from practice.work.jobs import sweep

from . import attachments, queries

# A file whose message was not stored has no row; a day is longer than any upload.
ORPHANED = timedelta(days=1)


@sweep(every=timedelta(hours=12))
def drop_files() -> int:
    """Files that no message has, as after a process that was killed while sending; how many went."""
    before = (clock.now() - ORPHANED).timestamp()
    return one_by_one("file", attachments.unused(queries.file_keys(), before), attachments.drop_file, named=str)
