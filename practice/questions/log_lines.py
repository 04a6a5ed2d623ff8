"""This file knows what the log says in words about questions and answers; never what somebody wrote, nor why a question
was read first, nor who asked."""

from practice.store.log_lines import log_kinds, log_lines

log_lines(
    {
        "answer.changed": "Put an answer to a public question in other words",
        "answer.left": "Left a public answer as it was",
        "answer.published": "Let an answer be read by everybody",
        "answer.rejected": "Did not let an answer be shown",
        "answer.removed": "Took an answer down",
        "answer.sent_back": "Asked for an answer in other words",
        "answer.withdrawn": "Took an answer back",
        "answer.written": "Answered a public question",
        "follow_up.left": "Left what an asker added as it was",
        "follow_up.published": "Let what an asker added be read by everybody",
        "follow_up.rejected": "Did not let what an asker added be shown",
        "follow_up.removed": "Took down what an asker had added",
        "follow_up.sent_back": "Asked an asker to put what they added in other words",
        "follow_up.withdrawn": "Took back what they had added to their question",
        "follow_up.written": "Added something to their question",
        "question.agreed": "Agreed to how staff masked a question",
        "question.ask_edit": "Asked for a change in a question",
        "question.duplicate": "Said that a question was asked before",
        "question.insisted": "Said that a question is another than the one it was taken for",
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
log_kinds({"answer": "Answers", "follow_up": "Follow-ups", "question": "Questions"})
