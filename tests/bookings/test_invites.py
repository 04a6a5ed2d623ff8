"""What a mail server received over book, move, move, cancel; parsed by parsers that are not ours."""

from datetime import timedelta

import icalendar
import pytest
import vobject

from practice.bookings import actions, queries
from tests.bookings.conftest import THURSDAY_TEN, WEDNESDAY_TEN

HOUR = timedelta(hours=1)
WORDS_THAT_STAY_INSIDE = ("therap", "mental", "stress", "coach", "couns", "psych", "Kern", "Brennan", "canary")


@pytest.fixture
def letters(cast, app, outbox, smtp, clock):
    """Everything that left over a whole life of one booking, as (recipient, message)."""
    offer = queries.chosen_offer("anna-kern").offer
    details = actions.Details(format="video", call_name="Ben Brennan", note="a canary", topics=["stress"])
    booking = actions.book(cast.ben, offer, WEDNESDAY_TEN, details)
    clock.advance(minutes=15)
    left = outbox.deliver(smtp)
    for start in (THURSDAY_TEN, THURSDAY_TEN + HOUR):
        clock.advance(minutes=1)
        actions.move(booking, start, by=cast.ben)
        left += outbox.deliver(smtp)
    clock.advance(minutes=1)
    actions.cancel(booking, by=cast.ben)
    return left + outbox.deliver(smtp)


def _calendar_of(message):
    return next((p for p in message.walk() if p.get_content_type() == "text/calendar"), None)


def _events(letters, address):
    mine = [message for message in letters if address in message["To"]]
    return [icalendar.Calendar.from_ical(_calendar_of(m).get_payload(decode=True)) for m in mine]


@pytest.mark.parametrize("address", ["ben@people.example", "anna@people.example"])
def test_one_uid_for_life_and_a_sequence_that_rises(letters, address):
    calendars = _events(letters, address)
    events = [calendar.walk("VEVENT")[0] for calendar in calendars]

    assert len({str(event["UID"]) for event in events}) == 1
    assert [event["SEQUENCE"] for event in events] == [0, 1, 2, 3]
    assert [str(calendar["METHOD"]) for calendar in calendars] == ["REQUEST", "REQUEST", "REQUEST", "CANCEL"]
    assert str(events[-1]["STATUS"]) == "CANCELLED"
    stamps = [event["DTSTAMP"].dt for event in events]
    assert stamps == sorted(set(stamps))


def test_each_side_gets_its_own_message_that_names_nobody_else(letters):
    for message in letters:
        event = vobject.readOne(_calendar_of(message).get_payload(decode=True).decode()).vevent
        attendees = event.contents["attendee"]
        assert [each.value for each in attendees] == [f"mailto:{message['To'].split('<')[-1].strip('>')}"]
        assert event.organizer.value != attendees[0].value


def test_client_and_specialist_have_the_same_event(letters):
    first = {str(c.walk("VEVENT")[0]["UID"]) for c in _events(letters, "ben@")}
    second = {str(c.walk("VEVENT")[0]["UID"]) for c in _events(letters, "anna@")}

    assert first == second


def test_the_method_stands_on_the_part_and_in_the_file_alike(letters):
    for message in letters:
        part = _calendar_of(message)
        calendar = icalendar.Calendar.from_ical(part.get_payload(decode=True))
        assert part.get_param("method") == str(calendar["METHOD"])


def test_the_attachment_is_the_very_same_file(letters):
    for message in letters:
        attached = next(p for p in message.walk() if p.get_content_type() == "application/ics")
        assert attached.get_payload(decode=True) == _calendar_of(message).get_payload(decode=True)


def test_times_are_utc_and_the_file_needs_no_zone_table(letters):
    for message in letters:
        raw = _calendar_of(message).get_payload(decode=True)
        assert b"VTIMEZONE" not in raw
        assert b"TZID" not in raw
        assert raw.endswith(b"END:VCALENDAR\r\n")
        assert max(len(line) for line in raw.split(b"\r\n")) <= 75


def test_no_word_of_why_stands_in_a_subject_or_a_calendar(letters):
    for message in letters:
        read = str(message["Subject"]) + _calendar_of(message).get_payload(decode=True).decode()
        for word in WORDS_THAT_STAY_INSIDE:
            assert word.lower() not in read.lower(), word


def test_a_moved_booking_says_the_old_and_the_new_time_number(letters):
    moved = next(m for m in letters if "has changed" in m["Subject"] and "ben@" in m["To"])
    text = moved.get_body(("plain",)).get_content()

    assert "Wednesday 3 March 2027, 09:00" in text
    assert "Thursday 4 March 2027, 09:00" in text
    assert "Dublin time" in text
    assert "Vienna time" in text
    assert "You have 1 of 2 moves left." in text


def test_a_label_of_ones_own_names_the_entry(cast, app, outbox):
    from practice.store.db import transaction

    with transaction():
        cast.ben.calendar_label = "Dentist"
    actions.book(cast.ben, queries.chosen_offer("anna-kern").offer, WEDNESDAY_TEN, actions.Details(format="video"))

    assert outbox.last_to(cast.ben).context["invite"]["summary"] == "Dentist"


def test_the_downloaded_file_has_the_identity_of_the_mail(cast, client, sign_in, app, outbox):
    booking = actions.book(
        cast.ben, queries.chosen_offer("anna-kern").offer, WEDNESDAY_TEN, actions.Details(format="video")
    )
    sign_in(client, cast.ben)

    answer = client.get(f"/bookings/{booking.code}/appointment.ics")
    event = icalendar.Calendar.from_ical(answer.data).walk("VEVENT")[0]

    assert answer.mimetype == "text/calendar"
    assert str(event["UID"]) == outbox.last_to(cast.ben).context["invite"]["uid"]
    assert "ATTENDEE" not in event
