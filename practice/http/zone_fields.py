"""This file knows how a time zone is chosen in a form: from one list, in every room."""

from __future__ import annotations

from functools import cache
from typing import Any

from wtforms import Field, SelectChoice, SelectField, ValidationError

from practice.scheduling import zone_names

from . import clocks


def known_zone(_form: object, field: Field) -> None:
    """A place of the list; an abbreviation ("EST") that names none is refused, though it could be reckoned with."""
    if clocks.zone_from(field.data) is None:
        raise ValidationError("We do not know that time zone. Choose one from the list.")


@cache
def zone_choices() -> tuple[SelectChoice, ...]:
    """Zones as people look for them, by part of the world and city, under the names they go by today."""
    parts = clocks.zone_choices().items()
    by_city = (SelectChoice(name, city, optgroup=part) for part, names in parts for name, city in names)
    return (SelectChoice("UTC", "UTC"), *by_city)


class ZoneField(SelectField):
    """A choice of zones; its data is a name of today. A city typed by hand ("New York") and an older name will do."""

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label, validate_choice=False, validators=[known_zone], choices=zone_choices, **options)

    def post_process(self, formdata: Any = None) -> None:
        """Bring the zone up to date, and make sure that the present one can be seen to be chosen."""
        super().post_process(formdata)
        self.data: Any = clocks.zone_from(self.data) or self.data
        if zone_names.is_zone(self.data) and self.data not in {choice.value for choice in zone_choices()}:
            self.choices = [SelectChoice(self.data, clocks.city(self.data)), *zone_choices()]
