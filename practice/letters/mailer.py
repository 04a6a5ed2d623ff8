"""This file knows how a letter to one person becomes one MIME message, and which few words may stand in a subject."""

from __future__ import annotations

import email
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime
from typing import Any

from flask import current_app

from practice.config import settings
from practice.http import clocks
from practice.http.clocks import Clock, local, zone_name
from practice.http.pages import absolute_url
from practice.providers.calendar_ics import Invite, invite_file
from practice.values import clock
from practice.values.text import Name

# The only subjects there are. No topic, no title, no name: a subject is read on lock screens and by other people.
SUBJECTS: dict[str, str] = {
    "accounts/confirm": "Confirm your e-mail",
    "accounts/known_address": "About your account",
    "accounts/welcome": "Your account is ready",
    "accounts/new_device": "Sign-in notice",
    "accounts/password_changed": "Sign-in notice",
    "accounts/two_step_changed": "Sign-in notice",
    "accounts/data_request": "Your data request",
    "accounts/erased": "Your data request",
    "accounts/reset": "Choose a new password",
    "accounts/change_email": "Confirm your new e-mail",
    "accounts/email_changed": "Your e-mail was changed",
    "accounts/email_taken_back": "Your e-mail was changed",
    "accounts/two_step_asked": "Sign-in notice",
    "accounts/two_step_back": "Sign-in notice",
    "accounts/locked": "About your account",
    "accounts/unlocked": "About your account",
    "bookings/feed_opened": "Sign-in notice",
    "bookings/booked": "Your appointment on {when}",
    "bookings/moved": "New time for your appointment: {when}",
    "bookings/cancelled": "Appointment cancelled: {when}",
    "bookings/called_off": "Appointment cancelled: {when}",
    "bookings/entry_here": "Your appointment on {when}",
    "bookings/entry_gone": "A calendar entry was cancelled",
    "bookings/stands": "About your appointment",
    "bookings/proposal": "Please choose a time",
    "bookings/reminder_day": "Reminder: appointment tomorrow",
    "bookings/reminder_hour": "Reminder: appointment soon",
    "bookings/not_reconfirmed": "Appointment not re-confirmed",
    "bookings/missed_by_client": "We can find another time",
    "bookings/missed_by_specialist": "Our apology and your options",
    "bookings/noted_as_missed": "About your appointment",
    "bookings/tech_failure": "About your appointment",
    "bookings/contested": "About your appointment",
    "bookings/contest_asks": "About your appointment",
    "bookings/contest_upheld": "About your appointment",
    "bookings/contest_refused": "About your appointment",
    "bookings/strike_waived": "About your appointment",
    "bookings/ended": "Your next step is up to you",
    "specialists/received": "About your application",
    "specialists/more_needed": "About your application",
    "specialists/approved": "About your application",
    "specialists/refused": "About your application",
    "specialists/unpublished": "About your profile",
    "specialists/suspended": "About your profile",
    "specialists/reinstated": "About your profile",
    "specialists/closed": "About your profile",
    "specialists/closed_by_us": "About your profile",
    "specialists/document_expiry": "Document expiry",
    "specialists/profile_decided": "About your profile",
    "home/test": "A test of our mail",
}

# These prove that a mailbox is somebody's, or take an entry out of its calendar, and nothing else could. They are shown
# in no account, and their links go soon. The words complete "We still write when …" on the privacy page.
OPENING = {
    "accounts/confirm": "you sign up, to see that the address is yours",
    "accounts/known_address": "somebody types your address to sign up, or as their new one",
    "accounts/reset": "you ask for a new password",
    "accounts/change_email": "you ask for a new address, to see that it is yours",
    "accounts/email_changed": "your address was changed and only you read the old mailbox: it gets a way back",
    "accounts/email_taken_back": "a change of address was taken back: the other address hears of it",
    "accounts/two_step_asked": "somebody who knows your password says that your phone and spare codes are lost",
    "accounts/two_step_back": "nobody stopped that for three days",
    "bookings/entry_gone": "you give up a mailbox, or invitations, to take appointments out of its calendar",
}
# Whoever got into an account could switch mail off first: what they do then must still reach its owner. These open
# nothing, so they stand inside the account as well.
WARNING = {
    "accounts/data_request": "somebody takes a copy of your data, asks for the end of your account, or takes that back",
    "accounts/erased": "your account is gone",
    "accounts/password_changed": "your password is another one",
    "accounts/two_step_changed": "two-step sign-in changes, or a spare code is used",
    "accounts/new_device": "somebody signs in from a new place",
    "bookings/feed_opened": "a calendar address with details is opened",
    "accounts/locked": "your account was locked",
    "accounts/unlocked": "your account was opened again",
}
# Sent also to people who asked for no email.
ALWAYS_MAILED = OPENING | WARNING
# To machines that answer letters: not this one. Reports that it could not be delivered are welcome.
NO_ANSWERS = "DR, RN, NRN, OOF, AutoReply"
MOST_NAMED = 9  # earlier letters after the first one, which is what ties a thread together
# Letters to people who have no account any more: nothing is kept of them once they have left, or cannot.
LAST_WORDS = frozenset({"accounts/erased"})
CLOCK = "clock"  # the fact under which a letter keeps its reader's clock, see `Clock.kept`
NOT_FACTS = ("invite", "route", CLOCK)


def require(template: str, facts: Mapping[str, Any]) -> None:
    """Raises KeyError for a template without a subject, ValueError for a token that could be read inside an account."""
    SUBJECTS[template]
    if "token" in facts and template not in OPENING:
        raise ValueError("a letter that opens something goes by mail and is shown in no account")


class Unbuildable(ValueError):
    """A letter that no message can be made of: building it again would fail again."""


@dataclass(frozen=True)
class Draft:
    """What a letter is made of: who, which template, and the facts as they were when it was written."""

    to_address: str
    template: str
    context: Mapping[str, Any]
    zone: str
    message_id: str
    # The Message-IDs of earlier letters about the same thing, the oldest first.
    follows: tuple[str, ...] = ()

    @property
    def clock(self) -> Clock:
        """On which clock every hour of this letter is written: the recipient's as it was when the letter was."""
        return Clock.from_kept(self.context[CLOCK]) if CLOCK in self.context else Clock(self.zone)


@dataclass(frozen=True)
class Opened:
    """A finished message as a reader sees it."""

    subject: str
    sender: str
    to: str
    text: str
    html: str
    calendar: str


def build(draft: Draft) -> bytes:
    """The whole message with CRLF line ends; raises `Unbuildable`, or what a template raises."""
    invite = Invite.from_json(draft.context["invite"]) if "invite" in draft.context else None
    text, html = _rendered(draft)
    subject = _subject(draft)
    message = EmailMessage(policy=_policy(draft.to_address))
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    if invite:
        _attach(message, invite)
    _address_it(message, draft, subject, invite)
    # A quoted token is allowed (RFC 2045 §5.1), yet mail programs know calendars by RFC 6047's own spelling.
    return re.sub(rb'(; method=)"([A-Z]+)"', rb"\1\2", message.as_bytes())


def routed_mailbox(route: str) -> str:
    """The mailbox that answers to the letters about one thing to one person go to, known by `route`."""
    name, _, domain = settings().mail_from.rpartition("@")
    return f"{name}+{route}@{domain}"


def opened(message: bytes) -> Opened:
    """The parts of a stored message, for the demo mailbox and the in-app inbox; missing parts are empty."""
    letter = email.message_from_bytes(message, policy=SMTP)
    found = {
        part.get_content_type(): part.get_content() for part in letter.walk() if part.get_content_maintype() == "text"
    }
    return Opened(
        subject=str(letter["Subject"]),
        sender=str(letter["From"]),
        to=str(letter["To"]),
        text=found.get("text/plain", ""),
        html=found.get("text/html", ""),
        calendar=found.get("text/calendar", ""),
    )


def sender_of(message: bytes) -> str:
    """The bare address that a stored message comes from: the envelope's sender."""
    headers = BytesHeaderParser(policy=SMTP).parsebytes(message)
    return str(headers["From"].addresses[0].addr_spec)


def _rendered(draft: Draft) -> tuple[str, str]:
    """Text and html from the room's two templates, in the recipient's zone; no request, no account, no database."""
    room, _, name = draft.template.partition("/")
    with current_app.app_context():
        clocks.read_by(draft.clock)
        facts = {
            **{key: _typed(key, value) for key, value in draft.context.items() if key not in NOT_FACTS},
            **settings().names,
            "link": absolute_url,
            "has_invite": "invite" in draft.context,
        }
        text, html = (
            current_app.jinja_env.get_template(f"{room}/email/{name}.{kind}").render(facts) for kind in ("txt", "html")
        )
    return re.sub(r"\n{3,}", "\n\n", text), html


def _typed(key: str, value: Any) -> Any:
    """Context is JSON: what a key's last letters say is an instant, or a list of them, or a name."""
    if key.endswith("name") and isinstance(value, str):
        return Name(value)
    if not key.endswith("_at") or value is None:
        return value
    if isinstance(value, list):
        return [datetime.fromisoformat(each) for each in value]
    return datetime.fromisoformat(value)


def _subject(draft: Draft) -> str:
    """The allowed subject; `{when}` is the appointment's start on the recipient's clock, its zone named."""
    pattern = SUBJECTS[draft.template]
    if "{when}" not in pattern:
        return pattern
    starts_at = datetime.fromisoformat(draft.context["starts_at"])
    when = f"{local(starts_at, draft.clock, 'EEE d MMM y, HH:mm')} ({zone_name(starts_at, draft.clock)})"
    return pattern.replace("{when}", when)


def _attach(message: EmailMessage, invite: Invite) -> None:
    """The same calendar twice: as the last alternative, which mail programs act on, and as a file for others."""
    calendar = invite_file(invite)
    message.add_alternative(calendar, maintype="text", subtype="calendar", cte="base64")
    part = list(message.iter_parts())[-1]
    part.replace_header("Content-Type", f'text/calendar; charset="utf-8"; method={invite.method}')
    message.add_attachment(calendar, maintype="application", subtype="ics", filename="invite.ics", cte="base64")
    list(message.iter_parts())[-1].set_param("name", "invite.ics")


def _address_it(message: EmailMessage, draft: Draft, subject: str, invite: Invite | None) -> None:
    """Headers come after the content: `set_content` would drop some that were set before it.

    One sender for all letters: programs that know senders, and servers that keep new ones waiting, know this one soon.
    """
    for name, value in {
        "From": _mailbox(settings().mail_from, settings().brand),
        "To": _mailbox(draft.to_address),
        "Subject": subject,
        "Date": format_datetime(clock.now()),
        "Message-ID": draft.message_id,
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": NO_ANSWERS,
    }.items():
        message[name] = _harmless(value) if isinstance(value, str) else value
    if draft.follows:
        message["In-Reply-To"] = draft.follows[-1]
        message["References"] = " ".join(draft.follows[:1] + draft.follows[1:][-MOST_NAMED:])
    if route := draft.context.get("route"):
        message["Reply-To"] = _mailbox(routed_mailbox(route), settings().brand)
    if invite:
        message["Content-Class"] = "urn:content-classes:calendarmessage"


def _mailbox(address: str, name: str = "") -> Address:
    """One address; a domain in other letters goes out in its ASCII form (RFC 5891)."""
    local_part, _, domain = _harmless(address).rpartition("@")
    if not local_part or not domain:
        raise Unbuildable("an address without a mailbox or a domain")
    try:
        return Address(_harmless(name), username=local_part, domain=domain.encode("idna").decode())
    except (ValueError, IndexError) as error:
        raise Unbuildable("an address that no mail server takes") from error


def _harmless(value: str) -> str:
    """`value`, unless a control or line-ending character hides in it: those would end a header early."""
    if any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") for c in value):
        raise Unbuildable("a control character in a header")
    return value


def _policy(address: str) -> EmailPolicy[EmailMessage]:
    return SMTP if address.rpartition("@")[0].isascii() else SMTP.clone(utf8=True)
