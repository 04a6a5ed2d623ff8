"""This file knows how one message reaches one person's mail server, and the three ways that can end."""

from __future__ import annotations

import functools
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol
from urllib.parse import unquote, urlsplit

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
SECONDS = 15.0


class Verdict(StrEnum):
    """What became of a message: taken, refused for good, or worth another try."""

    SENT = "sent"
    REFUSED = "refused"
    LATER = "later"


@dataclass(frozen=True)
class Outcome:
    """A verdict and its reason, which never holds an address or a server's own words."""

    verdict: Verdict
    reason: str = ""


class Transport(Protocol):
    """A way out for messages."""

    def send(self, sender: str, recipient: str, message: bytes) -> Outcome:
        """Hand `message` over for one recipient; never raises for what a server or the network does."""


class Keep:
    """The demo's way out: the message stays in the outbox, where the demo mailbox shows it as delivered."""

    def send(self, sender: str, recipient: str, message: bytes) -> Outcome:
        """Take the message; it is already stored."""
        return Outcome(Verdict.SENT)


@dataclass(frozen=True)
class Smtp:
    """A mail server: `smtps` speaks TLS from the first byte, `smtp` must upgrade unless it is on this machine."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    implicit_tls: bool = False
    timeout: float = SECONDS

    def send(self, sender: str, recipient: str, message: bytes) -> Outcome:
        """One connection, one recipient. Taken means that the server said so after the last byte (RFC 5321 §4.2.5)."""
        try:
            server = self._connect()
        except (OSError, smtplib.SMTPException) as error:
            return Outcome(Verdict.LATER, _reason(error))
        try:
            server.sendmail(sender, [recipient], message, mail_options=_options(recipient))
        except (OSError, smtplib.SMTPException, UnicodeError) as error:
            return _judged(error)
        finally:
            # A server that closes the line after its "250" has taken the message: how it says goodbye is its affair.
            with suppress(OSError, smtplib.SMTPException):
                server.quit()
            server.close()
        return Outcome(Verdict.SENT)

    def _connect(self) -> smtplib.SMTP:
        if self.implicit_tls:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, _own_name(), timeout=self.timeout, context=_tls()
            )
        else:
            server = smtplib.SMTP(self.host, self.port, _own_name(), timeout=self.timeout)
        try:
            self._greet(server)
        except BaseException:
            server.close()
            raise
        return server

    def _greet(self, server: smtplib.SMTP) -> None:
        server.ehlo_or_helo_if_needed()
        if not self.implicit_tls and (server.has_extn("starttls") or self.host not in LOOPBACK):
            # Raises when the offer is missing: somebody on the way may have taken it out (STARTTLS stripping).
            server.starttls(context=_tls())
            server.ehlo()
        if self.user:
            server.login(self.user, self.password)


def from_url(url: str | None, timeout: float = SECONDS) -> Transport:
    """The transport that SMTP_URL describes; without one, messages are kept. `timeout` is in seconds per answer."""
    if not url:
        return Keep()
    parts = urlsplit(url)
    implicit = parts.scheme == "smtps"
    return Smtp(
        host=parts.hostname or "localhost",
        port=parts.port or (465 if implicit else 587),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        implicit_tls=implicit,
        timeout=timeout,
    )


@functools.cache
def _tls() -> ssl.SSLContext:
    """Certificates are checked against the system's authorities; reading those costs more than a whole letter."""
    return ssl.create_default_context()


@functools.cache
def _own_name() -> str:
    """What we call ourselves in EHLO; finding it out may ask a name server, so it is asked once."""
    return smtplib.SMTP().local_hostname


def _options(recipient: str) -> list[str]:
    return [] if recipient.isascii() else ["SMTPUTF8"]


def _judged(error: Exception) -> Outcome:
    """Refused for good only where the server named a permanent fault of this recipient or this message."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = next(iter(error.recipients.values()))[0]
    elif isinstance(error, smtplib.SMTPDataError):
        code = error.smtp_code
    else:
        # An address that needs SMTPUTF8 where the server has none cannot be reached, however often we try.
        code = 550 if isinstance(error, (smtplib.SMTPNotSupportedError, UnicodeError)) else 451
    return Outcome(Verdict.REFUSED if 500 <= code < 600 else Verdict.LATER, _reason(error))


def _reason(error: Exception) -> str:
    """The error's kind and number. Its text stays out: servers like to quote the address."""
    code = getattr(error, "smtp_code", None) or getattr(error, "errno", None)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = next(iter(error.recipients.values()))[0]
    return f"{type(error).__name__} {code}" if code else type(error).__name__
