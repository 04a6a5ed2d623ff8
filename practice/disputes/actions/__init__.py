"""This package knows every change to disputes and to cases of safety; rooms call it as `actions.open_dispute(…)`."""

from .bank import send_evidence
from .deciding import Decision, decide, decline_ruling, second
from .ending import accept, give_all, go_on, withdraw
from .opening import Opening, open_dispute, report
from .reading import forget, note_read, note_read_by_staff
from .safety import answer_case, take_case
from .saying import appeal, say

__all__ = [
    "Decision",
    "Opening",
    "accept",
    "answer_case",
    "appeal",
    "decide",
    "decline_ruling",
    "forget",
    "give_all",
    "go_on",
    "note_read",
    "note_read_by_staff",
    "open_dispute",
    "report",
    "say",
    "second",
    "send_evidence",
    "take_case",
    "withdraw",
]
