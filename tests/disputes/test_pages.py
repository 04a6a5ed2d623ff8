"""What each side, staff and strangers read of a dispute, and may press."""

import re
from datetime import timedelta

import pytest

from practice.accounts import holdings
from practice.bookings import actions as bookings
from practice.disputes import actions, jobs, queries
from practice.disputes.models import Dispute, SafetyCase
from practice.payments import actions as payments
from practice.store.audit import AuditEvent
from practice.store.db import db, transaction
from practice.values.money import Money
from tests.bookings.lengthening import other
from tests.disputes.conftest import ENDS, line_of, now
from tests.pages import csrf_of, tree_of
from tests.selling import sold_by


@pytest.fixture
def at(app, cast, sign_in, sue):
    """`at("ben", path)` reads a page, `at("ben", path, words="…")` sends a form to it."""
    browsers = {}
    people = {"sue": sue}

    def open_page(who, path, **sent):
        if who not in browsers:
            browsers[who] = sign_in(app.test_client(), people.get(who) or getattr(cast, who))
        browser = browsers[who]
        if not sent:
            return browser.get(path)
        token = csrf_of(browser.get("/time-zone"))
        return browser.post(path, data={"csrf_token": token} | {k: v for k, v in sent.items() if k != "press"})

    return open_page


def read(answer):
    """Its main words."""
    return " ".join(tree_of(answer).main.get_text(" ").split())


def test_a_client_opens_one_from_the_page_of_the_session(at, session):
    own = at("ben", f"/bookings/{session.code}")
    url = f"/bookings/{session.code}/dispute"
    assert url in own.text
    page = at("ben", url)
    assert "Anna’s money for this session waits" in read(page) and "Anna has 72 hours to answer" in read(page)
    assert "You can open this until" in read(page) and "No record of it" in read(page)

    blank = at("ben", url, press=1)
    assert blank.status_code == 422 and "Choose what comes closest" in read(blank)
    few = at("ben", url, reason="other", words="", wish="part")
    assert few.status_code == 422 and "tell us in a sentence" in read(few)
    sent = at("ben", url, reason="late_or_short", words="You came late.", wish="part")

    assert sent.status_code == 303
    shown = read(at("ben", url))
    assert "It started late or ended early" in shown and "You came late." in shown
    assert "What would put it right for you: “Some of the money back”." in shown
    assert db.session.query(Dispute).one().wish == "part"


def test_a_second_tab_opens_nothing_and_loses_nothing(at, session, complain):
    complain()
    again = at("ben", f"/bookings/{session.code}/dispute", reason="other", words="From the other tab", wish="all")
    assert again.status_code == 409
    assert "From the other tab" in again.text and "maybe in another tab" in again.text
    assert db.session.query(Dispute).count() == 1


def test_strangers_and_the_other_side_find_nothing(at, session, complain):
    dispute = complain()
    client, practice = f"/bookings/{session.code}/dispute", f"/practice/bookings/{session.code}/dispute"
    for who, path in [("cleo", client), ("anna", client), ("sam", client)]:
        assert at(who, path).status_code == 404
        assert at(who, f"{path}/say", words="Me too").status_code == 404
        assert at(who, f"{path}/withdraw", press=1).status_code == 404
    assert at("ben", practice).status_code in (403, 404)
    assert at("ben", f"{practice}/give-back", press=1).status_code in (403, 404)
    assert at("cleo", f"/admin/disputes/{dispute.number}").status_code == 404
    assert at("sam", "/admin/disputes/D-2027-9999").status_code == 404
    assert at("sam", "/admin/disputes/D-1999-0001").status_code == 404


def test_both_sides_and_staff_go_through_a_dispute(at, cast, session, complain, clock):
    dispute = complain()
    practice = f"/practice/bookings/{session.code}/dispute"
    with transaction():
        cast.anna.tf_primary_method, cast.anna.tf_totp_secret = "authenticator", "set"
    assert "Say how it was" in at("anna", "/practice").text
    assert "You came late." in read(at("anna", practice))
    assert at("anna", f"{practice}/say", words="").status_code == 422
    assert at("anna", f"{practice}/say", words="The call before ran over.").status_code == 303

    desk = f"/admin/disputes/{dispute.number}"
    assert dispute.number in read(at("sam", "/admin/disputes"))
    both = read(at("sam", desk))
    assert "You came late." in both and "The call before ran over." in both
    assert at("sam", f"{desk}/decide", percent="140", reason="Why").status_code == 422
    typed = at("sam", f"{desk}/decide", percent="30", reason="")
    assert typed.status_code == 422 and 'value="30"' in typed.text
    assert at("sam", f"{desk}/decide", percent="30", reason="14 of 50 minutes were missing.").status_code == 303
    assert "in the meantime" not in read(at("sam", desk))
    assert "One of our staff reads both sides" not in read(at("anna", practice))

    client = f"/bookings/{session.code}/dispute"
    shown = read(at("ben", client))
    assert "€21.60 of €72.00" in shown and "14 of 50 minutes were missing." in shown
    assert at("ben", f"{client}/appeal", why="Look at the times").status_code == 303
    assert at("sam", f"{desk}/decide", percent="50", reason="Again").status_code == 403
    assert at("sue", f"{desk}/decide", percent="50", reason="Half.").status_code == 303
    assert line_of(session).back == 3600
    assert "€36.00 of €72.00 went back" in read(at("anna", practice))
    assert "It ended as it was decided." in read(at("sam", "/admin/disputes"))


def test_the_specialist_reads_a_clients_words_with_two_step_only_and_it_is_noted(at, cast, session, complain):
    complain()
    practice = f"/practice/bookings/{session.code}/dispute"
    shown = read(at("anna", practice))
    assert "You came late." not in shown and "two-step sign-in" in shown
    with transaction():
        cast.anna.tf_primary_method, cast.anna.tf_totp_secret = "authenticator", "set"
    assert "You came late." in read(at("anna", practice))
    assert db.session.query(AuditEvent).filter_by(action="dispute.read").count() == 1


def test_who_is_a_side_of_it_reads_nothing_at_the_desk(at, cast, session, complain):
    dispute = complain()
    with transaction():
        session.client_id = cast.sam.id
    shown = read(at("sam", f"/admin/disputes/{dispute.number}"))
    assert "You came late." not in shown and "This is about you" in shown


def test_a_decision_says_what_had_come_back_before_it_and_what_still_follows(
    at, cast, session, complain, clock, outbox
):
    """What was paid beyond its price (here, before it was made shorter) is no part of any decision."""
    clock.freeze(ENDS - timedelta(hours=36))
    shorter = sold_by(cast.anna, minutes=30, price=Money(4500, "EUR"))
    bookings.change_length(session, other(session, shorter), by=cast.ben)
    clock.freeze(ENDS + timedelta(minutes=1))
    payments.give_back(line_of(session), Money(3700, "EUR"))
    dispute = complain()
    at("anna", f"/practice/bookings/{session.code}/dispute/say", words="The call before ran over.")
    at("sam", f"/admin/disputes/{dispute.number}/decide", percent="50", reason="Half.")

    for who, page in (("ben", f"/bookings/{session.code}/dispute"), ("sam", f"/admin/disputes/{dispute.number}")):
        said = read(at(who, page))
        assert "€22.50 of €45.00 is to be back in all. €10.00 had come back before, so €12.50 more goes back" in said
        assert "€10.00 back so far. €27.00 that was paid beyond its price came back before." in said
    own = f"/bookings/{session.code}"
    assert "€22.50 of €45.00 is to be back on the card in all." in read(at("ben", own))

    actions.accept(now(dispute), by=cast.ben)
    actions.accept(now(dispute), by=cast.anna)
    for page in (own, f"{own}/dispute"):
        assert "€22.50 of €45.00 went back" in read(at("ben", page))
    assert "In all €22.50 of its price goes back" in " ".join(outbox.read(outbox.last_to(cast.ben)).text.split())


def test_a_decision_is_written_in_the_digits_that_everybody_reads(at, cast, complain):
    dispute = complain()
    actions.say(dispute, "Yes", by=cast.anna)
    answer = at("sam", f"/admin/disputes/{dispute.number}/decide", percent="٥٠", reason="Half")

    assert (answer.status_code, "Write a whole number from 0 to 100." in answer.text) == (422, True)


# ---------------------------------------------------------------- how somebody was treated


def test_staff_learn_of_no_case_about_themselves(at, cast, session, complain):
    complain("conduct", words="They shouted at me.")
    case = db.session.query(SafetyCase).one()
    at("sue", f"/admin/safety-cases/{case.code}")
    with transaction():
        cast.anna.roles.append(next(each for each in cast.sam.roles if each.name == "staff"))
        cast.anna.tf_primary_method, cast.anna.tf_totp_secret = "authenticator", "set"
    told = "Told the safety team", case.code, "A case of", "to the safety team"

    for path in ("/admin/", "/admin/disputes", "/admin/audit", f"/admin/audit?about={case.code}"):
        assert [each for each in told if each in read(at("anna", path)).split("Kind of")[-1]] == [], path
    assert at("anna", f"/admin/safety-cases/{case.code}").status_code == 404
    assert at("anna", f"/admin/safety-cases/{case.code}/answer", answer="No").status_code == 404
    assert "Told the safety team" in read(at("sue", "/admin/audit"))
    assert "A case of" in read(at("sue", "/admin/disputes"))


def test_conduct_goes_to_the_safety_team_only_unless_money_is_asked_for(at, cast, session, outbox):
    """One promise in all places; her specialist hears nothing, and the money can be asked for afterwards."""
    url = f"/bookings/{session.code}/dispute"
    promise = "Only our safety team reads it, and the staff who decide about money if you ask for some back. "
    promise += "Anna is never shown it."
    assert read(at("ben", url)).count(promise) == 2
    assert at("ben", url, reason="conduct", words="They shouted at me.", wish="unsure").status_code == 303

    assert db.session.query(Dispute).count() == 0 and not line_of(session).frozen
    assert not [each for each in outbox.to(cast.anna) if each.template == "disputes/asks"]
    assert promise in outbox.read(outbox.last_to(cast.ben)).text
    shown = read(at("ben", url))
    assert promise in shown and "has your words since" in shown
    # What was typed for the first is named as done; whatever is typed now is kept under a name of its own.
    page = at("ben", url).text
    assert f'data-draft-done="dispute-{session.code}-0"' in page and f'data-draft="dispute-{session.code}-1"' in page
    assert at("ben", url, reason="conduct", words="Twice.", wish="unsure").status_code == 422
    assert at("ben", url, reason="conduct", words="All of it back, please.", wish="all").status_code == 303
    shown = read(at("ben", url))
    assert shown.count(promise) == 2 and "Our staff read" not in shown and "What was written" in shown
    done = re.findall(r'data-draft-done="([^"]*)"', at("ben", url).text)
    assert done == [f"dispute-{session.code}-{each}" for each in (0, 1)]
    sent = read(at("anna", f"/practice{url}"))
    assert "Your client says that something was wrong with how they were treated." in sent and "You are asked" in sent
    dispute = db.session.query(Dispute).one()
    at("anna", f"/practice{url}/say", words="I was calm.")
    actions.decide(dispute, actions.Decision(10, "A little."), by=cast.sam)
    assert "Only our staff read it." in read(at("ben", url)) and "other side reads it too" not in read(at("ben", url))
    # The second words are part of the case that was open; nothing that was sent twice is in it twice.
    assert db.session.query(SafetyCase).one().words == "They shouted at me.\n\nAll of it back, please."


def test_conduct_is_a_case_of_safety_that_goes_on_when_the_money_ends(at, cast, session, complain, outbox):
    dispute = complain("conduct", words="They shouted at me.")
    case = db.session.query(SafetyCase).one()
    assert dispute.shows_client is False
    with transaction():
        cast.anna.tf_primary_method, cast.anna.tf_totp_secret = "authenticator", "set"
    shown = read(at("anna", f"/practice/bookings/{session.code}/dispute"))
    assert "shouted" not in shown and "with our safety team" in shown

    actions.withdraw(dispute, by=cast.ben)

    assert [each.code for each in queries.open_cases()] == [case.code]
    page = at("sam", f"/admin/safety-cases/{case.code}")
    assert "They shouted at me." in read(page)
    assert "Waits for an answer since" in read(page) and "Nobody has taken it" in read(page)
    assert at("sam", f"/admin/safety-cases/{case.code}/take", press=1).status_code == 303
    assert "Sam looks after it since" in read(at("sue", f"/admin/safety-cases/{case.code}"))
    url = f"/admin/safety-cases/{case.code}/answer"
    assert at("sam", url, answer="").status_code == 422
    assert at("sam", url, answer="We have spoken with them.").status_code == 303
    assert at("sue", url, answer="Me too").status_code == 409
    assert at("sue", f"/admin/safety-cases/{case.code}/take", press=1).status_code == 409
    assert outbox.last_to(cast.ben).template == "disputes/answered"
    told = read(at("ben", f"/bookings/{session.code}/dispute"))
    assert "We have spoken with them." in told and "Tell our safety team something more" in told


def test_conduct_can_be_told_at_any_time_and_of_what_was_free(at, cast, session, clock):
    clock.freeze(ENDS + timedelta(days=100))
    url = f"/bookings/{session.code}/dispute"
    page = at("ben", url)
    assert 'value="conduct"' in page.text and 'value="other"' not in page.text
    assert "About the money: This can be said for seven days after the end of a session." in read(page)
    assert at("ben", url, reason="other", words="Money please").status_code == 422
    assert at("ben", url, reason="conduct", words="It was not right.").status_code == 303
    assert db.session.query(Dispute).count() == 0
    assert db.session.query(SafetyCase).one().words == "It was not right."
    assert "Our safety team has your words" in read(at("ben", url))


def test_beside_a_dispute_about_the_money_conduct_can_be_told_too(at, session, complain):
    complain()
    url = f"/bookings/{session.code}/dispute"
    assert at("ben", f"{url}/conduct", **{"report-words": "And they shouted."}).status_code == 303
    assert at("ben", f"{url}/conduct", **{"report-words": "Twice."}).status_code == 409


# ---------------------------------------------------------------- copies and ends


def test_a_copy_holds_ones_own_words_and_an_open_dispute_comes_before_the_end(cast, complain):
    dispute = complain(words="You came late.")
    actions.say(dispute, "It ran over.", by=cast.anna)
    records = {each.name: each for each in holdings.records()}
    told = str(records["disputes"].tell(cast.ben))
    assert "You came late." in told and "ran over" not in told
    assert "It ran over." in str(records["disputes_in_practice"].tell(cast.anna))
    for person in (cast.ben, cast.anna):
        assert [each for each in holdings.blockers_of(person) if "dispute is open" in each.sentence]


def test_who_leaves_takes_their_words_along_and_an_open_case_goes_on_without_a_name(cast, complain):
    dispute = complain("conduct", words="They shouted.")
    actions.withdraw(dispute, by=cast.ben)
    with transaction():
        for each in holdings.records():
            if each.name in ("disputes", "safety_cases"):
                each.wipe(cast.ben)
    case = db.session.query(SafetyCase).one()
    assert (case.client_id, case.words) == (None, "They shouted.")
    assert [each.words for each in now(dispute).statements] == [""]


def test_words_go_a_while_after_the_end(cast, complain, clock):
    dispute = complain(words="You came late.")
    actions.withdraw(dispute, by=cast.ben)
    clock.advance(timedelta(days=179))
    jobs.forget_disputes()
    assert now(dispute).statements[0].words == "You came late."
    clock.advance(timedelta(days=2))
    assert jobs.forget_disputes() == 1
    assert now(dispute).statements[0].words == ""


@pytest.mark.parametrize("state", ["suspended", "closed"])
def test_a_specialist_who_was_stopped_or_left_still_reads_and_answers(at, cast, session, complain, state):
    complain()
    with transaction():
        cast.practice.state = state
    practice = f"/practice/bookings/{session.code}/dispute"
    assert at("anna", practice).status_code == 200
    assert at("anna", f"{practice}/say", words="I was there.").status_code == 303
    assert db.session.query(Dispute).one().state == "in_mediation"


def test_whoever_looks_at_the_session_or_their_own_page_reads_how_it_stands(at, cast, session, complain, clock, sue):
    own, theirs, page = f"/bookings/{session.code}", f"/practice/bookings/{session.code}", "/me"
    assert "something was wrong" not in read(at("ben", own)) + read(at("anna", theirs)) + read(at("ben", page))

    dispute = complain()
    assert "Anna can answer until" in read(at("ben", own)) and "Anna can answer until" in read(at("ben", page))
    assert "Please say how it was for you by" in read(at("anna", theirs))

    actions.say(dispute, "The call before ran over.", by=cast.anna)
    actions.decide(dispute, actions.Decision(30, "A part was missing."), by=cast.sam)
    for who, address in (("ben", own), ("ben", page), ("anna", theirs)):
        assert "It is decided: €21.60 of €72.00 goes back to the card." in read(at(who, address))
    # She can ask another person, so it is hers to look at.
    waiting = tree_of(at("anna", "/practice")).main.get_text(" ").partition("With somebody else")[0]
    assert "It is decided about a session" in waiting

    dispute_page = f"{own}/dispute"
    assert "other side can still ask" not in read(at("ben", dispute_page))
    actions.accept(dispute, by=cast.ben)
    assert "The other side can still ask another person to look, until" in read(at("ben", dispute_page))
    assert "other side can still ask" not in read(at("anna", f"{theirs}/dispute"))
    actions.accept(now(dispute), by=cast.anna)
    assert "other side can still ask" not in read(at("ben", dispute_page))
    assert "It ended as it was decided. €21.60 of €72.00 went back, or is on its way." in read(at("ben", own))
    assert "something was wrong" not in read(at("ben", page))


def test_nobody_is_asked_anew_how_it_was_once_a_dispute_about_it_is_over(at, cast, session, complain):
    bookings.complete(session, by=cast.anna)
    url = f"/bookings/{session.code}"
    assert "It was otherwise" in read(at("ben", url))

    actions.give_all(complain(), by=cast.anna)

    assert "It was otherwise" not in read(at("ben", url))
    assert at("ben", f"{url}/contest", words="No.").status_code == 409
