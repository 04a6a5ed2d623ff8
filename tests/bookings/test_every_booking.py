"""Whatever happens to a booking that is sold, in whatever order: nobody has a session and its money, nobody neither.

Every order of up to seven happenings is walked through, from before it is paid and from where the interesting part
begins; each world that can be reached is left to itself too, and comes to a right end.
"""

import gc
from dataclasses import replace
from datetime import timedelta

import pytest

from practice.bookings import money_back, policy, who_may
from practice.bookings.known import YES
from practice.bookings.states import MOVES, BookingState
from tests.bookings.booking_world import Broken, World, happenings, judge, judge_end, swept


@pytest.fixture(autouse=True)
def no_collecting():
    """Nothing here is a circle, and looking for some again and again takes longer than all the rest."""
    gc.disable()
    yield
    gc.enable()


def after(world, *names):
    for name in names:
        world = dict(happenings(world))[name]
    return world


def new():
    return World()


def bought():
    return after(new(), "pays", "it is minutes later")


def soon():
    return after(bought(), "it is a day before")


def forgiven():
    """The one late cancellation that comes back whole was before."""
    return replace(soon(), has_grace=False)


def begun():
    return after(bought(), "it is begun")


def cancelled():
    return after(bought(), "the specialist cancels")


def marked():
    return after(begun(), "the client is missed")


def left(world):
    """What becomes of it once nobody does anything any more."""
    if world.state == BookingState.HELD:
        world = after(world, "its hold ends")
    world = replace(world, now=max(world.now, world.ends_at) + timedelta(days=30))
    while (further := swept(world)) != world:
        world = further
    contest = world.contest
    if contest is not None and contest.is_open:
        world = after(world, "staff decide: it stays")
    return world


def rests(world, ended):
    """The same, once for all that differ by the hour only in which they are left."""
    alone = replace(world, now=world.ends_at)
    if alone not in ended:
        judge_end(left(world))
        ended.add(alone)


def walk(start, depth):
    """(how many worlds were seen, the way to the first that broke and why)"""
    came, edge, ended = {start: ()}, [start], set()
    for _ in range(depth):
        found = []
        for world in edge:
            way = came[world]
            try:
                for name, then in happenings(world):
                    way = (*came[world], name)
                    judge(world, name, then)
                    if then not in came:
                        came[then] = way
                        found.append(then)
                        rests(then, ended)
            except Broken as broken:
                return len(came), way, str(broken)
        edge = found
    return len(came), (), ""


@pytest.mark.parametrize(
    ("start", "depth"), [(new, 7), (bought, 5), (soon, 5), (begun, 6), (cancelled, 5), (marked, 7)]
)
def test_nobody_ends_with_both_or_neither(start, depth):
    worlds, way, broke = walk(start(), depth)

    assert (broke, way) == ("", ())
    assert worlds > 100


# ---------------------------------------------------------------- without one of its rules it breaks

# What each rule would let through if it were not there, from where that is soon noticed, and how.
RULES = {
    "join": (bought, "before the door opened"),
    "move": (soon, "moved when that was over"),
    "cancel": (begun, "what had begun was cancelled"),
    "undo": (soon, "undone when that was over"),
    "take_proposed": (bought, "nobody had offered was declined"),
    "propose_times": (begun, "offered too late"),
    "choose_time": (bought, "no move leads from"),
    "choose_money": (bought, "nothing was left to choose"),
    "complete": (begun, "before it could"),
    "say_missed": (bought, "missed too soon"),
    "say_broken": (bought, "had not begun"),
    "agree_broken": (marked, "nobody had said"),
    "contest": (marked, "contested when that was over"),
    "answer_contest": (marked, "who had asked answered"),
    "decide_contest": (marked, "before the other side was heard"),
    "call_off": (bought, "the specialist’s"),
}
# These change neither what a booking is nor its money.
OTHERS = {"reconfirm", "prepare", "ask_times", "take_back_asked", "answer_asked", "grant_again"}


def breaks(start):
    return next(broke for depth in range(1, 6) if (broke := walk(start, depth)[2]))


@pytest.mark.parametrize("rule", RULES)
def test_without_this_rule_something_breaks(rule, monkeypatch):
    start, sentence = RULES[rule]
    world = start()
    monkeypatch.setitem(who_may._RULES, rule, lambda *_: YES)

    assert sentence in breaks(world)


def test_every_rule_is_turned_off_once():
    assert set(who_may._RULES) == set(RULES) | OTHERS


LAW = {
    "may_undo": (policy, lambda *_: True, soon, "undone when that was over"),
    "undo_until": (policy, lambda _terms, _at, starts_at: starts_at, soon, "undone when that was over"),
    "cancelled_state": (policy, lambda *_: BookingState.CANCELLED_BY_CLIENT, soon, "called one in time"),
    "may_join": (policy, lambda *_: True, bought, "before the door opened"),
    "may_mark_client_missed": (policy, lambda *_: True, bought, "missed too soon"),
    "came_alone": (policy, lambda *_: False, begun, "who had come alone"),
    "may_mark_specialist_missed": (policy, lambda *_: True, bought, "missed too soon"),
    "may_report_technical": (policy, lambda *_: True, bought, "had not begun"),
    "may_contest": (policy, lambda *_: True, marked, "contested when that was over"),
    "is_heard": (policy, lambda *_: True, marked, "before the other side was heard"),
    "_of_a_cancellation": (money_back, lambda *_: (0, money_back.Why.TOO_LATE), bought, "another amount than the rule"),
    "_is_within": (money_back, lambda *_: True, forgiven, "another amount than the rule"),
}


@pytest.mark.parametrize("name", LAW)
def test_without_this_law_something_breaks(name, monkeypatch):
    module, instead, start, sentence = LAW[name]
    world = start()
    monkeypatch.setattr(module, name, instead)

    assert sentence in breaks(world)


@pytest.mark.parametrize("state", sorted(set(money_back.WHOLE) - {BookingState.HELD, BookingState.RELEASED}))
def test_where_a_state_does_not_bring_all_back_somebody_paid_for_nothing(state, monkeypatch):
    start = {BookingState.EXPIRED: new, BookingState.UNDONE: new, BookingState.CANCELLED_BY_SPECIALIST: bought}
    world = start.get(state, begun)()
    monkeypatch.delitem(money_back.WHOLE, state)

    assert "somebody paid for what they did not get" in breaks(world) or "another amount" in breaks(world)


@pytest.mark.parametrize(
    ("state", "too"), [("released", "confirmed"), ("undone", "confirmed"), ("completed", "confirmed")]
)
def test_no_table_lets_what_is_over_stand_again(state, too):
    assert BookingState(too) not in MOVES.get(BookingState(state), frozenset())
