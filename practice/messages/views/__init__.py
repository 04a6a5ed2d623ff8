"""This package knows the pages of messages."""

from .blueprint import bp

__all__ = ["bp"]
