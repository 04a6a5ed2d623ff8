"""What an operator sees: well or not, numbers, and a log that names nobody."""

import json
import logging
from dataclasses import replace
from smtplib import SMTPServerDisconnected
from ssl import SSLCertVerificationError

import pytest
from flask import g

from practice.letters import mail_worker
from practice.operations import monitoring
from practice.operations.monitoring import JsonLines
from practice.store import audit
from practice.store.db import db, transaction
from practice.work import jobs
from tests.plain import Person, write


@pytest.fixture
def browser(app):
    return app.test_client()


@pytest.fixture
def log(app):
    """The lines that the product would write."""

    class Lines(logging.Handler):
        def __init__(self):
            super().__init__()
            self.setFormatter(JsonLines())
            self.lines = []

        def emit(self, record):
            self.lines.append(self.format(record))

    lines = Lines()
    logger = logging.getLogger("practice")
    level = logger.level
    logger.addHandler(lines)
    logger.setLevel(logging.INFO)
    yield lines
    logger.removeHandler(lines)
    logger.setLevel(level)


def test_a_server_that_answers_is_healthy(browser):
    answer = browser.get("/healthz")

    assert (answer.status_code, answer.text) == (200, "ok\n")


def test_a_server_is_ready_when_its_database_its_worker_and_its_mail_are(app, browser, monkeypatch):
    monkeypatch.setitem(monitoring.CHECKS, "migrations", lambda: True)
    jobs.run_due_sweeps()

    answer = browser.get("/readyz")

    assert (answer.status_code, answer.json) == (200, {"ready": True, "missing": []})


def test_a_worker_that_was_not_seen_for_three_minutes_is_missed(app, browser, clock):
    jobs.run_due_sweeps()
    clock.advance(minutes=3)

    answer = browser.get("/readyz")

    assert answer.status_code == 503
    assert "worker" in answer.json["missing"]


def test_mail_that_nobody_delivers_is_missed(paper, browser, clock):
    write("a")
    clock.advance(minutes=31)

    assert "mail" in browser.get("/readyz").json["missing"]


def test_a_check_that_breaks_says_its_name_and_nothing_else(browser, monkeypatch):
    def broken():
        raise RuntimeError("postgresql://user:secret@db.internal")

    monkeypatch.setitem(monitoring.CHECKS, "database", broken)

    answer = browser.get("/readyz")

    assert "database" in answer.json["missing"]
    assert "secret" not in answer.text


def test_the_numbers_tell_of_letters_sweeps_and_what_people_did(paper, browser, clock):
    write("a", template="ground/poison")
    for _ in range(5):
        mail_worker.deliver_due()
        clock.advance(hours=2)
    write("b")
    jobs.run_due_sweeps()
    with transaction():
        audit.record("sign_in", "account:1", actor=Person())
    clock.advance(seconds=30)

    numbers = dict(line.rsplit(" ", 1) for line in browser.get("/metrics").text.splitlines())

    assert numbers["practice_outbox_waiting"] == "1"
    assert numbers["practice_outbox_parked"] == "1"
    assert numbers["practice_outbox_oldest_seconds"] == "30"
    assert numbers['practice_sweep_age_seconds{sweep="work.heartbeat"}'] == "30"
    assert numbers['practice_actions_last_hour{action="sign_in"}'] == "1"


@pytest.mark.parametrize(
    ("token", "sent", "address", "status"),
    [
        (None, None, "127.0.0.1", 200),
        (None, None, "192.0.2.1", 404),
        ("t0ken", None, "127.0.0.1", 404),
        ("t0ken", "Bearer wrong", "127.0.0.1", 404),
        ("t0ken", "Bearer ", "127.0.0.1", 404),
        ("t0ken", "Bearer t0ken", "192.0.2.1", 200),
    ],
)
def test_the_numbers_are_for_the_operator_only(app, browser, monkeypatch, token, sent, address, status):
    monkeypatch.setitem(app.config, "PRACTICE", replace(app.config["PRACTICE"], metrics_token=token))

    with_token = {"Authorization": sent} if sent else {}
    answer = browser.get("/metrics", headers=with_token, environ_base={"REMOTE_ADDR": address})

    assert answer.status_code == status


def test_in_production_the_numbers_need_a_token_even_from_this_machine(app, browser, monkeypatch):
    changed = replace(app.config["PRACTICE"], mode="production", extra_hosts=("localhost",))
    monkeypatch.setitem(app.config, "PRACTICE", changed)

    assert browser.get("/metrics", environ_base={"REMOTE_ADDR": "127.0.0.1"}).status_code == 404


def test_an_answer_is_logged_by_the_pattern_of_its_route(app, browser, log):
    answer = browser.get("/readyz?token=abcdefghijklmnopqrstuvwxyz0123")

    line = json.loads(log.lines[-1])
    assert (line["route"], line["method"], line["status"]) == ("/readyz", "GET", 503)
    assert line["reference"] == answer.headers["X-Request-Id"]
    assert "abcdefgh" not in "".join(log.lines)


@pytest.mark.parametrize(
    "said", ["a\nlevel: error", "a\r\nb", "\x1b[31mred", "a\u2028b", '"}\n{"level":"error"'], ids=ascii
)
def test_nobody_can_write_a_line_of_their_own(log, said):
    logging.getLogger("practice").warning("named %s", said)

    (line,) = log.lines
    assert line.isprintable()
    assert json.loads(line)["said"] == f"named {said}"


def test_addresses_and_tokens_do_not_reach_the_log(log):
    logging.getLogger("practice").warning("to %s with %s", "ben.müller@client.example", "Zk3-abcdefghijklmnop_9")

    said = json.loads(log.lines[0])["said"]
    assert said.startswith("to [address] with #")
    assert "Zk3" not in said


@pytest.mark.parametrize("error", [ConnectionRefusedError, SMTPServerDisconnected, SSLCertVerificationError])
def test_the_name_of_an_error_is_no_secret(log, error):
    logging.getLogger("practice").warning("a letter was put off: %s 111", error.__name__)

    assert json.loads(log.lines[0])["said"] == f"a letter was put off: {error.__name__} 111"


def test_a_token_that_looks_like_the_name_of_an_error_is_hidden(log):
    logging.getLogger("practice").warning("with %s", "AbcdefghijklmnopqrstuvError")

    assert json.loads(log.lines[0])["said"].startswith("with #")


def test_an_error_of_the_system_is_logged_with_its_number(log):
    try:
        raise ConnectionRefusedError(111, "Connection refused by ben@client.example")
    except OSError:
        logging.getLogger("practice").exception("failed")

    line = json.loads(log.lines[0])
    assert (line["error"], line["errno"]) == ("ConnectionRefusedError", 111)
    assert "ben@" not in log.lines[0]


def test_equal_tokens_can_still_be_told_and_words_stay(log):
    assert monitoring.scrubbed("x Zk3abcdefghijklmnop9xx") == monitoring.scrubbed("x Zk3abcdefghijklmnop9xx")
    assert monitoring.scrubbed("x Zk3abcdefghijklmnop9xx") != monitoring.scrubbed("x Zk3abcdefghijklmnop9xy")
    assert monitoring.scrubbed("an-unusually-long-yet-ordinary-word") == "an-unusually-long-yet-ordinary-word"


def test_an_error_is_logged_by_its_kind_and_place_without_its_words(log):
    try:
        raise ValueError("ben@client.example wrote: I cannot sleep")
    except ValueError:
        logging.getLogger("practice").exception("failed")

    line = json.loads(log.lines[0])
    assert line["error"] == "ValueError"
    assert line["trace"][0].endswith("test_an_error_is_logged_by_its_kind_and_place_without_its_words")
    assert "sleep" not in log.lines[0]


def test_a_log_line_of_a_request_carries_the_reference_that_the_person_sees(app, log):
    with app.test_request_context("/readyz"):
        g.reference = "abcd1234"
        logging.getLogger("practice").warning("hm")

    assert json.loads(log.lines[0])["reference"] == "abcd1234"
    db.session.rollback()
