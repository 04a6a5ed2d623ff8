"""This folder knows the pages of accounts: each file a group of them, all on one blueprint."""

from . import drafts, gate, links, rights, security, settings
from .blueprint import bp

__all__ = ["bp", "drafts", "gate", "links", "rights", "security", "settings"]
