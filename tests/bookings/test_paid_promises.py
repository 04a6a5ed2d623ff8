"""What is promised with a paid session holds whatever a client is silent about, takes back, or buys beside it."""

from datetime import timedelta

import pytest

from practice.bookings import actions, jobs, queries, sold
from practice.bookings.errors import NotEligible
from practice.bookings.limits import MOST_CHANGES_A_DAY
from practice.bookings.money_back import Why
from practice.bookings.states import BookingState
from practice.payments import queries as orders
from practice.specialists.cancel_rules import PRESETS, Preset
from practice.store.db import db, transaction
from tests.bookings.conftest import THURSDAY_TEN, TUESDAY_NINE, WEDNESDAY_TEN, value
from tests.bookings.test_money_follows import back, no_law
from tests.factories import booking as stored
from tests.factories import specialist, user
from tests.pages import as_read, fields_of, tree_of
from tests.selling import begin, booking_of, hold_ends, pay, sold_by

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
S = BookingState


# ---------------------------------------------------------------- silence


@pytest.mark.parametrize("missed", [1, 2])
def test_what_is_paid_goes_back_to_nobody_by_silence_and_page_and_letter_say_so(
    cast, bought, clock, outbox, client, sign_in, missed
):
    for n in range(missed):
        other = specialist(user(f"Berta{n}"), slug=f"berta{n}")
        stored(cast.ben, other, TUESDAY_NINE + n * HOUR, state=S.CLIENT_MISSED)
    session = bought(THURSDAY_TEN)
    clock.freeze(THURSDAY_TEN - 24 * HOUR)
    jobs.remind()
    letter = " ".join(outbox.read(outbox.last_to(cast.ben)).text.split())
    page = as_read(sign_in(client, cast.ben).get(f"/bookings/{session.code}/reminder").text)
    home = as_read(client.get("/me").text)
    clock.freeze(THURSDAY_TEN - 4 * HOUR)
    jobs.look_after_unconfirmed()
    actions.release_unconfirmed(session)

    assert session.is_confirmed and back(session)[0] == 0
    for said in (letter, page):
        assert "No answer is fine too: the time stays yours." in said
    for said in (letter, page, home):
        assert "goes to somebody else" not in said and "Please answer by" not in said
    assert outbox.kinds_to(cast.anna).count("bookings/not_reconfirmed") == 1


# ---------------------------------------------------------------- taken back within minutes


def test_a_session_that_is_taken_back_within_minutes_is_undone_whatever_its_rule(
    cast, sells, clock, client, sign_in, outbox
):
    no_law(cast.ben)
    firm = sold_by(cast.anna, cancel_rule=PRESETS[Preset.FIRM].stored)
    session = booking_of(pay(begin(cast.ben, firm, TUESDAY_NINE + 4 * HOUR)))
    clock.advance(14 * MINUTE)

    actions.cancel(session, by=cast.ben, expecting=7200)

    assert (session.state, *back(session)) == (S.UNDONE, 7200, Why.UNDONE)
    said = as_read(sign_in(client, cast.ben).get(f"/bookings/{session.code}").text)
    # Their button said “Cancel the session”.
    assert "You cancelled within minutes" in said and "took it back" not in said and "after the deadline" not in said


def test_a_minute_later_it_is_a_cancellation_again(cast, bought, clock):
    session = bought(THURSDAY_TEN)
    clock.advance(16 * MINUTE)

    actions.cancel(session, by=cast.ben, expecting=7200)

    assert session.state == S.CANCELLED_BY_CLIENT


# ---------------------------------------------------------------- several sessions of one day


def test_who_buys_many_sessions_in_a_day_may_still_move_and_ask_as_was_promised(cast, bought):
    no_law(cast.ben)
    sessions = [bought(THURSDAY_TEN + n * HOUR) for n in range(MOST_CHANGES_A_DAY + 1)]

    for n, session in enumerate(sessions[:3]):
        for start in (THURSDAY_TEN + 24 * HOUR, WEDNESDAY_TEN):
            actions.move(session, start + n * HOUR, by=cast.ben)

    assert [each.moves_used for each in sessions[:3]] == [2, 2, 2]
    assert queries.possible_to(sessions[0], cast.ben).ask_times


def test_who_buys_and_gives_up_again_and_again_is_asked_to_wait_a_day(cast, bought, clock):
    for _ in range(MOST_CHANGES_A_DAY):
        session = bought(THURSDAY_TEN)
        clock.advance(16 * MINUTE)
        actions.cancel(session, by=cast.ben)

    with pytest.raises(NotEligible, match="five times within a day"):
        bought(THURSDAY_TEN)
    clock.advance(hours=24)
    assert bought(THURSDAY_TEN).is_confirmed


# ---------------------------------------------------------------- a practice that takes nobody


@pytest.fixture
def stopped(cast, bought, clock):
    """A session that its client may keep, with a practice that was suspended or that its owner has closed; its one
    grace is used."""

    def stop(how):
        no_law(cast.ben)
        stored(cast.ben, cast.practice, TUESDAY_NINE - 90 * HOUR, state="late_released", forgiven_at=clock.now())
        session = bought(THURSDAY_TEN)
        if how == "closed":
            actions.close_practice(cast.practice, calls_off=False, by=cast.anna)
        else:
            with transaction():
                cast.practice.state = how
            actions.offer_choice(cast.practice)
        return session

    return stop


def test_so_does_one_whose_specialist_cannot_sign_in_and_staff_may_call_it_off(cast, stopped, clock, client, sign_in):
    session = stopped("paused")
    clock.freeze(THURSDAY_TEN - 3 * HOUR)
    assert sold.cancelled(session, clock.now())[1].back.is_free
    with transaction():
        cast.anna.active = False
    db.session.expire_all()

    page = as_read(sign_in(client, cast.ben).get(f"/bookings/{session.code}").text)
    assert "€72.00 back now" in page and "Ask for another" not in page
    assert queries.possible_to(session, cast.sam).call_off
    actions.cancel(session, by=cast.ben, expecting=7200)
    assert (session.state, *back(session)) == (S.CANCELLED_BY_CLIENT, 7200, Why.STOPPED)


@pytest.mark.parametrize("how", ["suspended", "closed", "expired"])
def test_at_a_practice_that_takes_nobody_a_cancellation_brings_all_back_until_the_start(cast, stopped, clock, how):
    session = stopped(how)
    clock.freeze(THURSDAY_TEN - 1 * MINUTE)
    assert sold.cancelled(session, clock.now())[1].back.amount == 7200

    actions.cancel(session, by=cast.ben, expecting=7200)

    assert (session.state, *back(session)) == (S.CANCELLED_BY_CLIENT, 7200, Why.STOPPED)


@pytest.mark.parametrize("how", ["suspended", "closed"])
def test_page_letter_and_cancel_page_say_so_and_offer_no_time_where_none_can_be_had(
    cast, stopped, clock, client, sign_in, outbox, how
):
    session = stopped(how)
    letter = outbox.last_to(cast.ben)
    told = " ".join(outbox.read(letter).text.split())
    sign_in(client, cast.ben)
    clock.freeze(THURSDAY_TEN - 3 * HOUR)
    page, cancel, move, reminder = (
        as_read(client.get(f"/bookings/{session.code}{path}").text) for path in ("", "/cancel", "/move", "/reminder")
    )

    assert letter.template == "bookings/stands"
    assert "all of €72.00 comes back" in told and "get back nothing" not in told
    assert "€72.00 back now" in page and "get back €72.00 of €72.00" in page
    assert "€72.00 back" in cancel and "takes no appointments at the moment" in cancel
    for said in (page, cancel, move, reminder):
        assert (
            "moves left" not in said and "Ask for another time" not in said and "for another time instead" not in said
        )
        assert "Move it" not in said and "is kept, because" not in said
    assert "This practice takes no appointments at the moment" in move
    assert "Move it" not in as_read(client.get("/me").text)


def test_the_free_consultation_there_stays_its_clients_whenever_they_cancel(cast, clock):
    offer = queries.chosen_offer("anna-kern").offer
    consult = actions.book(cast.ben, offer, THURSDAY_TEN, actions.Details(format="video"))
    with transaction():
        cast.practice.state = "suspended"
    clock.freeze(THURSDAY_TEN - HOUR)
    assert not queries.possible_to(consult, cast.ben).cancel_counts

    actions.cancel(consult, by=cast.ben)

    assert consult.state == S.CANCELLED_BY_CLIENT and not consult.claims_pair


# ---------------------------------------------------------------- what could not be had any more


@pytest.mark.parametrize("paid_late", [False, True])
def test_who_comes_back_to_a_time_that_is_sold_reads_so_and_finds_the_five_nearest(
    cast, sells, client, sign_in, paid_late
):
    order = begin(cast.ben, sells, THURSDAY_TEN)
    hold_ends(order)
    pay(begin(cast.cleo, sells, THURSDAY_TEN), charge="ch_cleo")
    if paid_late:
        pay(order)
    sign_in(client, cast.ben)

    page = client.get(f"/checkout/{order.code}/return")

    said = as_read(page.text)
    assert ("goes back to your card by itself" in said) == paid_late
    assert ("kept no longer, and it can’t be had any more" in said) == (not paid_late)
    assert "open to everyone" not in said and "Choose the same time again" not in said
    near = [a["href"] for a in tree_of(page).find_all("a", class_="slot")]
    assert len(near) == 5 and value(THURSDAY_TEN) not in "".join(near)
    assert "Free times of Anna near it, Dublin time" in said
    chosen = client.get(near[0], follow_redirects=True)
    assert chosen.status_code == 200 and "/confirm" in chosen.text


def test_a_time_that_is_free_again_is_said_to_be(cast, sells, client, sign_in):
    order = begin(cast.ben, sells, THURSDAY_TEN)
    hold_ends(order)

    said = as_read(sign_in(client, cast.ben).get(f"/checkout/{order.code}/return").text)

    assert "open to everyone again" in said and "Choose the same time again" in said


def test_whose_specialist_was_not_there_finds_the_nearest_times_first(cast, bought, clock, client, sign_in):
    session = bought(WEDNESDAY_TEN)
    clock.freeze(WEDNESDAY_TEN + 11 * MINUTE)
    actions.mark_specialist_missed(session, by=cast.ben)

    page = tree_of(sign_in(client, cast.ben).get(f"/bookings/{session.code}"))

    ways = [a["href"] for a in page.find(id="became").find_parent("section").find_all("a")]
    assert len(page.find_all("a", class_="slot")) == 5 and all("/book?start=" in way for way in ways[:5])


# ---------------------------------------------------------------- as easily as it was booked


class Screens:
    """A browser that counts the pages on which somebody has to press something."""

    def __init__(self, browser):
        self.browser, self.seen = browser, 0

    def look(self, path):
        self.seen += 1
        return self.browser.get(path)

    def press(self, page, action, **more):
        fields = {name: values[0] for name, values in fields_of(page, action).items()}
        answer = self.browser.post(action, data=fields | more)
        assert answer.status_code == 303, as_read(answer.text)[:600]
        return answer.location


def test_cancelling_takes_no_more_screens_than_booking(cast, sells, ben_in, clock):
    profile, offer = "/specialists/anna-kern", f"/specialists/anna-kern/offers/{sells.code}"
    books = Screens(ben_in)
    chosen = books.press(books.look(f"{profile}?offer={sells.code}"), f"{offer}/book", start=value(THURSDAY_TEN))
    reviewed = books.press(books.look(chosen), f"{offer}/book/confirm", format="video")
    pays = books.press(books.look(reviewed), f"{offer}/review", agreed="y", express="y")
    code = pays.split("/")[2]
    ben_in.get(pays)
    order = orders.order_of_buyer(cast.ben, code)
    session = booking_of(pay(order))

    cancels = Screens(ben_in)
    page = cancels.look(f"/bookings/{session.code}")
    asked = next(a["href"] for a in tree_of(page).find_all("a") if a["href"].endswith("/cancel"))
    done = cancels.press(cancels.look(asked), f"/bookings/{session.code}/cancel")

    assert done.endswith(f"/bookings/{session.code}") and booking_of(order).state == S.UNDONE
    assert cancels.seen == 2 <= books.seen


def test_a_free_consultation_too(cast, ben_in):
    profile = "/specialists/anna-kern"
    offer = f"{profile}/offers/{cast.practice.consult.code}"
    books = Screens(ben_in)
    chosen = books.press(books.look(profile), f"{offer}/book", start=value(THURSDAY_TEN))
    done = books.press(books.look(chosen), f"{offer}/book/confirm", format="video", consent="y")
    mine = done.removesuffix("/confirmed")

    cancels = Screens(ben_in)
    cancels.look(mine)
    cancels.press(cancels.look(f"{mine}/cancel"), f"{mine}/cancel")

    assert cancels.seen <= books.seen
