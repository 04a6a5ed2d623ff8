"""This file knows every form of the product that has to do with money, and a small world of what they name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from practice.disputes import actions as disputes
from practice.disputes.actions import Decision, Opening
from practice.disputes.states import Reason, Wish
from practice.payments import actions as payments
from practice.payments.kinds import Reason as Because
from practice.payments.kinds import SettingKey
from practice.payments.models import Concern, PayeeAccount, Payout
from practice.payments.policy import effects, events
from practice.providers.stripe_gateway import accounts
from practice.store.db import db, new_code, transaction
from practice.values import clock
from practice.values.money import Money
from tests import factories
from tests.paying import Till
from tests.selling import begin, booking_of, pay, sold_by

# (path, who, honest, fields, more of a door)
Facts = tuple[str, str, dict[str, Any], dict[str, str], dict[str, Any]]

TAX = {
    "status": "exempt", "legal_name": "Anna Kern", "address": "Mill Lane 12", "country": "AT", "sentence": "Healing",
}  # fmt: skip
TAX_FIELDS = dict.fromkeys(("legal_name", "address", "tax_number", "rate", "sentence"), "text")
SHEET = "/payments/invoices/{receipt}"
BY_HAND: dict[str, Any] = {"hand1-words": "Plain words"}


def _button(path: str, who: str, **more: Any) -> Facts:
    return path, who, {}, {}, more


SAID = (("lena", "/bookings/{over}/dispute"), ("anna", "/practice/bookings/{over}/dispute"))
FACTS: dict[str, Facts] = {
    # ------------------------------------------------------------ who buys
    "review": (
        "/specialists/anna-kern/offers/{direct}/review",
        "lena",
        {"agreed": "y", "express": "y"},
        dict.fromkeys(("form_key", "hold", "sale"), "mark") | {"start": "when"},
        {"is_button": True},
    ),
    "length": (
        "/bookings/{sold}/length",
        "lena",
        {"express": "y"},
        {"start": "when", "length": "mark", "shown": "mark"},
        {"is_button": True},
    ),
    "checkout_leave": _button("/checkout/{unpaid}/leave", "mona"),
    "no_fit": _button("/bookings/{sold}/no-fit", "lena"),
    "withdraw": _button("/bookings/{sold}/withdraw", "lena"),
    "name_buyer": (
        f"{SHEET}/name",
        "lena",
        {"name": "Lena Roth", "address": "Mill Lane 12"},
        {"name": "text", "address": "text", "tax_number": "text"},
        {"shown": (("lena", SHEET.replace("invoices", "receipts")),)},
    ),
    "forget_buyer": _button("/me/payments/name/forget", "lena"),
    "ask_new_time": ("/bookings/{sold}/ask", "lena", {}, {"start": "when"}, {}),
    "ask_back": _button("/bookings/{sold}/ask/back", "lena"),
    "choose_again": ("/bookings/{sold}/again", "lena", {}, {"start": "when"}, {}),
    "choose_money": _button("/bookings/{sold}/money-back", "lena"),
    "agree_to_time": ("/requests/{sold}/agree", "anna", {}, {"start": "when"}, {}),
    "decline_time": _button("/requests/{sold}/decline", "anna"),
    "sick_day": ("/practice/sick-day", "anna", {}, {"bookings": "mark"}, {"is_button": True}),
    # ------------------------------------------------------------ a session that went wrong
    "dispute": (
        "/bookings/{ended}/dispute",
        "lena",
        {"reason": "late_or_short", "words": "Plain words"},
        {"reason": "choice", "words": "text", "wish": "choice"},
        {"is_button": True},
    ),
    "dispute_say": ("/bookings/{over}/dispute/say", "lena", {}, {"words": "text"}, {"shown": SAID}),
    "dispute_appeal": ("/bookings/{decided}/dispute/appeal", "lena", {}, {"why": "text"}, {}),
    "dispute_accept": _button("/bookings/{over}/dispute/accept", "lena"),
    "dispute_withdraw": _button("/bookings/{over}/dispute/withdraw", "lena"),
    "conduct": ("/bookings/{over}/dispute/conduct", "lena", {}, {"report-words": "text"}, {}),
    "practice_dispute_say": ("/practice/bookings/{over}/dispute/say", "anna", {}, {"words": "text"}, {"shown": SAID}),
    "practice_dispute_appeal": ("/practice/bookings/{decided}/dispute/appeal", "anna", {}, {"why": "text"}, {}),
    "practice_dispute_accept": _button("/practice/bookings/{over}/dispute/accept", "anna"),
    "practice_give_back": _button("/practice/bookings/{over}/dispute/give-back", "anna"),
    "decide_dispute": (
        "/admin/disputes/{dispute}/decide",
        "sam",
        {"percent": "40", "reason": "Plain words"},
        {"percent": "number", "reason": "text"},
        {"is_button": True},
    ),
    "agree_on_dispute": _button("/admin/disputes/{dispute}/agree", "sam"),
    "disagree_on_dispute": _button("/admin/disputes/{dispute}/disagree", "sam"),
    "take_safety_case": _button("/admin/safety-cases/{case}/take", "sam"),
    "safety_case": ("/admin/safety-cases/{case}/answer", "sam", {}, {"answer": "text"}, {}),
    "evidence": ("/admin/chargebacks/{asked_back}/{first_ask}/evidence", "sam", {}, {"refusal": "text"}, {}),
    # ------------------------------------------------------------ who is paid
    "tax": ("/practice/tax", "otto", TAX, TAX_FIELDS | {"country": "choice"}, {"shown": (("otto", "/practice/tax"),)}),
    "give_more_back": ("/practice/bookings/{sold}/waive", "anna", {}, {"amount": "price"}, {}),
    # ------------------------------------------------------------ the card processor, and its double in the demo
    "webhook": _button("/payments/webhooks/stripe", "nobody"),
    "thin_webhook": _button("/payments/webhooks/stripe/thin", "nobody"),
    "demo_pay": (
        "/demo/pay/{pay_page}",
        "nobody",
        {"card": "bank", "messages": "at_once"},
        {"email": "email", "card": "choice", "messages": "choice"},
        {"is_button": True},
    ),
    "demo_bank": (
        "/demo/pay/{pay_page}/bank",
        "nobody",
        {"answer": "give_up"},
        {"messages": "choice"},
        {"is_button": True},
    ),
    "demo_onboarding": ("/demo/onboarding/{onboarding}", "nobody", {}, {"outcome": "choice"}, {}),
    "demo_partner": ("/demo/payment-partner", "nobody", {}, {"thing": "code", "deed": "choice"}, {}),
    "demo_weather": ("/demo/payment-partner/weather", "nobody", {}, {"weather": "choice"}, {}),
    # ------------------------------------------------------------ staff
    "ask_of_concern": _button("/admin/concerns/{concern}/ask", "sam"),
    "close_concern": ("/admin/concerns/{concern}/close", "sam", {}, {"words": "text"}, {}),
    "compare": _button("/admin/finance/compare", "sam"),
    "setting": (
        "/admin/money-settings/{setting}",
        "sam",
        {"value": "11", "because": "Fairer"},
        {"value": "number", "currency": "currency", "from_on": "when", "because": "text"},
        {"shown": (("sam", "/admin/money-settings"),)},
    ),
    "find_order": ("/admin/orders", "sam", {}, {"sought": "email"}, {}),
    "in_doubt": ("/admin/orders/{doubtful}/in-doubt", "sam", {}, {"doubt-words": "text"}, {}),
    "refund": (
        "/admin/orders/{order}/lines/{first_line}/refund",
        "sam",
        {"line0-amount": "10.00", "line0-words": "Plain words", "line0-shown": "0"},
        {"line0-amount": "price", "line0-reason": "choice", "line0-words": "text", "line0-shown": "number"},
        {},
    ),
    "by_hand": ("/admin/orders/{bounced}/refunds/{first_refund}/by-hand", "sam", BY_HAND, {"hand1-words": "text"}, {}),
    "agree_on_money": ("/admin/proposals/{proposal_of_money}/agree", "sam", {}, {"words": "text"}, {}),
    "withdraw_money": ("/admin/proposals/{proposal_of_money}/withdraw", "sam", {}, {"words": "text"}, {}),
}


def build(world: Any) -> None:
    """Lena paid for a session, Mona is about to; an open concern, a proposal, a payment page, a way into an account."""
    lena, mona, anna = factories.user("Lena"), factories.user("Mona"), world.people["anna"]
    world.people |= {"lena": lena, "mona": mona}
    offer = sold_by(anna)
    soon = datetime(2027, 3, 24, 9, 0, tzinfo=UTC)
    paid = pay(begin(lena, offer, soon))
    unpaid = begin(mona, offer, soon + timedelta(hours=2))
    with transaction():
        payments.park(effects.Concern.PAID_TWICE, paid, 7200, "twice")
    db.session.flush()
    concern = db.session.query(Concern).one()
    by = factories.user("Toni", roles=("client", "staff"))
    change = payments.Change(key=SettingKey.COMMISSION, value=1100, because="Fairer")
    proposal = payments.propose_setting(change, by=by)
    dispute = _disputed(lena, offer)
    _went_wrong(world, offer, soon)
    world.codes |= {
        "over": dispute.booking.code,
        "payout": _paid_out(anna),
        "dispute": dispute.number,
        "direct": offer.code,
        "order": paid.code,
        "sold": paid.lines[0].subject_code,
        "receipt": paid.lines[0].code,
        "unpaid": unpaid.code,
        "first_line": "0",
        "first_refund": "1",
        "first_ask": "1",
        "setting": SettingKey.TWO_FOR_REFUND,
        "concern": concern.code,
        "proposal_of_money": proposal.code,
    }
    till = Till(world.app.extensions["stripe_gateway"])
    way = accounts.link(till.gateway, till.account("nora", outcome=None).id, "http://localhost/", "http://localhost/")
    world.codes |= {"pay_page": till.session().id, "onboarding": way.url.rpartition("/")[2]}


def _paid_out(payee: Any) -> str:
    """A payout that has arrived, of an account that is closed by now."""
    account = PayeeAccount(payee_id=payee.id, payee_code=payee.code, country="AT", currency="EUR", state="closed")
    account.ended_at = clock.now()
    facts = {"payee_id": payee.id, "payee_code": payee.code, "currency": "EUR", "amount": 6336, "state": "failed"}
    payout = Payout(code=new_code(), account=account, **facts)
    db.session.add(payout)
    db.session.commit()
    return payout.code


def _disputed(lena: Any, offer: Any) -> Any:
    """A session of last Friday, about which its client says that it was cut short."""
    return disputes.open_dispute(_took_place(lena, offer, 9), _CUT_SHORT, by=lena)


_CUT_SHORT = Opening(Reason.LATE_OR_SHORT, Wish.PART, "You came late.")


def _took_place(lena: Any, offer: Any, hour: int) -> Any:
    """A paid session of last Friday."""
    friday = datetime(2027, 2, 26, hour, 0, tzinfo=UTC)
    with clock.freeze(friday - timedelta(days=3), everywhere=False):
        return booking_of(pay(begin(lena, offer, friday), charge=f"ch_friday_{hour}"))


def _went_wrong(world: Any, offer: Any, soon: datetime) -> None:
    """A session that nothing was said about yet, a decided dispute, a case of safety; orders whose bank asks, that came
    in doubt, and whose refund came back."""
    lena, anna, sam = (world.people[who] for who in ("lena", "anna", "sam"))
    ended, decided = (
        _took_place(lena, offer, 11),
        disputes.open_dispute(_took_place(lena, offer, 13), _CUT_SHORT, by=lena),
    )
    disputes.say(decided, "The call before ran over.", by=anna)
    disputes.decide(decided, Decision(40, "A part was missing."), by=sam)
    case = disputes.report(decided.booking, "I was laughed at.", by=lena)
    asked_back = pay(begin(lena, offer, soon + timedelta(days=1)), charge="ch_asked")
    payments.turn(asked_back, events.DisputeSeen(events.Asked.OPEN, 7200, "du_asked"))
    doubtful = pay(begin(lena, offer, soon + timedelta(days=1, hours=2)), charge="ch_doubtful", amount=7100)
    bounced = pay(begin(lena, offer, soon + timedelta(days=1, hours=4)), charge="ch_bounced")
    more = payments.Return(more=Money(1000, "EUR"), shown=0, reason=Because.KINDNESS, words="Plain words")
    payments.propose_refund(bounced.lines[0], more, by=sam)
    payments.turn(bounced, events.RefundsSeen((events.Returned(events.Given.FAILED, 1000, 1, "re_bounced"),)))
    world.codes |= {
        "ended": ended.code,
        "decided": decided.booking.code,
        "case": case.code,
        "asked_back": asked_back.code,
        "doubtful": doubtful.code,
        "bounced": bounced.code,
    }
