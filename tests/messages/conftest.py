"""This file knows what the tests of messages share: Ben writes to Anna, and what stands in the tables."""

from itertools import count

import pytest
from sqlalchemy import select

from practice.config import settings
from practice.messages import actions, keys
from practice.messages.actions import Writing
from practice.messages.models import Message
from practice.store.db import db

_numbers = count(1)


@pytest.fixture
def thread(cast):
    """Ben's conversation with Anna, begun and empty."""
    return actions.begin(cast.ben, cast.practice)


@pytest.fixture
def write(thread):
    """`write(cast.ben, "Hello")`: they send it there, under a form key of its own."""

    def sent(by, words="Hello.", form_key="", files=(), topic="", to=None):
        key = form_key or f"form-{next(_numbers)}"
        return actions.send(to or thread, Writing(words, key, topic, tuple(files)), by=by)

    return sent


@pytest.fixture
def answered(cast, thread, write):
    """The same after Ben asked and Anna answered."""
    write(cast.ben, "May I ask something?")
    write(cast.anna, "Of course.")
    return thread


def words_of(message):
    """What stands in a message, as its readers see it."""
    db.session.refresh(message)
    return keys.key_of(message.thread).open_body(message).words


def all_words(thread):
    """Everything in a conversation, oldest first."""
    db.session.rollback()
    rows = db.session.scalars(select(Message).where(Message.thread_id == thread.id).order_by(Message.id))
    return [keys.key_of(thread).open_body(each).words for each in rows]


def files_on_disk():
    """How many sealed files lie there."""
    folder = settings().uploads / "attachments"
    return len(list(folder.iterdir())) if folder.is_dir() else 0
