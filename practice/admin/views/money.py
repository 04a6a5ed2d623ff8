"""This file knows the desk of money: whether our books hold, where the money is, what is on its way, days as files."""

from __future__ import annotations

import re
from typing import Any

from flask import flash, redirect, request
from flask_login import current_user
from werkzeug.wrappers import Response

from practice.admin import closing, money_labels
from practice.config import settings
from practice.http.access import staff
from practice.http.clocks import day
from practice.http.pages import BESIDE, link, page
from practice.http.spreadsheets import csv_file
from practice.ledger import queries as ledger
from practice.ledger.chart import Pot
from practice.ledger.checks import MONEY
from practice.ledger.labels import POTS
from practice.payments import account_stages, comparing, desk_queries
from practice.store.checks import faults
from practice.values import clock

from .blueprint import bp

# Codes in a sentence of a check, each after what it is a code of: two have a page here.
CODE = re.compile(r"(?<=\b[Oo]rder )([\w-]{22})(?![\w-])|(?<=\b[Pp]ayee )([\w-]{22})(?![\w-])")
SHOWN = 20  # sentences of what is wrong; the command names all


@bp.get("/finance")
@staff
def finance() -> Response:
    """What `flask check-up` finds at a glance, in the same words; what the card processor said was stored by a job."""
    wrong = faults(MONEY, at_a_glance=True)
    everything = ledger.of_everybody()
    return page(
        "admin/finance.html",
        wrong=[_around_code(sentence) for sentence in wrong[:SHOWN]],
        count=len(wrong),
        places=[(each, _places(everything, each)) for each in everything.currencies],
        labels=money_labels,
        zone=settings().zone,
        today=day(clock.today(settings().zone), pattern="y-MM-dd"),
        **_waiting(),
    )


def _around_code(sentence: str) -> tuple[str, str, str, str]:
    """A sentence around the code of an order or a payee that it names, with where that leads; without one, all of it
    stands before."""
    found = CODE.search(sentence)
    if found is None:
        return sentence, "", "", ""
    order, payee = found.groups()
    to = link("admin.order", code=order) if order else link("admin.account", code=payee)
    return sentence[: found.start()], found[0], to, sentence[found.end() :]


def _waiting() -> dict[str, Any]:
    """What somebody has to do, what is on its way, and what was compared."""
    wanted, open_ones = desk_queries.counts()
    runs = desk_queries.runs()
    return {
        "proposals": wanted,
        "concerns": open_ones,
        "refunds": desk_queries.refunds_on_the_way(),
        "payouts": desk_queries.payouts_on_the_way(),
        "blocked": desk_queries.blocked(),
        "stage_of": account_stages.account_stage,
        "to_give": account_stages.to_give,
        "runs": runs,
        "newest": runs[0] if runs else None,
        "apart": [_around_code(sentence) for sentence in runs[0].faults[:SHOWN]] if runs else [],
        "is_wanted": desk_queries.is_run_wanted(),
    }


def _places(everything: Any, currency: str) -> list[tuple[str, Any]]:
    """What is in each pot that something was ever in, in the order in which money goes through them."""
    used = [pot for pot in Pot if (pot, currency) in everything.amounts]
    return [(POTS[pot], everything.of(pot, currency)) for pot in used]


@bp.post("/finance/compare")
@staff
def compare() -> Response:
    """Have everything compared, by a job: no page asks the card processor."""
    comparing.want(by=current_user)
    flash("It is compared within a minute or two. Open this page again then.")
    return redirect(link("admin.finance") + "#compared", 303)


@bp.get("/finance/closing")
@staff
def close_period() -> Response:
    """A day or a month as a file: every entry, or the pots at its beginning and end."""
    zone = settings().zone
    found = closing.period(request.args.get("period", "").strip(), zone)
    if found is None:
        today = clock.today(zone)
        flash(f"That is no day or month, or it has not begun. Write it as {today:%Y-%m-%d} or {today:%Y-%m}.", BESIDE)
        return redirect(link("admin.finance") + "#closing", 303)
    if request.args.get("what") == "pots":
        return csv_file(f"{found.file}-pots.csv", closing.POTS, closing.pots(found))
    return csv_file(f"{found.file}-entries.csv", closing.ENTRIES, closing.entries(found, zone))
