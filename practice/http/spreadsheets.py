"""This file knows how rows become a CSV file that any spreadsheet opens, and in which nothing typed by people acts."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal

from flask import Response

# What spreadsheets take for the beginning of a formula.
ACTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
Cell = str | int | Decimal | None


def csv_file(name: str, heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Response:
    """The rows as a download: UTF-8 with its mark, so that every program reads every script; figures stay figures."""
    out = io.StringIO(newline="")
    written = csv.writer(out)
    written.writerow(heads)
    written.writerows([_cell(each) for each in row] for row in rows)
    answer = Response("\ufeff" + out.getvalue(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _cell(value: Cell) -> str:
    """A figure as it is; words that would act in a spreadsheet behind an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.lstrip(" ").startswith(ACTS) else value
    return str(value)
