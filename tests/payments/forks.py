"""This file knows how to let several processes do the same at once, and how to let one die on its way."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable

from flask import Flask

from practice.store.db import db


def crowd(app: Flask, count: int, work: Callable[[int], object], crashpoint: str = "") -> list[int]:
    """Let that many processes do `work`, each with its number; how each ended (-9: it died at the crashpoint).

    They go on from where this one stands: its clock, and who sells what.
    """
    # No connection is carried over.
    db.session.rollback()
    db.engine.dispose()
    begins, say = os.pipe()
    pids = [_forked(app, number, work, crashpoint, begins, say) for number in range(count)]
    os.close(begins)
    # All at once: each waits for this to be closed.
    os.close(say)
    return [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids]


def _forked(app: Flask, number: int, work: Callable[[int], object], crashpoint: str, begins: int, say: int) -> int:
    pid = os.fork()
    if pid:
        return pid
    try:
        os.close(say)
        os.read(begins, 1)
        os.environ["CRASHPOINT"] = crashpoint
        with app.app_context():
            work(number)
            db.session.rollback()
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)
