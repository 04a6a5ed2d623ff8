"""This package knows the pages of invoices, one file for each: one of them, a client's own, a practice's."""

from . import client, practice, single
from .blueprint import bp

__all__ = ["bp", "client", "practice", "single"]
