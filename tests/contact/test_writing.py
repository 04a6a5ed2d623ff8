"""What becomes of what somebody writes to us: it survives the gate, is sent once, and is read by its owner alone."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from practice.accounts import holdings
from practice.accounts.models import User
from practice.contact import actions, jobs, policy, queries
from practice.contact.actions import Opening, Reply
from practice.contact.models import ContactMessage, Ticket
from practice.contact.states import Category, TicketState
from practice.store.audit import AuditEvent
from practice.store.db import db, transaction
from practice.values.errors import Conflict, NotAllowed, NotFound, SentBefore, TooMany
from tests import factories
from tests.accounts.conftest import Person, words
from tests.contact.conftest import WORDS, now
from tests.factories import PASSWORD
from tests.pages import csrf_of, tree_of

DANGER = "I don’t want to live any more."


def filled(page):
    """What stands in the field of a page's own words."""
    return tree_of(page).find("textarea", attrs={"name": "words"}).get_text().strip()


# ---------------------------------------------------------------- the gate


def test_a_visitor_writes_first_and_finds_the_text_again_behind_the_gate(app, cast, clock):
    visitor = Person(app.test_client())
    page = visitor.see("/contact?about=payment")
    assert tree_of(page).find("input", attrs={"value": "payment", "checked": True})
    assert "can’t sign in" in words(page) and "hello@common-ground.example" in words(page)

    gate = visitor.fill("/contact", about="payment", words=WORDS, where="here", reference="A7K3Q")
    assert "send us your message" in words(visitor.see(gate.location))
    back = visitor.sign_in(cast.ben.email, PASSWORD)

    assert back.location == "/contact"
    page = visitor.see("/contact")
    assert filled(page) == WORDS and "Nothing has been sent" in page.text
    assert queries.open_of(cast.ben) == 0
    sent = visitor.fill("/contact", about="payment", words=WORDS, where="here", reference="A7K3Q")
    assert sent.location == f"/me/contact/{db.session.scalar(select(Ticket)).number}"
    assert WORDS in words(visitor.see(sent.location))
    assert filled(visitor.see("/contact")) == ""


def test_on_another_device_the_text_is_there_and_with_the_wrong_account_it_goes_along(app, cast, clock):
    visitor, phone = Person(app.test_client()), Person(app.test_client())
    visitor.fill("/contact", about="account", words=WORDS, where="mail")
    visitor.sign_in(cast.cleo.email, PASSWORD)

    phone.sign_in(cast.cleo.email, PASSWORD)
    assert filled(phone.see("/contact")) == WORDS
    other = Person(app.test_client())
    other.sign_in(cast.ben.email, PASSWORD)
    assert filled(other.see("/contact")) == ""


def test_what_is_not_right_comes_back_filled_in(at):
    few = at("ben", "/contact", about="", words=WORDS)

    assert few.status_code == 422 and filled(few) == WORDS
    assert "Choose what comes closest" in words(few)


# ---------------------------------------------------------------- once


def test_a_form_that_is_sent_twice_is_one_ticket_and_one_letter(at, cast, outbox):
    form = {"about": "booking", "words": WORDS, "where": "mail", "form_key": "k" * 24}
    first, again = at("ben", "/contact", **form), at("ben", "/contact", **form)

    assert first.location == again.location
    assert db.session.scalar(select(func.count()).select_from(Ticket)) == 1
    assert outbox.kinds_to(cast.ben) == ["contact/received"]


def test_the_same_form_with_other_words_is_refused_with_the_words_given_back(at, cast):
    at("ben", "/contact", about="booking", words=WORDS, form_key="k" * 24)

    other = at("ben", "/contact", about="booking", words="Something else.", form_key="k" * 24)

    assert other.status_code == 409 and filled(other) == "Something else."
    assert 'value="kkkkkkkk' not in other.text


def test_a_key_of_somebody_else_is_no_key_of_mine(cast, wrote):
    assert wrote(form_key="k" * 24).id != wrote(by=cast.cleo, form_key="k" * 24).id


def test_a_message_in_a_ticket_is_sent_once_too(cast, wrote):
    ticket = wrote()
    for _ in range(2):
        actions.reply(ticket, "One thing more.", by=cast.ben, form_key="m" * 24)

    assert [each.words for each in now(ticket).messages] == [WORDS, "One thing more."]
    with pytest.raises(SentBefore):
        actions.reply(ticket, "Another.", by=cast.ben, form_key="m" * 24)


# ---------------------------------------------------------------- whose


def test_a_ticket_is_for_its_owner_and_staff_and_its_number_opens_nothing(at, cast, wrote):
    ticket = wrote()

    assert at("ben", f"/me/contact/{ticket.number}").status_code == 200
    assert at("cleo", f"/me/contact/{ticket.number}").status_code == 404
    assert at("cleo", f"/me/contact/{ticket.number}", words="Hello").status_code == 404
    assert at("cleo", f"/me/contact/{ticket.number}/settled", press=1).status_code == 404
    assert at("anna", f"/admin/contact/{ticket.number}").status_code == 404
    assert ticket.number not in at("cleo", "/me/contact").text
    assert ticket.number in at("ben", "/me/contact").text
    with pytest.raises(NotFound):
        queries.own(cast.ben, ticket.number.replace("2027", "2026"))


def test_words_are_sealed_and_stand_in_no_letter_and_no_log(cast, wrote, outbox):
    ticket = wrote(words="Marmalade", reference="A7K3Q")
    actions.answer(ticket, Reply("Quincejam"), by=cast.sam)

    stored = db.session.execute(select(ContactMessage.words_sealed, Ticket.reference_sealed).join(Ticket)).all()
    assert "Marmalade" not in str(stored) and "A7K3Q" not in str(stored)
    letters = [outbox.read(each) for each in outbox.to(cast.ben)]
    assert [each.subject for each in letters] == ["We have your message", "An answer to you"]
    assert not any(word in each.text for each in letters for word in ("Marmalade", "Quincejam", "payment"))
    assert all(ticket.number in each.text for each in letters)
    log = db.session.execute(select(AuditEvent.detail, AuditEvent.subject, AuditEvent.reason)).all()
    assert "Marmalade" not in str(log) and "Quincejam" not in str(log)


# ---------------------------------------------------------------- letters


def test_an_acknowledgement_says_that_it_is_one_and_comes_once_a_day(cast, wrote, outbox, smtp, clock):
    wrote()
    wrote("booking")
    assert outbox.kinds_to(cast.ben) == ["contact/received"]
    (letter,) = outbox.deliver(smtp)
    assert letter["Auto-Submitted"] == "auto-replied"

    clock.advance(days=1)
    ticket = wrote("account")
    actions.answer(ticket, Reply("Done."), by=cast.sam)
    assert outbox.kinds_to(cast.ben) == ["contact/received", "contact/received", "contact/answered"]
    assert [each["Auto-Submitted"] for each in outbox.deliver(smtp)] == ["auto-replied", "auto-generated"]


@pytest.mark.parametrize("address", ["hello@common-ground.example", "Appointments+x@common-ground.example"])
def test_our_own_address_can_ask_us_nothing_and_is_sent_nothing(wrote, outbox, address):
    desk = factories.user("Desk", email=address)

    with pytest.raises(NotAllowed):
        wrote(by=desk)

    assert outbox.to(desk) == []


def test_who_wants_no_letter_about_it_reads_it_in_the_account(cast, wrote, outbox, smtp):
    ticket = wrote(by_mail=False)
    actions.answer(ticket, Reply("Done."), by=cast.sam)

    assert [each.for_inbox for each in outbox.to(cast.ben)] == [True, True]
    assert outbox.deliver(smtp) == []


# ---------------------------------------------------------------- danger


def test_words_of_danger_show_help_on_the_page_and_stop_nothing(at, cast, wrote):
    page = at("ben", "/contact", about="", words=DANGER)
    assert "in danger now, please don’t wait" in words(page) and filled(page) == DANGER

    sent = at("ben", "/contact", about="account", words=DANGER)

    assert sent.status_code == 303
    assert "in danger now, please don’t wait" in words(at("ben", sent.location))
    assert "in danger now, please don’t wait" not in words(at("ben", f"/me/contact/{wrote().number}"))
    assert db.session.scalars(select(Ticket).order_by(Ticket.id)).first().category == "account"


# ---------------------------------------------------------------- a complaint


def test_a_complaint_names_the_professional_body_of_whom_it_is_about(at, cast, wrote):
    from practice.specialists.models import Credential

    with transaction():
        db.session.add(
            Credential(specialist_id=cast.practice.id, body="Chamber of Vienna", country="AT", state="verified")
        )
        db.session.add(Credential(specialist_id=cast.practice.id, body="Unchecked Guild", state="submitted"))
    page = at("ben", f"/contact?about=complaint&specialist={cast.practice.slug}")

    assert "Chamber of Vienna" in words(page) and "Austria" in words(page) and "Unchecked" not in words(page)
    sent = at("ben", "/contact", about="complaint", words="Not kind.", specialist=cast.practice.slug)
    assert "Chamber of Vienna" in words(at("ben", sent.location))
    assert "stays open until it’s answered" in words(at("ben", sent.location))
    assert now(db.session.scalar(select(Ticket))).about_id == cast.practice.id


def test_of_somebody_whose_page_is_not_public_a_stranger_learns_nothing(cast):
    with transaction():
        cast.practice.state = "draft"

    assert queries.about(cast.practice.slug, cast.cleo) is None and queries.about(cast.practice.slug, None) is None


def test_a_complaint_stays_open_until_it_is_answered(cast, wrote, clock):
    ticket = wrote("complaint")

    with pytest.raises(Conflict):
        actions.close(ticket, by=cast.sam)
    clock.advance(days=200)
    jobs.close_quiet_tickets()
    assert now(ticket).state == TicketState.OPEN

    actions.answer(ticket, Reply("We spoke to them."), by=cast.sam)
    actions.reply(ticket, "And now?", by=cast.ben)
    with pytest.raises(Conflict):
        actions.close(ticket, by=cast.sam)
    actions.answer(ticket, Reply("It is looked at each month.", TicketState.CLOSED), by=cast.sam)
    assert now(ticket).state == TicketState.CLOSED and queries.closed_unanswered() == []


# ---------------------------------------------------------------- how it goes


def test_it_goes_from_open_to_answered_to_closed_and_opens_again_for_a_while(cast, wrote, clock):
    ticket = wrote()
    actions.answer(ticket, Reply("Which card?", TicketState.WAITING), by=cast.sam)
    assert now(ticket).state == TicketState.WAITING and now(ticket).waits_since is None
    actions.reply(ticket, "The blue one.", by=cast.ben)
    assert now(ticket).state == TicketState.OPEN and now(ticket).waits_since == clock.now()
    actions.answer(ticket, Reply("Thank you."), by=cast.sam)

    clock.advance(policy.CLOSES_AFTER + timedelta(minutes=1))
    jobs.close_quiet_tickets()
    assert now(ticket).state == TicketState.CLOSED
    actions.reply(ticket, "It came back.", by=cast.ben)
    assert now(ticket).state == TicketState.REOPENED
    actions.settle(ticket, by=cast.ben)
    clock.advance(policy.REOPENS_WITHIN + timedelta(minutes=1))
    with pytest.raises(Conflict):
        actions.reply(ticket, "Again.", by=cast.ben)


def test_nobody_opens_more_tickets_than_people_can_answer(wrote):
    for _ in range(policy.MOST_OPEN):
        wrote()

    with pytest.raises(TooMany):
        wrote()


# ---------------------------------------------------------------- copy, and end


def test_a_copy_holds_what_was_said_and_what_staff_noted(cast, wrote):
    ticket = wrote(reference="A7K3Q")
    actions.note(ticket, "Checked with the log.", by=cast.sam)
    (told,) = next(each for each in holdings.records() if each.name == "contact").tell(cast.ben)

    assert told["number"] == ticket.number and told["reference"] == "A7K3Q"
    assert [(each["by"], each["words"]) for each in told["messages"]] == [
        ("person", WORDS),
        ("note", "Checked with the log."),
    ]


def test_who_leaves_takes_their_words_along_but_an_open_complaint_goes_on_without_their_name(cast, wrote):
    payment, complaint = wrote(), wrote("complaint", words="Not kind.")
    with transaction():
        next(each for each in holdings.records() if each.name == "contact").wipe(db.session.get(User, cast.ben.id))

    gone, goes_on = now(payment), now(complaint)
    assert (gone.state, gone.user_id, gone.messages[0].words) == (TicketState.CLOSED, None, "")
    assert (goes_on.state, goes_on.user_id, goes_on.messages[0].by_id) == (TicketState.OPEN, None, None)
    assert goes_on.messages[0].words == "Not kind."
    assert queries.waiting(cast.sam)[0] == 1
    actions.answer(goes_on, Reply("Looked at.", TicketState.CLOSED), by=cast.sam)


def test_what_was_written_goes_a_year_after_it_was_closed(cast, wrote, clock):
    ticket = wrote(reference="A7K3Q")
    actions.settle(ticket, by=cast.ben)
    clock.advance(days=364)
    assert jobs.forget_tickets() == 0
    clock.advance(days=2)

    assert jobs.forget_tickets() == 2
    assert now(ticket).messages[0].words == "" and now(ticket).reference == ""


def test_a_category_of_ours_has_a_rank_and_a_name():
    from practice.contact import labels

    for each in Category:
        assert policy.RANK[each] in policy.LATE_AFTER and labels.SHORT[each] and labels.ABOUT[each]


def test_the_opening_has_no_specialist_unless_it_is_a_complaint(cast, wrote):
    assert wrote("payment", about_id=cast.practice.id).about_id is None
    assert Opening(Category.PRESS, "").by_mail


def test_what_no_name_holds_names_nobody(app, cast, sign_in):
    browser = sign_in(app.test_client(), cast.ben)
    token = {"csrf_token": csrf_of(browser.get("/contact"))}
    answer = browser.post("/contact", data=token | {"about": "complaint", "words": WORDS, "specialist": "\0"})

    assert answer.status_code == 303 and db.session.query(Ticket).one().about_id is None
