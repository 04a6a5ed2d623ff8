"""A specialist’s long pages in a browser: parts unfold where a link leads, topics are counted as they are chosen."""

import pytest
from playwright.sync_api import expect


@pytest.fixture
def window(open_page):
    return open_page("specialist")


def test_a_topic_is_chosen_then_marked_and_counted_by_keyboard(window):
    window.goto("/practice/profile")
    line = window.locator("#main_topics")
    window.locator("#with > summary").focus()
    window.keyboard.press("Enter")
    expect(line).to_have_text("6 of 8 chosen, 2 of 3 marked as main")
    expect(window.get_by_label("Main: Communication")).to_be_hidden()

    window.keyboard.press("Tab")
    window.keyboard.press("Space")
    expect(line).to_have_text("7 of 8 chosen, 2 of 3 marked as main")
    window.keyboard.press("Tab")
    window.keyboard.press("Space")

    expect(line).to_have_text("7 of 8 chosen, 3 of 3 marked as main")


def test_a_mark_stands_only_on_what_is_chosen_also_without_script(open_page):
    window = open_page("specialist", javascript=False)
    window.goto("/practice/profile")
    window.locator("#with > summary").click()

    expect(window.get_by_label("Main: Grief and loss")).to_be_checked()
    expect(window.get_by_label("Main: Communication")).to_be_hidden()


def test_a_link_to_a_folded_part_unfolds_it(window):
    window.goto("/practice")
    window.get_by_role("link", name="Change the limit").click()

    expect(window.get_by_label("Most free consultations in a week")).to_be_visible()


def test_a_link_on_the_same_page_unfolds_its_part(window):
    window.goto("/practice/availability")
    expect(window.get_by_label("Gap before")).to_be_hidden()

    window.get_by_role("navigation", name="On this page").get_by_role("link", name="Limits").click()

    expect(window.get_by_label("Gap before")).to_be_visible()


def test_the_bar_counts_the_other_times_that_are_chosen(open_known):
    window = open_known("specialist", width=390)
    window.goto("/practice")
    window.locator("a[href*='/practice/bookings/']").first.click()
    window.get_by_role("link", name="Offer other times").click()
    expect(window.locator("[data-tally]")).to_contain_text("One to three")

    free = (
        window.locator("details[open] label.slot")
        .get_by_role("checkbox")
        .evaluate_all("all => all.map(each => each.value)")
    )
    for value in free[:2]:
        window.locator(f"label.slot:has([value='{value}'])").click()

    expect(window.locator("[data-tally]")).to_have_text("2 chosen, three at the most.")


def test_what_one_gets_follows_the_price_as_it_is_typed(open_page):
    window = open_page("specialist")
    window.goto("/practice/offers")
    window.get_by_role("link", name="Change the 50 minutes").click()
    line = window.locator("#price-net")
    expect(line).to_contain_text("You get £52.80 of £60.00")

    window.get_by_label("Price", exact=True).fill("80")
    expect(line).to_contain_text("You get £70.40 of £80.00")
    window.get_by_label("Price", exact=True).fill("much")
    expect(line).to_be_hidden()
    window.get_by_label("Price", exact=True).fill("9000")
    expect(line).to_contain_text("You get £7,920.00 of £9,000.00")


def test_without_script_a_button_works_it_out_and_saves_nothing(open_page):
    window = open_page("specialist", javascript=False)
    window.goto("/practice/offers/new")
    window.get_by_label("Length, minutes").fill("60")
    window.get_by_label("Price", exact=True).fill("70")
    window.get_by_role("button", name="Work out what you get").click()

    expect(window.locator("#price-net")).to_contain_text("You get £61.60 of £70.00")
    expect(window.get_by_label("Length, minutes")).to_have_value("60")
    window.goto("/practice/offers")
    expect(window.get_by_role("heading", name="One person, 60 minutes")).to_have_count(0)


def test_the_pictures_of_the_rail_stand_in_one_line(window):
    window.goto("/practice")
    lefts = window.locator(".rail :is(nav, .rail-links, .rail-btn) svg").evaluate_all(
        "all => all.map(each => Math.round(each.getBoundingClientRect().left))"
    )

    assert len(lefts) > 8
    assert len(set(lefts)) == 1
