"""This file knows how the text of booking forms becomes values; each refusal is a sentence beside its field."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from wtforms import BooleanField, HiddenField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from practice.http.forms import Form, NameField, Replacing, storable
from practice.specialists.states import Format
from practice.values import text
from practice.values.counts import in_days, number, whole

from . import limits
from .sentences import OF_CONSULTS

FORMATS = {
    Format.VIDEO: "Video call",
    Format.PHONE: "Phone",
    Format.CHAT: "Text chat",
    Format.IN_PERSON: "In person",
}


def parse_start(text: str | None) -> datetime | None:
    """The instant that a slot's value names ("2027-03-09T09:00:00Z"), or None for anything that is not one."""
    try:
        instant = datetime.fromisoformat((text or "").strip())
        usable = instant.tzinfo is not None and 2000 < instant.year < 2200 and instant.second == 0
        return instant.astimezone(UTC) if usable and instant.microsecond == 0 else None
    except (ValueError, OverflowError):
        return None


def parse_starts(texts: Iterable[str], most: int = 12) -> list[datetime]:
    """The instants that slots' values name, each once and in their order; what names none is left out."""
    return sorted({start for start in map(parse_start, texts) if start is not None})[:most]


def parse_week(text: str | None) -> date | None:
    """The first date of a shown week ("2027-03-08"), within a year of sense, or None."""
    try:
        on = date.fromisoformat((text or "").strip())
    except ValueError:
        return None
    return on if 2000 < on.year < 2200 else None


def start_value(instant: datetime) -> str:
    """How a start is written in a form: UTC, to the second."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


LONGEST_KEY = 64


def is_form_key(key: str | None) -> bool:
    """Whether `key` can be a form's own: short, and nothing in it that cannot be stored."""
    return bool(key) and len(key or "") <= LONGEST_KEY and not text.fault(key or "", is_line=True)


def form_key_of(form: Form) -> str | None:
    """The key that a form was sent with, where it can be one; nothing else is asked about."""
    key: str | None = form.form_key.data
    return key if is_form_key(key) else None


class BookForm(Form):
    """What a client may say when booking; only how to meet and the consent are needed."""

    start = HiddenField(validators=[InputRequired("Choose a time first.")])
    form_key = HiddenField(validators=[Length(max=LONGEST_KEY), storable])
    # The hold that the page speaks of: whoever has the form has the time, also in a browser that lost its cookie.
    hold = HiddenField(validators=[Length(max=22), storable])
    # Set once the numbers to call have been shown: the second press books, whatever was written.
    help_shown = HiddenField()
    format = RadioField("How would you like to meet?", validators=[InputRequired("Choose how you would like to meet.")])
    call_name = NameField("What should we call you?", empty="")
    topics = SelectMultipleField(
        "What is it about?", validators=[Optional()], widget=ListWidget(), option_widget=CheckboxInput()
    )
    note = TextAreaField("Anything you want to say before you meet", validators=[Length(max=limits.NOTE)])
    shares_note = BooleanField("Share this with the specialist before we talk")
    phone = StringField("Phone number", validators=[Length(max=30)])
    with_partner = BooleanField("My partner will be there too")
    location = SelectField("Where will you be during the call?", validate_choice=False)
    consent = BooleanField(
        OF_CONSULTS.consent,  # of other kinds it is what theirs says
        validators=[InputRequired("Please read and tick this, so that we know it is clear.")],
    )

    def set_choices(self, formats: list[str], topics: list[tuple[str, str]], places: list[tuple[str, str]]) -> None:
        """Only what this specialist offers can be chosen."""
        self.format.choices = [(each, FORMATS[Format(each)]) for each in formats if each in FORMATS]
        self.topics.choices = topics
        self.location.choices = [("", "Choose a place"), *places]
        self.needs_place = bool(places)

    needs_place = False

    def validate_topics(self, field: Any) -> None:
        """A few topics say more than many."""
        if len(field.data or ()) > limits.MOST_TOPICS:
            raise ValidationError(f"Choose at most {number(limits.MOST_TOPICS)}.")

    def validate_phone(self, field: Any) -> None:
        """A call needs a number; a number needs digits."""
        digits = sum(mark.isdigit() for mark in field.data or "")
        if self.format.data == Format.PHONE and not 6 <= digits <= 15:
            raise ValidationError("Write the number to call, with its country code, such as +353 85 555 0142.")

    def validate_location(self, field: Any) -> None:
        """A licensed specialist may only work with people in certain places."""
        if not self.needs_place:
            field.data = ""
        elif field.data not in {value for value, _ in field.choices if value}:
            raise ValidationError("Please say where you will be: this specialist is licensed for certain places.")


_WITHDRAWAL = in_days(limits.WITHDRAWAL)


class ReviewForm(Form):
    """What is agreed before something is paid; the rest says what the page had shown."""

    start = HiddenField(validators=[InputRequired("Choose a time first.")])
    form_key = HiddenField(validators=[InputRequired(), Length(max=LONGEST_KEY), storable])
    hold = HiddenField(validators=[Length(max=22), storable])
    # The price and the rule that stood on the page: what it did not show is not sold.
    sale = HiddenField(validators=[InputRequired(), Length(max=120), storable])
    agreed = BooleanField(
        "I’ve read the agreement and the terms for cancelling",
        validators=[InputRequired("Please read and tick this, so that we know it is clear.")],
    )
    express = BooleanField(
        f"Please hold my session within the {_WITHDRAWAL} in which I could withdraw",
        validators=[
            InputRequired(f"Tick this if you would like a time within these {_WITHDRAWAL}, or choose a later one.")
        ],
    )


class SlotForm(Form):
    """One chosen start."""

    start = HiddenField()

    def validate_start(self, field: Any) -> None:
        """A start that exists."""
        if parse_start(field.data) is None:
            raise ValidationError("Choose one of the times.")


class MoveForm(SlotForm):
    """Another start for what is booked, and the wish to have it within the days of withdrawal."""

    express = BooleanField(f"Please hold my session within the {_WITHDRAWAL} in which I could withdraw")
    # Another length, by the code of its offer, and the prices that stood on the page.
    length = HiddenField()
    shown = HiddenField()


class LengthForm(MoveForm):
    """What is shown of a dearer length before the difference is paid."""

    express = BooleanField(
        f"Please hold my session within the {_WITHDRAWAL} in which I could withdraw",
        validators=[
            InputRequired(f"Tick this if you would like a time within these {_WITHDRAWAL}, or choose a later one.")
        ],
    )


class CancelForm(Form):
    """A specialist cancels. Nobody is asked why: there is nobody who would read it (docs/decisions/0039)."""

    emergency = BooleanField("It is an emergency")


class SickDayForm(CancelForm):
    """The same for several of one day, and whether anybody may book the rest of it."""

    closes = BooleanField("Close the rest of this day")


class WaiveForm(Form):
    """A specialist gives back more than the rule says."""

    amount = StringField("How much more goes back", validators=[InputRequired("Write an amount, such as 36.00.")])
    # What had come back as the page was shown, in smallest units.
    shown = HiddenField()

    def shown_amount(self) -> int:
        """The same as a number; -1, which nothing is, for a page that did not say."""
        said = whole(self.shown.data or "")
        return -1 if said is None else said


class PrepareForm(Replacing):
    """A few notes to self before the call."""

    words = TextAreaField("Three things I want to know", validators=[Length(max=limits.PREPARED)])
    shares = BooleanField("Share this with the specialist")


KEPT_SHORT = Length(max=limits.CONTESTED, message=f"Please keep it under {limits.CONTESTED:,} characters.")


class AnswerForm(Form):
    """How it was, from the other side of a contest."""

    answer = TextAreaField(
        "How was it for you?",
        validators=[
            InputRequired("Please tell us in a sentence how it was."),
            KEPT_SHORT,
        ],
    )


class ContestForm(Form):
    """How it was, in somebody's own words."""

    words = TextAreaField(
        "What happened instead?",
        validators=[
            InputRequired("Please tell us in a sentence how it was."),
            KEPT_SHORT,
        ],
    )
