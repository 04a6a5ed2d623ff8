"""This file knows what somebody typed into the form that was just sent: what may be kept or shown back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from flask import request

from . import forms, origins

# A name that holds one of these is a secret's: it is neither kept nor shown.
SECRET = ("password", "csrf", "token", "secret", "card", "code", "current", "recovery")
# What forms say among themselves; nobody wrote it.
OURS = ("seen", "form_key", "next", "start", "as_of", "help_shown", "week", "hold", "locale", "do")
# More is a text, and gets a field of its own.
A_LINE = 60
# How forms name a choice: "video", "in_person", "y".
A_CHOICE = re.compile(r"[a-z_]+")


def is_secret(name: str) -> bool:
    """True for a field whose content is neither kept nor shown."""
    return any(word in name.lower() for word in SECRET)


def sent() -> dict[str, list[str]]:
    """What stands in the form that was sent, but for secrets."""
    return {name: values for name, values in request.form.lists() if not is_secret(name)}


def left_out() -> list[str]:
    """What was sent and is never kept, in words."""
    secret = [name for name in request.form if is_secret(name) and name != "csrf_token"]
    has_secret = any(value for name in secret for value in request.form.getlist(name))
    has_file = any(each.filename for each in request.files.values())
    return [words for words, was_sent in (("a password or a code", has_secret), ("a file", has_file)) if was_sent]


def written(fields: Mapping[str, Sequence[str]]) -> list[str]:
    """Each thing that a person wrote or chose, once, the long ones last; marks and dates of ours are none."""
    named = [(name.rpartition("-")[2], value.strip()) for name, values in fields.items() for value in values]
    found = dict.fromkeys(value for name, value in named if name not in OURS and any(c.isalpha() for c in value))
    return sorted(found, key=lambda text: (is_long(text), len(text) if is_long(text) else 0))


def is_long(text: str) -> bool:
    """True for more than fits on a line."""
    return len(text) > A_LINE or "\n" in text


class TypedText(NamedTuple):
    """One thing that was typed, and what its field is called; "" where no form of ours says so."""

    label: str
    text: str


@dataclass(frozen=True)
class Refused:
    """A form that was refused as a whole, as its page shows it back: to read, to copy, to send again.

    `labels` names the fields of our forms that people write into.
    """

    path: str
    fields: dict[str, list[str]]
    left_out: list[str]
    labels: Mapping[str, str]

    @property
    def texts(self) -> list[TypedText]:
        return [typed_text for typed_text in self._all_texts() if is_long(typed_text.text)]

    @property
    def lines(self) -> list[TypedText]:
        """The short ones. A choice, as forms say it among themselves, is shown only where there is nothing else."""
        short = [typed_text for typed_text in self._all_texts() if not is_long(typed_text.text)]
        return [each for each in short if each.label or not A_CHOICE.fullmatch(each.text)] or (
            [] if self.texts else short
        )

    def _all_texts(self) -> list[TypedText]:
        last = [(name.rpartition("-")[2], value.strip()) for name, value in self.pairs]
        names = {value: name for name, value in reversed(last) if name not in OURS}
        return [TypedText(self.labels.get(names[text], ""), text) for text in written(self.fields)]

    @property
    def is_whole(self) -> bool:
        """Whether sending what is here would be the same form again."""
        return not self.left_out

    @property
    def pairs(self) -> Iterable[tuple[str, str]]:
        return [(name, value) for name, values in self.fields.items() for value in values]


def refused() -> Refused | None:
    """The form that is being refused; None if it was not read, holds nothing written, or another site may have sent it.

    A form that nobody has read stays unread: its body may be the very reason.
    """
    if request.method in ("GET", "HEAD") or "form" not in request.__dict__ or not origins.is_ours():
        return None
    fields = sent()
    return Refused(request.full_path.rstrip("?"), fields, left_out(), _labels(fields)) if written(fields) else None


def _labels(fields: Mapping[str, Sequence[str]]) -> dict[str, str]:
    return forms.labels({name.rpartition("-")[2] for name in fields})
