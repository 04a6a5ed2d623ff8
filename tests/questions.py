"""This file knows the questions a test asks about mail: what waits in the outbox, what a real SMTP server received."""

from __future__ import annotations

import asyncio
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import current_app
from sqlalchemy import select

from practice.accounts.models import User
from practice.db import db
from practice.mailer import Draft, Opened, build, opened
from practice.outbox import OutboxMail, deliver_due
from practice.providers import mail_transport


class SmtpSink:
    """An SMTP server on a free loopback port; `messages` are parsed, `raw` are the bytes as they came."""

    def __init__(self) -> None:
        self.raw: list[bytes] = []
        self.recipients: list[list[str]] = []
        self.refuse_with: str | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    @property
    def messages(self) -> list[EmailMessage]:
        return [message_from_bytes(raw, policy=policy.default) for raw in self.raw]  # type: ignore[misc]

    def to(self, address: str) -> list[EmailMessage]:
        """What arrived for `address`, oldest first."""
        return [m for m, who in zip(self.messages, self.recipients, strict=True) if address in who]

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        if self.refuse_with:
            return self.refuse_with
        assert isinstance(envelope.content, bytes)
        self.raw.append(envelope.content)
        self.recipients.append(list(envelope.rcpt_tos))
        return "250 kept"

    def __enter__(self) -> SmtpSink:
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def _listen(self) -> asyncio.Server:
        def session() -> SMTP:
            return SMTP(self, enable_SMTPUTF8=True, hostname="sink.example", loop=self._loop)

        return await self._loop.create_server(session, "127.0.0.1", 0)

    def __exit__(self, *_why: Any) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _close(self) -> None:
        self._server.close()
        rest = [t for t in asyncio.all_tasks() if t is not asyncio.current_task()]
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)


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
