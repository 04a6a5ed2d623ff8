"""This package knows the pages of the fit room, one file for each side."""

from . import client, partner, practice
from .blueprint import bp

__all__ = ["bp", "client", "partner", "practice"]
