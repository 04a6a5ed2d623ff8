"""This file knows what the log says in words about answers; never what somebody wrote, nor who asked."""

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
    }
)
log_kinds({"answer": "Answers", "follow_up": "Follow-ups"})
