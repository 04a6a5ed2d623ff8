"""What is typed and not saved: leaving asks, saving one part keeps the other, and nobody who flees is held back."""

import pytest
from playwright.sync_api import expect

CALENDAR = "Name in your calendar"
NAME = "What people call you"


@pytest.fixture
def window(open_page):
    return open_page("client")


@pytest.fixture
def asked(window):
    """The questions that the browser put when the page was to be left; each is answered with "stay"."""
    found = []

    def answer(dialog):
        found.append(dialog.type)
        dialog.dismiss()

    window.on("dialog", answer)
    return found


def test_leaving_asks_only_while_something_is_unsaved(window, asked):
    window.goto("/me/settings")
    window.get_by_label(CALENDAR).fill("Dentist")
    window.get_by_role("link", name="Find a specialist").first.click()
    window.wait_for_timeout(300)

    assert asked == ["beforeunload"]
    assert window.url.endswith("/me/settings")

    window.get_by_label(CALENDAR).fill(window.get_by_label(CALENDAR).evaluate("field => field.defaultValue"))
    window.get_by_role("link", name="Find a specialist").first.click()
    window.wait_for_url("**/specialists")
    assert asked == ["beforeunload"]


def test_saving_one_part_keeps_what_was_typed_in_another(window, asked):
    window.goto("/me/settings")
    before, label = window.get_by_label(NAME).input_value(), window.get_by_label(CALENDAR).input_value()
    window.get_by_label(CALENDAR).fill("Choir practice")
    window.get_by_label(NAME).fill("Wren")
    window.locator("#you form").first.get_by_role("button", name="Save").click()

    expect(window.get_by_text("Saved.").first).to_be_visible()
    expect(window.get_by_label(CALENDAR)).to_have_value("Choir practice")
    expect(window.get_by_text("It is not saved yet")).to_be_visible()
    assert asked == []

    window.locator("#quiet").get_by_role("button", name="Save").click()
    expect(window.get_by_text("Saved.").first).to_be_visible()
    window.get_by_label(NAME).fill(before)
    window.locator("#you form").first.get_by_role("button", name="Save").click()
    expect(window.get_by_label(CALENDAR)).to_have_value("Choir practice")
    assert window.evaluate("Object.keys(sessionStorage).filter((key) => key.startsWith('draft:'))") == []
    window.get_by_label(CALENDAR).fill(label)
    window.locator("#quiet").get_by_role("button", name="Save").click()


def test_whoever_leaves_in_a_hurry_is_not_asked_and_leaves_nothing(window, asked):
    window.goto("/help-now")
    window.goto("/me/settings")
    window.get_by_label(CALENDAR).fill("Dentist")
    window.locator("body").press("Shift")
    window.evaluate("document.activeElement.blur()")
    for _ in range(3):
        window.keyboard.press("Shift")
    window.wait_for_timeout(500)

    assert asked == []
    assert window.evaluate("Object.keys(sessionStorage).filter((key) => key.startsWith('draft:'))") == []


def test_the_weekly_hours_survive_a_saved_date_with_every_line(open_page):
    window = open_page("specialist")
    window.goto("/practice/availability")
    sunday = window.get_by_role("group", name="Sunday").first
    sunday.get_by_role("button", name="Add hours").click()
    sunday.get_by_label("Sunday, from").last.fill("07:05")
    sunday.get_by_label("Sunday, until").last.fill("08:05")
    window.get_by_text("Add time off").click()
    window.get_by_label("First day").fill("2027-08-02")
    window.get_by_label("Last day").fill("2027-08-03")
    window.get_by_role("button", name="Save time off").click()

    expect(window.get_by_text("Time off saved.")).to_be_visible()
    sunday = window.get_by_role("group", name="Sunday").first
    expect(sunday.get_by_label("Sunday, from").last).to_have_value("07:05")
    expect(sunday.get_by_label("Sunday, until").last).to_have_value("08:05")


def test_words_for_the_safety_team_are_kept_nowhere_and_gone_once_sent(window):
    window.goto("/me")
    pages = {each.get_attribute("href") for each in window.locator('main a[href*="/bookings/"]').all()}
    forms = (f"{each}/dispute" for each in sorted(pages))
    window.goto(next(each for each in forms if 'value="other"' in window.request.get(each).text()))
    words, conduct = window.get_by_label("What would you like us to know?"), window.get_by_label("How I was treated")
    window.get_by_label("Something else").check()
    words.fill("It began late.")
    window.reload()
    expect(words).to_have_value("It began late.")
    conduct.check()
    words.fill("He shouted at me.")
    window.reload()
    expect(words).to_have_value("")
    conduct.check()
    words.fill("He shouted at me.")
    window.get_by_role("button", name="Send it").click()

    expect(window.get_by_text("Our safety team has your words, and answers you.")).to_be_visible()
    expect(words).to_have_value("")
    window.reload()
    expect(words).to_have_value("")
    assert window.evaluate("Object.keys(sessionStorage).filter((key) => key.startsWith('draft:'))") == []
