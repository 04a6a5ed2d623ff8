"""Who sees what of invoices, and what the pages say; a stranger finds nothing."""

import csv
import io
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import update

from practice.config import settings
from practice.http import assets
from practice.http.clocks import zone_name
from practice.invoices import describing, queries, years
from practice.invoices.describing import Description
from practice.invoices.states import InvoiceKind
from practice.invoices.years import Way, in_ways
from practice.ledger import actions as ledger
from practice.payments import actions as payments
from practice.payments.models import OrderLine, RefundRow
from practice.payments.policy import events
from practice.store.db import transaction
from practice.values import clock as wall
from practice.values.money import Money
from tests import factories
from tests.invoices.conftest import REGISTERED, SMALL, give_back, issued
from tests.pages import tree_of
from tests.shop import KIND, again, opened, paid

K = InvoiceKind
TAX = {
    "status": "registered",
    "legal_name": "Anna Kern",
    "address": "Lange Gasse 8\n1080 Wien",
    "country": "AT",
    "tax_number": "atu 12345678",
    "rate": "20",
    "sentence": "",
}


@pytest.fixture
def browsers(app, cast):
    people = {"anna": cast.anna, "ben": cast.ben, "cleo": cast.cleo, "sam": cast.sam}
    return {name: factories.sign_in(app.test_client(), person) for name, person in people.items()}


@pytest.fixture
def line(sold, taxed):
    """Ben paid Anna, who charges VAT, 70.00, and 20.00 of it went back."""
    taxed(REGISTERED)
    made = sold(7000)
    give_back(made, 2000)
    return made


def addresses():
    return [f"/payments/{'receipts' if each.kind == K.RECEIPT else 'invoices'}/{each.code}" for each in issued()]


def test_the_two_it_is_between_read_it_and_strangers_find_nothing(line, browsers):
    for address in addresses():
        assert [browsers[who].get(address).status_code for who in ("ben", "anna")] == [200, 200]
        assert [browsers[who].get(address).status_code for who in ("cleo", "sam")] == [404, 404]


def test_a_number_opens_nothing(line, browsers):
    for each in issued():
        assert browsers["ben"].get(f"/payments/invoices/{each.name}").status_code == 404
        assert browsers["ben"].get(f"/payments/receipts/{each.name}").status_code == 404


def test_a_receipt_is_no_invoice_by_its_address(line, browsers):
    receipt, invoice, _ = issued()

    assert browsers["ben"].get(f"/payments/invoices/{receipt.code}").status_code == 404
    assert browsers["ben"].get(f"/payments/receipts/{invoice.code}").status_code == 404


def test_an_invoice_says_what_was_bought_what_tax_is_in_it_and_nothing_more(line, browsers):
    invoice = issued(K.INVOICE)[0]
    page = browsers["ben"].get(f"/payments/invoices/{invoice.code}")
    text = tree_of(page).main.get_text(" ", strip=True)

    for said in (
        *("Invoice AK-2027-0001", "Session, 50 min", "Anna Kern", "Lange Gasse 8", "ATU12345678"),
        *("€58.33", "€11.67", "€70.00", "VAT 20%", "1 March 2027", "Credit note AK-CN-2027-0001"),
    ):
        assert said in text
    for secret in ("Coach", "Stress", "Ben "):
        assert secret not in text


def test_a_credit_note_takes_back_and_names_what_it_corrects(line, browsers):
    note = issued(K.CREDIT_NOTE)[0]
    page = browsers["ben"].get(f"/payments/invoices/{note.code}")
    text = " ".join(tree_of(page).main.get_text().split())

    assert "-€20.00" in text
    assert "-€3.34" in text
    assert "It corrects AK-2027-0001." in text


def test_who_charges_no_tax_says_why_in_the_words_of_their_law(sold, taxed, browsers):
    taxed(SMALL)
    sold(7000)
    invoice = issued(K.INVOICE)[0]

    text = browsers["ben"].get(f"/payments/invoices/{invoice.code}").text
    assert "Umsatzsteuerfrei aufgrund der Kleinunternehmerregelung" in text
    assert "VAT 0%, small business" in text


def test_the_detailed_version_is_made_for_the_client_alone_and_only_when_asked(line, browsers):
    describing.describes(KIND, lambda _code: Description("Psychotherapist", wall.now(), "Europe/Vienna"))
    invoice = f"/payments/invoices/{issued(K.INVOICE)[0].code}"

    plain, detailed = (browsers["ben"].get(f"{invoice}{query}").text for query in ("", "?detailed=1"))
    assert "Psychotherapist" not in plain
    assert "Psychotherapist" in detailed
    assert "Monday 1 March 2027" in detailed
    assert "Psychotherapist" not in browsers["anna"].get(f"{invoice}?detailed=1").text


def test_a_receipt_that_is_being_written_is_not_missing(sold, browsers, monkeypatch):
    monkeypatch.setattr(ledger, "_heard", [])
    made = sold(7000)

    assert "Your receipt is being written" in browsers["ben"].get(f"/payments/receipts/{made.code}").text
    assert browsers["cleo"].get(f"/payments/receipts/{made.code}").status_code == 404


# ---------------------------------------------------------------- whose name is on it


def test_a_client_puts_their_name_on_all_that_is_about_the_same_and_on_what_comes(line, post, browsers, sold, cast):
    receipt = issued(K.RECEIPT)[0]
    answer = post(
        f"/payments/invoices/{receipt.code}/name",
        browser=browsers["ben"],
        name="Ben Byrne",
        address="1 Quay Street\n\nDublin",
        tax_number="ie 123",
    )
    give_back(line, 3000)
    sold(5000, code="Q")

    assert answer.location.endswith(f"/payments/receipts/{receipt.code}")
    for address in addresses():
        for who in ("ben", "anna"):
            text = browsers[who].get(address).text
            assert "Ben Byrne" in text
            assert "IE 123" in text
    assert all("Ben Byrne" not in str(each.facts) for each in issued())


def test_what_has_a_name_keeps_it_and_nobody_else_puts_one_on(line, post, browsers):
    invoice = issued(K.INVOICE)[0]
    address = f"/payments/invoices/{invoice.code}/name"

    assert post(address, browser=browsers["anna"], name="Anna").status_code == 404
    assert post(address, browser=browsers["cleo"], name="Cleo").status_code == 404
    post(address, browser=browsers["ben"], name="Ben Byrne")
    assert post(address, browser=browsers["ben"], name="Somebody").status_code == 409
    assert queries.facts_of(queries.buyer_of(invoice)) == {"name": "Ben Byrne"}


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("name", " ", "Write the name that is to stand on it."),
        ("address", "a\n" * 7, "six lines"),
        ("address", "x" * 301, "Please keep it to 300 signs."),
        ("tax_number", "<script>", "Use letters, digits"),
    ],
)
def test_what_cannot_stand_on_an_invoice_is_refused_beside_its_field(line, post, browsers, field, typed, sentence):
    invoice = issued(K.INVOICE)[0]
    typed_in = {"name": "Ben Byrne", "address": "1 Quay Street", "tax_number": ""} | {field: typed}
    answer = post(f"/payments/invoices/{invoice.code}/name", browser=browsers["ben"], **typed_in)

    assert answer.status_code == 422
    assert sentence.replace("six", "6") in answer.text
    assert queries.buyer_of(invoice) is None


def test_a_client_takes_their_name_off_again(line, post, browsers, cast):
    post(f"/payments/invoices/{line.code}/name", browser=browsers["ben"], name="Ben Byrne")
    post("/me/payments/name/forget", browser=browsers["ben"])

    assert queries.details_of(cast.ben) is None
    assert [queries.buyer_of(each) for each in issued()] == [None] * 3


# ---------------------------------------------------------------- lists and years


def test_each_side_has_its_list_and_a_year_with_its_sums(line, browsers, cast):
    clients = browsers["ben"].get("/me/payments").text
    practices = browsers["anna"].get("/practice/invoices").text
    for name in ("AK-2027-0001", "AK-CN-2027-0001"):
        assert name in clients
        assert name in practices
    assert "2027-000001" in clients
    assert "2027-000001" not in practices

    assert [total.paid for total in years.year_of_client(cast.ben, 2027)] == [Money(5000, "EUR")]
    assert "€50.00" in browsers["ben"].get("/me/payments/2027").text
    year = browsers["anna"].get("/practice/invoices/2027").text
    for sum_ in ("€70.00", "-€20.00", "€50.00", "€8.33"):
        assert sum_ in year


def test_a_payment_stands_once_in_its_clients_list_with_all_that_was_issued_about_it(line, browsers):
    (row,) = tree_of(browsers["ben"].get("/me/payments")).select("tbody tr")

    assert row.select_one("td.n").get_text(strip=True) == "€70.00"
    assert [each.text.split()[0] for each in row.select("a")] == ["Receipt", "Invoice", "Credit"]
    assert "-€20.00" in row.text.replace("−", "-")


def test_the_newest_payment_leads_also_where_something_of_an_older_one_came_back_since(line, sold, browsers):
    sold(8000, code="Q")
    give_back(line, 2500)

    rows = tree_of(browsers["ben"].get("/me/payments")).select("tbody tr")

    assert [each.select_one("td.n").get_text(strip=True) for each in rows] == ["€80.00", "€70.00"]


def test_what_came_too_late_and_goes_back_is_in_the_list_and_has_no_receipt(buy, shop, browsers):
    order = buy(7000)
    shop.closed = True
    payments.turn(order, opened(order))
    payments.turn(order, paid(order))
    bought = order.lines[0].subject_code

    for address in ("/me/payments", f"/me/payments?of={bought}"):
        page = tree_of(browsers["ben"].get(address))
        (row,) = page.select("tbody tr")
        assert row.select_one("td.n").get_text(strip=True) == "€70.00"
        assert "all of it is given back. No receipt is written" in " ".join(row.text.split())
        assert "follows within minutes" not in page.main.text
    assert not tree_of(browsers["cleo"].get("/me/payments")).select("tbody tr")


def test_a_bookings_link_opens_what_was_issued_about_it_and_is_nobody_elses(line, sold, browsers):
    sold(3000, code="Q")
    bought = line.subject_code

    assert len(tree_of(browsers["ben"].get("/me/payments")).select("tbody tr")) == 2
    page = tree_of(browsers["ben"].get(f"/me/payments?of={bought}"))
    assert [each.get_text(strip=True) for each in page.select("tbody td.n")] == ["€70.00"]
    assert page.find("a", string="All your payments")
    assert browsers["cleo"].get(f"/me/payments?of={bought}").status_code == 404


@pytest.mark.parametrize("address", ["/me/payments/2026", "/me/payments/2026.csv", "/practice/invoices/2026"])
def test_a_year_without_anything_does_not_exist(line, browsers, address):
    who = "anna" if "practice" in address else "ben"

    assert browsers[who].get(address).status_code == 404


def test_a_year_says_what_came_back_though_no_paper_is_written_about_it(sold, browsers, cast, clock):
    """Anna has not said how she is taxed: there is no invoice that a credit note could be about."""
    line = sold(7000)
    give_back(line, 3000)
    (total,) = years.year_of_client(cast.ben, 2027)
    assert (total.paid, total.given_back) == (Money(4000, "EUR"), Money(-3000, "EUR"))
    assert "−€30.00" in browsers["ben"].get("/me/payments/2027").text.replace("-€", "−€")

    clock.advance(days=365)
    give_back(line, 7000)
    assert years.years_of_client(cast.ben) == [2028, 2027]
    assert [total.paid for total in years.year_of_client(cast.ben, 2028)] == [Money(-4000, "EUR")]


def backs(browser, address):
    """What each payment's row says of what came back of it."""
    rows = tree_of(browser.get(address)).select("tbody tr")
    return [[" ".join(each.text.split()) for each in row.select("[data-back]")] for row in rows]


@pytest.mark.parametrize("has_invoice", [True, False])
def test_what_came_back_of_a_payment_stands_beside_it_with_its_day(sold, taxed, browsers, has_invoice):
    if has_invoice:
        taxed(REGISTERED)
    give_back(sold(7000), 2000)

    for address in ("/me/payments", "/me/payments/2027"):
        assert backs(browsers["ben"], address) == [["€20.00 on its way back to your card, decided on 1 March 2027"]]


def test_what_was_sent_back_reads_so_and_what_a_bank_decides_about_has_not_left(sold, browsers):
    line = sold(7000)
    give_back(line, 2000)
    with transaction() as session:
        session.execute(update(RefundRow).values(state="sent"))
    give_back(line, 3000)
    one, two = backs(browsers["ben"], "/me/payments")[0]
    assert "€20.00 sent back to your card" in one
    assert "€10.00 on its way back" in two

    with transaction():
        line.order.dispute = "open"
    held = backs(browsers["ben"], "/me/payments")[0][1]
    assert "€10.00 goes back once the bank of your card has decided" in held
    assert "or on its way back" in browsers["ben"].get("/me/payments/2027").text


def test_what_came_back_another_way_reads_so_and_is_not_on_its_way_for_ever(sold, browsers):
    line = sold(7000)
    payments.turn(line.order, events.DisputeSeen(events.Asked.OPEN, 1000))
    payments.turn(again(line.order), events.DisputeSeen(events.Asked.LOST, 1000, again(line.order).bank.name))
    give_back(line, 3000)
    give_back(line, 7000)
    for number, state, said in (
        (1, "sent", "€20.00 sent back to your card"),
        (2, "failed", "€40.00 not taken by the bank of your card: a person of ours pays it another way"),
        (2, "manual", "€40.00 paid back to you another way"),
    ):
        with transaction() as session:
            session.execute(update(RefundRow).where(RefundRow.number == number).values(state=state))
        day = ", decided on 1 March 2027"
        assert f"{said}{day}" in backs(browsers["ben"], "/me/payments")[0]
    assert f"€10.00 given back by the bank of your card{day}" in backs(browsers["ben"], "/me/payments")[0]
    assert in_ways([3000, 500], [(0, Way.FAILED), (3000, Way.BY_BANK)]) == [[(3000, Way.BY_BANK)], [(500, None)]]


def test_a_year_lists_what_came_back_in_it_of_what_was_paid_before(sold, browsers, clock, cast):
    line = sold(7000)
    clock.advance(days=365)
    give_back(line, 7000)
    factories.sign_in(browsers["ben"], cast.ben)

    (row,) = tree_of(browsers["ben"].get("/me/payments/2028")).select("tbody tr")
    assert row.select_one("td.n").get_text(strip=True) == "-€70.00"
    assert "paid in an earlier year" in row.text
    assert backs(browsers["ben"], "/me/payments/2027") == [[]]


def test_what_came_too_late_stands_in_its_year_and_in_no_sum(buy, shop, sold, browsers):
    sold(3000, code="Q")
    order = buy(7000)
    shop.closed = True
    payments.turn(order, opened(order))
    payments.turn(order, paid(order))

    page = " ".join(tree_of(browsers["ben"].get("/me/payments/2027")).main.text.split())
    assert "all of it is given back" in page
    assert "Paid€30.00" in page.replace("Paid €", "Paid€")


def test_a_payment_has_one_day_on_its_papers_whatever_the_readers_clock_says(sold, browsers, cast, clock):
    with transaction():
        cast.ben.zone = "Pacific/Auckland"
    line = sold(7000)

    paper = browsers["ben"].get(f"/payments/receipts/{line.code}").text
    assert "Paid by card, 1 March 2027" in paper
    assert "2 March 2027" not in paper
    assert f"Days are by {zone_name(settings().zone)}" in tree_of(browsers["ben"].get("/me/payments")).main.text


def test_a_receipt_without_an_invoice_promises_no_credit_note(sold, browsers):
    line = sold(7000)
    assert "credit note" not in browsers["ben"].get(f"/payments/receipts/{line.code}").text


def test_a_year_is_a_file_too_and_no_name_in_it_acts(sold, taxed, browsers):
    taxed(SMALL | {"legal_name": "=cmd|'/c calc'!A1"})
    give_back(sold(7000), 2000)

    for who, address in (("ben", "/me/payments/2027.csv"), ("anna", "/practice/invoices/2027.csv")):
        answer = browsers[who].get(address)
        rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))
        (note,) = (row for row in rows if row["Kind"] == "Credit note" and row["Amount"] == "-20.00")
        assert note["Corrects"].endswith("-2027-0001")
        assert all(row["With"].startswith("'=") for row in rows if row["Number"])


def test_a_clients_file_comes_to_what_the_year_came_to_though_no_paper_is_written(sold, browsers, cast):
    give_back(sold(7000), 2000)
    answer = browsers["ben"].get("/me/payments/2027.csv")
    rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))

    (total,) = years.year_of_client(cast.ben, 2027)
    moved = [Decimal(row["Amount"]) for row in rows if row["Kind"] in ("Receipt", "Given back")]
    assert sum(moved) == Decimal(total.paid.decimal) == Decimal("50.00")
    assert rows[-1]["What"].startswith("Session")


def test_whoever_paid_nothing_has_an_empty_page(browsers):
    assert "Nothing paid yet" in browsers["cleo"].get("/me/payments").text
    assert "No invoices yet" in browsers["anna"].get("/practice/invoices").text


# ---------------------------------------------------------------- how they are taxed


def test_a_specialist_says_how_they_are_taxed_and_what_waited_is_written(sold, post, browsers):
    sold(7000)
    assert "1 payment waits for one" in browsers["anna"].get("/practice/invoices").text

    assert post("/practice/tax", browser=browsers["anna"], **TAX).status_code == 303

    (invoice,) = issued(K.INVOICE)
    assert (invoice.rate, invoice.facts["seller"]["tax_number"]) == (2000, "ATU 12345678")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"status": ""}, "Choose one."),
        ({"status": "other"}, "Not a valid choice."),
        ({"legal_name": ""}, "Write the name you do business under."),
        ({"address": " \n "}, "Write the address of your business"),
        ({"country": ""}, "Choose the country you are taxed in."),
        ({"country": "XX"}, "Not a valid choice."),
        ({"tax_number": ""}, "whoever charges tax says under which one"),
        ({"rate": ""}, "Write the rate as a percentage"),
        ({"rate": "0"}, "Write the rate as a percentage"),
        ({"rate": "51"}, "Write the rate as a percentage"),
        ({"rate": "20,555"}, "Write the rate as a percentage"),
        ({"rate": "-3"}, "Write the rate as a percentage"),
        ({"rate": "٢٠"}, "Write the rate as a percentage"),
        ({"status": "small", "sentence": " "}, "Write why you charge none"),
        ({"status": "exempt", "sentence": "x" * 201}, "Please keep it to 200 signs."),
    ],
    ids=str,
)
def test_what_no_invoice_could_say_is_refused_and_nothing_is_stored(post, browsers, cast, changes, sentence):
    answer = post("/practice/tax", browser=browsers["anna"], **TAX | changes)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert queries.profile_of(cast.anna.code) is None


def test_the_same_again_makes_no_version_and_another_does(post, browsers, cast):
    post("/practice/tax", browser=browsers["anna"], **TAX)
    post("/practice/tax", browser=browsers["anna"], **TAX)
    post("/practice/tax", browser=browsers["anna"], **TAX | {"status": "small", "sentence": "§ 19"})

    assert [(each.status, each.rate) for each in queries.profiles_of(cast.anna)] == [("small", 0), ("registered", 2000)]


def test_a_client_has_no_practice_to_be_taxed(browsers):
    assert browsers["ben"].get("/practice/tax").status_code == 403
    assert browsers["ben"].get("/practice/invoices").status_code == 403


def test_pages_ask_as_many_questions_for_many_as_for_one(sold, taxed, browsers, questions):
    taxed(REGISTERED)

    def asked():
        counts = []
        for who, address in (
            *(("ben", "/me/payments"), ("ben", "/me/payments/2027"), ("ben", "/me/payments/2027.csv")),
            *(("anna", "/practice/invoices"), ("anna", "/practice/invoices/2027.csv")),
        ):
            questions.clear()
            assert browsers[who].get(address).status_code == 200
            counts.append(len(questions))
        return counts

    give_back(sold(7000), 2000)
    asked()
    one = asked()
    for number in range(5):
        give_back(sold(7000, code=f"Q{number}-"), 2000)

    assert asked() == one


def test_each_page_names_itself(line, browsers):
    page = tree_of(browsers["ben"].get(f"/payments/receipts/{line.code}"))

    assert [each.get_text(strip=True) for each in page.find_all("h1")] == ["Receipt 2027-000001"]


def test_a_session_says_whose_profession_it_was_and_when(cast, clock):
    at = clock.now() + timedelta(days=2)
    booking = factories.booking(cast.ben, cast.practice, at)
    line = OrderLine(subject_kind="session", subject_code=booking.code)

    assert describing.description_of(line) == Description("Coach", at, "Europe/Vienna")
    assert describing.description_of(OrderLine(subject_kind="session", subject_code="gone")) is None


def test_a_printed_sheet_holds_the_invoice_alone_and_its_size_is_the_printers():
    """Only margins are said of a sheet: A4 and Letter both fit."""
    css = assets.bundle_css()[1].decode()
    printed = "".join(css.split("@media print")[1:])

    assert re.search(r"@page\s*\{\s*margin:", css)
    assert not re.search(r"@page[^}]*size", css)
    assert ".no-print" in printed
    assert ".demo-bar" in printed
