"""This file knows the page on which a payee reads what they earned, and the same as a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, TypeVar

from flask import request
from flask_login import current_user
from werkzeug.wrappers import Response

from practice.http.access import specialist
from practice.http.clocks import day, local, reader
from practice.http.formats import amount
from practice.http.pages import link, page
from practice.http.paging import paged
from practice.http.spreadsheets import Cell, csv_file
from practice.payments import earnings, periods, queries
from practice.payments.account_stages import AccountStage, account_stage
from practice.payments.earned import Earned, Where
from practice.payments.earnings import Show, Within
from practice.payments.models import Payout
from practice.payments.periods import Step
from practice.values import clock
from practice.values.money import Money

from .blueprint import bp

Choice = TypeVar("Choice", bound=StrEnum)
A_PAGE = 25  # lines
LINES = "lines"  # where they stand on their page
MONTH = "%Y-%m"  # in addresses
YEARS = range(2000, 2200)
W = Where
WENT = "Went back to your client"


def _back(then: str = "") -> Callable[[Earned], str]:
    """Whose it is again, and whether it has left for them: a bank that is still to decide keeps it here."""
    return lambda each: (
        ("Goes back to your client, once their bank has decided" if each.waits_for_bank else WENT) + then
    )


HEADS = (
    *("Paid on", "What", "With", "Currency", "Paid", "Went back", "Our share", "Our share in %", "Yours"),
    *("Where it is", "Code"),
)
# What each place is called, and how it looks.
PLACES: dict[Where, tuple[Callable[[Earned], str], str]] = {
    W.NOTHING: (_back(), ""),
    W.CHOSEN: (lambda each: f"Waiting: your client chooses until {_until(each.chooses_until)}", ""),
    W.WAITS: (lambda each: f"Waiting until {_until(each.ripe_at)}", ""),
    W.FROZEN: (lambda _: "Waiting: somebody complained about it", "warn"),
    W.DISPUTED: (lambda _: "Waiting: the client’s bank asks about it", "warn"),
    W.BLOCKED: (lambda _: "Due; your payout account takes nothing", "warn"),
    W.DUE: (lambda _: "Due, on its way to your balance", ""),
    W.ON_BALANCE: (lambda _: "On your balance", "free"),
    W.LEAVING: (lambda each: f"In the payout of {_on(each)}, on its way", "free"),
    W.PAID_OUT: (lambda each: f"Paid out, {_on(each)}", "confirmed"),
    W.COMES_BACK: (_back("; we take it from your balance"), ""),
    W.OWED: (_back("; it’s kept from what you earn next"), "warn"),
}


@bp.get("/practice/earnings")
@specialist
def earned() -> Response:
    """What is where, what was earned over time, and every line; of clients initials only."""
    show, paid_out = _one_of(Show, "show", Show.ALL), queries.payouts_of(current_user)
    stage = account_stage(queries.newest_account_of(current_user))
    return page(
        "payments/earnings.html",
        stage=stage,
        rate=queries.commission_rate(),
        to_come=queries.commission_to_come(),
        balances=[(each, _goes(each.available, stage)) for each in earnings.balances(current_user, paid_out)],
        payouts=paid_out,
        show=show,
        **_over_time(),
        **_listed(_within(_month(), show), paid_out),
    )


def _goes(available: Money, stage: AccountStage) -> str:
    """When what is available goes to the bank: nothing does as long as an account can't pay it out."""
    if stage != AccountStage.READY:
        return "goes once your account is ready"
    least = queries.payout_least(available.currency)
    if 0 < available.amount < least.amount:
        return f"goes once it is {amount(least)} or more"
    return "goes with the next payout"


@bp.get("/practice/earnings.csv")
@specialist
def earned_file() -> Response:
    """Every line of a month, or all, as a file for spreadsheets."""
    month = _month()
    found = earnings.lines(_within(month, _one_of(Show, "show", Show.ALL)), queries.payouts_of(current_user))
    name = f"earnings-{month.strftime(MONTH)}.csv" if month else "earnings.csv"
    return csv_file(name, HEADS, map(_row, found))


def place(each: Earned) -> tuple[str, str]:
    """Where a line's money is, in words, and how that looks."""
    text, look = PLACES[each.where]
    return text(each), look


def _row(each: Earned) -> tuple[Cell, ...]:
    return (
        local(each.paid_at, pattern="y-MM-dd"),
        each.label,
        str(each.initials),
        each.currency,
        each.price.decimal,
        each.back.decimal,
        each.ours.decimal,
        f"{each.line.rate / 100:g}",
        each.yours.decimal,
        place(each)[0],
        each.code,
    )


def _until(ripe_at: datetime | None) -> str:
    if ripe_at is None:
        return "it’s over"
    pattern = "d MMMM, HH:mm" if ripe_at.year == clock.now().year else "d MMMM y, HH:mm"
    return local(ripe_at, pattern=pattern)


def _on(each: Earned) -> str:
    return day(each.departure.made_at, pattern="d MMMM y") if each.departure else ""


# ---------------------------------------------------------------- what is asked for


def _one_of(kind: type[Choice], name: str, usual: Choice) -> Choice:
    """What the address says, where that is one of them."""
    asked = request.args.get(name, "")
    return kind(asked) if asked in set(kind) else usual


def _month() -> date | None:
    """The month of the address; None is all of them, also for what is no month of ours."""
    try:
        found = datetime.strptime(request.args.get("month", ""), MONTH).replace(tzinfo=UTC).date()
    except ValueError:
        return None
    return found if found.year in YEARS else None


def _within(month: date | None, show: Show) -> Within:
    if month is None:
        return Within(current_user, show=show)
    stays = reader().stays
    ends = periods.begins(periods.next_month(month), stays)
    return Within(current_user, periods.begins(month, stays), ends, show)


def _months(first: datetime | None) -> list[date]:
    now = reader().day_at(clock.now())
    return periods.months(reader().day_at(first), now) if first else []


def _over_time() -> dict[str, Any]:
    """What was earned by week or month, and the months that can be chosen."""
    month, stays = _month(), reader().stays
    step = _one_of(Step, "by", Step.MONTH)
    today, first = reader().day_at(clock.now()), earnings.first_paid_at(current_user)
    first_days = periods.starts(step, today, reader().day_at(first) if first else today)
    edges = [periods.begins(on, stays) for on in first_days]
    return {
        "step": step,
        "charts": periods.charts(earnings.paid_between(Within(current_user, edges[0])), first_days, edges),
        "month": month and month.strftime(MONTH),
        "months": [(on.strftime(MONTH), day(on, pattern="MMMM y")) for on in _months(first)],
    }


# ---------------------------------------------------------------- a page of lines


def _listed(within: Within, paid_out: Sequence[Payout]) -> dict[str, Any]:
    totals = earnings.totals(within)
    total = sum(each.count for each in totals)
    here = paged(total, A_PAGE, "payments.earned", **_asked_for(), _anchor=LINES)
    found = earnings.lines(within, paid_out, offset=here.first, limit=A_PAGE)
    return {
        "totals": totals,
        "lines": [(each, *place(each)) for each in found],
        "paged": here,
        "address": _address,
    }


def _address(**changes: Any) -> str:
    """This page with something else about it; from another choice on it begins with the first lines again."""
    return link("payments.earned", **{**_asked_for(), **changes}, _anchor=LINES)


def _asked_for() -> dict[str, str]:
    return {name: request.args[name] for name in ("month", "show", "by") if request.args.get(name)}
