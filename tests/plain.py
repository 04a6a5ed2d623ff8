"""This file knows what lies below the rooms alone: an application without rooms, and paper to write letters on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from flask_login import LoginManager
from jinja2 import ChoiceLoader, DictLoader

from practice import http
from practice.config import Config
from practice.letters import outbox
from practice.operations import monitoring
from practice.store import db
from practice.store.db import transaction

TEMPLATES = Path(__file__).parent.parent / "templates"

PAPER = {
    "ground/email/note.txt": "Subject: A note\n\nHello {{ name }}, it is {{ when(starts_at) }}.\n\n"
    "[Open it] {{ link('safety.show') }}\n",
    "ground/email/timed.txt": "Subject: Your appointment on {when}\n\nHello.\n",
    "ground/email/poison.txt": "Subject: A note\n\n{{ 1 // 0 }}\n",
}


@dataclass
class Person:
    """Somebody who can be written to."""

    id: int = 1
    email: str = "ben@client.example"
    zone: str = "Europe/Paris"
    no_email: bool = False
    code: str = "ben-code"


def plain_app(config: Config, **settings: Any) -> Flask:
    """What lies below the rooms as an application on tables made from the models; cheap to fork a thousand times."""
    app = Flask("practice", template_folder=str(TEMPLATES))
    app.config.update(PRACTICE=config, SECRET_KEY=config.secret_keys[0], TESTING=True)
    app.config.update(RATELIMIT_STORAGE_URI="memory://", **settings)
    db.set_up(app)
    http.set_up(app)
    monitoring.set_up(app)
    app.add_url_rule("/help-now", "safety.show", lambda: "help")
    LoginManager(app).user_loader(lambda _id: None)
    lay_paper(app)
    return app


def lay_paper(app: Flask) -> None:
    """Add letters that belong to no room to `app`."""
    assert app.jinja_env.loader is not None
    app.jinja_env.loader = ChoiceLoader([DictLoader(PAPER), app.jinja_env.loader])


def write(
    key: str,
    to: Person | None = None,
    template: str = "ground/note",
    also: Callable[[], Any] = lambda: None,
    **more: Any,
) -> None:
    """One letter, decided on in a transaction of its own together with whatever `also` does."""
    facts = {"name": "Ben", "starts_at": "2027-03-04T11:30:00+00:00", **more.pop("facts", {})}
    with transaction():
        outbox.enqueue_mail(key, template, to or Person(), facts, **more)
        also()
