"""This file knows what the tests of moderation share: a tiny kind of thing of their own, and who decides about it."""

from dataclasses import dataclass, field

import pytest

from practice.moderation import actions, subjects
from practice.moderation.states import Decision, Severity
from practice.moderation.subjects import Shown, Subject
from practice.values.errors import Conflict
from tests import factories


@dataclass
class Board:
    """Where people pin notes: what stands on each, whose it is, and what was carried out."""

    notes: dict = field(default_factory=dict)
    owners: dict = field(default_factory=dict)
    concerned: dict = field(default_factory=dict)
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


@pytest.fixture
def board(monkeypatch):
    """The kind "note" as if a room had it; it is gone again afterwards."""
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
            concerns=lambda code: made.concerned.get(code, ()),
        )
    )
    return made


@pytest.fixture
def sue():
    """A second of the staff."""
    return factories.user("Sue", roles=("client", "staff"), tf_primary_method="authenticator", tf_totp_secret="set")


@pytest.fixture
def note(board, cast):
    """A note of Ben's."""
    return board.pin("note-one", cast.ben)


@pytest.fixture
def case(note):
    """Ben's note waits for a person."""
    return actions.submit("note", note, Severity.USUAL)
