"""This file knows how what people send is read by a process of its own: with little memory and time, writing no file.

What is in a file may make the program that decodes it fail, or worse. Here it takes nothing with it: no key, no
connection, no other person's page. A module that is asked this way has `answer(content, asked)`, which gives plain
values.
"""

from __future__ import annotations

import base64
import importlib
import json
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

SECONDS, MEMORY = 15, 1024 * 1024 * 1024
ROOT = str(Path(__file__).parent.parent.parent)
# -I: no folder and no setting of the surroundings counts; -B: nothing is written beside the sources.
BEGIN = "import sys; sys.path.insert(0, sys.argv[1]); from practice.providers.apart import main; main(*sys.argv[2:])"


class GaveUp(ValueError):
    """The process ended without an answer: damaged, too large, too slow."""


def read(module: str, content: bytes, asked: str) -> dict[str, Any]:
    """What `answer` of `practice.providers.<module>` says about `content`; bytes stay bytes. Raises `GaveUp`."""
    command = [sys.executable, "-I", "-B", "-c", BEGIN, ROOT, module, asked]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=SECONDS + 5, env={})  # noqa: S603 - no shell, nothing of the content in the command
    except subprocess.TimeoutExpired:
        raise GaveUp() from None
    if done.returncode != 0:
        raise GaveUp()
    said: dict[str, Any] = json.loads(done.stdout, object_hook=_bytes_again)
    return said


def _bytes_again(value: dict[str, Any]) -> Any:
    return base64.b64decode(value["bytes"]) if value.keys() == {"bytes"} else value


def _plain(value: bytes) -> dict[str, str]:
    return {"bytes": base64.b64encode(value).decode()}


# ---------------------------------------------------------------- inside the process of its own


def main(module: str, asked: str) -> None:
    """Read what is sent, write what was found; any failure is an exit status."""
    for limit, most in (
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (most, most))
    reader = importlib.import_module(f"practice.providers.{module}")
    sys.stdout.write(json.dumps(reader.answer(sys.stdin.buffer.read(), asked), default=_plain))
