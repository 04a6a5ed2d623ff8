"""Until when a paid session can be cancelled, and for how much, is said alike on pages and in letters: as date, time
and zone, out of what the booking itself was sold under."""

from datetime import timedelta

import pytest

from practice.bookings import actions, emails, letter_facts, sale_labels, sold, terms
from practice.bookings.errors import LessComesBack
from practice.bookings.sold import ForSale
from practice.specialists.cancel_rules import PRESETS, Preset
from practice.store.db import db, transaction
from practice.values.money import Money
from tests.bookings.conftest import THURSDAY_TEN, WEDNESDAY_TEN
from tests.factories import booking as stored
from tests.pages import fields_of, tree_of
from tests.selling import begin, booking_of, pay, sold_by

HOUR, SECOND, DAY = timedelta(hours=1), timedelta(seconds=1), timedelta(days=1)

# Until when, and what comes back until then, of a session on Wednesday 3 March at nine in Dublin.
SAID = {
    Preset.GENTLE: [("Tuesday 2 March, 21:00", "€72.00"), ("Wednesday 3 March, 09:00", "€36.00")],
    Preset.STANDARD: [
        ("Tuesday 2 March, 09:00", "€72.00"),
        ("Wednesday 3 March, 05:00", "€36.00"),
        ("Wednesday 3 March, 09:00", ""),
    ],
    Preset.FIRM: [
        ("Monday 1 March, 09:00", "€72.00"),
        ("Tuesday 2 March, 21:00", "€36.00"),
        ("Wednesday 3 March, 09:00", ""),
    ],
}


@pytest.fixture
def sold_under(cast):
    """`sold_under(preset)`: Ben, whom no law lets withdraw, has paid for Wednesday at ten under that rule."""

    def buy(preset, start=WEDNESDAY_TEN):
        with transaction():
            cast.ben.country, cast.ben.zone = "US", "America/New_York"
        offer = sold_by(cast.anna, cancel_rule=PRESETS[preset].stored)
        order = begin(cast.ben, offer, start)
        with transaction():
            cast.ben.zone = "Europe/Dublin"
        return booking_of(pay(order))

    return buy


@pytest.fixture
def written(outbox, cast):
    """`written("booked")`: the newest letter of that kind to Ben, as one line."""

    def read(kind, person=None):
        found = [each for each in outbox.to(person or cast.ben) if each.template == f"bookings/{kind}"]
        return " ".join(outbox.read(found[-1]).text.split())

    return read


@pytest.fixture
def page(ben_in):
    """`page(booking, "cancel")`: what that page of the booking says, as one line."""

    def read(booking, which=""):
        answer = ben_in.get(f"/bookings/{booking.code}/{which}".rstrip("/"))
        assert answer.status_code == 200
        return " ".join(tree_of(answer).main.get_text(" ").split()).replace(" ,", ",").replace(" .", ".")

    return read


# What brings nothing has no end that matters to anybody.
NO_MORE = "fter that nothing comes back"


def in_letters(said):
    return [f"Until {until} (Dublin time) you get back {back}" if back else NO_MORE for until, back in said]


def on_pages(said):
    return [f"ntil {until}, Dublin time, you get back {back}" if back else NO_MORE for until, back in said]


def in_steps(said):
    found = [f"Until {until}, Dublin time You get back {back}" for until, back in said if back]
    return found if all(back for _, back in said) else [*found, "After that Nothing comes back."]


# ---------------------------------------------------------------- one place words them


@pytest.mark.parametrize("preset", Preset)
def test_the_letter_that_it_is_booked_and_its_pages_say_what_was_sold(sold_under, written, page, preset):
    booking = sold_under(preset)

    letter, confirmed, shown = written("booked"), page(booking, "confirmed"), page(booking)

    assert [each for each in in_letters(SAID[preset]) if each not in letter] == []
    assert [each for each in on_pages(SAID[preset]) if each not in confirmed] == []
    assert [each for each in in_steps(SAID[preset]) if each not in shown] == []
    assert f"{SAID[preset][0][1]} back now" in shown
    assert "hours before" not in letter + confirmed


def test_letters_know_no_rule_of_a_kind_that_is_sold():
    for kind, says in letter_facts.SAYS.items():
        if kind != terms.CONSULT.kind:
            said = " ".join(value for value in vars(says).values() if isinstance(value, str))
            assert "ree to cancel" not in said and "before the start" not in said


def test_who_moved_reads_the_new_deadlines(sold_under, written, cast):
    booking = sold_under(Preset.STANDARD)
    actions.move(booking, THURSDAY_TEN, by=cast.ben)

    assert "Until Wednesday 3 March, 09:00 (Dublin time) you get back €72.00" in written("moved")


def test_the_reminder_and_its_page_say_them_too(sold_under, written, page, clock):
    booking = sold_under(Preset.STANDARD)
    clock.freeze(WEDNESDAY_TEN - 24 * HOUR)
    with transaction():
        emails.reminder_day(booking)

    letter, shown = written("reminder_day"), page(booking, "reminder")

    assert [each for each in in_letters(SAID[Preset.STANDARD]) if each not in letter] == []
    assert [each for each in on_pages(SAID[Preset.STANDARD]) if each not in shown] == []


def test_who_may_keep_a_time_with_a_practice_that_takes_nobody_reads_that_all_of_it_comes_back(sold_under, written):
    booking = sold_under(Preset.FIRM)
    with transaction():
        booking.specialist.state = "suspended"
        emails.stands(booking)

    said = " ".join(written("stands").split())
    assert "all of €72.00 comes back whenever you cancel before the start" in said
    assert "you get back" not in said


def test_specialists_and_what_is_free_hear_of_no_price(sold_under, written, cast, outbox):
    sold_under(Preset.FIRM)

    assert "you get back" not in written("booked", cast.anna)
    free = stored(cast.cleo, cast.practice, THURSDAY_TEN)
    with transaction():
        emails.booked(free)
    text = outbox.read(outbox.last_to(cast.cleo)).text
    assert "you get back" not in text


# ---------------------------------------------------------------- the page to cancel


@pytest.mark.parametrize(
    "before, said, unsaid",
    [
        (25 * HOUR, ["You get back €72.00 of €72.00", "Free to cancel until Tuesday 2 March, 09:00"], "Cancelled now"),
        (5 * HOUR, ["You get back €36.00 of €72.00", "Cancelled now, half comes back."], "in the last"),
        (2 * HOUR, ["You get back €0.00 of €72.00", "Cancelled now, nothing comes back."], "half comes back"),
    ],
)
def test_it_names_the_step_that_holds_now(sold_under, page, cast, clock, before, said, unsaid):
    booking = sold_under(Preset.STANDARD)
    stored(cast.ben, cast.practice, WEDNESDAY_TEN - 7 * DAY, state="late_released", forgiven_at=clock.now())
    clock.freeze(WEDNESDAY_TEN - before)

    read = page(booking, "cancel")

    assert [each for each in said if each not in read] == []
    assert unsaid not in read


def test_the_review_of_one_that_starts_soon_names_the_step_that_holds_now(cast):
    sale = ForSale(Money(7200, "EUR"), PRESETS[Preset.FIRM])
    found = sold.as_if_bought(sale, WEDNESDAY_TEN)

    said = [sale_labels.policy(found, WEDNESDAY_TEN - before)[1] for before in (50 * HOUR, 40 * HOUR, 5 * HOUR)]

    assert said == [
        "After that half comes back, and in the last twelve hours nothing.",
        *("Cancelled now, half comes back.", "Cancelled now, nothing comes back."),
    ]


def test_where_a_late_one_is_forgiven_nothing_is_kept_in_words_either(sold_under, page, clock):
    booking = sold_under(Preset.STANDARD)
    clock.freeze(WEDNESDAY_TEN - 5 * HOUR)

    read = page(booking, "cancel")

    assert "You get back €72.00 of €72.00" in read and "This is that one." in read
    assert "The free deadline was Tuesday 2 March, 09:00, Dublin time." in read
    assert "is kept" not in read


def test_what_was_paid_is_cancelled_on_no_page_that_shows_no_amount(sold_under, ben_in, cast, clock):
    booking = sold_under(Preset.STANDARD)
    clock.freeze(WEDNESDAY_TEN - 2 * HOUR)
    reminder, cancel = f"/bookings/{booking.code}/reminder", f"/bookings/{booking.code}/cancel"

    found = tree_of(ben_in.get(reminder))
    assert found.find("a", href=cancel) and not found.find("button", formaction=cancel)
    token = {"csrf_token": fields_of(ben_in.get(cancel), cancel)["csrf_token"][0]}
    answer = ben_in.post(cancel, data=token)

    assert answer.status_code == 409
    assert "You get back" in answer.text
    with pytest.raises(LessComesBack):
        actions.cancel(booking, by=cast.ben, expecting=None)
    db.session.expire_all()
    assert booking.is_confirmed


def test_specialists_read_at_their_offers_that_the_law_comes_first(client, cast, sign_in):
    offer = sold_by(cast.anna)

    read = " ".join(sign_in(client, cast.anna).get(f"/practice/offers/{offer.code}").text.split())

    assert "for 14 days after buying a client can withdraw from a session that has not taken place" in read


# ---------------------------------------------------------------- where the law lets them withdraw


def test_whoever_may_withdraw_is_promised_what_cancelling_would_bring(bought, written, page, clock):
    booking = bought(WEDNESDAY_TEN)
    whole = [("Wednesday 3 March, 09:00", "€72.00")]

    assert in_letters(whole)[0] in written("booked")
    assert in_steps(whole)[0] in page(booking)
    assert "€36.00" not in page(booking) + written("booked")
    clock.freeze(WEDNESDAY_TEN - 2 * HOUR)
    assert "You get back €72.00 of €72.00" in page(booking, "cancel")
    assert "is kept" not in page(booking, "cancel")
