"""This package knows every change in the moderation room; rooms call it as `actions.submit(…)`."""

from .asking_again import ask_again
from .claiming import care_for, claim, let_go
from .deciding import Choice, appeal, decide, settle_appeal
from .forgetting import forget
from .looking import look
from .reporting import Reported, report
from .sanctioning import Measure, sanction
from .submitting import regrade, submit, withdraw

__all__ = [
    "Choice",
    "Measure",
    "Reported",
    "appeal",
    "ask_again",
    "care_for",
    "claim",
    "decide",
    "forget",
    "let_go",
    "look",
    "regrade",
    "report",
    "sanction",
    "settle_appeal",
    "submit",
    "withdraw",
]
