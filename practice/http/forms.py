"""This file knows what every form of ours can do: be shown again without acting, and show what it would overwrite."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from flask_wtf import FlaskForm
from markupsafe import Markup
from wtforms import (
    Field,
    HiddenField,
    IntegerField,
    PasswordField,
    StringField,
    TextAreaField,
    ValidationError,
    widgets,
)
from wtforms.fields.choices import Choice
from wtforms.fields.core import UnboundField
from wtforms.validators import Length

from practice.store.db import is_only_shown
from practice.store.versions import Changed, Shown, mark_of
from practice.values import text
from practice.values.counts import whole

from .protection import FormTokens


class NameField(StringField):
    """What somebody is called; `empty` is the sentence for none, "" where there may be none."""

    data: Any

    def __init__(self, label: str, *, most: int = text.LONGEST_NAME, empty: str = text.NAMELESS, **more: Any) -> None:
        super().__init__(label, **more)
        self.most, self.empty = most, empty

    def pre_validate(self, form: Any) -> None:
        """One idea of a name, wherever one is asked for."""
        self.data = (self.data or "").strip()
        if not self.data and self.empty:
            raise ValidationError(self.empty)
        try:
            self.data = self.data and text.clean_name(self.data, self.most)
        except ValueError as error:
            raise ValidationError(str(error)) from error


class NumberField(IntegerField):
    """A whole number, in the digits that everybody reads; `wrong` is the sentence for anything else."""

    data: Any

    def __init__(self, label: str, *, wrong: str, **more: Any) -> None:
        super().__init__(label, **more)
        self.wrong = wrong

    def process_formdata(self, valuelist: list[str]) -> None:
        """Raises `ValueError` for what is none, in our words."""
        if valuelist and (found := whole(valuelist[0])) is None:
            self.data = None
            raise ValueError(self.wrong)
        self.data = found if valuelist else self.data


class DropDown(widgets.Select):
    """A list to choose from. Each option is written once: one of zones has four hundred, on half a dozen pages."""

    @classmethod
    def render_option(cls, choice: Any, **more: Any) -> Markup:
        """The option as the library writes it."""
        if choice.render_kw or more or not isinstance(choice.value, str):
            written: Markup = super().render_option(choice, **more)
            return written
        return _option(choice.value, choice.label, bool(choice.selected))


# A name that was escaped and one that was not are equal as texts, so the types count.
@lru_cache(maxsize=2_000, typed=True)
def _option(value: str, label: str, is_selected: bool) -> Markup:
    written: Markup = widgets.Select.render_option(Choice(value, label, is_selected, {}))
    return written


class Form(FlaskForm):
    """A form with its hidden token. One that was kept and is shown again is never right yet: its page shows it.

    Whatever is typed into it is tidied first, and refused beside its field where it cannot be kept.
    """

    class Meta(FlaskForm.Meta):
        csrf_class = FormTokens

        def bind_field(self, form: Any, unbound_field: Any, options: Any) -> Any:
            """As the library does it; what is chosen from a list is written by our own hand."""
            field = super().bind_field(form, unbound_field, options)
            if type(field.widget) is widgets.Select:
                field.widget = DropDown(field.widget.multiple)
            return field

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self:
            if isinstance(field.data, text.Name):
                field.data = field.data.bare
            elif field.raw_data and isinstance(field.data, str) and _is_text(field):
                field.data = text.tidy(field.data)

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether everything in it is right; sentences stand beside the fields."""
        more = dict(extra_validators or {})
        for name, field in self._fields.items():
            if _is_text(field):
                more[name] = [storable, *more.get(name, ())]
        return bool(super().validate(more)) and not is_only_shown()

    @property
    def is_shown_again(self) -> bool:
        """True for the form that was kept, while its page is made: what hides it stands open."""
        return is_only_shown() and any(field.raw_data for field in self)


class SentOnce(Form):
    """A form that does its thing once, however often it is sent: by its key a second sending is known."""

    form_key = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not _FORM_KEY.fullmatch(self.form_key.data or ""):
            self.renew()

    @property
    def key(self) -> str:
        """Random characters of one form, the same each time it is sent."""
        return str(self.form_key.data)

    def renew(self) -> None:
        """From now on it is another form, with the same words in it."""
        self.form_key.data = secrets.token_urlsafe(18)


_FORM_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")
NOT_WHOLE = "This form may not have come whole, or its page is an old one."


class Replacing(Form):
    """A form over something stored, given as `data` or `obj`; `seen` carries the mark of what its page showed.

    The mark stands at the form's end (`shown` in components/field.html): what a browser sends before the page has come
    whole lacks it, and replaces nothing. So does a mark with no field beside it.

    `data` may hold more than fields: whatever else would be overwritten unseen. `over` is what is stored where the
    form is filled with something else.
    """

    seen = HiddenField()
    is_stale = False
    # What is said first where nobody else need have changed it: the page had shown nothing of what is stored.
    already = ""
    # What is said about the change and replaces nothing, by name: why it is made.
    about_it: tuple[str, ...] = ()

    def __init__(self, *args: Any, over: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = (over, kwargs.get("data"), kwargs.get("obj"))
        self.stored = self._facts(next((each for each in given if each is not None), {}))
        if self.seen.raw_data is None:
            self.seen.data = self._marks()
        elif not (self.seen.raw_data and any(field.raw_data for field in self._own_fields())):
            self.seen.data = ""

    def replaces(self, read: Callable[[], Any], act: Callable[[Shown], object]) -> bool:
        """Have `act` save what was typed; `read` is what is stored. False when that is not what the page showed.

        Then nothing is saved, the form holds what was typed, and the next press replaces what it now shows.
        """
        try:
            act(Shown((self.seen.data or "").partition(".")[0], lambda: self._facts(read())))
        except Changed:
            self.already = self.already if self.seen.data else NOT_WHOLE
            self.stored, self.is_stale = self._facts(read()), True
            for name in self._untouched():
                self.follow(name)
            self.seen.data = self._marks()
            # The same button pressed twice: what was to be saved is saved.
            return not self.differences()
        return True

    def differences(self) -> list[tuple[str, str, str]]:
        """Each thing that is stored otherwise than it was typed: its name, the stored and the typed, in words."""
        shown = [field for field in self if field.short_name in self.stored and field.type not in ("CSRFTokenField",)]
        rows = [(f.label.text, as_read(f, self.stored[f.short_name]), as_read(f, f.data)) for f in shown]
        return [(name, stored, typed) for name, stored, typed in rows if stored != typed]

    def parts(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        """Whatever somebody can touch by itself, by name: each field."""
        return {f.short_name: facts.get(f.short_name) for f in self._own_fields()}

    def parts_typed(self) -> dict[str, Any]:
        """The same as it was typed."""
        return {f.short_name: f.data for f in self._own_fields()}

    def follow(self, name: str) -> None:
        """Have an untouched part hold what is stored by now."""
        field = self[name]
        field.raw_data = None
        field.process_data(self.stored[name])

    def _untouched(self) -> list[str]:
        """The names of parts that were sent as their page showed them."""
        shown = dict(part.split("=") for part in (self.seen.data or "").split(".")[1:] if part.count("=") == 1)
        return [name for name, value in self.parts_typed().items() if shown.get(name) == _short_mark(value)]

    def _marks(self) -> str:
        """The mark of all that is stored, and a short one of each part."""
        each = (f"{name}={_short_mark(value)}" for name, value in self.parts(self.stored).items())
        return ".".join((mark_of(self.stored), *each))

    @property
    def unsaved(self) -> list[str]:
        """The names of fields that hold something else than what is stored, where that is what the page is about."""
        if not (self.is_stale or self.is_shown_again):
            return []
        fields = [field for field in self._own_fields() if field.short_name in self.stored]
        return [f.short_name for f in fields if as_read(f, f.data) != as_read(f, self.stored[f.short_name])]

    def _facts(self, stored: Any) -> dict[str, Any]:
        """What is stored, for each field, as a mapping or as the attributes of a row; and all else of a mapping."""
        if isinstance(stored, Mapping):
            return {f.short_name: stored.get(f.short_name) for f in self._own_fields()} | dict(stored)
        return {f.short_name: getattr(stored, f.short_name, None) for f in self._own_fields()}

    def _own_fields(self) -> list[Field]:
        others = ("seen", *self.about_it)
        return [field for field in self if field.type != "CSRFTokenField" and field.short_name not in others]


def _short_mark(value: Any) -> str:
    """Six digits of a value as a browser would send it."""
    if value in (None, "", [], ()):
        value = ""
    elif isinstance(value, (list, tuple)):
        value = sorted(map(str, value))
    elif not isinstance(value, bool):
        value = str(value).replace("\r\n", "\n").strip()
    return mark_of(value)[:6]


def as_read(field: Field, value: Any) -> str:
    """A field's value as people read it: the labels of choices, "yes" or "no", a date in words, "nothing"."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value in (None, "", [], ()):
        return "nothing"
    if isinstance(value, date):
        return f"{value.day} {value:%B %Y}"
    labels = _labels(field)
    if isinstance(value, (list, tuple)):
        return ", ".join(sorted(labels.get(str(each), str(each)) for each in value))
    return labels.get(str(value), str(value).replace("\r\n", "\n").strip())


def _labels(field: Field) -> dict[str, str]:
    if not hasattr(field, "iter_choices"):
        return {}
    return {str(choice.value): str(choice.label) for choice in field.iter_choices()}


def short(most: int) -> Length:
    """No longer than so many characters."""
    return Length(max=most, message=f"Please keep it under {most:,} characters.")


def storable(_form: Form, field: Any) -> None:
    """Only what can be stored and shown again."""
    if wrong := text.fault(field.data or "", is_line=not isinstance(field, TextAreaField)):
        raise ValidationError(wrong)


def _is_text(field: Any) -> bool:
    """Whether somebody types here what is shown again; a name has rules of its own, what is hidden is ours."""
    return isinstance(field, StringField) and not isinstance(field, PasswordField | HiddenField | NameField)


def labels(names: Collection[str]) -> dict[str, str]:
    """What the fields that people write into are called, by their names, on the form of ours that these names fit best.

    For a form that was refused before any form of ours read it.
    """
    sent = set(names)
    fields = max(map(_fields, _kinds(Form)), key=lambda fields: (len(sent & fields.keys()), -len(fields)), default={})
    return {
        name: str(field.args[0] if field.args else field.kwargs.get("label") or "")
        for name, field in fields.items()
        if issubclass(field.field_class, StringField)
        and not issubclass(field.field_class, (HiddenField, PasswordField))
    }


def _kinds(kind: type[FlaskForm]) -> Iterator[type[FlaskForm]]:
    for form in kind.__subclasses__():
        yield form
        yield from _kinds(form)


def _fields(form: type[FlaskForm]) -> dict[str, UnboundField[Any]]:
    found = {name: field for kind in reversed(form.__mro__) for name, field in vars(kind).items()}
    return {name: field for name, field in found.items() if isinstance(field, UnboundField)}
