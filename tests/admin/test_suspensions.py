"""Two of the staff stop a practice: it vanishes, nobody new books; then it goes on, or closes for good."""

from datetime import UTC, date, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select

from practice.admin import actions as desk
from practice.bookings import actions as bookings
from practice.bookings import emails
from practice.bookings import queries as booked
from practice.bookings.actions import Details, Visitor
from practice.bookings.errors import NotEligible, SlotClosed, TooLate
from practice.bookings.models import Booking, Strike
from practice.bookings.states import BookingState
from practice.letters.mail_worker import deliver_due
from practice.specialists import actions, queries
from practice.specialists.answers import Terms
from practice.specialists.states import ProfileState
from practice.store.audit import AuditEvent
from practice.store.db import db, transaction
from practice.values.errors import Conflict, IllegalMove, Invalid, NotAllowed
from tests import factories
from tests.specialists import recipes

TUESDAY_NINE = datetime(2027, 3, 2, 8, 0, tzinfo=UTC)
WHY = "The register says that the licence was taken away."
LATER = date(2027, 3, 15)
FORM = {"suspend-reason": WHY, "suspend-look_again_on": "2027-03-15", "suspend-ahead": "keep"}


@pytest.fixture
def sam_in(client, cast, sign_in):
    return sign_in(client, cast.sam)


@pytest.fixture
def sue_in(app, sue, sign_in):
    return sign_in(app.test_client(), sue)


@pytest.fixture
def path(cast):
    return f"/admin/applications/{cast.practice.code}"


def terms(**changes):
    return Terms(**{"reason": WHY, "look_again_on": LATER, "calls_off": False} | changes)


@pytest.fixture
def suspended(cast, sue):
    """Anna's practice as it is after Sam and Sue have stopped it."""

    def make(**changes):
        suspension = actions.propose_suspension(cast.practice, terms(**changes), by=cast.sam)
        desk.suspend(suspension, by=sue)
        return suspension

    return make


def state(practice):
    return recipes.again(practice).state


def state_of(booking):
    db.session.rollback()
    return db.session.get_one(Booking, booking.id, populate_existing=True).state


def said(answer):
    """What a reader sees in the middle of the page; where a template breaks its lines shows nowhere."""
    return " ".join(BeautifulSoup(answer.text, "html.parser").find("main").get_text(" ").split())


def recorded(action):
    db.session.rollback()
    return db.session.scalars(select(AuditEvent).where(AuditEvent.action == action)).one()


# ---------------------------------------------------------------- two people


def test_one_person_proposes_and_nothing_changes_yet(sam_in, cast, path, post, outbox):
    assert post(f"{path}/suspend", **FORM).status_code == 303

    assert state(cast.practice) == ProfileState.PUBLISHED
    assert outbox.to(cast.anna) == []
    assert "somebody else has to agree" in said(sam_in.get(path))
    assert "Agree to suspend" not in said(sam_in.get(path))
    assert post(f"{path}/suspend/agree").status_code == 403
    assert state(cast.practice) == ProfileState.PUBLISHED


def test_a_second_person_is_asked_for_and_agrees(sam_in, sue_in, sue, cast, path, post, outbox):
    post(f"{path}/suspend", **FORM)
    assert "1 suspension needs somebody." in said(sue_in.get("/admin/"))
    assert "Second person needed" in said(sue_in.get("/admin/applications/in/decided"))
    assert WHY in said(sue_in.get(path))

    assert post(f"{path}/suspend/agree", browser=sue_in).status_code == 303

    assert state(cast.practice) == ProfileState.SUSPENDED
    assert recorded("specialist.suspension_proposed").actor == f"account:{cast.sam.code}"
    assert recorded("specialist.suspended").actor == f"account:{sue.code}"
    assert outbox.kinds_to(cast.anna) == ["specialists/suspended"]
    assert "suspension needs" not in said(sue_in.get("/admin/"))


def test_a_second_person_who_does_not_agree_ends_it(sam_in, sue_in, cast, path, post, outbox):
    post(f"{path}/suspend", **FORM)

    assert post(f"{path}/suspend/withdraw", browser=sue_in).status_code == 303

    assert state(cast.practice) == ProfileState.PUBLISHED
    assert outbox.to(cast.anna) == []
    assert post(f"{path}/suspend/agree", browser=sue_in).status_code == 404
    assert post(f"{path}/suspend", **FORM).status_code == 303


def test_it_is_proposed_once(cast):
    actions.propose_suspension(cast.practice, terms(), by=cast.sam)

    with pytest.raises(Conflict):
        actions.propose_suspension(cast.practice, terms(), by=cast.sam)


def test_a_practice_that_was_closed_meanwhile_is_not_suspended(cast, sue):
    suspension = actions.propose_suspension(cast.practice, terms(), by=cast.sam)
    actions.close(cast.practice, by=cast.anna)

    with pytest.raises(Conflict):
        desk.suspend(suspension, by=sue)

    assert state(cast.practice) == ProfileState.CLOSED


@pytest.mark.parametrize(
    "change, words",
    [
        ({"suspend-reason": ""}, "Write why, in words for the specialist."),
        ({"suspend-reason": "  "}, "Write why, in words for the specialist."),
        ({"suspend-reason": "w" * 1001}, "Use 1000 characters at most."),
        ({"suspend-look_again_on": ""}, "Choose a day after today"),
        ({"suspend-look_again_on": "2027-03-01"}, "Choose a day after today"),
        ({"suspend-look_again_on": "2027-06-01"}, "Choose a day after today"),
        ({"suspend-look_again_on": "soon"}, "Not a valid date"),
        ({"suspend-ahead": ""}, "Choose what becomes of appointments."),
        ({"suspend-ahead": "sell"}, "Not a valid choice"),
    ],
)
def test_a_proposal_with_a_mistake_comes_back_filled(sam_in, cast, path, post, change, words):
    answer = post(f"{path}/suspend", **FORM | change)

    assert answer.status_code == 422
    page = BeautifulSoup(answer.text, "html.parser").find(id="suspend")
    assert page.has_attr("open")
    assert words in page.find(class_="err").text
    if "suspend-reason" not in change:
        assert WHY in page.find("textarea").text
    assert queries.open_suspension(cast.practice) is None


def test_an_action_refuses_the_same_by_itself(cast):
    for wrong in ({"reason": " "}, {"look_again_on": date(2027, 3, 1)}, {"look_again_on": date(2028, 3, 1)}):
        with pytest.raises(Invalid):
            actions.propose_suspension(cast.practice, terms(**wrong), by=cast.sam)


def test_only_staff_decide_and_never_about_themselves(app, cast, sue, path, sign_in, post):
    own = factories.specialist(sue)
    for person in (cast.anna, cast.ben):
        with pytest.raises(NotAllowed):
            actions.propose_suspension(cast.practice, terms(), by=person)
        browser = sign_in(app.test_client(), person)
        for verb in ("suspend", "suspend/agree", "suspend/withdraw", "reinstate", "close"):
            assert post(f"{path}/{verb}", browser=browser, **FORM).status_code == 404
    with pytest.raises(NotAllowed):
        actions.propose_suspension(own, terms(), by=sue)
    browser = sign_in(app.test_client(), sue)
    assert "Propose to suspend" not in said(browser.get(f"/admin/applications/{own.code}"))


# ---------------------------------------------------------------- what stops


def test_the_profile_vanishes_and_nobody_new_books(app, cast, suspended):
    browser = app.test_client()
    assert browser.get("/specialists/anna-kern").status_code == 200
    offer = cast.practice.consult

    suspended()

    assert browser.get("/specialists/anna-kern").status_code == 404
    assert browser.get("/specialists/anna-kern/book").status_code == 404
    assert cast.practice.id not in [each.card.id for each in booked.everyone()]
    with pytest.raises(NotEligible):
        bookings.book(cast.ben, offer, TUESDAY_NINE, Details("video"))


def test_a_time_held_before_does_not_become_a_booking(cast, suspended):
    held = bookings.hold(cast.practice.consult, TUESDAY_NINE, Visitor(cast.ben, "browser", "network", "Europe/Dublin"))
    suspended()

    with pytest.raises(NotEligible):
        bookings.book(cast.ben, cast.practice.consult, TUESDAY_NINE, Details("video"), held)


def test_its_owner_cannot_publish_or_pause_it_back(cast, suspended):
    suspended()

    with pytest.raises(NotAllowed):
        actions.publish(cast.practice, by=cast.anna)
    with pytest.raises(IllegalMove):
        actions.pause(cast.practice, None, by=cast.anna)

    assert state(cast.practice) == ProfileState.SUSPENDED


def test_it_stays_in_a_list_where_staff_find_it_by_name(sam_in, cast, suspended, post):
    suspended()

    assert "Suspended" in said(post("/admin/applications/in/decided", name="kern"))
    assert "Nobody here has “xyz” in the name" in said(post("/admin/applications/in/decided", name="xyz"))
    assert "Anna Kern" not in said(post("/admin/applications/in/decided", name="%x"))


def test_its_owner_reads_why_and_by_when_it_is_looked_at_again(app, cast, suspended, sign_in):
    browser = sign_in(app.test_client(), cast.anna)
    suspended()

    text = said(browser.get("/practice/profile", follow_redirects=True))

    assert "Your practice here is suspended" in text
    assert WHY in text
    assert "We look at it again by 15 March 2027" in text
    assert "Your practice is suspended" in said(browser.get("/practice"))


# ---------------------------------------------------------------- appointments ahead


@pytest.fixture
def ahead(cast):
    return factories.booking(cast.ben, cast.practice, TUESDAY_NINE)


def test_each_client_is_told_that_it_is_theirs_to_keep(cast, ahead, suspended, outbox):
    suspended(calls_off=False)

    assert state_of(ahead) == BookingState.CONFIRMED
    letter = outbox.read(outbox.last_to(cast.ben))
    assert letter.subject == "About your appointment"
    assert "It is yours to decide." in letter.text
    assert "licence" not in letter.text
    assert "Appointments ahead stand." in outbox.read(outbox.last_to(cast.anna)).text


def test_what_is_kept_is_not_put_at_another_time(cast, ahead, suspended):
    suspended(calls_off=False)
    later = TUESDAY_NINE + timedelta(hours=1)

    with pytest.raises(SlotClosed, match="takes no appointments"):
        bookings.move(ahead, later, by=cast.ben)
    with pytest.raises(SlotClosed, match="takes no appointments"):
        bookings.propose(ahead, [later], by=cast.anna)

    assert state_of(ahead) == BookingState.CONFIRMED


def test_all_are_cancelled_without_a_strike_and_do_not_count(cast, ahead, suspended, outbox, clock):
    with transaction():
        emails.booked(ahead)
    clock.freeze(TUESDAY_NINE - timedelta(hours=1))
    deliver_due()

    suspended(calls_off=True)

    assert state_of(ahead) == BookingState.CANCELLED_BY_SPECIALIST
    assert db.session.scalar(select(func.count(Strike.id))) == 0
    assert not db.session.get_one(Booking, ahead.id).claims_pair
    for person, words in ((cast.ben, "It does not count"), (cast.anna, "It is not held against you.")):
        row = next(each for each in outbox.to(person) if each.template == "bookings/called_off")
        letter = outbox.read(row)
        assert letter.subject == "Appointment cancelled: " + letter.subject.partition(": ")[2]
        assert words in letter.text
        assert "METHOD:CANCEL" in letter.calendar
        assert "suspended" not in letter.text


def test_what_has_begun_is_left_alone(cast, ahead, suspended, clock):
    clock.freeze(TUESDAY_NINE + timedelta(minutes=5))

    suspended(calls_off=True)

    assert state_of(ahead) == BookingState.CONFIRMED
    with pytest.raises(TooLate):
        bookings.call_off(ahead, by=cast.sam)


def test_staff_cancel_a_single_one_later(sam_in, cast, ahead, suspended, path, post, outbox):
    suspended(calls_off=False)
    assert "1 appointment is ahead with somebody who is not public any more." in said(sam_in.get("/admin/"))
    assert "B." in said(sam_in.get(path))
    assert "Ben" not in said(sam_in.get(path))

    assert post(f"{path}/appointments/{ahead.code}/cancel").status_code == 303

    assert state_of(ahead) == BookingState.CANCELLED_BY_SPECIALIST
    assert outbox.kinds_to(cast.ben)[-1] == "bookings/called_off"
    assert recorded("booking.cancelled_by_specialist").actor == f"account:{cast.sam.code}"
    assert post(f"{path}/appointments/{ahead.code}/cancel").status_code == 409


def test_appointments_of_an_open_practice_are_not_staffs_to_cancel(sam_in, cast, ahead, path, post):
    assert "Cancel it" not in said(sam_in.get(path))
    assert post(f"{path}/appointments/{ahead.code}/cancel").status_code == 403
    assert state_of(ahead) == BookingState.CONFIRMED


def test_a_booking_of_somebody_else_is_not_found_there(sam_in, cast, ahead, post):
    other = factories.specialist(factories.user("Nora Quiet"), state=ProfileState.EXPIRED)

    assert post(f"/admin/applications/{other.code}/appointments/{ahead.code}/cancel").status_code == 404


def test_after_a_licence_ran_out_staff_cancel_what_cannot_happen(sam_in, cast, ahead, path, post):
    with transaction():
        cast.practice.state = ProfileState.EXPIRED

    assert post(f"{path}/appointments/{ahead.code}/cancel").status_code == 303

    assert state_of(ahead) == BookingState.CANCELLED_BY_SPECIALIST


# ---------------------------------------------------------------- going on


def test_it_goes_on_where_it_was_public(sam_in, cast, suspended, path, post, outbox):
    suspended()

    assert post(f"{path}/reinstate", **{"reinstate-reason": "The register was wrong"}).status_code == 303

    assert state(cast.practice) == ProfileState.PUBLISHED
    assert recorded("specialist.reinstated").reason == ""
    assert cast.practice.moves[-1].reason == "The register was wrong"
    letter = outbox.read(outbox.last_to(cast.anna))
    assert "your profile is public" in letter.text
    assert "The register was wrong" not in letter.text


def test_a_paused_practice_does_not_come_back_public(sam_in, cast, suspended, path, post, outbox):
    actions.pause(cast.practice, date(2027, 3, 20), by=cast.anna)
    suspended()

    post(f"{path}/reinstate", **{"reinstate-reason": "why"})

    practice = recipes.again(cast.practice)
    assert (practice.state, practice.paused_until) == (ProfileState.APPROVED, None)
    assert "you publish it when you are ready" in outbox.read(outbox.last_to(cast.anna)).text
    actions.publish(practice, by=cast.anna)
    assert state(practice) == ProfileState.PUBLISHED


def test_without_a_licence_in_force_it_does_not_come_back_public(cast, mara, sam, sue, clock):
    practice = recipes.published(mara, sam, expires_on=date(2027, 3, 5))
    suspension = actions.propose_suspension(practice, terms(), by=sam)
    desk.suspend(suspension, by=sue)
    clock.freeze(datetime(2027, 3, 7, 8, 0, tzinfo=UTC))

    actions.reinstate(suspension, by=sam, reason="why")

    assert state(practice) == ProfileState.APPROVED
    with pytest.raises(Conflict):
        actions.publish(practice, by=mara)


def test_going_on_needs_a_reason(sam_in, cast, suspended, path, post):
    suspended()

    answer = post(f"{path}/reinstate", **{"reinstate-reason": " "})

    assert answer.status_code == 422
    assert "Write why. It is kept for staff." in said(answer)
    assert state(cast.practice) == ProfileState.SUSPENDED


def test_the_day_to_look_again_is_remembered(client, cast, suspended, clock, sign_in):
    suspended()
    clock.freeze(datetime(2027, 3, 15, 9, 0, tzinfo=UTC))

    browser = sign_in(client, cast.sam)

    assert "to be looked at again by Monday 15 March" in said(browser.get("/admin/"))


# ---------------------------------------------------------------- closing for good


def test_one_of_staff_closes_a_suspended_practice_and_what_two_left_standing_stands(
    app, sign_in, sam_in, cast, ahead, suspended, path, post, outbox
):
    suspended(calls_off=False)
    assert "What two of you left standing stands" in said(sam_in.get(path))

    assert post(f"{path}/close", **{"close-words": "Two people lost money."}).status_code == 303

    assert state(cast.practice) == ProfileState.CLOSED
    assert state_of(ahead) == BookingState.CONFIRMED
    (letter,) = [each for each in outbox.to(cast.anna) if each.template == "specialists/closed_by_us"]
    assert "Two people lost money." in outbox.read(letter).text and "are cancelled" not in outbox.read(letter).text
    bookings.call_off(ahead, by=cast.sam)
    assert state_of(ahead) == BookingState.CANCELLED_BY_SPECIALIST
    assert recorded("specialist.closed_by_staff").actor == f"account:{cast.sam.code}"
    assert "Two people" not in recorded("specialist.closed_by_staff").reason
    assert "Propose to suspend" not in said(sam_in.get(path))
    text = said(sign_in(app.test_client(), cast.anna).get("/apply"))
    assert "Your practice here is closed" in text
    assert "Two people lost money." in text and "Appointments that still stand take place" in text


def test_closing_needs_words_for_its_owner(sam_in, cast, suspended, path, post):
    suspended()

    answer = post(f"{path}/close", **{"close-words": ""})

    assert answer.status_code == 422
    assert BeautifulSoup(answer.text, "html.parser").find(id="close").has_attr("open")
    assert state(cast.practice) == ProfileState.SUSPENDED


def test_an_open_practice_is_not_closed_by_staff(sam_in, cast, path, post):
    assert post(f"{path}/close", **{"close-words": "why"}).status_code == 404
    suspension = actions.propose_suspension(cast.practice, terms(), by=cast.sam)
    assert post(f"{path}/close", **{"close-words": "why"}).status_code == 409
    with pytest.raises(Conflict):
        actions.close_suspended(suspension, "why", by=cast.sam)
    assert state(cast.practice) == ProfileState.PUBLISHED
