"""This folder knows the pages of specialists: each file a group of them, all on one blueprint."""

from . import applying, editing
from .blueprint import bp

__all__ = ["applying", "bp", "editing"]
