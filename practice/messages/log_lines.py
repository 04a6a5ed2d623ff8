"""This file knows what the log says in words about conversations; never who wrote what, nor how often."""

from practice.store.log_lines import log_kinds, log_lines

log_lines(
    {
        "thread.blocked": "Does not want to hear from somebody any more",
        "thread.declined": "Did not take part in a couple’s conversation",
        "thread.destroyed": "What was written in a conversation was destroyed",
        "thread.joined": "Takes part in a couple’s conversation",
        "thread.others_offered": "Was shown others after a long silence",
        "thread.unblocked": "Hears from somebody again",
    }
)
log_kinds({"thread": "Conversations"})
