"""This file knows what the log says in words about decisions after a consultation; never which answer it was."""

from practice.store.log_lines import log_kinds, log_lines

log_lines(
    {
        "fit.answered": "Answered after a consultation",
        "fit.asked_again": "Asked to open a decision again",
        "fit.goes_alone": "Went on without a partner",
        "fit.handover_read": "Opened what a client sent along",
        "fit.invitation_declined": "Declined to answer as a partner",
        "fit.left_closed": "Left a decision as it is",
        "fit.opened_again": "Opened a decision again",
        "fit.partner_invited": "Made a link for a partner",
        "fit.partner_joined": "Answers as a partner",
        "fit.reason_read": "Opened a reason that a client shared",
        "fit.text_changed": "Changed a kind text",
        "referral.accepted": "Took up a suggestion",
        "referral.declined": "Took none of the suggestions",
    }
)
log_kinds({"fit": "Decisions after consultations", "referral": "Suggestions of colleagues"})
