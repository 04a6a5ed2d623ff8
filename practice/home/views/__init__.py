"""This folder knows the pages of home: each file a group of them, all on one blueprint."""

from . import closing, engines, pages, today
from .blueprint import bp

__all__ = ["bp", "closing", "engines", "pages", "today"]
