"""This file knows how it is written down how somebody answers messages."""

from __future__ import annotations

from practice.specialists.answering import Answering
from practice.specialists.models import Specialist
from practice.store.db import transactional

from .rows import touch


@transactional
def note_answering(specialist: Specialist, answering: Answering) -> bool:
    """From now on their card and profile say this; False where they say it already."""
    if specialist.answering == answering:
        return False
    touch(specialist)
    specialist.answers_within, specialist.leaves_unanswered = answering.within, answering.leaves_unanswered
    return True
