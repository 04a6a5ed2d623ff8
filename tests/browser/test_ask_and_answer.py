"""The way of a question, as the people on it walk it on a phone: asked without an account, confirmed on another device,
read, answered, thanked for, and gone on with in private, up to a consultation."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import choose_a_time

# Her topics hold the question's, and she has never met who asks.
AMARA = ("Amara", "amara", "amara-o")
ADDRESS, SECRET = "noor@people.example", "quiet-harbour-at-low-tide"
TITLE, WORDS = "How do we share chores and housework fairly?", "We argue each Sunday about who did more."
ANSWER = "Name what the other did before you count anything, and look again after two weeks."
PHONE = 390


def _head(window):
    return window.get_by_role("heading", level=1)


def _press(window, name):
    window.get_by_role("button", name=name, exact=True).click()


def _ask(window):
    window.goto("/")
    window.get_by_role("link", name="Ask a question").first.click()
    window.get_by_label("Your question, in one line").press_sequentially(TITLE)
    expect(window.get_by_text("Somebody has asked something like it")).to_be_visible()
    window.get_by_label("A little more").fill(f"Call me on +353 87 123 4567. {WORDS}")
    window.get_by_text("Mutual support and fairness", exact=True).click()
    _press(window, "Send my question")
    expect(window.locator("main mark")).to_have_text("+353 87 123 4567")
    _press(window, "Change it")
    window.get_by_label("A little more").fill(WORDS)
    _press(window, "Send my question")


def _sign_up(window):
    expect(_head(window)).to_have_text("Create an account to send your question")
    window.get_by_label("Email", exact=True).fill(ADDRESS)
    window.get_by_label("Password", exact=True).fill(SECRET)
    window.get_by_label("What should we call you?").fill("Noor")
    window.get_by_label("Yes. Subjects stay neutral").check()
    window.get_by_label("I’m 18 or older").check()
    window.get_by_label("I agree to the").check()
    _press(window, "Create my account")
    expect(_head(window)).to_have_text("Look in your mailbox")


def _letter(window, subject):
    """Opens the newest letter to the asker, once it has this subject, and gives what it holds."""
    newest = window.get_by_role("heading", name=subject)
    for _ in range(60):
        window.goto(f"/demo/mailbox?to={ADDRESS}")
        if newest.count():
            break
        window.wait_for_timeout(250)
    return window.locator("pre").first


def _confirm_on_another_device(window):
    _letter(window, "Confirm your email").get_by_role("link").filter(has_text="/confirm/").first.click()
    window.get_by_label("Password", exact=True).fill(SECRET)
    _press(window, "Confirm my email")
    expect(window.get_by_label("Your question, in one line")).to_have_value(TITLE)
    expect(window.get_by_label("A little more")).to_have_value(WORDS)
    expect(window.get_by_label("Mutual support and fairness")).to_be_checked()
    _press(window, "Send my question")
    expect(window.get_by_text("Your question has been sent.")).to_be_visible()
    expect(window.locator("main .lede")).to_contain_text("Being read.")
    return window.url.split("?")[0].rsplit("/", 1)[1]


def _publish_newest(window, kind, words):
    """One of the staff takes the newest of its kind, sees that it is the one, and lets everybody read it."""
    window.goto("/admin/moderation")
    window.get_by_role("link", name=re.compile(f"^{kind}, case")).last.click()
    expect(window.get_by_text(words).first).to_be_visible()
    window.get_by_role("button", name=re.compile("^Take it")).click()
    window.get_by_label("Publish as written").check()
    _press(window, "Decide")
    expect(window.get_by_text("Decided. Whoever wrote it hears from us.")).to_be_visible()


def _answer(window, code):
    window.goto("/practice/questions")
    window.locator(f"main a[href$='{code}']").click()
    expect(window.get_by_text(ADDRESS)).to_have_count(0)
    window.get_by_role("textbox", name="Your answer").fill(ANSWER)
    _press(window, "Answer")
    expect(window.get_by_text("One of us reads it before it appears")).to_be_visible()


def _thank(window):
    window.goto("/me/questions")
    window.get_by_role("link", name=TITLE).click()
    window.get_by_role("link", name="Read the answers, say what helped").click()
    expect(window.get_by_text(ANSWER)).to_be_visible()
    _press(window, "Helped me most")
    expect(window.get_by_text("This helped the asker most")).to_be_visible()


def _write_to_each_other(window, specialist):
    window.get_by_role("link", name=f"Write to {AMARA[0]}").click()
    window.get_by_label("Your message").fill("Could we speak about it?")
    window.context.set_offline(True)
    _press(window, "Send")
    expect(window.get_by_text("No Internet Connection.").first).to_be_visible()
    window.context.set_offline(False)
    expect(window.get_by_text("You are back online.")).to_be_visible()
    expect(window.get_by_label("Your message")).to_have_value("Could we speak about it?")
    _press(window, "Send")
    expect(window.get_by_text("Your message has been sent.")).to_be_visible()

    specialist.goto("/me/messages")
    specialist.get_by_role("link", name="Noor").click()
    expect(specialist.get_by_text("Could we speak about it?").first).to_be_visible()
    specialist.get_by_label("Your message").fill("Gladly. Choose a time.")
    _press(specialist, "Send")
    # The asker has the thread open, and presses nothing.
    expect(window.locator(".bubble", has_text="Gladly. Choose a time.")).to_be_visible()


def _book(window):
    window.goto(f"/specialists/{AMARA[2]}")
    choose_a_time(window)
    window.get_by_role("button", name=re.compile("^Book")).first.click()
    window.get_by_label("I know what this conversation is").check()
    _press(window, "Book my free consultation")
    expect(_head(window)).to_contain_text("You’re booked, Noor")


def test_a_question_is_asked_answered_thanked_for_and_gone_on_with(open_known, axe):
    visitor, asker = open_known(None, width=PHONE), open_known(None, width=PHONE)
    staff, specialist = open_known("staff", width=PHONE), open_known(AMARA[1], width=PHONE)

    _ask(visitor)
    _sign_up(visitor)
    code = _confirm_on_another_device(asker)
    _publish_newest(staff, "Question", TITLE)
    _answer(specialist, code)
    _publish_newest(staff, "Answer", ANSWER)
    letter = _letter(asker, "There is a new answer")
    expect(letter).to_contain_text("/me/questions")
    expect(letter).not_to_contain_text("chores")
    _thank(asker)
    assert axe(asker) == []
    _write_to_each_other(asker, specialist)
    _book(asker)
