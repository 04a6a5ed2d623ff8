"""The page that stands in for the payment partner: a card pays, is declined, is asked about, pays too late."""

import pytest

from practice.providers.stripe_gateway import checkout
from practice.providers.stripe_gateway.values import SessionStatus
from practice.sandbox import deliveries, happenings, world

RETURN = "http://localhost/checkout/ORDER1/return"


@pytest.fixture
def page(till):
    """A payment page that is open."""
    return till.session(7000)


@pytest.fixture
def press(post, page):
    """Press the button of the page."""
    return lambda **fields: post(f"/demo/pay/{page.id}", **({"card": "pays", "messages": "at_once"} | fields))


def now(till, page):
    return checkout.retrieve(till.gateway, page.id)


def test_the_page_says_what_is_paid_and_that_no_card_is_charged(client, page):
    answer = client.get(page.url)

    assert answer.status_code == 200
    for part in ("€70.00", "Session, 50 minutes", "Reference ORDER1", "No card is charged"):
        assert part in answer.text


def test_looking_at_it_pays_nothing(client, till, page):
    client.get(page.url)

    assert now(till, page).status == SessionStatus.OPEN


def test_a_card_that_pays_leads_back_and_is_told(till, page, press):
    answer = press()

    assert (answer.status_code, answer.location) == (303, RETURN)
    assert now(till, page).is_paid
    assert len(deliveries.waiting()) == 3


def test_the_address_to_come_back_to_may_name_the_page(till, post):
    session = till.session(return_url="http://localhost/back?session={CHECKOUT_SESSION_ID}")

    answer = post(f"/demo/pay/{session.id}", card="pays", messages="at_once")

    assert answer.location == f"http://localhost/back?session={session.id}"


def test_a_declined_card_stays_on_the_page_and_charges_nothing(till, page, press, client):
    pressed = press(card="declined")
    assert (pressed.status_code, pressed.location.split("?")[0]) == (303, f"/demo/pay/{page.id}")
    answer = client.get(pressed.location)

    assert "Your card was declined." in answer.text
    assert "Nothing has been charged." in answer.text
    assert now(till, page).status == SessionStatus.OPEN
    assert press().status_code == 303


def test_the_bank_asks_and_is_answered(till, page, press, post, client):
    address = press(card="bank", messages="never").location
    asked = client.get(address)
    assert "is this you?" in asked.text
    assert 'name="messages" value="never"' in asked.text
    assert not now(till, page).is_paid

    answer = post(f"/demo/pay/{page.id}/bank", answer="confirm", messages="never")

    assert answer.location == RETURN
    assert now(till, page).is_paid
    assert deliveries.waiting() == []
    # Going back from what follows finds a page again, which pays nothing.
    assert "has ended" in client.get(address).text


def test_giving_up_at_the_bank_charges_nothing(till, page, post, client):
    answer = client.get(post(f"/demo/pay/{page.id}/bank", answer="give_up", messages="at_once").location)

    assert "Nothing has been charged" in answer.text
    assert now(till, page).status == SessionStatus.OPEN


def test_too_late_is_after_the_page_has_closed(till, page, press, clock):
    assert press(card="late").location == RETURN
    assert not now(till, page).is_paid
    assert now(till, page).status == SessionStatus.EXPIRED
    clock.advance(minutes=1)
    world.go_on()

    assert now(till, page).is_paid


def test_a_page_that_was_closed_meanwhile_pays_nothing_and_leads_back(till, page, press, client):
    checkout.expire(till.gateway, page.id)

    answer = press()

    assert "This payment page has ended" in answer.text
    assert f'href="{RETURN}"' in answer.get_data(as_text=True)
    assert not now(till, page).is_paid
    assert "has ended" in client.get(f"/demo/pay/{page.id}").text


def test_pressing_twice_pays_once(till, page, press):
    press()

    assert "has ended" in press().text
    assert now(till, page).payment.amount.amount == 7000


@pytest.mark.parametrize(
    ("how", "minutes", "leave"),
    [("at_once", 0, 3), ("repeated", 0, 6), ("late", 0, 0), ("late", 10, 3), ("never", 90, 0)],
)
def test_what_we_are_told_and_when_is_chosen_on_the_page(page, press, clock, how, minutes, leave):
    press(messages=how)
    clock.advance(minutes=minutes)

    told = [number for number in deliveries.waiting() if kind(number) != "checkout.session.expired"]

    assert len(told) == leave


def kind(number):
    from practice.sandbox.models import SandboxDue
    from practice.sandbox.objects import load
    from practice.store.db import db

    return load(db.session.get_one(SandboxDue, number).target).body["type"]


def test_repeated_messages_come_in_the_wrong_order(page, press):
    press(messages=happenings.REPEATED)

    kinds = [kind(number) for number in deliveries.waiting()]

    assert kinds == sorted(kinds, key=["checkout.session.completed", "charge.succeeded",
                                       "payment_intent.succeeded"].index)  # fmt: skip
    assert kinds[0] == kinds[1] == "checkout.session.completed"


@pytest.mark.parametrize("fields", [{"card": "steals"}, {"card": ""}, {"messages": "backwards"}, {"email": "x" * 300}])
def test_what_the_page_never_offered_is_refused_beside_its_field(till, page, press, fields):
    answer = press(**fields)

    assert answer.status_code == 422
    assert "thing to fix" in answer.text
    assert now(till, page).status == SessionStatus.OPEN


@pytest.mark.parametrize("path", ["/demo/pay/cs_test_nothing", "/demo/onboarding/nothing"])
def test_pages_of_nothing_are_not_there(client, post, path):
    assert client.get(path).status_code == 404
    assert post(path, card="pays").status_code == 404
