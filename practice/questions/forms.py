"""This file knows how the text of the forms about questions becomes values; each refusal is a sentence beside its
field."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from typing import Any

import regex
from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
    widgets,
)
from wtforms.validators import Length, Optional

from practice.accounts.intents import LONGEST_FIELD
from practice.http.forms import Form, NameField, Replacing, as_read, storable
from practice.safety.places import countries
from practice.specialists.models import Topic
from practice.store.versions import mark_of

from . import labels, policy
from .actions import NewQuestion

NO_NAME, FIRST_NAME = "no", "yes"
# What a visitor’s form is kept with at the gate.
FIELDS = (
    *("title", "words", "topics", "relation", "country", "age_band", "shows", "first_name", "may_be_indexed"),
    *("may_stay", "help_shown", "as_it_is", "form_key"),
)
LONGEST_KEY = 64
LONGEST_NAME = 30
_NAME = regex.compile(r"[\p{L}\p{M}]+(?:['’\-\u200c\u200d][\p{L}\p{M}]+){0,2}")


def _short(most: int) -> Length:
    return Length(max=most, message=f"Please keep it under {most:,} characters.")


def one_name(typed: str) -> None:
    """Nobody reads it before others do, so it is made of letters: no address, number or sentence fits in."""
    if " " in typed or len(typed) > LONGEST_NAME or _NAME.fullmatch(typed) is None:
        raise ValidationError("A first name only, in letters: with more of it, people can tell who you are.")


class AskForm(Form):
    """A question. What is only kept needs no more than a few words."""

    is_only_kept = False
    title = StringField("Your question, in one line", validators=[_short(policy.LONGEST_TITLE)])
    words = TextAreaField("A little more, if you like", validators=[Optional(), _short(policy.LONGEST_WORDS)])
    topics = SelectMultipleField(
        "Closest topics", option_widget=widgets.CheckboxInput(), widget=widgets.ListWidget(), choices=[]
    )
    relation = RadioField(
        "Whom is it about, besides you?",
        choices=[SelectChoice(value, label) for value, label in labels.RELATIONS.items()],
        validators=[Optional()],
    )
    country = SelectField(
        "Country",
        choices=[SelectChoice(*pair) for pair in (("", "Rather not say"), *countries())],
        validators=[Optional()],
    )
    age_band = SelectField(
        "Your age",
        choices=[SelectChoice(*pair) for pair in (("", "Rather not say"), *labels.AGES.items())],
        validators=[Optional()],
    )
    shows = RadioField(
        "How should we show it?",
        choices=[
            SelectChoice(NO_NAME, "Everyone, without my name"),
            SelectChoice(FIRST_NAME, "Everyone, with my first name"),
        ],
        default=NO_NAME,
    )
    first_name = NameField("First name", empty="")
    may_be_indexed = BooleanField("Search engines may show it, too")
    may_stay = BooleanField("It may stay when my account ends")
    form_key = HiddenField(validators=[Length(max=LONGEST_KEY), storable])
    help_shown = HiddenField()
    as_it_is = HiddenField()

    def offer_topics(self, topics: Iterable[Topic]) -> AskForm:
        """The same with what can be chosen."""
        self.topics.choices = [SelectChoice(topic.slug, topic.name) for topic in topics]
        return self

    def validate_title(self, field: Any) -> None:
        """A question is sent with its first line; what is kept needs a word anywhere."""
        if (field.data or "").strip() or (self.is_only_kept and (self.words.data or "").strip()):
            return
        raise ValidationError("Write your question in one line, like you’d say it to a friend.")

    def validate_topics(self, field: Any) -> None:
        """One to three, so that those who know about it find it."""
        if not self.is_only_kept and not field.data:
            raise ValidationError("Choose the closest topic, so that the right people can answer.")
        if len(field.data or ()) > policy.MOST_TOPICS:
            raise ValidationError(f"Choose {policy.MOST_TOPICS} topics at most.")

    def validate_first_name(self, field: Any) -> None:
        """One name, and only where it is to be shown."""
        if self.shows.data != FIRST_NAME:
            return
        if not field.data:
            raise ValidationError("Write the first name that should stand there, or choose to ask without.")
        one_name(field.data)

    @property
    def mark(self) -> str:
        """Of the words as they stand: what was looked at once is not asked about again until they change."""
        return mark_of(((self.title.data or "").strip(), (self.words.data or "").strip()))

    @property
    def new(self) -> NewQuestion:
        """What an action takes."""
        has_name = self.shows.data == FIRST_NAME
        return NewQuestion(
            title=(self.title.data or "").strip(),
            words=(self.words.data or "").strip(),
            topics=tuple(self.topics.data or ()),
            relation=self.relation.data or "",
            country=self.country.data or "",
            age_band=self.age_band.data or "",
            first_name=(self.first_name.data or "") if has_name else "",
            may_be_indexed=bool(self.may_be_indexed.data),
            may_stay=bool(self.may_stay.data),
        )

    @property
    def key(self) -> str | None:
        """The form's own key, None where it cannot be one."""
        key: str = self.form_key.data or ""
        return key if key and len(key) <= LONGEST_KEY else None

    def at_the_gate(self) -> dict[str, Any]:
        """What is kept of it at the gate."""
        return {name: _shortened(self[name].data) for name in FIELDS}


def _shortened(value: Any) -> Any:
    """What no form could bring back is not kept either."""
    return value[:LONGEST_FIELD] if isinstance(value, str | list) else value


def new_key() -> str:
    """A key that no other form has."""
    return secrets.token_urlsafe(24)


def filled(fields: Mapping[str, Any], topics: Iterable[Topic], **more: Any) -> AskForm:
    """The form holding what was kept of it, or nothing yet."""
    known = {name: value for name, value in fields.items() if name in FIELDS and value is not None}
    if isinstance(known.get("topics"), str):
        known["topics"] = [known["topics"]]
    data = {"shows": NO_NAME, **more, **known, "form_key": known.get("form_key") or new_key()}
    return AskForm(formdata=None, data=data).offer_topics(topics)


def differences(form: AskForm, stored: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Each thing that is stored otherwise than it was typed: its name, the stored and the typed, in words."""
    fields = [form[name] for name in FIELDS if name not in ("help_shown", "as_it_is", "form_key")]
    pairs = (
        (field.label.text, as_read(field, stored.get(field.short_name)), as_read(field, field.data)) for field in fields
    )
    return [each for each in pairs if each[1] != each[2]]


class NameForm(Replacing):
    """Which first name stands above a question; none for the drawn one."""

    first_name = NameField("First name", empty="")

    def validate_first_name(self, field: Any) -> None:
        """One name."""
        if field.data:
            one_name(field.data)
