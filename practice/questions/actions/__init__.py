"""This package knows every change to questions; rooms call it as `actions.ask(…)`."""

from .asking import NewQuestion, ask, keep, send
from .choosing import choose, name, reopen, resolve
from .leaving import archive, leave_behind, withdraw
from .reviewing import agree, carry_out, insist

__all__ = [
    "NewQuestion",
    "agree",
    "archive",
    "ask",
    "carry_out",
    "choose",
    "insist",
    "keep",
    "leave_behind",
    "name",
    "reopen",
    "resolve",
    "send",
    "withdraw",
]
