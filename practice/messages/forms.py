"""This file knows how the text of a message becomes one; each refusal is a sentence beside its field."""

from __future__ import annotations

import secrets
from typing import Any

from flask_wtf.file import MultipleFileField
from wtforms import HiddenField, StringField, TextAreaField, ValidationError
from wtforms.validators import Length, Optional

from practice.http.forms import Form, storable
from practice.values import text
from practice.values.counts import number

from . import policy
from .actions import Writing

LONGEST_KEY = 64
EMPTY = "Write a line first. It can be as short as you like."


def _fits(form: Any, field: Any) -> None:
    """Something, and not more than can be sent now; a file needs no words."""
    if not (field.data or "").strip() and not form.contents:
        raise ValidationError(EMPTY)
    if (over := len(field.data or "") - form.longest) > 0:
        raise ValidationError(
            f"Please keep it to {form.longest:,} characters. This is {over:,} more; you can send the rest later."
        )


class MessageForm(Form):
    """What is written, what it is about where it is the first, and files where somebody is signed in."""

    words = TextAreaField("Your message", validators=[_fits])
    topic = StringField(
        "What is it about?",
        validators=[Optional(), Length(max=policy.LONGEST_TOPIC, message="Please keep this to a few words.")],
    )
    files = MultipleFileField("Files")
    form_key = HiddenField(validators=[Length(max=LONGEST_KEY), storable])
    longest = policy.FIRST_LONGEST

    def validate_files(self, _field: Any) -> None:
        """Few of them; what is in each is looked at as it is kept."""
        if len(self.contents) > policy.MOST_FILES:
            raise ValidationError(f"Send {number(policy.MOST_FILES)} files at most with one message.")

    @property
    def contents(self) -> tuple[bytes, ...]:
        """The bytes of each file that was chosen, at most one more than can be sent."""
        found = [each for each in self.files.data or () if getattr(each, "filename", "")]
        return tuple(_read(each) for each in found[: policy.MOST_FILES + 1])

    @property
    def writing(self) -> Writing:
        """What is sent."""
        topic = (self.topic.data or "").strip()
        return Writing((self.words.data or "").strip(), self._key(), topic, self.contents)

    def _key(self) -> str:
        key = self.form_key.data or ""
        return key if key and not text.fault(key, is_line=True) else secrets.token_urlsafe(24)


def _read(upload: Any) -> bytes:
    """The bytes of an upload, one more than can be kept at most; it can be asked for again."""
    upload.stream.seek(0)
    content: bytes = upload.stream.read(policy.FILE_BYTES + 1)
    return content


def fresh(longest: int, **filled: Any) -> MessageForm:
    """A form that sends one message, filled in as somebody left it."""
    form = MessageForm(formdata=None, data={"form_key": secrets.token_urlsafe(24)} | filled)
    form.longest = longest
    return form


def sent(longest: int) -> MessageForm:
    """The form as it was sent."""
    form = MessageForm()
    form.longest = longest
    return form


def again(form: MessageForm) -> MessageForm:
    """The same words in a form that can send once more."""
    form.form_key.data = secrets.token_urlsafe(24)
    return form
