"""Every letter about an account, read from the bytes that a mail server received."""

import re
from datetime import UTC, datetime
from email import policy
from email.parser import BytesParser

import pytest
from flask import Flask

from practice.accounts import actions, emails
from practice.accounts.models import Device, Erasure
from practice.store.db import transaction
from practice.values import clock

CANARY = "Zebulon"
ASKED = Erasure(code="the-number", due_at=datetime(2027, 3, 15, 8, 0, tzinfo=UTC))
LETTERS = {
    "confirm": "Confirm your email",
    "known_address": "About your account",
    "welcome": "Your account is ready",
    "reset": "Choose a new password",
    "password_changed": "Sign-in notice",
    "new_device": "Sign-in notice",
    "two_step_changed": "Sign-in notice",
    "change_email": "Confirm your new email",
    "email_changed": "Your email was changed",
    "email_taken_back": "Your email was changed",
    "two_step_asked": "Sign-in notice",
    "two_step_back": "Sign-in notice",
    "locked": "About your account",
    "unlocked": "About your account",
    "erasure_asked": "Your data request",
    "erasure_taken_back": "Your data request",
    "copied": "Your data request",
    "erased": "Your data request",
}


@pytest.fixture
def ben(cast):
    with transaction():
        cast.ben.display_name = CANARY
    return cast.ben


def _write(ben, kind):
    device = Device(code="d", label="Firefox on Linux", created_at=clock.now())
    with transaction():
        {
            "confirm": lambda: emails.confirm(ben, "the-token"),
            "known_address": lambda: emails.known_address(ben),
            "welcome": lambda: emails.welcome(ben),
            "reset": lambda: emails.reset(ben, "the-token"),
            "password_changed": lambda: emails.password_changed(ben),
            "new_device": lambda: emails.new_device(ben, device),
            "two_step_changed": lambda: emails.two_step_changed(ben, "account.two_step_on"),
            "change_email": lambda: emails.change_email(ben, "new@people.example", "the-token"),
            "email_changed": lambda: emails.email_changed(ben, "old@people.example", "the-token"),
            "email_taken_back": lambda: emails.email_taken_back(ben, "lost@people.example"),
            "two_step_asked": lambda: emails.two_step_asked(ben, "the-token", clock.now()),
            "two_step_back": lambda: emails.two_step_back(ben, "the-token"),
            "locked": lambda: emails.locked(ben, "Somebody else seems to be in it"),
            "unlocked": lambda: emails.unlocked(ben),
            "erasure_asked": lambda: emails.erasure_asked(ben, ASKED),
            "erasure_taken_back": lambda: emails.erasure_taken_back(ben, ASKED),
            "copied": lambda: emails.copied(ben),
            "erased": lambda: emails.erased(emails.Mailbox(ben.id, ben.email, ben.zone), ASKED),
        }[kind]()


def _said(letter, part):
    """What the reader sees, on one line."""
    return re.sub(r"\s+", " ", letter.get_body((part,)).get_content())


def test_what_takes_another_letter_back_arrives_after_it(ben, outbox):
    """On and off, closed and open, the older and the newer link: whoever reads the last one knows how it stands."""
    pairs = {
        "two-step": (lambda: emails.two_step_changed(ben, "two_step_on"), lambda: emails.two_step_changed(ben, "off")),
        "lock": (lambda: emails.locked(ben, "asked"), lambda: emails.unlocked(ben)),
        "reset": (lambda: emails.reset(ben, "one"), lambda: emails.reset(ben, "two")),
    }
    for one, other in pairs.values():
        with transaction():
            one()
            other()

    lines = [letter.about for letter in outbox.to(ben)]
    assert lines[::2] == lines[1::2]
    assert len(set(lines)) == len(pairs)


@pytest.mark.parametrize(("kind", "subject"), LETTERS.items())
def test_a_letter_is_neutral_whole_and_leads_home(ben, outbox, smtp, kind, subject):
    _write(ben, kind)
    outbox.deliver(smtp)
    (raw,) = smtp.raw
    letter = BytesParser(policy=policy.default).parsebytes(raw)

    assert letter["Subject"] == subject
    assert letter["To"].addresses[0].display_name == ""
    assert smtp.recipients == [[letter["To"].addresses[0].addr_spec]]
    assert len(letter.get_all("To")) == 1
    assert not letter["Cc"]
    assert not letter["Bcc"]
    for part in ("plain", "html"):
        text = _said(letter, part)
        assert CANARY not in text
        assert not re.search(r"therap|counsel|mental|session with|coach", text, re.I)
        assert "If someone is in danger, call your local emergency number" in text
        addresses = re.findall(r"https?://[^\s\"<>]+", text)
        assert addresses
        assert all(a.startswith("http://localhost/") for a in addresses)
    assert not re.search(r"<(img|script|link)\b", letter.get_body(("html",)).get_content())
    assert CANARY.encode() not in raw


@pytest.mark.parametrize(
    "kind", ["confirm", "reset", "change_email", "email_changed", "two_step_asked", "two_step_back"]
)
def test_a_link_in_a_letter_holds_the_whole_token(ben, outbox, smtp, kind):
    _write(ben, kind)
    (letter,) = outbox.deliver(smtp)

    assert "/the-token " in _said(letter, "plain")
    assert '/the-token"' in _said(letter, "html")


def test_times_in_letters_are_the_readers(cast, outbox):
    with transaction():
        cast.ben.zone = "Asia/Kathmandu"
    _write(cast.ben, "password_changed")

    assert "Monday 1 March 2027, 13:45 (Kathmandu time)" in outbox.read(outbox.last_to(cast.ben)).text


def test_without_e_mail_by_choice_news_stay_inside_and_warnings_and_keys_still_arrive(cast, outbox, smtp):
    with transaction():
        cast.ben.no_email = True
    for kind in ("welcome", "password_changed", "new_device", "two_step_changed", "reset"):
        _write(cast.ben, kind)

    arrived = outbox.deliver(smtp)

    assert [letter["Subject"] for letter in arrived] == [*["Sign-in notice"] * 3, "Choose a new password"]
    assert len(outbox.to(cast.ben)) == 5


def test_a_letter_whose_link_is_over_does_not_leave_any_more(cast, outbox, smtp, clock):
    actions.ask_for_reset(cast.ben.email)
    clock.advance(minutes=61)

    assert outbox.deliver(smtp) == []


def test_nothing_leaves_when_the_change_does_not_happen(app: Flask, cast, outbox):
    def ask_and_fail():
        with transaction():
            actions.ask_for_reset(cast.ben.email)
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        ask_and_fail()

    assert outbox.all() == []
