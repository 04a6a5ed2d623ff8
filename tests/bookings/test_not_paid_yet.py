"""What somebody has begun to pay lies before them wherever they look for it, with both ways on."""

from datetime import timedelta

import pytest

from practice.bookings import limits
from practice.payments import actions as payments
from practice.payments import looking, operations
from practice.payments.policy.checkout import AHEAD
from practice.providers.stripe_gateway.client import gateway
from practice.sandbox import world
from tests.bookings.conftest import THURSDAY_TEN, WEDNESDAY_TEN, value
from tests.bookings.lengthening import order
from tests.factories import specialist, user
from tests.pages import tree_of
from tests.selling import begin, pay
from tests.shop import again, opened

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
FIRST = "Wednesday 3 March, 09:00 to 09:50, Dublin time, with Anna, €72.00."


@pytest.fixture
def looks(ben_in):
    """`looks("/me")`: the words of a page, and its cards of what is not paid yet."""

    def look(path):
        tree = tree_of(ben_in.get(path))
        return tree, [each.find_parent("section") for each in tree.select("h2[id^=not-paid]")]

    return look


def words(tree):
    return " ".join(tree.get_text(" ").split())


@pytest.mark.parametrize("page", ["", "/move"])
def test_another_length_that_is_not_paid_lies_before_whoever_looks_at_its_session(looks, bought, longer, cast, page):
    made = bought(WEDNESDAY_TEN)
    path = f"/bookings/{made.code}{page}"
    assert looks(path)[1] == []

    found = order(made, longer)

    tree, (card,) = looks(path)
    assert "to 10:20, Dublin time, with Anna, the difference, €38.00." in words(card)
    assert card.find("a", string="Go on paying")["href"] == f"/checkout/{found.code}/pay"
    assert ("what you have begun to pay is let go" in words(tree)) == (page == "/move")


def test_the_time_that_they_pay_for_now_is_said_to_be_theirs_and_offered_by_no_other_form(
    looks, ben_in, post, sells, longer, bought, cast
):
    made = begin(cast.ben, sells, WEDNESDAY_TEN)
    for offer in (sells, longer):
        address = f"/specialists/anna-kern/offers/{offer.code}/book"
        for answer in (post(address, start=value(WEDNESDAY_TEN)), ben_in.get(f"{address}?start=2027-03-03T09:00:00Z")):
            page = tree_of(answer)
            assert (answer.status_code, page.h1.get_text()) == (409, "That time is kept for you already")
            assert page.find("a", string="Go on paying")["href"] == f"/checkout/{made.code}/pay"

    # And so it is to whoever gives it to what they have paid for.
    has = bought(THURSDAY_TEN)
    taken = post(f"/bookings/{has.code}/move", start=value(WEDNESDAY_TEN))
    assert "You are paying for that time already" in words(tree_of(taken))


@pytest.mark.parametrize("path", ["/me", "/specialists/anna-kern"])
def test_what_is_not_paid_yet_is_a_card_with_both_ways_on(looks, sells, cast, path):
    assert looks(path)[1] == []
    made = begin(cast.ben, sells, WEDNESDAY_TEN)

    (card,) = looks(path)[1]

    assert FIRST in words(card)
    # Three minutes past eight and half an hour, on Ben's clock.
    assert "It’s kept for you until 08:30 , Dublin time." in words(card)
    assert card.find("a", string="Go on paying")["href"] == f"/checkout/{made.code}/pay"
    assert card.find("button", string="Let it go").find_parent("form")["action"] == f"/checkout/{made.code}/leave"


def test_once_it_is_paid_let_go_or_somebody_elses_there_is_no_card(looks, sells, cast):
    pay(begin(cast.ben, sells, WEDNESDAY_TEN))
    begin(cast.cleo, sells, THURSDAY_TEN)
    left = begin(cast.ben, sells, WEDNESDAY_TEN + 2 * HOUR)
    payments.let_go(left, by=cast.ben)

    assert looks("/me")[1] == looks("/specialists/anna-kern")[1] == []


def test_a_profile_shows_only_what_is_not_paid_there(looks, sells, cast):
    ilse = specialist(user("Ilse Vandermeer"), slug="ilse")
    begin(cast.ben, sells, WEDNESDAY_TEN)

    assert looks("/specialists/ilse")[1] == []
    assert ilse.is_visible


def test_money_that_takes_days_is_said_to_be_on_its_way_and_paid_for_by_no_second_press(looks, sells, cast):
    made = begin(cast.ben, sells, WEDNESDAY_TEN)
    operations.carry_out()
    world.pay_slowly(again(made).page)
    looking.at_order(again(made), gateway())

    (card,) = looks("/me")[1]
    assert "Your payment is on its way" in words(card)
    assert not card.find("form")
    assert card.find("a")["href"] == f"/checkout/{made.code}/return"


def test_once_its_time_is_over_nobody_is_sent_to_pay_it(looks, sells, cast, clock):
    made = begin(cast.ben, sells, WEDNESDAY_TEN)
    payments.turn(made, opened(made))
    clock.advance(31 * MINUTE)

    (card,) = looks("/me")[1]

    assert "We’re checking whether you paid" in words(card)
    assert card.find("a")["href"] == f"/checkout/{made.code}/return"


def test_the_form_the_check_and_the_card_name_one_end_of_what_is_kept(ben_in, post, looks, sells, cast):
    address = f"/specialists/anna-kern/offers/{sells.code}"
    post(f"{address}/book", start=value(WEDNESDAY_TEN))
    assert "until 08:30, Dublin time" in words(looks(f"{address}/book")[0])

    page = review(post, ben_in, sells, WEDNESDAY_TEN)
    assert "From when you press the button you have 30 minutes to pay" in words(page)
    begin(cast.ben, sells, WEDNESDAY_TEN)
    assert "until 08:30 , Dublin time." in words(looks("/me")[1][0])
    assert limits.HOLD_TO_PAY - limits.TO_PAY == AHEAD


def review(post, ben_in, sells, start):
    address = f"/specialists/anna-kern/offers/{sells.code}"
    post(f"{address}/book", start=value(start))
    post(f"{address}/book/confirm", start=value(start), format="video", form_key="f9")
    return tree_of(ben_in.get(f"{address}/review"))


def test_a_second_session_of_the_same_specialist_says_that_the_first_is_not_paid(ben_in, post, sells, cast):
    first = begin(cast.ben, sells, WEDNESDAY_TEN)

    page = review(post, ben_in, sells, THURSDAY_TEN)

    assert FIRST in words(page)
    assert page.find("a", string="Go on paying")["href"] == f"/checkout/{first.code}/pay"
    assert "What is below is one more session, and paid by itself." in words(page)
    assert "we stop keeping" not in words(page)


def test_whoever_begins_a_third_reads_before_which_one_ends(ben_in, post, sells, cast):
    begin(cast.ben, sells, WEDNESDAY_TEN)
    begin(cast.ben, sells, WEDNESDAY_TEN + HOUR)

    page = words(review(post, ben_in, sells, THURSDAY_TEN))

    assert f"if you go to payment here, we stop keeping {FIRST.removesuffix(', €72.00.')}." in page
