"""This folder knows the pages of bookings: each file a group of them, all on one blueprint."""

from . import book, calendar, client, feeds, more_back, move, new_times, practice, review, sick_day, slots
from .blueprint import bp

__all__ = [
    "book",
    "bp",
    "calendar",
    "client",
    "feeds",
    "more_back",
    "move",
    "new_times",
    "practice",
    "review",
    "sick_day",
    "slots",
]
