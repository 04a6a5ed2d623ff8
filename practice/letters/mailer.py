"""This file knows how a letter to one person becomes one MIME message: text, html, calendar and headers."""

from __future__ import annotations

import email
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime
from typing import Any

from flask import current_app
from markupsafe import Markup

from practice.config import settings
from practice.http import clocks
from practice.http.clocks import Clock, local, local_year, zone_name
from practice.http.pages import absolute_url
from practice.providers.calendar_ics import Invite, invite_file
from practice.values import clock
from practice.values.text import Name

from . import marks, registry, sources

FRAME = "email/layout.html"
# To machines that answer letters: not this one. Reports that it could not be delivered are welcome.
NO_ANSWERS = "DR, RN, NRN, OOF, AutoReply"
MOST_NAMED = 9  # earlier letters after the first one, which is what ties a thread together
CLOCK = "clock"  # the fact under which a letter keeps its reader's clock, see `Clock.kept`
# Between the frame of a letter; and what a mail program needs whose buttons do not open.
_BODY = re.compile(r'<main class="letter">(.*?)</main>', re.S)
_ADDRESS_AGAIN = re.compile(r'<p class="quiet">.*?</p>', re.S)
NOT_FACTS = ("invite", "route", CLOCK)


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
        return Clock.from_facts(self.context[CLOCK]) if CLOCK in self.context else Clock(self.zone)


@dataclass(frozen=True)
class Opened:
    """A finished message as a reader sees it."""

    subject: str
    sender: str
    to: str
    text: str
    html: str
    calendar: str

    @property
    def body(self) -> Markup:
        """The words of its html alone, to stand in a page of ours; empty where there is none.

        Whatever filled its source was escaped when it was built, and it is kept where nobody else writes.
        """
        found = _BODY.search(self.html)
        bare = _ADDRESS_AGAIN.sub("", found[1]).replace('class="button"', 'class="btn soft"') if found else ""
        return Markup(bare)  # noqa: S704 - see above


def build(draft: Draft) -> bytes:
    """The whole message with CRLF line ends; raises `Unbuildable`, or what a template raises."""
    invite = Invite.from_json(draft.context["invite"]) if "invite" in draft.context else None
    text, html = rendered(draft)
    subject = _subject(draft)
    message = EmailMessage(policy=_policy(draft.to_address))
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    if invite:
        _attach(message, invite)
    _address_it(message, draft, subject, invite)
    made = _ending(draft) + message.as_bytes()
    # A quoted token is allowed (RFC 2045 §5.1), yet mail programs know calendars by RFC 6047's own spelling.
    return re.sub(rb'(; method=)"([A-Z]+)"', rb"\1\2", made)


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


def rendered(draft: Draft) -> tuple[str, str]:
    """Text and html of a letter, from its one source, on its reader's clock; no request, no account, no database."""
    with current_app.app_context():
        clocks.read_by(draft.clock)
        kept = {key: _typed(key, value) for key, value in draft.context.items() if key not in NOT_FACTS}
        facts = kept | _given(draft)
        body, foot = sources.body(draft.template, facts), sources.foot(facts)
        text = f"{marks.text(body)}\n\n--\n{marks.text(foot)}\n"
        frame = current_app.jinja_env.get_template(FRAME)
        return text, frame.render(brand=settings().brand, body=body, foot=foot)


def _given(draft: Draft) -> dict[str, Any]:
    """What every letter knows (`sources.GIVEN`)."""
    return {
        **settings().names,
        "contact": marks.Mailbox(settings().contact),
        "link": lambda endpoint, **values: marks.Address(absolute_url(endpoint, **values)),
        "when": When,
        "has_invite": "invite" in draft.context,
    }


@dataclass(frozen=True)
class When:
    """An instant on the reader's clock with its zone named; in html the hour stands out, and machines read it too."""

    instant: datetime

    def __str__(self) -> str:
        return f"{local_year(self.instant)} ({zone_name(self.instant)})"

    def __html__(self) -> Markup:
        iso, shown, zone = self.instant.isoformat(), local_year(self.instant), zone_name(self.instant)
        return Markup('<strong><time datetime="{}">{}</time></strong> ({})').format(iso, shown, zone)


def _typed(key: str, value: Any) -> Any:
    """Context is JSON: what a key's last letters say is an instant, or a list of them, a length of time, or a name."""
    if key.endswith("_lasts"):
        return timedelta(seconds=value)
    if key.endswith("name") and isinstance(value, str):
        return Name(value)
    if not key.endswith("_at") or value is None:
        return value
    if isinstance(value, list):
        return [datetime.fromisoformat(each) for each in value]
    return datetime.fromisoformat(value)


def _subject(draft: Draft) -> str:
    """The allowed subject; `{when}` is the appointment's start on the recipient's clock, its zone named."""
    pattern = sources.subject(draft.template, draft.context)
    if sources.WHEN not in pattern:
        return pattern
    starts_at = datetime.fromisoformat(draft.context["starts_at"])
    when = f"{local(starts_at, draft.clock, 'EEE d MMM y, HH:mm')} ({zone_name(starts_at, draft.clock)})"
    return pattern.replace(sources.WHEN, when)


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
        "Auto-Submitted": "auto-replied" if registry.is_reply(draft.template) else "auto-generated",
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


def _ending(draft: Draft) -> bytes:
    """Where a mail program has a letter that comes again ended by one press (RFC 8058). Written by hand: a long address
    would be folded into something that none of them reads."""
    address = draft.context.get(registry.ENDING.get(registry.name_now(draft.template), ""))
    if not address:
        return b""
    name, press = registry.ONE_CLICK
    return f"{name}: <{_harmless(address)}>\r\n{name}-Post: {name}={press}\r\n".encode("ascii")


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
