"""This file knows how the accounts room is opened: sign-in machinery, sweeps and commands."""

from __future__ import annotations

from flask import Flask


def set_up(app: Flask) -> None:
    """Plug accounts into `app`; the imports wait until here, so that models can be read without the web."""
    from . import commands, jobs, security  # noqa: F401 - jobs registers its sweeps

    security.set_up(app)
    commands.set_up(app)
