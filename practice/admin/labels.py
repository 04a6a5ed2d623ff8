"""This file knows how the log speaks to people: words for every action ever recorded, each kind, each letter."""

from __future__ import annotations

from practice.bookings.states import BookingState, Outcome
from practice.letters import sources

# In the past tense, as the column beside it says who: "Ben – Booked a free consultation".
ACTIONS: dict[str, str] = {
    "account.confirmed": "Confirmed the email address",
    "account.created": "Opened an account",
    "account.copied": "Downloaded a copy of their data",
    "account.erasure_asked": "Asked for the end of their account",
    "account.erasure_taken_back": "Kept their account after all",
    "account.erased": "An account was deleted for good",
    "account.sign_up_repeated": "Signed up with an address that is known",
    "account.email_change_asked": "Asked to change the email address",
    "account.email_change_undone": "Took the change of email address back",
    "account.email_changed": "Changed the email address",
    "account.lock_proposed": "Proposed to lock an account",
    "account.lock_withdrawn": "Took a proposed lock back",
    "account.locked": "Locked an account",
    "account.opened_by_staff": "Looked an account up",
    "account.password_changed": "Changed the password",
    "account.removed": "Deleted an account that was never confirmed",
    "account.recovery_code_used": "Signed in with a recovery code",
    "account.recovery_codes_renewed": "Renewed the recovery codes",
    "account.reset_asked": "Asked to choose a new password",
    "account.role_given": "Gave an account a role",
    "account.sign_in_failed": "Did not get in with what was typed",
    "account.signed_in": "Signed in",
    "account.signed_out": "Signed out on a device",
    "account.signed_out_elsewhere": "Signed out on all other devices",
    "account.two_step_back_asked": "Said that phone and spare codes are lost",
    "account.two_step_kept": "Kept two-step sign-in on",
    "account.two_step_off": "Turned two-step sign-in off",
    "account.two_step_on": "Turned two-step sign-in on",
    "account.unlocked": "Opened a locked account again",
    "audit.handed_over": "Let a new key vouch for the log",
    "booking.cancelled_by_client": "Cancelled as the client",
    "booking.cancelled_by_specialist": "Cancelled for the specialist",
    "booking.client_missed": "Marked that the client was not there",
    "booking.clock_conflict": "Could not keep the agreed hour after a change of clocks: please look",
    "booking.completed": "Marked that the call took place",
    "booking.confirmed": "Booked a free consultation",
    "booking.granted_again": "Gave a pair another free consultation",
    "booking.late_released": "Cancelled as the client within two hours of the start",
    "booking.moved": "Moved an appointment",
    "booking.opened_by_staff": "Looked a booking up",
    "booking.proposed": "Offered other times",
    "booking.read": "Opened what the client wrote",
    "booking.released": "Gave a time back that was not re-confirmed",
    "booking.specialist_missed": "Marked that the specialist was not there",
    "booking.tech_failure": "Marked that the call did not work",
    "booking.undone": "Took a booking back",
    "contest.answered": "Answered what was said about a missed call",
    "contest.opened": "Said that a missed call was otherwise",
    "contest.opened_by_staff": "Opened what somebody wrote about a missed call",
    "contest.other_side": "Decided: the other side was not there",
    "contest.technical": "Decided: the call did not work",
    "contest.took_place": "Decided: the call took place",
    "contest.upheld": "Decided: it stays as it was marked",
    "credential.expired": "Noted that a paper ran out",
    "feed.opened": "Opened a calendar address",
    "feed.revoked": "Closed a calendar address",
    "mail.sent_again": "Put a letter in line again",
    "mail.resumed": "Let letters leave from a restored database",
    "offer.ended": "Stopped an offer",
    "offer.set": "Set an offer",
    "paper.dropped": "Deleted a document after its time",
    "paper.opened": "Opened a document",
    "review.claimed": "Took an application",
    "revision.accepted": "Took new words for a profile",
    "revision.asked": "Asked for new words on a profile",
    "revision.refused": "Left the old words on a profile",
    "safety.change_proposed": "Proposed something about a crisis number",
    "safety.change_undone": "Let a crisis number stand again as before",
    "safety.change_withdrawn": "Took a proposal about a crisis number back",
    "safety.number_added": "Added a crisis number as the second person",
    "safety.number_changed": "Changed a crisis number as the second person",
    "safety.number_checked": "Checked a crisis number as the second person",
    "safety.number_ended": "Took a crisis number away as the second person",
    "specialist.approved": "Granted a title",
    "specialist.begun": "Began an application",
    "specialist.changes_requested": "Asked an applicant for more",
    "specialist.closed": "Closed a practice",
    "specialist.closed_by_staff": "Closed a suspended practice for good",
    "specialist.edited": "Edited a profile",
    "specialist.paused": "Paused a profile",
    "specialist.photo_changed": "Changed a photo",
    "specialist.published": "Published a profile",
    "specialist.refusal_proposed": "Proposed to decline an application",
    "specialist.refusal_withdrawn": "Took a proposed refusal back",
    "specialist.refused": "Declined an application as the second person",
    "specialist.reinstated": "Let a suspended practice go on",
    "specialist.submitted": "Sent an application",
    "specialist.taken_back": "Took an application back to change it",
    "specialist.suspended": "Suspended a practice as the second person",
    "specialist.suspension_proposed": "Proposed to suspend a practice",
    "specialist.suspension_withdrawn": "Took a proposed suspension back",
    "specialist.unpublished": "Hid a profile whose licence ran out",
    "strike.noted": "Noted a strike",
    "strike.waived": "Took a strike back",
    "vault.key_given_up": "Gave up a key that is lost",
}

KINDS: dict[str, str] = {
    "account": "Accounts",
    "audit": "The log itself",
    "booking": "Appointments",
    "contest": "Reports of missed calls",
    "credential": "Papers that ran out",
    "feed": "Calendar addresses",
    "mail": "Mail",
    "offer": "Offers",
    "paper": "Documents",
    "review": "Applications taken",
    "revision": "Changes of checked words",
    "safety": "Crisis numbers",
    "specialist": "Practices",
    "strike": "Strikes",
    "vault": "Keys",
}


# What staff may decide about a contested "missed", by how it was marked: each answer says what it would say then.
DECISIONS: dict[str, tuple[tuple[str, str], ...]] = {
    BookingState.CLIENT_MISSED: (
        (Outcome.UPHELD, "It stays: the client was not there"),
        (Outcome.TOOK_PLACE, "The call took place"),
        (Outcome.TECHNICAL, "The call broke"),
        (Outcome.OTHER_SIDE, "The specialist was not there"),
    ),
    BookingState.SPECIALIST_MISSED: (
        (Outcome.UPHELD, "It stays: the specialist was not there"),
        (Outcome.TOOK_PLACE, "The call took place"),
        (Outcome.TECHNICAL, "The call broke"),
        (Outcome.OTHER_SIDE, "The client was not there"),
    ),
}


def letter(template: str) -> str:
    """What stands above a letter, "Your appointment on …"; a template of another version stands for itself."""
    return sources.title(template) or template


def said(action: str) -> str:
    """What a line of the log says, "Booked a free consultation"; a code from another version stands for itself."""
    return ACTIONS.get(action, action)


def kind(name: str) -> str:
    """What the first half of a code is about, "Appointments"."""
    return KINDS.get(name, name)
