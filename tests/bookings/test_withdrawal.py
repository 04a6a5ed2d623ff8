"""Where the law lets a client withdraw, their letter says so with its dates, a move into that time asks first, and what
was held without their asking comes back on a press; a first session's right to "it does not fit" is written as well."""

from datetime import timedelta

import pytest

from practice.bookings import actions, sold, withdrawal
from practice.bookings.errors import ExpressNeeded, TooLate
from practice.bookings.money_back import Why
from practice.payments import queries as orders
from practice.store.db import db, transaction
from practice.values.errors import NotAllowed
from tests.bookings.conftest import THURSDAY_TEN, WEDNESDAY_TEN, value
from tests.bookings.lengthening import E80, order, pay_it
from tests.bookings.test_lengths_and_money import bank_asks
from tests.factories import booking as stored
from tests.pages import as_read, tree_of
from tests.selling import sold_by

HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)
# The last of the fourteen days is Monday 15 March.
FAR = WEDNESDAY_TEN + 14 * DAY


@pytest.fixture
def far(cast, bought):
    """Ben, who lives where he can withdraw, has paid for a session after these days, and asked for no hurry."""
    booking = bought(FAR)
    with transaction():
        booking.is_express = False
    return booking


@pytest.fixture
def held(far, clock):
    """The same, moved into these days without being asked, as once could be; it is over now."""
    with transaction():
        actions.move(far, THURSDAY_TEN, by=far.client, is_express=True)
        far.is_express = False
    clock.freeze(THURSDAY_TEN + 2 * HOUR)
    return far


def read(outbox, person, kind):
    found = [each for each in outbox.to(person) if each.template == f"bookings/{kind}"]
    return " ".join(outbox.read(found[-1]).text.split()) if found else ""


def words(answer):
    return " ".join(tree_of(answer).main.get_text(" ").split()).replace(" .", ".")


def back(booking):
    order = orders.order_of(sold.KIND, booking.code)
    db.session.refresh(order)
    return order.lines[0].back, booking.returned_why


# ---------------------------------------------------------------- the letter


def test_the_letter_names_the_right_its_dates_and_what_was_agreed_to(bought, outbox, cast):
    bought(WEDNESDAY_TEN)
    letter = read(outbox, cast.ben, "booked")

    assert (
        "You bought it on Monday 1 March, 08:00 (Dublin time), under the session agreement, version 2026-12." in letter
    )
    assert "Until Monday 15 March, 23:59 (Dublin time) you can withdraw from it without a reason" in letter
    assert "write to hello@" in letter


def test_where_no_law_gives_it_the_letter_promises_none(bought, outbox, cast):
    with transaction():
        cast.ben.country, cast.ben.zone = "US", "America/New_York"
    bought(WEDNESDAY_TEN)

    assert "withdraw" not in read(outbox, cast.ben, "booked")
    # Ground of a country where it is law, under a code of its own.
    theirs = ("Europe/Mariehamn", "Indian/Reunion", "America/Martinique", "America/Guadeloupe", "America/Cayenne")
    assert all(withdrawal.is_law_for(cast.ben, zone) for zone in (*theirs, "Indian/Mayotte", "Atlantic/Canary"))
    assert not withdrawal.is_law_for(cast.ben, "America/St_Barthelemy")


# ---------------------------------------------------------------- a move into these days


def test_a_move_into_these_days_asks_first_and_remembers(far, cast):
    with pytest.raises(ExpressNeeded):
        actions.move(far, THURSDAY_TEN, by=cast.ben)
    db.session.expire_all()
    assert (far.starts_at, far.is_express) == (FAR, False)

    actions.move(far, THURSDAY_TEN, by=cast.ben, is_express=True)
    assert (far.starts_at, far.is_express) == (THURSDAY_TEN, True)
    actions.move(far, WEDNESDAY_TEN, by=cast.ben)


def test_so_does_a_time_that_is_offered_asked_for_or_chosen_after_a_cancellation(far, cast, clock):
    proposal = actions.propose(far, [THURSDAY_TEN], by=cast.anna)
    with pytest.raises(ExpressNeeded):
        actions.accept_proposal(proposal, THURSDAY_TEN, by=cast.ben)
    with transaction():
        far.moves_used = 2
        proposal.state = "withdrawn"
    with pytest.raises(ExpressNeeded):
        actions.ask_times(far, [THURSDAY_TEN], by=cast.ben)
    actions.cancel_by_specialist(far, by=cast.anna)
    with pytest.raises(ExpressNeeded):
        actions.choose_time(far, THURSDAY_TEN, by=cast.ben)
    actions.choose_time(far, THURSDAY_TEN, by=cast.ben, is_express=True)
    assert far.is_express


def test_the_page_to_move_has_the_tick_and_comes_back_without_it(far, ben_in, post):
    move = f"/bookings/{far.code}/move"
    found = tree_of(ben_in.get(move))
    assert found.find("input", attrs={"name": "express", "type": "checkbox"})
    assert not found.select("input[type=checkbox][checked]")

    answer = post(move, start=value(THURSDAY_TEN))
    assert answer.status_code == 409
    assert "Tick" in answer.text
    assert post(move, start=value(THURSDAY_TEN), express="y").status_code == 303


def test_one_that_needs_no_tick_has_none(bought, ben_in, cast):
    asked_already, free = bought(WEDNESDAY_TEN), stored(cast.ben, cast.practice, FAR)

    for each in (asked_already, free):
        assert not tree_of(ben_in.get(f"/bookings/{each.code}/move")).find("input", attrs={"name": "express"})


# ---------------------------------------------------------------- afterwards


def test_what_was_held_without_their_asking_comes_back_on_a_press(held, ben_in, post, outbox, cast):
    withdraw = f"/bookings/{held.code}/withdraw"
    assert tree_of(ben_in.get(f"/bookings/{held.code}")).find("form", action=withdraw)

    assert post(withdraw).status_code == 303

    assert back(held) == (7200, Why.WITHDRAWN)
    assert "withdrew from it, as the law lets them" in read(outbox, cast.anna, "given_back")
    assert not tree_of(ben_in.get(f"/bookings/{held.code}")).find("form", action=withdraw)


@pytest.mark.parametrize("why", ["express", "days", "stranger"])
def test_nobody_else_can_and_not_after_these_days(held, cast, clock, why, ben_in):
    by = cast.ben
    if why == "express":
        with transaction():
            held.is_express = True
    elif why == "days":
        clock.freeze(WEDNESDAY_TEN + 13 * DAY)
    else:
        by = cast.cleo
    with pytest.raises(NotAllowed if why == "stranger" else TooLate):
        actions.withdraw(held, by=by)
    assert back(held)[0] == 0
    over = {
        "express": "It has taken place, within the days in which you could withdraw, as you had asked.",
        "days": "The days in which you could withdraw ended on Monday 15 March, 23:59, Dublin time.",
    }
    if why in over:
        assert over[why] in words(ben_in.get(f"/bookings/{held.code}/withdraw"))


# ---------------------------------------------------------------- the letter after it


def test_after_the_first_session_a_letter_names_the_right_and_its_end_and_after_others_none(
    bought, cast, clock, outbox
):
    first, second = bought(WEDNESDAY_TEN), bought(THURSDAY_TEN)
    clock.freeze(WEDNESDAY_TEN + 2 * HOUR)
    actions.complete(first, by=cast.anna)

    letter = read(outbox, cast.ben, "ended")
    assert "until Friday 5 March, 09:50 (Dublin time) you can say so, and all of €72.00 comes back" in letter
    assert "other people have time" in letter

    clock.freeze(THURSDAY_TEN + 2 * HOUR)
    actions.complete(second, by=cast.anna)
    assert outbox.kinds_to(cast.ben).count("bookings/ended") == 1


def test_a_session_that_began_with_a_conversation_ends_without_that_letter(cast, bought, clock, outbox, both_said_yes):
    from tests.selling import begin, booking_of, pay

    booking = booking_of(pay(begin(cast.ben, sold_by(cast.anna, consult_first=True), WEDNESDAY_TEN)))
    clock.freeze(WEDNESDAY_TEN + 2 * HOUR)
    actions.complete(booking, by=cast.anna)

    assert "bookings/ended" not in outbox.kinds_to(cast.ben)


# ---------------------------------------------------------------- the notice on the site


@pytest.fixture
def bens(cast, client, sign_in):
    return lambda: sign_in(client, cast.ben)


def test_the_notice_is_filled_in_and_one_press_sends_it(bought, bens, post, cast, outbox, clock):
    booking = bought(FAR)
    clock.advance(hours=1)
    shown = bens().get(f"/bookings/{booking.code}")
    assert tree_of(shown).main.find("a", href=f"/bookings/{booking.code}/withdraw")
    assert "Until Monday 15 March, 23:59 , Dublin time, the law lets you withdraw" in words(shown)
    notice = words(bens().get(f"/bookings/{booking.code}/withdraw"))
    assert "I withdraw from what I bought" in notice and cast.ben.email in notice
    assert "Bought Monday 1 March, 08:00 , Dublin time" in notice
    assert "You can send it until Monday 15 March, 23:59 , Dublin time." in notice

    assert post(f"/bookings/{booking.code}/withdraw", browser=bens()).status_code == 303

    db.session.refresh(booking)
    assert not booking.is_live
    assert back(booking) == (7200, Why.WITHDRAWN)
    assert booking.state == "cancelled_by_client"
    letter = read(outbox, cast.ben, "cancelled")
    assert "Your notice of withdrawal arrived here on Monday 1 March, 09:00 (Dublin time)." in letter
    assert "€72.00 comes back to the card" in letter
    page = as_read(bens().get(f"/bookings/{booking.code}").text)
    assert "You withdrew from it." in page and "after the deadline" not in page
    # Who goes back to the notice reads that it was sent, and when.
    sent = words(bens().get(f"/bookings/{booking.code}/withdraw"))
    assert "Your notice arrived here on Monday 1 March, 09:00, Dublin time." in sent and "Send this notice" not in sent


def test_within_minutes_of_buying_it_is_a_notice_too(bought, cast, outbox):
    booking = bought(WEDNESDAY_TEN)
    actions.withdraw(booking, by=cast.ben)

    assert (booking.state, *back(booking)) == ("cancelled_by_client", 7200, Why.WITHDRAWN)
    assert "Your notice of withdrawal arrived here" in read(outbox, cast.ben, "cancelled")


def test_while_a_bank_asks_the_notice_and_what_is_said_after_it_say_that_it_waits(bought, bens, post):
    booking = bought(FAR)
    bank_asks(sold.lines_of(booking)[0].order, 7200)
    ben = bens()
    notice = as_read(ben.get(f"/bookings/{booking.code}/withdraw").text)
    answer = post(f"/bookings/{booking.code}/withdraw", browser=ben)
    said = as_read(ben.get(answer.location).text)

    assert "as soon as its bank has decided" in notice and "€72.00 back, once the bank has decided" in notice
    assert "€72.00 goes back to your card once the bank of the card has decided. Until then" in said


@pytest.fixture
def difference(cast, far, clock):
    """Its first days are over; those of what made it longer have begun."""
    clock.freeze(FAR - 26 * HOUR)
    pay_it(order(far, sold_by(cast.anna, minutes=80, price=E80)))
    stored(cast.ben, cast.practice, WEDNESDAY_TEN - 240 * HOUR, state="late_released", forgiven_at=clock.now())
    return far


def test_a_difference_that_is_within_its_own_days_can_be_withdrawn_from(difference, bens, post, clock, outbox, cast):
    mine = f"/bookings/{difference.code}"
    clock.freeze(FAR - HOUR)
    ben = bens()
    assert f'href="{mine}/withdraw"' in ben.get(mine).text
    page = ben.get(f"{mine}/withdraw")
    notice, cancel = as_read(page.text), as_read(ben.get(f"{mine}/cancel").text)
    shown = tree_of(page).find("input", {"name": "back"})["value"]

    assert "€38.00 of €110.00 goes back to the card" in notice and "€72.00 is kept" in notice
    assert "for €38.00" in notice and "for €72.00" not in notice, "what is withdrawn from"
    assert "€38.00 back now" in cancel
    assert post(f"{mine}/withdraw", browser=ben, back=str(int(shown) + 1)).status_code == 409
    answer = post(f"{mine}/withdraw", browser=ben, back=shown)
    assert "You have withdrawn. €38.00 goes back to your card." in as_read(ben.get(answer.location).text)
    assert [line.back for line in sold.lines_of(difference)] == [0, 3800]
    letter, page = read(outbox, cast.ben, "cancelled"), ben.get(mine)
    assert "Your notice of withdrawal arrived here" in letter
    assert "€72.00 is kept: the days of what you paid before were over" in letter
    assert "€72.00 is kept: the days of what you paid before were over" in as_read(page.text)
    assert tree_of(page).find(id="became").text == "You withdrew from it" and "after the deadline" not in page.text
    assert "Your client withdrew from it" in read(outbox, cast.anna, "cancelled")
    assert ben.get("/me").text.count("after the deadline") == 1, "of another one, before"


def test_the_review_and_the_letter_lead_to_the_notice(bought, cast, sells, bens, outbox):
    booking = bought(WEDNESDAY_TEN)

    assert f"/bookings/{booking.code}/withdraw" in read(outbox, cast.ben, "booked")
    # Within these days it is the session that ends them.
    assert "Until it starts the law lets you withdraw" in words(bens().get(f"/bookings/{booking.code}"))
    notice = words(bens().get(f"/bookings/{booking.code}/withdraw"))
    assert "You can send it until Wednesday 3 March, 09:00 , Dublin time, when the session starts." in notice
    assert 'id="withdrawing"' in bens().get("/terms").text


def test_after_these_days_the_notice_says_so_and_is_not_sent(far, clock, bens, post):
    clock.freeze(FAR - 1 * HOUR)
    page = tree_of(bens().get(f"/bookings/{far.code}/withdraw")).main

    assert "The days in which you could withdraw ended on Monday 15 March, 23:59, Dublin time." in " ".join(
        page.get_text(" ").split()
    )
    assert page.find("form") is None
    assert post(f"/bookings/{far.code}/withdraw", browser=bens()).status_code != 303
    db.session.refresh(far)
    assert far.is_live
