"""On to the payment page and back: whatever an address says, the page says what is true; strangers find nothing."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from practice.payments import actions, jobs, operations, queries
from practice.payments.models import StripeEvent
from practice.payments.states import OrderState
from practice.providers.stripe_gateway import money
from practice.sandbox import deliveries, faults, world
from practice.sandbox.happenings import NEVER
from practice.sandbox.models import SandboxDue
from practice.store.db import db
from tests.payments.test_paying import opened, work
from tests.shop import again


@pytest.fixture
def ben(client, sign_in, cast):
    """Ben's browser."""
    return sign_in(client, cast.ben)


def back(browser, order, query=""):
    return browser.get(f"/checkout/{order.code}/return{query}")


# ---------------------------------------------------------------- on to the payment page


def test_the_way_on_leads_to_the_page_at_the_card_processor_at_once(ben, buy):
    order = buy()
    answer = ben.get(f"/checkout/{order.code}/pay")

    assert answer.status_code == 303
    assert answer.location.endswith(f"/demo/pay/{again(order).page}")


def test_while_there_is_no_page_yet_it_waits_and_looks_again_by_itself(ben, buy):
    order = buy()
    faults.away(timedelta(minutes=1))
    assert ben.get(f"/checkout/{order.code}/pay").location == f"/checkout/{order.code}/return"

    answer = back(ben, order)
    assert "preparing the payment page" in answer.text
    assert answer.headers["Refresh"] == f"4; url=/checkout/{order.code}/pay"


def test_while_that_takes_longer_the_page_says_so_and_it_is_there_a_minute_after_the_processor_is_back(ben, buy, clock):
    order = buy()
    faults.away(timedelta(minutes=6))
    operations.carry_out()
    assert "usually takes a few seconds" in back(ben, order).text
    for _ in range(18):
        clock.advance(seconds=20)
        operations.carry_out()
    waits = back(ben, order)
    assert "isn’t answering just now" in waits.text and "Don’t keep it for me" in waits.text
    assert not again(order).page

    clock.advance(seconds=75)
    operations.carry_out()

    assert ben.get(f"/checkout/{order.code}/pay").location.endswith(f"/demo/pay/{again(order).page}")
    assert not queries.concerns()


def test_nobody_is_sent_to_a_page_that_has_ended(ben, buy, clock):
    order = opened(buy)
    clock.advance(minutes=40)
    world.go_on()
    answer = ben.get(f"/checkout/{order.code}/pay")

    assert answer.location == f"/checkout/{order.code}/return"
    assert "Nothing was charged" in ben.get(answer.location).text


@pytest.mark.parametrize("path", ["pay", "return"])
def test_a_stranger_finds_no_order(client, sign_in, cast, buy, path):
    order = opened(buy)

    assert sign_in(client, cast.cleo).get(f"/checkout/{order.code}/{path}").status_code == 404
    assert client.get("/checkout/nobodys/pay").status_code == 404


# ---------------------------------------------------------------- back from it


def test_who_comes_back_paid_is_told_so_though_no_message_ever_comes(ben, buy):
    order = opened(buy)
    world.pay(order.page, NEVER)
    answer = back(ben, order)

    assert "It’s paid" in answer.text
    assert "Place P0" in answer.text
    assert again(order).state == OrderState.PAID


def test_what_an_address_says_is_not_believed(ben, buy):
    order = opened(buy)
    answer = back(ben, order, "?session_id=cs_other&status=paid&redirect_status=succeeded")

    assert "Nothing is paid yet" in answer.text
    # The page ends two minutes before the hold does, at 08:32.
    assert "kept for you until 08:30" in answer.text
    assert again(order).state == OrderState.SESSION_OPEN


def test_who_paid_and_the_partner_is_silent_waits_and_is_asked_not_to_pay_again(ben, buy):
    order = opened(buy)
    world.pay(order.page, NEVER)
    faults.away(timedelta(minutes=10))
    answer = back(ben, order)

    assert "We’re checking your payment" in answer.text
    assert "please don’t pay again" in answer.text
    assert "Refresh" in answer.headers


def test_who_looked_a_moment_ago_and_paid_since_is_told_what_is_true_now(ben, buy):
    """Another tab, or a reload: each look asks, also within the same second."""
    order = opened(buy)
    assert "Nothing is paid yet" in back(ben, order).text
    world.pay(order.page, NEVER)

    assert "It’s paid" in back(ben, order).text


def test_a_declined_card_leaves_the_page_open(ben, buy):
    order = opened(buy)
    world.decline(order.page)

    assert "Nothing is paid yet" in back(ben, order).text


def test_who_does_not_want_it_lets_it_go_and_nothing_is_charged(ben, buy, post, shop):
    order = opened(buy)
    answer = post(f"/checkout/{order.code}/leave")

    assert answer.status_code == 303
    text = ben.get(answer.location).text
    assert "Nothing was charged" in text
    assert "We had kept" not in text
    assert not world.pay(order.page)


def test_a_hold_that_has_ended_says_first_that_nothing_was_charged(ben, buy, clock):
    order = opened(buy)
    clock.advance(minutes=31)
    jobs.holds()
    work()
    text = back(ben, order).text

    assert "Nothing was charged" in text
    assert "Choose another place" in text


def test_whoever_pays_as_the_page_closes_is_not_sent_there_again_and_reads_what_becomes_of_it(ben, buy, post, clock):
    order = opened(buy)
    post(f"/demo/pay/{order.page}", card="late", messages="never")
    text = back(ben, order).text

    assert "Nothing was charged so far" in text
    assert "you get what you chose, if it can still be had, or every cent back by itself" in " ".join(text.split())
    assert f"/checkout/{order.code}/pay" not in text

    clock.advance(minutes=2)
    world.go_on()
    assert "It’s paid" in back(ben, order).text


def test_what_was_given_up_is_not_said_to_be_theirs(ben, buy):
    order = opened(buy)
    world.pay(order.page)
    work()
    actions.give_back(again(order).lines[0], order.total, ends=True)
    text = back(ben, order).text

    assert "This has changed since" in text
    assert "is yours" not in text


def test_a_late_payment_without_a_place_is_on_its_way_back_until_its_refund_fails(ben, buy, shop, clock, gateway):
    order = opened(buy)
    world.pay_late(order.page)
    clock.advance(minutes=31)
    jobs.holds()
    work()
    shop.taken["P0"] = "somebody else's"
    clock.advance(minutes=10)
    world.go_on()

    assert "Your money is on its way back" in back(ben, order).text

    work()
    world.fail_refund(money.refunds_of(gateway, again(order).intent)[0].id)
    work()
    page = back(ben, order).text
    assert "€70.00 could not go back to your card" in page
    assert "by itself" not in page
    assert "on its way back" not in page


def test_a_slow_payment_is_kept_and_a_broken_one_was_not_charged(ben, buy, clock):
    order = opened(buy)
    world.pay_slowly(order.page)
    assert "Your payment is on its way" in back(ben, order).text
    world.settle_slow_payment(order.page, arrives=False)
    work()

    assert "Nothing was charged" in back(ben, order).text


def test_money_in_doubt_was_not_refused(ben, buy):
    from tests.shop import paid

    order = opened(buy)
    actions.turn(order, paid(order, amount=6900))

    text = back(ben, order).text
    assert "needs a look" in text
    assert "failed" not in text


def test_after_a_silence_of_hours_nobody_says_that_nothing_was_charged(ben, buy, clock):
    order = opened(buy)
    faults.away(timedelta(days=1))
    clock.advance(minutes=31)
    jobs.holds()
    work()
    clock.advance(hours=2)
    jobs.holds()
    text = back(ben, order).text

    assert "We’re still asking" in text
    assert "Nothing was charged" not in text


# ---------------------------------------------------------------- messages


def sent(client, address, body, signature):
    headers = {"Stripe-Signature": signature, "Content-Type": "application/json"}
    return client.post(address, data=body, headers=headers)


@pytest.fixture
def message(buy):
    """A message that is waiting to be delivered: its address, bytes and signature."""
    order = opened(buy)
    world.pay(order.page)
    due = db.session.scalars(select(SandboxDue.target).order_by(SandboxDue.number.desc())).first()
    return deliveries.sealed_message(due)


def kept():
    return db.session.scalar(select(func.count()).select_from(StripeEvent))


def test_a_message_is_kept_once_however_often_it_comes(client, message):
    for _ in range(5):
        assert sent(client, *message).status_code == 200

    assert kept() == 1


@pytest.mark.parametrize(
    "spoil",
    [
        lambda body, signature: (body + b" ", signature),
        lambda body, signature: (body.replace(b"EUR", b"USD").replace(b"eur", b"usd"), signature),
        lambda body, signature: (body, ""),
        lambda body, signature: (body, "t=1,v1=00"),
        lambda body, signature: (body, signature.replace("v1=", "v0=")),
        lambda body, signature: (b"", signature),
        lambda body, signature: (body, "nonsense"),
    ],
)
def test_what_is_not_signed_is_not_kept(client, message, spoil):
    address, body, signature = message

    assert sent(client, address, *spoil(body, signature)).status_code == 400
    assert kept() == 0


@pytest.mark.parametrize("minutes", [-6, 6])
def test_stamps_of_another_time_are_not_believed(client, message, clock, minutes):
    clock.advance(minutes=minutes)

    assert sent(client, *message).status_code == 400
    assert kept() == 0


def test_a_message_for_the_other_address_is_not_believed(client, message):
    _, body, signature = message

    assert sent(client, deliveries.ADDRESSES["v2.core.event"], body, signature).status_code == 400


def test_what_is_about_no_order_of_ours_is_looked_at_for_an_hour_and_then_before_staff(client, till, clock):
    from practice.payments import queries

    world.pay(till.session().id)
    world.go_on()
    operations.carry_out()
    for _ in range(6):
        jobs.tell()
        clock.advance(minutes=20)
    jobs.tell()

    assert [each.kind for each in queries.concerns()] == ["unknown_order"]
    unread = select(func.count()).select_from(StripeEvent).where(StripeEvent.processed_at.is_(None))
    assert db.session.scalar(unread) == 0


def test_messages_are_forgotten_when_nobody_lists_them_any_more(client, message, clock):
    sent(client, *message)
    jobs.tell()
    clock.advance(days=39)
    jobs.forget_messages()
    assert kept() == 1
    clock.advance(days=2)
    jobs.forget_messages()

    assert kept() == 0
