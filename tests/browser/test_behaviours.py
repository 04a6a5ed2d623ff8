"""What scripts add to pages that work without them: nothing written is lost, and there is always a way out."""

import re
import time
from urllib.parse import urljoin

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PASSWORD, PRIYA, address_of, choose_a_time

KEPT = "caches.open('shell').then((c) => c.keys()).then((k) => k.map((r) => new URL(r.url).pathname))"
NOTE = "Anything you want to say before you meet"


def _profile(window):
    name, slug = PRIYA
    window.goto(f"/specialists/{slug}")
    expect(window.get_by_role("heading", level=1)).to_contain_text(name)


def _booking_form(window):
    _profile(window)
    choose_a_time(window)
    window.get_by_role("button", name=re.compile("^Book")).first.click()
    expect(window.get_by_role("heading", level=1)).to_contain_text("A few details")


def _soon(holds):
    """What is said on the way out travels by itself."""
    for _ in range(100):
        if holds():
            return True
        time.sleep(0.05)
    return False


def _press_shift(window, times):
    window.evaluate("document.activeElement.blur()")
    for _ in range(times):
        window.keyboard.press("Shift")


def _wait_for_the_shell(window):
    window.wait_for_function("() => navigator.serviceWorker.controller !== null")


def test_a_chosen_theme_counts_at_once_and_on_the_next_page(page):
    page.goto("/")

    with page.expect_response("**/theme"):
        page.get_by_role("button", name="Dark theme").click()
    page.goto("/free-consultation")

    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.get_by_role("button", name="Light theme")).to_be_visible()


def test_a_theme_or_a_zone_chosen_without_script_leads_back_to_the_same_page(open_page):
    window = open_page(javascript=False)
    window.goto("/specialists?when=evening")

    window.get_by_role("button", name="Dark theme").click()
    assert window.url.endswith("/specialists?when=evening")
    window.get_by_role("link", name="Change time zone").click()
    window.get_by_label("Show times in").select_option("Asia/Tokyo")
    window.get_by_role("button", name="Use this zone").click()

    assert window.url.endswith("/specialists?when=evening")
    expect(window.get_by_text("Times are shown in Tokyo time")).to_be_visible()


def test_escape_closes_a_menu_and_gives_the_focus_back(open_page):
    window = open_page(width=390)
    window.goto("/")
    window.locator("summary[aria-label=Menu]").click()

    window.keyboard.press("Escape")

    expect(window.locator("details.menu[open]")).to_have_count(0)
    expect(window.locator("summary[aria-label=Menu]")).to_be_focused()


def test_a_device_in_another_zone_says_so_beside_the_readers_time(page, site):
    page.context.add_cookies([{"name": "zone", "value": "Asia/Kolkata", "url": site.url}])

    page.goto("/specialists")

    expect(page.get_by_text("This device says Dublin.")).to_be_visible()


def test_a_device_that_says_the_same_says_nothing(page, site):
    page.context.add_cookies([{"name": "zone", "value": "Europe/Dublin", "url": site.url}])

    page.goto("/specialists")

    expect(page.get_by_text("This device says")).to_be_hidden()


def test_the_device_tells_its_zone_once(page):
    with page.expect_response("**/zone"):
        page.goto("/specialists")
    # The page comes again by itself, in the zone that it now knows.
    expect(page.locator("html")).to_have_attribute("data-zone", "Europe/Dublin")
    page.wait_for_load_state("networkidle")
    page.goto("/specialists")

    expect(page.locator("html")).to_have_attribute("data-zone", "Europe/Dublin")
    expect(page.locator("html[data-zone-guessed]")).to_have_count(0)


def test_the_button_repeats_the_chosen_time_and_forgets_it_with_its_day(open_known):
    page = open_known()
    _profile(page)
    days = page.locator("label.day:has(input:enabled)")
    before = page.locator("[data-chosen]").first.inner_text()

    choose_a_time(page)
    expect(page.locator("[data-chosen]").first).not_to_have_text(before)
    days.first.click()

    expect(page.locator("[data-chosen]").first).to_have_text(before)
    expect(page.locator("input[data-long]:checked")).to_have_count(0)


def test_arrow_keys_walk_through_the_days(open_known):
    page = open_known()
    _profile(page)
    shown = page.locator("input[name=day]:checked")
    shown.focus()
    first = shown.get_attribute("value")

    page.keyboard.press("ArrowRight")

    assert page.locator("input[name=day]:checked").get_attribute("value") != first


def test_with_more_times_than_the_window_is_tall_every_part_of_the_picker_can_be_reached(open_known):
    page = open_known()
    page.set_viewport_size({"width": 1280, "height": 600})
    page.goto("/specialists/hannah-w")
    picker = page.locator("#book")
    assert picker.evaluate("e => e.offsetHeight") > 600

    for part in ("button.btn", "input[name=day]:checked", "button.btn"):
        page.evaluate("scrollTo(0, 900)")
        picker.locator(part).last.focus()
        page.wait_for_timeout(100)
        box = picker.locator(part).last.bounding_box()
        assert box["y"] >= 64 and box["y"] + box["height"] <= 600, part


@pytest.mark.parametrize("width", [390, 1280])
def test_the_nearest_times_after_a_lost_one_can_be_read(open_page, width):
    window = open_page(width=width)
    window.goto("/specialists/hannah-w/book?start=2020-01-01T09:00:00Z")
    window.wait_for_load_state("networkidle")

    times = window.locator("button.slot")
    expect(times.nth(2)).to_be_visible()
    assert not times.evaluate_all("all => all.filter((e) => e.scrollWidth > e.clientWidth).length")
    assert window.evaluate("document.documentElement.scrollWidth") <= width


def test_another_week_changes_the_picker_and_nothing_else(open_known):
    page = open_known()
    _profile(page)
    page.evaluate("window.sameDocument = true")
    week = page.locator(".slot-grid strong").first.inner_text()

    page.get_by_label("Later week").click()

    expect(page.locator(".slot-grid strong").first).not_to_have_text(week)
    assert page.evaluate("window.sameDocument") is True
    assert "week=" in page.url


def test_what_is_written_survives_a_closed_page(page):
    _booking_form(page)
    tick = page.get_by_label("Share this with the specialist before we talk")
    page.get_by_label(NOTE).fill("We argue about chores.")
    tick.check()

    page.reload()

    expect(page.get_by_label(NOTE)).to_have_value("We argue about chores.")
    expect(tick).to_be_checked()


def test_shift_three_times_leaves_and_takes_the_words_along(page):
    _booking_form(page)
    page.get_by_label(NOTE).fill("We argue about chores.")

    _press_shift(page, 3)
    page.wait_for_url("**/left")
    page.go_back()

    assert "/book" not in page.url
    assert not page.evaluate("Object.keys(sessionStorage).filter((k) => k.startsWith('draft:')).length")


@pytest.mark.parametrize("who", [None, "client"])
def test_the_way_back_after_leaving_shows_nothing(open_known, who):
    window = open_known(who)
    window.goto("/")
    window.goto("/me" if who else "/specialists")
    _booking_form(window)

    window.context.add_cookies([{"name": "known", "value": "a mark", "url": urljoin(window.url, "/")}])

    window.get_by_role("link", name="Leave this page").first.click()
    window.wait_for_url("**/left")
    assert _soon(lambda: "known" not in {each["name"] for each in window.context.cookies()})
    for _ in range(3):
        window.go_back(wait_until="commit")
        window.wait_for_url("**/left")
        expect(window.get_by_role("heading", level=1)).to_have_text("Weather today")

    window.goto("/specialists")
    expect(window.get_by_role("heading", level=1)).to_have_text("Find someone to talk to")


def test_what_one_person_typed_is_not_shown_to_the_next_who_signs_in_here(open_page):
    window = open_page("client")
    _booking_form(window)
    window.get_by_label(NOTE).fill("We argue about chores.")
    window.evaluate("sessionStorage.setItem('who', 'somebody else')")

    window.goto("/me")

    assert not window.evaluate("Object.keys(sessionStorage).filter((k) => k.startsWith('draft:')).length")


def test_leaving_the_gate_takes_what_was_written_out_of_this_browser(page):
    _booking_form(page)
    page.get_by_label(NOTE).fill("We argue about chores.")
    page.get_by_label("I know what this conversation is").check()
    page.get_by_role("button", name="Book my free consultation").click()
    expect(page.get_by_text("We argue about chores.")).to_be_visible()

    with page.expect_request("**/forget"):
        page.get_by_role("link", name="Leave this page").click()
    page.wait_for_url("**/left")
    for _ in range(20):  # what is said on the way out travels by itself
        page.goto("/sign-in")
        if not page.get_by_text("We argue about chores.").count():
            break

    expect(page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()
    expect(page.get_by_text("We argue about chores.")).to_have_count(0)


def test_shift_twice_is_only_typing(page):
    _booking_form(page)
    address = page.url

    _press_shift(page, 2)
    page.wait_for_timeout(300)

    assert page.url == address


@pytest.mark.parametrize("who", [None, "client"])
def test_without_a_connection_words_stay_and_a_page_says_so(open_page, who):
    window = open_page(who)
    window.goto("/")
    _wait_for_the_shell(window)
    _booking_form(window)
    window.get_by_label(NOTE).fill("We argue about chores.")

    window.context.set_offline(True)
    expect(window.locator("#offline")).to_be_visible()
    window.get_by_role("link", name="Find a specialist").first.click()
    expect(window.get_by_role("heading", level=1)).to_have_text("No internet connection")
    window.context.set_offline(False)
    window.go_back()

    expect(window.get_by_label(NOTE)).to_have_value("We argue about chores.")


def test_a_page_that_came_past_the_helper_is_given_to_it(page):
    page.goto("/help-now")
    _wait_for_the_shell(page)

    with page.expect_event("load"):
        page.context.new_cdp_session(page).send("Page.reload", {"ignoreCache": True})

    _wait_for_the_shell(page)


def test_signing_out_in_one_tab_empties_the_others_and_the_way_back(open_page):
    window = open_page()
    window.goto("/sign-in?next=/me")
    window.locator("input[type=email]").first.fill(address_of("client"))
    window.locator("input[type=password]").first.fill(PASSWORD)
    window.get_by_role("button", name="Sign in", exact=True).click()
    expect(window.get_by_text("Coming up")).to_be_visible()
    other = window.context.new_page()
    other.goto("/me/settings")

    window.locator("details.account summary").click()
    window.get_by_role("button", name="Sign out").first.click()

    expect(window.get_by_role("link", name="Sign in").first).to_be_visible()
    expect(other).to_have_url(re.compile("/$"))
    expect(other.get_by_role("link", name="Sign in").first).to_be_visible()
    window.go_back()
    expect(window.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_on_a_phone_the_button_stands_beside_the_country_of_the_crisis_numbers(open_page):
    window = open_page(width=390)
    window.goto("/help-now?country=IE")

    country, button = (
        window.locator("#country").bounding_box(),
        window.get_by_role("button", name="Show").bounding_box(),
    )

    assert button["x"] > country["x"] + country["width"]
    assert abs(button["y"] + button["height"] / 2 - country["y"] - country["height"] / 2) < 5


def test_nothing_of_a_person_is_kept_on_the_device(open_page):
    window = open_page("client")
    window.goto("/")
    _wait_for_the_shell(window)
    window.goto("/me")
    window.goto("/me/settings")

    kept = window.evaluate(KEPT)

    assert {path for path in kept if not path.startswith("/static/")} == {"/offline"}


def test_the_kept_page_is_the_same_for_everybody(open_page):
    window = open_page("client")
    window.goto("/")
    _wait_for_the_shell(window)

    words = window.evaluate("caches.match('/offline').then((answer) => answer.text())")

    assert "csrf_token" not in words
    assert "Sign out" not in words


def test_on_a_phone_the_bar_books_the_time_that_was_chosen(open_known):
    window = open_known(width=390)
    _profile(window)
    bar = window.locator(".book-bar")
    expect(bar.get_by_role("button")).to_be_hidden()
    choose_a_time(window)
    expect(bar.get_by_role("link")).to_be_hidden()

    bar.get_by_role("button", name="Book").click()

    expect(window.get_by_role("heading", level=1)).to_contain_text("A few details")
    button = window.get_by_role("button", name="Book my").bounding_box()
    assert button["width"] > 300, "as wide as the page"


def test_booking_without_a_time_is_refused_in_our_own_words(open_known):
    window = open_known()
    _profile(window)
    window.locator("form.picker").get_by_role("button", name="Book this time").click()

    expect(window.locator("#book .err")).to_be_visible()


def test_the_name_of_the_theme_button_follows_the_device(page):
    page.goto("/")
    expect(page.get_by_role("button", name="Dark theme")).to_be_visible()

    page.emulate_media(color_scheme="dark")

    expect(page.get_by_role("button", name="Light theme")).to_be_visible()


def test_a_pale_mark_of_a_legend_has_its_edge_and_its_words_have_none(open_page):
    window = open_page("specialist")
    window.goto("/practice/calendar")
    edge = "(each) => getComputedStyle(each).outlineStyle"
    span = window.locator(".legend .k-open").first

    assert span.evaluate(edge) == "none"
    assert span.locator("i").evaluate(edge) == "solid"
