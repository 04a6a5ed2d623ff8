"""This file knows the questions a test asks about the letters that wait in the outbox or have left."""

from __future__ import annotations

from email.message import EmailMessage

from flask import current_app
from sqlalchemy import select

from practice.accounts.models import User
from practice.letters.mail_worker import deliver_due
from practice.letters.mailer import Draft, Opened, build, opened
from practice.letters.outbox import OutboxMail
from practice.providers import mail_transport
from practice.store.db import db
from tests.smtp import SmtpSink


class Outbox:
    """The product's own outbox, with questions to ask."""

    def all(self) -> list[OutboxMail]:
        """Every letter that was decided on, the oldest first."""
        db.session.rollback()
        return list(db.session.scalars(select(OutboxMail).order_by(OutboxMail.id)))

    def to(self, person: User) -> list[OutboxMail]:
        """Every letter to `person`, the oldest first."""
        return [letter for letter in self.all() if letter.recipient_id == person.id]

    def kinds_to(self, person: User) -> list[str]:
        """The templates of the letters to `person`, the oldest first: ["bookings/booked", …]."""
        return [letter.template for letter in self.to(person)]

    def last_to(self, person: User) -> OutboxMail:
        """The newest letter to `person`; fails when there is none."""
        letters = self.to(person)
        assert letters, f"no letter to {person.display_name}"
        return letters[-1]

    def read(self, letter: OutboxMail) -> Opened:
        """The letter as its reader sees it: subject, text, html, calendar."""
        draft = Draft(letter.to_address, letter.template, letter.context, letter.zone, letter.message_id)
        return opened(letter.message or build(draft))

    def deliver(self, sink: SmtpSink) -> list[EmailMessage]:
        """Let the worker's own code hand everything that is due to a real mail server; what arrived there."""
        before = len(sink.raw)
        current_app.extensions["mail_transport"] = mail_transport.from_url(sink.url)
        try:
            deliver_due()
        finally:
            del current_app.extensions["mail_transport"]
        return sink.messages[before:]
