"""Staff look at what a specialist's strikes were, and take back what was otherwise."""

from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from practice.bookings import actions, queries
from practice.bookings import queries as booked
from practice.bookings.models import Strike
from practice.bookings.terms import CONSULT
from practice.store.audit import AuditEvent
from practice.store.db import db
from practice.values.errors import Conflict, NotAllowed
from tests import factories

TWO = datetime(2027, 3, 1, 14, 0, tzinfo=UTC)


@pytest.fixture
def sam_in(client, cast, sign_in):
    return sign_in(client, cast.sam)


@pytest.fixture
def cancelled(cast):
    """Appointments that Anna cancelled within a day of the start: as many as are asked for."""

    def make(count=3, owner=cast.practice):
        found = []
        for number in range(count):
            client = factories.user(f"Client{number}{owner.id} Q")
            found.append(factories.booking(client, owner, TWO + timedelta(minutes=45 * number)))
        for booking in found:
            actions.cancel_by_specialist(booking, by=owner.user)
        return found

    return make


def said(answer):
    """What a reader sees in the middle of the page; where a template breaks its lines shows nowhere."""
    return " ".join(BeautifulSoup(answer.text, "html.parser").find("main").get_text(" ").split())


def strike_of(booking):
    db.session.rollback()
    return db.session.scalars(select(Strike).where(Strike.booking_id == booking.id)).one()


def takes_consults(practice):
    db.session.rollback()
    return queries.takes(practice, CONSULT, TWO)


def test_without_strikes_the_page_says_so(sam_in):
    assert "Nobody has a strike in the last 90 days." in said(sam_in.get("/admin/strikes"))


def test_who_rests_is_named_on_the_first_page(sam_in, cancelled):
    cancelled(2)
    assert "no new free consultations" not in said(sam_in.get("/admin/"))

    cancelled(3, owner=factories.specialist(factories.user("Nora Quiet")))

    assert "1 specialist takes no new free consultations after three strikes." in said(sam_in.get("/admin/"))


def test_those_who_rest_stand_first(sam_in, cancelled, cast):
    cancelled(3)
    cancelled(1, owner=factories.specialist(factories.user("Nora Quiet")))

    heads = BeautifulSoup(sam_in.get("/admin/strikes").text, "html.parser").select("main section h2")

    assert [head.get_text(strip=True) for head in heads] == ["Anna Kern", "Nora Quiet"]


def test_each_strike_stands_with_its_reason_and_who_joined_when(sam_in, cast, clock):
    missed = factories.booking(cast.ben, cast.practice, TWO, joined_client_at=TWO)
    clock.freeze(TWO + timedelta(minutes=20))
    actions.mark_specialist_missed(missed, by=cast.ben)

    text = said(sam_in.get("/admin/strikes"))

    assert "Was not there" in text
    assert "Client opened the link Monday 1 March, 14:00" in text
    assert "Specialist opened the link No record" in text
    assert "Ben" not in text


def test_a_strike_taken_back_frees_the_specialist_at_once(sam_in, cancelled, cast, post, outbox):
    first, *_ = cancelled(3)
    version = cast.practice.calendar_version
    assert not takes_consults(cast.practice)

    answer = post(f"/admin/strikes/{first.code}", reason="The client asked for it")

    assert answer.status_code == 303
    assert takes_consults(cast.practice)
    assert any(each.card.id == cast.practice.id and each.card.offers_consult for each in booked.everyone())
    db.session.refresh(cast.practice)
    assert cast.practice.calendar_version > version
    line = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "strike.waived")).one()
    assert (line.subject, line.actor, line.reason) == (
        f"booking:{first.code}",
        f"account:{cast.sam.code}",
        "",
    )
    waived = db.session.scalars(select(Strike).where(Strike.waived_at.is_not(None))).one()
    assert waived.waived_because == "The client asked for it"
    assert outbox.kinds_to(cast.anna)[-1] == "bookings/strike_waived"


@pytest.mark.parametrize(
    "count, words", [(1, None), (3, "can be booked with you again"), (4, "still rest, because others are noted")]
)
def test_the_letter_says_what_is_so_now_and_not_why(sam_in, cancelled, cast, post, outbox, count, words):
    first, *_ = cancelled(count)

    post(f"/admin/strikes/{first.code}", reason="Private words for the log")

    letter = outbox.read(outbox.last_to(cast.anna))
    assert letter.subject == "About your appointment"
    for text in (letter.text, BeautifulSoup(letter.html, "html.parser").get_text(" ")):
        flat = " ".join(text.split())
        assert "taken back and does not count any more" in flat
        assert (words in flat) if words else ("free consultations" not in flat)
        assert "Private words" not in flat


@pytest.mark.parametrize("reason", ["", "   ", "w" * 501, "two\nlines", "a bell \x07"])
def test_without_a_good_reason_it_comes_back_beside_the_field(sam_in, cancelled, cast, post, reason):
    first, *_ = cancelled(3)

    answer = post(f"/admin/strikes/{first.code}", reason=reason)

    assert answer.status_code == 422
    page = BeautifulSoup(answer.text, "html.parser")
    field = page.find("input", id=f"reason-{first.code}")
    assert page.find(id=field["aria-describedby"]).get_text(strip=True)
    assert len(page.select("main .err")) == 1
    assert strike_of(first).waived_at is None


def test_what_was_typed_comes_back_with_the_mistake(sam_in, cancelled, post):
    first, second, *_ = cancelled(3)

    page = BeautifulSoup(post(f"/admin/strikes/{first.code}", reason="w" * 501).text, "html.parser")

    assert page.find("input", id=f"reason-{first.code}")["value"] == "w" * 501
    assert page.find("input", id=f"reason-{second.code}")["value"] == ""


def test_a_strike_is_taken_back_once(sam_in, cancelled, cast, post):
    first, *_ = cancelled(3)
    post(f"/admin/strikes/{first.code}", reason="It was otherwise")

    assert post(f"/admin/strikes/{first.code}", reason="It was otherwise").status_code == 409
    with pytest.raises(Conflict):
        actions.waive_strike(strike_of(first), by=cast.sam, reason="again")
    assert "Taken back on 1 Mar" in said(sam_in.get("/admin/strikes"))


def test_nobody_decides_about_their_own_strike(app, cast, cancelled, sign_in, post):
    own = factories.specialist(cast.sam)
    first, *_ = cancelled(3, owner=own)
    browser = sign_in(app.test_client(), cast.sam)

    assert "a colleague has to look at it" in said(browser.get("/admin/strikes"))
    assert post(f"/admin/strikes/{first.code}", browser=browser, reason="Mine").status_code == 403
    with pytest.raises(NotAllowed):
        actions.waive_strike(strike_of(first), by=cast.sam, reason="mine")


def test_strikes_run_out_by_themselves(client, cast, cancelled, clock, sign_in):
    cancelled(3)

    clock.advance(days=91)
    browser = sign_in(client, cast.sam)

    assert "Nobody has a strike" in said(browser.get("/admin/strikes"))
    assert "no new free consultations" not in said(browser.get("/admin/"))


@pytest.mark.parametrize("code", ["x", "%00", "a" * 22])
def test_a_strike_that_does_not_exist_is_404(sam_in, post, code):
    assert post(f"/admin/strikes/{code}", reason="why").status_code == 404


def test_strangers_see_nothing_of_it(app, cast, cancelled, sign_in, post):
    first, *_ = cancelled(3)

    for person in (cast.ben, cast.anna):
        browser = sign_in(app.test_client(), person)
        assert browser.get("/admin/strikes").status_code == 404
        assert post(f"/admin/strikes/{first.code}", browser=browser, reason="mine").status_code == 404
    assert strike_of(first).waived_at is None


def test_the_page_costs_as_many_questions_for_many_as_for_one(app, sam_in, cancelled):
    from tests.directory.test_directory import count_queries

    cancelled(1)
    one = count_queries(app, lambda: sam_in.get("/admin/strikes"))
    for name in ("Nora", "Olga", "Pia"):
        cancelled(3, owner=factories.specialist(factories.user(f"{name} Quiet")))

    assert len(count_queries(app, lambda: sam_in.get("/admin/strikes"))) == len(one)
