"""This file knows what the log says in words about practices and what they hand in."""

from practice.store.log_lines import log_facts, log_kinds, log_lines

log_lines(
    {
        "credential.expired": "Noted that a paper ran out",
        "lower_price.ended": "Took a lower price back",
        "lower_price.given": "Gave somebody a lower price",
        "offer.ended": "Stopped an offer",
        "offer.set": "Set an offer",
        "paper.dropped": "Deleted a document after its time",
        "review.claimed": "Took an application",
        "revision.accepted": "Took new words for a profile",
        "revision.asked": "Asked for new words on a profile",
        "revision.refused": "Left the old words on a profile",
        "revision.taken_back": "Took a request for new words back",
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
    }
)
log_facts({"offer.set": "{minutes} minutes, version {version}", "offer.ended": "{minutes} minutes"})
log_kinds(
    {
        "credential": "Papers that ran out",
        "lower_price": "Lower prices",
        "offer": "Offers",
        "paper": "Documents",
        "review": "Applications taken",
        "revision": "Changes of checked words",
        "specialist": "Practices",
    }
)
