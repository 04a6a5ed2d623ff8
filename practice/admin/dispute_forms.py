"""This file knows how what staff decide about disputes becomes values; each refusal is a sentence beside its field."""

from __future__ import annotations

from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange

from practice.disputes.policy import LONGEST_REASON
from practice.http.forms import Form, NumberField

PERCENT = "Write a whole number from 0 to 100."


class DecideForm(Form):
    """What one of the staff decides."""

    percent = NumberField(
        "How much of the price comes back, in per cent",
        wrong=PERCENT,
        validators=[InputRequired(PERCENT), NumberRange(0, 100, message=PERCENT)],
    )
    reason = TextAreaField(
        "Why, as both will read it",
        validators=[
            InputRequired("Write why, in words for both."),
            Length(max=LONGEST_REASON, message=f"Please keep it under {LONGEST_REASON:,} characters."),
        ],
    )


class CaseForm(Form):
    """What the safety team answers."""

    answer = TextAreaField(
        "What came of it, in words for the client",
        validators=[
            InputRequired("Write what came of it, for the client."),
            Length(max=LONGEST_REASON, message=f"Please keep it under {LONGEST_REASON:,} characters."),
        ],
    )


class EvidenceForm(Form):
    """What staff add to what is on record."""

    refusal = TextAreaField(
        "Why nothing more should come back",
        validators=[
            InputRequired("Write a sentence or two for the bank."),
            Length(max=LONGEST_REASON, message=f"Please keep it under {LONGEST_REASON:,} characters."),
        ],
    )
