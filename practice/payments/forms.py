"""This file knows how what a payee chooses before they open an account becomes a country and a currency."""

from __future__ import annotations

from functools import cache
from typing import Any

from wtforms import SelectChoice, SelectField, ValidationError

from practice.config import settings
from practice.http.forms import Form
from practice.providers.stripe_gateway.accounts import PAYS_TO
from practice.safety.places import countries


@cache
def _countries() -> list[SelectChoice]:
    return [SelectChoice("", "Choose")] + [SelectChoice(code, name) for code, name in countries() if code in PAYS_TO]


def currencies() -> list[SelectChoice]:
    """The currencies in which somebody can be paid."""
    return [SelectChoice("", "Choose")] + [SelectChoice(code, code) for code in sorted(settings().sells_in)]


def _chosen(_form: Form, field: Any) -> None:
    if not field.data:
        raise ValidationError("Choose one from the list.")


class AccountForm(Form):
    """Where somebody works, and in which currency they are paid."""

    country = SelectField("Country you work in", choices=_countries, validators=[_chosen])
    currency = SelectField(
        "Currency of your bank account",
        choices=currencies,
        validators=[_chosen],
    )
