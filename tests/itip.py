"""This file knows how somebody else's calendar takes invitations that come by mail: from bytes, with nothing of ours.

It keeps what a plain calendar keeps: the entry as it last was, and no memory of one that was cancelled. So a late
invitation brings a cancelled appointment back here as it does in real calendars.
"""

from __future__ import annotations

from base64 import b64decode
from dataclasses import dataclass, field
from datetime import UTC, datetime

Line = tuple[str, str]  # the name of a property, and its value


@dataclass
class Entry:
    """One appointment in a calendar: who may change it, how new it is, and when it starts."""

    organizer: str
    version: tuple[int, str]
    starts_at: datetime


@dataclass
class Calendar:
    """The calendar behind one mailbox; `entries` by UID, `refused` is what it made nothing of."""

    mailbox: str
    entries: dict[str, Entry] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)

    def receive(self, message: bytes) -> None:
        """Take one mail; without a calendar in it nothing happens."""
        for method, event in _events(message):
            fault = self._take(method, dict(event))
            if fault:
                self.refused.append(f"{method}: {fault}")

    def _take(self, method: str, event: dict[str, str]) -> str:
        uid, known = event["UID"], self.entries.get(event["UID"])
        version = (int(event["SEQUENCE"]), event["DTSTAMP"])
        if event["ATTENDEE"].lower() != f"mailto:{self.mailbox}":
            return "not for this mailbox"
        if known and known.organizer != event["ORGANIZER"]:
            return "from a stranger"
        if known and version < known.version:
            return "older than what is there"
        if method == "CANCEL":
            return "" if self.entries.pop(uid, None) else "nothing to cancel"
        starts_at = datetime.strptime(event["DTSTART"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        self.entries[uid] = Entry(event["ORGANIZER"], version, starts_at)
        return ""


def _events(message: bytes) -> list[tuple[str, list[Line]]]:
    """(method, lines) of every event in the part of a message that mail programs act on."""
    found = []
    for block in message.split(b"\r\n--"):
        head, _, body = block.partition(b"\r\n\r\n")
        if b"content-type: text/calendar" not in head.lower():
            continue
        lines = _lines(b64decode(body.partition(b"\r\n--")[0]).decode())
        method = next(value for name, value in lines if name == "METHOD")
        starts = [number for number, line in enumerate(lines) if line == ("BEGIN", "VEVENT")]
        ends = [number for number, line in enumerate(lines) if line == ("END", "VEVENT")]
        found += [(method, lines[first + 1 : last]) for first, last in zip(starts, ends, strict=True)]
    return found


def _lines(text: str) -> list[Line]:
    lines = []
    for line in text.replace("\r\n ", "").split("\r\n"):
        quoted, cut = False, len(line)
        for place, letter in enumerate(line):
            quoted ^= letter == '"'
            if letter == ":" and not quoted:
                cut = place
                break
        lines.append((line[:cut].partition(";")[0], line[cut + 1 :]))
    return lines
