"""Whatever happens to an order, in whatever order, and wherever a machine stops: everybody ends with what is theirs.

The worlds of `tests/payments/world.py` are walked through exhaustively. A row that leaves is done once, or twice, or
done with its answer lost, or only begun; what the card processor says is read at once or late. Each world that can be
reached is swept to its end as well, so none of them is a place to be stuck in.
"""

import inspect
import random

import pytest

from practice.payments.policy import guards
from practice.payments.policy import step as rules
from practice.payments.policy.checkout import begin
from practice.payments.policy.purchase import Line
from tests.payments.explorer import explore
from tests.payments.happenings import after, happenings
from tests.payments.world import Row, World, step_once

# Half of the price is no whole number of cents, nor is the commission.
PRICE, RATE = 7201, 1200


def new() -> World:
    purchase, effects = begin("EUR", (Line(price=PRICE, rate=RATE),))
    return World(purchase, rows=tuple(Row(each) for each in effects))


def paid() -> World:
    return after(new(), "OpenCheckout done", "pays", "seen")


def slow() -> World:
    return after(new(), "OpenCheckout done", "pays slowly", "seen")


def cancelled() -> World:
    return after(paid(), "cancelled, 50 % back", "the wait after the session is over")


def sent() -> World:
    return after(paid(), "the wait after the session is over", "SendTransfer done")


def failed() -> World:
    return after(paid(), "cancelled, 100 % back", "SendRefund done", "a refund fails")


def won() -> World:
    return after(paid(), "the bank asks for the money", "the dispute is seen", "the bank decides for us")


def inquired() -> World:
    return after(paid(), "the bank only asks", "the dispute is seen")


def lost() -> World:
    return after(paid(), "cancelled, 50 % back", "SendRefund done, its answer lost", "the bank asks for the money")


@pytest.fixture(autouse=True)
def forgets():
    """What one test's rules said is not what the next one's say."""
    step_once.cache_clear()


@pytest.mark.parametrize(
    "start, depth", [(new, 7), (slow, 5), (paid, 5), (cancelled, 4), (sent, 5), (won, 5), (inquired, 4)]
)
def test_everybody_ends_with_what_is_theirs(start, depth):
    found = explore(start(), depth)

    assert (found.broke, found.way) == ("", ())
    assert found.worlds > 900


@pytest.mark.long
@pytest.mark.parametrize(
    "start, depth", [(new, 8), (slow, 7), (paid, 7), (cancelled, 6), (sent, 7), (won, 6), (inquired, 6)]
)
def test_everybody_ends_with_what_is_theirs_after_longer_histories(start, depth):
    found = explore(start(), depth)

    assert (found.broke, found.way) == ("", ())


def test_everybody_ends_with_what_is_theirs_after_long_histories_at_random():
    for seed in range(100):
        chance, world = random.Random(seed), (new, slow, paid, cancelled, sent, won, inquired)[seed % 7]()
        for _ in range(20):
            world = chance.choice([after for _, after in happenings(world)])
        found = explore(world, 0)

        assert (seed, found.broke) == (seed, "")


# ---------------------------------------------------------------- without one of its guards it breaks

# What each guard would say if it were not there, from where that is soon noticed, and how.
OFF = {
    "is_of_our_mode": (True, new, "money came and was not noticed"),
    "is_first_money": (True, new, "the sweeps come to no end"),
    "is_the_amount": (True, new, "a pot has in it what cannot be"),
    "is_the_currency": (True, new, "somebody got what they had not paid for"),
    "can_still_end": (True, slow, "given away while its payment was on its way"),
    "has_had_no_page": (True, new, "given away while somebody could still pay for it"),
    "is_late": (False, new, "one time was booked twice"),
    "may_return": (True, paid, "a refund was sent while a bank asked for the money"),
    "is_new_refund": (True, paid, "a pot has in it what cannot be"),
    "can_still_fail": (True, paid, "the sweeps come to no end"),
    "is_newer": (True, paid, "a pot has in it what cannot be"),
    "may_pay": (True, paid, "a payee was paid too soon"),
    "takes_money": (True, paid, "a payee is paid without end"),
    "is_unpaid": (True, paid, "the payee got more than is theirs"),
    "has_returned_first": (True, sent, "from a payee before the client had theirs"),
    "is_the_last_try": (True, paid, "no move leads from sent to due"),
    "may_drop": (True, paid, "the payee got more than is theirs"),
    "is_wanted": (True, paid, "what was not earned any more was sent all the same"),
}


@pytest.mark.parametrize("guard", OFF)
def test_without_this_guard_something_breaks(guard, monkeypatch):
    says, start, sentence = OFF[guard]
    world = start()
    step_once.cache_clear()
    monkeypatch.setattr(guards, guard, lambda *_: says)

    found = next(found for depth in range(1, 7) if (found := explore(world, depth)).broke)

    assert sentence in found.broke


def test_every_guard_is_turned_off_once():
    named = {
        name for name, each in inspect.getmembers(guards, inspect.isfunction) if each.__module__ == guards.__name__
    }

    assert named == set(OFF)


# What follows after every event, from where it is soon missed, and how.
FOLLOWS = {
    "call_off_returned": (paid, "somebody has a session and all of its money"),
    "book_earnings": (new, "money of a client is neither earned nor returned"),
    "drop_by_hand": (failed, "staff were asked to pay what had come back already"),
    "request_missing": (paid, "an order ends as refund_due"),
    "send_what_is_due": (paid, "a payee's money ends as blocked"),
    "take_back": (sent, "a payee's money ends as reversal_due"),
    "book_loss": (lost, "a pot has in it what cannot be"),
}


@pytest.mark.parametrize("follows", FOLLOWS)
def test_without_what_follows_something_is_left_undone(follows, monkeypatch):
    start, sentence = FOLLOWS[follows]
    world = start()
    step_once.cache_clear()
    monkeypatch.setattr(rules, "_SETTLES", tuple(each for each in rules._SETTLES if each.__name__ != follows))

    found = next(found for depth in range(1, 6) if (found := explore(world, depth)).broke)

    assert sentence in found.broke


def test_all_that_follows_is_left_out_once():
    assert [each.__name__ for each in rules._SETTLES] == list(FOLLOWS)
