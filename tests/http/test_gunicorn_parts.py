"""What the server's worker leans on inside gunicorn is there, and an upgrade says so before anything is served."""

import hashlib
import inspect
import tomllib

import gunicorn
import pytest
from gunicorn.workers import gthread

from practice.http.gunicorn_parts import CALLED, READ, LeansOnOthers, TConn, ThreadWorker, prove
from practice.http.request_buffering import PatientWorker
from tests.house.source import ROOT

pytestmark = pytest.mark.once
# Of the file that was read beside ours.
DIGEST = "2aa395873b3e9084dc99c580f890843b6554b53e930258344c0e4cde3a16bdeb"


def test_the_installed_one_is_the_one_that_was_read():
    assert hashlib.sha256(inspect.getsource(gthread).encode()).hexdigest() == DIGEST, (
        "gunicorn's worker has changed: read it beside practice/http/request_buffering.py and shared_listening.py, "
        "run tests/faults/test_slow_clients.py, test_sharing.py, test_shutdown.py and test_large_bodies.py, "
        "then write the new digest here"
    )
    prove()


def test_the_project_allows_that_minor_version_and_no_other():
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    major, minor = READ.split(".")

    assert f"gunicorn>={READ},<{major}.{int(minor) + 1}" in wanted


@pytest.mark.parametrize("version", ["26.1.0", "27.1.0", "28.0.0"])
def test_another_minor_version_does_not_start(version, monkeypatch):
    monkeypatch.setattr(gunicorn, "__version__", version)

    with pytest.raises(LeansOnOthers, match=version):
        PatientWorker.check_config(None, None)


def test_a_part_that_is_gone_or_takes_something_else_is_named(monkeypatch):
    monkeypatch.delattr(ThreadWorker, "murder_pending")
    monkeypatch.setattr(TConn, "__init__", lambda self, sock: None)

    with pytest.raises(LeansOnOthers, match=r"ThreadWorker.murder_pending, TConn.__init__"):
        prove()


def test_whatever_the_worker_writes_anew_is_on_the_list():
    own = {name for each in PatientWorker.__mro__[:2] for name in vars(each)} & set(dir(ThreadWorker))

    assert {name for name in own if not name.startswith("__")} <= set(CALLED[ThreadWorker])


def test_inner_names_of_gunicorn_are_taken_in_one_place():
    taking = {path.name for path in (ROOT / "practice").rglob("*.py") if "from gunicorn" in path.read_text()}

    assert taking == {"gunicorn_parts.py"}
