"""This file knows what tests of letters ask for: paper to write on and an SMTP server to send to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from practice.letters import mail_worker
from practice.providers.mail_transport import from_url
from tests import plain
from tests.smtp import SmtpSink


@pytest.fixture
def paper(app: Flask) -> Iterator[Flask]:
    """The application with letters that belong to no room."""
    before = app.jinja_env.loader
    plain.lay_paper(app)
    yield app
    app.jinja_env.loader = before


@pytest.fixture
def wired(paper: Flask, smtp: SmtpSink) -> Iterator[SmtpSink]:
    """The same, whose way out is a real SMTP server."""
    paper.extensions["mail_transport"] = from_url(smtp.url, timeout=2)
    yield smtp
    paper.extensions.pop("mail_transport", None)


@pytest.fixture
def bounces() -> Iterator[list[tuple[int, str]]]:
    """Who was told that an address does not take mail."""
    told: list[tuple[int, str]] = []

    def note(recipient_id: int, address: str) -> None:
        told.append((recipient_id, address))

    mail_worker.when_bounced(note)
    yield told
    mail_worker._bounce_listeners.remove(note)
