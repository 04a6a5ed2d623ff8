"""This file knows a specialist's pages about invoices: what was issued, what a year came to, how they are taxed."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect
from flask_login import current_user
from werkzeug.wrappers import Response

from practice.http.access import specialist
from practice.http.pages import link, page
from practice.http.spreadsheets import csv_file
from practice.invoices import actions, forms, labels, policy, queries, years
from practice.values.errors import NotFound

from .blueprint import bp

KEPT = "Saved. What is issued from now on says it; what was issued stays as it is."


@bp.get("/practice/invoices")
@specialist
def issued() -> Response:
    """What was issued in the specialist's name, and to them for the commission, the newest first."""
    found = queries.of_practice(current_user, limit=policy.NEWEST)
    return page(
        "invoices/issued.html",
        invoices=[(each, labels.title(each)) for each in found],
        years=years.years_of_practice(current_user),
        profile=queries.profile_of(current_user.code),
        uninvoiced=queries.uninvoiced(current_user),
    )


@bp.get("/practice/invoices/<int:year>")
@specialist
def practice_year(year: int) -> Response:
    """What a year came to: billed, taken back, the commission, tax."""
    _required(year)
    found = queries.of_practice(current_user, year, policy.MOST_ROWS)
    return page(
        "invoices/year.html",
        year=year,
        side="specialist",
        totals=years.year_of_practice(current_user, year),
        invoices=[(each, labels.title(each)) for each in found],
        is_cut=len(found) >= policy.MOST_ROWS,
        most=policy.MOST_ROWS,
        uninvoiced=queries.uninvoiced(current_user),
    )


@bp.get("/practice/invoices/<int:year>.csv")
@specialist
def practice_year_file(year: int) -> Response:
    """The same as a file for spreadsheets, line by line."""
    _required(year)
    rows = labels.csv_rows(reversed(queries.of_practice(current_user, year)))
    return csv_file(f"invoices-{year}.csv", labels.HEADS, rows)


def _required(year: int) -> None:
    if year not in years.years_of_practice(current_user):
        raise NotFound()


@bp.get("/practice/tax")
@specialist
def tax() -> Response:
    """How the specialist is taxed, and what they said before."""
    return _tax_page(forms.TaxForm(data=_stored()))


def _stored() -> dict[str, Any]:
    return forms.as_shown(queries.profile_of(current_user.code))


def _tax_page(form: forms.TaxForm, status: int = 200) -> Response:
    return page(
        "invoices/tax.html",
        status,
        form=form,
        versions=queries.profiles_of(current_user),
        statuses=forms.STATUSES,
        percent=forms.as_percent,
        uninvoiced=queries.uninvoiced(current_user),
    )


@bp.post("/practice/tax")
@specialist
def save_tax() -> Response:
    """Keep it as a version of its own; invoices that waited for it are written."""
    form = forms.TaxForm(data=_stored())
    if not form.validate_on_submit():
        return _tax_page(form, 422)
    if not form.replaces(_stored, lambda shown: actions.change_profile(current_user, form.facts(), shown=shown)):
        return _tax_page(form, 409)
    actions.write_all(queries.of_payee(current_user.code))
    flash(KEPT)
    answer: Response = redirect(link("invoices.tax"), 303)
    return answer
