"""Lists to choose from are written by our own hand, as the library would."""

import pytest
from markupsafe import Markup
from wtforms import SelectChoice as C
from wtforms import SelectField, SelectMultipleField, widgets

from practice.http.forms import DropDown, Form

LABEL = "<b>\"Cork\" & 'Kerry'</b>"


class Choosing(Form):
    """One of each."""

    one = SelectField("One", choices=[C("a", "A"), C('"<&', LABEL), C("m", Markup("<i>M</i>"))])
    grouped = SelectField("Grouped", choices=[C("a", "A", optgroup="First <"), C("b", LABEL, optgroup="Second")])
    several = SelectMultipleField("Several", choices=[C("a", "A"), C("b", "B")])
    number = SelectField("Number", coerce=int, choices=[C(1, "One"), C(2, "Two")])
    marked = SelectField("Marked", choices=[C("a", "A", {"data-note": "x"})])


@pytest.mark.parametrize("name", ["one", "grouped", "several", "number", "marked"])
@pytest.mark.parametrize("chosen", [None, "b", ["b"], '"<&', 2])
def test_a_list_reads_as_the_library_writes_it(app, name, chosen):
    with app.test_request_context():
        field = Choosing(data={name: chosen})[name]

        assert isinstance(field.widget, DropDown)
        assert field() == widgets.Select(multiple=field.widget.multiple)(field)


def test_a_label_that_was_escaped_and_one_that_was_not_are_two(app):
    with app.test_request_context():
        form = Choosing()
        form.one.choices = [C("x", "<i>")]
        first = form.one()
        form.one.choices = [C("x", Markup("<i>"))]

        assert "&lt;i&gt;" in first
        assert '<option value="x"><i></option>' in form.one()
