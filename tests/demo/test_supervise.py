"""`make run`: both processes start together and end together, and nothing stays behind."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.conftest import MONDAY
from tests.house.source import ROOT
from tests.starts import shift

pytestmark = pytest.mark.once


def start(data, port, *arguments):
    """`make run` (or `make reset`) without make."""
    return subprocess.Popen(
        [sys.executable, "-m", "practice.demo.supervise", *arguments], cwd=ROOT, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env={"PATH": os.environ["PATH"], "MODE": "demo", "PORT": str(port), "DATA": str(data), **shift(MONDAY)},
    )  # fmt: skip


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class FirstRun:
    """What was seen when the product ran for the first time in its folder, after a command, while a second one and a
    reset were tried there, and when Ctrl-C was pressed."""

    data: Path
    found: list[Path]
    said: str
    is_well: bool
    processes: int
    refused: list[tuple[int, str]]
    is_well_after: bool
    status: int
    still_alive: list[int]


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """A folder in which a command ran, then the product, which loaded the demo and was ended."""
    data, port = tmp_path_factory.mktemp("loaded") / "var", free_port()
    surroundings = {"PATH": os.environ["PATH"], "MODE": "demo", "DATA": str(data)}
    subprocess.run([sys.executable, "-m", "flask", "--app", "wsgi", "routes"], cwd=ROOT, env=surroundings, check=True)
    found = list(data.iterdir())
    with start(data, port) as process:
        said = _wait_until_open(process)
        is_well, processes = _is_well(port), len(_alive(data))
        refused = [_to_its_end(start(data, port)), _to_its_end(start(data, port, "reset"))]
        is_well_after = _is_well(port)
        process.send_signal(signal.SIGINT)
        ended = process.wait(25)
        return FirstRun(data, found, said, is_well, processes, refused, is_well_after, ended, _alive(data))


@pytest.fixture
def run(first, tmp_path):
    """Start the product in a folder of its own; what still lives afterwards is ended."""
    data, port, started = tmp_path / "var", free_port(), []

    def begin(*arguments):
        started.append(start(data, port, *arguments))
        return started[-1]

    shutil.copytree(first.data, data)
    begin.port, begin.data = port, data
    yield begin
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()
    for pid in _alive(data):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def test_what_a_command_left_before_the_first_start_is_not_in_the_way(first):
    assert first.found
    assert "client@demo.example" in first.said
    assert first.is_well


def test_ctrl_c_ends_everything(first):
    assert first.processes >= 3
    assert first.status == 0
    assert first.still_alive == []


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGHUP])
def test_whoever_asks_it_to_end_ends_everything_at_any_time(run, asked):
    process = run()
    while len(_alive(run.data)) < 2:  # the first of its children
        assert process.poll() is None
        time.sleep(0.05)

    process.send_signal(asked)

    assert process.wait(25) == 0
    assert _alive(run.data) == []


def test_when_one_process_dies_the_other_is_ended(run):
    process = run()
    _wait_until_open(process)

    os.kill(_worker(run.data), signal.SIGKILL)

    assert process.wait(25) == 1
    assert _alive(run.data) == []
    assert "worker ended by itself" in process.stdout.read()


def test_when_the_supervisor_is_killed_its_children_go(run):
    process = run()
    _wait_until_open(process)

    process.kill()
    process.wait()

    deadline = time.monotonic() + 25
    while _alive(run.data) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert _alive(run.data) == []


def test_a_second_one_on_the_same_folder_is_refused_and_does_no_harm(first):
    (second, said), (reset, _) = first.refused
    assert (second, reset) == (1, 1)
    assert "already runs" in said
    assert first.is_well_after


def test_a_taken_port_is_named(run):
    with socket.socket() as other:
        other.bind(("127.0.0.1", run.port))
        other.listen()

        process = run()

        assert process.wait(20) == 1
    assert f"Port {run.port} is not free" in process.stdout.read()


def test_reset_forgets_everything(run):
    assert run("reset").wait(20) == 0
    assert not run.data.exists()


def test_a_folder_with_other_files_is_left_alone(run):
    shutil.rmtree(run.data)
    run.data.mkdir()
    (run.data / "thesis.odt").write_text("years of work")

    assert run().wait(20) == 1
    assert run("reset").wait(20) == 1
    assert (run.data / "thesis.odt").read_text() == "years of work"


def _to_its_end(process) -> tuple[int, str]:
    """How it ended, and what it said."""
    said, _ = process.communicate(timeout=60)
    return process.returncode, said


def _wait_until_open(process) -> str:
    """Read what it prints until it says how to end it; all of that."""
    said = ""
    for line in process.stdout:
        said += line
        if "Ctrl-C ends it" in line:
            return said
    pytest.fail(f"it ended before it was open:\n{said}")


def _is_well(port: int) -> bool:
    with contextlib.closing(HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        connection.request("GET", "/healthz")
        with connection.getresponse() as answer:
            return answer.status == 200


def _alive(data: Path) -> list[int]:
    """Processes that were started on `data`, by the environment they were given."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                if f"DATA={data}\0".encode() in (entry / "environ").read_bytes():
                    found.append(int(entry.name))
    return found


def _worker(data: Path) -> int:
    return next(pid for pid in _alive(data) if b"\0work\0" in (Path("/proc") / str(pid) / "cmdline").read_bytes())
