"""This package knows every change to conversations; rooms call it as `actions.send(…)`."""

from .beginning import agree, begin, begin_joint, decline
from .locking import lock
from .reading import note_read
from .sending import Writing, send
from .taking_back import take_back

__all__ = ["Writing", "agree", "begin", "begin_joint", "decline", "lock", "note_read", "send", "take_back"]
