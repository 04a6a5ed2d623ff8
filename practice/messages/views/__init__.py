"""This package knows the pages of messages: conversations, the first message to somebody, a couple's conversation."""

from . import first, joint, threads
from .blueprint import bp

__all__ = ["bp", "first", "joint", "threads"]
