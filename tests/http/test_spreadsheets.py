"""A file for spreadsheets says what it says, in every script, and nothing that somebody typed acts in it."""

import csv
import io
from decimal import Decimal

import pytest

from practice.http.spreadsheets import csv_file


def read(answer):
    return list(csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))


@pytest.mark.parametrize("typed", ['=HYPERLINK("http://x")', "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1"])
def test_what_somebody_typed_is_no_formula(app, typed):
    (_, row) = read(csv_file("a.csv", ("Name",), [(typed,)]))

    assert row[0].startswith("'")
    assert row[0].endswith(typed.replace("\r", "\r"))


def test_figures_stay_figures_and_names_are_whole(app):
    answer = csv_file("a.csv", ("Name", "Amount", "None"), [('李雷, "Lei"\nHan', Decimal("-16.80"), None)])

    assert read(answer)[1] == ['李雷, "Lei"\nHan', "-16.80", ""]
    assert answer.headers["Content-Disposition"] == 'attachment; filename="a.csv"'
    assert answer.get_data().startswith(b"\xef\xbb\xbf")
