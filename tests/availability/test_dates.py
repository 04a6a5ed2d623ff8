"""This file knows single dates, time off, travel and a change of zone as a specialist fills them in."""

from datetime import UTC, date, datetime

import pytest

from practice.availability import actions, queries
from practice.store.db import db
from tests import factories
from tests.availability.conftest import PAGE, Editor, stored
from tests.pages import csrf_of

TUESDAY = datetime(2027, 3, 2, 9, 0, tzinfo=UTC)  # 10:00 in Vienna


OVERLAPPING = {
    "on": "2027-03-09",
    "what": "open",
    "from_1": "09:00",
    "until_1": "12:00",
    "from_2": "11:00",
    "until_2": "13:00",
}


def test_a_closed_date_and_an_open_one_are_saved_listed_and_removed(editor, practice):
    editor.send(f"{PAGE}/dates", on="2027-03-09", what="closed")
    editor.follow().send(f"{PAGE}/dates", on="2027-03-13", what="open", kind="consult", from_1="10:00", until_1="14:00")

    words = editor.follow().words
    assert "Tue 9 March 2027 Closed" in words
    assert "Sat 13 March 2027, 10:00 to 14:00" in words
    assert "Free consultations only" in words

    editor.send(f"{PAGE}/dates/remove")

    assert [on for on, _, _ in queries.exceptions(practice.id, date(2027, 3, 1))] == [date(2027, 3, 13)]


def test_a_date_that_has_hours_is_replaced_by_a_second_press_only(editor, practice):
    editor.send(f"{PAGE}/dates", on="2027-03-09", what="open", from_1="10:00", until_1="14:00")
    editor.follow().send(f"{PAGE}/dates", on="2027-03-09", what="closed")

    assert editor.answer.status_code == 409
    assert "Tuesday 9 March 2027 10:00 to 14:00 closed" in editor.words
    assert stored_dates(practice) == [(date(2027, 3, 9), "", [(600, 840)])]

    editor.send(f"{PAGE}/dates")

    assert editor.answer.status_code == 303
    assert stored_dates(practice) == [(date(2027, 3, 9), "", [])]


def test_another_date_or_kind_is_asked_about_by_itself(editor, practice):
    editor.send(f"{PAGE}/dates", on="2027-03-09", what="open", from_1="10:00", until_1="14:00")
    editor.follow().send(f"{PAGE}/dates", on="2027-03-09", what="closed")
    editor.send(f"{PAGE}/dates", on="2027-03-10")
    assert editor.answer.status_code == 303

    editor.follow().send(f"{PAGE}/dates", on="2027-03-09", what="closed", kind="consult")

    assert editor.answer.status_code == 303
    assert len(stored_dates(practice)) == 3


def test_a_date_that_was_replaced_elsewhere_is_not_removed_unseen(editor, practice):
    editor.send(f"{PAGE}/dates", on="2027-03-09", what="closed")
    editor.follow()
    actions.save_exception(practice, date(2027, 3, 9), [(600, 840)])

    editor.send(f"{PAGE}/dates/remove")

    assert "other hours by now" in editor.follow().words
    assert stored_dates(practice) == [(date(2027, 3, 9), "", [(600, 840)])]
    editor.send(f"{PAGE}/dates/remove")
    assert stored_dates(practice) == []


def test_a_date_is_not_removed_for_a_form_that_does_not_say_what_it_showed(editor, practice):
    editor.send(f"{PAGE}/dates", on="2027-03-09", what="closed")
    token = csrf_of(editor.follow().answer)

    editor.browser.post(f"{PAGE}/dates/remove", data={"csrf_token": token, "on": "2027-03-09", "kind": ""})

    assert stored_dates(practice) == [(date(2027, 3, 9), "", [])]


def stored_dates(practice):
    db.session.rollback()
    return queries.exceptions(practice.id, date(2027, 3, 1))


@pytest.mark.once
@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"on": ""}, "Choose a date."),
        ({"on": "2027-02-30"}, "Choose a date."),
        ({"on": "tomorrow"}, "Choose a date."),
        ({"on": "2027-03-09T10:00:00Z"}, "Choose a date."),
        ({"on": "0001-01-01"}, "within the next two years"),
        ({"on": "9999-12-31"}, "within the next two years"),
        ({"on": "2027-03-09", "what": "open"}, "Fill in from when until when"),
        ({"on": "2027-03-09", "what": "open", "from_1": "12:00", "until_1": "09:00"}, "ends before it begins"),
        ({"on": "2027-03-09", "what": "open", "from_1": "x", "until_1": "09:00"}, "Write times like 09:30."),
        (
            {
                "on": "2027-03-09",
                "what": "open",
                "from_1": "09:00",
                "until_1": "12:00",
                "from_2": "11:00",
                "until_2": "13:00",
            },
            "overlap",
        ),
    ],
)
def test_a_date_that_cannot_be_saved_says_why_and_keeps_the_form(editor, practice, fields, words):
    editor.send(f"{PAGE}/dates", **fields)

    assert editor.answer.status_code == 422
    assert words in editor.words
    assert editor.value("on") == fields["on"]
    assert queries.exceptions(practice.id, date(2020, 1, 1)) == []


def test_time_off_lists_who_is_booked_with_the_way_to_offer_other_times(editor, practice, cast):
    booking = factories.booking(cast.ben, practice, TUESDAY)

    editor.send(f"{PAGE}/time-off", first_on="2027-03-02", last_on="2027-03-03", note="Conference")

    words = editor.follow().words
    assert "1 booked in that time stay booked" in words
    assert "Tue 2 March to Wed 3 March" in words
    assert "Conference" in words
    assert f"/practice/bookings/{booking.code}/move" in editor.answer.text


def test_time_off_may_have_hours_on_the_clock_of_the_day(editor, practice):
    fields = {"first_on": "2027-03-02", "from_time": "13:00", "last_on": "2027-03-02", "until_time": "15:30"}

    editor.send(f"{PAGE}/time-off", **fields)

    (off,) = queries.absences(practice.id, TUESDAY)
    assert (off.starts_at, off.ends_at) == (
        datetime(2027, 3, 2, 12, 0, tzinfo=UTC),
        datetime(2027, 3, 2, 14, 30, tzinfo=UTC),
    )
    assert "Tue 2 March, 13:00 to Tue 2 March, 15:30" in editor.follow().words


def test_time_off_over_a_change_of_clocks_is_whole_days(editor, practice):
    editor.send(f"{PAGE}/time-off", first_on="2027-03-28", last_on="2027-03-28")

    (off,) = queries.absences(practice.id, TUESDAY)
    assert (off.ends_at - off.starts_at).total_seconds() == 23 * 3600
    assert "Sun 28 March, all day" in editor.follow().words


@pytest.mark.once
@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"first_on": "2027-03-05", "last_on": "2027-03-04"}, "not before the first"),
        ({"first_on": "", "last_on": "2027-03-04"}, "Choose the first day."),
        ({"first_on": "2027-13-01", "last_on": "2027-03-04"}, "Choose a date."),
        ({"first_on": "2027-03-02", "last_on": "2027-03-02", "from_time": "late"}, "Write times like 09:30."),
        (
            {"first_on": "2027-03-02", "last_on": "2027-03-02", "from_time": "12:00", "until_time": "09:00"},
            "must end after it begins",
        ),
        ({"first_on": "2027-03-02", "last_on": "2027-03-02", "from_time": "09:02"}, "multiple of five minutes"),
        ({"first_on": "2027-03-02", "last_on": "2028-12-01"}, "a year at most"),
        ({"first_on": "2027-03-02", "last_on": "2027-03-02", "note": "x" * 81}, "At most 80 characters."),
    ],
)
def test_time_off_that_cannot_be_saved_says_why_and_keeps_the_form(editor, practice, fields, words):
    editor.send(f"{PAGE}/time-off", **fields)

    assert editor.answer.status_code == 422
    assert words in editor.words
    assert (
        editor.soup.find("form", action=f"{PAGE}/time-off#time-off").find(attrs={"name": "last_on"})["value"]
        == fields["last_on"]
    )
    assert queries.absences(practice.id, TUESDAY) == []


def test_travel_is_saved_listed_and_removed(editor, practice):
    editor.send(f"{PAGE}/travel", first_on="2027-03-09", last_on="2027-03-12", zone="America/New_York")
    assert "Tue 9 March to Fri 12 March New York time" in editor.follow().words
    (trip,) = queries.travels(practice.id, date(2027, 3, 1))

    editor.send(f"{PAGE}/travel/{trip.code}/remove")

    assert queries.travels(practice.id, date(2027, 3, 1)) == []


@pytest.mark.once
@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "GMT+25", "posixrules", "Europe/Vienna;DROP", "🌍" * 500])
@pytest.mark.parametrize("form", ["travel", "zone"])
def test_a_zone_that_is_none_is_refused_beside_its_field(editor, practice, form, zone):
    editor.send(f"{PAGE}/{form}", first_on="2027-03-09", zone=zone)

    assert editor.answer.status_code == 422
    assert "We do not know that time zone." in editor.words
    assert queries.home_of(practice) == "Europe/Vienna"
    assert queries.travels(practice.id, date(2027, 3, 1)) == []


def test_moving_home_is_asked_for_and_answered(editor, practice):
    editor.send(f"{PAGE}/zone", zone="Asia/Tokyo", keep="instants")

    assert queries.home_of(practice) == "Asia/Tokyo"
    assert stored(practice)[0].opens == 17 * 60
    assert "Nothing that is booked was moved." in editor.follow().words


def test_after_two_quiet_weeks_we_ask_whether_the_hours_are_right(client, cast, sign_in, clock):
    clock.advance(days=15)
    editor = Editor(sign_in(client, cast.anna))
    assert "Are these hours still right?" in editor.words

    editor.send(f"{PAGE}/confirm")

    assert "Are these hours still right?" not in editor.follow().words
