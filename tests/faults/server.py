"""This file knows how servers and workers of the fault tests start: the product, and requests that say where they die.

A request with the header `X-Crash: commit.before 2` ends its server at the second passing of that place. OVERRIDES is
JSON with settings of the framework (a shorter lease, other time-outs); the product itself reads neither. The clock was
set by CLOCK_OFFSET as it was loaded: in production the product would not start with it, so it is taken away here.
"""

import json
import os
from dataclasses import replace
from threading import local

from practice.app import create_app
from practice.bookings import claims
from practice.config import from_environment
from practice.http import headers
from practice.messages import attachments
from practice.messages.actions import sending
from practice.operations.starting import settled
from practice.store import crashpoints, db


class _Armed(local):
    name, left = "", 0


_armed = _Armed()


def _counted(name):
    if name == _armed.name:
        _armed.left -= 1
        if _armed.left == 0:
            os.environ["CRASHPOINT"] = name
    crashpoints.crashpoint(name)


for module in (db, headers, claims, attachments, sending):
    module.crashpoint = _counted


def _doomed(application):
    def answer(environ, start_response):
        name, _, passing = environ.get("HTTP_X_CRASH", "").partition(" ")
        _armed.name, _armed.left = name, int(passing or 1)
        return application(environ, start_response)

    return answer


os.environ.pop("CLOCK_OFFSET", None)
config = replace(from_environment(), overrides=json.loads(os.environ.get("OVERRIDES", "{}")))
app = settled(lambda: create_app(config))
app.wsgi_app = _doomed(app.wsgi_app)
