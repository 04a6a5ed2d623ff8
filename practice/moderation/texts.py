"""This file knows the kind texts of moderation: what whoever wrote something reads with a decision, unless whoever
decided says it in other words."""

from __future__ import annotations

from .states import Decision, ReportReason, Step

# Each ends with something that its reader can do.
REASONS = {
    Decision.PUBLISH: "Thank you for writing this. It is there for others to read now.",
    Decision.ASK_EDIT: (
        "Thank you for writing this. One thing in it would be better said otherwise before others read it. "
        "Change what you like and send it again; a person reads it."
    ),
    Decision.MASK: (
        "Thank you for writing this. Some words could tell who you are, or who somebody else is, so we would like to "
        "take them out. Have a look at both versions. Nothing happens without you."
    ),
    Decision.REJECT: (
        "Thank you for trusting us with this. It isn’t something we can put before others as it is. "
        "Your words are yours, and stand below so that you can use them elsewhere."
    ),
    Decision.DUPLICATE: (
        "Thank you for writing this. It has been asked and answered here already: the way there stands on the page of "
        "your question. Yours can still be published, if you say that it is another one."
    ),
    Decision.REMOVE: (
        "We took this down, because it could do harm to somebody or doesn’t belong here. "
        "Your words are yours, and stand below so that you can use them elsewhere."
    ),
    Decision.LEAVE: "We looked at this, and it stays as it is.",
}
UPHELD = "Another person looked at this anew, and came to the same decision."
REVERSED = "Another person looked at this anew, and took the first decision back."
SETTLED = {True: REVERSED, False: UPHELD}
STEPS = {
    Step.NOTE: "We’d like to tell you how something came across. Nothing changes for you by this.",
    Step.WARNING: "Something you did here hurt somebody or could. Please don’t do it again.",
    Step.LIMIT: "For a while you can’t do some things here. Everything else, and what you have paid for, stays.",
}
REPORTED = {
    ReportReason.DANGER: "Somebody may be in danger",
    ReportReason.HARASSMENT: "It insults, threatens or follows somebody",
    ReportReason.PRIVATE: "It tells something private of somebody",
    ReportReason.WRONG: "The advice is wrong or could do harm",
    ReportReason.SPAM: "It is advertising or spam",
    ReportReason.OTHER: "Something else",
}
