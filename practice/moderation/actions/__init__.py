"""This package knows every change in the moderation room; rooms call it as `actions.submit(…)`."""

from .looking import look
from .submitting import regrade, submit, withdraw

__all__ = ["look", "regrade", "submit", "withdraw"]
