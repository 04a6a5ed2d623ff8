"""This file knows how staff's decisions come in: each one a choice with its words, never a state by itself."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from wtforms import (
    DateField,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    widgets,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional, ValidationError

from practice.bookings.states import Outcome
from practice.http.forms import Form, Replacing
from practice.specialists import policy
from practice.specialists.answers import Terms, Verdict
from practice.specialists.models import Specialist
from practice.specialists.states import Kind

LONG = Length(max=1000, message="Use 1000 characters at most.")


def ticks(label: str) -> Any:
    """Several answers as tick boxes."""
    return SelectMultipleField(label, option_widget=widgets.CheckboxInput(), widget=widgets.ListWidget(), choices=[])


class DecideForm(Form):
    """What becomes of an application."""

    decision = RadioField(
        "Decision",
        [InputRequired("Choose a decision.")],
        choices=[
            SelectChoice("approve", "Grant the title"),
            SelectChoice("changes", "Ask for more"),
            SelectChoice("refuse", "Decline"),
        ],
    )
    checks = ticks("Checks")
    title = SelectField("Title to grant", [Optional()], choices=[])
    refused_topics = ticks("Topics to leave out")
    words = TextAreaField("Message to the applicant", [Optional(), LONG])

    def offer_choices(self, specialist: Specialist) -> None:
        """What can be ticked and granted for this application."""
        self.checks.choices = list(policy.CHECKS.items())
        titles = policy.KINDS[Kind(specialist.kind)].titles
        self.title.choices = [("", "Choose a title"), *((title, title) for title in titles)]
        self.refused_topics.choices = [(row.topic.slug, row.topic.name) for row in specialist.topics]

    def verdict(self) -> Verdict:
        """What an action takes."""
        return Verdict(
            checks=tuple(self.checks.data or ()),
            title=self.title.data or "",
            refused_topics=tuple(self.refused_topics.data or ()),
            words=(self.words.data or "").strip(),
        )


class SuspendForm(Form):
    """Why a practice should stop, until when at most, and what becomes of its appointments."""

    reason = TextAreaField(
        "Why, in words for the specialist", [DataRequired("Write why, in words for the specialist."), LONG]
    )
    look_again_on = DateField("Look at it again by", [InputRequired(policy.LOOK_AGAIN)])
    ahead = RadioField(
        "Appointments ahead",
        [InputRequired("Choose what becomes of appointments.")],
        choices=[SelectChoice("keep", "Each client chooses"), SelectChoice("cancel", "Cancel them all")],
    )

    def terms(self) -> Terms:
        """What an action takes."""
        return Terms(
            reason=(self.reason.data or "").strip(),
            look_again_on=self.look_again_on.data,
            calls_off=self.ahead.data == "cancel",
        )


class CloseForm(Form):
    """Why a practice is closed for good."""

    words = TextAreaField(
        "Why, in words for the specialist", [DataRequired("Write why, in words for the specialist."), LONG]
    )


class RevisionForm(Form):
    """Take the new words or leave the old ones; `as_of` names the version that was read."""

    answer = RadioField(
        "Answer",
        [InputRequired("Choose an answer.")],
        choices=[SelectChoice("accept", "Take the new words"), SelectChoice("refuse", "Leave it as it was")],
    )
    reason = TextAreaField("Why, in words for the specialist", [Optional(), LONG])
    as_of = HiddenField(validators=[InputRequired()])

    def validate_as_of(self, field: Any) -> None:
        """An instant, as we wrote it."""
        try:
            datetime.fromisoformat(field.data or "")
        except ValueError:
            raise ValidationError("This page was changed on the way. Please open it again.") from None

    def particulars(self) -> dict[str, Any]:
        """The reason, and the version that was read, as an action takes them."""
        return {"reason": (self.reason.data or "").strip(), "as_of": datetime.fromisoformat(self.as_of.data)}


class ContestForm(Form):
    """What really happened at an appointment."""

    outcome = RadioField(
        "What happened",
        [InputRequired("Choose what happened.")],
        choices=[
            SelectChoice(Outcome.UPHELD.value, "It stays as it was marked"),
            SelectChoice(Outcome.TOOK_PLACE.value, "The call took place"),
            SelectChoice(Outcome.TECHNICAL.value, "The call broke"),
            SelectChoice(Outcome.OTHER_SIDE.value, "The other side was not there"),
        ],
    )
    reason = TextAreaField(
        "Why, in words for both",
        [DataRequired("Write why, in words for both."), Length(max=500, message="Use 500 characters at most.")],
    )


class ReasonForm(Form):
    """Why staff did something; it is kept beside the decision."""

    reason = StringField(
        "Why",
        [
            DataRequired("Write why. It is kept for staff."),
            Length(max=500, message="Use 500 characters at most."),
        ],
    )

    def words(self) -> str:
        """The reason as an action takes it."""
        return (self.reason.data or "").strip()


# The word that the log writes before a code.
_NAMED = re.compile(r"^(account|booking)[\s:]+", re.IGNORECASE)


class FindForm(Form):
    """Whose account: never in an address of ours, since those are kept by browsers and proxies."""

    who = StringField(
        "Email address, or code of an account or a booking",
        [DataRequired("Write the whole address, or a code from the log."), Length(max=320)],
        filters=[lambda text: _NAMED.sub("", (text or "").strip())],
    )


class KindTextForm(Replacing):
    """One of the kind texts in other words, and why."""

    about_it = ("because",)
    text = TextAreaField(
        "What people read",
        [InputRequired("Write what people are to read here."), Length(max=400, message="Use 400 characters at most.")],
    )
    because = StringField(
        "Why it changes",
        [InputRequired("Say in a few words why."), Length(max=200, message="Use 200 characters at most.")],
    )
