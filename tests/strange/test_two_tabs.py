"""Two tabs of one form that replaces something: the second one saves nothing unseen, and is shown both."""

import html

import pytest
from bs4 import BeautifulSoup

from tests.pages import fields_of
from tests.strange.doors import DOORS
from tests.strange.test_kept_forms import KEPT
from tests.strange.test_sweep import TRACES

# The page of the form, what the first tab saves, what the second one typed, how each of the two reads.
TABS = {
    "you": ("/me/settings", {"display_name": "Kay"}, {"display_name": "Lou"}, "Kay", "Lou"),
    "place": ("/me/settings", {"country": "FR"}, {"country": "DE"}, "France", "Germany"),
    "zone": ("/me/settings", {"zone": "Europe/Paris"}, {"zone": "Europe/Rome"}, "Paris", "Rome"),
    "discretion": ("/me/settings", {"calendar_label": "Dentist"}, {"calendar_label": "Choir"}, "Dentist", "Choir"),
    "prepare": ("/bookings/{booking}", {"words": "Ask why"}, {"words": "Ask when"}, "Ask why", "Ask when"),
    "hours": (
        "/practice/availability",
        {"all-4-0-from": "", "all-4-0-until": ""},
        {"all-0-0-until": "18:30"},
        "09:00 to 17:00",
        "09:00 to 18:30",
    ),
    "dates": (
        "/practice/availability",
        {"on": "2027-03-30", "what": "open", "from_1": "10:00", "until_1": "14:00"},
        {"on": "2027-03-30", "what": "open", "from_1": "11:00", "until_1": "15:00"},
        "10:00 to 14:00",
        "11:00 to 15:00",
    ),
    "own_zone": (
        "/practice/availability",
        {"zone": "Europe/Rome"},
        {"zone": "Asia/Tokyo"},
        "Rome",
        "Tokyo",
    ),
    "what": ("/apply/what", {"place": "Sligo"}, {"place": "Cork"}, "Sligo", "Cork"),
    "words": ("/apply/words", {"headline": "First words"}, {"headline": "Other words"}, "First words", "Other words"),
    "prices": ("/apply/prices", {"price_2": "71.00"}, {"price_2": "82.00"}, "71.00", "82.00"),
    "profile": ("/practice/profile", {"about": "I listen well."}, {"about": "I talk."}, "I listen well.", "I talk."),
    "checked": ("/practice/profile", {"checked-place": "Sligo"}, {"checked-place": "Cork"}, "Sligo", "Cork"),
    "pause": (
        "/practice/profile",
        {"pause-until": "2027-04-01"},
        {"pause-until": "2027-05-01"},
        "1 April 2027",
        "1 May 2027",
    ),
    "fit_answer": (
        "/bookings/{talk_of_hana}/fit",
        {"choice": "need_time", "revisit_on": "2027-03-05", "reason": "One reason"},
        {"choice": "not_now", "reason": "Another reason"},
        "One reason",
        "Another reason",
    ),
    "fit_in_practice": (
        "/practice/bookings/{talk_of_hana}/fit",
        {"choice": "need_time", "reason": "One reason"},
        {"choice": "yes", "reason": "Another reason"},
        "One reason",
        "Another reason",
    ),
    "kind_text": (
        "/admin/kind-texts/{kind_text}",
        {"text": "You both said yes.", "because": "Shorter"},
        {"text": "Both of you said yes.", "because": "Plainer"},
        "You both said yes.",
        "Both of you said yes.",
    ),
    "tax": (
        "/practice/tax",
        {"status": "exempt", "legal_name": "Brandt One", "address": "Lane 1", "country": "AT", "sentence": "Healing"},
        {"status": "small", "legal_name": "Brandt Two", "address": "Lane 2", "country": "DE", "sentence": "Small"},
        "Brandt One",
        "Brandt Two",
    ),
    "question_name": ("/me/questions/{public}", {"first_name": "Kay"}, {"first_name": "Lou"}, "Kay", "Lou"),
    "change_answer": ("/practice/answers/{answer}", {"text": "One reason"}, {"text": "Or not"}, "One reason", "Or not"),
    "message_away": (
        "/me/settings/messages",
        {"away": "Back on the 20th", "away_until": "2027-03-20"},
        {"away": "Back on the 25th", "away_until": "2027-03-25"},
        "Back on the 20th",
        "Back on the 25th",
    ),
    "offer": ("/practice/offers/{session}", {"price": "71.00"}, {"price": "82.00"}, "71.00", "82.00"),
}  # fmt: skip
# What these do stands beside what is there, or is a step that a state lets through once: nothing is overwritten unseen.
ADDS = {
    "change_email", "book", "book_by_phone", "cancel", "contest", "practice_cancel", "practice_contest",
    "time_off", "travel", "documents", "renew", "decide", "suspend", "reinstate", "close", "waive_strike",
    "decide_revision", "number", "add_number", "end_number", "log",
    "answer_contest", "practice_answer_contest", "decide_contest", "find_account", "find_applicant",
    "propose_lock", "unlock", "fit_suggestions", "add_offer", "lower_price",
    "give_more_back", "dispute", "dispute_say", "dispute_appeal", "conduct", "practice_dispute_say",
    "practice_dispute_appeal", "decide_dispute", "safety_case", "evidence", "close_concern", "setting", "find_order",
    "in_doubt", "refund", "by_hand", "agree_on_money", "withdraw_money", "name_buyer",
    "answer", "follow_up", "message", "message_to_client", "contact", "contact_reply", "answer_ticket",
    "note_on_ticket", "report", "report_again", "appeal_decision", "decide_case", "settle_case", "step_of_ladder",
    "look_up",
    # Its key is the edition that its page showed: tests/questions/test_own_questions.py.
    "ask_again",
}  # fmt: skip


@pytest.mark.once
def test_every_form_that_is_typed_into_says_whether_it_replaces_something():
    assert sorted(set(KEPT) - set(TABS) - ADDS) == []


@pytest.mark.each_case
@pytest.mark.parametrize("name", TABS)
def test_the_second_tab_is_shown_both_and_then_decides(name, world):
    page_path, first, second, stored, typed = TABS[name]
    door = DOORS[name]
    browser, path = world.browser(door.who), door.path.format(**world.codes)
    page = page_path.format(**world.codes)
    tab = fields_of(browser.get(page), path)

    assert browser.post(path, data=tab | first).status_code in (302, 303)
    answer = browser.post(path, data=tab | second)

    text = html.unescape(answer.text)
    assert answer.status_code == 409
    assert "Nothing of yours is saved yet" in text
    assert stored in text
    assert typed in text
    now = fields_of(browser.get(page), path)
    assert {field: value for field, value in second.items() if now.get(field) == [value]} == {}

    assert browser.post(path, data=fields_of(answer, path)).status_code in (302, 303)


FRIDAY_CLOSED = {"all-4-0-from": "", "all-4-0-until": ""}
# Two tabs in each of which something else was typed: what the first saved, what the second one typed, and its row.
APART = {
    "words": ("/apply/words", {"headline": "First words"}, {"about": "I listen well."}, "About my work"),
    "profile": ("/practice/profile", {"headline": "First words"}, {"about": "I listen well."}, "About my work"),
    "hours": ("/practice/availability", FRIDAY_CLOSED, {"all-0-0-until": "18:30"}, "Monday"),
    "limits": ("/practice/availability", {"gap_before": "15"}, {"daily_cap": "3"}, "Most conversations in a day"),
}  # fmt: skip


@pytest.mark.parametrize("name", APART)
def test_what_was_not_touched_is_not_listed_and_follows_what_is_stored(name, world):
    page_path, first, second, row = APART[name]
    door = DOORS["hours" if name == "limits" else name]
    browser, path = world.browser(door.who), door.path.format(**world.codes)
    tab = fields_of(browser.get(page_path), path)

    assert browser.post(path, data=tab | first).status_code in (302, 303)
    answer = browser.post(path, data=tab | second)

    rows = BeautifulSoup(answer.text, "html.parser").select("[id$=-changed] tbody tr")
    assert answer.status_code == 409
    assert [each.select_one("th, td").get_text(strip=True) for each in rows] == [row]
    assert browser.post(path, data=fields_of(answer, path)).status_code in (302, 303)
    now = fields_of(browser.get(page_path), path)
    assert {field: now.get(field, [""]) for field in first | second} == {
        field: [value] for field, value in (first | second).items()
    }


@pytest.mark.parametrize("name", TABS)
def test_the_same_button_pressed_twice_is_no_conflict(name, world):
    page_path, first, *_ = TABS[name]
    door = DOORS[name]
    browser, path = world.browser(door.who), door.path.format(**world.codes)
    tab = fields_of(browser.get(page_path.format(**world.codes)), path)

    assert browser.post(path, data=tab | first).status_code in (302, 303)
    assert browser.post(path, data=tab | first).status_code in (302, 303)


@pytest.mark.parametrize("name", TABS)
def test_a_form_that_came_without_its_mark_or_its_fields_replaces_nothing(name, world, journal):
    """Its page had not come whole, is older than the mark, or is none of ours."""
    page_path, first, second, *_ = TABS[name]
    door = DOORS[name]
    browser, path = world.browser(door.who), door.path.format(**world.codes)
    page = page_path.format(**world.codes)
    assert browser.post(path, data=fields_of(browser.get(page), path) | first).status_code in (302, 303)
    tab = fields_of(browser.get(page), path)
    mark = list(tab)[-1]
    assert mark.endswith("seen"), "what comes after it may be missing, and nobody would notice"
    typed = {field: values for field, values in (tab | second).items() if field not in (mark, "csrf_token")}
    now = {mark: tab[mark]}

    for sent, answers in (
        (typed, {409}),
        (typed | {mark: ""}, {409}),
        (typed | {mark: "0123456789abcdef"}, {409}),
        # Where nothing in it would be stored otherwise, nothing is to be said.
        ({}, {302, 303, 409, 422}),
        (now, {302, 303, 409, 422}),
    ):
        journal.take()
        answer = browser.post(path, data={"csrf_token": world.token(browser)} | sent)
        assert (answer.status_code in answers, journal.take() - TRACES) == (True, set()), (sorted(sent), answer.status)
