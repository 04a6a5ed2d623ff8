"""This file knows how what a person types about their account becomes values, or a sentence on how to mend it."""

from __future__ import annotations

from functools import cache
from operator import itemgetter
from typing import Any

from babel import Locale
from wtforms import (
    BooleanField,
    EmailField,
    Field,
    HiddenField,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    ValidationError,
)
from wtforms.validators import Length

from practice.config import settings
from practice.http.clocks import LOCALE, device_is_twelve
from practice.http.forms import Form, NameField, Replacing
from practice.http.zone_fields import ZoneField

from . import policy
from .addresses import proper_address

# The languages that the product speaks; with one, nobody is asked to choose.
LANGUAGES = {"en": "English"}
NOT_COUNTRIES = ("EU", "EZ", "UN", "ZZ", "XA", "XB", "QO")


class Needed:
    """A field that must not be empty, with the sentence that says what belongs there."""

    # Without the `required` mark a browser would keep the form back and show words of its own.
    field_flags: dict[str, Any] = {}

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence

    def __call__(self, _form: object, field: Field) -> None:
        if not field.data or (isinstance(field.data, str) and not field.data.strip()):
            raise ValidationError(self.sentence)


def address(_form: object, field: Field) -> None:
    """A proper mail address; the field then holds it as we store it."""
    try:
        field.data = proper_address(field.data or "")
    except ValueError as error:
        raise ValidationError(str(error)) from error


def good_password(form: Any, field: Field) -> None:
    """A password that is long enough and not what everybody tries first."""
    email = form.email.data if "email" in form else getattr(form, "owner_email", "")
    printed = (settings().demo_password,)
    if fault := policy.password_fault(field.data or "", email or "", settings().brand, printed=printed):
        raise ValidationError(fault)


@cache
def country_choices() -> tuple[SelectChoice, ...]:
    """Countries by name in English; the first choice is to say nothing."""
    names = Locale(LOCALE.language).territories
    real = [(c, name) for c, name in names.items() if len(c) == 2 and c.isalpha() and c not in NOT_COUNTRIES]
    return (SelectChoice("", "I’d rather not say"), *(SelectChoice(*pair) for pair in sorted(real, key=itemgetter(1))))


class SignInForm(Form):
    """Address and password. Neither is judged here: every wrong pair gets the same answer."""

    email = EmailField("Email", [Needed("Type the email address of your account.")])
    password = PasswordField("Password", [Needed("Type your password.")])
    is_private = BooleanField("Keep me signed in")
    next = HiddenField()


class CodeForm(Form):
    """The six digits of an authenticator."""

    code = StringField("Six-digit code", [Needed("Type the six digits that your app shows now.")])
    next = HiddenField()


class RecoveryForm(Form):
    """One of the spare codes."""

    recovery = StringField("Spare code", [Needed("Type one of your spare codes.")])
    next = HiddenField()


class EmailForm(Form):
    """An address to write to."""

    email = EmailField("Email", [address])


class NewcomerForm(Form):
    """What an account needs beside its address: four things, and two agreements."""

    display_name = NameField("What should we call you?")
    password = PasswordField("Password", [good_password])
    zone = ZoneField("Your time zone")
    safe = RadioField(
        "Is it safe to email you?",
        choices=[
            SelectChoice("yes", "Yes. Subjects stay neutral"),
            SelectChoice("no", "No. Keep everything inside my account"),
        ],
        invalid_choice_message="Say whether we may write to you.",
    )
    adult = BooleanField("I’m 18 or older", [Needed("Accounts here are for people of 18 or older.")])
    terms = BooleanField("I agree to the terms", [Needed("Please read and tick the terms to go on.")])

    def answers(self) -> dict[str, Any]:
        """What a new account takes, but for address and password."""
        return {
            "display_name": self.display_name.data,
            "zone": self.zone.data,
            # Letters have no browser to ask.
            "device_is_twelve": device_is_twelve(),
            "no_email": self.safe.data == "no",
        }


class SignUpForm(EmailForm, NewcomerForm):
    """The same, with an address: it was written down first, so it is asked and judged first."""

    next = HiddenField()


class OwnerForm(NewcomerForm):
    """What the owner of a mailbox says about the account that somebody opened with their address."""

    def __init__(self, owner_email: str, **data: Any) -> None:
        super().__init__(**data)
        self.owner_email = owner_email


class NewEmailForm(EmailForm):
    """Another address than the present one."""

    others_read = RadioField(
        "Can somebody else read the mail of your present address?",
        choices=[SelectChoice("no", "No, only I can"), SelectChoice("yes", "Yes, or I’m not sure")],
        invalid_choice_message="Say whether somebody else can read it.",
    )

    def __init__(self, present: str) -> None:
        super().__init__()
        self.present = present

    def validate_email(self, field: Field) -> None:
        """One's own address can be told; whether somebody else has it cannot."""
        if field.data == self.present:
            raise ValidationError("That is your address here already.")


class NewPasswordForm(Form):
    """A new password, chosen by somebody who came with a link."""

    password = PasswordField("New password", [good_password])

    def __init__(self, owner_email: str = "") -> None:
        super().__init__()
        self.owner_email = owner_email


class InviteForm(NewPasswordForm):
    """A member of staff's first steps."""

    display_name = NameField("What should people call you?")
    adult = BooleanField("I’m 18 or older", [Needed("Accounts here are for people of 18 or older.")])
    terms = BooleanField("I agree to the terms", [Needed("Please read and tick the terms to go on.")])


class PasswordForm(Form):
    """The password, to confirm in another browser."""

    password = PasswordField("Password", [Needed("Type your password.")])
    next = HiddenField()


class PressForm(Form):
    """A button and nothing else; the hidden token is what is checked."""


class SteppedForm(Form):
    """What asks for the code too, where the account has two-step sign-in."""

    code = StringField("Code from your app, or a spare code", [Needed("Type the code that your app shows now.")])

    def __init__(self, *, has_two_step: bool, **data: Any) -> None:
        super().__init__(**data)
        if not has_two_step:
            del self.code


class ProveForm(SteppedForm):
    """That it is the owner who sits here."""

    password = PasswordField("Password", [Needed("Type your password.")])
    next = HiddenField()


class ChangePasswordForm(SteppedForm):
    """The present password and the one to come."""

    current = PasswordField("Password now", [Needed("Type the password you have now.")])
    password = PasswordField("New password", [good_password])

    def __init__(self, owner_email: str = "", *, has_two_step: bool) -> None:
        super().__init__(has_two_step=has_two_step)
        self.owner_email = owner_email


class YouForm(Replacing):
    """What people call the person."""

    display_name = NameField("What people call you")


class PlaceForm(Replacing):
    """Where the person lives and what they read."""

    country = SelectField("Country", choices=country_choices, validate_choice=True)
    locale = SelectField("Language", choices=[SelectChoice(*pair) for pair in LANGUAGES.items()], default="en")


class ZoneForm(Replacing):
    """The zone in which times are shown."""

    zone = ZoneField("Show times in")


class ClockForm(Replacing):
    """How the hours of a day are written."""

    hours = RadioField(
        "Hours are written",
        choices=[
            SelectChoice("device", "As this device does"),
            SelectChoice("24", "13:30"),
            SelectChoice("12", "1:30 pm"),
        ],
        validators=[Needed("Choose how hours are written.")],
        invalid_choice_message="Choose one of these.",
    )

    @property
    def is_twelve(self) -> bool | None:
        """The choice as an account keeps it."""
        return {"12": True, "24": False}.get(self.hours.data)


class DiscretionForm(Replacing):
    """Who might see the screen, the mail or the calendar."""

    calendar_label = StringField("Name in your calendar", [Length(max=60, message="Use 60 characters or fewer.")])
    no_email = BooleanField("No email at all")
    exit_everywhere = BooleanField("“Leave this page” on every page")
    reminders = BooleanField("Email, 1 hour before")

    def validate_calendar_label(self, field: Field) -> None:
        """Empty means the neutral one."""
        field.data = field.data or "Appointment"
