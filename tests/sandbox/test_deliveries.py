"""Messages reach the product as from outside: signed anew for each try, tried again for days, never in a request."""

from datetime import timedelta

import pytest
from flask import request
from sqlalchemy import select

from practice.http.access import public
from practice.http.bodies import takes_json
from practice.http.protection import csrf
from practice.providers.stripe_gateway import events
from practice.sandbox import deliveries, happenings, world
from practice.sandbox.models import SandboxDue
from practice.store.db import db
from practice.work.jobs import run_due_sweeps


class Receiver:
    """What stands at the product's address for messages: it believes what is signed, and answers as it is asked to."""

    def __init__(self, app):
        self.app, self.status, self.events = app, 200, []
        app.view_functions["payments.ordinary"] = csrf.exempt(takes_json(public(lambda: self.receive())))

    def receive(self):
        found = events.parse(
            self.app.extensions["stripe_gateway"], request.get_data(), request.headers["Stripe-Signature"]
        )
        self.events.append(found.type)
        return "", self.status


@pytest.fixture
def receiver(make_app):
    """The product with an address for messages."""
    app = make_app()
    receiver = Receiver(app)
    with app.app_context():
        yield receiver


@pytest.fixture
def session(receiver, clock):
    from tests.paying import Till

    return Till(receiver.app.extensions["stripe_gateway"]).session()


PAID = ["payment_intent.succeeded", "charge.succeeded", "checkout.session.completed"]


def test_paying_delivers_nothing_by_itself(receiver, session):
    world.pay(session.id)

    assert receiver.events == []


def test_what_is_due_leaves_signed_each_once(receiver, session):
    world.pay(session.id)
    world.go_on()
    world.go_on()

    assert receiver.events == PAID


def test_repeated_and_in_the_wrong_order(receiver, session):
    world.pay(session.id, how=happenings.REPEATED)
    world.go_on()

    assert receiver.events == [kind for kind in reversed(PAID) for _ in range(2)]


def test_a_message_that_was_not_taken_comes_again_signed_anew(receiver, session, clock):
    receiver.status = 503
    world.pay(session.id)
    world.go_on()
    receiver.status = 200
    world.go_on()
    assert receiver.events == PAID
    clock.advance(minutes=1)
    world.go_on()

    assert receiver.events == PAID * 2


def test_after_three_days_nobody_tries_any_more(receiver, session, clock):
    receiver.status = 500
    world.pay(session.id)
    for _ in range(13):
        world.go_on()
        clock.advance(hours=13)

    left = db.session.scalars(select(SandboxDue).where(SandboxDue.done_at.is_(None))).all()

    assert left == []
    assert timedelta(hours=72) <= sum(deliveries.WAITS, timedelta()) < timedelta(hours=80)


def test_the_worker_does_all_of_this(receiver, session, clock):
    world.pay(session.id)

    assert "sandbox.deliver" in run_due_sweeps()
    assert receiver.events == PAID


def test_where_nobody_listens_the_message_waits(app, till, clock, monkeypatch):
    monkeypatch.setitem(app.view_functions, "payments.ordinary", csrf.exempt(takes_json(public(lambda: ("", 503)))))
    world.pay(till.session().id)
    world.go_on()

    assert deliveries.waiting() == []
    clock.advance(minutes=1)
    assert len(deliveries.waiting()) == 3
