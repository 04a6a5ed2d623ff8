"""This file knows how staff write down a crisis line: as an official page has it, and which page that is."""

from __future__ import annotations

from wtforms import DateField, SelectChoice, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from practice.http.forms import Form
from practice.safety import policy
from practice.safety.models import CrisisResource
from practice.safety.policy import Line, Source


def _words(label: str, most: int, missing: str) -> StringField:
    limit = Length(max=most, message=f"Use {most} characters at most.")
    return StringField(label, [DataRequired(missing), limit])


class SourceForm(Form):
    """Where it was read, and when."""

    source_url = _words("Official page", 200, "Give the https address of an official page that names the number.")
    read_on = DateField("Read on", [InputRequired("Give the day on which you read it.")])

    def source(self) -> Source:
        """What an action takes."""
        assert self.read_on.data is not None
        return Source((self.source_url.data or "").strip(), self.read_on.data)


class LineForm(SourceForm):
    """What is right now about a line that exists; its country and what it is for stay."""

    number = _words("Number", 30, "Write the number.")
    name = _words("Name", 80, "Write how the line is called.")
    hours = _words("Hours", 60, "Write the hours.")
    languages = _words("Languages", 120, "Write in which languages they answer.")

    def line_of(self, resource: CrisisResource) -> Line:
        """What an action takes."""
        return self._line(resource.country, resource.purpose)

    def _line(self, country: str, purpose: str) -> Line:
        texts = {name: " ".join((self[name].data or "").split()) for name in ("number", "name", "hours", "languages")}
        return Line(country=country, purpose=purpose, **texts)


class NewLineForm(LineForm):
    """A line that is not there yet."""

    country = SelectField("Country", [InputRequired("Choose a country.")], choices=[])
    purpose = SelectField(
        "What it is for",
        [InputRequired("Choose what the number is for.")],
        choices=[SelectChoice("", "Choose"), *(SelectChoice(*each) for each in policy.PURPOSE_NAMES.items())],
    )

    def offer_choices(self) -> None:
        """The countries that there are."""
        self.country.choices = [("", "Choose"), *policy.countries()]

    def line(self) -> Line:
        """What an action takes."""
        return self._line(self.country.data or "", self.purpose.data or "")
