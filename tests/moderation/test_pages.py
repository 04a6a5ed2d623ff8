"""What people who report, authors and staff read and press."""

from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from practice.accounts import access, holdings
from practice.moderation import actions, policy, queries
from practice.moderation.actions import Choice, Reported
from practice.moderation.models import Case, CaseParty, Look, Report, Verdict
from practice.moderation.states import CaseState, Decision, ReportReason, Severity
from practice.store import checks
from practice.store.db import db, transaction
from tests.pages import csrf_of, fields_of, tree_of

WHO_IS_IT = "Anyone know Mrs Gray of Elm Street?"


@pytest.fixture
def at(app, cast, sign_in, sue):
    """`at("ben", path)` reads a page, `at("ben", path, words="…")` sends a form to it."""
    browsers = {}
    people = {"sue": sue}

    def open_page(who, path, **sent):
        if who not in browsers:
            browsers[who] = app.test_client()
            if who != "visitor":
                sign_in(browsers[who], people.get(who) or getattr(cast, who))
        browser = browsers[who]
        if not sent:
            return browser.get(path)
        token = csrf_of(browser.get("/time-zone"))
        return browser.post(path, data={"csrf_token": token} | {k: v for k, v in sent.items() if k != "press"})

    return open_page


@pytest.fixture
def desk(case):
    """The address of the case at the staff's desk."""
    return f"/admin/moderation/{case.code}"


def read(answer):
    """Its main words."""
    return " ".join(tree_of(answer).main.get_text(" ").split())


# ---------------------------------------------------------------- to report


def test_somebody_reports_and_reads_that_it_came(at, note):
    url = f"/report/note/{note}"
    assert "never told that it was you" in read(at("cleo", url))
    blank = at("cleo", url, reason="other", words="")
    assert blank.status_code == 422 and "in a sentence what it is" in read(blank)

    assert at("cleo", url, reason="private", words="It names somebody.").status_code == 303

    assert "We have your report" in read(at("cleo", url))
    again = at("cleo", url, reason="spam", words="And it sells.")
    assert again.status_code == 409 and "And it sells." in read(again)


def test_nobody_learns_by_reporting_whether_something_is_there(at, note):
    assert at("cleo", "/report/note/elsewhere").status_code == 404
    assert at("ben", f"/report/note/{note}").status_code == 404
    assert at("cleo", "/report/nothing/x").status_code == 404
    there, nowhere = at("visitor", f"/report/note/{note}"), at("visitor", "/report/note/elsewhere")
    assert (there.status_code, read(there)) == (nowhere.status_code, read(nowhere))


def test_a_report_is_kept_at_the_gate(app, note, sign_in, cast):
    browser = app.test_client()
    url = f"/report/note/{note}"
    token = csrf_of(browser.get("/time-zone"))
    sent = browser.post(url, data={"csrf_token": token, "reason": "private", "words": "It names somebody."})
    assert "/sign-in" in sent.location
    assert "It names somebody." in browser.get(url).text
    assert db.session.scalars(select(Report)).all() == []


# ---------------------------------------------------------------- at the desk


def test_the_desk_sorts_by_urgency_then_age_and_says_who_has_what(at, board, cast, sue, clock):
    codes = {}
    for name, severity in (("usual", "s3"), ("late", "s3"), ("safety", "s1")):
        codes[name] = actions.submit("note", board.pin(name, cast.ben), Severity(severity))
        clock.advance(minutes=10)
    actions.claim(codes["usual"], by=sue)

    page = read(at("sam", "/admin/moderation"))

    order = [page.index(f"case {codes[each].id}") for each in ("safety", "usual", "late")]
    assert order == sorted(order)
    assert "Sue has it until" in page and "Too few to say what is usual" in page and "Oldest 30 min" in page
    assert WHO_IS_IT not in page


def test_the_desk_asks_as_much_of_the_database_whatever_waits(at, board, cast, questions):
    actions.claim(actions.submit("note", board.pin("first", cast.ben), Severity.USUAL), by=cast.sam)
    at("sam", "/admin/moderation")
    questions.clear()
    at("sam", "/admin/moderation")
    few = len(questions)
    for number in range(12):
        actions.claim(actions.submit("note", board.pin(f"n{number}", cast.ben), Severity.USUAL), by=cast.sam)
    at("sam", "/admin/moderation")
    questions.clear()
    at("sam", "/admin/moderation")

    assert len(questions) == few


def test_what_is_usual_is_said_of_what_was_decided_and_only_of_enough(at, board, cast, clock):
    for number in range(5):
        case = actions.submit("note", board.pin(f"n{number}", cast.ben), Severity.USUAL)
        clock.advance(minutes=20)
        actions.decide(case, Choice(Decision.PUBLISH, board.show(case.subject).mark), by=cast.sam)

    assert "Usually 20 min" in read(at("sam", "/admin/moderation"))


def test_strangers_and_whoever_is_part_of_it_do_not_learn_of_a_case(at, desk, board, cast, sue):
    own = actions.submit("note", board.pin("own", sue), Severity.USUAL)

    assert at("cleo", desk).status_code == 404
    assert at("sue", f"/admin/moderation/{own.code}").status_code == 404
    assert f"case {own.id}" not in read(at("sue", "/admin/moderation"))
    assert at("sue", f"/admin/moderation/{own.code}/take", press=1).status_code == 404


def test_one_of_the_staff_takes_a_case_reads_it_and_decides(at, desk, case, board):
    at("sam", f"{desk}/take", press=1)
    assert "Sam has it until" in read(at("sue", desk))
    page = at("sam", desk)
    assert WHO_IS_IT in read(page) and "Ben" not in page.text
    mark = tree_of(page).select_one("[name=mark]")["value"]

    assert at("sam", f"{desk}/decide", mark=mark).status_code == 422
    assert at("sam", f"{desk}/decide", mark=mark, decision="reject", reason="It names somebody.").status_code == 303

    assert case.state == CaseState.DECIDED
    assert board.done == [("note-one", Decision.REJECT, "", False)]


def test_words_that_changed_meanwhile_are_shown_with_what_changed_and_what_was_typed_stays(at, desk, case, board):
    at("sam", f"{desk}/take", press=1)
    mark = board.show("note-one").mark
    board.notes["note-one"] = "Anyone know Mrs Brown of Elm Street?"

    refused = at("sam", f"{desk}/decide", mark=mark, decision="reject", reason="A sentence of Sam’s.")

    page = tree_of(refused)
    assert refused.status_code == 409 and "Its author changed it" in read(refused)
    assert [each.get_text() for each in page.select(".evidence del, .evidence ins")] == ["Gray", "Brown"]
    assert page.select_one("textarea[name=reason]").get_text().strip() == "A sentence of Sam’s."
    assert page.select_one("[name=decision]:checked")["value"] == "reject"
    again = page.select_one("[name=mark]")["value"]
    assert at("sam", f"{desk}/decide", mark=again, decision="reject", reason="A sentence of Sam’s.").status_code == 303


def test_what_another_decided_first_is_said_and_the_typed_words_are_not_lost(at, desk, board):
    mark = board.show("note-one").mark
    at("sue", f"{desk}/decide", mark=mark, decision="publish")

    told = at("sam", f"{desk}/decide", mark=mark, decision="reject", reason="A sentence of Sam’s.")

    assert told.status_code == 409
    assert "A colleague has decided this" in read(told) and "A sentence of Sam’s." in read(told)


def test_heavy_words_are_veiled_and_who_asked_not_to_have_them_is_not_given_them(at, board, cast):
    heavy = actions.submit("note", board.pin("heavy", cast.ben), Severity.SAFETY)
    page = tree_of(at("sam", f"/admin/moderation/{heavy.code}"))
    assert WHO_IS_IT in page.select_one("details.veil:not([open])").get_text()
    # Where a mask is written they stand once more.
    assert page.select_one("details:not([open]) textarea[name=words]")

    at("sam", "/admin/moderation/care", skips_heavy="y")

    asked = read(at("sam", "/admin/moderation"))
    # Nobody else has been here, so it is named all the same, and who wished not to have it decides.
    assert "1 case waits for others" in asked and "Nobody else is here for one of them" in asked
    assert f"case {heavy.id}" in read(at("sue", "/admin/moderation"))
    asked = read(at("sam", "/admin/moderation"))
    assert f"case {heavy.id}" not in asked and "1 case waits for others" in asked
    at("sam", "/admin/moderation/care", press=1)
    assert f"case {heavy.id}" in read(at("sam", "/admin/moderation"))


def test_who_named_a_topic_is_not_given_it_and_others_are(at, board, cast, sue):
    board.topics["grief"] = ("grief",)
    about = actions.submit("note", board.pin("grief", cast.ben), Severity.USUAL)
    report = Reported(ReportReason.HARASSMENT, "It mocks her.")
    mocked = actions.report("note", board.pin("mocked", cast.ben), report, by=cast.cleo).case
    other = actions.submit("note", board.pin("other", cast.ben), Severity.USUAL)

    actions.care_for(cast.sam, skips_heavy=False, topics=["grief", policy.topic_of(ReportReason.HARASSMENT)])

    assert queries.waiting(cast.sam) == [other] and queries.counts(cast.sam)["waiting"] == 1
    assert queries.waiting(sue) == [mocked, about, other] and queries.unseen(cast.sam) == 2
    assert queries.left_to(cast.sam) == [mocked, about]
    at("sue", "/admin/moderation")
    assert queries.left_to(cast.sam) == []
    actions.care_for(sue, skips_heavy=False, topics=["grief"])
    assert queries.left_to(cast.sam) == [about]
    with transaction():
        db.session.add(CaseParty(case_id=mocked.id, user_id=sue.id, part="concerned"))
    assert queries.left_to(cast.sam) == [mocked, about]


def test_after_twenty_heavy_items_in_a_day_a_break_is_asked_for_and_not_on_the_next(at, board, cast, clock):
    for number in range(20):
        case = actions.submit("note", board.pin(f"n{number}", cast.ben), Severity.SAFETY)
        actions.decide(case, Choice(Decision.PUBLISH, board.show(case.subject).mark), by=cast.sam)

    assert "Please take 15 minutes" in read(at("sam", "/admin/moderation"))
    assert "Please take" not in read(at("sue", "/admin/moderation"))
    tomorrow = policy.day_begins(clock.advance(hours=17), "Europe/Dublin")
    assert queries.heavy_since(cast.sam, tomorrow) == 0


def test_at_night_the_desk_says_that_nobody_is_there(at, clock):
    clock.advance(hours=13)

    assert "Nobody of us is here until Tuesday 2 March, 08:00" in read(at("sam", "/admin/moderation"))


# ---------------------------------------------------------------- whose it is


def test_whose_it_is_is_shown_after_a_reason_for_half_an_hour_and_its_author_reads_that(
    at, desk, case, cast, clock, monkeypatch
):
    at("sam", desk)
    clock.advance(minutes=11)
    assert "/me/prove" in at("sam", f"{desk}/look").location
    stale = at("sam", f"{desk}/look", purpose="A clinic is named; is it theirs?")
    assert stale.status_code == 403 and db.session.scalars(select(Look)).all() == []
    way = tree_of(stale).main.select_one("a[href*=prove]")["href"]
    kept = at("sam", parse_qs(urlsplit(way).query)["next"][0])
    assert "A clinic is named; is it theirs?" in kept.text

    monkeypatch.setattr(access, "is_fresh", lambda: True)
    assert at("sam", f"{desk}/look", purpose="Why").status_code == 422
    at("sam", f"{desk}/look", purpose="A clinic is named; is it theirs?")

    assert "Ben" in read(at("sam", desk)) and "Ben" not in read(at("sue", desk))
    own = read(at("ben", "/me/who-looked"))
    assert "saw that you wrote a note" in own and "Sam, staff." in own and "A clinic is named" in own
    assert "Nobody has looked" in read(at("cleo", "/me/who-looked"))
    clock.advance(minutes=31)
    assert "Ben" not in read(at("sam", desk))


# ---------------------------------------------------------------- for whoever wrote it


def test_an_author_reads_why_has_the_words_back_and_asks_another_person(at, desk, case, cast, board):
    mark = board.show("note-one").mark
    at("sam", f"{desk}/decide", mark=mark, decision="mask", words="Anyone know somebody?", reason="It names her.")
    url = f"/me/decisions/{case.code}"

    own = at("ben", url)
    assert "It names her." in read(own) and WHO_IS_IT in read(own)
    assert "It is about how your note reads to others here" in read(own)
    assert own.text.count('for="why"') == own.text.count('id="why"') == 1
    assert "Sam" not in read(own) and own.headers["Cache-Control"] == "no-store"
    assert at("cleo", url).status_code == 404
    listed = read(at("ben", "/me/decisions"))
    assert "agree to a version" in listed and f"Your note: “{WHO_IS_IT[:12]}" in listed
    assert at("ben", f"{url}/appeal", why="").status_code == 422
    for _pressed_twice in range(2):
        assert at("ben", f"{url}/appeal", why="She is my cat.").status_code == 303
    assert at("ben", f"{url}/appeal", why="She is my dog.").status_code == 409
    assert "Another person looks at it" in read(at("ben", url))

    assert "so somebody else decides now" in read(at("sue", "/admin/moderation?show=appeals"))
    assert "so somebody else decides about the appeal" in read(at("sam", desk))
    at("sue", f"{desk}/settle", **{"settle-outcome": "reverse", "settle-reason": "A cat it is."})

    assert case.state == CaseState.REVERSED
    assert "A cat it is." in read(at("ben", url))


def test_whoever_reported_asks_another_person_on_a_page_of_their_own(at, case, desk, note, cast, board):
    actions.report("note", note, Reported(ReportReason.SPAM, "It sells."), by=cast.cleo)
    url = f"/me/reports/{queries.report_of(case, cast.cleo).code}"
    assert "A person reads it" in read(at("cleo", url))
    actions.decide(case, Choice(Decision.LEAVE, board.show(note).mark), by=cast.sam)
    assert "left it as it is" in read(at("cleo", url)) and at("ben", url).status_code == 404
    assert at("cleo", f"{url}/again", why="").status_code == 422

    at("cleo", f"{url}/again", why="It sells pills.")

    assert "Another person looks at it anew" in read(at("cleo", url))
    page = read(at("sue", desk))
    assert "It sells pills." in page and "Take it down" in page
    read_by_her = board.show(note).mark
    board.notes[note] = "It names nobody now."
    sent = {"settle-outcome": "reverse", "settle-reason": "It advertises."}
    changed = at("sue", f"{desk}/settle", **sent, **{"settle-mark": read_by_her})
    assert changed.status_code == 409 and "It advertises." in changed.text and "It names nobody now." in changed.text
    at("sue", f"{desk}/settle", **sent, **{"settle-mark": fields_of(changed, f"{desk}/settle")["settle-mark"][0]})
    assert "something was done" in read(at("cleo", url))
    assert "It was taken down" in read(at("ben", "/me/decisions")) and "pills" not in read(at("ben", "/me/decisions"))


def test_a_limit_is_set_at_the_desk_without_a_name_and_its_person_reads_until_when(at, desk, cast):
    wrong = at("sam", f"{desk}/step", **{"step-step": "limit", "step-days": "10"})
    assert wrong.status_code == 422 and "Choose what they cannot do" in read(wrong)

    at("sam", f"{desk}/step", **{"step-step": "limit", "step-days": "10", "step-features": "message"})

    own = db.session.scalars(select(Case).filter_by(kind="sanction")).one()
    page = read(at("ben", f"/me/decisions/{own.code}"))
    assert "Until Thursday 11 March" in page and "Write messages" in page and "Ask another person" in page
    # No day on either leads from one to the other.
    of_account, of_case = read(at("sam", f"/admin/accounts/{cast.ben.code}")), read(at("sue", desk))
    assert "A limit for a while, March 2027 holds now: Write messages" in of_account and "11 March" not in of_account
    assert "A limit for a while, holds now" in of_case


def test_the_first_page_of_staff_says_how_many_wait_and_since_when(at, case, clock):
    assert "Moderation The oldest since Monday 1 March, 08:00" in read(at("sam", "/admin/"))


# ---------------------------------------------------------------- what is kept


def test_a_copy_holds_what_is_ones_own_and_the_end_takes_it(case, note, cast, board):
    actions.report("note", note, Reported(ReportReason.SPAM, "It sells."), by=cast.cleo)
    actions.decide(case, Choice(Decision.REJECT, board.show(note).mark), by=cast.sam)
    actions.look(cast.sam, "note", note, "A street is named.")
    told = {each.name: each.tell(cast.ben) for each in holdings.records()}
    assert told["decided_words"][0]["decided"][0]["your_text"] == WHO_IS_IT
    assert told["looks"][0]["why"] == "A street is named." and told["reports"] == []
    assert "Cleo" not in str(told)

    with transaction():
        for person in (cast.ben, cast.cleo):
            for each in holdings.records():
                if each.name in ("decided_words", "reports", "steps", "looks"):
                    each.wipe(person)

    verdict = db.session.scalars(select(Verdict)).one()
    assert (verdict.own, verdict.reason, verdict.case.author_id) == ("", "", None)
    assert db.session.scalars(select(Report.words_sealed)).all() == [None]
    assert db.session.scalars(select(Look)).all() == []


def test_all_of_it_goes_after_a_year_but_what_still_waits(case, note, cast, board, clock):
    actions.decide(case, Choice(Decision.REJECT, board.show(note).mark), by=cast.sam)
    actions.look(cast.sam, "note", note, "A street is named.")
    waits = actions.submit("note", board.pin("two", cast.ben), Severity.USUAL)
    assert [each for each in checks.faults() if "ase" in each] == []
    clock.advance(days=366)

    actions.forget()

    assert [each.code for each in db.session.scalars(select(Case))] == [waits.code]
    assert db.session.scalars(select(Look)).all() == []


@pytest.mark.parametrize("severity", [Severity.USUAL, Severity.SAFETY])
def test_of_what_its_author_takes_back_nothing_is_kept_but_for_safety(board, cast, severity):
    case = actions.submit("note", board.pin("one", cast.ben), severity)
    actions.claim(case, by=cast.sam)

    actions.withdraw("note", "one")

    assert queries.for_staff(cast.sam, case.code).read == (WHO_IS_IT if severity == Severity.SAFETY else "")
