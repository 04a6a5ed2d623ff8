"""This package knows the pages of moderation."""

from . import client, reporting
from .blueprint import bp

__all__ = ["bp", "client", "reporting"]
