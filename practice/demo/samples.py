"""This file knows the invented values that fill the page of every component."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    EmailField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    widgets,
)
from wtforms.validators import DataRequired, Optional

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class SampleForm(FlaskForm):
    """One field of each kind; it is shown and never sent."""

    name = StringField("What should we call you?", [DataRequired()])
    email = EmailField("Email", [DataRequired("Add your email address, so we can send the link.")])
    about = TextAreaField("Anything you’d like to say first?", [Optional()])
    language = SelectField("Language", choices=["English", "Português"])
    how = RadioField(
        "How would you like to talk?", choices=[SelectChoice("video", "Video"), SelectChoice("phone", "Phone")]
    )
    adult = BooleanField("I’m 18 or older")
    quiet = BooleanField("No email at all")
    topics = SelectMultipleField(
        "What’s on your mind",
        choices=["Communication", "Boundaries", "Grief"],
        option_widget=widgets.CheckboxInput(),
        widget=widgets.ListWidget(prefix_label=False),
    )


def samples() -> dict[str, Any]:
    """Context for demo/design.html: a fresh form, one with a mistake, a week, people and a calendar."""
    wrong = SampleForm(formdata=None, prefix="wrong")
    wrong.email.errors = ["Add your email address, so we can send the link."]
    return {
        "form": SampleForm(formdata=None),
        "wrong": wrong,
        "week": _week(),
        "people": [_person("Ilse Vandermeer", "ilse"), _person("Mateo Quiroga", "mateo", times=False)],
        "days": _calendar(),
        "hours": [("Mon", []), ("Tue", [(540, 780, False), (1080, 1200, True)])],
    }


def _times(*texts: str) -> list[dict[str, str]]:
    return [{"value": f"2026-03-12T{text}:00Z", "text": text, "long": f"Thu 12 March, {text}"} for text in texts]


def _week() -> dict[str, Any]:
    parts = [
        {"name": "Morning", "times": _times("09:45", "11:00")},
        {"name": "Afternoon", "times": _times("12:30")},
        {"name": "Evening", "times": _times("18:30", "19:15")},
    ]
    days = [
        {
            "short": name[:3],
            "number": str(9 + i),
            "long": f"{name} {9 + i} March",
            "parts": parts if name == "Thursday" else [],
        }
        for i, name in enumerate(WEEKDAYS)
    ]
    return {"label": "9 to 15 March", "earlier": None, "later": "#slots", "days": days}


def _person(name: str, portrait: str, *, times: bool = True) -> dict[str, Any]:
    return {
        "name": name,
        "url": "#people",
        "title": "Psychologist",
        "portrait": portrait,
        "headline": "You’re on the same side. Let’s make it feel that way.",
        "badges": ["verified", "free"],
        "languages": "Dutch, English",
        "formats": "Video, phone",
        "price": "€95.00 for 50 min",
        "times": [
            {"day": day, "hour": hour, "text": f"{day} {hour}", "value": "", "url": "/specialists"}
            for day, hour in (("Wed", "9:00"), ("Wed", "9:30"), ("Thu", "12:30"))
        ]
        if times
        else [],
    }


def _event(kind: str, title: str, note: str, starts: int, minutes: int) -> dict[str, Any]:
    url = "#calendar" if kind in ("session", "free") else None
    return {"kind": kind, "title": title, "note": note, "url": url, "starts": starts, "ends": starts + minutes}


EVENTS = {
    "Tuesday": [
        _event("session", "Jo K.", "11:00 · Session", 660, 50),
        _event("free", "Nora", "12:30 · Free consultation", 750, 30),
    ],
    "Wednesday": [_event("busy", "Busy", "12:00", 720, 60)],
    "Friday": [_event("pending", "Lena P.", "10:00 · Asked for", 600, 60)],
}


def _calendar() -> list[dict[str, Any]]:
    return [
        {
            "short": name[:3],
            "number": str(9 + i),
            "long": f"{name} {9 + i} March",
            "today": name == "Tuesday",
            "now": 640 if name == "Tuesday" else None,
            "open": [(540, 780)] if i < 5 else [],
            "events": EVENTS.get(name, []),
        }
        for i, name in enumerate(WEEKDAYS)
    ]
