"""This package knows the pages of questions."""

from . import listed
from .blueprint import bp

__all__ = ["bp", "listed"]
