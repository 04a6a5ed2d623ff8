"""This file knows how the text of decision forms becomes values; each refusal is a sentence beside its field."""

from __future__ import annotations

from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    RadioField,
    SelectChoice,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from practice.http.forms import Form, Replacing
from practice.values.counts import number

from . import policy, texts
from .states import Choice

CHOOSE = "Choose one of the answers. Needing time is one of them."
NEITHER = "none"
REASON = [Length(max=policy.LONGEST_REASON, message=f"Please keep it under {policy.LONGEST_REASON:,} characters.")]
HANDOVER = [
    Length(max=policy.LONGEST_HANDOVER, message=f"Please keep it under {policy.LONGEST_HANDOVER:,} characters.")
]
# In this order on the page: the neutral one first, and none chosen beforehand.
CLIENTS = {
    Choice.NEED_TIME: "I need a little time",
    Choice.YES: "I’d like to carry on",
    Choice.NOT_NOW: "Not for now",
    Choice.NOT_A_FIT: "Not the right fit",
}
SPECIALISTS = {
    Choice.NEED_TIME: "I need more time",
    Choice.YES: "Yes, I’d work with them",
    Choice.NOT_A_FIT: "I’m not the right person",
}


class AnswerForm(Replacing):
    """How a client, or their partner, would like to go on."""

    choice = RadioField(
        "How would you like to go on?",
        choices=[SelectChoice(value, label) for value, label in CLIENTS.items()],
        validators=[InputRequired(CHOOSE)],
    )
    revisit_on = DateField("Remind me on", validators=[Optional()])
    reason = TextAreaField("Would you like to note why?", validators=REASON)
    shares_reason = BooleanField("Share this note")


class AnswerInPracticeForm(Replacing):
    """The specialist's own answer, with whom they would suggest instead."""

    choice = RadioField(
        "Your answer",
        choices=[SelectChoice(value, label) for value, label in SPECIALISTS.items()],
        validators=[InputRequired(CHOOSE)],
    )
    text_key = RadioField(
        "If you’re not the right person, how should we say it?",
        choices=[SelectChoice(key, key) for key in texts.DECLINES],
        validate_choice=False,
    )
    suggested = SelectMultipleField(
        "People you’d suggest", widget=ListWidget(), option_widget=CheckboxInput(), validate_choice=False
    )
    colleague = StringField("Look for somebody by name", validators=[Length(max=80)])
    interest = RadioField(
        "Do you have an interest in any of them?",
        choices=[SelectChoice("no", "No"), SelectChoice("yes", "Yes: we share a practice, family or money")],
        validate_choice=False,
    )
    interests = SelectMultipleField(
        "With whom? Your client is told.", widget=ListWidget(), option_widget=CheckboxInput(), validate_choice=False
    )
    draft = TextAreaField("What you’d pass on", validators=HANDOVER)
    reason = TextAreaField("A note to yourself", validators=REASON)

    def set_people(self, people: list[tuple[str, str]]) -> None:
        """Whom this specialist can suggest now, as (value, label)."""
        self.suggested.choices = self.interests.choices = people

    def validate_text_key(self, field: Any) -> None:
        """Whoever declines says in which words; a suggestion has words of its own."""
        declines = self.choice.data == Choice.NOT_A_FIT and not self.suggested.data
        if (declines or field.data) and field.data not in texts.DECLINES:
            raise ValidationError("Please choose the words in which we say it.")

    def validate_suggested(self, field: Any) -> None:
        """A few, and with the answer that they belong to."""
        if len(field.data or ()) > policy.MOST_SUGGESTED:
            raise ValidationError(f"Suggest at most {number(policy.MOST_SUGGESTED)} people.")
        if set(field.data or ()) - {value for value, _ in field.choices}:
            raise ValidationError("Somebody you chose has no free time just now. Please choose again.")
        if field.data and self.choice.data in (Choice.NEED_TIME, Choice.YES):
            raise ValidationError("Suggestions go with “I’m not the right person”.")

    def validate_interest(self, field: Any) -> None:
        """Whoever suggests somebody says so; nothing is assumed."""
        if self.suggested.data and field.data not in ("no", "yes"):
            raise ValidationError("Please say yes or no. Your client reads a yes.")

    def validate_interests(self, field: Any) -> None:
        """Of those who are suggested, one at least where there is an interest."""
        if self.suggested.data and self.interest.data == "yes" and not set(field.data or ()) & set(self.suggested.data):
            raise ValidationError("Please tick with whom.")


class ReferralForm(Form):
    """Whom a client would like to meet of those who were suggested, and what may be sent along."""

    referral = RadioField("Who would you like to meet?", validators=[InputRequired("Choose one of them, or neither.")])
    handover = TextAreaField("What they’d read before you talk", validators=HANDOVER)

    def set_people(self, people: list[tuple[str, str]]) -> None:
        """Who was suggested and can be booked, as (value, label); taking none is an answer too."""
        self.referral.choices = [*people, (NEITHER, "None of them, thank you")]


class AgainForm(Form):
    """The specialist's answer to a client who would like to open it again."""

    opens = RadioField(
        "Open it again?",
        choices=[SelectChoice("no", "Leave it as it is"), SelectChoice("yes", "Open it again")],
        validators=[InputRequired("Choose one of the two.")],
    )


class EmptyForm(Form):
    """A press of a button."""
