"""This file knows how the text of moderation's forms becomes values; each refusal is a sentence beside its field."""

from __future__ import annotations

from typing import Any

from wtforms import RadioField, SelectChoice, TextAreaField, ValidationError
from wtforms.validators import InputRequired

from practice.http.forms import Form, short

from . import policy, texts
from .actions import Reported
from .states import ReportReason


def _says_enough(form: Any, field: Any) -> None:
    """“Something else” says too little alone."""
    if form.reason.data == ReportReason.OTHER and not (field.data or "").strip():
        raise ValidationError("Please tell us in a sentence what it is.")


class ReportForm(Form):
    """What is wrong with something."""

    reason = RadioField(
        "What is wrong?",
        choices=[SelectChoice(value, label) for value, label in texts.REPORTED.items()],
        validators=[InputRequired("Choose what comes closest. “Something else” is one of them.")],
    )
    words = TextAreaField("What should we know?", validators=[short(policy.LONGEST_REPORT), _says_enough])

    def reported(self) -> Reported:
        """What was chosen and written."""
        return Reported(ReportReason(self.reason.data), (self.words.data or "").strip())


class AppealForm(Form):
    """Why another person should look."""

    why = TextAreaField(
        "What should somebody else look at?",
        validators=[InputRequired("Please say in a sentence what was overlooked."), short(policy.LONGEST_APPEAL)],
    )
