"""This file knows what the log says in words about questions; never what somebody asked, nor why it was read first."""

from practice.store.log_lines import log_kinds, log_lines

log_lines(
    {
        "question.agreed": "Agreed to how staff masked a question",
        "question.ask_edit": "Asked for a change in a question",
        "question.kept": "Kept a question without sending it",
        "question.mask": "Masked a question, for its asker to agree",
        "question.may_be_indexed": "Chose whether search engines may show a question",
        "question.may_stay": "Chose whether a question may stay after the account",
        "question.named": "Chose which name stands above a question",
        "question.publish": "Published a question",
        "question.reject": "Did not publish a question",
        "question.remove": "Took a question down",
        "question.reopened": "Opened a resolved question again",
        "question.resolved": "Said that a question is resolved",
        "question.sent": "Sent a question",
        "question.withdrawn": "Took a question back",
    }
)
log_kinds({"question": "Questions"})
