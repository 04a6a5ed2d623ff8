"""This package knows the pages of moderation."""

from .blueprint import bp

__all__ = ["bp"]
