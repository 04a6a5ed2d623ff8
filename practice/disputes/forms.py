"""This file knows how the text of dispute forms becomes values; each refusal is a sentence beside its field."""

from __future__ import annotations

from typing import Any

from wtforms import RadioField, SelectChoice, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length, Optional

from practice.http.forms import Form

from . import policy
from .states import Reason, Wish

REASONS = {
    Reason.NOT_THERE: "It didn’t take place",
    Reason.LATE_OR_SHORT: "It started late or ended early",
    Reason.TECHNICAL: "The call didn’t work",
    Reason.CONDUCT: "How I was treated",
    Reason.OTHER: "Something else",
}
WISHES = {Wish.UNSURE: "I don’t know yet", Wish.PART: "Some of the money back", Wish.ALL: "All of it back"}
KEPT_SHORT = Length(max=policy.LONGEST, message=f"Please keep it under {policy.LONGEST:,} characters.")
NEEDS_WORDS = (Reason.CONDUCT, Reason.OTHER)


def _says_enough(form: Any, field: Any) -> None:
    """Some reasons say too little alone."""
    if form.reason.data in NEEDS_WORDS and not (field.data or "").strip():
        raise ValidationError("Please tell us in a sentence how it was.")


class OpenForm(Form):
    """What was wrong with a session. Which reasons there are follows from what can still be said."""

    reason = RadioField(
        "What happened?",
        choices=[SelectChoice(value, label) for value, label in REASONS.items()],
        validators=[InputRequired("Choose what comes closest. “Something else” is one of them.")],
    )
    words = TextAreaField("What would you like us to know?", validators=[KEPT_SHORT, _says_enough])
    is_reported = False
    wish = RadioField(
        "What would put it right?",
        choices=[SelectChoice(value, label) for value, label in WISHES.items()],
        validators=[Optional()],
        validate_choice=False,
    )

    def only(self, *, money: bool, conduct: bool) -> OpenForm:
        """The same with what can still be said: about the money, about conduct."""
        self.is_reported = not conduct
        possible = [each for each in REASONS if (conduct if each == Reason.CONDUCT and not money else money)]
        self.reason.choices = [SelectChoice(each, REASONS[each]) for each in possible]
        return self

    def validate_wish(self, field: Any) -> None:
        """What the safety team has already is not sent to them a second time; money can be asked for."""
        if self.is_reported and self.reason.data == Reason.CONDUCT and not self.is_about_money:
            raise ValidationError("Our safety team has your words already. Say here if you want money back as well.")

    @property
    def is_about_money(self) -> bool:
        """Whether staff decide about the price; how somebody was treated is about money only where they ask for it."""
        return self.reason.data != Reason.CONDUCT or self.chosen_wish != Wish.UNSURE

    @property
    def chosen_wish(self) -> Wish:
        """What would put it right; nobody has to know that yet."""
        return Wish(self.wish.data) if self.wish.data in list(Wish) else Wish.UNSURE


class SayForm(Form):
    """How it was, in somebody's own words."""

    words = TextAreaField(
        "What would you like us to know?",
        validators=[InputRequired("Please tell us in a sentence how it was."), KEPT_SHORT],
    )


class AppealForm(Form):
    """Why another person should look."""

    why = TextAreaField(
        "What should somebody else look at?",
        validators=[InputRequired("Please say in a sentence what was overlooked."), KEPT_SHORT],
    )
