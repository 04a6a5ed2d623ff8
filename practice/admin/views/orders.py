"""This file knows how staff look an order up, with its whole trail in money, and what they may want done about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import flash, redirect
from flask_login import current_user
from werkzeug.wrappers import Response

from practice.admin import actions, money_labels
from practice.admin import queries as log
from practice.admin.money_forms import BackForm, SoughtForm, WordsForm
from practice.http.access import staff
from practice.http.formats import amount
from practice.http.pages import link, page
from practice.ledger import queries as ledger
from practice.ledger.labels import POTS
from practice.payments import actions as payments
from practice.payments import desk_queries, fulfilment, queries
from practice.payments.desk_models import MoneyProposal
from practice.payments.models import Order, OrderLine
from practice.payments.policy.desk import REFUSED
from practice.payments.policy.returning import NotReturned, needs_two_for, refused_for
from practice.payments.states import PaymentState, ProposalState, RefundState
from practice.payments.storing import purchase_of
from practice.store import log_lines
from practice.values.errors import Invalid, NotFound
from practice.values.money import Money

from .blueprint import bp
from .cases import show_mistakes

# Who only looked stands in the log, not among what happened to the money.
LOOKED = "order.opened_by_staff"


@bp.route("/orders", methods=["GET", "POST"])
@staff
def orders() -> Response:
    """Find an order by its code, its booking's, an id of the card processor's or somebody's whole address."""
    form = SoughtForm()
    found = desk_queries.orders_for(form.sought.data) if form.validate_on_submit() else None
    if found is not None and len(found) == 1:
        return redirect(link("admin.order", code=found[0].code), 303)
    if found is not None and not found:
        form.sought.errors = ["No order has this code, id or address. Of a code eight characters are enough."]
    status = 422 if form.errors or (form.is_submitted() and not found) else 200
    return page("admin/orders.html", status, form=form, found=found or [], labels=money_labels)


@bp.get("/orders/<code>")
@staff
def order(code: str) -> Response:
    """One order with everything that has happened to it; that it was opened stands in the log."""
    found = desk_queries.order(code)
    actions.note_order_looked_up(found, by=current_user)
    return _page(found)


@bp.post("/orders/<code>/lines/<int:at>/refund")
@staff
def refund(code: str, at: int) -> Response:
    """Give more of a line back than its rule says: now, or once a second person agrees."""
    line = _line(desk_queries.order(code), at)
    form = BackForm(prefix=f"line{at}")
    wanted = form.wanted(line.order.currency) if form.validate_on_submit() else None
    if wanted is None:
        return _page(line.order, 422, {at: form})
    try:
        besides = money_labels.besides(line, line.back + wanted.more.amount)
        row = payments.propose_refund(line, wanted, by=current_user)
    except Invalid as refusal:
        show_mistakes(refusal, form)
        return _page(desk_queries.order(code), 422, {at: form})
    return _after(code, row, besides)


@bp.post("/orders/<code>/in-doubt")
@staff
def give_doubt_back(code: str) -> Response:
    """Give back all of what came in doubt."""
    found, form = desk_queries.order(code), WordsForm(prefix="doubt")
    if not form.validate_on_submit():
        return _page(found, 422, doubt=form)
    return _after(code, payments.propose_return_in_doubt(found, form.why(), by=current_user))


@bp.post("/orders/<code>/refunds/<int:number>/by-hand")
@staff
def note_by_hand(code: str, number: int) -> Response:
    """A refund that came back was paid another way; a second person has to have seen it too."""
    found, form = desk_queries.order(code), WordsForm(prefix=f"hand{number}")
    if not form.validate_on_submit():
        return _page(found, 422, hands={number: form})
    return _after(code, payments.propose_paid_by_hand(found, number, form.why(), by=current_user))


def _after(code: str, row: MoneyProposal, besides: str = "") -> Response:
    is_done = row.state == ProposalState.AGREED
    flash(
        f"{amount(row.money)} goes back to the client. {besides}".rstrip()
        if is_done
        else "Proposed. A second person has to agree; nothing has changed yet."
    )
    return redirect(link("admin.order", code=code), 303)


def _line(found: Order, at: int) -> OrderLine:
    if at >= len(found.lines):
        raise NotFound("This order has no such line.")
    return found.lines[at]


# ---------------------------------------------------------------- the page


@dataclass(frozen=True)
class Shown:
    """One line of an order: what is left of it, what its specialist would lose with all of that, why not to; what else
    goes back by itself with any part of it, or with all of it."""

    row: OrderLine
    price: Money
    back: Money
    left: Money
    payees: Money
    refused: str
    form: BackForm
    with_any: Money
    with_all: Money


def _page(
    found: Order,
    status: int = 200,
    forms: dict[int, BackForm] | None = None,
    doubt: WordsForm | None = None,
    hands: dict[int, WordsForm] | None = None,
) -> Response:
    purchase, currency = purchase_of(found), found.paid_in or found.currency
    proposals, concerns = desk_queries.proposals_about(found.thing), desk_queries.concerns_of(found)
    failed = [each for each in found.refunds if each.state == RefundState.FAILED and each.amount]
    return page(
        "admin/order.html",
        status,
        order=found,
        lines=[_shown(found, at, forms or {}) for at in range(len(found.lines))],
        waits=(waits := [each for each in proposals if each.state == ProposalState.PROPOSED]),
        besides=money_labels.besides_of(waits),
        proposals=proposals,
        concerns=concerns,
        is_answered=bool(desk_queries.answered(concerns)),
        refunds=[(each, Money(each.amount, currency)) for each in found.refunds],
        failed=[(each, Money(each.amount, currency), _by_hand(each.number, hands)) for each in failed],
        is_in_doubt=purchase.payment == PaymentState.IN_DOUBT and not purchase.returned,
        doubt=doubt or WordsForm(formdata=None, prefix="doubt"),
        paid=Money(found.paid, currency),
        trail=_trail(found),
        operations=desk_queries.operations_of(found),
        limit=queries.two_for_refund(found.currency),
        needs_two=needs_two_for(purchase_of(found)),
        ends=[each.what for each in fulfilment.about(found) if each.ends],
        is_own=current_user.id in (found.buyer_id, *(line.payee_id for line in found.lines)),
        labels=money_labels,
        money=lambda of: amount(Money(of, currency)),
    )


def _by_hand(number: int, forms: dict[int, WordsForm] | None) -> WordsForm:
    form = (forms or {}).get(number) or WordsForm(formdata=None, prefix=f"hand{number}")
    form.words.label.text = "How it was paid, and where our statement says so"
    return form


def _shown(found: Order, at: int, forms: dict[int, BackForm]) -> Shown:
    purchase, row = purchase_of(found), found.lines[at]
    why = refused_for(purchase, at, row.back + 1)
    form = forms.get(at) or BackForm(formdata=None, prefix=f"line{at}", shown=str(row.back))
    price, back = Money(row.price, found.currency), Money(row.back, found.currency)
    payees = Money(purchase.payees(purchase.lines[at]), found.currency)
    refused = REFUSED.get(why, "") if why else ""
    refused = "All of it has gone back to the client, or will." if why == NotReturned.TOO_MUCH else refused
    follows = fulfilment.follows([(row, row.back + 1), (row, row.price)]) if not why else {}
    with_any, with_all = (follows.get((row.id, of), Money(0, found.currency)) for of in (row.back + 1, row.price))
    return Shown(row, price, back, price - back, payees, refused, form, with_any, with_all)


def _trail(found: Order) -> list[tuple[datetime, str, str]]:
    """What happened to its money, the oldest first: as it was booked, and what the log says of people."""
    booked = [
        (each.at, money_labels.EVENTS.get(each.batch.event, each.name), _amounts(each.batch))
        for each in ledger.of_orders([found.code])
        if each.batch is not None
    ]
    done = [each for each in log.lines_about(found.thing) if each[1] != LOOKED]
    noted = [(at, log_lines.line(action), who) for at, action, who in done]
    return sorted([*booked, *noted], key=lambda each: each[0])


def _amounts(batch: Any) -> str:
    return "; ".join(
        f"{amount(each.amount)} {POTS[each.source].lower()} → {POTS[each.target].lower()}" for each in batch.postings
    )
