"""This package knows the pages on the way to paying and back, and the addresses for the card processor's messages."""

from . import checkout, webhooks
from .blueprint import bp

__all__ = ["bp", "checkout", "webhooks"]
