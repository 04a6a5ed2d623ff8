"""The staff's desk of money: red names the row, what waits, who is meant, what they set, and days as files."""

import csv
import io
from collections import Counter
from decimal import Decimal

import pytest
from sqlalchemy import text, update

from practice.admin.money_forms import midnight
from practice.config import settings
from practice.http.clocks import there
from practice.ledger.checks import MONEY
from practice.ledger.labels import POTS
from practice.payments import actions, desk_queries, jobs, queries
from practice.payments.desk_models import MoneyRun
from practice.payments.kinds import SettingKey
from practice.payments.states import OrderState
from practice.providers.stripe_gateway import money as at_stripe
from practice.sandbox import world
from practice.sandbox.models import SandboxMovement
from practice.store.checks import faults
from practice.store.db import db, transaction
from tests.pages import csrf_of, tree_of
from tests.payments.test_payees import account_of, earned
from tests.payments.test_paying import paid, work
from tests.payments.test_proposals import line_of, more
from tests.shop import again, opened, set_by_two
from tests.shop import paid as seen


@pytest.fixture
def desk(app, cast, sign_in):
    """Sam's browser."""
    return Browser(lambda: sign_in(app.test_client(), cast.sam))


@pytest.fixture
def second(app, sue, sign_in):
    """Sue's browser; she may agree to what Sam wants."""
    return Browser(lambda: sign_in(app.test_client(), sue))


class Browser:
    def __init__(self, signed_in):
        self.signed_in, self.browser = signed_in, signed_in()

    def sign_in_again(self):
        """Days have passed."""
        self.browser = self.signed_in()

    def see(self, path):
        answer = self.browser.get(f"/admin{path}")
        assert answer.status_code == 200, answer.status_code
        return tree_of(answer)

    def send(self, path, **fields):
        token = csrf_of(self.browser.get("/time-zone"))
        return self.browser.post(f"/admin{path}", data=fields | {"csrf_token": token})


BACK = {"reason": "kindness", "words": "Both asked for it."}


def back(desk, order, amount, shown="0", **changes):
    fields = {**BACK, "amount": amount, "shown": shown, **changes}
    named = {f"line0-{name}": value for name, value in fields.items()}
    return desk.send(f"/orders/{order.code}/lines/0/refund", **named)


# ---------------------------------------------------------------- green, and red with the row's name


def test_the_page_is_green_and_one_changed_row_makes_it_red_in_the_words_of_the_command(buy, desk):
    order = paid(buy, 7000)
    page = desk.see("/finance")
    assert "Everything holds" in page.select_one("section[aria-labelledby=books]").text
    assert "€61.60" in page.text
    assert page.find("h3", string="In EUR") and "€0.00" not in page.select_one("section[aria-labelledby=where]").text

    with transaction() as session:
        session.execute(text("UPDATE orders SET paid = paid + 1"))
    overview = desk.see("/")
    assert "Our books are wrong in 1 place." in " ".join(overview.text.split())
    assert overview.find("a", href="/admin/finance#books")
    books = desk.see("/finance").select_one("section[aria-labelledby=books]").text
    assert desk.see("/finance").find("a", href=f"/admin/orders/{order.code}", string=order.code)
    assert "1 wrong" in books
    assert order.code in books
    (sentence,) = (each for each in faults(MONEY) if order.code in each)
    assert sentence in books
    assert "“Paid by clients”" in sentence


def test_a_page_asks_as_few_questions_for_many_orders_as_for_one(buy, desk, questions, clock):
    account = account_of(again(paid(buy, 7000)).lines[0].payee)
    assert account
    desk.see("/finance")
    questions.clear()
    desk.see("/finance")
    few = len(questions)
    for number in range(4):
        paid(buy, 7000, 3000, code=f"M{number}-")
    desk.see("/finance")
    questions.clear()
    desk.see("/finance")

    assert len(questions) == few


def test_what_the_card_processor_says_is_read_by_a_job_and_stored_with_its_instant(
    buy, desk, gateway, clock, monkeypatch
):
    paid(buy, 7000)
    assert desk.send("/finance/compare").status_code == 303
    desk.send("/finance/compare")
    monkeypatch.setattr(type(gateway), "client", property(lambda _: pytest.fail("a page asks nobody outside")))
    assert "isn’t done yet" in desk.see("/finance").text
    monkeypatch.undo()
    assert [jobs.compare(), jobs.compare()] == [1, 0]

    (run,) = desk_queries.runs()
    assert (run.faults, run.asked, [each["currency"] for each in run.sums]) == ([], True, ["EUR"])
    assert run.sums[0]["ours"] == run.sums[0]["theirs"]
    clock.advance(days=1, seconds=1)
    assert jobs.compare() == 1


def test_a_difference_to_the_card_processor_is_named(buy, desk):
    paid(buy, 7000)
    with transaction() as session:
        session.execute(update(SandboxMovement).values(net=SandboxMovement.net + 1))
    jobs.compare()

    assert any("at the card processor" in each for each in desk_queries.runs()[0].faults)
    assert "at the card processor" in desk.see("/finance").text


def test_what_a_comparison_found_leads_to_its_order_or_payee(buy, desk, cast):
    order = paid(buy, 7000)
    jobs.compare()
    with transaction() as session:
        found = [f"Order {order.code} is not.", f"Payee {cast.anna.code} is not."]
        session.execute(update(MoneyRun).values(faults=found))
    apart = desk.see("/finance").select_one("#apart")

    ways = [f"/admin/orders/{order.code}", f"/admin/accounts/{cast.anna.code}"]
    assert [each["href"] for each in apart.select("a")] == ways


def test_payees_whose_account_takes_nothing_are_named_with_what_waits(buy, desk, cast, clock):
    account_of(cast.anna, outcome=world.Outcome.MISSING)
    earned(buy, clock, 7000)
    desk.sign_in_again()

    blocked = desk.see("/finance").select_one("section[aria-labelledby=blocked]").text
    assert "Anna Kern" in blocked
    assert "€61.60 waits" in blocked


# ---------------------------------------------------------------- giving back


def test_staff_give_little_back_at_once_and_much_as_two(buy, desk, second):
    order = paid(buy, 30_000)
    assert back(desk, order, "20.00").status_code == 303
    assert again(order).lines[0].back == 2000

    back(desk, order, "250", shown="2000")
    assert again(order).lines[0].back == 2000
    (row,) = desk_queries.waiting()
    assert "somebody else has to agree" in desk.see("/refunds").text
    assert desk.send(f"/proposals/{row.code}/agree").status_code == 403

    assert "Agree" in second.see("/refunds").text
    assert second.send(f"/proposals/{row.code}/agree", words="Looked at it.").status_code == 303
    assert again(order).lines[0].back == 27_000
    done = second.see("/refunds?show=done").text
    assert "Both asked for it." in done
    assert "Looked at it." in done


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"amount": "x"}, "Write an amount"),
        ({"amount": "0"}, "Write an amount"),
        ({"amount": "70.01"}, "up to what is left"),
        ({"reason": ""}, "Choose a reason"),
        ({"reason": "greed"}, "valid choice"),
        ({"words": " "}, "in a few words why"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_the_form_comes_back_filled_in(buy, desk, changes, says):
    order = paid(buy, 7000)
    answer = back(desk, order, **{"amount": "12.34", **changes})

    assert answer.status_code == 422
    assert says in answer.text
    assert changes.get("amount", "12.34") in answer.text
    assert again(order).lines[0].back == 0


@pytest.mark.parametrize("shown", ["1", "", "-1", "²", "9" * 30])
def test_a_page_that_showed_something_else_gives_nothing_back(buy, desk, shown):
    order = paid(buy, 7000)

    assert back(desk, order, "10", shown=shown).status_code in (409, 422)
    assert again(order).lines[0].back == 0


def test_a_refund_that_came_back_is_on_the_desk_until_two_have_noted_it(buy, desk, second, gateway):
    order = paid(buy, 7000)
    back(desk, order, "10")
    work()
    world.fail_refund(at_stripe.refunds_of(gateway, again(order).intent)[0].id)
    work()
    (concern,) = queries.concerns()
    doubt = desk.see("/refunds?show=doubt").text
    assert "A refund did not arrive" in doubt
    assert "Decide what becomes of it" in doubt
    assert desk.send(f"/concerns/{concern.code}/close", words="Seen.").status_code == 409

    assert desk.send(f"/orders/{order.code}/refunds/1/by-hand", **{"hand1-words": "Sent today."}).status_code == 303
    second.send(f"/proposals/{desk_queries.waiting()[0].code}/agree")
    assert again(order).refunds[0].state == "manual"
    assert queries.concerns() == []


def test_money_in_doubt_is_asked_about_again_by_a_job_or_given_back(buy, desk):
    order = paid(buy, 7000)
    doubtful = buy(7000, code="D")
    actions.turn(doubtful, opened(doubtful))
    actions.turn(doubtful, seen(doubtful, amount=6000))
    (concern,) = queries.concerns()
    assert desk.send(f"/concerns/{concern.code}/ask").status_code == 303
    assert "asked again in a moment" in desk.see("/refunds?show=doubt").text
    jobs.look_again()
    db.session.expire_all()
    assert (concern.ask_at, concern.asked_at is None) == (None, False)

    desk.send(f"/orders/{doubtful.code}/in-doubt", **{"doubt-words": "Not what was due."})
    assert again(doubtful).refunds[0].amount == 6000
    assert queries.concerns() == []
    assert again(order).state == OrderState.PAID


def test_while_a_bank_asks_the_desk_leads_to_the_answer_and_gives_nothing_back(buy, desk):
    order = paid(buy, 7000)
    world.open_dispute(order.charge)
    work()
    page = desk.see(f"/orders/{order.code}")

    assert page.find("a", string="Prepare the answer")
    assert desk.see("/refunds?show=doubt").find("a", string="Prepare the answer")
    assert not page.find("button", string="Give it back")
    assert back(desk, order, "10").status_code == 409
    assert again(order).lines[0].back == 0


def test_what_a_bank_was_answered_waits_for_the_bank_and_asks_for_no_answer(buy, desk):
    order = paid(buy, 7000)
    world.open_dispute(order.charge)
    work()
    assert "Prepare the answer" in desk.see("/refunds?show=doubt").text
    desk.send(f"/chargebacks/{order.code}/1/evidence", refusal="It took place.")

    for page in (desk.see("/refunds?show=doubt"), desk.see(f"/orders/{order.code}").find(id="looked").parent):
        assert "The bank has our answer, and decides." in page.text and "Prepare the answer" not in page.text


@pytest.mark.parametrize("is_won", [True, False])
def test_what_a_bank_has_decided_leaves_the_desk_and_the_count_and_its_page_says_so(buy, desk, is_won):
    order = paid(buy, 7000)
    dispute = world.open_dispute(order.charge)
    work()
    assert "1 payment needs" in desk.see("/").text

    world.decide_dispute(dispute, is_won=is_won)
    work()
    assert desk_queries.concerns() == [] and desk_queries.counts() == (0, 0)
    assert "payment needs" not in desk.see("/").text
    assert not desk.see("/refunds?show=doubt").find("a", string="Prepare the answer")
    done = desk.see("/refunds?show=done").text
    assert "Closed by itself" in done and "Prepare the answer" not in done
    page = desk.see(f"/chargebacks/{order.code}").text
    assert "It is decided: the bank needs nothing more." in page and "decides without us" not in page
    assert "A bank asked for €70.00" in page and "A bank asks" not in page
    assert "To look at" not in desk.see(f"/orders/{order.code}").text


def test_a_concern_is_closed_with_words(buy, desk):
    order = paid(buy, 7000)
    actions.turn(order, seen(order, live=True))
    (concern,) = queries.concerns()
    assert desk.send(f"/concerns/{concern.code}/close", words=" ").status_code == 422
    assert desk.send(f"/concerns/{concern.code}/close", words="A key of ours, put right.").status_code == 303

    assert "A key of ours, put right." in desk.see("/refunds?show=done").text
    assert desk.send(f"/concerns/{concern.code}/close", words="Again.").status_code == 409


# ---------------------------------------------------------------- looking up


def test_an_order_is_found_by_whatever_somebody_has_of_it_and_opening_it_is_logged(buy, desk, cast):
    order = paid(buy, 7000)
    line = order.lines[0]
    ids = (order.code, f"order:{order.code}", order.code[:8], line.code, order.page, order.intent, order.charge)
    for sought in (*ids, cast.ben.email, cast.anna.email.upper()):
        answer = desk.send("/orders", sought=sought)
        assert (answer.status_code, answer.location) == (303, f"/admin/orders/{order.code}"), sought
    for sought in ("nobody@people.example", order.code[:7], "pi_nothing"):
        assert desk.send("/orders", sought=sought).status_code == 422

    page = desk.see(f"/orders/{order.code}")
    assert "The client paid" in page.text
    assert "Open a payment page" in page.text
    assert "Looked an order up" in desk.see(f"/audit?about=order:{order.code}").text


# ---------------------------------------------------------------- settings


@pytest.mark.parametrize("is_later", [True, False])
def test_what_a_setting_was_and_from_when_it_holds_stands_where_it_is_agreed_to(desk, second, clock, is_later):
    day = clock.now().date().replace(day=20)
    named = f"from {there(midnight(day), settings().zone)}"
    desk.send("/money-settings/commission", value="11", from_on=day if is_later else "", because="A quieter year.")
    wanted = f"{named}, or from the second yes if that comes later" if is_later else "from the second yes on"
    for page in ("/refunds", "/money-settings", "/money-settings/commission"):
        said = " ".join(second.see(page).text.split())
        assert f"Now 12%. It is to be 11% {wanted}." in said
        assert ("It holds from that day on" in said, "It is done now" in said) == (is_later, not is_later)

    second.send(f"/proposals/{desk_queries.waits_about(SettingKey.COMMISSION).code}/agree")
    holds = named if is_later else "from now on"
    agreed = " ".join(second.see("/money-settings").text.split())
    assert f"Agreed. Commission: 11% holds {holds}." in agreed
    assert ("12% now." in agreed and "11% from Saturday 20 March 2027" in agreed) == is_later


def test_who_agrees_to_a_refund_reads_whose_it_is_of_what_and_what_is_taken_from_whom(buy, cast, desk, second):
    order = paid(buy, 30_000)
    actions.propose_refund(line_of(order), more(5000), by=cast.sam)
    back(desk, order, "200", shown="5000")
    (card,) = second.see("/refunds").select("article")
    said = " ".join(card.text.split())

    assert "Ben: Session, 50 min with Anna Kern, €300.00, paid on " in said
    assert "€176.00 of it is taken from Anna Kern, €24.00 from our share. €50.00 of it went back before." in said


def test_a_second_person_who_does_not_agree_reads_so(desk, second):
    desk.send("/money-settings/commission", value="11", from_on="", because="A quieter year.")
    second.send(f"/proposals/{desk_queries.waits_about(SettingKey.COMMISSION).code}/withdraw")
    assert "You did not agree. Nothing was done." in second.see("/money-settings").text


def test_two_set_the_commission_from_a_day_and_its_history_says_who(desk, second, clock):
    tomorrow = clock.now().date().replace(day=20)
    fields = {"value": "10.5", "from_on": tomorrow.isoformat(), "because": "A quieter year."}
    assert desk.send("/money-settings/commission", **fields).status_code == 303
    assert "10.5%" in desk.see("/money-settings").text
    row = desk_queries.waits_about(SettingKey.COMMISSION)
    second.send(f"/proposals/{row.code}/agree")

    assert queries.commission_rate() == 1200
    assert queries.commission_rate(queries.settings_history(SettingKey.COMMISSION)[0].from_at) == 1050
    history = second.see("/money-settings").text
    assert "Sam, Sue" in history
    first = second.see("/money-settings/commission").select("table.table tbody tr")[-1]
    assert [each.get_text(strip=True) for each in first.find_all(["th", "td"])][:2] == ["Before that", "12%"]
    assert "A quieter year." in history


@pytest.mark.parametrize(
    ("key", "changes", "says"),
    [
        ("commission", {"value": "12.345"}, "two decimals"),
        ("commission", {"value": "51"}, "from 0 to"),
        ("commission", {"value": "NaN"}, "two decimals"),
        ("commission", {"value": "1e99"}, "two decimals"),
        ("commission", {"value": "٣"}, "two decimals"),
        ("two_for_refund", {"value": "٣"}, "whole number"),
        ("commission", {"from_on": "2020-01-01"}, "day to come"),
        ("commission", {"from_on": "9999-12-31"}, "within two years"),
        ("commission", {"because": ""}, "few words why"),
        ("two_for_refund", {"value": "1.5"}, "whole number"),
        ("payout_least", {"currency": "XXX"}, "valid choice"),
    ],
)
def test_a_setting_that_there_cannot_be_is_refused_beside_its_field(desk, key, changes, says):
    answer = desk.send(f"/money-settings/{key}", **{"value": "11", "because": "a try", **changes})

    assert answer.status_code == 422
    assert says in answer.text
    assert desk_queries.waiting() == []


def test_a_setting_of_no_kind_is_not_there(desk):
    assert desk.browser.get("/admin/money-settings/nothing").status_code == 404


# ---------------------------------------------------------------- days and months as files


def rows(desk, period, what="entries"):
    answer = desk.browser.get(f"/admin/finance/closing?period={period}&what={what}")
    assert answer.status_code == 200
    return answer.headers["Content-Disposition"], list(csv.DictReader(io.StringIO(answer.get_data(as_text=True)[1:])))


def test_a_month_sums_to_nothing_and_stays_when_late_events_come(buy, desk, cast, clock):
    order = paid(buy, 7000)
    other = paid(buy, 9000, currency="JPY", code="J")
    month = clock.now().strftime("%Y-%m")
    clock.advance(days=40)
    desk.sign_in_again()
    name, before = rows(desk, month)
    actions.propose_refund(line_of(order), more(7000), by=cast.sam)
    work()

    assert rows(desk, month) == (name, before)
    assert f"{month}-entries.csv" in name
    sums = Counter()
    for each in before:
        sums[each["currency"]] += Decimal(each["amount"])
    assert sums == {"EUR": 0, "JPY": 0}
    # A code can begin with a sign with which a formula would begin.
    assert {each["order"].lstrip("'") for each in before} == {order.code, other.code}


def test_the_pots_of_a_period_begin_where_the_one_before_ended(buy, desk, clock):
    paid(buy, 7000)
    first = clock.now().strftime("%Y-%m-%d")
    clock.advance(days=1)
    paid(buy, 3000, code="Q")
    second = clock.now().strftime("%Y-%m-%d")
    desk.sign_in_again()
    name, now = rows(desk, second, "pots")
    _, before = rows(desk, first, "pots")

    assert "so-far" in name
    assert {(each["pot"], each["before"]) for each in now} == {(each["pot"], each["after"]) for each in before}
    for each in (*now, *before):
        assert Decimal(each["before"]) + Decimal(each["came"]) + Decimal(each["went"]) == Decimal(each["after"])
    assert sum(Decimal(each["after"]) for each in now) == 0
    assert {each["called"] for each in now} == {POTS[each["pot"]] for each in now}


@pytest.mark.parametrize("period", ["", "x", "2027", "2027-13", "2027-02-30", "2199-01", "0001-01", "٢٠٢٧-٠٣"])
def test_what_is_no_period_is_said_beside_the_field(desk, period, clock):
    answer = desk.browser.get("/admin/finance/closing", query_string={"period": period})

    assert answer.status_code == 303
    today = clock.now().strftime("%Y-%m-%d")
    said = f"That is no day or month, or it has not begun. Write it as {today} or {today[:7]}."
    assert said in desk.see("/finance").text


def test_a_limit_of_a_currency_stands_in_its_history(desk, cast):
    set_by_two(cast.sam, SettingKey.TWO_FOR_REFUND, 5000, currency="JPY")

    assert "5000 JPY" in desk.see("/money-settings").text
