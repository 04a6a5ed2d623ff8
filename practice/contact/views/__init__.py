"""This package knows the pages on which people write to us; staff have theirs beside their other desks."""

from . import own, writing
from .blueprint import bp

__all__ = ["bp", "own", "writing"]
