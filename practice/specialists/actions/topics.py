"""This file knows how a new database gets the topics that people browse by."""

from __future__ import annotations

from sqlalchemy import select

from practice.specialists.models import Topic
from practice.specialists.topics import TOPICS
from practice.store.db import db, transactional


@transactional
def seed_topics() -> int:
    """Enter the topics that are not there yet; returns how many were new."""
    known = set(db.session.scalars(select(Topic.slug)))
    new = [
        Topic(slug=each.slug, name=each.name, group=each.group, line=each.line, position=position)
        for position, each in enumerate(TOPICS)
        if each.slug not in known
    ]
    db.session.add_all(new)
    db.session.flush()
    return len(new)
