"""This folder knows the pages of availability: each file a group of them, all on one blueprint."""

from . import hours
from .blueprint import bp

__all__ = ["bp", "hours"]
