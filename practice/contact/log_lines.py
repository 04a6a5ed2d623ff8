"""This file knows what the log says in words about what people write to us; never what they wrote."""

from practice.store.log_lines import log_facts, log_kinds, log_lines

log_lines(
    {
        "contact.answered": "Answered what somebody wrote to us",
        "contact.claimed": "Took what somebody wrote to us in hand",
        "contact.closed": "Closed what somebody wrote to us",
        "contact.moved": "Put right what somebody wrote to us about",
        "contact.noted": "Left a note beside what somebody wrote to us",
        "contact.opened": "Wrote to us",
        "contact.read": "Read what somebody wrote to us",
        "contact.released": "Left what somebody wrote to us to a colleague",
        "contact.settled": "Said that what they wrote to us is settled",
        "contact.written": "Wrote more to us",
    }
)
log_facts({"contact.opened": "{category}", "contact.moved": "{category}"})
log_kinds({"contact": "What people write to us"})
