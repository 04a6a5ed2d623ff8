"""This package knows every change to decisions after a consultation; rooms call it as `actions.answer(…)`."""

from .again import ask_again, leave_closed, open_again
from .answer import Answered, answer, answer_in_practice
from .couple import decline_invitation, go_alone, invite_partner, join_as_partner
from .refer import Suggestion, accept_referral, decline_referrals, lapse_referrals
from .tend import change_text, forget_reasons, note_handover_read, note_reason_read, remind

__all__ = [
    "Answered",
    "Suggestion",
    "accept_referral",
    "answer",
    "answer_in_practice",
    "ask_again",
    "change_text",
    "decline_invitation",
    "decline_referrals",
    "forget_reasons",
    "go_alone",
    "invite_partner",
    "join_as_partner",
    "lapse_referrals",
    "leave_closed",
    "note_handover_read",
    "note_reason_read",
    "open_again",
    "remind",
]
