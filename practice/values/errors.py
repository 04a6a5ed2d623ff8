"""This file knows every way a request can be refused: each error carries its status and a sentence for people."""

from __future__ import annotations


class Problem(Exception):
    """Something a person can be told about; `web` renders it. An unlabelled exception is a crash instead."""

    status = 500
    code = "problem"
    # What to do next, where the sentence itself does not say it.
    way_on = ""

    def __init__(self, message: str = "", **facts: object) -> None:
        super().__init__(message)
        self.message = message
        self.facts = facts

    @property
    def whole(self) -> str:
        """The sentence and what to do next; "" where there is no sentence."""
        return f"{self.message} {self.way_on}".rstrip() if self.message else ""


class NotFound(Problem):
    """The thing does not exist, or not for the person who asks: a stranger cannot tell the two apart."""

    status = 404
    code = "not_found"


class NotAllowed(Problem):
    """The person is known, may see the thing, and still may not do this."""

    status = 403
    code = "not_allowed"


class Conflict(Problem):
    """The world moved on between the page and the click."""

    status = 409
    code = "conflict"
    way_on = "Open the page again to see what is possible now."


class Invalid(Problem):
    """What was sent does not make sense; `fields` names each field with a sentence on how to mend it."""

    status = 422
    code = "invalid"

    def __init__(self, message: str = "", fields: dict[str, str] | None = None, **facts: object) -> None:
        super().__init__(message, **facts)
        self.fields = fields or {}


class TooMany(Problem):
    """A limit was reached; `retry_after` is in seconds."""

    status = 429
    code = "too_many"

    def __init__(self, message: str = "", retry_after: int = 60) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(Problem):
    """The database or a part of the machine cannot answer now; trying again later is right."""

    status = 503
    code = "unavailable"
    passes = True  # by itself, in a moment


class Crowded(Unavailable):
    """Too many people want the same thing at this moment, and the line for it did not get to this one in time."""

    code = "crowded"

    def __init__(self, message: str = "") -> None:
        super().__init__(
            message
            or "Many people are choosing times with the same person at this moment, and it wasn’t your turn in time. "
            "Nothing was lost; please try again in a moment."
        )


class FileMissing(Unavailable):
    """A file that should be there is not: somebody has to bring it back, and trying again changes nothing."""

    code = "file_missing"
    passes = False


class IllegalMove(Conflict):
    """A state was asked to change along a path that its table does not hold."""

    code = "illegal_move"


class SentBefore(Conflict):
    """This form was sent already, and with other words: what it did first stands, and the words go back to their
    writer."""

    code = "sent_before"
    way_on = "What you sent first was kept. To send this too, open the form again."
