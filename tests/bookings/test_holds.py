"""What a hold may keep from others, how long, and what ends it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from practice.accounts import actions as people
from practice.accounts import consents
from practice.accounts import queries as accounts
from practice.accounts.policy import Change
from practice.bookings import actions, claims, queries
from practice.bookings.errors import NotEligible, SlotClosed
from practice.bookings.models import Booking
from practice.bookings.states import BookingState
from practice.specialists.models import Specialist
from practice.specialists.states import OfferKind
from practice.store.checks import faults
from practice.store.db import db, transaction
from practice.values.errors import Crowded
from practice.values.money import Money
from tests import factories
from tests.bookings.conftest import THURSDAY_TEN, WEDNESDAY_TEN
from tests.pages import tree_of

pytestmark = pytest.mark.usefixtures("both_said_yes")

NINE = 9 * 60


def at(minute):
    """So many minutes after nine in Vienna on Wednesday."""
    return datetime(2027, 3, 3, 8, 0, tzinfo=UTC) + timedelta(minutes=minute)


def unknown(number):
    return actions.Visitor(None, f"browser-{number}", f"network-{number}", "UTC")


@pytest.fixture
def seven(cast):
    """Two hours on Wednesdays: seven starts, four appointments."""
    factories.open_hours(cast.practice, zone="Europe/Vienna", days=(2,), hours=(NINE, NINE + 120))
    return cast.practice


def starts_on_wednesday(practice):
    ends = at(24 * 60).timestamp()
    return [start for start in queries.starts_for(practice.consult) if start < ends]


def test_unknown_visitors_leave_two_appointments_of_a_day_to_others(seven):
    kept = [actions.hold(seven.consult, at(minute), unknown(minute)) for minute in (15, 75, 45)]

    assert [held is not None for held in kept] == [True, False, False]
    assert len(starts_on_wednesday(seven)) == 4  # two appointments, each at two times


def limited(practice, **limits):
    """The practice open each morning of the week, with these limits of its own."""
    schedule = factories.open_hours(practice, zone="Europe/Vienna", days=(0, 1, 2, 3, 4), hours=(NINE, NINE + 240))
    with transaction():
        for name, value in limits.items():
            setattr(schedule, name, value)
    return practice.consult


@pytest.mark.parametrize(
    "limits, kept",
    [
        ({}, 2),  # four free consultations a week, as a practice begins
        ({"weekly_consults": 5}, 3),
        ({"weekly_consults": 2}, 0),
        ({"weekly_consults": 1}, 0),
        ({"weekly_consults": None, "weekly_cap": 3}, 1),
    ],
    ids=range(5),
)
def test_unknown_visitors_leave_two_appointments_of_a_week_to_others(cast, limits, kept):
    offer = limited(cast.practice, **limits)
    mornings = [WEDNESDAY_TEN + timedelta(hours=hour, days=day) for day in (0, 1) for hour in (0, 1)]

    held = [actions.hold(offer, start, unknown(number)) for number, start in enumerate(mornings)]

    assert [each is not None for each in held] == [True] * kept + [False] * (4 - kept)
    week_ends = (WEDNESDAY_TEN + timedelta(days=4)).timestamp()
    assert any(start < week_ends for start in queries.starts_for(offer))


def test_unknown_visitors_leave_two_appointments_of_a_days_limit_to_others(cast):
    offer = limited(cast.practice, weekly_consults=None, daily_cap=3)
    hours = [WEDNESDAY_TEN + timedelta(hours=hour) for hour in range(2)]

    assert [actions.hold(offer, at, unknown(at)) is not None for at in hours] == [True, False]


def test_a_practice_of_one_a_week_keeps_times_for_known_people_only(cast):
    offer = limited(cast.practice, weekly_consults=1)

    assert actions.hold(offer, WEDNESDAY_TEN, unknown(1)) is None
    assert actions.hold(offer, WEDNESDAY_TEN, actions.Visitor(cast.ben, "b", "n", "UTC")) is not None


def test_strangers_are_not_one_person_who_kept_a_time_too_often(cast, clock):
    kept = []
    for number in range(4):
        kept.append(actions.hold(cast.practice.consult, WEDNESDAY_TEN, unknown(number)) is not None)
        clock.advance(minutes=11)

    assert kept == [True] * 4


def test_an_unconfirmed_account_keeps_no_more_than_an_unknown_visitor(seven):
    dana = factories.user("Dana", confirmed_at=None)
    actions.hold(seven.consult, at(15), unknown(1))

    assert actions.hold(seven.consult, at(75), actions.Visitor(dana, "dana", "network", "UTC")) is None


def test_an_unconfirmed_account_counts_in_its_network_and_is_kept_as_short(cast, clock):
    people = [factories.user(f"Dana{number} Q", confirmed_at=None) for number in range(7)]
    # Four a week are the most that the practice gives, and two of them stay for others.
    times = [WEDNESDAY_TEN + timedelta(days=7 * (number // 2), hours=number % 2) for number in range(7)]

    kept = [
        actions.hold(cast.practice.consult, start, actions.Visitor(person, person.code, "one network", "UTC"))
        for person, start in zip(people, times, strict=True)
    ]

    assert [held is not None for held in kept] == [True] * 6 + [False]
    assert kept[0].held_until == clock.now() + timedelta(minutes=10)


@pytest.mark.parametrize(("who", "minutes"), [("confirmed", 15), ("unconfirmed", 10), ("nobody", 10)])
def test_a_hold_is_renewed_once(cast, clock, who, minutes):
    people = {"confirmed": cast.ben, "unconfirmed": factories.user("Dana", confirmed_at=None), "nobody": None}
    visitor = actions.Visitor(people[who], "b", "n", "UTC")
    lasts = timedelta(minutes=minutes)
    until = []
    for _ in range(4):
        held = actions.hold(cast.practice.consult, WEDNESDAY_TEN, visitor)
        until.append(held.held_until)
        clock.advance(lasts / 3)

    start = until[0] - lasts
    assert until == [start + lasts, start + lasts * 4 / 3, start + lasts * 4 / 3, start + lasts * 4 / 3]


def test_changing_ones_mind_to_and_fro_renews_nothing(cast, clock):
    ben = actions.Visitor(cast.ben, "b", "n", "UTC")
    kept = []
    for start in (WEDNESDAY_TEN, THURSDAY_TEN) * 3:
        kept.append(actions.hold(cast.practice.consult, start, ben) is not None)
        clock.advance(minutes=5)

    assert kept == [True, True, True, True, False, False]


def test_a_hold_that_ran_out_can_be_had_once_more_and_then_by_whoever_is_faster(cast, clock):
    ben = actions.Visitor(cast.ben, "b", "n", "UTC")
    kept = []
    for _ in range(3):
        kept.append(actions.hold(cast.practice.consult, WEDNESDAY_TEN, ben) is not None)
        clock.advance(minutes=16)

    assert kept == [True, True, False]
    assert actions.book(cast.ben, cast.practice.consult, WEDNESDAY_TEN, actions.Details(format="video")).is_confirmed


def live_holds():
    db.session.rollback()
    return db.session.query(Booking).filter(Booking.state == BookingState.HELD).count()


def test_booking_in_one_tab_ends_the_hold_of_the_other(ben_in, cast, hold, confirm):
    hold(WEDNESDAY_TEN)
    first = tree_of(ben_in.get("/specialists/anna-kern/book", follow_redirects=True))
    hold(WEDNESDAY_TEN + timedelta(minutes=15))

    fields = {each["name"]: each.get("value", "") for each in first.find_all("input", type="hidden")}
    answer = confirm(WEDNESDAY_TEN, form_key=fields["form_key"])

    assert answer.status_code == 303
    assert "/confirmed" in answer.location
    assert live_holds() == 0


def test_booking_ends_the_hold_with_another_specialist_too(ben_in, cast, hold, confirm):
    factories.specialist(factories.user("Ilse", zone="Europe/Vienna"), slug="ilse")
    hold(THURSDAY_TEN, slug="ilse")

    assert confirm(WEDNESDAY_TEN, form_key="k" * 30).status_code == 303
    assert live_holds() == 0


def test_an_old_form_says_that_its_booking_was_taken_back_and_books_on_the_second_press(ben_in, cast, hold, confirm):
    hold(WEDNESDAY_TEN)
    form = tree_of(ben_in.get("/specialists/anna-kern/book", follow_redirects=True))
    key = form.find("input", attrs={"name": "form_key"})["value"]
    confirm(WEDNESDAY_TEN, form_key=key)
    actions.undo(queries.upcoming_of(cast.ben)[0], by=cast.ben)

    old = confirm(WEDNESDAY_TEN, form_key=key, note="I typed this", call_name="Ben")

    assert old.status_code == 409
    assert "was taken back or cancelled since, so nothing is booked now" in old.text
    assert "I typed this" in old.text
    assert queries.upcoming_of(cast.ben) == []
    fresh = tree_of(old).find("input", attrs={"name": "form_key"})["value"]
    assert fresh != key
    assert confirm(WEDNESDAY_TEN, form_key=fresh).status_code == 303
    assert len(queries.upcoming_of(cast.ben)) == 1


# ---------------------------------------------------------------- before the line for the calendar

VIDEO = actions.Details(format="video")


@pytest.fixture
def no_more(cast):
    """Ben has had his consultation with Anna; on another device a time was chosen before he signed in there."""
    held = actions.hold(cast.practice.consult, WEDNESDAY_TEN, unknown(1))
    factories.booking(cast.ben, cast.practice, THURSDAY_TEN, state=BookingState.COMPLETED)
    return held


@pytest.mark.parametrize("way", ["hold", "reserve", "book", "book what was chosen before"])
def test_who_may_not_book_never_stands_in_line_for_the_calendar(cast, no_more, way, questions):
    ben, offer, later = cast.ben, cast.practice.consult, WEDNESDAY_TEN + timedelta(hours=1)
    ways = {
        "hold": lambda: actions.hold(offer, later, actions.Visitor(ben, "b", "n", "UTC")),
        "reserve": lambda: actions.reserve(ben, offer, later, VIDEO),
        "book": lambda: actions.book(ben, offer, later, VIDEO),
        "book what was chosen before": lambda: actions.book(ben, offer, WEDNESDAY_TEN, VIDEO, no_more),
    }
    with pytest.raises(NotEligible):
        ways[way]()

    assert [said for said in questions if "UPDATE" in said] == []


def test_no_time_is_kept_in_a_practice_that_was_stopped_since_it_was_asked(cast, app):
    offer, ben = queries.chosen_offer("anna-kern").offer, cast.ben
    assert offer.specialist.is_published
    with db.engine.begin() as neighbour:
        neighbour.execute(update(Specialist).values(state="suspended"))

    with pytest.raises((NotEligible, SlotClosed)):
        actions.hold(offer, WEDNESDAY_TEN, actions.Visitor(ben, "b", "n", "UTC"))

    db.session.rollback()
    assert db.session.query(Booking).all() == []


# ---------------------------------------------------------------- a hold is for one offer


@pytest.mark.parametrize("browser", ["the same", "another"])
def test_a_hold_of_one_offer_is_no_hold_of_another_at_that_time(cast, browser, monkeypatch):
    monkeypatch.setitem(consents.VERSIONS, consents.SESSION_AGREEMENT, "2027-01")
    consult = cast.practice.consult
    longer = factories.offer(cast.practice, kind=OfferKind.INDIVIDUAL, name="Long", minutes=60, price=Money(0, "EUR"))
    held = actions.hold(consult, WEDNESDAY_TEN, unknown(1))
    details = replace(VIDEO, browser_key="browser-1" if browser == "the same" else "browser-2")

    booked = actions.book(cast.ben, longer, WEDNESDAY_TEN, details, held)

    assert (booked.appointment.offer_id, booked.ends_at - booked.starts_at) == (longer.id, timedelta(hours=1))
    assert held.state == BookingState.EXPIRED
    assert faults() == []


# ---------------------------------------------------------------- a form that has booked for somebody else


@pytest.fixture
def cleo_in(app, cast, sign_in):
    return sign_in(app.test_client(), cast.cleo)


@pytest.mark.parametrize("time", ["the same time", "another time", "another specialist"])
def test_a_form_that_booked_for_another_account_says_so_and_books_on_the_second_press(
    ben_in, cleo_in, cast, confirm, time
):
    factories.specialist(factories.user("Ilse", zone="Europe/Vienna"), slug="ilse")
    assert confirm(WEDNESDAY_TEN, form_key="k" * 30).status_code == 303
    slug = "ilse" if time == "another specialist" else "anna-kern"
    start = WEDNESDAY_TEN if time != "another time" else THURSDAY_TEN

    old = confirm(start, slug, cleo_in, form_key="k" * 30, note="I typed this")

    assert old.status_code == 409
    assert "This form was used before, so nothing is booked now." in old.text
    assert "I typed this" in old.text
    assert queries.upcoming_of(cast.cleo) == []
    if time == "the same time":
        return  # it is gone, and the second press says so
    fresh = tree_of(old).find("input", attrs={"name": "form_key"})["value"]
    assert confirm(start, slug, cleo_in, form_key=fresh).status_code == 303
    assert len(queries.upcoming_of(cast.cleo)) == 1


def test_a_script_reads_of_such_a_form_what_a_page_would_say(ben_in, cleo_in, cast, confirm):
    confirm(WEDNESDAY_TEN, form_key="k" * 30)
    cleo_in.environ_base["HTTP_ACCEPT"] = "application/json"

    old = confirm(THURSDAY_TEN, browser=cleo_in, form_key="k" * 30)

    assert (old.status_code, old.json["error"]) == (409, "spent_form")


# ---------------------------------------------------------------- whoever leaves keeps nothing from others


@pytest.fixture
def listed(app, cast):
    """Whether a stranger finds Wednesday at ten."""
    return lambda: int(WEDNESDAY_TEN.timestamp()) in queries.starts_for(cast.practice.consult) and live_holds() == 0


def session_of(browser):
    with browser.session_transaction() as session:
        return dict(session)


WAYS = {"own device": {"is_private": "y"}, "shared computer": {}}


@pytest.mark.parametrize("device", WAYS)
@pytest.mark.parametrize("chosen", ["before signing in", "signed in"])
def test_signing_out_gives_back_what_was_held_here(client, cast, hold, post, listed, device, chosen):
    def enter():
        post("/sign-in", email=cast.ben.email, password=factories.PASSWORD, **WAYS[device])

    if chosen == "signed in":
        enter()
    hold(WEDNESDAY_TEN)
    if chosen == "before signing in":
        enter()
    assert not listed()

    post("/sign-out")

    assert listed()
    assert hold(WEDNESDAY_TEN).status_code == 303


def test_leaving_the_page_gives_back_what_was_held_and_forgets_the_browser(client, hold, post, listed):
    hold(WEDNESDAY_TEN)
    assert not listed()

    assert post("/forget").status_code == 204

    assert listed()
    assert "browser" not in session_of(client)


def test_throwing_a_draft_away_gives_back_what_it_held(client, cast, hold, post, listed):
    hold(WEDNESDAY_TEN)
    post("/sign-in", email=cast.ben.email, password=factories.PASSWORD)
    (draft,) = accounts.drafts_for(cast.ben)

    post(f"/drafts/{draft.code}/discard")

    assert listed()


def test_throwing_a_draft_away_takes_no_booking_back(client, cast, post, confirm):
    """Also where the draft is older than what was booked with its hold."""
    post("/sign-in", email=cast.ben.email, password=factories.PASSWORD)
    post("/specialists/anna-kern/book", start=f"{WEDNESDAY_TEN:%Y-%m-%dT%H:%M:%SZ}")
    code = accounts.drafts_for(cast.ben)[0].code
    held = db.session.query(Booking).one()
    actions.book(cast.ben, cast.practice.consult, WEDNESDAY_TEN, VIDEO, held)

    post(f"/drafts/{code}/discard")

    assert [each.is_confirmed for each in queries.upcoming_of(cast.ben)] == [True]


@pytest.mark.parametrize(("device", "left"), [("own device", 1), ("shared computer", 0)])
def test_what_is_held_on_another_device_ends_only_where_all_drafts_end(app, cast, post, hold, sign_in, device, left):
    phone = sign_in(app.test_client(), cast.ben)
    hold(WEDNESDAY_TEN, browser=phone)
    post("/sign-in", email=cast.ben.email, password=factories.PASSWORD, **WAYS[device])

    post("/sign-out")

    assert live_holds() == left


def test_a_new_password_from_the_mailbox_ends_what_its_drafts_held(cast, listed):
    actions.hold(cast.practice.consult, WEDNESDAY_TEN, actions.Visitor(cast.ben, "b", "n", "UTC"))

    with transaction():
        people.end_what_was_left(cast.ben, Change.RESET)

    assert listed()


def test_who_came_in_with_the_wrong_account_still_has_their_time(client, cast, hold, post, confirm):
    post("/sign-in", email=cast.ben.email, password=factories.PASSWORD)
    hold(WEDNESDAY_TEN)

    post("/sign-out", keep="y")
    assert live_holds() == 1
    post("/sign-in", email=cast.cleo.email, password=factories.PASSWORD)

    assert "/confirmed" in confirm(WEDNESDAY_TEN).location
    assert [each.client_id for each in db.session.query(Booking)] == [cast.cleo.id]
    assert faults() == []


@pytest.mark.parametrize("path", ["/sign-out", "/forget"])
def test_leaving_never_waits_for_a_calendar_that_everybody_wants(client, cast, hold, post, monkeypatch, path):
    post("/sign-in", email=cast.ben.email, password=factories.PASSWORD)
    hold(WEDNESDAY_TEN)

    def crowded(_specialist_id):
        raise Crowded()

    monkeypatch.setattr(claims, "lock_specialist", crowded)

    assert post(path).status_code in (204, 302)
    assert live_holds() == 1  # it runs out by itself
    assert "browser" not in session_of(client)
