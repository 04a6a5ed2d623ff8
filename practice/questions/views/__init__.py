"""This package knows the pages of questions."""

from . import answers, helping, listed, practice
from .blueprint import bp

__all__ = ["answers", "bp", "helping", "listed", "practice"]
