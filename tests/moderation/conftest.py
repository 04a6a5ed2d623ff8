"""This file knows what the tests of moderation share: notes that people pin up, and who decides about them."""

import pytest

from practice.moderation import actions
from practice.moderation.states import Severity
from tests import factories
from tests.moderation.board import pin_up


@pytest.fixture
def board(monkeypatch):
    """Where people pin notes: a kind of thing of the tests' own."""
    return pin_up(monkeypatch)


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
