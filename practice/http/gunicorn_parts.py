"""This file knows what our worker leans on inside gunicorn, which promises none of it: proved at each start."""

from __future__ import annotations

import inspect
from typing import Any

import gunicorn
from gunicorn.http.message import Request
from gunicorn.http.parser import RequestParser
from gunicorn.workers.gthread import STOP_KEEPALIVE_LINGER, TConn, ThreadWorker

__all__ = ["STOP_KEEPALIVE_LINGER", "LeansOnOthers", "RequestParser", "TConn", "ThreadWorker", "prove"]

# The version that was read and tested; pyproject.toml allows no other. An upgrade is: read the new gthread.py beside
# request_buffering.py, change this and the digest in tests/http/test_gunicorn_parts.py, run tests/faults.
READ = "27.0"
# What is called, or is written anew in our worker and called by theirs, with the parameters that it takes.
CALLED: dict[type[Any], dict[str, tuple[str, ...]]] = {
    ThreadWorker: {
        "accept": ("self", "listener"),
        "check_config": ("cfg", "log"),
        "enqueue_req": ("self", "conn"),
        "finish_request": ("self", "conn", "fs"),
        "handle": ("self", "conn"),
        "handle_request": ("self", "req", "conn"),
        "murder_pending": ("self",),
        "set_accept_enabled": ("self", "enabled"),
    },
    TConn: {"__init__": ("self", "cfg", "sock", "client", "server"), "init": ("self",)},
    RequestParser: {"__init__": ("self", "cfg", "source", "source_addr")},
    Request: {"force_close": ("self",)},
}


class LeansOnOthers(RuntimeError):
    """This gunicorn is another one than the worker was written for."""


def prove() -> None:
    """Nothing, where gunicorn is as it was read; else raises `LeansOnOthers`, naming what differs."""
    if gunicorn.__version__.split(".")[:2] != READ.split("."):
        raise LeansOnOthers(
            f"gunicorn {gunicorn.__version__} is installed, and this product's worker was written for {READ}. "
            "Install what requirements.lock names."
        )
    differs = [
        f"{owner.__name__}.{name}" for owner, names in CALLED.items() for name in names if not _fits(owner, name)
    ]
    if differs:
        raise LeansOnOthers(f"gunicorn has changed what this product's worker leans on: {', '.join(differs)}.")


def _fits(owner: type[Any], name: str) -> bool:
    found = getattr(owner, name, None)
    wanted = CALLED[owner][name]
    return found is not None and tuple(inspect.signature(found).parameters)[: len(wanted)] == wanted
