"""This file knows how a specialist's row is locked and marked as changed, its lists kept, a file let go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, update

from practice.accounts.models import User
from practice.specialists import credentials
from practice.specialists.answers import Words
from practice.specialists.models import Credential, Specialist, SpecialistLanguage, SpecialistTopic, Topic
from practice.store.db import after_commit, db
from practice.values.errors import Invalid, NotAllowed


def touch(specialist: Specialist, *, calendar: bool = False) -> None:
    """Lock the row and read it anew; caches keyed by `profile_version` (and `calendar_version`) are void afterwards.

    The update takes the row's lock on PostgreSQL and joins the one writer on SQLite, so what follows sees the truth.
    """
    raised = {"profile_version": Specialist.profile_version + 1}
    if calendar:
        raised["calendar_version"] = Specialist.calendar_version + 1
    session = db.session()
    session.flush()
    session.execute(
        update(Specialist)
        .where(Specialist.id == specialist.id)
        .values(raised)
        .execution_options(synchronize_session=False)
    )
    session.refresh(specialist)


def require_own(specialist: Specialist, by: User) -> None:
    """Raises NotAllowed for anybody but whose practice it is."""
    if specialist.user_id != by.id:
        raise NotAllowed("Only the specialist sets these prices.")


def drop_file(credential: Credential) -> None:
    """Let the file of a credential go, once this is stored, and with it all that was known of the file."""
    key = credential.document_key
    if key:
        after_commit(lambda: credentials.drop(key))
    credential.document_key, credential.document_name = None, ""
    credential.document_type, credential.document_bytes = "", 0


def put_words(specialist: Specialist, words: Words) -> None:
    """The free words of a profile, in place; raises Invalid for a topic that does not exist."""
    texts = ("headline", "best_at", "not_right_for", "about", "first_session", "phone_note", "video_url")
    for name in (*texts, "couple_stance"):
        setattr(specialist, name, getattr(words, name))
    specialist.approaches, specialist.formats = list(words.approaches), list(words.formats)
    _put_topics(specialist, words.main_topics, words.other_topics)
    _put_languages(specialist, words.languages)


def _put_topics(specialist: Specialist, main: Sequence[str], other: Sequence[str]) -> None:
    wanted = list(dict.fromkeys([*main, *other]))
    known = {topic.slug: topic for topic in db.session.scalars(select(Topic).where(Topic.slug.in_(wanted)))}
    if len(known) != len(wanted):
        raise Invalid("That topic is not on the list.", {"topics": "Choose topics from the list."})
    _clear(specialist.topics)
    specialist.topics = [
        SpecialistTopic(topic=known[slug], is_main=slug in main, position=position)
        for position, slug in enumerate(wanted)
    ]


def _put_languages(specialist: Specialist, languages: Sequence[tuple[str, str]]) -> None:
    _clear(specialist.languages)
    specialist.languages = [
        SpecialistLanguage(language=language, level=level, position=position)
        for position, (language, level) in enumerate(languages)
    ]


def _clear(rows: list[Any]) -> None:
    # The old rows have to be gone before new ones take their keys.
    rows.clear()
    db.session.flush()
