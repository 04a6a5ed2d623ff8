"""This file knows what every form of ours can do: be shown again without anything being done."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm

from practice.db import is_only_shown


class Form(FlaskForm):
    """A form with its hidden token. One that was kept and is shown again is never right yet: its page shows it."""

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether everything in it is right; sentences stand beside the fields."""
        return bool(super().validate(extra_validators)) and not is_only_shown()
