"""Whatever becomes of a booking, its ledger balances in the end, and its client got what the page had promised."""

from hypothesis import given, settings
from hypothesis import strategies as st

from practice.ledger.chart import Pot
from practice.payments.policy import events as e
from practice.payments.policy.purchase import payees_of
from practice.payments.states import DisputeState
from practice.specialists.cancel_rules import Preset
from practice.values.money import Money
from tests.payments.desk import Desk
from tests.payments.histories import History

WAITING = (Pot.UNEARNED, Pot.DISPUTED, Pot.ADVANCED, Pot.PENDING, Pot.AVAILABLE)
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
    return any(each.purchase.lost for each in history.orders)


@settings(max_examples=150, deadline=None)
@given(histories())
def test_a_client_gets_what_was_promised_and_the_ledger_balances(history):
    for order in history.orders:
        pots = order.told
        assert {pot: pots[pot] for pot in WAITING if pots.get(pot)} == {}
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


# ---------------------------------------------------------------- an order of several lines

AFTERWARDS = ("give", "give", "refund", "refund", "outside", "dispute", "ripe", "answer")


@st.composite
def orders(draw) -> Desk:
    """An order of two or three lines, and what became of its money."""
    prices = draw(st.lists(st.integers(101, 9_999), min_size=2, max_size=3))
    desk = Desk(*prices, rate=draw(st.integers(0, 40)) * 250).opened().paid()
    for name, number in draw(st.lists(st.tuples(st.sampled_from(AFTERWARDS), st.integers(0, 100)), max_size=14)):
        afterwards(desk, name, number)
    for _ in range(6):
        settle(desk)
    return desk


def afterwards(desk: Desk, name: str, number: int) -> None:
    purchase, at = desk.purchase, number % len(desk.purchase.lines)
    line = purchase.lines[at]
    left = purchase.paid - purchase.counted
    is_asked = purchase.lost or purchase.dispute == DisputeState.OPEN
    if name == "give":
        desk.on(e.GiveBack(at, line.price * number // 100, number % 2 == 0))
    elif name == "refund" and not is_asked:
        desk.refunded(list(e.Given)[number % 3])
    elif name == "outside" and left > 0 and not is_asked:
        desk.on(e.RefundsSeen((e.Returned(e.Given.SUCCEEDED, max(1, left * number // 100), name=f"re_{number}"),)))
    elif name == "dispute":
        desk.asked_by_bank(number)
    elif name == "ripe":
        desk.on(e.Ripe(at))
    elif line.asked:
        desk.on(e.TransferMade(at, line.tries))
    elif line.taking:
        desk.on([e.ReversalMade, e.ReversalRefused][number % 4 == 0](at, line.tries))


def settle(desk: Desk) -> None:
    desk.decided_for_us()
    for each in desk.purchase.refunds:
        if desk.purchase.lost:
            desk.on(e.RefundRefused(each.number, disputed=True))
    desk.refunded()
    for each in desk.purchase.refunds:
        desk.on(e.PaidByHand(each.number))
    for at in range(len(desk.purchase.lines)):
        desk.on(e.Ripe(at))
        for name in ("answer", "answer"):
            afterwards(desk, name, at if at % 4 else len(desk.purchase.lines) * 3 + at)


@settings(max_examples=150, deadline=None)
@given(orders())
def test_each_line_of_an_order_keeps_and_gives_back_its_own(desk):
    purchase, pots = desk.purchase, desk.told
    back = purchase.paid + pots.get(Pot.CLIENT, 0) + pots.get(Pot.OWN, 0) + pots.get(Pot.CHARGED_BACK, 0)

    assert {pot: pots[pot] for pot in WAITING if pots.get(pot)} == {}
    assert back == min(purchase.promised, purchase.paid)
    for line in purchase.lines:
        assert line.sent - line.taken - line.debt == payees_of(line.price - line.back, line.rate, "EUR")
    assert sum(pots.get(pot, 0) for pot in (Pot.TRANSFERRED, Pot.DEBT)) == sum(map(purchase.payees, purchase.lines))
