"""A page that lists asks the database as many questions for thirty rows as for one."""

import re

import pytest

from practice.bookings import actions as bookings
from practice.store import memory
from tests import factories

from .crowded import Crowded

LISTS = {
    "nobody": (
        "/",
        "/specialists",
        "/specialists?topic=stress&when=evenings",
        "/help-now?country=IE",
        "/cal/{ben}.ics",
        "/cal/{anna}.ics",
    ),
    "ben": ("/", "/specialists", "/me", "/me/letters", "/me/settings/security"),
    "anna": (
        "/practice",
        "/practice/availability",
        "/practice/calendar",
        "/practice/calendar?view=day",
        "/practice/calendar?view=list",
        "/practice/profile",
    ),
    "sam": (
        "/admin/",
        "/admin/applications",
        "/admin/applications/in/applicant",
        "/admin/applications/in/decided",
        "/admin/applications/{practice}",
        "/admin/applications/{case}",
        "/admin/audit",
        "/admin/contests",
        "/admin/crisis-numbers",
        "/admin/mail",
        "/admin/strikes",
    ),
    "demo": ("/demo/mailbox",),
}
# The log's own lines are not asked for, they are owed: one for each sealed word that is opened.
LOG = re.compile(r"INSERT INTO audit_event|UPDATE audit_head|FROM audit_head")


class Visitors:
    """Everybody's browser; `visit()` is (length, questions) of each page when nothing of it is remembered."""

    def __init__(self, place, make_app, questions):
        self.place, self.questions = place, questions
        self.browsers = {"nobody": place.app.test_client(), "demo": make_app(mode="demo").test_client()}
        for who, person in place.people.items():
            self.browsers[who] = factories.sign_in(place.app.test_client(), person)

    def visit(self):
        return {(who, page): self._visit(who, page) for who, pages in LISTS.items() for page in pages}

    def _visit(self, who, page):
        self._open(who, page)
        return self._open(who, page)

    def _open(self, who, page):
        memory.forget()
        feeds = {owner: bookings.new_feed(self.place.people[owner], "details") for owner in ("ben", "anna")}
        path = page.format(case=self.place.ines.code, practice=self.place.anna.code, **feeds)
        self.questions.clear()
        answer = self.browsers[who].get(path)
        assert answer.status_code == 200, path
        return len(answer.data), sum(not LOG.search(asked) for asked in self.questions)


@pytest.mark.once
def test_thirty_rows_take_as_many_questions_as_one(app, make_app, questions, clock, start):
    clock.freeze(start)
    place = Crowded(app)
    visitors = Visitors(place, make_app, questions)

    place.grow(1)
    one = visitors.visit()
    place.grow(29)
    thirty = visitors.visit()

    assert [page for page in one if thirty[page][0] <= one[page][0]] == [], "these list nothing more"
    assert {page: (one[page][1], thirty[page][1]) for page in one if one[page][1] != thirty[page][1]} == {}
