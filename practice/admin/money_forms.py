"""This file knows how staff say what should become of money: amounts as people type them, a reason, words."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from wtforms import DateField, HiddenField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from practice.config import settings
from practice.http.forms import Form
from practice.payments import actions as payments
from practice.payments.kinds import LIMITS, Reason, SettingKey
from practice.values.counts import whole
from practice.values.currencies import CURRENCIES
from practice.values.money import Money, parse_price

from .money_labels import REASONS

WORDS = Length(max=500, message="Use 500 characters at most.")
# It stands in the history of settings as well.
SHORT = Length(max=200, message="Use 200 characters at most.")


class BackForm(Form):
    """So much more of one line back. `shown` is what of it had come back as the page was made."""

    amount = StringField("Amount", [InputRequired("Write an amount, such as 36.00."), Length(max=30)])
    reason = SelectField(
        "Reason",
        [InputRequired("Choose a reason.")],
        choices=[SelectChoice("", "Choose"), *(SelectChoice(each.value, REASONS[each]) for each in Reason)],
    )
    words = TextAreaField("In a few words", [DataRequired("Say in a few words why."), WORDS])
    shown = HiddenField(validators=[InputRequired()])

    def wanted(self, currency: str) -> payments.Return | None:
        """What an action takes; None, with a sentence beside the amount, for what is none."""
        try:
            more = parse_price(self.amount.data or "", currency)
        except ValueError:
            more = Money(0, currency)
        if not more.amount or not more.is_payable:
            self.amount.errors = [*self.amount.errors, "Write an amount, such as 36.00."]
            return None
        shown = whole(self.shown.data or "")
        known = -1 if shown is None else shown
        return payments.Return(
            more=more, shown=known, reason=Reason(self.reason.data), words=(self.words.data or "").strip()
        )


class WordsForm(Form):
    """Why, where that is all there is to say."""

    words = StringField("Why", [DataRequired("Say in a few words why."), SHORT])

    def why(self) -> str:
        """As an action takes it."""
        return (self.words.data or "").strip()


class AnswerForm(Form):
    """What the second person adds; they may say nothing."""

    words = StringField("Why you agree or not", [Optional(), WORDS])

    def why(self) -> str:
        """As an action takes it."""
        return (self.words.data or "").strip()


class SoughtForm(Form):
    """Which order: never in an address of ours, since those are kept by browsers and proxies."""

    sought = StringField(
        "Code, card processor’s id, or email address",
        [DataRequired("Write a code, an id or the whole address."), Length(max=320)],
        filters=[lambda text: (text or "").strip().rpartition("order:")[2].rpartition("booking:")[2].strip()],
    )


class SettingForm(Form):
    """What something is to be, from when, and why."""

    value = StringField("", [InputRequired("Write a number."), Length(max=12)])
    currency = SelectField("Currency", [Optional()], choices=[])
    from_on = DateField("From the beginning of", [Optional()])
    because = StringField("Why it changes", [DataRequired("Say in a few words why."), SHORT])

    def of(self, key: SettingKey) -> SettingForm:
        """The same for one setting: what its value means, and whether currencies have their own."""
        self.value.label.text = "Per cent" if key == SettingKey.COMMISSION else "Amount, without cents"
        self.currency.choices = [("", "Every currency that has no amount of its own")]
        if key in LIMITS:
            self.currency.choices += [(each, each) for each in sorted(CURRENCIES)]
        return self

    def change(self, key: SettingKey) -> payments.Change | None:
        """What an action takes; None, with a sentence beside the value, for what is no number of its kind."""
        value = _number(self.value.data or "", hundredths=key == SettingKey.COMMISSION)
        if value is None:
            self.value.errors = [*self.value.errors, self._one_of(key)]
            return None
        return payments.Change(
            key=key,
            value=value,
            because=(self.because.data or "").strip(),
            currency=self.currency.data or "",
            from_at=None if self.from_on.data is None else midnight(self.from_on.data),
        )

    def _one_of(self, key: SettingKey) -> str:
        is_share = key == SettingKey.COMMISSION
        return "Write a number with at most two decimals, such as 12.5." if is_share else "Write a whole number."


def midnight(on: date) -> datetime:
    """When a day begins where the platform is at home, which is whose days its books have."""
    return datetime(on.year, on.month, on.day, tzinfo=ZoneInfo(settings().zone))


def _number(typed: str, *, hundredths: bool) -> int | None:
    if not typed.isascii():
        return None
    try:
        value = Decimal(typed.strip().removesuffix("%").strip().replace(",", ".")) * (100 if hundredths else 1)
    except InvalidOperation:
        return None
    is_whole: Any = value.is_finite() and value == value.to_integral_value() and abs(value) < 10**9
    return int(value) if is_whole else None
