"""The log speaks in words: whatever is recorded anywhere has a sentence, and no sentence is about nothing."""

import ast

import pytest

from practice import app
from practice.bookings.states import BookingState, Outcome
from practice.disputes.states import Ending
from practice.payments.states import OrderState, PayoutState
from practice.store import log_lines

from . import source

# Codes that are put together, with all they can become; what makes them is named so that a new one is noticed.
STATES = {f"booking.{state}" for state in BookingState} - {"booking.held", "booking.expired", "booking.confirmed"}
RULED = ("published", "sent_back", "rejected", "removed", "left")
PUT_TOGETHER = {
    "practice.bookings.actions.attend: f'booking.{state}'": STATES,
    "practice.bookings.actions.cancel: f'booking.{state}'": STATES,
    "practice.bookings.actions.contest: f'contest.{outcome}'": {f"contest.{outcome}" for outcome in Outcome}
    - {"contest.open"},
    "practice.specialists.actions.editing: f'revision.{revision.state}'": {"revision.accepted", "revision.refused"},
    "practice.safety.actions: f'safety.number_{done}'": {
        f"safety.number_{done}" for done in ("checked", "changed", "added", "ended")
    },
    "practice.payments.actions.turning: f'order.{purchase.state}'": {f"order.{state}" for state in OrderState}
    - {"order.created"},
    "practice.payments.seeing: f'payout.{row.state}'": {f"payout.{state}" for state in PayoutState}
    - {"payout.pending"},
    "practice.disputes.actions.ending: f'dispute.closed_{ending}'": {f"dispute.closed_{each}" for each in Ending},
    "practice.moderation.actions.deciding: f'moderation.{case.state}'": {"moderation.upheld", "moderation.reversed"},
    "practice.questions.answer_subjects: f'answer.{_LOGGED[ruled.decision]}'": {f"answer.{each}" for each in RULED},
    "practice.questions.answer_subjects: f'follow_up.{_LOGGED[ruled.decision]}'": {
        f"follow_up.{each}" for each in RULED
    },
    "practice.questions.actions.reviewing: f'question.{ruled.decision}'": {
        f"question.{each}" for each in ("publish", "ask_edit", "mask", "duplicate", "reject", "remove")
    },
    "practice.questions.actions.choosing: f'question.{what}'": {"question.may_be_indexed", "question.may_stay"},
    "practice.accounts.actions.two_step: what": {
        "account.two_step_on",
        "account.two_step_off",
        "account.recovery_codes_renewed",
        "account.recovery_code_used",
    },
}


def recorded():
    """The module and the first argument of every call of `audit.record`, as it is written."""
    for name, path in source.modules().items():
        for node in ast.walk(source.tree(path)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "audit.record":
                yield name, node.args[0]


def codes():
    """Every code that can be recorded, with one module that does."""
    found = {}
    for module, code in recorded():
        known = {code.value} if isinstance(code, ast.Constant) else PUT_TOGETHER[f"{module}: {ast.unparse(code)}"]
        found |= dict.fromkeys(known, module)
    return found


app.register()
LINES, KINDS = log_lines.known()


@pytest.mark.once
def test_every_code_that_is_recorded_has_words():
    assert {code: module for code, module in codes().items() if code not in LINES} == {}


@pytest.mark.once
def test_there_are_words_for_nothing_else():
    assert set(LINES) - set(codes()) == set()


@pytest.mark.once
def test_every_kind_has_words():
    assert {code.partition(".")[0] for code in codes()} == set(KINDS)


@pytest.mark.once
def test_the_words_stand_in_the_room_that_records():
    strays = [
        f"{code} is recorded in {module}"
        for code, module in codes().items()
        if f'"{code}"' not in source.modules()[f"practice.{module.split('.')[1]}.log_lines"].read_text()
    ]

    assert not strays


@pytest.mark.once
def test_what_checks_and_speaks_for_all_names_no_room():
    ground = ("store.log_lines", "store.checks", "operations.checks", "operations.monitoring", "letters.checks")

    strays = [name for name in ground if rooms_named_in(source.modules()[f"practice.{name}"].read_text())]

    assert not strays


def rooms_named_in(text):
    return [room for room in source.ROOMS if f"practice.{room}" in text]


def test_a_room_named_there_would_be_noticed():
    assert rooms_named_in("from practice.bookings.models import Booking") == ["bookings"]


# What is recorded as a reason and is not written out there, with what it is: one of ours, never what somebody typed.
REASONS = {
    "practice.bookings.actions.cancel: reason": "what a strike is for, as its table knows it",
    "practice.accounts.actions.password: what": "which of the two steps failed",
    "practice.accounts.actions.two_step: reason": "over which way it was switched off",
    "practice.accounts.actions.profile: name": "the name of a role",
}


def reasons():
    """Each reason that is recorded and is no text of ours on the spot."""
    for name, path in source.modules().items():
        for node in ast.walk(source.tree(path)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "audit.record":
                given = [word.value for word in node.keywords if word.arg == "reason"]
                yield from (f"{name}: {ast.unparse(each)}" for each in given if not isinstance(each, ast.Constant))


@pytest.mark.once
def test_the_log_takes_no_words_of_anybody():
    """It cannot forget, and its chain would not hold under another key: words stand beside the person, sealed."""
    assert set(reasons()) == set(REASONS)
