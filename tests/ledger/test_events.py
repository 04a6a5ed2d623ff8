"""What each event of the money means: where it came from, where it is, whose it is, and that nothing is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from practice.ledger import events
from practice.ledger.chart import NOTHING, PAYEES, Balances, Line, Posting, Pot, Whereabouts
from practice.ledger.events import FLOWS, Batch, Event, Flow
from practice.values.commission import STANDARD, WHOLE, Shares, shares, shares_returned
from practice.values.money import CurrencyMismatch, Money

from .purse import ANNAS, HALF, NEXT, PRICE, SHARES, Purse, eur

PLATFORM, PAYEE, OUTSIDE = Whereabouts
ALL_OF_IT = Shares(PRICE, eur(0))  # of money that nothing was given for


@pytest.fixture
def purse():
    """A session was paid for."""
    return Purse().book(Event.CHARGED, events.charged(ANNAS, SHARES))


def released(purse):
    return purse.book(Event.RELEASED, events.released(ANNAS, SHARES.payee))


def transferred(purse):
    return released(purse).book(Event.TRANSFERRED, events.transferred(ANNAS, SHARES.payee))


def refunded(purse, back):
    """Promised and sent."""
    purse.book(Event.REFUND_PROMISED, events.refund_promised(ANNAS, back, purse.line(ANNAS)))
    return purse.book(Event.REFUND_SENT, events.refund_sent(ANNAS, back.whole))


def disputed(purse, taken):
    return purse.book(Event.DISPUTE_OPENED, events.dispute_opened(ANNAS, taken, purse.line(ANNAS)))


# ---------------------------------------------------------------- in


def test_a_payment_is_the_payees_but_for_the_commission_and_lies_with_the_platform(purse):
    assert purse.told == {"client": -7200, "commission": 864, "pending": 6336}
    assert purse.lying(PLATFORM) == 7200


@pytest.mark.parametrize(("rate", "pots"), [(0, {"pending": 7200}), (WHOLE, {"commission": 7200})])
def test_a_share_of_nothing_moves_nothing(rate, pots):
    purse = Purse().book(Event.CHARGED, events.charged(ANNAS, shares(PRICE, rate)))

    assert purse.told == {"client": -7200} | pots


def test_what_is_free_books_nothing():
    assert events.charged(ANNAS, shares(eur(0), STANDARD)) == ()
    with pytest.raises(ValueError, match="nothing"):
        Batch(Event.CHARGED, "payment:one", ())


def test_the_processors_fee_is_borne_by_the_platform_and_seen_beside_the_commission(purse):
    purse.book(Event.FEE, events.fee(eur(240)))

    assert purse.told == {"client": -7200, "commission": 864, "pending": 6336, "provider": 240, "provider_fees": -240}
    assert purse.lying(PLATFORM) == 6960
    assert purse.book(Event.FEE_RETURNED, events.fee_returned(eur(240))).lying(PLATFORM) == 7200


def test_money_for_which_nothing_can_be_given_is_nobodys_and_goes_back_whole():
    purse = Purse().book(Event.ARRIVED, events.arrived(PRICE))
    assert purse.told == {"client": -7200, "unassigned": 7200}

    purse.book(Event.REFUND_PROMISED, events.refund_promised(NOTHING, ALL_OF_IT, purse.line(NOTHING)))
    assert purse.told == {"client": -7200, "refunds": 7200}
    assert purse.book(Event.REFUND_SENT, events.refund_sent(NOTHING, PRICE)).told == {}


def test_money_that_came_late_is_taken_as_the_payment_where_the_time_is_still_free():
    purse = Purse().book(Event.ARRIVED, events.arrived(PRICE)).book(Event.ASSIGNED, events.assigned(ANNAS, SHARES))

    assert purse.told == {"client": -7200, "commission": 864, "pending": 6336}


def test_the_difference_of_a_move_is_one_more_payment_with_its_own_commission(purse):
    purse.book(Event.CHARGED, events.charged(NEXT, shares(eur(2800), STANDARD)))

    assert purse.told == {"client": -10_000, "commission": 1200, "pending": 8800}


# ---------------------------------------------------------------- on to the payee


def test_what_is_due_goes_to_the_payees_balance_and_then_to_their_bank(purse):
    assert released(purse).told == {"available": 6336, "client": -7200, "commission": 864}
    purse.book(Event.TRANSFERRED, events.transferred(ANNAS, SHARES.payee))
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
    purse = Purse("HUF").book(Event.CHARGED, events.charged(ANNAS, shares(Money(1045, "HUF"), 0)))
    for event, moves in ((Event.RELEASED, events.released), (Event.TRANSFERRED, events.transferred)):
        purse.book(event, moves(ANNAS, Money(1045, "HUF")))
    goes, _ = purse.all.of(Pot.TRANSFERRED, "HUF").paid_out()

    purse.book(Event.PAYOUT_SENT, events.payout_sent("anna", goes))

    assert purse.told == {"client": -1045, "in_payout": 1000, "transferred": 45}


# ---------------------------------------------------------------- back to the client


@pytest.mark.parametrize("until", [lambda purse: purse, released])
def test_all_of_it_back_leaves_nothing_and_no_commission(purse, until):
    assert refunded(until(purse), SHARES).told == {}


def test_a_promise_is_the_clients_before_it_is_sent(purse):
    purse.book(Event.REFUND_PROMISED, events.refund_promised(ANNAS, SHARES, purse.line(ANNAS)))

    assert purse.told == {"client": -7200, "refunds": 7200}
    assert purse.lying(PLATFORM) == 7200


def test_half_back_leaves_half_to_each(purse):
    assert refunded(purse, HALF).told == {"client": -3600, "commission": 432, "pending": 3168}


def test_thirds_back_leave_nothing_over(purse):
    kept = PRICE
    for part in PRICE.divided((1, 1, 1)):
        refunded(purse, shares_returned(kept, part, STANDARD))
        kept -= part

    assert purse.told == {}


def test_after_the_transfer_the_client_comes_first_and_the_payee_owes(purse):
    refunded(transferred(purse), SHARES)
    assert purse.told == {"debt": -6336, "transferred": 6336}
    assert purse.lying(PLATFORM) == -6336

    purse.book(Event.TRANSFER_REVERSED, events.transfer_reversed(ANNAS, eur(6336), owed=eur(6336)))
    assert purse.told == {}


def test_after_the_transfer_of_half_a_refund_half_comes_back(purse):
    refunded(transferred(purse), HALF)
    purse.book(Event.TRANSFER_REVERSED, events.transfer_reversed(ANNAS, HALF.payee, owed=HALF.payee))

    assert purse.told == {"client": -3600, "commission": 432, "transferred": 3168}


def test_what_is_still_due_goes_before_a_debt_is_made(purse):
    released(purse).book(Event.TRANSFERRED, events.transferred(ANNAS, eur(5000)))

    refunded(purse, SHARES)

    assert purse.told == {"debt": -5000, "transferred": 5000}


def test_a_debt_that_cannot_be_reversed_is_carried_and_set_off_against_the_next_session(purse):
    refunded(transferred(purse), SHARES)
    purse.book(Event.PAYOUT_SENT, events.payout_sent("anna", SHARES.payee))
    purse.book(Event.CHARGED, events.charged(NEXT, shares(eur(10_000), STANDARD)))
    purse.book(Event.RELEASED, events.released(NEXT, eur(8800)))

    purse.book(Event.SET_OFF, events.set_off(NEXT, eur(6336)))

    assert purse.told == {"available": 2464, "client": -10_000, "commission": 1200, "in_payout": 6336}


def test_more_reversed_than_is_owed_is_due_to_the_payee(purse):
    refunded(transferred(purse), HALF)
    purse.book(Event.TRANSFER_REVERSED, events.transfer_reversed(ANNAS, SHARES.payee, owed=HALF.payee))

    assert purse.told == {"available": 3168, "client": -3600, "commission": 432}


def test_a_refund_that_fails_is_still_the_clients(purse):
    refunded(purse, SHARES).book(Event.REFUND_FAILED, events.refund_failed(ANNAS, PRICE))

    assert purse.told == {"client": -7200, "refunds": 7200}
    assert purse.book(Event.REFUND_SENT, events.refund_sent(ANNAS, PRICE)).told == {}


def test_money_given_back_past_us_is_taken_from_where_it_is(purse):
    purse.book(Event.REFUND_FOUND, events.refund_found(ANNAS, SHARES, purse.line(ANNAS)))

    assert purse.told == {}


@pytest.mark.parametrize(("until", "is_due"), [(lambda purse: purse, False), (released, True)])
def test_a_promise_that_must_not_be_kept_is_undone(purse, until, is_due):
    before = dict(until(purse).told)
    purse.book(Event.REFUND_PROMISED, events.refund_promised(ANNAS, SHARES, purse.line(ANNAS)))
    purse.book(Event.REFUND_WITHDRAWN, events.refund_withdrawn(ANNAS, SHARES, is_due=is_due))

    assert purse.told == before


# ---------------------------------------------------------------- disputes of card holders' banks


@pytest.mark.parametrize(("until", "is_due"), [(lambda purse: purse, False), (released, True)])
def test_a_dispute_takes_the_money_away_and_one_that_is_won_brings_it_back(purse, until, is_due):
    before = dict(until(purse).told)
    assert disputed(purse, SHARES).told == {"client": -7200, "disputed": 7200}
    assert purse.lying(PLATFORM) == 0

    assert purse.book(Event.DISPUTE_WON, events.dispute_won(ANNAS, SHARES, is_due=is_due)).told == before


def test_a_dispute_that_is_won_after_the_transfer_settles_the_debt_that_it_made(purse):
    before = dict(transferred(purse).told)
    disputed(purse, SHARES)
    assert purse.told == {"client": -7200, "debt": -6336, "disputed": 7200, "transferred": 6336}
    purse.book(Event.DISPUTE_WON, events.dispute_won(ANNAS, SHARES, is_due=True))

    assert purse.book(Event.SET_OFF, events.set_off(ANNAS, SHARES.payee)).told == before


def test_a_dispute_that_is_lost_is_gone_and_the_fee_is_the_platforms(purse):
    disputed(purse, SHARES).book(Event.FEE, events.fee(eur(2000)))
    purse.book(Event.DISPUTE_LOST, events.dispute_lost(ANNAS, PRICE))

    assert purse.told == {"charged_back": 7200, "client": -7200, "provider": 2000, "provider_fees": -2000}


def test_a_loss_that_the_platform_bears_leaves_the_payee_what_was_theirs(purse):
    disputed(purse, SHARES)
    purse.book(
        Event.DISPUTE_LOST,
        events.dispute_lost(ANNAS, PRICE) + events.loss_borne(ANNAS, SHARES, is_due=False),
    )

    assert purse.told == {
        "charged_back": 7200, "client": -7200, "commission": 864, "disputes_lost": -7200, "pending": 6336,
    }  # fmt: skip


def test_a_bank_that_takes_more_than_was_left_costs_the_platform(purse):
    refunded(purse, HALF)
    rest = shares(eur(3600), STANDARD)
    purse.book(
        Event.DISPUTE_OPENED,
        events.dispute_opened(ANNAS, rest, purse.line(ANNAS)) + events.dispute_opened_beyond(eur(3600)),
    )
    assert purse.told == {"client": -3600, "disputed": 7200, "disputes_lost": -3600}

    won = events.dispute_won(ANNAS, rest, is_due=False) + events.dispute_won_beyond(eur(3600))
    assert purse.book(Event.DISPUTE_WON, won).told == {"client": -3600, "commission": 432, "pending": 3168}


def test_money_that_nothing_was_given_for_can_be_disputed_too():
    purse = Purse().book(Event.ARRIVED, events.arrived(PRICE))
    purse.book(Event.DISPUTE_OPENED, events.dispute_opened(NOTHING, ALL_OF_IT, purse.line(NOTHING)))
    assert purse.told == {"client": -7200, "disputed": 7200}

    purse.book(Event.DISPUTE_WON, events.dispute_won(NOTHING, ALL_OF_IT, is_due=False))
    assert purse.told == {"client": -7200, "unassigned": 7200}


# ---------------------------------------------------------------- what cannot be


@pytest.mark.parametrize(
    ("source", "target", "amount", "line"),
    [
        (Pot.CLIENT, Pot.PENDING, 0, ANNAS),
        (Pot.CLIENT, Pot.PENDING, -1, ANNAS),
        (Pot.CLIENT, Pot.CLIENT, 1, ANNAS),
        (Pot.CLIENT, Pot.PENDING, 1, NOTHING),
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
    within = Balances({(Pot.PENDING, "EUR"): 1, (Pot.AVAILABLE, "EUR"): 1})
    one, back = eur(1), Shares(eur(3), eur(1))
    made = {
        Event.CHARGED: events.charged(ANNAS, back),
        Event.ARRIVED: events.arrived(one),
        Event.ASSIGNED: events.assigned(ANNAS, back),
        Event.FEE: events.fee(one),
        Event.FEE_RETURNED: events.fee_returned(one),
        Event.RELEASED: events.released(ANNAS, one),
        Event.TRANSFERRED: events.transferred(ANNAS, one),
        Event.TRANSFER_REVERSED: events.transfer_reversed(ANNAS, eur(2), one),
        Event.SET_OFF: events.set_off(ANNAS, one),
        Event.REFUND_PROMISED: _either(events.refund_promised, back, within),
        Event.REFUND_SENT: events.refund_sent(ANNAS, one),
        Event.REFUND_FAILED: events.refund_failed(ANNAS, one),
        Event.REFUND_WITHDRAWN: _each_way(events.refund_withdrawn, back),
        Event.REFUND_FOUND: _either(events.refund_found, back, within),
        Event.DISPUTE_OPENED: _either(events.dispute_opened, back, within) + events.dispute_opened_beyond(one),
        Event.DISPUTE_WON: _each_way(events.dispute_won, back) + events.dispute_won_beyond(one),
        Event.DISPUTE_LOST: events.dispute_lost(ANNAS, one)
        + events.loss_borne(ANNAS, back, is_due=True)
        + events.loss_borne(ANNAS, back, is_due=False),
        Event.PAYOUT_SENT: events.payout_sent("anna", one),
        Event.PAYOUT_PAID: events.payout_paid("anna", one),
        Event.PAYOUT_FAILED: events.payout_failed("anna", one),
        Event.PAYOUT_RETURNED: events.payout_returned("anna", one),
    }

    assert {event: {Flow(p.source, p.target) for p in made[event]} for event in Event} == FLOWS


def _either(taken, back, within):
    return taken(ANNAS, back, within) + taken(NOTHING, back, within)


def _each_way(given, back):
    return given(ANNAS, back, is_due=True) + given(ANNAS, back, is_due=False) + given(NOTHING, back, is_due=False)


# ---------------------------------------------------------------- whatever happens

STEPS = ("release", "transfer", "refund", "fail", "reverse", "payout", "dispute", "win", "lose", "next")


class Life:
    """Everything that may happen to what was paid, in any order: what does not fit just then does not happen."""

    def __init__(self, price: Money, rate: int) -> None:
        self.purse, self.rate, self.kept = Purse(price.currency), rate, price
        self.taken, self.is_due, self.price = None, False, price
        self.purse.book(Event.CHARGED, events.charged(ANNAS, shares(price, rate)))

    def of(self, pot: Pot) -> Money:
        return self.purse.all.of(pot, self.price.currency)

    @property
    def owed(self) -> Money:
        return Money(-self.of(Pot.DEBT).amount, self.price.currency)

    def book(self, event: Event, postings) -> None:
        if postings:
            self.purse.book(event, postings)

    def release(self, _part: Money) -> None:
        self.is_due = True
        for line in (ANNAS, NEXT):
            waits = self.purse.line(line).of(Pot.PENDING, self.price.currency)
            self.book(Event.RELEASED, events.released(line, waits))

    def transfer(self, _part: Money) -> None:
        for line in (ANNAS, NEXT):
            due = self.purse.line(line).of(Pot.AVAILABLE, self.price.currency)
            settles = min(self.owed, due)
            self.book(Event.SET_OFF, events.set_off(line, settles))
            self.book(Event.TRANSFERRED, events.transferred(line, due - settles))

    def refund(self, part: Money) -> None:
        if not self.taken:
            back = self._back(part)
            self.book(Event.REFUND_PROMISED, events.refund_promised(ANNAS, back, self.purse.line(ANNAS)))
            self.book(Event.REFUND_SENT, events.refund_sent(ANNAS, back.whole))

    def fail(self, _part: Money) -> None:
        self.book(Event.REFUND_FAILED, events.refund_failed(ANNAS, self.price - self.kept))
        self.book(Event.REFUND_SENT, events.refund_sent(ANNAS, self.of(Pot.REFUNDS)))

    def reverse(self, _part: Money) -> None:
        amount = min(self.owed, self.of(Pot.TRANSFERRED))
        self.book(Event.TRANSFER_REVERSED, events.transfer_reversed(ANNAS, amount, self.owed))

    def payout(self, _part: Money) -> None:
        goes, _ = self.of(Pot.TRANSFERRED).paid_out()
        self.book(Event.PAYOUT_SENT, events.payout_sent("anna", goes))
        self.book(Event.PAYOUT_PAID, events.payout_paid("anna", goes))

    def next(self, _part: Money) -> None:
        self.book(Event.CHARGED, events.charged(NEXT, shares(self.price, self.rate)))

    def dispute(self, _part: Money) -> None:
        if not self.taken and not self.kept.is_free:
            self.taken = self._back(self.kept)
            self.book(Event.DISPUTE_OPENED, events.dispute_opened(ANNAS, self.taken, self.purse.line(ANNAS)))

    def win(self, _part: Money) -> None:
        if self.taken:
            self.book(Event.DISPUTE_WON, events.dispute_won(ANNAS, self.taken, is_due=self.is_due))
            self.kept, self.taken = self.taken.whole, None

    def lose(self, _part: Money) -> None:
        if self.taken:
            self.book(Event.DISPUTE_LOST, events.dispute_lost(ANNAS, self.taken.whole))
            self.taken = None

    def _back(self, part: Money) -> Shares:
        part = min(part, self.kept)
        back = shares_returned(self.kept, part, self.rate)
        self.kept -= part
        return back


@given(
    st.sampled_from(("EUR", "JPY", "ISK", "KWD", "HUF")),
    st.integers(1, 100_000),
    st.integers(0, 400),
    st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 100_000)), max_size=14),
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
            waits_or_due = [life.purse.line(line).of(pot, currency).amount for pot in (Pot.PENDING, Pot.AVAILABLE)]
            assert min(waits_or_due) >= 0
        # What the platform has earned is the rate of what clients paid and did not get back, and never more.
        assert everything.of(Pot.COMMISSION, currency) <= Money(-everything.of(Pot.CLIENT, currency).amount, currency)


def test_every_pot_that_is_somebodys_is_known():
    assert {pot.value for pot in PAYEES} == {"pending", "available", "debt", "transferred", "in_payout", "paid_out"}
