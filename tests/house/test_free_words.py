"""Only a free consultation is called one: no page or letter of another booking says that it is free or counts as it."""

import re
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import update

from practice.bookings import actions
from practice.bookings.models import Booking
from practice.bookings.states import BookingState
from practice.letters import mailer
from practice.specialists.states import OfferKind
from practice.store.db import db
from practice.values.money import Money
from tests import factories
from tests.bookings.conftest import value
from tests.pages import DRAWINGS

from .letters import samples

START = timedelta(days=3, hours=2)  # after the tests' clock: Thursday at eleven in Vienna
HOUR = timedelta(hours=1)
PAID = (OfferKind.INDIVIDUAL, OfferKind.GROUP)
FREE_OF_CHARGE = re.compile(
    # A time may be free, and people may have time.
    r"(?<!has )\bfree\b(?! time| for others| for somebody| (?:Mon|Tue|Wed|Thu|Fri|Sat|Sun))"
    r"|consultation|half hour|first conversation|nothing (?:is|was) charged|nobody is charged",
    re.I,
)
# What is true of free consultations, said where the talk is of them: what rests after strikes, what else can be booked.
TRUE = re.compile(
    r"With three, new free consultations rest\.|New free consultations (?:with you still rest|can be booked)"
    r"|What can be booked is the free consultation\.|Free consultations (?:ahead: \w+|this week)"
    r"|This begins with a free consultation:|The free consultation can be booked\."
    r"|http\S+free=1|Thirty minutes, free, with somebody"
    # Of a price nothing is kept until then.
    r"|Free to cancel until \w+"
)
# Letters about a mailbox or a calendar address, not about one booking.
ABOUT_NO_BOOKING = {"bookings/feed_opened", "bookings/entry_gone"}


def said(text):
    return sorted({found[0].lower() for found in FREE_OF_CHARGE.finditer(TRUE.sub("", " ".join(text.split())))})


def read(page):
    """What a page says, without the frame around it, and without what names free consultations beside other things."""
    tree = BeautifulSoup(DRAWINGS.sub("", page.text), "html.parser")
    for link in tree.select("a[href*='free=1'], a[href='/free-consultation'], .legend"):
        link.decompose()
    return f"{tree.title.get_text(' ')} {tree.find('main').get_text(' ')}"


# ---------------------------------------------------------------- pages


class Walk:
    """Ben's and Anna's way through the pages of a booking of one kind, at every hour and in every state it can have."""

    def __init__(self, cast, app, clock, kind):
        self.cast, self.clock, self.pages = cast, clock, {}
        self.browsers = {who: app.test_client() for who in ("ben", "anna", "sam")}
        self.offer = cast.practice.consult
        if kind != OfferKind.CONSULT:
            more = {"minutes": 60, "price": Money(1500, "EUR")}
            self.offer = factories.offer(cast.practice, kind=kind, name="Evenings", **more)

    @property
    def address(self):
        return f"/specialists/anna-kern/offers/{self.offer.code}/book"

    def book(self, starts_at, **columns):
        """Another booking of Ben's."""
        return factories.booking(self.cast.ben, self.cast.practice, starts_at, of=self.offer, **columns)

    def stand(self, instant):
        """Everybody is there at that hour, and signed in."""
        self.clock.freeze(instant)
        for name, browser in self.browsers.items():
            factories.sign_in(browser, getattr(self.cast, name))

    def look(self, when, code):
        for path in ("confirmed", "", "move", "cancel", "reminder"):
            self.get("ben", f"{when}, {path or 'show'}", f"/bookings/{code}/{path}".rstrip("/"))
        for path in ("", "move"):
            self.get("anna", f"{when}, anna, {path or 'show'}", f"/practice/bookings/{code}/{path}".rstrip("/"))
        self.get("anna", f"{when}, calendar", "/practice/calendar?view=list")
        self.get("anna", f"{when}, grid", "/practice/calendar")
        self.get("anna", f"{when}, today", "/practice")
        self.get("ben", f"{when}, me", "/me")
        self.get("sam", f"{when}, staff", f"/admin/bookings/{code}")

    def get(self, who, name, path):
        answer = self.browsers[who].get(path, follow_redirects=True)
        assert answer.status_code == 200, (path, answer.status)
        self.pages[name] = read(answer)

    def press(self, who, name, path, **fields):
        browser = self.browsers[who]
        token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', browser.get("/time-zone").text)[1]
        answer = browser.post(path, data={"csrf_token": token} | fields, follow_redirects=True)
        self.pages[name] = read(answer)


def walk(cast, app, clock, kind):
    way = Walk(cast, app, clock, kind)
    _ahead(way)
    _presses(way)
    _over(way)
    return way.pages


def _ahead(way):
    now = way.clock.now()
    starts_at = now + START
    way.stand(now)
    way.press("ben", "form", f"{way.address}/confirm", start=value(starts_at))
    made = way.book(starts_at)
    code = made.code
    way.press("ben", "taken", f"{way.address}/confirm", start=value(starts_at), format="video", consent="y")
    way.look("in good time", code)
    actions.propose(made, [starts_at + HOUR, starts_at + 2 * HOUR], by=way.cast.anna)
    way.look("other times are offered", code)
    for hours in (20, 1, 0):
        way.stand(starts_at - hours * HOUR)
        way.look(f"{hours} before", code)
    way.press("ben", "door", f"/bookings/{code}/join")
    way.stand(starts_at + 2 * HOUR)
    way.look("just over", code)
    _let_go()


# By what is pressed: the hours before the start at which it is.
PRESSED = {"undo": 74, "cancel": 74, "late": 1, "decline": 74, "missed": -0.25, "technical": -0.25}


def _presses(way):
    monday = way.clock.now().replace(hour=8, minute=0) + timedelta(days=4)
    for number, (button, hours) in enumerate(PRESSED.items()):
        starts_at = monday + START + number * timedelta(days=7)
        way.stand(starts_at - 74 * HOUR)
        made = way.book(starts_at)
        path = f"/bookings/{made.code}/{'cancel' if button == 'late' else button}"
        if button == "decline":
            actions.propose(made, [starts_at + HOUR], by=way.cast.anna)
            path = f"/proposals/{made.open_proposal.code}/decline"
        way.stand(starts_at - hours * HOUR)
        way.press("ben", f"pressed {button}", path)
        way.get("anna", f"after {button}", f"/practice/bookings/{made.code}")
        _let_go()


def _let_go():
    """A pair has one consultation at a time."""
    db.session.rollback()
    db.session.execute(update(Booking).values(claims_pair=False))
    db.session.commit()


def _over(way):
    for number, state in enumerate(sorted({*BookingState} - {"held", "expired", "confirmed"}), 1):
        made = way.book(way.clock.now() - number * HOUR, state=state)
        way.look(f"{state}", made.code)
        _let_go()


@pytest.mark.parametrize("kind", PAID)
def test_no_page_of_another_booking_speaks_as_of_a_free_consultation(cast, app, clock, kind):
    pages = walk(cast, app, clock, kind)

    assert len(pages) > 150
    assert {name: said(text) for name, text in pages.items() if said(text)} == {}


def test_a_page_of_a_free_consultation_does(cast, app, clock):
    """The walk would notice: of the pages that a free consultation has, most say that it is one."""
    pages = walk(cast, app, clock, OfferKind.CONSULT)

    assert sum(bool(said(text)) for text in pages.values()) > 100


# ---------------------------------------------------------------- letters


def letters(kind):
    about = [each for each in samples() if each.kind.startswith("bookings/") and each.kind not in ABOUT_NO_BOOKING]
    return {each.name: mailer.rendered(each.draft(kind=kind))[0] for each in about}


@pytest.mark.parametrize("kind", PAID)
def test_no_letter_of_another_booking_speaks_as_of_a_free_consultation(app, kind):
    written = letters(kind)

    assert len(written) > 50
    assert {name: said(text) for name, text in written.items() if said(text)} == {}


def test_a_letter_of_a_free_consultation_does(app):
    assert sum(bool(said(text)) for text in letters(OfferKind.CONSULT).values()) > 25
