"""This file knows a tiny kind of thing of the tests' own, so that moderation is tried without any room above it."""

from dataclasses import dataclass, field

from practice.moderation import subjects
from practice.moderation.states import Decision
from practice.moderation.subjects import Shown, Subject
from practice.values.errors import Conflict


@dataclass
class Board:
    """Where people pin notes: what stands on each, whose it is, and what was carried out."""

    notes: dict = field(default_factory=dict)
    owners: dict = field(default_factory=dict)
    concerned: dict = field(default_factory=dict)
    topics: dict = field(default_factory=dict)
    done: list = field(default_factory=list)
    busy: bool = False

    def pin(self, code, owner, words="Anyone know Mrs Gray of Elm Street?"):
        self.notes[code], self.owners[code] = words, owner
        return code

    def show(self, code):
        words = self.notes.get(code)
        return None if words is None else Shown("A note", words, mark=str(hash(words)), byline="Blue Heron")

    def carry_out(self, ruled):
        if self.busy:
            raise Conflict("This note has gone on.")
        self.done.append((ruled.code, ruled.decision, ruled.words, ruled.on_appeal))


def pin_up(monkeypatch):
    """The kind "note" as if a room had it; it is gone again with the test."""
    made = Board()
    monkeypatch.setattr(subjects, "_subjects", dict(subjects._subjects))
    subjects.register(
        Subject(
            kind="note",
            label="note",
            decisions=tuple(each for each in Decision if each != Decision.SANCTION),
            show=made.show,
            author=made.owners.get,
            carry_out=made.carry_out,
            url=lambda code: "/me",
            may_report=lambda code, user: code in made.notes and user != made.owners.get(code),
            topics=lambda code: made.topics.get(code, ()),
            concerns=lambda code: made.concerned.get(code, ()),
        )
    )
    return made
