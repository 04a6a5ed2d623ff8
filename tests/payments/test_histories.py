"""Whatever becomes of a booking, its ledger balances in the end, and its client got what the page had promised."""

from hypothesis import given, settings
from hypothesis import strategies as st

from practice.ledger.chart import Pot
from practice.payments.states import DisputeState
from practice.specialists.cancel_rules import Preset
from practice.values.money import Money
from tests.payments.histories import History

CURRENCIES = ("EUR", "JPY", "ISK", "KWD")
steps = st.lists(st.tuples(st.integers(0, 59), st.integers(0, 60)), min_size=6, max_size=16)


@st.composite
def histories(draw) -> History:
    rules = Money(0, currency := draw(st.sampled_from(CURRENCIES))).rules
    price = draw(st.integers(rules.least, rules.least * 50)) // rules.step * rules.step
    history = History(max(price, rules.least), currency, draw(st.integers(0, 40)) * 250, draw(st.sampled_from(Preset)))
    history.buy(draw(st.sampled_from((0, 1, 2, 0, 1, 2, 3, 4))))
    for choice, number in draw(steps):
        possible = history.possible()
        getattr(history, possible[choice % len(possible)])(number)
    history.close()
    return history


def is_lost(history) -> bool:
    return any(each.purchase.dispute == DisputeState.LOST for each in history.orders)


@settings(max_examples=150, deadline=None)
@given(histories())
def test_a_client_gets_what_was_promised_and_the_ledger_balances(history):
    for order in history.orders:
        pots = order.told
        waiting = (Pot.UNEARNED, Pot.DISPUTED, Pot.ADVANCED, Pot.PENDING, Pot.AVAILABLE)
        assert [pot for pot in waiting if pots.get(pot, 0)] == []
        assert 0 <= history.returned(order) <= order.purchase.paid

    lost = [each for each in history.orders if each not in history.standing]
    assert all(history.returned(each) == each.purchase.paid for each in lost), "nothing was given for it"
    back = sum(history.returned(each) for each in history.standing)
    assert back >= history.promised if is_lost(history) else back == history.promised


@settings(max_examples=100, deadline=None)
@given(histories())
def test_what_is_kept_is_shared_as_the_calculator_said(history):
    found = history.split()
    pots = [each.told for each in history.standing]
    payees = sum(each.get(Pot.TRANSFERRED, 0) + each.get(Pot.DEBT, 0) for each in pots)

    if not is_lost(history):
        assert payees == found.specialists.amount
        assert sum(each.get(Pot.COMMISSION, 0) for each in pots) == found.commission.amount
