"""This package knows the pages of contact."""

from .blueprint import bp

__all__ = ["bp"]
