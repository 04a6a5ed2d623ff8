"""Production starts with keys, a database and a folder of its own, and with somebody who answers for it."""

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from practice import config
from practice.config import BadConfig, from_environment
from tests import factories
from tests.production import NEXT_VAULT, PRODUCTION, VAULT, environment

ROOT = Path(__file__).parent.parent.parent
pytestmark = pytest.mark.once
ZEROS, COUNTED, TYPED = (
    "A" * 43,
    "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
    "dGhpcy1pcy1hLXBhc3NwaHJhc2UtYW5kLW5vLWtleSE",
)


def refused(match, **changes):
    with pytest.raises(BadConfig, match=match) as reason:
        from_environment(PRODUCTION | changes)
    return str(reason.value)


def test_the_environment_of_these_tests_starts():
    assert from_environment(PRODUCTION).mode == "production"


@pytest.mark.parametrize("key", [ZEROS, COUNTED, TYPED])
def test_a_vault_key_that_is_no_chance_stops_the_start(key):
    refused("VAULT_KEY k1", VAULT_KEY=f"k1:{key}")
    refused("VAULT_KEY k0", VAULT_KEY=f"{VAULT},k0:{key}")


@pytest.mark.parametrize(
    "key",
    [
        "0123456789abcdef0123456789abcdef",
        "my-very-long-secret-key-for-production-1",
        "abcdefghijklmnopqrstuvwxyz012345",
    ],
)
@pytest.mark.parametrize("name", ["SECRET_KEY", "AUDIT_KEY"])
def test_a_secret_that_somebody_typed_stops_the_start(name, key):
    refused(name, **{name: key})


def test_one_key_for_two_purposes_stops_the_start():
    refused("AUDIT_KEY is the same", AUDIT_KEY=PRODUCTION["SECRET_KEY"])
    refused("used for something else", SECRET_KEY=VAULT.partition(":")[2])
    refused("two names", VAULT_KEY=f"{VAULT},k9:{VAULT.partition(':')[2]}")


@pytest.mark.parametrize("name", ["CONTACT", "RESPONSIBLE"])
def test_somebody_answers_for_it_and_can_be_reached(name):
    assert name in refused(name, **{name: " "})
    refused("CONTACT must be", CONTACT="write to us")


def test_the_file_that_people_have_is_the_one_that_is_opened(tmp_path):
    """A new name would show everybody who has data an empty house."""
    assert from_environment({"MODE": "demo", "DATA": str(tmp_path)}).database_url == f"sqlite:///{tmp_path}/practice.db"


def test_a_folder_in_which_a_demo_ran_stops_the_start(tmp_path):
    from_environment(PRODUCTION | {"DATA": str(tmp_path)})
    (tmp_path / config.DEMO_MARK).touch()

    refused("a demo ran there", DATA=str(tmp_path))


@pytest.mark.parametrize(
    ("name", "address", "is_safe"),
    [
        ("DATABASE_URL", "postgresql://db.example/practice", False),
        ("DATABASE_URL", "postgresql://db.example/practice?sslmode=require", False),
        ("DATABASE_URL", "postgresql://10.0.0.7/practice?sslmode=prefer", False),
        ("DATABASE_URL", "postgresql:///practice?host=db.example", False),
        ("DATABASE_URL", "postgresql://db.example/practice?sslmode=verify-full&sslrootcert=system", True),
        ("DATABASE_URL", "postgresql:///practice?host=/run/postgresql", True),
        ("DATABASE_URL", "postgresql://127.0.0.1/practice", True),
        ("DATABASE_URL", "sqlite:////var/lib/practice/practice.db", True),
        ("REDIS_URL", "redis://cache.example/0", False),
        ("REDIS_URL", "rediss://cache.example/0", True),
        ("REDIS_URL", "redis://[::1]:6379/0", True),
    ],
)
def test_what_travels_between_machines_is_encrypted(name, address, is_safe):
    if is_safe:
        from_environment(PRODUCTION | {name: address})
    else:
        refused(f"{name} leads to another machine", **{name: address})


def test_without_mail_no_server_is_needed():
    quiet = from_environment({k: v for k, v in PRODUCTION.items() if k != "SMTP_URL"} | {"MAIL": "off"})

    assert not quiet.mail_is_on
    refused("MAIL must be", MAIL="of")


# ---------------------------------------------------------------- real processes


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A folder and its migrated database, made by an operator's own command, on a machine with an open umask."""
    folder = tmp_path_factory.mktemp("house") / "data"
    folder.mkdir(mode=0o700)
    before = os.umask(0o022)
    try:
        assert run("flask", folder, "db", "upgrade").returncode == 0
    finally:
        os.umask(before)
    return folder


@pytest.fixture
def copy(house, tmp_path):
    shutil.copytree(house, tmp_path / "data")
    return tmp_path / "data"


def run(program, folder, *arguments, **more):
    command = [sys.executable, "-m", "gunicorn", "--bind", "127.0.0.1:0"]
    if program == "flask":
        command = [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]
    surroundings = environment(folder, f"sqlite:///{folder / 'practice.db'}", **more)
    return subprocess.run(command, cwd=ROOT, env=surroundings, capture_output=True, text=True, timeout=60)


def test_a_new_database_and_everything_beside_it_is_its_owners_alone(house):
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (house, *house.rglob("*"))}

    assert house / "practice.db" in modes
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}


@pytest.mark.parametrize("program", ["gunicorn", "flask"])
def test_the_people_of_a_demo_stop_server_and_worker(copy, make_app, program):
    app = make_app(database_url=f"sqlite:///{copy / 'practice.db'}", data=copy)
    with app.app_context():
        factories.user("Sam", email="staff@demo.example")

    ended = run(program, copy, "work")

    assert ended.returncode != 0
    assert "holds the people of the demo" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("program", ["gunicorn", "flask"])
def test_an_empty_database_is_told_what_it_needs(tmp_path, program):
    ended = run(program, tmp_path, "work")

    assert ended.returncode != 0
    assert "db upgrade" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_bad_setting_ends_a_command_without_a_trace(copy):
    ended = run("flask", copy, "check-up", VAULT_KEY=f"k1:{ZEROS}")

    assert ended.returncode != 0
    assert "VAULT_KEY k1" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_another_key_under_a_known_name_stops_the_server(copy):
    assert run("flask", copy, "tick").returncode == 0

    ended = run("gunicorn", copy, VAULT_KEY=f"k1:{NEXT_VAULT.partition(':')[2]}")

    assert ended.returncode != 0
    assert "VAULT_KEY k1 is another key" in ended.stderr
    assert "Traceback" not in ended.stderr
