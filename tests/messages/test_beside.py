"""What stands beside conversations: being away, others with time, blocks, reports, quiet hours, what is new."""

from contextlib import contextmanager

import pytest
from sqlalchemy import event

from practice.accounts.models import Device
from practice.http.standby import MARK
from practice.messages import actions, jobs, live, queries, subjects
from practice.moderation import actions as moderation
from practice.moderation import queries as cases
from practice.moderation import subjects as kinds
from practice.moderation.actions import Reported
from practice.moderation.states import Decision, ReportReason
from practice.moderation.subjects import Ruled
from practice.specialists import actions as specialists
from practice.specialists.answering import Answering
from practice.store.db import db, transaction
from tests import factories
from tests.messages.test_pages import FIRST, press, words
from tests.pages import fields_of, tree_of

SETTINGS = "/me/settings/messages"
QUIET = f"{SETTINGS}/quiet"


@pytest.fixture
def statements():
    """`with statements() as asked`: what the database is asked meanwhile."""

    @contextmanager
    def listening():
        asked = []

        def note(_connection, _cursor, statement, *_):
            asked.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        yield asked
        event.remove(db.engine, "before_cursor_execute", note)

    return listening


def of(thread, *more):
    return "/".join(["/me/messages", thread.code, *more])


@pytest.fixture
def as_ben(client, cast, sign_in):
    return sign_in(client, cast.ben)


@pytest.fixture
def as_anna(client, cast, sign_in):
    return sign_in(client, cast.anna)


# ---------------------------------------------------------------- settings


def test_quiet_hours_and_reading_are_saved_from_the_page(as_ben, cast):
    answer = press(as_ben, as_ben.get(SETTINGS), QUIET, quiet_from="1260", quiet_until="480", shows_read="y")

    mine = queries.wishes_of(cast.ben)
    assert (mine.quiet_from, mine.quiet_until, mine.shows_read) == (1260, 480, True)
    assert "Saved." in answer.text and "While you are away" not in answer.text


@pytest.mark.parametrize(
    ("begins", "ends"), [("1260", ""), ("", "480"), ("480", "480"), ("soon", "480"), ("1261", "480")]
)
def test_quiet_hours_with_one_end_or_none_that_there_is_are_refused(as_ben, cast, begins, ends):
    answer = press(as_ben, as_ben.get(SETTINGS), QUIET, quiet_from=begins, quiet_until=ends)

    assert answer.status_code == 422
    assert queries.wishes_of(cast.ben) is None


def test_wishes_that_were_changed_elsewhere_are_not_overwritten_unseen(as_ben, cast):
    opened = as_ben.get(SETTINGS)
    actions.save_wishes(cast.ben, (0, 60), shows_read=True)
    answer = press(as_ben, opened, QUIET, quiet_from="1260", quiet_until="480")

    assert answer.status_code == 409
    assert queries.wishes_of(cast.ben).quiet_from == 0


def test_being_away_is_said_before_somebody_writes_and_beside_what_they_wrote_and_in_no_letter(
    as_anna, cast, thread, write, outbox, sign_in
):
    said = {"away": "Back after Easter.", "away_from": "", "away_until": "2027-03-20"}
    press(as_anna, as_anna.get(SETTINGS), f"{SETTINGS}/away", **said)
    before = len(outbox.all())
    write(cast.ben)
    assert [each.recipient_id for each in outbox.all()[before:]] == [cast.anna.id]

    as_ben = sign_in(as_anna.application.test_client(), cast.ben)
    for page in (as_anna.application.test_client().get(FIRST), as_ben.get(of(thread))):
        assert "Anna is away until Saturday 20 March." in words(page)
        assert "Back after Easter." in words(page)


@pytest.mark.parametrize(
    ("since", "until"),
    [("", ""), ("", "2027-02-28"), ("2027-03-10", "2027-03-09"), ("", "2027-06-01"), ("2027-03-10", "2027-06-01")],
)
def test_being_away_needs_an_end_that_is_near(as_anna, cast, since, until):
    said = {"away": "Back soon.", "away_from": since, "away_until": until}
    answer = press(as_anna, as_anna.get(SETTINGS), f"{SETTINGS}/away", **said)

    assert answer.status_code == 422 and "Back soon." in answer.text
    assert queries.wishes_of(cast.anna) is None


def test_only_a_specialist_says_that_they_are_away(as_ben):
    token = fields_of(as_ben.get(SETTINGS), QUIET)["csrf_token"]
    assert as_ben.post(f"{SETTINGS}/away", data={"csrf_token": token, "away": "Gone."}).status_code in (403, 404)


@pytest.mark.parametrize("wished", [{"ben"}, {"anna"}, {"ben", "anna"}])
def test_what_was_read_shows_only_where_both_want_it(as_ben, cast, answered, write, wished):
    write(cast.ben, "Thank you.")
    for each in wished:
        actions.save_wishes(getattr(cast, each), None, shows_read=True)
    db.session.rollback()
    actions.note_read(queries.thread_of(cast.anna, answered.code), by=cast.anna)

    assert ("Sent, and read" in as_ben.get(of(answered)).text) == (wished == {"ben", "anna"})


# ---------------------------------------------------------------- a promise, and others


def test_a_profile_and_the_form_promise_only_what_was_measured(client, cast):
    assert "Usually answers" not in client.get(FIRST).text + client.get("/specialists/anna-kern").text
    specialists.note_answering(cast.practice, Answering(within=24))

    for page in (FIRST, "/specialists/anna-kern"):
        assert "Usually answers within a day." in words(client.get(page))


def test_whoever_waited_for_four_days_reads_of_others_with_a_real_time(as_ben, cast, thread, write, clock):
    factories.specialist(factories.user("Lena Moss", zone="Europe/Vienna"))
    write(cast.ben)
    assert "Other options for you" not in as_ben.get(of(thread)).text

    clock.advance(hours=96)
    jobs.end_silence()
    assert "Other options for you" in words(as_ben.get(of(thread)))
    assert "Lena Moss" in words(as_ben.get(of(thread)))


# ---------------------------------------------------------------- blocked


def test_a_block_from_the_page_says_nothing_to_the_other(as_ben, cast, answered, sign_in):
    answer = press(as_ben, as_ben.get(of(answered)), of(answered, "block"))
    assert "You have blocked Anna" in words(answer)

    theirs = sign_in(as_ben.application.test_client(), cast.anna).get(of(answered))
    assert "can’t be reached here any more" in words(theirs)
    # What anybody reads who may block; no word of what happened.
    assert not {"blocked", "Unblock"} & set(words(theirs).replace(".", " ").split())
    press(as_ben, as_ben.get(of(answered)), of(answered, "unblock"))
    assert "You have blocked" not in as_ben.get(of(answered)).text


def test_what_a_blocked_person_typed_comes_back_with_the_refusal(as_ben, cast, answered):
    opened = as_ben.get(of(answered))
    actions.block(answered, by=cast.anna)
    answer = press(as_ben, opened, of(answered, "send"), words="Are you there?")

    assert answer.status_code == 409
    assert "Are you there?" in answer.text and "can’t be reached here any more" in answer.text


# ---------------------------------------------------------------- reported


def test_staff_read_the_reported_message_and_what_its_reporter_chose_and_nothing_else(as_ben, cast, answered, write):
    for number in range(4):
        write(cast.anna, f"Line {number}.")
    reported = write(cast.anna, "The worst line.")
    page = as_ben.get(of(answered, reported.code, "report"))
    chosen = [each["value"] for each in tree_of(page).select("input[name=shown]")]
    assert "Line 0." not in page.text and len(chosen) == 3
    answer = as_ben.post(
        of(answered, reported.code, "report"),
        data={**fields_of(page, of(answered, reported.code, "report")), "shown": chosen[-1:]},
    )
    assert answer.status_code == 303 and answer.location == f"/report/message/{reported.code}"

    shown = kinds.subject(subjects.KIND).show(reported.code)
    assert shown.words == "The worst line."
    assert [text for _, text in shown.context] == ["Line 3."]
    assert "Anna" not in str(shown) and "Ben" not in str(shown)


def test_only_who_reads_a_message_reports_it_and_nobody_their_own(cast, answered, write):
    message, may = write(cast.anna), kinds.subject(subjects.KIND).may_report

    assert may(message.code, cast.ben)
    assert not any(may(message.code, each) for each in (cast.anna, cast.cleo, cast.sam))
    assert not may("nothing", cast.ben)


def test_a_stranger_finds_no_page_of_a_conversation(client, cast, answered, write, sign_in):
    message, cleo = write(cast.anna), sign_in(client, cast.cleo)

    for page in (of(answered, message.code, "report"), of(answered, "news")):
        assert cleo.get(page).status_code == 404
    token = {"csrf_token": fields_of(cleo.get(SETTINGS), QUIET)["csrf_token"]}
    for form in ("block", "unblock"):
        assert cleo.post(of(answered, form), data=token).status_code == 404


def test_what_staff_remove_is_read_by_its_author_alone_until_somebody_else_decides_otherwise(
    as_ben, cast, answered, write, sign_in
):
    message = write(cast.anna, "Something harmful.")
    subject = kinds.subject(subjects.KIND)
    with transaction():
        subject.carry_out(Ruled(message.code, Decision.REMOVE, "Harm.", cast.sam))
    assert "Something harmful." not in as_ben.get(of(answered)).text + as_ben.get("/me/messages").text
    assert "Something harmful." in sign_in(as_ben.application.test_client(), cast.anna).get(of(answered)).text

    with transaction():
        subject.carry_out(Ruled(message.code, Decision.LEAVE, "Not so.", cast.sam, on_appeal=True))
    assert "Something harmful." in as_ben.get(of(answered)).text


# ---------------------------------------------------------------- what is new


def news_of(page):
    return tree_of(page).select_one("[data-live]")["data-live"]


def test_an_open_page_hears_of_what_is_new_and_of_nothing_before(as_ben, cast, answered, write):
    address = news_of(as_ben.get(of(answered)))
    nothing = as_ben.get(address)
    assert (nothing.status_code, nothing.headers[MARK]) == (204, f"thread {answered.code}.{address[-22:]}")

    write(cast.anna, "One more thing.")
    answer = as_ben.get(address)
    assert answer.status_code == 200
    assert "One more thing." in tree_of(answer).select_one('[data-fragment="thread"]').get_text()


def test_one_question_finds_what_is_new_for_all_who_wait(cast, answered, write, statements):
    other = actions.begin(cast.cleo, cast.practice)
    waiting = {live.key_for(each, live.last_code(each)) for each in (answered, other)}
    with statements() as asked:
        assert set(live._news(waiting)) == set()
    assert len(asked) == 1

    write(cast.cleo, to=other)
    assert {each.partition(".")[0] for each in live._news(waiting)} == {other.code}


def test_a_page_that_waits_keeps_no_sign_in_alive(as_anna, cast, answered, clock):
    address = news_of(as_anna.get(of(answered)))
    seen = [each.last_seen_at for each in db.session.query(Device)]
    clock.advance(hours=11)
    assert as_anna.get(address).status_code == 204

    db.session.rollback()
    assert [each.last_seen_at for each in db.session.query(Device)] == seen
    clock.advance(hours=2)
    assert as_anna.get(address).status_code == 302


@pytest.mark.parametrize("ends", ["taken back", "account erased"])
def test_a_reported_message_whose_words_go_waits_for_nobody_and_of_safety_they_are_kept(ends, cast, answered, write):
    message = write(cast.anna, "I know where you live.")
    moderation.report(subjects.KIND, message.code, Reported(ReportReason.DANGER, ""), by=cast.ben)
    case = cases.open_about(subjects.KIND, message.code)

    if ends == "taken back":
        actions.take_back(message, by=cast.anna)
    else:
        for part in queries.parts_of(cast.anna):
            actions.leave(part)

    assert (case.state, case.read, cases.open_about(subjects.KIND, message.code)) == (
        *("withdrawn", "I know where you live."),
        None,
    )


def test_a_decision_is_for_the_messages_that_were_shown_around_it(cast, answered, write):
    before, message = write(cast.ben, "Before."), write(cast.anna)
    after = write(cast.ben, "After.")
    marks = set()
    for shown in (before, after):
        actions.show_around(message, [shown.code], by=cast.ben)
        marks.add(kinds.subject(subjects.KIND).show(message.code).mark)

    assert len(marks) == 2
