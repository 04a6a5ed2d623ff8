"""This file knows how what staff decide about cases becomes values; each refusal is a sentence beside its field."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    widgets,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from practice.http.forms import Form, NumberField, short
from practice.moderation import labels, policy, texts
from practice.moderation.actions import Choice, Measure
from practice.moderation.states import Decision, Feature, Severity, Step
from practice.specialists.models import Topic

DAYS = f"Write a number of days from 1 to {policy.LONGEST_LIMIT}."


class DecideForm(Form):
    """What one of the staff decides about what they read; `mark` is the version."""

    decision = RadioField("Decision", validators=[InputRequired("Choose what should happen.")])
    words = TextAreaField("As it reads with words masked", validators=[short(policy.LONGEST_WORDS)])
    reason = TextAreaField("In other words, or more, as the author reads it", validators=[short(policy.LONGEST_REASON)])
    twin = StringField("Which one it is, by the address of its page", validators=[short(policy.LONGEST_ADDRESS)])
    mark = HiddenField()

    def only(self, decisions: Sequence[Decision]) -> DecideForm:
        """The same with what is possible for this kind."""
        self.decision.choices = [SelectChoice(each, labels.DECISIONS[each]) for each in decisions]
        return self

    def choice(self) -> Choice:
        """What was chosen and written."""
        words, reason = (self.words.data or "").strip(), (self.reason.data or "").strip()
        return Choice(Decision(self.decision.data), self.mark.data or "", reason, words, self._twin)

    @property
    def _twin(self) -> str:
        """The code at the end of an address, or what was typed in place of one."""
        path = re.split(r"[?#]", (self.twin.data or "").strip())[0]
        return path.rstrip("/").rpartition("/")[2]


class SettleForm(Form):
    """What another person decides after an appeal."""

    outcome = RadioField(
        "What do you decide?",
        choices=[
            SelectChoice("uphold", "The first decision stays"),
            SelectChoice("reverse", "Take the first decision back"),
        ],
        validators=[InputRequired("Choose one of the two.")],
    )
    reason = TextAreaField("In other words, or more, as the author reads it", validators=[short(policy.LONGEST_REASON)])
    mark = HiddenField()

    def for_reports(self, asked: bool) -> SettleForm:
        """The same where whoever reported it asked: what was left is taken down, or stays."""
        if asked:
            self.outcome.choices = [
                SelectChoice("uphold", "It stays as it is"),
                SelectChoice("reverse", "Take it down"),
            ]
        return self


class LookForm(Form):
    """Why one of the staff has to know whose something is."""

    purpose = TextAreaField(
        "Why do you have to know?",
        validators=[
            InputRequired("Write why in a sentence: the person will read it."),
            Length(min=policy.SHORTEST_PURPOSE, message="Write why in a sentence: the person will read it."),
            short(policy.LONGEST_PURPOSE),
        ],
    )


class SanctionForm(Form):
    """A step of the ladder."""

    step = RadioField(
        "Step",
        choices=[SelectChoice(value, label) for value, label in labels.STEPS.items()],
        validators=[InputRequired("Choose a step.")],
    )
    features = SelectMultipleField(
        "What they can’t do, of a limit",
        choices=[SelectChoice(value, label) for value, label in labels.FEATURES.items()],
        option_widget=widgets.CheckboxInput(),
        widget=widgets.ListWidget(),
    )
    days = NumberField(
        "For how many days, of a limit",
        wrong=DAYS,
        validators=[Optional(), NumberRange(1, policy.LONGEST_LIMIT, message=DAYS)],
    )
    reason = TextAreaField("In other words, or more, as they read it", validators=[short(policy.LONGEST_REASON)])

    def measure(self) -> Measure:
        """What was chosen and written."""
        features = frozenset(Feature(each) for each in self.features.data or ())
        return Measure(Step(self.step.data), (self.reason.data or "").strip(), self.days.data or 0, features)


class SeverityForm(Form):
    """How urgent something is."""

    severity = SelectField("How urgent", choices=[SelectChoice(each, labels.TARGET[each]) for each in Severity])


class CareForm(Form):
    """What somebody of the staff is not given."""

    skips_heavy = BooleanField("What is about safety")
    topics = SelectMultipleField(
        "What is about", option_widget=widgets.CheckboxInput(), widget=widgets.ListWidget(), choices=[]
    )

    def offer(self, topics: Iterable[Topic]) -> CareForm:
        """The same with what can be named: what weighs in a report, and the topics of questions."""
        reasons = [SelectChoice(policy.topic_of(each), texts.REPORTED[each]) for each in policy.HEAVY_REASONS]
        self.topics.choices = [*reasons, *(SelectChoice(each.slug, each.name) for each in topics)]
        return self
