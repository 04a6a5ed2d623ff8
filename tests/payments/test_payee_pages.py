"""Getting paid and what was earned, as their payee reads it; nobody else does."""

import csv
import io
from datetime import timedelta

import pytest
from sqlalchemy import insert, update

from practice.payments import accounts, actions, jobs, queries
from practice.payments.desk_models import MoneySetting
from practice.payments.kinds import SettingKey
from practice.payments.models import Order, OrderLine, PayeeAccount, Payout
from practice.payments.policy import events
from practice.payments.states import DisputeState
from practice.providers.stripe_gateway.values import AccountState
from practice.sandbox import faults, world
from practice.sandbox.faults import Fault
from practice.specialists.states import ProfileState
from practice.store.db import db, transaction
from practice.values.money import Money
from tests import factories
from tests.pages import tree_of
from tests.payments.test_payees import account_of, earned, payouts
from tests.payments.test_paying import paid, work

CHOSEN = {"country": "AT", "currency": "EUR"}
PAGES = ("/practice/payouts", "/practice/earnings", "/practice/earnings.csv")


@pytest.fixture
def browsers(app, cast):
    people = {"anna": cast.anna, "ben": cast.ben, "cleo": cast.cleo, "sam": cast.sam}
    return {name: factories.sign_in(app.test_client(), person) for name, person in people.items()}


@pytest.fixture
def anna(browsers):
    return browsers["anna"]


@pytest.fixture
def begin(post, anna):
    """`begin()`: Anna presses the button, with what she chose."""

    def press(chosen=CHOSEN):
        return post("/practice/payouts", browser=anna, **chosen)

    return press


def a_week_later(clock, anna, cast):
    """The weekly run has been, and Anna has signed in anew."""
    clock.advance(days=7)
    jobs.payouts()
    work()
    factories.sign_in(anna, cast.anna)


def text_of(answer):
    return " ".join(tree_of(answer).main.get_text(" ", strip=True).split())


def say_of(cast, **facts):
    """Her account as it was seen."""
    row = queries.newest_account_of(cast.anna) or accounts.open_account(cast.anna, "AT", "EUR")
    with transaction():
        for name, value in {"by_hand": True, **facts}.items():
            setattr(row, name, value)
    return row


# ---------------------------------------------------------------- whose pages these are


@pytest.mark.parametrize("page", PAGES)
def test_only_a_practice_has_these_pages(page, browsers, app):
    assert browsers["anna"].get(page).status_code == 200
    assert [browsers[who].get(page).status_code for who in ("ben", "cleo", "sam")] == [403, 403, 403]
    assert app.test_client().get(page).status_code == 302


@pytest.mark.parametrize("state", [ProfileState.SUSPENDED, ProfileState.CLOSED, ProfileState.DRAFT])
def test_a_practice_that_is_suspended_or_closed_still_sees_its_money(state, cast, anna):
    with transaction():
        cast.practice.state = state
    assert [anna.get(page).status_code for page in PAGES] == [200, 200, 200]


def test_another_specialist_finds_neither_lines_nor_payouts(buy, cast, clock, app):
    account_of(cast.anna)
    earned(buy, clock)
    clock.advance(days=7)
    jobs.payouts()
    work()
    other = factories.sign_in(app.test_client(), factories.specialist(factories.user("Otto Rank"), slug="otto").user)

    assert other.get(f"/practice/payouts/{payouts()[0].code}").status_code == 404
    assert "Nothing is earned yet" in text_of(other.get("/practice/earnings"))
    assert len(other.get("/practice/earnings.csv").text.splitlines()) == 1


# ---------------------------------------------------------------- getting paid


def test_the_first_press_opens_an_account_and_leads_to_the_partners_own_page(anna, cast, begin):
    answer = begin()

    assert "/demo/onboarding/" in answer.location
    row = queries.account_of(cast.anna)
    assert (row.country, row.currency, row.state) == ("AT", "EUR", AccountState.MISSING)
    assert row.name


def test_who_comes_back_is_believed_nothing_until_the_partner_was_asked(anna, cast, begin):
    begin()
    answer = anna.get("/practice/payouts/return?state=ready&account=acct_other", follow_redirects=True)
    assert queries.paid_in(cast.anna) is None
    assert "Something is missing" in text_of(answer)

    world.onboard(queries.account_of(cast.anna).name)
    answer = anna.get("/practice/payouts/return", follow_redirects=True)
    assert queries.paid_in(cast.anna)
    assert "All is ready" in text_of(answer)


def test_a_way_that_was_used_up_makes_another(anna, begin):
    first = begin().location
    second = anna.get("/practice/payouts/partner").location

    assert "/demo/onboarding/" in second
    assert first != second


def test_pressed_twice_there_is_one_account(anna, cast, begin):
    for chosen in (CHOSEN, CHOSEN | {"country": "DE"}):
        begin(chosen)

    assert [row.country for row in db.session.scalars(db.select(PayeeAccount))] == ["AT"]


@pytest.mark.parametrize(
    "chosen", [{}, {"country": "AU", "currency": "EUR"}, {"country": "AT", "currency": "XXX"}, {"country": "AT\x00"}]
)
def test_what_cannot_be_chosen_opens_nothing_and_the_form_comes_back(chosen, anna, cast, begin):
    answer = begin(chosen)

    assert answer.status_code in (400, 422)
    assert queries.account_of(cast.anna) is None


def test_a_partner_that_does_not_answer_loses_nothing(anna, cast, begin):
    for _ in range(9):
        faults.expect(Fault.TIMEOUT_BEFORE, "POST /v2/core/accounts")
    begin()
    answer = anna.get("/practice/payouts")

    assert "doesn’t answer" in answer.text
    assert "Your account is being made" in text_of(answer)
    assert queries.account_of(cast.anna).name == ""


NEED = {"label": "the bank account for payouts", "deadline": "currently_due", "is_stripes": False, "fault": ""}
STAGES = [
    ({"name": "", "state": "refused"}, "could not open an account"),
    ({"state": "missing", "requirements": [NEED]}, "The bank account for payouts"),
    ({"state": "missing", "requirements": [NEED | {"fault": "It could not be confirmed."}]}, "Please send it again"),
    ({"state": "checking"}, "You have nothing to do"),
    ({"state": "ready", "pays_out": True}, "All is ready"),
    ({"state": "ready", "pays_out": False}, "Payouts have stopped"),
    ({"state": "refused"}, "Please talk to us"),
]


@pytest.mark.parametrize(("facts", "says"), STAGES)
def test_each_state_of_an_account_is_said_in_words(facts, says, anna, cast):
    say_of(cast, **{"name": "acct_1", **facts})
    assert says in text_of(anna.get("/practice/payouts"))


def test_an_account_that_was_closed_can_be_followed_by_another(anna, cast, begin):
    row = account_of(cast.anna)
    world.close_account(row.name)
    work()
    assert "is closed" in text_of(anna.get("/practice/payouts"))

    begin()
    assert queries.account_of(cast.anna).id != row.id


def test_whom_the_partner_refused_opens_no_second_account(anna, cast, begin):
    say_of(cast, name="acct_1", state="refused")
    begin()

    assert queries.newest_account_of(cast.anna).name == "acct_1"


def test_what_is_needed_soon_says_by_when(anna, cast, clock):
    later = NEED | {"deadline": "eventually_due"}
    say_of(cast, name="acct_1", state="ready", pays_out=True, requirements=[later], until_at=clock.now())
    assert "Something more is needed by" in text_of(anna.get("/practice/payouts"))


@pytest.mark.parametrize("page", ["/practice", "/practice/offers", "/practice/earnings"])
def test_what_keeps_sessions_from_being_sold_leads_here(page, cast, anna):
    leads = [each["href"] for each in tree_of(anna.get(page)).main.select("a[href='/practice/payouts']")]
    assert leads

    account_of(cast.anna)
    if page != "/practice/earnings":
        assert not tree_of(anna.get(page)).main.select("a[href='/practice/payouts']")


# ---------------------------------------------------------------- what was earned


def lines_of(anna, address="/practice/earnings"):
    found = tree_of(anna.get(address)).find(id="lines")
    table = found and found.find_parent("section").find("table")
    return [" ".join(row.get_text(" ", strip=True).split()) for row in table.select("tbody tr")] if table else []


def test_a_line_says_what_was_paid_our_share_and_what_is_theirs_and_initials_only(buy, cast, clock, anna):
    order = paid(buy)
    actions.ends(order.lines[0], clock.now() + timedelta(hours=2))
    (line,) = lines_of(anna)

    for said in ("Session, 50 min", "€70.00", "€8.40", "12%", "€61.60", "Waiting until"):
        assert said in line
    page = anna.get("/practice/earnings").text + anna.get("/practice/earnings.csv").text
    assert cast.ben.display_name not in page
    assert cast.ben.email not in page


def test_of_who_has_gone_not_even_initials_are_left(buy, anna):
    order = paid(buy)
    with transaction():
        order.buyer_id = None
    assert lines_of(anna)[0].startswith("A client, Session, 50 min")


@pytest.mark.parametrize(
    ("price", "says"), [(2500, "goes with the next payout"), (2000, "goes once it is €20.00 or more")]
)
def test_what_is_too_little_for_a_payout_is_not_said_to_go_with_the_next(buy, cast, clock, anna, price, says):
    account_of(cast.anna)
    earned(buy, clock, price)
    factories.sign_in(anna, cast.anna)

    assert says in text_of(anna.get("/practice/earnings"))


def tiles(anna):
    """What stands in each tile: {"Waiting": ("€61.60", "…")}."""
    found = [list(each.stripped_strings) for each in tree_of(anna.get("/practice/earnings")).select(".stats .stat")]
    return {next(each for each in said if each in TILES): said for said in found}


TILES = ("Waiting", "Available", "On its way", "Paid out", "You owe")


def waiting_in_the_list(anna):
    return text_of(anna.get("/practice/earnings?show=waiting"))


def test_what_a_bank_asks_about_waits_and_is_not_available(buy, cast, clock, anna):
    account_of(cast.anna)
    order = paid(buy)
    till = order.lines[0]
    actions.ends(till, clock.now())
    actions.turn(order, events.DisputeSeen(events.Asked.OPEN, 7000, "du_1"))
    clock.advance(hours=49)
    jobs.ripen()
    work()
    factories.sign_in(anna, cast.anna)

    assert "bank asks" in lines_of(anna)[0]
    assert "€61.60 yours" in waiting_in_the_list(anna)
    said = tiles(anna)
    assert "€61.60" in said["Waiting"]
    assert "€0.00" in said["Available"]
    assert "€61.60 is on your balance" not in text_of(anna.get("/practice/payouts"))


def test_what_an_account_does_not_take_waits_and_is_not_said_to_go_with_the_next_payout(buy, cast, clock, anna):
    earned(buy, clock)
    factories.sign_in(anna, cast.anna)

    assert "takes nothing" in lines_of(anna)[0]
    said = tiles(anna)
    assert "€61.60" in said["Waiting"]
    assert {"€0.00", "goes once your account is ready"} <= set(said["Available"])


def test_what_lies_on_a_stopped_account_goes_once_it_is_ready(buy, cast, clock, anna):
    row = account_of(cast.anna)
    earned(buy, clock)
    with transaction():
        row.pays_out = False
    factories.sign_in(anna, cast.anna)

    assert {"€61.60", "goes once your account is ready"} <= set(tiles(anna)["Available"])


def test_of_a_payout_that_took_a_part_what_came_first_is_paid_out_and_the_rest_is_on_the_balance(
    buy, cast, clock, anna
):
    account_of(cast.anna)
    for code in "AB":
        earned(buy, clock, 7000, code=code)
    a_week_later(clock, anna, cast)
    with transaction() as session:
        session.execute(update(Payout).values(amount=6160))

    newest, oldest = lines_of(anna)
    assert "On your balance" in newest
    assert "on its way" in oldest


def test_what_could_not_be_had_was_never_earned(buy, shop, anna):
    shop.closed = True
    paid(buy)
    assert "Nothing is earned yet" in text_of(anna.get("/practice/earnings"))


def test_money_is_followed_from_waiting_to_the_bank(buy, cast, clock, anna):
    account_of(cast.anna)
    earned(buy, clock)
    factories.sign_in(anna, cast.anna)
    assert "On your balance" in lines_of(anna)[0]

    a_week_later(clock, anna, cast)
    assert "on its way" in lines_of(anna)[0]
    payout = payouts()[0]
    statement = text_of(anna.get(f"/practice/payouts/{payout.code}"))
    assert "Session, 50 min" in statement
    assert "Together €61.60" in statement.replace("Together – ", "Together ")

    clock.advance(days=3)
    work()
    factories.sign_in(anna, cast.anna)
    assert "Paid out" in lines_of(anna)[0]


def test_a_payout_that_failed_says_why_and_is_part_of_the_next(buy, cast, clock, anna):
    account_of(cast.anna)
    earned(buy, clock)
    a_week_later(clock, anna, cast)
    failed = payouts()[0]
    clock.advance(hours=1)
    world.fail_payout(failed.name)
    work()

    assert "The bank account is closed" in text_of(anna.get(f"/practice/payouts/{failed.code}"))
    page = text_of(anna.get("/practice/payouts"))
    assert "Your bank did not take the last payout, so look at your bank account first." in page
    assert "reaches your bank" not in page and "The bank account is closed." in page
    assert "Came back" in text_of(anna.get("/practice/earnings"))
    assert "On your balance" in lines_of(anna)[0]

    a_week_later(clock, anna, cast)
    again = text_of(anna.get(f"/practice/payouts/{payouts()[1].code}"))
    assert "An earlier payout came back" in again
    assert "Together" in again


def test_what_went_back_is_neither_theirs_nor_ours(buy, anna):
    order = paid(buy)
    actions.give_back(order.lines[0], Money(7000, "EUR"))
    work()

    assert "Went back to your client" in lines_of(anna)[0]
    assert "€0.00" in lines_of(anna)[0]


def test_what_a_bank_has_yet_to_decide_has_not_gone_to_the_client(buy, cast, anna):
    order = paid(buy)
    actions.give_back(order.lines[0], order.total)
    with transaction():
        order.dispute = DisputeState.OPEN
    factories.sign_in(anna, cast.anna)
    assert "Goes back to your client, once their bank has decided" in lines_of(anna)[0]
    assert "€70.00 goes back" in lines_of(anna)[0]
    assert "Days and times are by Vienna time." in text_of(anna.get("/practice/earnings"))

    with transaction():
        order.dispute = DisputeState.WON
    assert "Went back to your client" in lines_of(anna)[0]


def test_lines_are_chosen_by_month_and_by_where_they_are(buy, cast, clock, anna):
    first = paid(buy, code="A")
    month = clock.now().strftime("%Y-%m")
    clock.advance(days=40)
    second = paid(buy, 3000, code="B")
    actions.give_back(second.lines[0], Money(1000, "EUR"))
    factories.sign_in(anna, cast.anna)

    assert len(lines_of(anna)) == 2
    assert [str(first.total.decimal) in each for each in lines_of(anna, f"/practice/earnings?month={month}")] == [True]
    assert len(lines_of(anna, "/practice/earnings?show=back")) == 1
    assert len(lines_of(anna, "/practice/earnings?show=waiting")) == 2


@pytest.mark.parametrize(
    "asked",
    [
        "month=2026-13",
        "month=x",
        "month=9999-12",
        "month=0001-01",
        "show=none",
        "by=year",
        "page=-1",
        "page=9999999999999",
        "page=²",
    ],
)
def test_an_address_that_means_nothing_shows_everything(asked, buy, anna):
    paid(buy)
    assert len(lines_of(anna, f"/practice/earnings?{asked}")) == 1


@pytest.mark.parametrize("by", ["month", "week"])
def test_the_chart_can_be_read_as_a_table(by, buy, anna):
    paid(buy)
    page = tree_of(anna.get(f"/practice/earnings?by={by}"))

    assert page.select(".chart rect")
    numbers = page.find("caption", string=f"What you earned by {by}").find_parent("table")
    assert "€61.60" in numbers.select("tbody tr")[0].get_text()
    assert "style=" not in str(page.main)


def test_the_file_holds_every_line_and_nothing_in_it_acts(buy, cast, anna):
    with transaction():
        cast.ben.display_name = "=HYPERLINK()"
    paid(buy)
    rows = list(csv.reader(io.StringIO(anna.get("/practice/earnings.csv").text.lstrip("\ufeff"))))

    assert rows[0][0] == "Paid on"
    assert (rows[1][4], rows[1][6], rows[1][8]) == ("70.00", "8.40", "61.60")
    assert not any(cell.startswith(("=", "+", "@")) for cell in rows[1])


def test_a_debt_is_said_to_be_carried(buy, cast, clock, anna):
    account_of(cast.anna)
    order = earned(buy, clock)
    a_week_later(clock, anna, cast)
    actions.give_back(order.lines[0], order.total)
    work()

    assert "You owe €61.60" in text_of(anna.get("/practice/earnings"))


# ---------------------------------------------------------------- our share is to change


@pytest.mark.parametrize("page", ["/practice/earnings", "/practice/payouts", "/practice/offers"])
def test_a_share_that_is_to_come_is_said_where_the_one_of_now_stands(page, cast, anna, clock):
    share = {"key": SettingKey.COMMISSION, "because": "a try", "by": cast.sam}
    begins = clock.now() + timedelta(days=2)
    with transaction() as session:
        session.add(MoneySetting(value=1500, from_at=begins, **share))
    text = text_of(anna.get(page))

    assert "From Wednesday 3 March 2027" in text
    assert "15%" in text
    assert page != "/practice/offers" or "You get €61.20 of €72.00" in text

    with transaction() as session:
        session.add(MoneySetting(value=1200, from_at=begins, **share))
    assert "15%" not in text_of(anna.get(page))


# ---------------------------------------------------------------- many lines


def much(cast, count):
    """So many lines that were paid, waiting."""
    order = db.session.scalars(db.select(Order)).first()
    line = order.lines[0]
    facts = {
        each.key: getattr(line, each.key) for each in OrderLine.__table__.c if each.key not in ("id", "code", "at")
    }
    rows = [facts | {"code": f"many{at}", "at": at} for at in range(1, count + 1)]
    with transaction() as session:
        session.execute(insert(OrderLine), rows)


def test_five_thousand_lines_ask_as_many_questions_as_one(buy, cast, anna, questions):
    paid(buy)
    anna.get("/practice/earnings")
    questions.clear()
    anna.get("/practice/earnings")
    few = len(questions)
    much(cast, 5000)
    questions.clear()
    answer = anna.get("/practice/earnings?page=200")

    assert len(questions) == few
    assert "4976 to 5000 of 5001" in text_of(answer)
    assert len(lines_of(anna, "/practice/earnings?page=2")) == 25
