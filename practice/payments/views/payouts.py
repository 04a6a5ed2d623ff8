"""This file knows the page on which a payee gets ready to be paid out, and the way to the card processor's own pages.

Papers and bank details are given there. What an address says afterwards is never believed: the processor is asked.
"""

from __future__ import annotations

import logging

from flask import flash, redirect
from flask_login import current_user
from werkzeug.wrappers import Response

from practice.http.access import specialist
from practice.http.pages import absolute_url, link, page
from practice.payments import accounts, earnings, operations, queries, seeing, statements
from practice.payments.account_stages import BEGINS, LEADS_ON, AccountStage, account_stage, given, to_give
from practice.payments.forms import AccountForm
from practice.payments.kinds import SettingKey
from practice.payments.models import PayeeAccount
from practice.payments.states import PayoutState
from practice.providers.stripe_gateway.client import gateway
from practice.providers.stripe_gateway.errors import StripeProblem
from practice.safety.places import country_name
from practice.store.db import db

from .blueprint import bp

log = logging.getLogger(__name__)

S = AccountStage
LEDES = {
    S.NOT_BEGUN: "To sell sessions you need an account at our payment partner. It takes some minutes.",
    S.PREPARING: "Your account is being made. Nothing you chose is lost.",
    S.MISSING: "Something is missing before you can sell sessions. Free consultations go on as before.",
    S.CHECKING: "Our payment partner is looking at what you gave. You have nothing to do.",
    S.READY: "All is ready: your sessions can be bought, and what you earn reaches your bank.",
    S.STOPPED: "Payouts have stopped: your bank can’t be reached. What you earn waits, and nothing is sold until then.",
    S.NOT_HERE: "Our payment partner could not open an account like this. You can try with other details.",
    S.REFUSED: "Our payment partner can’t pay you out, and only they know why. Please talk to us.",
    S.CLOSED: "Your account at our payment partner is closed. You can open another.",
}
NOT_TAKEN = "Your sessions can be bought. Your bank did not take the last payout, so look at your bank account first."
# Why a payout failed, by the card processor's code.
FAILURES = {
    "account_closed": "The bank account is closed.",
    "account_frozen": "The bank account is frozen.",
    "bank_account_restricted": "The bank account can’t take payments of this kind.",
    "bank_ownership_changed": "The bank account has another owner by now.",
    "incorrect_account_holder_name": "The name does not match that of the bank account.",
    "incorrect_account_holder_address": "The address does not match that of the bank account.",
    "incorrect_account_holder_tax_id": "The tax number does not match that of the bank account.",
    "invalid_account_number": "There is no bank account of this number.",
    "invalid_currency": "The bank account can’t take this currency.",
    "no_account": "There is no such bank account.",
}
NO_REASON = "The bank did not take it, and did not say why."
NO_ANSWER = "Our payment partner doesn’t answer at the moment. Nothing is lost; please try again in a few minutes."


@bp.get("/practice/payouts")
@specialist
def payouts() -> Response:
    """Where it stands: what is missing, what to do, and how money arrives."""
    return _page(AccountForm())


@bp.post("/practice/payouts")
@specialist
def begin_payouts() -> Response:
    """Ask for an account, and lead on to its first questions."""
    form = AccountForm()
    if not form.validate_on_submit():
        return _page(form, 422)
    if account_stage(queries.newest_account_of(current_user)) == S.REFUSED:
        return _to("payments.payouts")
    row = accounts.open_account(current_user, form.country.data, form.currency.data)
    operations.hurry(row)
    return _lead_on()


@bp.get("/practice/payouts/partner")
@specialist
def partner() -> Response:
    """On to the card processor's pages, by a way that opens once: the button's, and that of a way used up."""
    return _lead_on()


@bp.get("/practice/payouts/return")
@specialist
def back_from_partner() -> Response:
    """Back from there: ask how it stands."""
    row = queries.account_of(current_user)
    if row is not None:
        _see(row)
    return _to("payments.payouts")


@bp.get("/practice/payouts/<code>")
@specialist
def payout(code: str) -> Response:
    """One payout with everything that is in it."""
    row = statements.payout_of(current_user, code)
    why = FAILURES.get(row.failure, NO_REASON)
    return page("payments/payout.html", statement=statements.statement(row), failure=why)


def _lead_on() -> Response:
    row = queries.account_of(current_user)
    if row is None or account_stage(row) not in LEADS_ON:
        return _to("payments.payouts")
    if not row.name:
        # A worker may have it in its hands: then it is a matter of seconds.
        operations.hurry(row)
        db.session.rollback()
    address = _way_in(row) if row.name else ""
    if not address:
        flash(NO_ANSWER, "warn")
        return _to("payments.payouts")
    answer: Response = redirect(address, 303)
    return answer


def _way_in(row: PayeeAccount) -> str:
    """The address; "" where nobody answers."""
    here, again = absolute_url("payments.back_from_partner"), absolute_url("payments.partner")
    try:
        return seeing.way_in(row, gateway().hurried, here, again).url
    except StripeProblem as problem:
        db.session.rollback()
        log.warning("a way to a payout account could not be made: %s", type(problem).__name__)
        return ""


def _see(row: PayeeAccount) -> None:
    try:
        seeing.at_account(row, gateway().hurried)
    except StripeProblem as problem:
        db.session.rollback()
        log.warning("a payout account could not be read: %s", type(problem).__name__)
        flash(NO_ANSWER, "warn")


def _page(form: AccountForm, status: int = 200) -> Response:
    row = queries.newest_account_of(current_user)
    stage = account_stage(row)
    paid_out = queries.payouts_of(current_user)
    came_back = bool(paid_out) and paid_out[0].state == PayoutState.FAILED
    return page(
        "payments/payouts.html",
        status,
        form=form,
        account=row,
        country=country_name(row.country) if row is not None else "",
        stage=stage,
        lede=NOT_TAKEN if came_back and stage == S.READY else LEDES[stage],
        came_back=came_back,
        begins=stage in BEGINS,
        leads_on=stage in LEADS_ON,
        sells=stage == S.READY,
        to_give=to_give(row),
        given=given(row),
        newest=paid_out[0] if paid_out else None,
        failure=FAILURES.get(paid_out[0].failure, NO_REASON) if came_back else "",
        balances=earnings.balances(current_user, paid_out),
        rate=queries.commission_rate(),
        to_come=queries.commission_to_come(),
        least=queries.payout_least(row.currency) if row is not None else None,
        least_units=queries.setting(SettingKey.PAYOUT_LEAST),
    )


def _to(endpoint: str) -> Response:
    answer: Response = redirect(link(endpoint), 303)
    return answer
