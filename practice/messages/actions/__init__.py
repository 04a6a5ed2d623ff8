"""This package knows every change to conversations; rooms call it as `actions.send(…)`."""

from .beginning import agree, begin, begin_joint, decline
from .blocking import block, unblock
from .ending import destroy, leave
from .locking import lock
from .reading import note_read
from .sending import Writing, send
from .showing import show_around
from .silence import measure, offer_others, remind
from .taking_back import take_back
from .wishing import save_away, save_wishes

__all__ = [
    "Writing",
    "agree",
    "begin",
    "begin_joint",
    "block",
    "decline",
    "destroy",
    "leave",
    "lock",
    "measure",
    "note_read",
    "offer_others",
    "remind",
    "save_away",
    "save_wishes",
    "send",
    "show_around",
    "take_back",
    "unblock",
]
