"""The other desks of staff: what needs somebody, stuck mail, crisis numbers, contested calls, the log."""

from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qsl

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select, text

from practice.accounts import actions as accounts
from practice.admin import queries
from practice.bookings import actions as bookings
from practice.bookings.models import Contest
from practice.bookings.states import BookingState, Outcome
from practice.letters import outbox
from practice.letters.outbox import MailState, OutboxMail
from practice.safety.actions import seed_resources
from practice.specialists.states import ProfileState
from practice.store import audit
from practice.store.audit import AuditEvent
from practice.store.db import db, transaction
from tests import factories
from tests.house.letters import example


@pytest.fixture
def sam_in(client, cast, sign_in):
    return sign_in(client, cast.sam)


def said(answer):
    """What a reader sees in the middle of the page; where a template breaks its lines shows nowhere."""
    return " ".join(BeautifulSoup(answer.text, "html.parser").find("main").get_text(" ").split())


def last_line():
    db.session.rollback()
    return db.session.scalars(select(AuditEvent).order_by(AuditEvent.number.desc())).first()


# ---------------------------------------------------------------- overview


def test_a_quiet_day_says_so(sam_in):
    answer = sam_in.get("/admin/")

    assert "Nothing needs anybody just now." in said(answer)
    # Nothing is not marked as if it waited.
    badges = BeautifulSoup(answer.text, "html.parser").select(".count")
    assert [(each.text, each["class"]) for each in badges] == [("0", ["count", "none"])] * 7


def test_the_latest_lines_are_what_people_did(sam_in, cast):
    with transaction():
        audit.record("account.copied", "account:by-somebody", actor=cast.ben)
        for number in range(6):
            audit.record("paper.dropped", f"paper:swept-{number}", actor=None)

    latest = BeautifulSoup(sam_in.get("/admin/").text, "html.parser").select_one("[aria-labelledby=latest]").text

    assert "by-somebody" in latest
    assert "swept" not in latest


def test_what_needs_somebody_is_named(sam_in, cast):
    seed_resources(date(2026, 1, 1))
    park(cast.ben)

    text_ = said(sam_in.get("/admin/"))

    assert "1 letter could not leave." in text_
    assert "crisis numbers were not checked" in text_


def test_an_appointment_with_somebody_whose_licence_ran_out_is_flagged(sam_in, cast):
    factories.booking(cast.ben, cast.practice, datetime(2027, 3, 3, 9, 0, tzinfo=UTC))
    assert "not public any more" not in said(sam_in.get("/admin/"))

    with transaction():
        cast.practice.state = ProfileState.EXPIRED

    assert "1 appointment is ahead with somebody who is not public any more." in said(sam_in.get("/admin/"))


# ---------------------------------------------------------------- mail


def park(person, template="bookings/ended"):
    with transaction() as session:
        outbox.enqueue_mail(f"test:{template}", template, person, example(template) | {"words": "SECRET WORDS"})
        session.flush()
        row = session.scalars(select(OutboxMail).order_by(OutboxMail.id.desc())).first()
        row.state, row.last_error, row.attempts = MailState.PARKED, "550 mailbox full <b>", 5
    return row.code


def test_a_stuck_letter_is_shown_without_its_words(sam_in, cast):
    park(cast.ben)

    answer = sam_in.get("/admin/mail")

    assert "550 mailbox full <b>" in said(answer)
    assert "Your next step is up to you" in said(answer)
    assert cast.ben.email in said(answer)
    assert "SECRET WORDS" not in answer.text


def test_a_stuck_letter_gets_another_round_and_a_line_in_the_log(sam_in, cast, post):
    code = park(cast.ben)

    assert post(f"/admin/mail/{code}/again").status_code == 303

    row = outbox.letter(code)
    assert (row.state, row.attempts) == (MailState.WAITING, 0)
    assert (last_line().action, last_line().actor) == ("mail.sent_again", f"account:{cast.sam.code}")


def test_a_letter_that_left_is_not_sent_again(sam_in, cast, post):
    code = park(cast.ben)
    with transaction():
        outbox.letter(code).state = MailState.SENT

    post(f"/admin/mail/{code}/again")

    assert outbox.letter(code).state == MailState.SENT


def test_a_letter_that_does_not_exist_is_404(sam_in, post):
    assert post("/admin/mail/nothing/again").status_code == 404


# ---------------------------------------------------------------- contested calls


@pytest.fixture
def contest(cast, clock):
    booking = factories.booking(cast.ben, cast.practice, datetime(2027, 3, 1, 9, 0, tzinfo=UTC))
    clock.advance(hours=3)
    with transaction():
        booking.move_to(BookingState.CLIENT_MISSED, by=cast.anna)
    opened = bookings.contest(booking, "I was there <script>alert(1)</script>", by=cast.ben)
    bookings.answer_contest(opened, "I saw <b>nobody</b>", by=cast.anna)
    return opened


def test_the_words_are_read_and_that_is_written_down(sam_in, contest, cast):
    answer = sam_in.get("/admin/contests")

    assert "I was there <script>alert(1)</script>" in said(answer)
    assert "I saw <b>nobody</b>" in said(answer)
    assert not BeautifulSoup(answer.text, "html.parser").find("script", string=lambda s: s and "alert" in s)
    assert (last_line().action, last_line().actor) == ("contest.opened_by_staff", f"account:{cast.sam.code}")


@pytest.mark.parametrize("party", ["ben", "anna"])
def test_who_is_one_of_the_two_reads_neither_side_though_they_are_staff(app, contest, cast, sign_in, party):
    """What one side wrote about the other is not theirs to read, by whatever door (docs/decisions/0026)."""
    person = getattr(cast, party)
    accounts.give_role(person, "staff")
    with transaction():
        person.tf_primary_method, person.tf_totp_secret = "authenticator", "set"

    words = said(sign_in(app.test_client(), person).get("/admin/contests"))

    assert "This is about you, so a colleague reads what you both wrote, and decides." in words
    assert "I was there" not in words and "nobody" not in words
    assert "opened the link" not in words
    assert last_line().action != "contest.opened_by_staff"


def test_a_decision_moves_the_booking(sam_in, contest, post):
    assert post(f"/admin/contests/{contest.code}", outcome="took_place", reason="Both came.").status_code == 303

    found = db.session.get(Contest, contest.id)
    db.session.refresh(found)
    assert (found.outcome, found.booking.state) == (Outcome.TOOK_PLACE, BookingState.COMPLETED)


def test_each_decision_says_who_it_is_about(sam_in, contest):
    text = said(sam_in.get("/admin/contests"))

    assert "marked: the client was not there" in text
    assert "It stays: the client was not there" in text
    assert "The specialist was not there" in text
    assert "other side" not in text


@pytest.mark.parametrize("outcome", ["", "open", "made-up", "TOOK_PLACE"])
def test_an_outcome_that_is_none_decides_nothing(sam_in, contest, post, outcome):
    assert post(f"/admin/contests/{contest.code}", outcome=outcome, reason="Both came.").status_code == 422

    found = db.session.get(Contest, contest.id)
    db.session.refresh(found)
    assert found.outcome == Outcome.OPEN


def test_a_decision_without_a_reason_comes_back_beside_its_field(sam_in, contest, post):
    answer = post(f"/admin/contests/{contest.code}", outcome="took_place", reason="")

    assert answer.status_code == 422
    assert BeautifulSoup(answer.text, "html.parser").select_one(f"#why-{contest.code}")


def test_before_the_other_side_was_heard_there_is_nothing_to_decide_with(sam_in, contest):
    with transaction():
        contest.answered_at = contest.answer_sealed = None

    answer = sam_in.get("/admin/contests")

    assert "has until" in said(answer)
    assert not BeautifulSoup(answer.text, "html.parser").select_one("main form")


def test_a_contest_that_does_not_exist_is_404(sam_in, post):
    assert post("/admin/contests/nothing", outcome="upheld").status_code == 404


# ---------------------------------------------------------------- the log


@pytest.fixture
def lines(cast, clock):
    for hours, action, subject, actor in (
        (1, "booking.confirmed", "booking:AAAA", cast.ben),
        (25, "booking.cancelled", "booking:AAAA", cast.anna),
        (25, "specialist.published", "specialist:B%B_", None),
    ):
        clock.advance(timedelta(hours=hours))
        audit.record(action, subject, actor=actor, reason="why <b>not</b>")


def rows(answer):
    return [row.get_text(" ", strip=True) for row in BeautifulSoup(answer.text, "html.parser").select("tbody tr")]


@pytest.mark.parametrize(
    "query, expected",
    [
        ("", 3),
        ("?what=booking", 2),
        ("?about=AAAA", 2),
        ("?who=Ben", 1),
        ("?who=ben@people", 1),
        ("?who=system", 1),
        ("?what=booking&who=Anna", 1),
        ("?first=2027-03-02&last=2027-03-02", 1),
        ("?first=2027-03-02", 2),
        ("?last=2027-03-01", 1),
        ("?about=B%25B_", 1),
        ("?about=%25", 1),
        ("?about=_", 1),
        ("?about=*", 0),
        ("?who=%25", 0),
        ("?what=%25", 0),
        ("?before=2", 1),
    ],
)
def test_the_log_is_searched_by_words_never_by_patterns(lines, sam_in, post, query, expected):
    found = post("/admin/audit", **dict(parse_qsl(query.lstrip("?"))))

    assert len([row for row in rows(found) if "why <b>not</b>" in row]) == expected


def test_whom_the_log_is_searched_for_stands_in_no_address(lines, sam_in, post):
    """Addresses of pages stay in histories and in the logs of proxies."""
    search = BeautifulSoup(sam_in.get("/admin/audit").text, "html.parser").find("form", role="search")
    assert search["method"] == "post"
    assert len(rows(sam_in.get("/admin/audit?who=ben@people.example"))) == len(rows(sam_in.get("/admin/audit")))

    for number in range(60):
        audit.record("test.line", f"line:{number}", actor=None)
    page = BeautifulSoup(post("/admin/audit", who="system").text, "html.parser")
    assert not [a["href"] for a in page.find_all("a", href=True) if "system" in a["href"]]


@pytest.mark.parametrize(
    "query",
    [
        "first=x", "last=9999-99-99", "first=0001-01-01", "last=9999-12-31", "before=x", "before=-1",
        "before=99999999999999999999", "who=%00", "about=%27%3B--", "what=" + "x" * 5000,
    ],
)  # fmt: skip
def test_a_search_that_makes_no_sense_still_gives_a_page(lines, sam_in, query):
    assert sam_in.get(f"/admin/audit?{query}").status_code == 200


def test_a_line_says_number_what_was_done_and_keeps_its_code(lines, sam_in):
    (line,) = [row for row in rows(sam_in.get("/admin/audit?what=booking.confirmed")) if "why <b>not</b>" in row]

    assert "Booked an appointment" in line
    assert "booking.confirmed" in line
    assert "Booked an appointment" in said(sam_in.get("/admin/"))


def test_a_code_without_words_stands_for_itself(sam_in):
    audit.record("from_another.version", "line:1", actor=None)

    assert "from_another.version" in rows(sam_in.get("/admin/audit"))[0]
    assert "from_another" in said(sam_in.get("/admin/audit"))


def test_the_chain_is_checked_on_demand(lines, sam_in):
    assert "The chain is whole." in said(sam_in.get("/admin/audit?check=1"))


@pytest.mark.once
def test_a_changed_line_is_found(lines, sam_in, engine):
    with transaction() as session:
        if engine == "sqlite":
            session.execute(text("DROP TRIGGER audit_event_no_update"))
            session.execute(text("UPDATE audit_event SET subject = 'booking:ZZZZ' WHERE subject = 'booking:AAAA'"))

    assert "The chain breaks at line" in said(sam_in.get("/admin/audit?check=1"))


def test_older_lines_are_a_page_away(sam_in, cast):
    for number in range(60):
        audit.record("test.line", f"line:{number}", actor=None)

    page = BeautifulSoup(sam_in.get("/admin/audit?what=test").text, "html.parser")
    older = page.find("button", string="Older lines").find_parent("form")
    fields = {field["name"]: field["value"] for field in older.find_all("input")}

    assert len(page.select("tbody tr")) == 50
    assert len(rows(sam_in.post(older["action"], data=fields))) == 10


def test_the_backlog_is_counted_whole(app, clock):
    for number in range(52):
        factories.specialist(
            factories.user(f"Mara {number}", email=f"mara{number}@people.example"),
            slug=f"mara-{number}",
            state=ProfileState.SUBMITTED,
            submitted_at=clock.now(),
        )

    assert queries.overview(factories.user(roles=("client", "staff"))).applications == 52
