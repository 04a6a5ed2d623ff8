"""This file knows the shape of the feed that a person subscribes to, and when its ETag changes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import icalendar
import vobject

from practice.providers.calendar_ics import FeedEvent, feed_etag, feed_file
from tests.bench import bench_feed

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
EVENT = FeedEvent(
    uid="0b7c2f-random@cal.example",
    sequence=2,
    stamped_at=datetime(2026, 11, 22, 9, tzinfo=UTC),
    created_at=datetime(2026, 11, 20, 9, tzinfo=UTC),
    starts_at=datetime(2027, 1, 5, 9, tzinfo=UTC),
    ends_at=datetime(2027, 1, 5, 9, 30, tzinfo=UTC),
    summary="Busy",
    description="",
    location="",
    url="",
)
SHAPE = """\
BEGIN:VCALENDAR
PRODID:-//Common Ground//Appointments 1.0//EN
VERSION:2.0
CALSCALE:GREGORIAN
METHOD:PUBLISH
NAME:Appointments
X-WR-CALNAME:Appointments
REFRESH-INTERVAL;VALUE=DURATION:PT1H
X-PUBLISHED-TTL:PT1H
BEGIN:VEVENT
UID:0b7c2f-random@cal.example
SEQUENCE:2
DTSTAMP:20261122T120000Z
LAST-MODIFIED:20261122T090000Z
CREATED:20261120T090000Z
DTSTART:20270105T090000Z
DTEND:20270105T093000Z
SUMMARY:Busy
STATUS:CONFIRMED
CLASS:PRIVATE
TRANSP:OPAQUE
X-MICROSOFT-CDO-BUSYSTATUS:BUSY
END:VEVENT
END:VCALENDAR
"""


def test_a_busy_feed_has_the_published_shape_to_the_byte() -> None:
    assert feed_file([EVENT], "Appointments", now=NOW) == SHAPE.replace("\n", "\r\n").encode()


def test_an_empty_feed_is_still_a_calendar() -> None:
    content = feed_file([], "Appointments", now=NOW)

    assert icalendar.Calendar.from_ical(content).events == []
    assert content.endswith(b"X-PUBLISHED-TTL:PT1H\r\nEND:VCALENDAR\r\n")


def test_a_cancelled_appointment_stays_in_the_feed_as_cancelled_and_blocks_nothing() -> None:
    [event] = vobject.readOne(
        feed_file([replace(EVENT, cancelled=True, sequence=3)], "Appointments", now=NOW).decode()
    ).vevent_list

    assert event.status.value == "CANCELLED"
    assert event.transp.value == "TRANSPARENT"
    assert event.sequence.value == "3"


def test_a_detailed_entry_ends_with_its_link() -> None:
    detailed = replace(EVENT, description="Details and cancellation:", url="https://app.example/b/1")

    [event] = icalendar.Calendar.from_ical(feed_file([detailed], "Appointments", now=NOW)).events

    assert event["DESCRIPTION"] == "Details and cancellation: https://app.example/b/1\n"


def test_no_feed_names_an_attendee_or_an_organizer() -> None:
    content = feed_file(bench_feed.thousand_events()[:50], "Appointments", now=NOW)

    assert b"ATTENDEE" not in content
    assert b"ORGANIZER" not in content
    assert b"VALARM" not in content


def test_an_unchanged_feed_keeps_its_etag_over_time() -> None:
    etags = {feed_etag(feed_file([EVENT], "Appointments", now=NOW + timedelta(hours=hour))) for hour in range(100)}

    assert len(etags) == 1


def test_any_change_of_an_appointment_changes_the_etag() -> None:
    versions = [
        [EVENT],
        [],
        [replace(EVENT, cancelled=True)],
        [replace(EVENT, sequence=3)],
        [replace(EVENT, starts_at=EVENT.starts_at - timedelta(minutes=5))],
        [replace(EVENT, summary="Appointment")],
        [replace(EVENT, stamped_at=EVENT.stamped_at + timedelta(seconds=1))],
    ]

    assert len({feed_etag(feed_file(events, "Appointments", now=NOW)) for events in versions}) == len(versions)


def test_a_text_that_looks_like_a_stamp_still_counts_for_the_etag() -> None:
    etags = {
        feed_etag(feed_file([replace(EVENT, summary=text)], "Appointments", now=NOW))
        for text in ("a\r\nDTSTAMP:1", "a\r\nDTSTAMP:2")
    }

    assert len(etags) == 2


def test_a_thousand_events_say_the_same_as_the_library_would() -> None:
    events = bench_feed.thousand_events()

    ours = icalendar.Calendar.from_ical(feed_file(events, "Appointments", now=bench_feed.NOW)).events
    theirs = icalendar.Calendar.from_ical(bench_feed.with_library(events)).events

    assert len(ours) == 1000
    assert [dict(event) for event in ours] == [dict(event) for event in theirs]
