"""This file knows what staff change or open here that belongs to no single room: each leaves a line in the log."""

from __future__ import annotations

from collections.abc import Sequence

from practice import audit, outbox, vault
from practice.accounts.models import User
from practice.bookings.models import Contest
from practice.db import transactional
from practice.specialists import papers
from practice.specialists.models import Credential


@transactional
def send_again(code: str, *, by: User) -> None:
    """Give a parked letter another round; raises NotFound."""
    outbox.send_again(code)
    audit.record("mail.sent_again", f"mail:{code}", actor=by)


def open_paper(credential: Credential, *, by: User) -> bytes:
    """The document, once it is written down who opened it; raises NotFound when it is gone by our own rule."""
    content = papers.content_of(credential)
    _note_opened(credential.code, by=by)
    return content


@transactional
def _note_opened(code: str, *, by: User) -> None:
    audit.record("paper.opened", f"credential:{code}", actor=by)


@transactional
def open_words(contests: Sequence[Contest], *, by: User) -> list[tuple[Contest, str]]:
    """What people wrote when they contested a "missed"; opening it is written down for each."""
    found = []
    for contest in contests:
        found.append((contest, vault.open_sealed(contest.words_sealed, f"contest:{contest.code}:words")))
        audit.record("contest.opened_by_staff", f"contest:{contest.code}", actor=by)
    return found
