"""Whatever refuses somebody stands, in its sentence, on the page on which their press ends."""

from datetime import timedelta

import pytest

from practice.bookings import terms
from practice.bookings.terms import Refusal
from practice.specialists.states import OfferKind
from practice.store.db import db, transaction
from tests.bookings.conftest import THURSDAY_TEN, WEDNESDAY_TEN, value
from tests.factories import booking, specialist, user
from tests.selling import sold_by

# What nobody is refused for as they choose a time: it is asked for on the form, or on the next page.
ASKED_LATER = {Refusal.SIGN_IN, Refusal.EMAIL, Refusal.PLACE}
# How often within a day is told in `test_nuisance.py`.
TOLD_ELSEWHERE = {Refusal.TOO_OFTEN}


def under_age(cast, sells):
    with transaction():
        cast.ben.adult_declared_at = None


def no_account(cast, sells):
    with transaction():
        cast.practice.payout_account.by_hand = False


def paused(cast, sells):
    with transaction():
        cast.practice.state = "paused"


def has_one(cast, sells):
    booking(cast.ben, cast.practice, WEDNESDAY_TEN)


def had_one(cast, sells):
    booking(cast.ben, cast.practice, WEDNESDAY_TEN - timedelta(days=7), state="completed")


def with_others(cast, count, **how):
    for number in range(count):
        other = specialist(user(f"Other{number} Name"), slug=f"other-{number}")
        booking(cast.ben, other, WEDNESDAY_TEN + timedelta(days=how.get("day", 1) * (number + 1)), **how.get("as_", {}))


def has_three(cast, sells):
    with_others(cast, 3)


def has_begun_six(cast, sells):
    with_others(cast, 6, day=-1, as_={"state": "completed"})


def missed_three(cast, sells):
    with_others(cast, 3, day=-1, as_={"state": "client_missed"})


SESSION, CONSULT = OfferKind.INDIVIDUAL, OfferKind.CONSULT
SCENES = {
    (Refusal.ADULT, SESSION): under_age,
    (Refusal.ADULT, CONSULT): under_age,
    (Refusal.PRICE, SESSION): no_account,
    (Refusal.CONSULT_FIRST, SESSION): None,
    (Refusal.NOT_BOOKABLE, SESSION): paused,
    (Refusal.NOT_BOOKABLE, CONSULT): paused,
    (Refusal.OWN_PROFILE, SESSION): None,
    (Refusal.OWN_PROFILE, CONSULT): None,
    (Refusal.PAIR_AHEAD, CONSULT): has_one,
    (Refusal.PAIR_USED, CONSULT): had_one,
    (Refusal.TOO_MANY_OPEN, CONSULT): has_three,
    (Refusal.TOO_MANY_STARTED, CONSULT): has_begun_six,
    (Refusal.PAUSED_CLIENT, CONSULT): missed_three,
}


def test_every_refusal_has_a_scene():
    assert {refusal for refusal, _ in SCENES} | ASKED_LATER | TOLD_ELSEWHERE == set(Refusal)


@pytest.mark.parametrize(("refusal", "kind"), list(SCENES))
def test_a_refused_press_ends_where_its_sentence_stands(client, sign_in, post, cast, sells, refusal, kind):
    browser = sign_in(client, cast.anna if refusal == Refusal.OWN_PROFILE else cast.ben)
    if (scene := SCENES[refusal, kind]) is not None:
        scene(cast, sells)
    db.session.expire_all()
    offer = sells if kind == SESSION else cast.practice.consult
    if refusal == Refusal.CONSULT_FIRST:
        offer = sold_by(cast.anna, minutes=60, name="After a talk", consult_first=True)

    pressed = post(f"/specialists/anna-kern/offers/{offer.code}/book", start=value(THURSDAY_TEN))
    said = browser.get(pressed.location).text if pressed.status_code == 303 else pressed.text

    assert terms.of(kind).sentences[refusal] in said


def test_a_practice_without_consultations_says_too_why_its_sessions_are_not_for_somebody(ben_in, cast, sells):
    under_age(cast, sells)
    with transaction():
        cast.practice.consult.ended_at = cast.anna.created_at
    db.session.expire_all()

    page = ben_in.get("/specialists/anna-kern").text

    assert "A session isn’t possible now" in page
    assert "Accounts here are for adults, from 18 on." in page
