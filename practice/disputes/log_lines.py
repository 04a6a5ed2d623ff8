"""This file knows what the log says in words about disputes and cases of safety; never what somebody wrote."""

from practice.store.log_lines import log_kinds, log_lines

log_lines(
    {
        "dispute.accepted": "Asks nobody else about a decision",
        "dispute.appealed": "Asked another person to decide",
        "dispute.closed_by_bank": "A dispute ended: a card’s bank had decided",
        "dispute.closed_decided": "A dispute ended as staff decided",
        "dispute.closed_given": "Gave back all of a session in a dispute",
        "dispute.closed_returned": "A dispute ended: all had gone back",
        "dispute.closed_withdrawn": "Took a dispute back",
        "dispute.opened": "Opened a dispute about a session",
        "dispute.read": "Read what a client wrote in a dispute",
        "dispute.read_by_staff": "Read what was written in a dispute, or to the safety team",
        "dispute.ruled": "Decided a dispute",
        "dispute.ruling_declined": "Did not agree to a decision",
        "dispute.said": "Wrote how it was",
        "dispute.seconded": "Agreed to a decision",
        "dispute.unanswered": "Nobody answered a dispute in time",
        "safety_case.added": "Told the safety team more of how they were treated",
        "safety_case.closed": "Answered what a client had told the safety team",
        "safety_case.opened": "Told the safety team how they were treated",
        "safety_case.taken": "Took what a client had told the safety team",
    }
)
log_kinds({"dispute": "Disputes", "safety_case": "Cases of safety"})
