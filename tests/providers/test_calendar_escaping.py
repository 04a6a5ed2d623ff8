"""This file knows that no text, however hostile, changes which properties a calendar file holds."""

from collections import Counter
from dataclasses import replace

import icalendar
import pytest
import vobject
from hypothesis import example, given
from hypothesis import strategies as st

from practice.providers.calendar_ics import FeedEvent, download_file, feed_file, invite_file
from tests.providers.test_calendar_invites import BOOKED_AT, INVITE, lines_of

INJECTIONS = [
    "Appointment\r\nATTENDEE:mailto:mallory@example.org",
    "Appointment\nBEGIN:VALARM\nACTION:DISPLAY\nEND:VALARM",
    "x\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:second",
    "a\rMETHOD:CANCEL",
    "a\x0bRRULE:FREQ=SECONDLY",
    "a\x0cRRULE:FREQ=SECONDLY",
    "a\x85RRULE:FREQ=SECONDLY",
    "a\u2028RRULE:FREQ=SECONDLY",
    "a\u2029RRULE:FREQ=SECONDLY",
    "a\x1cb\x1dc\x1ed",
    "nul\x00inside",
    "half \ud800 surrogate",
    '";CN=evil:mailto:evil@example.org',
    "semi;colon,comma:colon",
    "back\\slash\\",
    "\\n is not a line end",
    "^n^'^^",
    "ends with a backslash before a comma\\,",
    " leading and trailing ",
    "\r\n ",
    "مرحبا ‏ nested ‮ text",
    "🙂" * 60,
    "e\u0301" * 90,
    "%0d%0aATTENDEE:mailto:x@example.org",
    "",
]
ANY_TEXT = st.one_of(
    st.sampled_from(INJECTIONS),
    st.text(st.characters(exclude_categories=()), max_size=200),
    st.text('\\;,:"^\r\n\t \x00\x0b\x85\u2028é日🙂aN', max_size=120),
)


def property_names(content: bytes) -> Counter[str]:
    """Count the property names of the file's unfolded lines."""
    return Counter(line.split(":")[0].split(";")[0] for line in lines_of(content))


def plain(value: str) -> str:
    """Return what a reader should get back for a text: other line ends as newline, control characters gone."""
    for line_end in ("\r\n", *"\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"):
        value = value.replace(line_end, "\n")
    return "".join(sign for sign in value if sign in "\n\t" or not _is_unwritable(sign))


def _is_unwritable(sign: str) -> bool:
    return sign < " " or "\x7f" <= sign <= "\x9f" or "\ud800" <= sign <= "\udfff"


@given(text=ANY_TEXT, name=ANY_TEXT)
def test_no_text_adds_or_removes_a_property(text: str, name: str) -> None:
    hostile = replace(INVITE, summary=text, description=text + "x", location=text + "x", organizer_name=name)

    for written in (invite_file, download_file):
        assert property_names(written(hostile)) == property_names(written(INVITE))


@given(uid=ANY_TEXT, mailbox=ANY_TEXT)
def test_no_identifier_or_address_adds_or_removes_a_property(uid: str, mailbox: str) -> None:
    hostile = replace(INVITE, uid=uid + "x", organizer_mailbox=mailbox, attendee_mailbox=mailbox)

    assert property_names(invite_file(hostile)) == property_names(invite_file(INVITE))


@given(text=ANY_TEXT)
@example("a" * 62 + "é" * 80)
def test_every_line_is_at_most_75_octets_and_whole_utf_8(text: str) -> None:
    content = invite_file(replace(INVITE, summary=text, description=text, organizer_name=text))

    for line in content.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()


@pytest.mark.parametrize("sign", ["a", "é", "日", "🙂"], ids=["one octet", "two", "three", "four"])
def test_lines_of_every_length_fold_within_75_octets_and_unfold_to_the_same(sign: str) -> None:
    for length in range(55, 240):
        text = "a" * (length % 5) + sign * (length // len(sign.encode()))

        content = invite_file(replace(INVITE, summary=text))

        assert max(len(line) for line in content.split(b"\r\n")) <= 75
        assert f"SUMMARY:{text}" in lines_of(content)


@given(text=ANY_TEXT)
def test_a_reader_gets_the_text_back(text: str) -> None:
    [event] = icalendar.Calendar.from_ical(invite_file(replace(INVITE, summary=text))).events

    assert event.errors == []
    assert str(event["SUMMARY"]) == plain(text)


@pytest.mark.parametrize("text", INJECTIONS)
def test_a_second_reader_finds_one_event_and_the_same_text(text: str) -> None:
    content = invite_file(replace(INVITE, summary=text, organizer_name=text))

    calendar = vobject.readOne(content.decode())

    assert len(calendar.vevent_list) == 1
    assert calendar.vevent.summary.value == plain(text)
    assert [attendee.value for attendee in calendar.vevent.attendee_list] == ["mailto:client@example.net"]
    assert not hasattr(calendar.vevent, "rrule")


@given(text=ANY_TEXT)
def test_no_text_changes_the_properties_of_a_feed(text: str) -> None:
    event = FeedEvent(
        uid=INVITE.uid,
        sequence=0,
        stamped_at=BOOKED_AT,
        created_at=BOOKED_AT,
        starts_at=INVITE.starts_at,
        ends_at=INVITE.ends_at,
        summary="Appointment",
        description="Details:",
        location="Online",
        url=INVITE.url,
    )
    hostile = replace(event, summary=text, description=text + "x", location=text + "x")

    assert property_names(feed_file([hostile], text, now=BOOKED_AT)) == property_names(
        feed_file([event], "Appointments", now=BOOKED_AT)
    )
