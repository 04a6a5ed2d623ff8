"""This package knows the pages of questions."""

from .blueprint import bp

__all__ = ["bp"]
