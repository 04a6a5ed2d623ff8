"""This file knows how an appointment is written as an iCalendar file: invitation, download and feed."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Literal, Self
from urllib.parse import quote

Method = Literal["REQUEST", "CANCEL"]

PRODUCT = "-//Common Ground//Appointments 1.0//EN"
REFRESH_EVERY = "PT1H"

# Looked up rather than formatted: five instants per event are most of the work of a feed.
_TWO_DIGITS = tuple(f"{number:02}" for number in range(60))

# What "no raw control character" means here: they would end a line early in one reader or another. Characters that
# Unicode counts as line ends become the escaped newline, the rest vanish; half surrogates cannot be written at all.
_NEWLINES = re.compile("\r\n|[\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_UNWRITABLE = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")
_NEEDS_CARE = re.compile("[\\\\;,\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


@dataclass(frozen=True, kw_only=True)
class CalendarEntry:
    """One appointment as a calendar sees it; every instant is aware, and the words are safe to be read by anyone."""

    uid: str
    sequence: int
    stamped_at: datetime
    created_at: datetime
    starts_at: datetime
    ends_at: datetime
    summary: str
    description: str
    location: str
    url: str

    def __post_init__(self) -> None:
        """Raises ValueError for a naive instant, an empty or backward span, a missing UID or a negative sequence."""
        if any(at.tzinfo is None for at in (self.stamped_at, self.created_at, self.starts_at, self.ends_at)):
            raise ValueError("a calendar entry needs instants that know their zone")
        if self.ends_at <= self.starts_at:
            raise ValueError("a calendar entry ends after it starts")
        if not self.uid or self.sequence < 0:
            raise ValueError("a calendar entry needs a UID and a sequence that is not negative")


@dataclass(frozen=True, kw_only=True)
class Invite(CalendarEntry):
    """One invitation to one person; `description` is the sentence that the link `url` follows."""

    organizer_name: str
    organizer_mailbox: str
    attendee_mailbox: str
    method: Method = "REQUEST"

    _instants: ClassVar[tuple[str, ...]] = ("stamped_at", "created_at", "starts_at", "ends_at")

    @property
    def cancelled(self) -> bool:
        """Tell whether this takes an earlier invitation back."""
        return self.method == "CANCEL"

    def to_json(self) -> dict[str, Any]:
        """Return the invitation as values that JSON can carry, instants as ISO 8601 text."""
        fields = asdict(self)
        return fields | {name: fields[name].isoformat() for name in self._instants}

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> Self:
        """Return the invitation that `to_json` wrote; raises TypeError or ValueError for anything else."""
        instants = {name: datetime.fromisoformat(fields[name]) for name in cls._instants}
        return cls(**{**fields, **instants})


@dataclass(frozen=True, kw_only=True)
class FeedEvent(CalendarEntry):
    """One appointment in a subscribed feed; it names nobody but what `summary` says."""

    cancelled: bool = False


def next_stamp(previous: datetime | None, now: datetime) -> datetime:
    """Return the DTSTAMP for the next file of one UID: `now` in whole seconds of UTC, yet later than `previous`.

    A clock that steps back must not make the newer file look like the older one (RFC 5546 §2.1.5).
    """
    present = now.astimezone(UTC).replace(microsecond=0)
    if previous is None:
        return present
    return max(previous.astimezone(UTC).replace(microsecond=0) + timedelta(seconds=1), present)


def invite_file(invite: Invite) -> bytes:
    """Return the invitation, update (higher sequence) or cancellation for a mail (RFC 5545, 5546, 6047)."""
    parties = _organizer(invite) + _attendee(invite)
    return _calendar(f"METHOD:{invite.method}\r\n", [_event(invite, invite.stamped_at, parties)])


def download_file(invite: Invite) -> bytes:
    """Return the same appointment for the download link: published, so that nobody is asked to answer.

    The UID is that of the mail, so a person who takes both has one entry; RFC 5546 §3.2.1 allows no attendee here.
    """
    return _calendar("METHOD:PUBLISH\r\n", [_event(invite, invite.stamped_at, _organizer(invite))])


def feed_file(events: Iterable[FeedEvent], name: str, *, now: datetime) -> bytes:
    """Return a feed to subscribe to, called `name`; `now` becomes the DTSTAMP of every event (RFC 5545, 7986).

    The text is built without a library: a feed is rendered for many readers that nobody waits for, and this is
    dozens of times faster (`python -m tests.bench.bench_feed`).
    """
    called = _text(name)
    header = (
        "METHOD:PUBLISH\r\n"
        + _line(f"NAME:{called}")
        + _line(f"X-WR-CALNAME:{called}")
        + f"REFRESH-INTERVAL;VALUE=DURATION:{REFRESH_EVERY}\r\nX-PUBLISHED-TTL:{REFRESH_EVERY}\r\n"
    )
    return _calendar(header, [_event(event, now, "") for event in events])


def feed_etag(content: bytes) -> str:
    """Return a hash of a feed that stays the same until an appointment changes: DTSTAMP is left out."""
    return hashlib.sha256(re.sub(rb"\r\nDTSTAMP:[^\r]*", b"", content)).hexdigest()


def _calendar(header: str, events: list[str]) -> bytes:
    opening = f"BEGIN:VCALENDAR\r\nPRODID:{PRODUCT}\r\nVERSION:2.0\r\nCALSCALE:GREGORIAN\r\n"
    return "".join([opening, header, *events, "END:VCALENDAR\r\n"]).encode()


def _event(entry: Invite | FeedEvent, stamped_at: datetime, parties: str) -> str:
    status, transparency, busy = (
        ("CANCELLED", "TRANSPARENT", "FREE") if entry.cancelled else ("CONFIRMED", "OPAQUE", "BUSY")
    )
    return (
        f"BEGIN:VEVENT\r\n{_line('UID:' + _text(entry.uid))}SEQUENCE:{entry.sequence}\r\n"
        f"DTSTAMP:{_utc(stamped_at)}\r\nLAST-MODIFIED:{_utc(entry.stamped_at)}\r\nCREATED:{_utc(entry.created_at)}\r\n"
        f"DTSTART:{_utc(entry.starts_at)}\r\nDTEND:{_utc(entry.ends_at)}\r\n{_as_text(entry)}"
        f"STATUS:{status}\r\nCLASS:PRIVATE\r\nTRANSP:{transparency}\r\nX-MICROSOFT-CDO-BUSYSTATUS:{busy}\r\n"
        f"{parties}END:VEVENT\r\n"
    )


def _as_text(entry: CalendarEntry) -> str:
    """Return SUMMARY, DESCRIPTION and LOCATION; the link stands in the text, where every calendar shows it."""
    description = entry.description
    if entry.url not in description:
        description = f"{description} {entry.url}".lstrip()
    return (
        _line("SUMMARY:" + _text(entry.summary))
        + (_line(f"DESCRIPTION:{_text(description)}\\n") if description else "")
        + (_line("LOCATION:" + _text(entry.location)) if entry.location else "")
    )


def _organizer(invite: Invite) -> str:
    return _line(f"ORGANIZER;CN={_name(invite.organizer_name)}:mailto:{_address(invite.organizer_mailbox)}")


def _attendee(invite: Invite) -> str:
    known_as = _name(invite.attendee_mailbox)
    # Both agreed on our pages, and nobody reads what a calendar answers: it is not asked.
    agreed = "CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=FALSE"
    return _line(f"ATTENDEE;{agreed};CN={known_as}:mailto:{_address(invite.attendee_mailbox)}")


def _utc(instant: datetime) -> str:
    """Return the UTC form with Z: single appointments need no VTIMEZONE (RFC 5545 §3.3.5, form 2)."""
    at, two = instant.astimezone(UTC), _TWO_DIGITS
    return f"{at.year}{two[at.month]}{two[at.day]}T{two[at.hour]}{two[at.minute]}{two[at.second]}Z"


def _text(value: str) -> str:
    """Return a TEXT value with its escapes (RFC 5545 §3.3.11); what could end the line early is gone."""
    if _NEEDS_CARE.search(value) is None:
        return value
    escaped = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return _UNWRITABLE.sub("", _NEWLINES.sub(r"\\n", escaped))


def _name(value: str) -> str:
    """Return a parameter value, in quotes where RFC 5545 §3.2 wants them.

    A quotation mark cannot stand in one. RFC 6868 would write it as ^', which old readers show as it is, so it is
    left out, and the caret with it, lest a newer reader sees an escape in a plain name.
    """
    plain = _UNWRITABLE.sub("", _NEWLINES.sub(" ", value)).replace('"', "").replace("^", "").replace("\t", " ")
    return f'"{plain}"' if re.search("[:;,]", plain) else plain


def _address(mailbox: str) -> str:
    """Return the address part of a mailto URI (RFC 6068): whatever is special in a URI is percent-encoded."""
    return quote(mailbox, safe="@+!$'*-._~", errors="replace")


def _line(content: str) -> str:
    """Return one content line with its CRLF, folded at 75 octets and never inside a character (RFC 5545 §3.1)."""
    if content.isascii():
        if len(content) <= 75:
            return content + "\r\n"
        rest = [content[start : start + 74] for start in range(75, len(content), 74)]
        return "\r\n ".join([content[:75], *rest]) + "\r\n"
    octets, pieces, room = content.encode(), [], 75
    while len(octets) > room:
        cut = room
        while octets[cut] & 0xC0 == 0x80:
            cut -= 1
        pieces.append(octets[:cut].decode())
        octets, room = octets[cut:], 74
    return "\r\n ".join([*pieces, octets.decode()]) + "\r\n"
