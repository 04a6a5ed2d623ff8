"""This file knows how tax profiles and buyers' details become values; each refusal is a sentence beside its field."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import starmap
from typing import Any

from wtforms import RadioField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from practice.http.forms import Form, NameField, Replacing
from practice.safety.places import countries

from . import policy
from .models import TaxProfile
from .states import TaxStatus

STATUSES = {
    TaxStatus.REGISTERED: "I’m registered for VAT or sales tax",
    TaxStatus.EXEMPT: "What I sell is exempt",
    TaxStatus.SMALL: "I’m a small business and charge none",
}
PERCENT = re.compile(r"([0-9]{1,2})(?:[.,]([0-9]{1,2}))?\s?%?")
TAX_NUMBER = re.compile(r"[A-Z0-9][A-Z0-9 ./-]{2,}[A-Z0-9]")
MOST_LINES = 6


def basis_points(typed: str) -> int | None:
    """“13.5” as 1350; None for what is no percentage that a tax could have."""
    found = PERCENT.fullmatch((typed or "").strip())
    points = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0")) if found else 0
    return points if 0 < points <= policy.HIGHEST_RATE else None


def as_percent(rate: int) -> str:
    """1350 as “13.5”."""
    whole, rest = divmod(rate, 100)
    return f"{whole}.{rest:02}".rstrip("0") if rest else str(whole)


def _short(most: int) -> Length:
    return Length(max=most, message=f"Please keep it to {most} signs.")


def _needed(sentence: str) -> Callable[[Form, Any], None]:
    def check(_form: Form, field: Any) -> None:
        if not (field.data or "").strip():
            raise ValidationError(sentence)

    return check


def _number(_form: Form, field: Any) -> None:
    """Letters, digits and what stands between them, in capitals."""
    field.data = (field.data or "").strip().upper()
    if field.data and not TAX_NUMBER.fullmatch(field.data):
        raise ValidationError("Use letters, digits, spaces, points, dashes and slashes, such as PL 583 000 00 00.")


def _lines(_form: Form, field: Any) -> None:
    """An address as it is printed: no empty lines, and not too many."""
    lines = [line.strip() for line in (field.data or "").splitlines() if line.strip()]
    field.data = "\n".join(lines)
    if len(lines) > MOST_LINES:
        raise ValidationError(f"Please write it on {MOST_LINES} lines at most.")


class TaxForm(Replacing):
    """How a payee is taxed, as it will stand on their invoices."""

    status = RadioField(
        "How are you taxed?",
        choices=[SelectChoice(value, label) for value, label in STATUSES.items()],
        validators=[InputRequired("Choose one. If you don’t know, your tax office or an adviser does.")],
    )
    legal_name = NameField("Legal name", most=policy.LONGEST_NAME, empty="Write the name you do business under.")
    address = TextAreaField(
        "Address",
        [_needed("Write the address of your business: an invoice shows it."), _short(policy.LONGEST_ADDRESS), _lines],
    )
    country = SelectField("Country", validators=[_needed("Choose the country you are taxed in.")])
    tax_number = StringField("VAT or tax number", [_short(policy.LONGEST_NUMBER), _number])
    rate = StringField("Rate in per cent", [_short(6)])
    sentence = StringField("The sentence that your law asks for", [_short(policy.LONGEST_SENTENCE)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.country.choices = [SelectChoice("", "Choose a country"), *starmap(SelectChoice, countries())]

    @property
    def is_registered(self) -> bool:
        """Whether tax is in their prices."""
        return self.status.data == TaxStatus.REGISTERED

    def validate_tax_number(self, field: Any) -> None:
        """Needed where tax is charged."""
        if not field.data and self.is_registered:
            raise ValidationError("Write your number: whoever charges tax says under which one.")

    def validate_rate(self, field: Any) -> None:
        """A percentage, where tax is charged."""
        if self.is_registered and basis_points(field.data) is None:
            raise ValidationError("Write the rate as a percentage, such as 20 or 13.5.")

    def validate_sentence(self, field: Any) -> None:
        """Why none is charged."""
        if self.status.data and not self.is_registered and not (field.data or "").strip():
            raise ValidationError("Write why you charge none, as your law words it: it stands on each invoice.")

    def facts(self) -> dict[str, Any]:
        """What is stored: a rate only where tax is charged, a sentence only where none is."""
        return {
            "status": self.status.data,
            "legal_name": self.legal_name.data,
            "address": self.address.data,
            "country": self.country.data,
            "tax_number": self.tax_number.data,
            "rate": (basis_points(self.rate.data) or 0) if self.is_registered else 0,
            "sentence": "" if self.is_registered else (self.sentence.data or "").strip(),
        }


def as_shown(profile: TaxProfile | None) -> dict[str, Any]:
    """A tax profile as its form has it."""
    if profile is None:
        return {"status": None, "legal_name": "", "address": "", "country": ""} | dict.fromkeys(
            ("tax_number", "rate", "sentence"), ""
        )
    shown = {name: getattr(profile, name) for name in ("status", "legal_name", "address", "country")}
    rate = as_percent(profile.rate) if profile.rate else ""
    return shown | {"tax_number": profile.tax_number, "rate": rate, "sentence": profile.sentence}


class BuyerForm(Form):
    """Who an invoice is made out to."""

    name = NameField("Name", most=policy.LONGEST_NAME, empty="Write the name that is to stand on it.")
    address = TextAreaField("Address", [_short(policy.LONGEST_ADDRESS), _lines])
    tax_number = StringField("VAT or tax number", [_short(policy.LONGEST_NUMBER), _number])

    def details(self) -> dict[str, str]:
        """What is stored, without what was left empty."""
        found = {"name": self.name.data, "address": self.address.data, "tax_number": self.tax_number.data}
        return {name: value for name, value in found.items() if value}


class EmptyForm(Form):
    """A press of a button."""
