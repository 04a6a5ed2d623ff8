"""This package knows the pages on the way to paying and back, those of payees, and the addresses for the card
processor's messages."""

from . import checkout, earnings, payouts, webhooks
from .blueprint import bp

__all__ = ["bp", "checkout", "earnings", "payouts", "webhooks"]
