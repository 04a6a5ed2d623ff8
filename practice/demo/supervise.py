"""This file knows how `make run` starts everything together and ends it together, leaving nothing behind."""

from __future__ import annotations

import ctypes
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import FrameType
from typing import TextIO

from practice.config import DEMO_MARK

# How everything begins that a `flask` command may have left in the folder before the first start.
OURS = ("secret.key", "vault.key", "audit.key", "audit-heads", "practice.db", "uploads")
FLASK = (sys.executable, "-m", "flask", "--app", "wsgi")
SERVER = (sys.executable, "-m", "gunicorn")
WORKER = (*FLASK, "work")
# Longer than gunicorn's own grace, so that an answer under way is finished before anything is cut off.
GRACE = 15.0
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_LIBC = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1

Child = subprocess.Popen[bytes]


class CannotStart(RuntimeError):
    """Why nothing was started, in a sentence for the person at the terminal."""


class Stopped(BaseException):
    """A signal asked us to end; a BaseException, so that no `except Exception` on the way swallows it."""


def main(arguments: Sequence[str]) -> int:
    """Start, or with `reset` start over; returns the exit status for the shell."""
    data = Path(os.environ.get("DATA", "var")).resolve()
    os.environ["DATA"] = str(data)
    # What is made here, and by everything that is started from here, is its owner's alone.
    os.umask(0o077)
    try:
        with _claim(data):
            return reset(data) if arguments[:1] == ["reset"] else run(os.environ.get("PORT", "8000"))
    except CannotStart as reason:
        print(reason, file=sys.stderr)
        return 1


def run(port: str) -> int:
    """Bring the database up to date, load the demo, serve until a signal or until one of the two ends."""
    children: list[Child] = []
    for number in ENDING:
        signal.signal(number, _stop)
    try:
        _refuse_taken(port)
        _prepare(children, "db", "upgrade")
        welcome = _prepare(children, "demo")
        pair = {"web server": _start(children, SERVER), "worker": _start(children, WORKER)}
        _announce(port, welcome, pair)
        return _watch(pair)
    except Stopped:
        return 0
    finally:
        _end(children)


def reset(data: Path) -> int:
    """Forget everything the demo stored; refuses a folder that is not ours."""
    shutil.rmtree(data)
    print(f"{data} is gone. `make run` begins again.")
    return 0


def _claim(data: Path) -> TextIO:
    """The folder as ours for as long as the file that comes back is open; the system lets go of it when we die."""
    mark = data / DEMO_MARK
    if data.is_dir() and not mark.exists() and not all(each.name.startswith(OURS) for each in data.iterdir()):
        raise CannotStart(f"{data} holds files that are not this product's. Name an empty folder: DATA=… make run")
    data.mkdir(parents=True, exist_ok=True)
    claim = mark.open("a")
    try:
        fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        claim.close()
        raise CannotStart(f"The product already runs on {data}. Stop it first, or name another: DATA=…") from None
    return claim


def _refuse_taken(port: str) -> None:
    if not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
        raise CannotStart(f"PORT is {port!r}; it must be a number from 1 to 65535.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(port)))
        except OSError as error:
            raise CannotStart(f"Port {port} is not free ({error.strerror}). Name another: PORT=8001 make run") from None


def _start(children: list[Child], command: Sequence[str], stdout: int | None = None) -> Child:
    # A session of its own: Ctrl-C then reaches only us, and each child is ended once, in order, with all its children.
    child = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=stdout, start_new_session=True, preexec_fn=_die_with_parent
    )
    children.append(child)
    return child


def _die_with_parent() -> None:
    """Linux: should we be killed outright, the children get SIGTERM. Elsewhere only the orderly end is covered."""
    if sys.platform == "linux":
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _prepare(children: list[Child], *step: str) -> str:
    """Run one `flask` command to its end; what it said."""
    child = _start(children, (*FLASK, *step), stdout=subprocess.PIPE)
    words, _ = child.communicate()
    if child.returncode != 0:
        raise CannotStart(f"`flask {' '.join(step)}` did not succeed; its own words are above.")
    children.remove(child)
    return words.decode().strip()


def _announce(port: str, welcome: str, pair: Mapping[str, Child]) -> None:
    """Print where to go and who to be, once the server says that it is well."""
    while not _is_well(port):
        if any(child.poll() is not None for child in pair.values()):
            return
        time.sleep(0.1)
    address = os.environ.get("BASE_URL", f"http://localhost:{port}")
    print(f"\nCommon Ground is open at {address}\n\n{welcome}\n\nEvery letter that leaves: {address}/demo/mailbox")
    print("Ctrl-C ends it; what you did is kept.\n", flush=True)


def _is_well(port: str) -> bool:
    connection = HTTPConnection("127.0.0.1", int(port), timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _watch(pair: Mapping[str, Child]) -> int:
    """Wait until one of them ends by itself, which is a failure of the whole."""
    while all(child.poll() is None for child in pair.values()):
        time.sleep(0.25)
    for name, child in pair.items():
        if child.returncode is not None:
            print(f"The {name} ended by itself (status {child.returncode}); ending the rest.", file=sys.stderr)
    return 1


def _stop(_number: int, _frame: FrameType | None) -> None:
    # Only the first signal raises: a second Ctrl-C must not cut the orderly end short and leave a child behind.
    for number in ENDING:
        signal.signal(number, signal.SIG_IGN)
    raise Stopped


def _end(children: Sequence[Child]) -> None:
    """Ask each to end, give all of them one common grace, then end whole groups by force."""
    running = [child for child in children if child.poll() is None]
    for child in running:
        child.terminate()
    deadline = time.monotonic() + GRACE
    for child in running:
        with suppress(subprocess.TimeoutExpired):
            child.wait(max(0.0, deadline - time.monotonic()))
    for child in children:
        # The group outlives its leader for as long as a grandchild does.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
