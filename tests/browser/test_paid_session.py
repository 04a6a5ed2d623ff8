"""The paid journey as a person walks it: a yes on both sides, check, pay, move, cancel, and all of it is seen to come
back: by the client, by the specialist, and by staff in the books. On a wide screen and a phone, light and dark, by keys
alone, and without scripts."""

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import choose_a_time


@dataclass(frozen=True)
class Seller:
    """Whose session is bought, at which price, and as whom they and their client sign in. Of one specialist nobody
    books more than a few times a day."""

    name: str
    slug: str
    price: str
    signs_in: str
    client: str
    initials: str

    @property
    def first(self):
        return self.name.split()[0]


# Grace has said yes to the client to sign in as; Siobhán and Carla have both still to answer; with Joaquín nobody has
# to talk first.
GRACE = Seller("Grace Whitfield", "grace-w", "£60.00", "specialist", "client", "N. B.")
SIOBHAN = Seller("Siobhán Kearney", "siobhan-k", "€75.00", "siobhan", "carla", "C. N.")
JOAQUIN = Seller("Joaquín Ferrer Mas", "joaquin-m", "€70.00", "joaquin", "client", "N. B.")
WAYS = [
    ("mouse", {"width": 390}, GRACE),
    ("keys", {"width": 1280, "theme": "dark"}, GRACE),
    ("mouse", {"width": 390, "theme": "dark", "javascript": False}, SIOBHAN),
]


class Person:
    """Somebody at a window, who presses with the mouse, or goes to everything by keys."""

    def __init__(self, window, way):
        self.window, self.by_keys = window, way == "keys"

    def press(self, role, name):
        found = self.window.get_by_role(role, name=re.compile(name)).first
        if self.by_keys:
            self._go_to(found)
            self.window.keyboard.press("Enter")
        else:
            found.click()

    def tick(self, label):
        found = self.window.get_by_label(label)
        if not self.by_keys:
            found.check()
            return
        # One of several is gone through with arrows.
        in_a_group = found.get_attribute("type") == "radio"
        self._go_to(self.window.locator("input[type=radio]").first if in_a_group else found)
        self.window.keyboard.press("Space")
        while in_a_group and not found.is_checked():
            self.window.keyboard.press("ArrowDown")

    def sees(self, words):
        expect(self.window.locator("main")).to_contain_text(words)

    def stands_before(self, title):
        expect(self.window.get_by_role("heading", level=1)).to_contain_text(title)

    def _go_to(self, target):
        """By nothing but the Tab key, from the top of the page."""
        target.wait_for()
        self.window.evaluate("() => { document.activeElement.blur(); window.getSelection().removeAllRanges() }")
        for _ in range(120):
            self.window.keyboard.press("Tab")
            if target.evaluate("(each) => each === document.activeElement"):
                return
        pytest.fail(f"no key leads to {target}")


@pytest.mark.parametrize(("way", "look", "seller"), WAYS)
def test_a_session_is_bought_moved_and_cancelled_and_all_is_paid_back(open_known, way, look, seller):
    client = Person(open_known(seller.client, **look), way)
    specialist = Person(open_known(seller.signs_in, **look), way)

    if seller is SIOBHAN:
        _say_yes_in_the_practice(specialist, seller)
    _find(client, seller)
    _choose_fifty_minutes(client, seller)
    _check_and_pay(client, seller)
    _move(client)
    _cancel(client, seller)

    code = client.window.url.rpartition("/")[2]
    client.window.goto("/me/payments")
    newest = client.window.get_by_role("row").nth(1)
    went_back = f"{seller.name}.*{seller.price}\\s+(on its way|sent) back to your card"
    expect(newest).to_contain_text(re.compile(went_back, re.S))
    _see_it_went_back(specialist, seller)
    _see_it_in_the_books(Person(open_known("staff", **look), way), seller, code)


def test_pages_on_the_way_to_a_payment_can_be_read_by_everybody_and_lead_back(open_known, axe):
    """Those that no link leads to: the check, the payment page, a card that is declined, the bank, and back unpaid."""
    client = Person(open_known("client", width=320), "mouse")
    client.window.goto(f"/specialists/{JOAQUIN.slug}")
    _choose_fifty_minutes(client, JOAQUIN)
    client.press("button", "^Go on: check everything")
    client.stands_before("Check before you pay")
    faults = _faults(client, axe)
    client.tick("I’ve read the agreement")
    client.tick("Please hold my session")
    client.press("button", f"^Go to payment, {JOAQUIN.price}")
    client.stands_before("Pay Common Ground")
    client.tick("It’s declined")
    client.press("button", f"^Pay {JOAQUIN.price}")
    client.sees("Your card was declined")
    faults += _faults(client, axe)
    client.tick("The bank asks you first")
    client.press("button", f"^Pay {JOAQUIN.price}")
    client.stands_before("Demo Bank asks")
    faults += _faults(client, axe)
    client.press("button", "^Give up")
    client.sees("Your bank did not confirm it")
    client.press("link", "^Close without paying")
    client.stands_before("Nothing is paid yet")
    faults += _faults(client, axe)
    client.press("button", "^Don’t keep it for me")
    client.stands_before("Nothing was charged")
    faults += _faults(client, axe)

    assert faults == []


def test_a_longer_session_is_looked_at_before_its_difference_is_paid_and_stands_if_it_is_not(open_known, axe):
    client = Person(open_known("client", width=320), "mouse")
    _open_session_with(client, JOAQUIN)
    client.press("link", "^Move it")
    client.press("link", "^80 minutes")
    client.sees("You pay the difference, €35.00")
    faults = _faults(client, axe)
    choose_a_time(client.window)
    client.press("button", "^See it before you pay")
    client.stands_before("Check before you pay the difference")
    faults += _faults(client, axe)
    client.press("button", "^Go to payment, €35.00")
    client.stands_before("Pay Common Ground")
    client.press("link", "^Close without paying")
    client.sees("Your session stands as it is")
    client.press("button", "^Don’t keep it for me")
    client.sees("Your session stands as it is")
    faults += _faults(client, axe)

    assert faults == []


def _open_session_with(client, seller):
    """What they have bought of this seller, from the list on their own page."""
    client.window.goto("/me")
    found = client.window.get_by_role("link", name=re.compile("^Details of")).all()
    for address in [each.get_attribute("href") for each in found]:
        client.window.goto(address)
        said = client.window.get_by_role("heading", level=1).inner_text()
        if seller.first in said and client.window.get_by_role("link", name=re.compile("^Move it")).count():
            return
    pytest.fail(f"nothing was bought of {seller.name} that can be moved")


def _faults(client, axe):
    wide = client.window.evaluate("() => document.documentElement.scrollWidth > innerWidth + 1")
    return [*(["wider than a narrow screen"] if wide else []), *axe(client.window)]


def _say_yes_in_the_practice(specialist, seller):
    """From the list of those who wait for an answer."""
    specialist.window.goto("/practice")
    specialist.press("link", f"^Answer.*{seller.initials}")
    specialist.stands_before(f"Would you work with {seller.initials}")
    assert specialist.window.locator("input[name=choice]:checked").count() == 0
    specialist.tick("Yes, I’d work with them")
    specialist.press("button", "^Save my answer")


def _find(client, seller):
    """Where both have talked, over a yes: nothing is chosen beforehand, and from then on there is nothing to answer."""
    client.window.goto("/me")
    if client.window.get_by_role("heading", name=f"You met {seller.first}").count():
        client.press("link", f"^Say how you’d like to go on.*{seller.first}")
        client.stands_before(f"You met {seller.first}")
        assert client.window.locator("input[name=choice]:checked").count() == 0
        client.tick("I’d like to carry on")
        client.press("button", "^Save my answer")
        client.stands_before("You can go on with")
        client.press("link", f"^See {seller.first}’s times")
    else:
        client.window.goto(f"/specialists/{seller.slug}")


def _choose_fifty_minutes(client, seller):
    client.stands_before(seller.name)
    client.press("link", "^50 minutes")
    expect(client.window.locator("#book")).to_contain_text(seller.price)
    choose_a_time(client.window)
    client.press("button", "^Book ")
    client.stands_before("A few details for your session")


def _check_and_pay(client, seller):
    """Nobody is asked for a card before they have seen and agreed to all of it."""
    client.press("button", "^Go on: check everything")
    client.stands_before("Check before you pay")
    client.sees("Free to cancel until")
    client.press("button", f"^Go to payment, {seller.price}")
    expect(client.window.get_by_role("alert").first).to_be_visible()
    client.tick("I’ve read the agreement")
    client.tick("Please hold my session")
    client.press("button", f"^Go to payment, {seller.price}")
    client.stands_before("Pay Common Ground")
    client.press("button", f"^Pay {seller.price}")
    client.stands_before("It’s paid")
    client.press("link", "^See what you booked")
    client.sees("Booked")


def _move(client):
    client.press("link", "^Move it")
    client.stands_before("Move your session")
    choose_a_time(client.window)
    client.press("button", "^Move my session")
    client.sees("Moved to")
    client.sees("1 of 2 moves left")


def _cancel(client, seller):
    """What comes back stands above the button."""
    client.press("link", "^Cancel it")
    client.stands_before(f"Cancel your session with {seller.first}?")
    client.sees(f"{seller.price} of {seller.price}")
    client.press("button", "^Cancel the session")
    client.sees("All of it comes back to your card")


def _see_it_went_back(specialist, seller):
    specialist.window.goto("/practice/earnings")
    specialist.press("link", "^Went back")
    newest = specialist.window.locator("section[aria-labelledby=lines] tbody tr").first
    went = rf"{re.escape(seller.initials)}.*{seller.price} went\s+back.*0\.00"
    expect(newest).to_contain_text(re.compile(went, re.S))


def _see_it_in_the_books(staff, seller, code):
    """The refund leaves on its own, soon after: staff see both ways of the money, and that everything holds."""
    staff.window.goto("/admin/orders")
    staff.window.get_by_role("textbox").first.fill(code)
    staff.press("button", "^Find")
    staff.stands_before(f"Order of {seller.price}")
    arrived = staff.window.locator("dl.kv").first.get_by_text("Arrived")
    for _ in range(30):
        if arrived.count():
            break
        staff.window.wait_for_timeout(500)
        staff.window.reload()
    trail = staff.window.locator("section[aria-labelledby=trail] tbody")
    came = f"The client paid.*{seller.price} paid by clients → nobody’s yet"
    went = f"Went back to the client.*{seller.price} nobody’s yet.* → paid by clients"
    expect(trail).to_contain_text(re.compile(f"{came}.*Earned.*Not earned any more.*{went}", re.S))
    staff.window.goto("/admin/finance")
    staff.sees("Everything holds")
