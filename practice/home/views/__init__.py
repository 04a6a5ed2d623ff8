"""This folder knows the pages of home: each file a group of them, all on one blueprint."""

from . import closing, engines, letters, pages, today
from .blueprint import bp

__all__ = ["bp", "closing", "engines", "letters", "pages", "today"]
