"""One calculator says what comes back of a price, what is kept and why, for pages, letters and the money itself."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from practice.bookings import policy
from practice.bookings.money_back import HAPPENED, WHOLE, Asked, Paid, Sold, Turn, Why, promises, raised, split
from practice.bookings.states import BookingState
from practice.specialists.cancel_rules import PRESETS, Preset
from practice.values.money import Money
from tests.bookings.conftest import WEDNESDAY_TEN

S = BookingState
HOUR, DAY, SECOND = timedelta(hours=1), timedelta(days=1), timedelta(seconds=1)
START = WEDNESDAY_TEN
PRICE = 7200


def line(amount=PRICE, *, returned=0, currency="EUR", name="1", rate=1200):
    return Paid(line=name, amount=Money(amount, currency), rate=rate, returned=Money(returned, currency))


def sold(*paid, preset=Preset.STANDARD, price=None, **facts):
    paid = paid or (line(),)
    price = price or sum((each.amount for each in paid), Money(0, paid[0].amount.currency))
    return Sold(rule=PRESETS[preset], price=price, paid=paid, starts_at=START, **facts)


def turn(state=S.CANCELLED_BY_CLIENT, before=30 * HOUR, **facts):
    return Turn(state=state, at=START - before, **facts)


def told(found):
    return found.why, found.back.amount


# ---------------------------------------------------------------- a client cancels


@pytest.mark.parametrize(
    "preset, before, back, why",
    [
        (Preset.GENTLE, 12 * HOUR, 7200, Why.IN_TIME),
        (Preset.GENTLE, 12 * HOUR - SECOND, 3600, Why.LATE),
        (Preset.GENTLE, timedelta(0), 3600, Why.LATE),
        (Preset.STANDARD, 24 * HOUR, 7200, Why.IN_TIME),
        (Preset.STANDARD, 4 * HOUR, 3600, Why.LATE),
        (Preset.STANDARD, 4 * HOUR - SECOND, 0, Why.TOO_LATE),
        (Preset.FIRM, 48 * HOUR, 7200, Why.IN_TIME),
        (Preset.FIRM, 12 * HOUR, 3600, Why.LATE),
        (Preset.FIRM, HOUR, 0, Why.TOO_LATE),
    ],
)
def test_what_comes_back_to_a_client_who_cancels_is_what_their_rule_says(preset, before, back, why):
    assert told(split(sold(preset=preset), turn(before=before))) == (why, back)


def test_of_what_is_kept_the_platform_takes_its_commission_and_no_more():
    found = split(sold(), turn(before=5 * HOUR))

    amounts = [money.amount for money in (found.back, found.due, found.kept, found.commission, found.specialists)]
    assert amounts == [3600, 3600, 3600, 432, 3168]


def test_the_first_late_cancellation_of_a_pair_in_six_months_is_forgiven():
    assert told(split(sold(), turn(before=HOUR, grace=True))) == (Why.GRACE, PRICE)
    assert told(split(sold(), turn(before=30 * HOUR, grace=True))) == (Why.IN_TIME, PRICE), "it is not used up"


def test_grace_is_there_again_after_six_months():
    once = datetime(2027, 1, 31, 12, tzinfo=UTC)

    assert policy.has_grace([], once)
    assert not policy.has_grace([once], once + 180 * DAY)
    assert policy.has_grace([once], datetime(2027, 7, 31, 12, tzinfo=UTC))
    assert not policy.has_grace([once - 300 * DAY, once], once + DAY)


def test_within_the_minutes_to_take_it_back_all_comes_back():
    late = sold(undo_until=START - 2 * HOUR)

    assert told(split(late, turn(before=2 * HOUR))) == (Why.UNDONE, PRICE)
    assert told(split(late, turn(before=2 * HOUR - SECOND))) == (Why.TOO_LATE, 0)


def test_what_the_specialist_lets_come_back_is_what_they_typed_and_no_rule_is_asked():
    gone = sold(line(returned=1000), line(2000, name="2"), preset=Preset.GENTLE, stopped=True, withdrawn_until=START)

    assert told(raised(gone, Money(1001, "EUR"))) == (Why.WAIVED, 1001)
    assert raised(gone, Money(1001, "EUR")).due.amount == 1
    assert told(raised(gone, Money(500, "EUR"))) == (Why.WAIVED, 1000), "never less than has gone back"
    assert told(raised(gone, Money(99_000, "EUR"))) == (Why.WAIVED, 9200), "nor more than was paid"


# ---------------------------------------------------------------- by law, and by promise


def test_before_the_session_a_withdrawal_brings_all_back_whatever_the_rule_says():
    lawful = sold(preset=Preset.FIRM, withdrawn_until=START + DAY, express=True)

    assert told(split(lawful, turn(before=HOUR, asked=Asked.WITHDRAWAL))) == (Why.WITHDRAWN, PRICE)
    assert told(split(lawful, turn(before=HOUR))) == (Why.TOO_LATE, 0), "it has to be asked for"


@pytest.mark.parametrize(
    "state, express, why, back",
    [
        (S.COMPLETED, True, Why.TOOK_PLACE, 0),
        (S.COMPLETED, False, Why.WITHDRAWN, PRICE),
        (S.CLIENT_MISSED, True, Why.CLIENT_MISSED, 0),
        (S.CLIENT_MISSED, False, Why.WITHDRAWN, PRICE),
    ],
)
def test_after_the_session_only_who_had_not_asked_for_it_so_early_can_withdraw(state, express, why, back):
    lawful = sold(withdrawn_until=START + 5 * DAY, express=express)

    assert told(split(lawful, turn(state, before=-2 * HOUR, asked=Asked.WITHDRAWAL))) == (why, back)


def test_where_no_law_says_so_and_when_its_days_are_over_the_rule_holds():
    asks = turn(before=HOUR, asked=Asked.WITHDRAWAL)

    assert split(sold(), asks).why == Why.TOO_LATE
    assert split(sold(withdrawn_until=START - 2 * HOUR), asks).why == Why.TOO_LATE


def test_the_days_of_a_withdrawal_end_with_the_fourteenth_by_the_clients_calendar():
    bought = datetime(2027, 3, 20, 23, 30, tzinfo=UTC)

    last = timedelta(microseconds=1)
    assert policy.withdrawn_until(bought, "UTC") == datetime(2027, 4, 4, 0, tzinfo=UTC) - last
    berlin = policy.withdrawn_until(bought, "Europe/Berlin")
    assert berlin == datetime(2027, 4, 4, 22, tzinfo=UTC) - last, "their 21 March"


def test_fit_no_charge_holds_for_two_days_after_the_first_paid_session():
    until = policy.fits_until(START + HOUR, is_first_paid=True, consult_first=False)
    first = sold(fits_until=until)

    assert told(split(first, turn(S.COMPLETED, before=-49 * HOUR, asked=Asked.NO_FIT))) == (Why.NO_FIT, PRICE)
    assert told(split(first, turn(S.COMPLETED, before=-49 * HOUR - SECOND, asked=Asked.NO_FIT))) == (Why.TOOK_PLACE, 0)


@pytest.mark.parametrize("is_first_paid, consult_first", [(False, False), (True, True)])
def test_it_holds_for_no_other_session(is_first_paid, consult_first):
    until = policy.fits_until(START, is_first_paid=is_first_paid, consult_first=consult_first)

    assert until is None
    assert split(sold(fits_until=until), turn(S.COMPLETED, before=-HOUR, asked=Asked.NO_FIT)).back.is_free


# ---------------------------------------------------------------- the other side, and nobody


@pytest.mark.parametrize("state", sorted(WHOLE))
@pytest.mark.parametrize("preset", Preset)
def test_what_a_client_cannot_help_comes_back_whole_whatever_the_hour(state, preset):
    found = split(sold(preset=preset), turn(state, before=-HOUR))

    assert (found.why, found.back.amount, found.commission.amount) == (WHOLE[state], PRICE, 0)


@pytest.mark.parametrize("preset, back", [(Preset.GENTLE, 3600), (Preset.STANDARD, 0), (Preset.FIRM, 0)])
def test_of_a_missed_session_as_much_is_kept_as_of_one_cancelled_at_the_last_moment(preset, back):
    assert told(split(sold(preset=preset), turn(S.CLIENT_MISSED, before=-HOUR / 4))) == (Why.CLIENT_MISSED, back)


@pytest.mark.parametrize("state, why", [(S.CONFIRMED, Why.STANDS), (S.COMPLETED, Why.TOOK_PLACE)])
def test_what_stands_or_took_place_is_paid(state, why):
    assert told(split(sold(), turn(state))) == (why, 0)


def test_every_state_of_a_booking_has_its_answer():
    answers = {state: split(sold(), turn(state)).why for state in S}

    assert len(answers) == len(S)
    assert set(WHOLE) & HAPPENED == set()


@pytest.mark.parametrize("share", [0, 30, 100])
def test_what_staff_decided_goes_before_every_rule(share):
    found = split(sold(), turn(S.COMPLETED, before=-HOUR, decided=share))

    assert told(found) == (Why.DECIDED, PRICE * share // 100)


# ---------------------------------------------------------------- nothing, several, already


@pytest.mark.parametrize("state", S)
def test_what_costs_nothing_brings_nothing_back_in_any_state(state):
    free = Sold(rule=PRESETS[Preset.FIRM], price=Money(0, "EUR"), paid=(), starts_at=START)

    found = split(free, turn(state, before=HOUR))

    assert (found.why, found.back.amount, found.kept.amount, found.parts) == (Why.NOTHING_PAID, 0, 0, ())


def test_the_newest_of_several_payments_goes_back_first_and_each_keeps_its_own_commission():
    both = sold(line(7200, name="first"), line(2000, name="difference", rate=1000))

    found = split(both, turn(before=5 * HOUR))

    assert found.back.amount == 4600
    assert [(p.line, p.due.amount, p.commission.amount, p.specialists.amount) for p in found.parts] == [
        ("first", 2600, 552, 4048),
        ("difference", 2000, 0, 0),
    ]


def test_what_went_back_already_counts():
    found = split(sold(line(returned=1000)), turn(before=5 * HOUR))

    assert (found.back.amount, found.due.amount) == (3600, 2600)


def test_what_went_back_beyond_the_rule_is_never_asked_for_again():
    found = split(sold(line(returned=5000)), turn(before=HOUR))

    assert (found.why, found.back.amount, found.due.amount, found.kept.amount) == (Why.RETURNED, 5000, 0, 2200)


def test_after_a_move_to_a_cheaper_length_the_difference_comes_back_by_itself():
    cheaper = sold(price=Money(5000, "EUR"))

    assert told(split(cheaper, turn(S.CONFIRMED))) == (Why.STANDS, 2200)
    assert split(cheaper, turn(before=5 * HOUR)).back.amount == 2200 + 2500


@pytest.mark.parametrize(
    "amount, currency, back",
    [(4501, "ISK", 2251), (1000, "JPY", 500), (333, "JPY", 167), (3335, "EUR", 1668), (10_010, "KWD", 5010)],
)
def test_what_cannot_be_halved_is_the_clients(amount, currency, back):
    found = split(sold(line(amount, currency=currency)), turn(before=5 * HOUR))

    assert found.back.amount == back
    assert found.back.is_payable


# ---------------------------------------------------------------- before the sale, and on the way


def test_a_page_says_beforehand_what_each_hour_will_bring():
    said = promises(sold(), START - 30 * HOUR)

    assert [(START - until, each.why, each.back.amount) for until, each in said] == [
        (24 * HOUR, Why.IN_TIME, 7200),
        (4 * HOUR, Why.LATE, 3600),
        (timedelta(0), Why.TOO_LATE, 0),
    ]
    assert len(promises(sold(), START - 5 * HOUR)) == 2
    assert promises(sold(), START + HOUR) == ()


@pytest.mark.parametrize(
    "first, back, due, of_difference",
    [
        (line(11000, returned=6500), 6500 + 2700, 2700, 2700),  # made shorter before, and longer again
        (line(7200, returned=1000), 1000 + 2700, 2700, 2700),  # staff gave something of it
        (line(4500), 2700, 2700, 2700),
    ],
)
def test_what_went_back_of_one_payment_takes_nothing_from_another_within_its_own_days(first, back, due, of_difference):
    difference = replace(line(2700, name="2"), withdrawn_until=START)
    price = Money(first.amount.amount - (6500 if first.amount.amount == 11000 else 0) + 2700, "EUR")
    found = split(sold(first, difference, price=price), turn(before=HOUR, asked=Asked.WITHDRAWAL))

    assert (found.back.amount, found.due.amount, found.parts[1].due.amount) == (back, due, of_difference)
    assert found.why == Why.WITHDRAWN


def test_what_had_come_back_of_the_rest_counts_for_the_rest():
    difference = replace(line(3800, name="2"), withdrawn_until=START)
    asks = turn(before=5 * HOUR, asked=Asked.WITHDRAWAL)
    found = split(sold(line(7200, returned=1000), difference), asks)

    assert [part.due.amount for part in found.parts] == [3600 - 1000, 3800]
    assert split(sold(line(7200, returned=3600), replace(difference, returned=difference.amount)), asks).due.is_free


amounts = st.integers(1, 100_000)
moments = st.integers(-100 * 60, 100 * 60).map(lambda minutes: timedelta(minutes=minutes))


@given(
    amounts, amounts, st.integers(0, 400).map(lambda n: n * 25), moments, st.sampled_from(S), st.sampled_from(Preset)
)
def test_every_coin_goes_somewhere_and_none_twice(first, second, rate, before, state, preset):
    both = sold(line(first, rate=rate), line(second, rate=rate, name="2"), preset=preset)

    found = split(both, turn(state, before=before))

    paid = first + second
    assert found.back.amount + found.commission.amount + found.specialists.amount == paid
    assert 0 <= found.due.amount == found.back.amount <= paid
    assert all(0 <= part.back.amount <= each.amount.amount for part, each in zip(found.parts, both.paid, strict=True))
    assert all(min(part.commission.amount, part.specialists.amount) >= 0 for part in found.parts)


@given(amounts, moments, moments, st.sampled_from(Preset), st.booleans())
def test_cancelling_sooner_never_brings_less_and_a_promise_is_kept(amount, one, other, preset, grace):
    later, sooner = sorted((max(one, timedelta(0)), max(other, timedelta(0))))
    booked = sold(line(amount), preset=preset)

    assert split(booked, turn(before=later, grace=grace)).back <= split(booked, turn(before=sooner, grace=grace)).back
    promised = next(each for until, each in promises(booked, START - later) if START - later <= until)
    assert promised.back <= split(booked, turn(before=later, grace=grace)).back


payments = st.tuples(amounts, st.integers(0, 100), st.none() | moments)


@st.composite
def histories(draw):
    """Some payments, what of each has gone back, the days of each; the price as it is now, and a moment."""
    paid = [
        replace(
            line(amount, returned=amount * share // 100, name=str(n)),
            withdrawn_until=START - days if n and days is not None else None,
        )
        for n, (amount, share, days) in enumerate(draw(st.lists(payments, min_size=1, max_size=4)))
    ]
    price = Money(draw(st.integers(0, sum(each.amount.amount for each in paid) + 1000)), "EUR")
    return sold(*paid, price=price), turn(before=draw(moments), asked=Asked.WITHDRAWAL)


@given(histories(), st.sampled_from(Preset))
def test_of_each_payment_no_more_is_promised_than_is_left_and_what_is_within_its_days_comes_back_whole(told_of, preset):
    booked, asks = replace(told_of[0], rule=PRESETS[preset]), told_of[1]
    found = split(booked, asks)

    for part, each in zip(found.parts, booked.paid, strict=True):
        assert 0 <= part.due.amount == part.back.amount - each.returned.amount <= (each.amount - each.returned).amount
        if each.withdrawn_until is not None and asks.at <= each.withdrawn_until:
            assert part.back == each.amount
    assert found.back + found.kept == sum((each.amount for each in booked.paid), Money(0, "EUR"))
    assert found.kept <= booked.price
    assert found.back >= split(booked, replace(asks, asked=None)).back, "to withdraw never brings less"


@given(histories(), st.sampled_from(Preset), st.sampled_from(Preset))
def test_a_kinder_rule_never_brings_less_and_what_was_settled_is_settled(told_of, one, other):
    booked, asks = told_of
    rules = sorted((PRESETS[one], PRESETS[other]), key=lambda each: each.share_at(START - asks.at))
    strict, kind = (replace(booked, rule=rule) for rule in rules)

    assert split(strict, asks).back <= split(kind, asks).back
    parts = split(strict, asks).parts
    after = tuple(replace(each, returned=part.back) for each, part in zip(strict.paid, parts, strict=True))
    assert split(replace(strict, paid=after), asks).due.is_free
