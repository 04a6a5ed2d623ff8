"""Staff find a booking by its code and a person's appointments by the person; they read no words, and it is logged."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from practice.bookings import actions
from practice.store import audit
from practice.store.audit import AuditEvent
from practice.store.db import db, transaction
from tests import factories
from tests.pages import tree_of

WEDNESDAY_TEN = datetime(2027, 3, 3, 9, 0, tzinfo=UTC)


@pytest.fixture
def booking(cast):
    details = actions.Details(format="video", note="My secret", shares_note=True)
    return actions.book(cast.ben, cast.practice.consult, WEDNESDAY_TEN, details)


@pytest.fixture
def sam_in(client, cast, sign_in):
    return sign_in(client, cast.sam)


@pytest.fixture
def called(cast):
    """Who is looked for, as a specialist whose application waits and who has done something."""

    def make(name):
        user = factories.user(name, email="looked-for@people.example")
        practice = factories.specialist(user, slug="looked-for")
        audit.record("booking.cancelled", "booking:there", actor=user)
        return practice

    return make


NAMES = (
    ("lukasz", "Łukasz Żak"), ("soren", "Søren Ø"), ("dukic", "Ivana Đukić"), ("isik", "Işık"), ("GROSS", "Karl Groß"),
    ("o'neill", "Mo O’Neill"), ("Łuk", "Lukas"), ("ÉVA", "Eva"), ("🦊", "🦊 Reinhard"),
)  # fmt: skip


@pytest.mark.parametrize(("typed", "name"), NAMES)
@pytest.mark.parametrize("path, field", [("/admin/applications/in/decided", "name"), ("/admin/audit", "who")])
def test_a_name_is_found_however_its_letters_are_typed(sam_in, post, called, cast, path, field, typed, name):
    with transaction():
        called(name)

    said = words(post(path, **{field: typed}))

    assert name in said
    assert "Anna Kern" not in said


def words(answer):
    return " ".join(tree_of(answer).main.get_text(" ").split())


def test_a_booking_is_found_by_its_code_and_that_is_logged(sam_in, booking, post, cast):
    for code in (booking.code, f"booking:{booking.code}"):
        assert post("/admin/accounts", who=code).location == f"/admin/bookings/{booking.code}"

    said = words(sam_in.get(f"/admin/bookings/{booking.code}"))

    assert "Booked." in said
    assert "Anna" in said
    assert "09:00 to 09:30" in said
    assert "Vienna" in said
    assert "Client" in said
    line = db.session.scalar(select(AuditEvent).where(AuditEvent.action == "booking.opened_by_staff"))
    assert (line.subject, line.actor) == (f"booking:{booking.code}", f"account:{cast.sam.code}")


def test_what_people_wrote_stays_closed(sam_in, booking):
    assert "My secret" not in sam_in.get(f"/admin/bookings/{booking.code}").text


def test_what_happened_and_which_letters_went_stand_there(sam_in, booking, cast):
    actions.cancel(booking, by=cast.ben)

    said = words(sam_in.get(f"/admin/bookings/{booking.code}"))

    assert "Cancelled by the client by the client" in said
    assert "Letters" in said


def test_a_booking_that_was_confirmed_once_more_was_not_booked_twice(sam_in, booking, cast):
    actions.reconfirm(booking, by=cast.ben)

    rows = tree_of(sam_in.get(f"/admin/bookings/{booking.code}")).select("section[aria-labelledby=trail] tbody tr")

    assert [row.select("td")[0].text for row in rows] == ["Booked", "Confirmed once more"]


@pytest.mark.parametrize("answer", ["accept", "decline"])
def test_the_history_tells_the_specialists_wish_from_the_clients(sam_in, booking, cast, answer):
    start = booking.starts_at + timedelta(hours=1)
    offered = actions.propose(booking, [start], by=cast.anna)
    if answer == "accept":
        actions.accept_proposal(offered, start, by=cast.ben)
    else:
        actions.decline_proposal(offered, by=cast.ben)

    said = words(sam_in.get(f"/admin/bookings/{booking.code}"))

    taken = "Took a time that the specialist had offered, before"
    assert (taken if answer == "accept" else "Took none of the times that the specialist had offered") in said
    assert "Another time" not in said
    assert "Cancelled by the specialist by" not in said


def test_the_page_of_a_person_leads_to_their_appointments(sam_in, booking, cast):
    page = tree_of(sam_in.get(f"/admin/accounts/{cast.ben.code}"))

    assert page.select_one(f"a[href='/admin/bookings/{booking.code}']")


def test_a_code_of_nothing_says_so_beside_its_field(sam_in, post):
    answer = post("/admin/accounts", who="nothing-like-it")

    assert answer.status_code == 422
    assert "No account or booking" in answer.text


def test_nobody_but_staff_gets_there(app, booking, cast, sign_in):
    for person in (cast.ben, cast.anna, factories.user("Stranger")):
        assert sign_in(app.test_client(), person).get(f"/admin/bookings/{booking.code}").status_code in (403, 404)


@pytest.mark.parametrize("written", ["{}", "booking {}", "booking:{}", "Booking: {}", "  booking  {} "])
def test_what_the_log_prints_finds_a_booking_whole_or_by_its_beginning(sam_in, booking, post, written):
    for code in (booking.code, booking.code[:8]):
        assert post("/admin/accounts", who=written.format(code)).location == f"/admin/bookings/{booking.code}"


@pytest.mark.parametrize("written", ["{}", "account {}", "account:{}"])
def test_what_the_log_prints_finds_an_account(sam_in, cast, post, written):
    for code in (cast.ben.code, cast.ben.code[:8]):
        assert post("/admin/accounts", who=written.format(code)).location == f"/admin/accounts/{cast.ben.code}"


def test_less_than_eight_characters_or_other_letters_find_nothing(sam_in, booking, post):
    for code in (booking.code[:7], booking.code[:8].swapcase() + "_"):
        assert post("/admin/accounts", who=code).status_code == 422


def test_a_beginning_that_two_codes_share_asks_for_more(sam_in, post):
    first, second = (factories.user(name) for name in ("First", "Second"))
    first.code, second.code = "Shared-beginning-1", "Shared-beginning-2"
    db.session.commit()

    answer = post("/admin/accounts", who="Shared-b")

    assert answer.status_code == 422
    assert "Write more of it" in answer.text
    assert post("/admin/accounts", who="Shared-beginning-2").location == "/admin/accounts/Shared-beginning-2"


def test_a_line_of_the_log_is_found_by_what_it_prints(sam_in, booking, post):
    def printed(answer):
        return [cell.get_text(" ", strip=True) for cell in tree_of(answer).select("td[data-label=About]")]

    whole = f"booking {booking.code}"
    assert whole in printed(sam_in.get("/admin/audit"))
    for about in (whole, whole[:16], f"booking:{booking.code}", booking.code[:8]):
        assert set(printed(post("/admin/audit", about=about))) == {whole}, about
    assert booking.code in words(sam_in.get("/admin/"))
