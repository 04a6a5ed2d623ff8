"""This package knows the pages of questions."""

from . import answers, asking, helping, listed, own, practice, reading
from .blueprint import bp

__all__ = ["answers", "asking", "bp", "helping", "listed", "own", "practice", "reading"]
