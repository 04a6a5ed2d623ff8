"""This folder knows the pages of bookings: each file a group of them, all on one blueprint."""

from . import book, calendar, client, feeds, practice
from .blueprint import bp

__all__ = ["book", "bp", "calendar", "client", "feeds", "practice"]
