"""This package knows the pages of disputes for their two sides; staff have theirs beside their other desks."""

from . import client, practice
from .blueprint import bp

__all__ = ["bp", "client", "practice"]
