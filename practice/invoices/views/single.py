"""This file knows the page of one receipt, invoice or credit note, for the two that it is between, on screen and
printed."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request
from flask_login import current_user
from werkzeug.wrappers import Response

from practice.config import settings
from practice.http.access import client
from practice.http.pages import link, page
from practice.invoices import actions, describing, forms, labels, queries, years
from practice.invoices.models import Invoice
from practice.safety.places import country_name
from practice.store.vault import VaultLocked
from practice.values.errors import NotFound

from .blueprint import bp

NAMED = "Done. Your name is on it, and on what is issued from now on."


@bp.get("/payments/receipts/<code>")
@client
def receipt(code: str) -> Response:
    """A receipt, for whoever paid and for whom it was paid to; it has the code of what was paid for."""
    try:
        found = queries.for_reader(current_user, code)
    except NotFound:
        if not queries.is_on_its_way(current_user, code):
            raise
        return page("invoices/coming.html")
    return _page(_of(found, is_receipt=True))


@bp.get("/payments/invoices/<code>")
@client
def invoice(code: str) -> Response:
    """An invoice or a credit note, for whom it is from and whom it is to."""
    return _page(_of(queries.for_reader(current_user, code), is_receipt=False))


def _of(found: Invoice, *, is_receipt: bool) -> Invoice:
    if found.is_receipt != is_receipt:
        raise NotFound()
    return found


def _page(found: Invoice, status: int = 200, form: forms.BuyerForm | None = None) -> Response:
    is_client = found.recipient_code == current_user.code
    buyer = labels.buyer(found)
    return page(
        "invoices/single.html",
        status,
        invoice=found,
        title=labels.title(found),
        is_client=is_client,
        buyer=buyer,
        rows=labels.rows(found),
        tax_sentence=labels.tax_sentence(found),
        month=labels.month(found),
        paid_on=years.day_of(found.happened_at),
        zone=settings().zone,
        tax_status=labels.tax_status(found),
        percent=forms.as_percent(found.rate),
        beside=[(each, labels.title(each)) for each in queries.beside(found)],
        details=_details(found) if is_client and "detailed" in request.args else None,
        form=form or (_buyer_form() if is_client and not buyer else None),
    )


def _details(found: Invoice) -> dict[str, Any]:
    """What a client asked to have said as well: made for this answer, stored nowhere."""
    line = queries.line_of(found.lines[0].line_code)
    return {"known": describing.description_of(line[0]) if line else None}


def _buyer_form() -> forms.BuyerForm:
    try:
        return forms.BuyerForm(formdata=None, data=queries.facts_of(queries.details_of(current_user)))
    except VaultLocked:
        return forms.BuyerForm(formdata=None)


@bp.post("/payments/invoices/<code>/name")
@client
def name_buyer(code: str) -> Response:
    """Make it out to somebody; what was issued about the same gets the name too."""
    found = queries.for_recipient(current_user, code)
    form = forms.BuyerForm()
    if not form.validate_on_submit():
        return _page(found, 422, form)
    actions.name_buyer(current_user, code, form.details())
    flash(NAMED)
    answer: Response = redirect(link(endpoint_of(found), code=code), 303)
    return answer


def endpoint_of(found: Invoice) -> str:
    """The page that shows it."""
    return "invoices.receipt" if found.is_receipt else "invoices.invoice"


bp.add_app_template_filter(country_name, "country")


@bp.app_template_global()
def invoice_url(found: Invoice) -> str:
    """Its address."""
    return link(endpoint_of(found), code=found.code)
