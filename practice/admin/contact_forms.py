"""This file knows how what staff do with a ticket becomes values; each refusal is a sentence beside its field."""

from __future__ import annotations

from typing import Any

from wtforms import SelectChoice, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length, Optional

from practice.contact import queries
from practice.contact.labels import ABOUT
from practice.contact.models import Ticket
from practice.contact.policy import LONGEST
from practice.contact.states import TicketState
from practice.http.forms import Replacing, SentOnce

KEPT_SHORT = Length(max=LONGEST, message=f"Please keep it under {LONGEST:,} characters.")


class AnswerForm(SentOnce):
    """What one of the staff answers, and what comes after."""

    words = TextAreaField("What they read", validators=[InputRequired("Write the answer first."), KEPT_SHORT])
    do = SelectField(
        "And then",
        choices=[
            SelectChoice(TicketState.ANSWERED.value, "It’s answered"),
            SelectChoice(TicketState.WAITING.value, "It waits for them"),
            SelectChoice(TicketState.CLOSED.value, "It’s closed"),
        ],
        default=TicketState.ANSWERED.value,
    )


class NoteForm(SentOnce):
    """Words for colleagues."""

    note = TextAreaField("A note for staff", validators=[InputRequired("Write the note first."), KEPT_SHORT])


class MoveForm(Replacing):
    """What it is about after all."""

    category = SelectField("It is about", choices=[SelectChoice(each.value, words) for each, words in ABOUT.items()])
    slug = StringField(
        "Whom a complaint is about",
        validators=[Optional(), Length(max=80, message="That is too long for the end of an address.")],
    )
    about_id: int | None = None

    def validate_slug(self, field: Any) -> None:
        """Somebody of that address, if one is named."""
        if field.data:
            found = queries.specialist(field.data)
            if found is None:
                raise ValidationError("Nobody has this address. It is the last part of the address of their page.")
            self.about_id = found.id


def as_it_is(ticket: Ticket) -> dict[str, str]:
    """The fields of a `MoveForm` as the ticket has them."""
    return {"category": ticket.category, "slug": ticket.about.slug if ticket.about else ""}
