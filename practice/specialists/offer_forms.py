"""This file knows how text from a browser becomes offers: lengths, prices, terms, and who pays a lower price."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import BooleanField, Field, RadioField, SelectChoice, SelectField
from wtforms.validators import InputRequired, Optional, ValidationError

from practice.http.clocks import day
from practice.http.forms import Form, NumberField, Replacing
from practice.values import clock
from practice.values.commission import STANDARD
from practice.values.money import Money, parse_price

from . import choices
from .cancel_rules import PRESETS, Preset
from .clients import KnownClient
from .forms import line
from .selling import NOT_LOWER, ForSale, length_fault, net_lines, price_fault

ROWS = (1, 2, 3)  # of prices in an application
NO_LENGTH = length_fault(None)


class PricedForm(Replacing):
    """What forms with prices share: one currency, and the question whether figures stay while it changes.

    The names of its prices begin with "price" or end with "_price".
    """

    currency = SelectField("Currency", choices=[SelectChoice(code, code) for code in choices.CURRENCIES], default="EUR")
    means_it = BooleanField("Yes, these are my prices in the new currency")

    rate = STANDARD
    is_settled = False

    def paid_out(self, currency: str | None, rate: int) -> None:
        """How what is sold is paid out: nobody chooses a currency once there is a payout account, and the commission
        is a rate in basis points."""
        self.rate, self.is_settled = rate, currency is not None
        if currency:
            self.currency.choices = [SelectChoice(currency, currency)]
            self.currency.data = currency

    def validate_means_it(self, field: Any) -> None:
        """Figures that stay while their currency changes are mostly forgotten, and people would be shown them."""
        before = self.stored.get("currency")
        if field.data or before is None or self.currency.data == before:
            return
        if any(map(self._stays, self.prices_by_name())):
            raise ValidationError(
                f"These figures were in {before}. Please write what a session costs in "
                f"{self.currency.data}, or tick this if the figures stay as they are."
            )

    def prices_by_name(self) -> list[str]:
        """The names of the fields with prices."""
        return [
            each.short_name for each in self if each.short_name.startswith("price") or each.short_name[-6:] == "_price"
        ]

    def net_of(self, name: str) -> tuple[str, str] | None:
        """What stands under a price: what its specialist gets, and our share; None for what is no price (yet)."""
        price = self.parsed(name)
        return net_lines(price, self.rate) if price and not price_fault(price) else None

    def parsed(self, name: str) -> Money | None:
        """The price that was typed there, or is stored; None for none, and for what is none."""
        try:
            return parse_price(self[name].data, self.currency.data) if self[name].data else None
        except ValueError:
            return None  # said beside the price

    def _own_fields(self) -> list[Field]:
        """Without the answer to a question about this very press: it is not stored."""
        return [field for field in super()._own_fields() if field is not self.means_it]

    def _stays(self, name: str) -> bool:
        before, typed = self.stored.get(name), self[name].data
        if not before or not typed:
            return False
        try:
            return parse_price(before, self.currency.data).amount == parse_price(typed, self.currency.data).amount
        except ValueError:
            return False  # said beside the price

    def check_price(self, field: Any) -> None:
        """A price that somebody can pay; an empty field is none."""
        if not field.data:
            return
        try:
            price = parse_price(field.data, self.currency.data or "")
        except ValueError as error:
            raise ValidationError(str(error)) from None
        if fault := price_fault(price):
            raise ValidationError(fault)


class FirstPricesForm(PricedForm):
    """The free consultation and the first lengths, in the application; one without a price is not offered."""

    consult = BooleanField("Offer free consultations")
    minutes_1 = NumberField("Length of the first session, minutes", wrong=NO_LENGTH)
    price_1 = line("Price of the first session", 14)
    minutes_2 = NumberField("Length of the second session, minutes", wrong=NO_LENGTH)
    price_2 = line("Price of the second session", 14)
    minutes_3 = NumberField("Length of the third session, minutes", wrong=NO_LENGTH)
    price_3 = line("Price of the third session", 14)

    def validate(self, extra_validators: Any = None) -> bool:
        """Each price with a length of its own."""
        rules = {f"price_{row}": [_price_of_a_row] for row in ROWS} | {f"minutes_{row}": [_length] for row in ROWS}
        return super().validate(rules | dict(extra_validators or {}))

    def prices(self) -> dict[int, Money | None]:
        """Minutes to price; None where a length that was offered is not any more."""
        gone = {self.stored[f"minutes_{row}"]: None for row in ROWS if self.stored.get(f"price_{row}")}
        return gone | {
            self[f"minutes_{row}"].data: self.parsed(f"price_{row}") for row in ROWS if self[f"price_{row}"].data
        }


def _price_of_a_row(form: Any, field: Any) -> None:
    form.check_price(field)


def _length(form: Any, field: Any) -> None:
    """Where there is a price: a length that can be offered, and no other row has it."""
    priced = [form[f"minutes_{row}"] for row in ROWS if form[f"price_{row}"].data]
    if field not in priced:
        return
    if fault := length_fault(field.data):
        raise ValidationError(fault)
    if any(each.data == field.data for each in priced[: priced.index(field)]):
        raise ValidationError(
            f"{field.data} minutes have a row above already. Choose another length, or leave this price empty."
        )


class OfferForm(PricedForm):
    """One session: how long, for how much, on which terms."""

    minutes = NumberField("Length, minutes", wrong=NO_LENGTH, validators=[InputRequired(NO_LENGTH)])
    price = line("Price", 14, required="Write what a session costs.")
    rule = RadioField(
        "If plans change",
        [InputRequired("Choose what comes back to a client who cancels.")],
        choices=[SelectChoice(each.value, each.value.capitalize()) for each in Preset],
    )
    consult_first = BooleanField("Consult first")
    lower_count = NumberField("How many", wrong="Write how many, as a whole number.", validators=[Optional()])
    lower_price = line("Lower price", 14)

    def validate_minutes(self, field: Any) -> None:
        """From 20 to 180, in steps of five."""
        if fault := length_fault(field.data):
            raise ValidationError(fault)

    def validate_price(self, field: Any) -> None:
        """One that somebody can pay."""
        self.check_price(field)

    validate_lower_price = validate_price

    def validate(self, extra_validators: Any = None) -> bool:
        """Each by itself, then all of it together."""
        if not super().validate(extra_validators):
            self._refuse_lower()
            return False
        self.refuse(self.for_sale().faults())
        return not self.errors

    def _refuse_lower(self) -> None:
        """A lower price above the price is named beside what else is wrong, not after it."""
        price, lower = self.parsed("price"), self.parsed("lower_price")
        if price is not None and lower is not None and not self["lower_price"].errors and lower >= price:
            self.refuse({"lower_price": NOT_LOWER})

    def refuse(self, faults: Mapping[str, str]) -> None:
        """Say beside each field what is wrong with it."""
        for name, sentence in faults.items():
            self["lower_price" if name == "lower" else name].errors = [sentence]

    def for_sale(self) -> ForSale:
        """What an action takes."""
        price = self.parsed("price")
        assert price is not None
        return ForSale(
            minutes=self.minutes.data,
            price=price,
            rule=PRESETS[Preset(self.rule.data)],
            consult_first=self.consult_first.data,
            lower=self.parsed("lower_price"),
            lower_count=self.lower_count.data or 0,
        )


def _known_by(each: KnownClient) -> str:
    """Initials alone are soon two people's: with the day of the meeting that is meant."""
    met = "met on" if each.met_at <= clock.now() else "you meet on"
    return f"{each.initials}, {met} {day(each.met_at, pattern='d MMMM y')}"


class LowerPriceForm(Form):
    """Who pays the lower price from now on."""

    client = SelectField("Give a place to", choices=[])

    def offer_to(self, known: Sequence[KnownClient]) -> None:
        """Fill the list of people."""
        self.client.choices = [("", "Choose somebody"), *((each.code, _known_by(each)) for each in known)]

    def validate_client(self, field: Any) -> None:
        """Somebody."""
        if not field.data:
            raise ValidationError("Choose somebody from the list.")
