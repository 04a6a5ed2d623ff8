"""This file knows what the log says in words about conversations; never what somebody wrote."""

from practice.store.log_lines import log_kinds, log_lines

log_lines(
    {
        "thread.declined": "Did not take part in a couple’s conversation",
        "thread.joined": "Takes part in a couple’s conversation",
    }
)
log_kinds({"thread": "Conversation"})
