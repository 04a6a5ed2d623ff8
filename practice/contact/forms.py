"""This file knows how the text of contact forms becomes values; each refusal is a sentence beside its field."""

from __future__ import annotations

from wtforms import HiddenField, RadioField, SelectChoice, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from practice.http.forms import SentOnce

from . import policy
from .labels import ABOUT
from .states import Category

MAIL, HERE = "mail", "here"
KEPT_SHORT = Length(max=policy.LONGEST, message=f"Please keep it under {policy.LONGEST:,} characters.")
NEEDS_WORDS = InputRequired("Please write what you would like us to know.")


class ContactForm(SentOnce):
    """What somebody writes to us."""

    about = RadioField(
        "What is it about?",
        choices=[SelectChoice(value, label) for value, label in ABOUT.items()],
        validators=[InputRequired("Choose what comes closest. The last one is “something else”.")],
    )
    reference = StringField(
        "Booking, payment or invoice it is about",
        validators=[Optional(), Length(max=policy.LONGEST_REFERENCE, message="Please keep this shorter.")],
    )
    words = TextAreaField("Your message", validators=[NEEDS_WORDS, KEPT_SHORT])
    where = RadioField(
        "How shall we tell you that there is an answer?",
        choices=[
            SelectChoice(MAIL, "By email, with a neutral subject and without a word of it"),
            SelectChoice(HERE, "Only here, in my letters. Email isn’t safe for me"),
        ],
        default=MAIL,
        validators=[Optional()],
        # Who wants no mail at all is not asked.
        validate_choice=False,
    )
    specialist = HiddenField()

    @property
    def by_mail(self) -> bool:
        """Whether a letter may say that there is an answer."""
        return bool(self.where.data != HERE)

    @property
    def category(self) -> Category:
        """What it is about; only of a form that is right."""
        return Category(self.about.data)


class ReplyForm(SentOnce):
    """A few words more."""

    words = TextAreaField("Write more", validators=[NEEDS_WORDS, KEPT_SHORT])
