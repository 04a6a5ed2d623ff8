"""A visitor of the demo has things happen at the partner that take weeks elsewhere; nothing happens that cannot."""

import pytest
from bs4 import BeautifulSoup

from practice.providers.stripe_gateway import accounts, disputes, errors, money
from practice.providers.stripe_gateway.values import AccountState, RefundStatus
from practice.sandbox import desk, settings
from practice.sandbox.objects import load
from practice.values.money import Money

PAGE = "/demo/payment-partner"


@pytest.fixture
def happen(post):
    return lambda thing, deed: post(PAGE, thing=thing, deed=deed)


def deeds(id_):
    return next([name for name, _ in thing.deeds] for thing in desk.things() if thing.id == id_)


def test_an_empty_partner_says_so(client):
    assert "Nothing yet" in client.get(PAGE).text


def test_a_payment_stands_there_with_what_can_happen_to_it(client, till):
    payment = till.paid(7000)

    text = client.get(PAGE).text

    assert "Payment of €70.00" in text
    # One's own is found by its order and its time, however many cost the same.
    order = load(payment.charge, "charge").body["transfer_group"]
    assert order and f"{payment.charge}, order {order}, " in " ".join(BeautifulSoup(text, "html.parser").text.split())
    assert deeds(payment.charge) == ["complain", "deny", "reject", "inquire", "return"]


def test_a_complaint_is_decided(till, happen):
    payment = till.paid()

    assert happen(payment.charge, "complain").status_code == 303
    assert deeds(payment.charge) == []
    dispute = desk.things()[1].id
    assert happen(dispute, "lose").status_code == 303
    assert deeds(dispute) == []


@pytest.mark.parametrize(
    ("deed", "reason"),
    [("complain", "product_not_received"), ("deny", "fraudulent"), ("reject", "product_unacceptable")],
)
def test_a_card_holder_says_why(till, happen, deed, reason):
    payment = till.paid()
    happen(payment.charge, deed)
    assert [each.reason for each in disputes.of_payment(till.gateway, payment.intent)] == [reason]


def test_money_is_returned_in_the_dashboard_and_comes_back(till, happen):
    payment = till.paid()
    happen(payment.charge, "return")
    (refund,) = money.refunds_of(till.gateway, payment.intent)

    happen(refund.id, "fail")

    assert money.refund_now(till.gateway, refund.id).status == RefundStatus.FAILED
    assert deeds(payment.charge) == ["complain", "deny", "reject", "inquire", "return"]


def test_what_is_pending_arrives(till, happen):
    settings.switch(refunds_are="pending")
    payment = till.paid()
    refund = money.refund(till.gateway, payment.intent, Money(100, "EUR"), "ORDER1", "row:r")

    happen(refund.id, "arrive")

    assert money.refund_now(till.gateway, refund.id).status == RefundStatus.SUCCEEDED


def test_an_account_is_looked_at_again_and_closed(till, happen):
    account = till.account(outcome=None)

    for deed, state in (
        ("ready", AccountState.READY),
        ("missing", AccountState.MISSING),
        ("close", AccountState.CLOSED),
    ):
        happen(account.id, deed)
        assert accounts.retrieve(till.gateway, account.id).state == state
    assert happen(account.id, "ready").status_code == 409


@pytest.mark.parametrize(("thing", "deed"), [("ch_none", "complain"), ("", ""), ("charge", "win"), ("charge", "\x00")])
def test_what_cannot_happen_is_refused_calmly(till, happen, thing, deed):
    charge = till.paid().charge

    assert happen(charge if thing == "charge" else thing, deed).status_code in (400, 409)
    assert deeds(charge) == ["complain", "deny", "reject", "inquire", "return"]


def test_the_line_breaks_and_is_mended(till, post):
    assert post(f"{PAGE}/weather", weather="away").status_code == 303
    with pytest.raises(errors.UnknownOutcome):
        till.session()

    post(f"{PAGE}/weather", weather="well")

    assert till.session().id
    assert post(f"{PAGE}/weather", weather="snow").status_code == 409


def test_the_page_asks_as_much_however_much_is_there(client, till, questions):
    till.paid(key="row:0")
    questions.clear()
    client.get(PAGE)
    few = len(questions)
    for number in range(1, 6):
        till.paid(key=f"row:{number}")
    questions.clear()
    client.get(PAGE)

    assert len(questions) == few


@pytest.mark.parametrize(("deed", "then"), [("take", ["win", "lose"]), ("end", [])])
def test_a_bank_that_only_asks_takes_the_money_or_has_done_with_it(till, happen, deed, then):
    payment = till.paid()
    happen(payment.charge, "inquire")
    dispute = desk.things()[1].id
    assert (deeds(dispute), deeds(payment.charge)) == (["take", "end"], ["return"])

    assert happen(dispute, deed).status_code == 303
    assert deeds(dispute) == then
