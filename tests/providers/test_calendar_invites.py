"""This file knows the exact shape of the invitation, its update, its cancellation and the download."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import icalendar
import pytest
import vobject

from practice.providers.calendar_ics import Invite, download_file, invite_file, next_stamp

BOOKED_AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
INVITE = Invite(
    uid="0b7c2f-random@cal.example",
    sequence=0,
    stamped_at=BOOKED_AT,
    created_at=BOOKED_AT,
    starts_at=datetime(2027, 1, 5, 9, tzinfo=UTC),
    ends_at=datetime(2027, 1, 5, 9, 30, tzinfo=UTC),
    summary="Appointment",
    description="Details and cancellation:",
    location="Online",
    url="https://app.example/b/Kq3v9Xc",
    organizer_name="Common Ground",
    organizer_mailbox="bookings+r4@cal.example",
    attendee_mailbox="client@example.net",
)

SHAPE = """\
BEGIN:VCALENDAR
PRODID:-//Common Ground//Appointments 1.0//EN
VERSION:2.0
CALSCALE:GREGORIAN
METHOD:REQUEST
BEGIN:VEVENT
UID:0b7c2f-random@cal.example
SEQUENCE:0
DTSTAMP:20261122T090000Z
LAST-MODIFIED:20261122T090000Z
CREATED:20261122T090000Z
DTSTART:20270105T090000Z
DTEND:20270105T093000Z
SUMMARY:Appointment
DESCRIPTION:Details and cancellation: https://app.example/b/Kq3v9Xc\\n
LOCATION:Online
STATUS:CONFIRMED
CLASS:PRIVATE
TRANSP:OPAQUE
X-MICROSOFT-CDO-BUSYSTATUS:BUSY
ORGANIZER;CN=Common Ground:mailto:bookings+r4@cal.example
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=FALS
 E;CN=client@example.net:mailto:client@example.net
END:VEVENT
END:VCALENDAR
"""


def lines_of(content: bytes) -> list[str]:
    """Return the content lines as they were before folding."""
    return content.decode().replace("\r\n ", "").removesuffix("\r\n").split("\r\n")


def test_an_invitation_has_the_published_shape_to_the_byte() -> None:
    assert invite_file(INVITE) == SHAPE.replace("\n", "\r\n").encode()


def test_a_cancellation_keeps_identity_and_time_and_says_so_twice() -> None:
    cancel = replace(INVITE, method="CANCEL", sequence=1, stamped_at=BOOKED_AT + timedelta(hours=1))

    changed = set(lines_of(invite_file(cancel))) ^ set(lines_of(invite_file(INVITE)))

    assert changed == {
        *("METHOD:REQUEST", "METHOD:CANCEL", "SEQUENCE:0", "SEQUENCE:1", "STATUS:CONFIRMED", "STATUS:CANCELLED"),
        *("DTSTAMP:20261122T090000Z", "DTSTAMP:20261122T100000Z"),
        *("LAST-MODIFIED:20261122T090000Z", "LAST-MODIFIED:20261122T100000Z"),
        *("TRANSP:OPAQUE", "TRANSP:TRANSPARENT"),
        *("X-MICROSOFT-CDO-BUSYSTATUS:BUSY", "X-MICROSOFT-CDO-BUSYSTATUS:FREE"),
    }


def test_the_download_is_published_and_asks_nobody() -> None:
    content = download_file(INVITE)

    expected = [
        line.replace("REQUEST", "PUBLISH") for line in lines_of(invite_file(INVITE)) if not line.startswith("ATTENDEE")
    ]
    assert lines_of(content) == expected


def test_the_download_of_a_cancelled_appointment_says_cancelled() -> None:
    lines = lines_of(download_file(replace(INVITE, method="CANCEL")))

    assert "METHOD:PUBLISH" in lines
    assert "STATUS:CANCELLED" in lines


def test_the_file_ends_with_exactly_one_line_end() -> None:
    content = invite_file(INVITE)

    assert content.endswith(b"END:VCALENDAR\r\n")
    assert b"\r\n\r\n" not in content
    assert content.count(b"\n") == content.count(b"\r") == content.count(b"\r\n")


def test_the_method_stands_in_the_calendar_and_never_in_the_event() -> None:
    lines = lines_of(invite_file(INVITE))

    assert [lines.index(line) < lines.index("BEGIN:VEVENT") for line in lines if line.startswith("METHOD")] == [True]


@pytest.mark.parametrize("unwanted", ["VTIMEZONE", "VALARM", "TZID", "CONFERENCE", "COLOR", "RRULE", "X-WR-"])
def test_an_invitation_carries_nothing_that_some_calendar_misreads(unwanted: str) -> None:
    assert unwanted not in invite_file(INVITE).decode()


def test_times_of_any_zone_are_written_in_utc() -> None:
    kathmandu = timezone(timedelta(hours=5, minutes=45))
    there = replace(
        INVITE, starts_at=INVITE.starts_at.astimezone(kathmandu), ends_at=INVITE.ends_at.astimezone(kathmandu)
    )

    assert invite_file(there) == invite_file(INVITE)


def test_both_readers_find_the_same_appointment() -> None:
    content = invite_file(INVITE)

    [ours] = icalendar.Calendar.from_ical(content).events
    theirs = vobject.readOne(content.decode()).vevent

    assert ours.errors == []
    assert ours["DTSTART"].dt == theirs.dtstart.value == INVITE.starts_at
    assert ours["DTEND"].dt == theirs.dtend.value == INVITE.ends_at
    assert ours["DTSTAMP"].dt == theirs.dtstamp.value == INVITE.stamped_at
    assert ours["UID"] == theirs.uid.value == INVITE.uid
    assert ours["SUMMARY"] == theirs.summary.value == "Appointment"
    assert ours["DESCRIPTION"] == theirs.description.value == f"{INVITE.description} {INVITE.url}\n"
    assert ours["ATTENDEE"] == theirs.attendee.value == "mailto:client@example.net"
    assert ours["ORGANIZER"].params["CN"] == theirs.organizer.params["CN"][0] == "Common Ground"


def test_a_link_that_the_sentence_holds_already_is_not_repeated() -> None:
    told = replace(INVITE, description=f"Open {INVITE.url} to change it.")

    assert invite_file(told).count(b"https://") == 1


def test_an_empty_place_leaves_no_empty_line() -> None:
    assert b"LOCATION" not in invite_file(replace(INVITE, location=""))


def test_book_move_move_cancel_is_one_entry_with_rising_numbers() -> None:
    story = [INVITE]
    for method in ("REQUEST", "REQUEST", "CANCEL"):
        last = story[-1]
        later = timedelta(days=1 if method == "REQUEST" else 0)
        story.append(
            replace(
                last,
                method=method,
                sequence=last.sequence + 1,
                stamped_at=next_stamp(last.stamped_at, BOOKED_AT),
                starts_at=last.starts_at + later,
                ends_at=last.ends_at + later,
            )
        )

    calendars = [icalendar.Calendar.from_ical(invite_file(invite)) for invite in story]
    events = [calendar.events[0] for calendar in calendars]

    assert [calendar["METHOD"] for calendar in calendars] == ["REQUEST", "REQUEST", "REQUEST", "CANCEL"]
    assert len({event["UID"] for event in events}) == 1
    assert [event["SEQUENCE"] for event in events] == [0, 1, 2, 3]
    stamps = [event["DTSTAMP"].dt for event in events]
    assert stamps == sorted(set(stamps))
    assert events[3]["STATUS"] == "CANCELLED"
    assert events[3]["DTSTART"].dt == events[2]["DTSTART"].dt
    assert events[3]["ORGANIZER"] == events[0]["ORGANIZER"]


@pytest.mark.parametrize(
    ("previous", "now", "expected"),
    [
        (None, BOOKED_AT.replace(microsecond=900), BOOKED_AT),
        (BOOKED_AT, BOOKED_AT, BOOKED_AT + timedelta(seconds=1)),
        (BOOKED_AT, BOOKED_AT + timedelta(milliseconds=999), BOOKED_AT + timedelta(seconds=1)),
        (BOOKED_AT, BOOKED_AT - timedelta(hours=2), BOOKED_AT + timedelta(seconds=1)),
        (BOOKED_AT, BOOKED_AT + timedelta(minutes=5), BOOKED_AT + timedelta(minutes=5)),
    ],
    ids=["first", "same second", "same second by a hair", "clock stepped back", "later"],
)
def test_a_stamp_always_rises_by_at_least_a_second(
    previous: datetime | None, now: datetime, expected: datetime
) -> None:
    assert next_stamp(previous, now) == expected


@pytest.mark.parametrize(
    "nonsense",
    [
        {"starts_at": datetime(2027, 1, 5, 9)},
        {"stamped_at": datetime(2027, 1, 5, 9)},
        {"ends_at": INVITE.starts_at},
        {"uid": ""},
        {"sequence": -1},
    ],
    ids=lambda change: next(iter(change)),
)
def test_nonsense_is_refused_before_a_byte_is_written(nonsense: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="a calendar entry"):
        replace(INVITE, **nonsense)  # type: ignore[arg-type]


def test_an_invitation_survives_the_trip_through_json() -> None:
    assert Invite.from_json(INVITE.to_json()) == INVITE


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Common Ground", "CN=Common Ground:"),
        ("Ground: common", 'CN="Ground: common":'),
        ("Ground, common", 'CN="Ground, common":'),
        ("Ground; common", 'CN="Ground; common":'),
        ('The "Common" Ground', "CN=The Common Ground:"),
        ("Ground^nCommon", "CN=GroundnCommon:"),
        ("Two\r\nLines", "CN=Two Lines:"),
        ("Élan 日本", "CN=Élan 日本:"),
    ],
)
def test_a_name_is_quoted_where_it_must_be_and_nowhere_else(name: str, written: str) -> None:
    [line] = [
        line for line in lines_of(invite_file(replace(INVITE, organizer_name=name))) if line.startswith("ORGANIZER")
    ]

    assert line == f"ORGANIZER;{written}mailto:bookings+r4@cal.example"


def test_an_address_cannot_leave_its_uri() -> None:
    [line] = [
        line
        for line in lines_of(invite_file(replace(INVITE, attendee_mailbox="a?cc=b&x:y;z@exämple.net")))
        if line.startswith("ATTENDEE")
    ]

    assert re.search(r":mailto:a%3Fcc%3Db%26x%3Ay%3Bz@ex%C3%A4mple\.net$", line)
