"""P-cases at the door: whose page it is, what an unknown message does, a database that is away while one arrives."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from practice.payments import jobs, sweeping
from practice.payments.models import StripeEvent
from practice.payments.states import OrderState
from practice.sandbox import deliveries, happenings, objects, world
from practice.sandbox.happenings import NEVER
from practice.sandbox.models import SandboxDue
from practice.store.db import db, transactional
from tests.payments.test_paying import opened, work
from tests.shop import again, unsound


def message(of):
    """The newest message that waits: its address, bytes and signature."""
    return deliveries.sealed_message(of)


def newest():
    return db.session.scalars(select(SandboxDue.target).order_by(SandboxDue.number.desc())).first()


def sent(client, address, body, signature):
    headers = {"Stripe-Signature": signature, "Content-Type": "application/json"}
    return client.post(address, data=body, headers=headers)


def kept():
    return db.session.scalar(select(func.count()).select_from(StripeEvent))


def test_p06_another_persons_order_is_not_there_whatever_session_the_address_names(client, sign_in, cast, buy):
    order = opened(buy)
    world.pay(order.page, NEVER)
    sign_in(client, cast.cleo)

    assert client.get(f"/checkout/{order.code}/return?session_id={order.page}").status_code == 404
    assert again(order).lines[0].seat == "held"


def test_p07_who_closes_the_browser_after_paying_has_paid(buy, shop):
    order = opened(buy)
    world.pay(order.page)
    work()

    assert again(order).state == OrderState.PAID
    assert len(shop.letters_sent) == 1


def test_p26_a_kind_of_message_that_we_do_not_know_is_kept_and_does_nothing(client, buy):
    order = opened(buy)
    told(order)

    assert sent(client, *message(newest())).status_code == 200
    assert kept() == 1
    before = again(order).changed_at
    jobs.tell()
    assert db.session.scalars(select(StripeEvent.processed_at)).one() is not None
    assert again(order).changed_at == before


@transactional
def told(order):
    happenings.tell("invoice.finalization_failed", objects.load(order.page))


def test_p29_while_the_database_is_away_a_message_is_not_taken_and_comes_again(client, buy, monkeypatch):
    order = opened(buy)
    world.pay(order.page)
    name = newest()
    with monkeypatch.context() as away:
        away.setattr("practice.payments.inbox.insert_once", gone)
        assert sent(client, *message(name)).status_code in (500, 503)
    assert kept() == 0

    assert sent(client, *message(name)).status_code == 200
    work()
    assert again(order).state == OrderState.PAID
    assert unsound() == []


def gone(*_, **__):
    raise OperationalError("INSERT", {}, Exception("the connection was closed"))


@pytest.mark.parametrize("back", [1, 3])
def test_p66_a_clock_that_is_set_back_neither_frees_a_place_too_soon_nor_keeps_it_for_ever(buy, clock, back):
    order = opened(buy)
    clock.advance(minutes=20)
    clock.advance(hours=-back)
    jobs.holds()
    sweeping.look_at_pages()
    work()
    assert again(order).lines[0].seat == "held"

    clock.advance(hours=back, minutes=11)
    jobs.holds()
    work()
    assert again(order).lines[0].seat == "released"
