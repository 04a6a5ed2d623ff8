"""This file knows a client's own pages about payments: everything that was issued to them, and what a year came to."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect, request
from flask_login import current_user
from werkzeug.wrappers import Response

from practice.config import settings
from practice.http.access import client
from practice.http.pages import link, page
from practice.http.spreadsheets import csv_file
from practice.invoices import actions, forms, labels, policy, queries, years
from practice.invoices.models import Invoice
from practice.payments import queries as orders
from practice.values.errors import NotFound
from practice.values.text import sought

from .blueprint import bp


@bp.get("/me/payments")
@client
def payments() -> Response:
    """Receipts, invoices and credit notes, the newest first, and the years there are; or those of one thing bought."""
    bought = sought(request.args.get("of", ""), 40)
    found = _about(bought) if bought else queries.of_client(current_user, limit=policy.NEWEST)
    return page(
        "invoices/payments.html",
        payments=labels.by_payment(
            found, queries.came_too_late(current_user, bought, policy.NEWEST), years.given_back(current_user)
        ),
        zone=settings().zone,
        is_of_one=bool(bought),
        years=years.years_of_client(current_user),
        has_details=queries.details_of(current_user) is not None,
    )


def _about(bought: str) -> Sequence[Invoice]:
    lines = orders.bought_lines(current_user, bought)
    if not lines:
        raise NotFound()
    return queries.of_lines(current_user, [each.code for each in lines])


@bp.get("/me/payments/<int:year>")
@client
def year(year: int) -> Response:
    """What somebody paid in a year, and what of it came back."""
    _required(year)
    found = queries.of_client(current_user, year, policy.MOST_ROWS)
    too_late = [each for each in queries.came_too_late(current_user) if years.is_paid_in(each, year)]
    return page(
        "invoices/year.html",
        year=year,
        side="client",
        totals=years.year_of_client(current_user, year),
        payments=labels.of_year(found, too_late, years.given_back(current_user, year)),
        zone=settings().zone,
        is_cut=len(found) >= policy.MOST_ROWS,
        most=policy.MOST_ROWS,
        uninvoiced=0,
    )


@bp.get("/me/payments/<int:year>.csv")
@client
def year_file(year: int) -> Response:
    """The same as a file for spreadsheets: receipts and what went back come to what the page says."""
    _required(year)
    rows = labels.csv_rows(reversed(queries.of_client(current_user, year)))
    rows += labels.given_back_rows(years.given_back(current_user, year))
    return csv_file(f"payments-{year}.csv", labels.HEADS, rows)


def _required(year: int) -> None:
    if year not in years.years_of_client(current_user):
        raise NotFound()


@bp.post("/me/payments/name/forget")
@client
def forget_name() -> Response:
    """Take one's name off everything, for good."""
    if forms.EmptyForm().validate_on_submit():
        actions.forget_details(current_user)
        flash("Taken off. What was issued stays, without your name.")
    answer: Response = redirect(link("invoices.payments"), 303)
    return answer
