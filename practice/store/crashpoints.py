"""This file knows the named places where a fault test may kill the process; inert unless the environment names one."""

from __future__ import annotations

import os
import signal


def crashpoint(name: str) -> None:
    """Die here as by a power cut (SIGKILL) when CRASHPOINT is `name`; do nothing otherwise."""
    if os.environ.get("CRASHPOINT") == name:
        os.kill(os.getpid(), signal.SIGKILL)
