"""This file knows what the log says in words about cases; never what somebody wrote, and never who reported whom."""

from practice.store.log_lines import log_facts, log_kinds, log_lines

log_lines(
    {
        "moderation.appealed": "An author asked another person",
        "moderation.asked_again": "Somebody who reported something asked another person",
        "moderation.decided": "Decided a case",
        "moderation.let_go": "Left a case to others",
        "moderation.looked": "Looked up whose something is",
        "moderation.regraded": "Reported how urgent a case is",
        "moderation.reported": "Somebody reported something",
        "moderation.reversed": "Took a colleague’s decision back after an appeal",
        "moderation.sanctioned": "Took a step of the ladder",
        "moderation.submitted": "Something came to wait for a person",
        "moderation.taken": "Took a case",
        "moderation.upheld": "Decided the same after an appeal",
        "moderation.withdrawn": "An author took back what waited",
    }
)
log_facts(
    {
        "moderation.decided": "{decision}",
        "moderation.regraded": "{from} to {to}",
        "moderation.sanctioned": "{step}",
        "moderation.submitted": "{severity}",
    }
)
log_kinds({"moderation": "Moderation"})
