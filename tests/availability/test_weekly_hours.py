"""This file knows the weekly hours as a specialist without script fills them in: nothing typed is ever lost."""

from datetime import UTC, datetime

import pytest

from practice.availability import actions, queries
from practice.scheduling.hours import WeeklyRange
from practice.specialists.states import OfferKind
from practice.store.db import db, transaction
from tests import factories
from tests.availability.conftest import PAGE, Editor, stored
from tests.pages import as_read
from tests.selling import sold_by
from tests.specialists import recipes

TUESDAY = datetime(2027, 3, 2, 9, 0, tzinfo=UTC)  # 10:00 in Vienna


def test_the_page_shows_what_is_stored_and_saving_it_unchanged_changes_nothing(editor, practice):
    before = stored(practice)
    assert editor.value("all-0-0-from") == "09:00"

    editor.send()

    assert editor.answer.status_code == 303
    assert stored(practice) == before
    assert "The times that people can book are the same as before." in editor.follow().words


def test_several_ranges_and_a_night_are_saved(editor, practice):
    editor.send(press=("add", "all-4"))
    editor.send(**{"all-4-1-from": "22:00", "all-4-1-until": "02:00", "all-4-1-next": "on"})

    assert stored(practice)[-2:] == [WeeklyRange(4, 540, 1020), WeeklyRange(4, 1320, 1560)]
    assert editor.follow().value("all-4-1-until") == "02:00"


def test_midnight_as_an_end_is_the_end_of_the_day(editor, practice):
    editor.send(**{"all-0-0-from": "00:00", "all-0-0-until": "00:00"})

    assert stored(practice)[0] == WeeklyRange(0, 0, 1440)


def test_24_00_may_be_written_too(editor, practice):
    editor.send(**{"all-0-0-until": "24:00"})

    assert stored(practice)[0] == WeeklyRange(0, 540, 1440)


def test_the_add_button_keeps_what_is_typed_and_saves_nothing(editor, practice):
    before = stored(practice)

    editor.send(press=("add", "all-6"), **{"all-0-0-from": "07:15", "daily_cap": "3"})

    assert editor.answer.status_code == 200
    assert (editor.value("all-0-0-from"), editor.value("daily_cap")) == ("07:15", "3")
    assert editor.value("all-6-0-from") == ""
    assert stored(practice) == before


def test_the_remove_button_takes_one_range_away(editor, practice):
    editor.send(press=("drop", "all-0-0"))
    assert editor.value("all-0-0-from") is None

    editor.send()

    assert [each.weekday for each in stored(practice)] == [1, 2, 3, 4]


def test_a_day_is_copied_to_others_before_anything_is_saved(editor, practice):
    fields = {"all-0-0-from": "07:00", "all-copy-from": "0", "all-copy-to": ["1", "6"]}

    editor.send(press=("copy", "all"), **fields)
    editor.send()

    opens = {each.weekday: each.opens for each in stored(practice)}
    assert opens == {0: 420, 1: 420, 2: 540, 3: 540, 4: 540, 6: 420}


@pytest.mark.once
@pytest.mark.parametrize(
    ("opens", "closes", "words"),
    [
        ("17:00", "09:00", "ends before it begins. If it runs past midnight, tick “next day”"),
        ("09:00", "09:00", "has no length"),
        ("nine", "10:00", "Write times like 09:30."),
        ("25:00", "26:00", "Write times like 09:30."),
        ("09:61", "10:00", "Write times like 09:30."),
        ("09:01", "10:00", "five minutes"),
        ("09:00", "", "Fill in both times"),
        ("٠٩:٠٠", "10:00", "Write times like 09:30."),
        ("<script>", "10:00", "Write times like 09:30."),
        ("\x0009:00", "10:00", "Write times like 09:30."),
        ("9" * 5000, "10:00", "Write times like 09:30."),
    ],
)
def test_a_range_that_cannot_be_saved_is_told_beside_its_day_and_stays_as_typed(editor, practice, opens, closes, words):
    before = stored(practice)

    editor.send(**{"all-1-0-from": opens, "all-1-0-until": closes, "all-2-0-from": "07:00"})

    assert editor.answer.status_code == 422
    assert words in editor.soup.find(id="all-1-error").get_text()
    assert "Not saved yet. What you typed is still here." in editor.words
    assert editor.value("all-1-0-until") == closes
    assert editor.value("all-2-0-from") == "07:00"
    assert "<script>" not in editor.soup.find("main").decode()
    assert stored(practice) == before


def test_what_another_tab_saved_is_shown_beside_this_form_as_the_reader_writes_hours(editor, practice):
    actions.save_week(practice, "", [WeeklyRange(1, 9 * 60, 14 * 60)])
    with transaction():
        practice.user.is_twelve = True

    editor.send(**{"all-1-0-from": "13:00", "all-1-0-until": "14:00"})

    assert editor.answer.status_code == 409
    assert "In this form" in editor.words
    assert "9:00 am to 2:00 pm" in editor.words
    assert "1:00 pm to 2:00 pm" in editor.words


def test_overlapping_ranges_are_refused_also_around_the_week(editor, practice):
    editor.send(press=("add", "all-6"), **{"all-0-0-from": "01:00"})
    editor.send(**{"all-6-0-from": "22:00", "all-6-0-until": "03:00", "all-6-0-next": "on"})

    assert editor.answer.status_code == 422
    assert "overlap" in editor.soup.find(id="all-error").get_text()


def test_free_consults_get_hours_of_their_own_and_lose_them_again(editor, practice):
    editor.send(press=("add", "consult-2"), **{"consult-own": "own"})
    editor.send(**{"consult-2-0-from": "18:00", "consult-2-0-until": "20:00"})
    assert stored(practice, "consult") == [WeeklyRange(2, 1080, 1200)]

    editor.follow().send(**{"consult-own": "same"})

    assert stored(practice, "consult") == []


def test_hours_of_their_own_without_any_range_are_refused(editor):
    editor.send(**{"consult-own": "own"})

    assert editor.answer.status_code == 422
    assert "Add at least one range" in editor.words


def test_folded_parts_say_in_a_line_what_holds(editor, practice):
    assert editor.part("week-consult") == ("Hours for free consultations The weekly hours above", False)
    assert editor.part("breathe")[0].startswith("Room to breathe Gaps: no gap before, no gap after.")
    assert editor.part("free")[0].startswith(
        "Limits for free consultations At most 4 a week. From 12 hours to 4 weeks ahead"
    )


def test_a_folded_part_is_open_while_it_is_typed_in(editor, practice):
    editor.send(press=("add", "consult-0"))

    assert editor.part("week-consult")[1]


def test_the_part_of_a_limit_that_cannot_be_saved_is_open(editor, practice):
    editor.send(daily_cap="-3")

    assert [editor.part(name)[1] for name in ("week-consult", "breathe", "free")] == [False, True, False]


def test_who_has_saved_no_hours_yet_is_in_the_zone_of_their_account(client, app, sign_in):
    recipes.topics()
    mio = factories.user("Mio Tanaka", zone="Asia/Tokyo")
    recipes.draft(mio)
    sign_in(client, mio)
    editor = Editor(client)

    editor.send(press=("do", "preview"), **{"all-2-0-from": "09:00", "all-2-0-until": "12:00"})

    preview = editor.soup.find(id="preview").parent.get_text(" ", strip=True)
    assert "Wed 3 Mar Tokyo time 09:00, 09:15" in preview
    assert "Tokyo time" in preview


def test_limits_are_saved_with_the_hours(editor, practice):
    fields = {"gap_before": "15", "gap_after": "30", "daily_cap": "4", "weekly_cap": "", "weekly_consults": "2"}

    editor.send(**fields)

    schedule = queries.schedule_of(practice)
    assert (schedule.gap_before, schedule.gap_after, schedule.daily_cap) == (15, 30, 4)
    assert (schedule.weekly_cap, schedule.weekly_consults) == (None, 2)


@pytest.mark.once
@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("gap_before", "7", "Choose one from the list."),
        ("gap_before", "ten", "Choose one from the list."),
        ("consult_notice", "", "Choose one from the list."),
        ("daily_cap", "many", "Write a whole number"),
        ("daily_cap", "0", "Choose from 1 to 24"),
        ("daily_cap", "-3", "Choose from 1 to 24"),
        ("weekly_cap", "9" * 18, "Choose from 1 to 100"),
        ("weekly_cap", "9" * 400, "Write a whole number"),
        ("weekly_cap", "9" * 5000, "Write a whole number"),
        ("weekly_consults", "1e9", "Write a whole number"),
        ("weekly_consults", "0", "With 0 nobody could book."),
    ],
)
def test_a_limit_that_cannot_be_saved_is_told_beside_its_field(editor, practice, field, text, words):
    before = stored(practice)

    editor.send(**{field: text, "all-0-0-from": "07:00"})

    assert editor.answer.status_code == 422
    assert words in editor.soup.find(id=f"{field}-error").get_text()
    assert editor.value("all-0-0-from") == "07:00"
    assert stored(practice) == before


def test_fields_that_no_page_of_ours_has_change_nothing(editor, practice):
    before = stored(practice)
    strange = {"all-9-0-from": "09:00", "zzz-1-0-from": "09:00", "specialist_id": "1", "all-1-99-from": "x", "": "x"}

    editor.send(**strange)

    assert editor.answer.status_code == 303
    assert stored(practice) == before


@pytest.mark.once
@pytest.mark.parametrize("name", ["add", "drop", "copy"])
def test_a_button_that_no_page_of_ours_has_changes_nothing(editor, practice, name):
    before = stored(practice)

    for button in ("all", "all-7", "all-x", "--", "", "all-1-99", "é" * 3000):
        assert editor.send(press=(name, button)).status_code == 200

    assert stored(practice) == before


def test_checking_first_shows_the_new_times_and_who_would_be_outside_and_saves_nothing(editor, practice, cast):
    factories.booking(cast.ben, practice, TUESDAY)
    before = stored(practice)

    editor.send(press=("do", "preview"), **{"all-1-0-from": "14:00", "all-1-0-until": "16:00"})

    assert editor.answer.status_code == 200
    assert "Booked outside these hours" in editor.words
    assert "Tuesday 2 March, 10:00 , Vienna time, B." in editor.words
    assert "What people would see" in editor.words
    assert "Tue 2 Mar Vienna time 14:00, 14:15" in editor.words
    assert stored(practice) == before


def test_saving_over_a_booking_warns_and_moves_nothing(editor, practice, cast):
    booking = factories.booking(cast.ben, practice, TUESDAY)

    editor.send(press=("drop", "all-1-0"))
    editor.send()

    words = editor.follow().words
    assert "Booked outside your hours" in words
    assert f"/practice/bookings/{booking.code}/move" in editor.answer.text
    db.session.refresh(booking.appointment)
    assert booking.starts_at == TUESDAY


def test_what_people_will_see_are_the_times_of_the_real_list(editor, practice, client):
    from practice.bookings import queries as bookings

    starts = bookings.starts_for(practice.consult)
    week = [start for start in starts if start < datetime(2027, 3, 7, 23, tzinfo=UTC).timestamp()]

    assert f"{len(week)} times for a free consultation in the next seven days" in editor.words


def test_saving_says_what_became_of_the_times_that_people_see(editor, practice):
    editor.send(**{"all-0-0-from": "10:00"})
    assert "Saved. People see your new hours now." in editor.follow().words


@pytest.fixture
def own_consults(practice):
    actions.save_week(practice, OfferKind.CONSULT, [WeeklyRange(0, 600, 720)])


def test_where_free_consultations_have_their_own_the_weekly_hours_say_that_they_change_nothing(
    own_consults, editor, practice
):
    weekly = " ".join(editor.soup.select_one("[aria-labelledby=week-all]").text.split())
    assert "Free consultations have hours of their own, further down" in weekly
    assert "All appointments" not in weekly
    assert "Individual sessions" in editor.soup.select_one("[aria-labelledby=week-all] .legend").text
    assert "not by your weekly hours" in editor.soup.select_one("[aria-labelledby=preview]").get_text(" ")

    editor.send(**{"all-0-0-from": "09:30", "all-0-0-until": "11:00"})

    words = editor.follow().words
    assert "People see your new hours now." not in words
    assert "Saved. The times that people can book are the same as before: free consultations have hours" in words


def test_the_chart_of_all_hours_names_only_what_it_shows(editor):
    legend = editor.soup.select_one("[aria-labelledby=week-all] .legend").text

    assert "All appointments" in legend
    assert "only" not in legend


def test_whoever_sells_sessions_reads_whose_hours_the_week_is_and_when_they_can_be_booked(
    own_consults, editor, practice
):
    weekly = " ".join(editor.soup.select_one("[aria-labelledby=week-all]").text.split())
    assert "These are for individual sessions, of which you sell none at the moment." in weekly

    sold_by(practice.user)
    editor.answer = editor.browser.get(PAGE)

    weekly = " ".join(editor.soup.select_one("[aria-labelledby=week-all]").text.split())
    assert "These are for individual sessions." in weekly
    preview = " ".join(editor.soup.select_one("[aria-labelledby=preview]").text.split())
    assert "for a free consultation in the next" in preview and "for a session of 50 minutes in the next" in preview
    editor.send(**{"all-0-0-from": "09:30", "all-0-0-until": "11:00"})
    assert "People see your new hours now." in editor.follow().words
    profile = as_read(editor.browser.get(f"/specialists/{practice.slug}").text)
    assert "Clients choose a time for a free consultation or a session here." in profile
