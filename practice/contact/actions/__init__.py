"""This package knows every change to a ticket; rooms call it as `actions.open_ticket(…)`."""

from .desk import Reply, answer, claim, close, close_quiet, note, note_read, put_right, release
from .forgetting import forget
from .writing import Opening, open_ticket, reply, settle

__all__ = [
    "Opening",
    "Reply",
    "answer",
    "claim",
    "close",
    "close_quiet",
    "forget",
    "note",
    "note_read",
    "open_ticket",
    "put_right",
    "release",
    "reply",
    "settle",
]
