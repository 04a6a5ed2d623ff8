"""This file knows the shape of what people of the demo ask, answer and write; days are before today, or after that."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class AnswerText:
    """What a specialist answers `after` so many days, who agrees, and whom it helps; with an `appeal` it was not taken,
    and they ask another person."""

    by: str
    after: float
    words: str
    agreed: tuple[str, ...] = ()
    helped: tuple[str, ...] = ()
    picked: bool = False
    appeal: str = ""


@dataclass(frozen=True, kw_only=True)
class QuestionText:
    """What a client asks in public, what staff and they do about it (`then`), and its answers."""

    asker: str
    asked: float
    title: str
    words: str
    topics: tuple[str, ...]
    relation: str
    found_by_search: bool = False
    follow_up: str = ""
    then: tuple[str, ...] = ()
    answers: tuple[AnswerText, ...] = ()


@dataclass(frozen=True, kw_only=True)
class LineText:
    """A message of "client", "partner" or "specialist", so many days after the conversation began."""

    by: str
    after: float
    words: str


@dataclass(frozen=True, kw_only=True)
class ThreadText:
    """What a client and a specialist write to each other, and what the client does in the end (`then`). With `answered`
    it is for a couple: whether the partner takes part, "agree" or "decline"."""

    client: str
    specialist: str
    began: float
    messages: tuple[LineText, ...]
    topic: str = ""
    answered: str = ""
    then: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class TicketText:
    """What somebody writes to us, and what they are answered half a day later."""

    writer: str
    about: str
    wrote: float
    words: str
    specialist: str = ""
    answer: str = ""
