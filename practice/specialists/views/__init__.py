"""This folder knows the pages of specialists: each file a group of them, all on one blueprint."""

from . import applying, editing, offering
from .blueprint import bp

__all__ = ["applying", "bp", "editing", "offering"]
