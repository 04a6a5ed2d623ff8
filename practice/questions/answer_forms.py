"""This file knows how the text of forms about answers becomes values; each refusal is a sentence beside its field."""

from __future__ import annotations

from typing import Any

from wtforms import HiddenField, SelectChoice, SelectField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length, StopValidation

from practice.http.clocks import full_hour
from practice.http.forms import Form, Replacing, storable

from . import policy
from .unwanted import sentences

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
LONGEST_KEY = 64


def no_more_than(most: int) -> Any:
    """Nothing else is looked at in a text that is too long anyway."""
    too_long = Length(max=most, message=f"Please keep it under {most:,} characters.")

    def check(form: Any, field: Any) -> None:
        try:
            too_long(form, field)
        except ValidationError as error:
            raise StopValidation(str(error)) from error

    return check


def fit_for_public(_form: Any, field: Any) -> None:
    """No links, no amounts of money, no ways to be reached: each is named, and what was typed stays."""
    if found := sentences(field.data or ""):
        raise ValidationError(" ".join(found))


def _answer_field() -> TextAreaField:
    return TextAreaField(
        "Your answer",
        validators=[
            InputRequired("Write your answer first."),
            no_more_than(policy.LONGEST_ANSWER),
            fit_for_public,
        ],
    )


class AnswerForm(Form):
    """An answer to a public question."""

    text = _answer_field()
    form_key = HiddenField(validators=[Length(max=LONGEST_KEY), storable])


class ChangeAnswerForm(Replacing):
    """The same in other words."""

    text = _answer_field()


class FollowUpForm(Form):
    """The one thing that an asker adds."""

    text = TextAreaField(
        "What would you like to add?",
        validators=[InputRequired("Write a few words first."), no_more_than(policy.LONGEST_FOLLOW_UP)],
    )
    form_key = HiddenField(validators=[Length(max=LONGEST_KEY), storable])


class DigestForm(Replacing):
    """When a specialist is told once a week how many questions wait."""

    weekday = SelectField("Day", choices=[SelectChoice(str(n), name) for n, name in enumerate(DAYS)])
    hour = SelectField("Hour, on your clock", choices=[SelectChoice(str(n), "") for n in range(24)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.hour.choices = [SelectChoice(str(n), full_hour(n)) for n in range(24)]
