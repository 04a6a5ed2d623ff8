"""A card holder's bank asks for money: what it is shown, by whom, until when, and what becomes of it all."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from practice.bookings import actions as bookings
from practice.disputes import actions, evidence
from practice.ledger.chart import Pot
from practice.payments import looking, operations, queries
from practice.payments.models import MoneyOperation
from practice.payments.policy.returning import NotReturned, refused_for
from practice.payments.storing import purchase_of
from practice.providers.stripe_gateway import disputes
from practice.sandbox import faults, world
from practice.sandbox.faults import Fault
from practice.store.db import db, transaction
from practice.values.errors import Conflict, NotAllowed
from tests.bookings.conftest import WEDNESDAY_TEN
from tests.pages import csrf_of, tree_of
from tests.selling import begin, booking_of
from tests.shop import again, in_pot

DAY = timedelta(days=1)


@pytest.fixture
def asked_back(cast, sells, gateway, clock):
    """Ben's session, paid in the sandbox and held; his bank asks for the money."""
    order = begin(cast.ben, sells, WEDNESDAY_TEN)
    operations.carry_out()
    order = again(order)
    assert world.pay(order.page)
    looking.at_order(order, gateway)
    booking = booking_of(order)
    with transaction():
        booking.topics, booking.call_name = ["stress"], "Benny"
        booking.note = "I feel low."
    clock.freeze(WEDNESDAY_TEN - timedelta(minutes=1))
    for person in (cast.ben, cast.anna):
        bookings.join(booking, by=person)
    clock.freeze(WEDNESDAY_TEN + timedelta(hours=2))
    world.open_dispute(again(order).charge)
    looking.at_disputes(again(order), gateway)
    return again(order)


@pytest.fixture
def desk(client, cast, sign_in, asked_back):
    """`desk()` reads the page of it, `desk(refusal="…")` sends the evidence."""
    sign_in(client, cast.sam)
    url = f"/admin/chargebacks/{asked_back.code}"

    def at(**sent):
        if not sent:
            return client.get(url)
        return client.post(f"{url}/1/evidence", data={"csrf_token": csrf_of(client.get("/time-zone"))} | sent)

    return at


def test_the_bank_is_shown_what_was_agreed_who_was_there_and_which_letters_went(asked_back):
    shown = evidence.of(asked_back, "It took place.")

    assert "until 2027-03-02 09:00 UTC 100% comes back" in shown.policy
    assert "agreed to there by a tick" in shown.policy_shown
    assert "2027-03-03 08:59 UTC: The client opened the call" in shown.access_log
    assert "2027-03-03 08:59 UTC: The specialist opened the call" in shown.access_log
    assert "Paid by card" in shown.access_log
    everything = json.dumps(shown.__dict__)
    assert not [each for each in ("stress", "Stress", "Benny", "I feel low", "Ben", "Anna") if each in everything]


def test_one_of_the_staff_sends_it_once_and_it_is_logged(asked_back, gateway, cast, desk):
    page = " ".join(tree_of(desk()).main.get_text(" ").split())
    assert "A bank asks for €72.00" in page and "Until when" in page and "I feel low" not in page
    assert desk(refusal="").status_code == 422

    assert desk(refusal="It took place, as the records show.").status_code == 303
    assert desk(refusal="Once more").status_code == 409
    operations.carry_out()

    there = disputes.retrieve(gateway, asked_back.bank.name)
    assert (there.has_evidence, there.status) == (True, "under_review")
    kept = queries.evidence_about(again(asked_back).bank)
    assert kept.sent_at is not None and kept.by_code == cast.sam.code
    assert "It took place" not in kept.parts_sealed
    assert "The bank has it since" in desk().text


def test_evidence_is_sent_once_though_its_answer_was_lost(asked_back, gateway, cast, clock):
    actions.send_evidence(asked_back, 1, "It took place.", by=cast.sam)
    faults.expect(Fault.RESET_AFTER, "POST")
    operations.carry_out()
    clock.advance(DAY)
    operations.carry_out()

    assert queries.evidence_about(again(asked_back).bank).sent_at is not None
    assert None not in db.session.scalars(select(MoneyOperation.done_at)).all()


def test_too_late_is_too_late(asked_back, cast, clock, desk):
    clock.freeze(asked_back.bank.evidence_until)
    with pytest.raises(Conflict):
        actions.send_evidence(asked_back, 1, "Late", by=cast.sam)


def test_what_the_bank_will_not_take_any_more_is_put_before_staff(asked_back, gateway, cast):
    actions.send_evidence(asked_back, 1, "It took place.", by=cast.sam)
    world.decide_dispute(asked_back.bank.name, is_won=False)
    operations.carry_out()

    kept = queries.evidence_about(again(asked_back).bank)
    assert kept.sent_at is None and kept.refused_at is not None
    assert again(asked_back).dispute == "lost"


def test_nobody_answers_a_bank_about_their_own_session(asked_back, cast):
    with pytest.raises(NotAllowed):
        actions.send_evidence(asked_back, 1, "Mine", by=cast.anna)


def test_staff_give_nothing_back_while_a_bank_is_asked(asked_back):
    assert refused_for(purchase_of(asked_back), 0, 7200) == NotReturned.DISPUTED


@pytest.mark.parametrize("is_won, became", [(True, "for_us"), (False, "against_us")])
def test_won_and_lost_are_booked_shown_and_told_to_the_specialist(
    asked_back, gateway, cast, desk, outbox, is_won, became
):
    assert outbox.last_to(cast.anna).template == "payments/bank"
    world.decide_dispute(asked_back.bank.name, is_won=is_won)
    looking.at_disputes(again(asked_back), gateway)
    looking.at_disputes(again(asked_back), gateway)

    banks = [each for each in outbox.to(cast.anna) if each.template == "payments/bank"]
    assert [each.context["became"] for each in banks] == ["asks", became]
    order = again(asked_back)
    assert in_pot(order, Pot.PENDING) + in_pot(order, Pot.COMMISSION) == (7200 if is_won else 0)
    assert ("The bank decided for us" if is_won else "The bank decided for the card holder") in desk().text
    assert desk(refusal="More").status_code == 409


def test_evidence_goes_to_the_dispute_that_staff_had_before_them(asked_back, gateway, cast, desk, client):
    first = asked_back.bank.name
    world.decide_dispute(first, is_won=True)
    second = world.open_dispute(asked_back.charge)
    looking.at_disputes(again(asked_back), gateway)
    page = tree_of(desk()).main
    assert page.find("form")["action"].endswith(f"/{asked_back.code}/2/evidence")
    assert "Decided for us" in page.find(attrs={"aria-labelledby": "others"}).text

    assert desk(refusal="About the first one, on a page that is old.").status_code == 409
    actions.send_evidence(again(asked_back), 2, "It took place.", by=cast.sam)
    operations.carry_out()

    assert [disputes.retrieve(gateway, each).has_evidence for each in (first, second)] == [False, True]
    assert "The bank has it since" in desk().text


def test_a_bank_that_only_asks_is_answered_and_staff_read_what_ends_it(asked_back, gateway, cast, desk):
    world.decide_dispute(asked_back.bank.name, is_won=True)
    second = world.inquire(asked_back.charge)
    looking.at_disputes(again(asked_back), gateway)

    page = " ".join(tree_of(desk()).main.get_text(" ").split())
    assert "A bank asks about €72.00" in page and "has taken nothing" in page
    assert refused_for(purchase_of(again(asked_back)), 0, 7200) is None
    actions.send_evidence(again(asked_back), 2, "It took place.", by=cast.sam)
    operations.carry_out()
    assert disputes.retrieve(gateway, second).status == "warning_under_review"


def test_an_order_that_no_bank_asked_about_has_no_such_page(client, cast, sign_in, bought):
    booking = bought(WEDNESDAY_TEN)
    sign_in(client, cast.sam)
    order = queries.order_of("session", booking.code)
    assert client.get(f"/admin/chargebacks/{order.code}").status_code == 404
