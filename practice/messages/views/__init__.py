"""This package knows the pages of messages: conversations, the first message to somebody, a couple's conversation."""

from . import ending, first, joint, live, settings, threads
from .blueprint import bp

__all__ = ["bp", "ending", "first", "joint", "live", "settings", "threads"]
