"""What each event of the money means: where it came from, where it is, whose it is, and that nothing is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from practice.ledger import events
from practice.ledger.chart import PAYEES, WHOLE_ORDER, Balances, Line, Posting, Pot, Whereabouts
from practice.ledger.events import FLOWS, Batch, Event, Flow
from practice.values.commission import STANDARD, WHOLE, Shares, shares
from practice.values.money import CurrencyMismatch, Money

from .purse import ANNAS, HALF, NEXT, PRICE, SHARES, Purse, eur, shares_returned

PLATFORM, PAYEE, OUTSIDE = Whereabouts


@pytest.fixture
def purse():
    """A session was paid for, and stands."""
    purse = Purse().book(Event.CHARGED, events.charged(PRICE))
    return earned(purse, ANNAS, SHARES)


def earned(purse, line, shares, *, is_due=False):
    return purse.book(Event.EARNED, events.earned(line, shares, purse.line(line), is_due=is_due))


def unearned(purse, shares, line=ANNAS):
    return purse.book(Event.UNEARNED, events.unearned(line, shares, purse.line(line)))


def released(purse):
    return purse.book(Event.RELEASED, events.released(ANNAS, SHARES.payee))


def transferred(purse):
    return released(purse).book(Event.TRANSFERRED, events.transferred(ANNAS, SHARES.payee, purse.line(ANNAS)))


def reversed_(purse, amount):
    return purse.book(Event.REVERSED, events.reversed_(ANNAS, amount, purse.line(ANNAS)))


def refunded(purse, back):
    """It is nobody's income any more, and the client's again."""
    return unearned(purse, back).book(Event.REFUNDED, events.refunded(back.whole))


# ---------------------------------------------------------------- in, and whose it is


def test_what_a_client_paid_is_nobodys_until_something_is_given_for_it():
    purse = Purse().book(Event.CHARGED, events.charged(PRICE))

    assert purse.told == {"client": -7200, "unearned": 7200}
    assert purse.lying(PLATFORM) == 7200


def test_money_that_came_too_late_twice_or_in_another_amount_goes_back_and_was_nobodys():
    purse = Purse().book(Event.CHARGED, events.charged(PRICE))

    assert purse.book(Event.REFUNDED, events.refunded(PRICE)).told == {}


def test_what_stands_is_the_payees_but_for_the_commission_and_lies_with_the_platform(purse):
    assert purse.told == {"client": -7200, "commission": 864, "pending": 6336}
    assert purse.lying(PLATFORM) == 7200


@pytest.mark.parametrize(("rate", "pots"), [(0, {"pending": 7200}), (WHOLE, {"commission": 7200})])
def test_a_share_of_nothing_moves_nothing(rate, pots):
    purse = earned(Purse().book(Event.CHARGED, events.charged(PRICE)), ANNAS, shares(PRICE, rate))

    assert purse.told == {"client": -7200} | pots


def test_what_is_free_books_nothing():
    assert events.charged(eur(0)) == ()
    assert events.earned(ANNAS, shares(eur(0), STANDARD), Balances({}), is_due=False) == ()
    with pytest.raises(ValueError, match="nothing"):
        Batch(Event.CHARGED, "payment:one", ())


def test_the_processors_fee_is_borne_by_the_platform_and_seen_beside_the_commission(purse):
    purse.book(Event.FEE, events.fee(eur(240)))

    assert purse.told == {"client": -7200, "commission": 864, "pending": 6336, "provider": 240, "provider_fees": -240}
    assert purse.lying(PLATFORM) == 6960
    assert purse.book(Event.FEE_RETURNED, events.fee_returned(eur(240))).lying(PLATFORM) == 7200


def test_an_order_of_several_lines_is_paid_once_and_earned_line_by_line():
    purse = Purse().book(Event.CHARGED, events.charged(eur(17_200)))
    earned(purse, ANNAS, SHARES)
    assert purse.told == {"client": -17_200, "commission": 864, "pending": 6336, "unearned": 10_000}

    earned(purse, NEXT, shares(eur(10_000), STANDARD))
    assert purse.told == {"client": -17_200, "commission": 2064, "pending": 15_136}


def test_the_difference_of_a_move_is_one_more_payment_with_its_own_commission(purse):
    purse.book(Event.CHARGED, events.charged(eur(2800)))
    earned(purse, NEXT, shares(eur(2800), STANDARD))

    assert purse.told == {"client": -10_000, "commission": 1200, "pending": 8800}


# ---------------------------------------------------------------- on to the payee


def test_what_is_due_goes_to_the_payees_balance_and_then_to_their_bank(purse):
    assert released(purse).told == {"available": 6336, "client": -7200, "commission": 864}
    purse.book(Event.TRANSFERRED, events.transferred(ANNAS, SHARES.payee, purse.line(ANNAS)))
    assert (purse.lying(PLATFORM), purse.lying(PAYEE)) == (864, 6336)
    purse.book(Event.PAYOUT_SENT, events.payout_sent("anna", SHARES.payee))
    assert purse.lying(PAYEE) == 0
    purse.book(Event.PAYOUT_PAID, events.payout_paid("anna", SHARES.payee))

    assert purse.told == {"client": -7200, "commission": 864, "paid_out": 6336}
    assert (purse.lying(PLATFORM), purse.lying(PAYEE), purse.lying(OUTSIDE)) == (864, 0, -864)


def test_a_payout_that_fails_changes_nothing_of_the_platforms_and_is_the_payees_again(purse):
    before = dict(transferred(purse).told)
    purse.book(Event.PAYOUT_SENT, events.payout_sent("anna", SHARES.payee))
    purse.book(Event.PAYOUT_FAILED, events.payout_failed("anna", SHARES.payee))

    assert (purse.told, purse.lying(PLATFORM)) == (before, 864)


def test_a_payout_that_comes_back_after_it_had_arrived_is_the_payees_again(purse):
    before = dict(transferred(purse).told)
    purse.book(Event.PAYOUT_SENT, events.payout_sent("anna", SHARES.payee))
    purse.book(Event.PAYOUT_PAID, events.payout_paid("anna", SHARES.payee))

    assert purse.book(Event.PAYOUT_RETURNED, events.payout_returned("anna", SHARES.payee)).told == before


def test_what_a_bank_cannot_take_stays_on_the_payees_balance():
    price = Money(1045, "HUF")
    purse = earned(Purse("HUF").book(Event.CHARGED, events.charged(price)), ANNAS, shares(price, 0), is_due=True)
    purse.book(Event.TRANSFERRED, events.transferred(ANNAS, price, purse.line(ANNAS)))
    goes, _ = purse.all.of(Pot.TRANSFERRED, "HUF").paid_out()

    purse.book(Event.PAYOUT_SENT, events.payout_sent("anna", goes))

    assert purse.told == {"client": -1045, "in_payout": 1000, "transferred": 45}


# ---------------------------------------------------------------- back to the client


@pytest.mark.parametrize("until", [lambda purse: purse, released])
def test_all_of_it_back_leaves_nothing_and_no_commission(purse, until):
    assert refunded(until(purse), SHARES).told == {}


def test_what_is_to_go_back_is_nobodys_income_before_it_is_sent(purse):
    assert unearned(purse, SHARES).told == {"client": -7200, "unearned": 7200}
    assert purse.lying(PLATFORM) == 7200


def test_half_back_leaves_half_to_each(purse):
    assert refunded(purse, HALF).told == {"client": -3600, "commission": 432, "pending": 3168}


def test_thirds_back_leave_nothing_over(purse):
    kept = PRICE
    for part in (eur(2400),) * 3:
        refunded(purse, shares_returned(kept, part, STANDARD))
        kept -= part

    assert purse.told == {}


def test_after_the_transfer_the_client_comes_first_and_the_payee_owes(purse):
    refunded(transferred(purse), SHARES)
    assert purse.told == {"debt": -6336, "transferred": 6336}
    assert purse.lying(PLATFORM) == -6336

    assert reversed_(purse, eur(6336)).told == {}


def test_after_the_transfer_of_half_a_refund_half_comes_back(purse):
    refunded(transferred(purse), HALF)

    assert reversed_(purse, HALF.payee).told == {"client": -3600, "commission": 432, "transferred": 3168}


def test_what_is_still_due_goes_before_a_debt_is_made(purse):
    released(purse).book(Event.TRANSFERRED, events.transferred(ANNAS, eur(5000), purse.line(ANNAS)))

    assert refunded(purse, SHARES).told == {"debt": -5000, "transferred": 5000}


def test_what_is_not_due_any_more_when_it_arrives_is_owed(purse):
    """The transfer was on its way when half of it was to go back."""
    refunded(released(purse), HALF)
    purse.book(Event.TRANSFERRED, events.transferred(ANNAS, SHARES.payee, purse.line(ANNAS)))
    assert purse.told == {"client": -3600, "commission": 432, "debt": -3168, "transferred": 6336}

    assert reversed_(purse, HALF.payee).told == {"client": -3600, "commission": 432, "transferred": 3168}


def test_a_debt_that_cannot_be_reversed_is_carried_and_set_off_against_the_next_session(purse):
    refunded(transferred(purse), SHARES)
    purse.book(Event.PAYOUT_SENT, events.payout_sent("anna", SHARES.payee))
    purse.book(Event.CHARGED, events.charged(eur(10_000)))
    earned(purse, NEXT, shares(eur(10_000), STANDARD), is_due=True)

    purse.book(Event.SET_OFF, events.set_off(NEXT, eur(6336)) + events.settled(ANNAS, eur(6336)))

    assert purse.told == {"available": 2464, "client": -10_000, "commission": 1200, "in_payout": 6336}
    assert [purse.line(line).of(Pot.DEBT, "EUR").amount for line in (ANNAS, NEXT)] == [0, 0]


def test_more_reversed_than_is_owed_is_due_to_the_payee(purse):
    refunded(transferred(purse), HALF)

    assert reversed_(purse, SHARES.payee).told == {"available": 3168, "client": -3600, "commission": 432}


def test_what_was_to_go_back_and_stands_after_all_settles_the_debt_that_it_made(purse):
    before = dict(transferred(purse).told)
    assert unearned(purse, SHARES).told["debt"] == -6336

    assert earned(purse, ANNAS, SHARES, is_due=True).told == before


def test_a_refund_that_fails_is_still_the_clients(purse):
    refunded(purse, SHARES).book(Event.REFUND_FAILED, events.refund_failed(PRICE))

    assert purse.told == {"client": -7200, "unearned": 7200}
    assert purse.book(Event.REFUNDED, events.refunded(PRICE)).told == {}


def test_what_is_paid_by_hand_makes_what_lies_there_for_it_the_platforms(purse):
    unearned(purse, SHARES).book(Event.REFUNDED_BY_HAND, events.refunded_by_hand(PRICE))

    assert purse.told == {"client": -7200, "own": 7200}


def test_what_was_given_back_past_us_is_missing_until_it_is_known_from_whom(purse):
    purse.book(Event.REFUNDED, events.refunded(PRICE))
    assert list(purse.all.impossible()) == [(Pot.UNEARNED, eur(-7200))]

    assert unearned(purse, SHARES).told == {}


# ---------------------------------------------------------------- disputes of card holders' banks


def test_a_dispute_is_advanced_by_the_platform_and_one_that_is_won_brings_it_back(purse):
    before = dict(purse.told)
    purse.book(Event.DISPUTE_OPENED, events.dispute_opened(PRICE))
    assert purse.told == before | {"advanced": -7200, "disputed": 7200}
    assert purse.lying(PLATFORM) == 0

    assert purse.book(Event.DISPUTE_WON, events.dispute_won(PRICE)).told == before


def test_a_dispute_that_is_lost_is_gone_like_a_refund_and_its_fee_is_the_platforms(purse):
    purse.book(Event.DISPUTE_OPENED, events.dispute_opened(PRICE)).book(Event.FEE, events.fee(eur(2000)))
    purse.book(Event.DISPUTE_LOST, events.dispute_lost(PRICE))

    assert unearned(purse, SHARES).told == {
        "charged_back": 7200, "client": -7200, "provider": 2000, "provider_fees": -2000,
    }  # fmt: skip


def test_a_loss_that_the_platform_bears_leaves_the_payee_what_was_theirs(purse):
    purse.book(Event.DISPUTE_OPENED, events.dispute_opened(PRICE))
    purse.book(Event.DISPUTE_LOST, events.dispute_lost(PRICE)).book(Event.LOSS, events.loss(PRICE))

    assert purse.told == {
        "charged_back": 7200, "client": -7200, "commission": 864, "losses": -7200, "pending": 6336,
    }  # fmt: skip


def test_a_bank_that_takes_more_than_was_left_costs_the_platform_the_rest(purse):
    refunded(purse, HALF).book(Event.DISPUTE_OPENED, events.dispute_opened(PRICE))
    purse.book(Event.DISPUTE_LOST, events.dispute_lost(PRICE))
    unearned(purse, shares(eur(3600), STANDARD)).book(Event.LOSS, events.loss(eur(3600)))
    assert purse.told == {"charged_back": 7200, "client": -3600, "losses": -3600}

    purse.book(Event.REFUND_FAILED, events.refund_failed(eur(3600)))
    recovered = purse.book(Event.LOSS_RECOVERED, events.loss_recovered(eur(3600)))
    assert recovered.told == {"charged_back": 7200, "client": -7200}


# ---------------------------------------------------------------- what cannot be


@pytest.mark.parametrize(
    ("source", "target", "amount", "line"),
    [
        (Pot.CLIENT, Pot.UNEARNED, 0, ANNAS),
        (Pot.CLIENT, Pot.UNEARNED, -1, ANNAS),
        (Pot.CLIENT, Pot.CLIENT, 1, ANNAS),
        (Pot.UNEARNED, Pot.PENDING, 1, WHOLE_ORDER),
        (Pot.AVAILABLE, Pot.TRANSFERRED, 1, Line("line-one")),
    ],
)
def test_nothing_is_posted_one_sided_for_nothing_or_to_nobody(source, target, amount, line):
    with pytest.raises(ValueError):
        Posting(source, target, eur(amount), line)


@pytest.mark.parametrize("event", Event)
def test_an_event_has_only_its_own_postings(event):
    strange = next(Flow(s, t) for s in Pot for t in Pot if s != t and Flow(s, t) not in FLOWS[event])

    with pytest.raises(ValueError, match="moves"):
        Batch(event, "order:one", (Posting(*strange, PRICE, ANNAS),))


def test_a_batch_is_in_one_currency():
    with pytest.raises(CurrencyMismatch):
        Batch(Event.FEE, "payment:one", events.fee(eur(1)) + events.fee(Money(1, "USD")))


def test_every_way_that_money_may_take_is_one_that_it_takes():
    in_hand = Balances({(Pot.PENDING, "EUR"): 1, (Pot.AVAILABLE, "EUR"): 1})
    owing = Balances({(Pot.DEBT, "EUR"): -1})
    one, three = eur(1), Shares(eur(3), eur(1))
    made = {
        Event.CHARGED: events.charged(one),
        Event.FEE: events.fee(one),
        Event.FEE_RETURNED: events.fee_returned(one),
        Event.EARNED: events.earned(ANNAS, three, owing, is_due=True)
        + events.earned(ANNAS, three, owing, is_due=False),
        Event.UNEARNED: events.unearned(ANNAS, three, in_hand),
        Event.RELEASED: events.released(ANNAS, one),
        Event.TRANSFERRED: events.transferred(ANNAS, eur(2), in_hand),
        Event.REVERSED: events.reversed_(ANNAS, eur(2), owing),
        Event.SET_OFF: events.set_off(NEXT, one) + events.settled(ANNAS, one),
        Event.PAYOUT_SENT: events.payout_sent("anna", one),
        Event.PAYOUT_PAID: events.payout_paid("anna", one),
        Event.PAYOUT_FAILED: events.payout_failed("anna", one),
        Event.PAYOUT_RETURNED: events.payout_returned("anna", one),
        Event.REFUNDED: events.refunded(one),
        Event.REFUND_FAILED: events.refund_failed(one),
        Event.REFUNDED_BY_HAND: events.refunded_by_hand(one),
        Event.DISPUTE_OPENED: events.dispute_opened(one),
        Event.DISPUTE_WON: events.dispute_won(one),
        Event.DISPUTE_LOST: events.dispute_lost(one),
        Event.LOSS: events.loss(one),
        Event.LOSS_RECOVERED: events.loss_recovered(one),
    }

    assert {event: {Flow(p.source, p.target) for p in made[event]} for event in Event} == FLOWS


# ---------------------------------------------------------------- whatever happens

STEPS = ("release", "transfer", "refund", "fail", "by_hand", "reverse", "payout", "dispute", "win", "lose", "next")


class Life:
    """Everything that may happen to what was paid, in any order: what does not fit just then does not happen."""

    def __init__(self, price: Money, rate: int) -> None:
        self.purse, self.rate, self.kept, self.price = Purse(price.currency), rate, price, price
        self.is_due, self.is_disputed, self.gone = False, False, Money(0, price.currency)
        self.book(Event.CHARGED, events.charged(price))
        self.book(Event.EARNED, events.earned(ANNAS, shares(price, rate), self.purse.line(ANNAS), is_due=False))

    def of(self, pot: Pot, line: Line | None = None) -> Money:
        return (self.purse.line(line) if line else self.purse.all).of(pot, self.price.currency)

    def owed(self, line: Line) -> Money:
        return Money(-self.of(Pot.DEBT, line).amount, self.price.currency)

    def book(self, event: Event, postings) -> None:
        if postings:
            self.purse.book(event, postings)

    def release(self, _part: Money) -> None:
        self.is_due = True
        for line in (ANNAS, NEXT):
            self.book(Event.RELEASED, events.released(line, self.of(Pot.PENDING, line)))

    def transfer(self, _part: Money) -> None:
        for line in (ANNAS, NEXT):
            settles = min(self.owed(ANNAS), self.of(Pot.AVAILABLE, line))
            self.book(Event.SET_OFF, events.set_off(line, settles) + events.settled(ANNAS, settles))
            self.book(Event.TRANSFERRED, events.transferred(line, self.of(Pot.AVAILABLE, line), self.purse.line(line)))

    def refund(self, part: Money) -> None:
        if not self.is_disputed:
            back = self._unearned(part)
            self.book(Event.REFUNDED, events.refunded(back))
            self.gone += back

    def fail(self, part: Money) -> None:
        """A part of what had gone comes back, and goes once more."""
        gone = min(part, self.gone)
        self.book(Event.REFUND_FAILED, events.refund_failed(gone))
        self.book(Event.REFUNDED, events.refunded(gone))

    def by_hand(self, part: Money) -> None:
        if not self.is_disputed:
            self.book(Event.REFUNDED_BY_HAND, events.refunded_by_hand(self._unearned(part)))

    def reverse(self, _part: Money) -> None:
        amount = min(self.owed(ANNAS), self.of(Pot.TRANSFERRED))
        self.book(Event.REVERSED, events.reversed_(ANNAS, amount, self.purse.line(ANNAS)))

    def payout(self, _part: Money) -> None:
        goes, _ = self.of(Pot.TRANSFERRED).paid_out()
        self.book(Event.PAYOUT_SENT, events.payout_sent("anna", goes))
        self.book(Event.PAYOUT_PAID, events.payout_paid("anna", goes))

    def next(self, _part: Money) -> None:
        self.book(Event.CHARGED, events.charged(self.price))
        stands = shares(self.price, self.rate)
        self.book(Event.EARNED, events.earned(NEXT, stands, self.purse.line(NEXT), is_due=self.is_due))

    def dispute(self, _part: Money) -> None:
        if not self.is_disputed and not self.kept.is_free:
            self.is_disputed = True
            self.book(Event.DISPUTE_OPENED, events.dispute_opened(self.kept))

    def win(self, _part: Money) -> None:
        if self.is_disputed:
            self.is_disputed = False
            self.book(Event.DISPUTE_WON, events.dispute_won(self.kept))

    def lose(self, part: Money) -> None:
        """The platform bears a part of it."""
        if self.is_disputed:
            self.is_disputed, taken = False, self.kept
            self.book(Event.DISPUTE_LOST, events.dispute_lost(taken))
            borne = min(part, taken)
            self.book(Event.LOSS, events.loss(borne))
            self._unearned(taken - borne)
            self.kept = Money(0, self.price.currency)

    def _unearned(self, part: Money) -> Money:
        part = min(part, self.kept)
        back = shares_returned(self.kept, part, self.rate)
        self.book(Event.UNEARNED, events.unearned(ANNAS, back, self.purse.line(ANNAS)))
        self.kept -= part
        return part


@given(
    st.sampled_from(("EUR", "JPY", "ISK", "KWD", "HUF")),
    st.integers(1, 100_000),
    st.integers(0, 400),
    st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 100_000)), min_size=5, max_size=25),
)
def test_whatever_happens_in_whatever_order_no_pot_has_what_it_cannot(currency, steps, quarters, history):
    step = Money(0, currency).rules.step
    life = Life(Money(steps * step, currency), quarters * 25)

    for name, part in history:
        getattr(life, name)(Money(part * step, currency))
        everything = life.purse.all
        assert sum(everything.amounts.values()) == 0
        assert list(everything.impossible()) == []
        for line in (ANNAS, NEXT):
            assert min(life.of(pot, line).amount for pot in (Pot.PENDING, Pot.AVAILABLE)) >= 0
            assert life.of(Pot.DEBT, line).amount <= 0
        # What the platform has earned is the rate of what clients paid and did not get back, and never more.
        assert everything.of(Pot.COMMISSION, currency) <= Money(-everything.of(Pot.CLIENT, currency).amount, currency)


def test_every_pot_that_is_somebodys_is_known():
    assert {pot.value for pot in PAYEES} == {"pending", "available", "debt", "transferred", "in_payout", "paid_out"}
