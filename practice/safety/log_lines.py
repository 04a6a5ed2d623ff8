"""This file knows what the log says in words about crisis numbers."""

from practice.store.log_lines import log_kinds, log_lines

log_lines(
    {
        "safety.change_proposed": "Proposed something about a crisis number",
        "safety.change_undone": "Let a crisis number stand again as before",
        "safety.change_withdrawn": "Took a proposal about a crisis number back",
        "safety.number_added": "Added a crisis number as the second person",
        "safety.number_changed": "Changed a crisis number as the second person",
        "safety.number_checked": "Checked a crisis number as the second person",
        "safety.number_ended": "Took a crisis number away as the second person",
    }
)
log_kinds(
    {
        "safety": "Crisis numbers",
    }
)
