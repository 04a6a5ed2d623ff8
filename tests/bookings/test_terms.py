"""Each kind of offer is booked on terms of its own; a consultation is one kind among others."""

from datetime import timedelta

import pytest

from practice.accounts import consents
from practice.bookings import actions, labels, policy, queries, terms
from practice.bookings.errors import NotEligible
from practice.bookings.models import Booking
from practice.bookings.states import BookingState
from practice.bookings.terms import CONSULT, GROUP, INDIVIDUAL, Refusal
from practice.specialists.states import OfferKind
from practice.store import log_lines
from practice.store.db import db
from tests.bookings.conftest import THURSDAY_TEN, TUESDAY_NINE, WEDNESDAY_TEN
from tests.factories import booking as stored
from tests.factories import specialist, user

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
VIDEO = actions.Details(format="video")


def paid(practice):
    return next(offer for offer in practice.offers if offer.kind == OfferKind.INDIVIDUAL)


def test_every_kind_of_offer_has_terms_and_a_sentence_for_each_refusal():
    assert [terms.of(kind).kind for kind in OfferKind] == list(OfferKind)
    for each in terms.ALL:
        assert set(each.sentences) == set(each.refused_for)
        assert all(sentence.endswith(".") for sentence in each.sentences.values())


def test_only_a_free_consultation_is_one_for_a_pair():
    only_consults = {Refusal.PAUSED_CLIENT, Refusal.PAIR_USED, Refusal.TOO_MANY_OPEN, Refusal.TOO_MANY_STARTED}
    only_consults.add(Refusal.PAIR_AHEAD)

    assert terms.ONE_PER_PAIR == (OfferKind.CONSULT,)
    assert set(CONSULT.refused_for) - set(INDIVIDUAL.refused_for) == only_consults
    assert set(INDIVIDUAL.refused_for) - set(CONSULT.refused_for) == {Refusal.CONSULT_FIRST}
    assert CONSULT.refused_for == tuple(each for each in Refusal if each != Refusal.CONSULT_FIRST)
    assert GROUP.refused_for == INDIVIDUAL.refused_for


def test_what_stands_in_the_way_is_said_in_the_order_of_the_terms(clock):
    bad = {"costs": True, "is_confirmed": False, "pair_used": True, "changes_today": 5, "open_count": 3}

    said = {each.kind: policy.refusals(policy.Eligibility(terms=each, **bad), clock.now()) for each in terms.ALL}

    anybody = [Refusal.PRICE, Refusal.EMAIL, Refusal.TOO_OFTEN]
    assert said[OfferKind.INDIVIDUAL] == said[OfferKind.GROUP] == anybody
    assert said[OfferKind.CONSULT] == [*anybody[:2], Refusal.PAIR_USED, Refusal.TOO_OFTEN, Refusal.TOO_MANY_OPEN]


def test_what_is_booked_free_of_charge_names_a_document_that_can_be_read():
    assert consents.version_of(CONSULT.consent)
    assert len({each.consent for each in terms.ALL}) == 3


@pytest.mark.parametrize("agreed", terms.ALL, ids=lambda each: each.kind)
def test_a_cancellation_is_late_once_it_is_no_longer_free(agreed):
    def state(before):
        return policy.cancelled_state(agreed, WEDNESDAY_TEN, WEDNESDAY_TEN - before)

    assert state(agreed.late) == BookingState.CANCELLED_BY_CLIENT
    assert state(agreed.late - SECOND) == BookingState.LATE_RELEASED


def test_what_a_state_is_called_names_no_hours_since_each_booking_has_its_own_rule():
    said = [*labels.STATES.values(), *labels.FOR_CLIENT.values(), *labels.FOR_SPECIALIST.values(), *named_in_the_log()]

    assert [sentence for sentence in said if "hour" in sentence] == []


def named_in_the_log():
    return [line for code, line in log_lines.known()[0].items() if code.startswith("booking.")]


# ---------------------------------------------------------------- what has a price


@pytest.mark.parametrize("way", ["hold", "hold, not signed in", "book"])
def test_what_has_a_price_can_be_neither_held_nor_booked(app, cast, way):
    visitor = actions.Visitor(None if "not" in way else cast.ben, "b", "n", "UTC")

    who, act, last = (cast.ben, actions.book, VIDEO) if way == "book" else (None, actions.hold, visitor)
    arguments = [paid(cast.practice), WEDNESDAY_TEN, last]

    with pytest.raises(NotEligible) as refused:
        act(*([who] if who else []), *arguments)

    assert refused.value.refusal == Refusal.PRICE
    assert "This cannot be paid here at the moment" in refused.value.message
    assert db.session.query(Booking).count() == 0


def test_after_a_consultation_the_pairs_paid_offer_is_not_refused_as_one(app, cast):
    stored(cast.ben, cast.practice, TUESDAY_NINE, state=BookingState.COMPLETED)

    with pytest.raises(NotEligible) as refused:
        actions.book(cast.ben, paid(cast.practice), WEDNESDAY_TEN, VIDEO)

    assert refused.value.refusal == Refusal.PRICE
    eligibility = queries.eligibility_of(cast.ben, cast.practice, paid(cast.practice))
    assert policy.refusals(eligibility, TUESDAY_NINE) == [Refusal.PRICE, Refusal.CONSULT_FIRST]


def test_three_open_consultations_say_nothing_about_sessions(app, cast):
    for number in range(3):
        practice = cast.practice if number == 0 else _another(number)
        stored(cast.ben, practice, THURSDAY_TEN + number * HOUR)

    eligibility = queries.eligibility_of(cast.ben, cast.practice, paid(cast.practice))

    assert policy.refusals(eligibility, TUESDAY_NINE) == [Refusal.PRICE, Refusal.CONSULT_FIRST]


def _another(number):

    return specialist(user(f"Practice{number}"), slug=f"practice-{number}")
