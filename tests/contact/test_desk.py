"""What staff see of what people write to us, in which order, and what each of them may do with it."""

from datetime import timedelta

import pytest

from practice.contact import actions, labels, policy, queries
from practice.contact.actions import Reply
from practice.contact.models import Ticket
from practice.contact.states import Category, TicketState
from practice.store.db import db, transaction
from practice.values.errors import Conflict, NotFound
from tests import factories
from tests.accounts.conftest import words
from tests.contact.conftest import now
from tests.pages import fields_of


def test_safety_stands_first_then_complaints_then_the_longest_wait(at, cast, wrote, clock):
    order = {}
    for about in ("press", "payment", "booking", "complaint", "safety"):
        order[about] = wrote(about).number
        clock.advance(minutes=10)

    tickets = queries.desk(cast.sam, "waiting")

    assert len(tickets) == 5
    assert [each.category for each in tickets] == ["safety", "complaint", "payment", "booking", "press"]
    page = words(at("sam", "/admin/contact"))
    assert page.index(order["safety"]) < page.index(order["press"])
    assert "50 min old" in page and "10 min old" in page


def test_nobody_handles_their_own_and_nobody_one_about_themselves(at, cast, wrote, sue):
    own = wrote(by=cast.sam)
    practice = factories.specialist(sue)
    about = wrote("complaint", about_id=practice.id)
    for who, ticket in ((cast.sam, own), (sue, about)):
        with pytest.raises(NotFound):
            queries.for_staff(who, ticket.number)
    assert at("sam", f"/admin/contact/{own.number}").status_code == 404
    assert at("sue", f"/admin/contact/{about.number}/answer", words="Fine.", do="closed").status_code == 404

    assert [each.id for each in queries.desk(cast.sam, "waiting")] == [about.id]
    assert [each.id for each in queries.desk(sue, "waiting")] == [own.id]
    assert queries.waiting(sue)[0] == 1


def test_who_takes_one_has_it_for_half_an_hour(cast, wrote, sue, clock):
    ticket = wrote()
    actions.claim(ticket, by=cast.sam)

    for refused in (
        lambda: actions.claim(ticket, by=sue),
        lambda: actions.answer(ticket, Reply("Hello."), by=sue),
        lambda: actions.put_right(ticket, Category.ACCOUNT, None, by=sue),
    ):
        with pytest.raises(Conflict):
            refused()
    clock.advance(timedelta(minutes=30))
    actions.claim(ticket, by=sue)
    assert now(ticket).claimed_by_id == sue.id
    actions.release(ticket, by=sue)
    actions.answer(ticket, Reply("Hello."), by=cast.sam)
    assert now(ticket).claimed_by_id is None


def test_an_answer_that_is_sent_twice_is_one_answer_and_one_letter(at, cast, wrote, outbox):
    ticket = wrote()
    form = {"words": "You paid once.", "do": "answered", "form_key": "a" * 24}
    for _ in range(2):
        assert at("sam", f"/admin/contact/{ticket.number}/answer", **form).status_code == 303

    assert len(now(ticket).messages) == 2
    assert outbox.kinds_to(cast.ben) == ["contact/received", "contact/answered"]
    other = at("sam", f"/admin/contact/{ticket.number}/answer", **(form | {"words": "You paid twice."}))
    assert other.status_code == 409 and "You paid twice." in other.text


def test_a_note_is_for_staff(at, wrote):
    ticket = wrote()
    assert at("sam", f"/admin/contact/{ticket.number}/note", note="Checked with the log.").status_code == 303

    assert "Checked with the log." in words(at("sam", f"/admin/contact/{ticket.number}"))
    assert "Checked with the log." not in at("ben", f"/me/contact/{ticket.number}").text


def test_an_answer_can_begin_with_what_is_said_often(at, wrote):
    page = at("sam", f"/admin/contact/{wrote().number}?begin=refund")

    assert "on its way back to the card" in page.text


def test_what_is_about_something_else_keeps_its_age(at, cast, wrote, clock):
    ticket = wrote("press")
    clock.advance(hours=5)
    url = f"/admin/contact/{ticket.number}"
    seen = fields_of(at("sam", url), f"{url}/move")["seen"][0]
    other = at("sam", f"{url}/move", category="booking", slug="", seen="0")
    assert other.status_code == 409 and now(ticket).category == "press"
    moved = at("sam", f"{url}/move", category="complaint", slug=cast.practice.slug, seen=seen)

    assert moved.status_code == 303
    found = now(ticket)
    assert (found.category, found.about_id) == ("complaint", cast.practice.id)
    assert labels.age(found.waits_since) == "5 h"
    wrong = at("sam", f"/admin/contact/{ticket.number}/move", category="complaint", slug="nobody-x")
    assert wrong.status_code == 422 and "Nobody has this address" in words(wrong)


def test_staff_close_nothing_that_nobody_answered(cast, wrote):
    ticket = wrote("press")
    with pytest.raises(Conflict):
        actions.close(ticket, by=cast.sam)
    actions.answer(ticket, Reply("Thank you."), by=cast.sam)
    actions.close(ticket, by=cast.sam)

    assert now(ticket).state == TicketState.CLOSED
    with pytest.raises(Conflict):
        actions.answer(ticket, Reply("More."), by=cast.sam)


# ---------------------------------------------------------------- how long it takes, said truthfully


def test_how_long_it_takes_is_half_of_the_last_answers_and_nothing_below_five(at, cast, answered, clock):
    for minutes in (30, 60, 100, 600):
        answered(clock, minutes=minutes)
    assert queries.usual_times() == {}
    assert "we can’t say yet" in words(at("ben", "/contact"))

    answered(clock, minutes=900)

    assert queries.usual_times() == {Category.PAYMENT: timedelta(minutes=100)}
    assert "Half of the last answers came within 2 hours." in words(at("ben", "/contact"))
    assert "within 2 hours" in words(at("sam", "/admin/contact"))


def test_only_the_last_answers_count(cast, clock):
    with transaction():
        for i in range(policy.LOOKED_AT + 10):
            took = timedelta(hours=100 if i < 10 else 1)
            since = clock.now() + timedelta(days=5 * i)
            db.session.add(
                Ticket(
                    user_id=cast.ben.id,
                    category="account",
                    state="answered",
                    opened_at=since,
                    first_answered_at=since + took,
                )
            )

    assert queries.usual_times() == {Category.ACCOUNT: timedelta(hours=1)}


def test_outside_staffed_hours_the_page_says_when_somebody_is_back(at, clock):
    assert "Nobody is here just now" not in words(at("ben", "/contact"))
    clock.advance(hours=13)

    assert "Nobody is here just now; we’re back on Tuesday 2 March, 08:00" in words(at("ben", "/contact"))


def test_a_night_makes_nothing_about_safety_late(wrote, clock):
    clock.advance(hours=11, minutes=30)
    ticket = wrote("safety")
    clock.advance(hours=12)
    assert not labels.is_late(ticket)
    clock.advance(hours=1, minutes=1)
    assert labels.is_late(ticket)


def test_what_was_answered_and_what_is_closed_stay_to_be_read(at, wrote, cast):
    for show, end in (("answered", TicketState.ANSWERED), ("closed", TicketState.CLOSED)):
        ticket = wrote("payment")
        actions.answer(ticket, Reply("Fine.", end), by=cast.sam)

        assert ticket.number in words(at("sam", f"/admin/contact?show={show}"))
