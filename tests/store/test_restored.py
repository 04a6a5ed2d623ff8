"""A copy of the database writes to nobody before somebody says so: restored elsewhere, set back, or with mail off."""

import logging
import shutil
import sqlite3
from contextlib import contextmanager
from dataclasses import fields
from datetime import timedelta

import pytest
from flask_migrate import upgrade

from practice.bookings import actions, queries
from practice.config import from_environment
from practice.letters import mail_worker, outbox
from practice.letters.outbox import MailState
from practice.providers.mail_transport import from_url
from practice.store import audit, installation
from practice.store.checks import faults
from practice.store.db import db, transaction
from practice.store.installation import Installation
from practice.values import clock as wall
from tests import factories
from tests.databases import MIGRATIONS
from tests.plain import Person, lay_paper, write
from tests.production import NEXT_VAULT, PRODUCTION, VAULT, environment
from tests.smtp import SmtpSink

KEYS = {
    "SECRET_KEY": (PRODUCTION["SECRET_KEY"], "pW3vX8sK1bN6tQ9yD4hJ7mZ2cF5gR0aE"),
    "VAULT_KEY": (VAULT, NEXT_VAULT),
    "AUDIT_KEY": (PRODUCTION["AUDIT_KEY"], "Lq8Zc3Vn6Bm1Xs4Dk9Fj2Gh7Ty5Ru0Pe"),
}


@pytest.fixture
def living(make_app, wired):
    """A product in production that has written to people, and has one more letter to send."""
    app = make_app(mode="production")
    lay_paper(app)
    app.extensions["mail_transport"] = from_url(wired.url, timeout=2)
    with app.app_context():
        installation.settle()
        write("sent")
        mail_worker.deliver_due()
        write("waiting")
        yield app
        db.session.remove()


@pytest.fixture
def folder(config, data, tmp_path):
    """A folder in which a migrated database stands, as an operator keeps it."""
    made = tmp_path / "data"
    made.mkdir(mode=0o700)
    shutil.copyfile(data / "template.db", made / "practice.db")
    (made / "practice.db").chmod(0o600)
    return made


@pytest.fixture
def opened(make_app):
    """`opened(folder, MAIL="off")`: an application of its own, from the environment that a process would be given."""

    @contextmanager
    def within(folder, **more):
        mine = from_environment(environment(folder, f"sqlite:///{folder / 'practice.db'}", **more))
        app = make_app(**{field.name: getattr(mine, field.name) for field in fields(mine)})
        with app.app_context():
            yield app
            db.session.remove()
            db.engine.dispose()
        logging.root.handlers[:] = before

    before = logging.root.handlers[:]
    return within


@pytest.fixture
def run(opened):
    """`run(folder, "mail", "resume")`: a command, by what the environment says each time."""

    def command(folder, *arguments, **more):
        with opened(folder, **more) as app:
            return app.test_cli_runner().invoke(args=arguments)

    return command


def left(smtp):
    mail_worker.deliver_due()
    return len(smtp.raw) - 1


def restored_elsewhere():
    with transaction():
        db.session.get(Installation, 1).place = "somewhere else"


def test_where_it_has_always_been_letters_leave(living, smtp):
    assert left(smtp) == 1
    assert not [fault for fault in faults() if "Letters wait" in fault]


def test_a_database_that_was_restored_elsewhere_asks_first(living, smtp):
    restored_elsewhere()

    assert left(smtp) == 0
    assert any("used elsewhere before" in fault for fault in faults())

    answer = living.test_cli_runner().invoke(args=["mail", "resume"], input="y\n")

    assert answer.exit_code == 0, answer.output
    assert "1 letters wait, to real people." in answer.output
    assert left(smtp) == 1
    assert db.session.scalars(db.select(audit.AuditEvent.action)).all()[-1] == "mail.resumed"


def test_whoever_says_no_sends_nothing(living, smtp):
    restored_elsewhere()

    assert living.test_cli_runner().invoke(args=["mail", "resume"], input="n\n").exit_code == 1

    assert left(smtp) == 0


def test_letters_that_the_original_has_sent_can_be_let_go(living, smtp):
    restored_elsewhere()

    living.test_cli_runner().invoke(args=["mail", "resume", "--without-waiting", "--yes"])
    write("new", Person(2, "new@client.example"))

    assert left(smtp) == 1
    assert smtp.recipients[-1] == ["new@client.example"]
    states = db.session.scalars(db.select(outbox.OutboxMail.state).order_by(outbox.OutboxMail.id)).all()
    assert states == [MailState.SENT, MailState.LAPSED, MailState.SENT]


def test_a_database_that_was_set_back_in_its_own_place_asks_first(living, smtp):
    with transaction():
        audit.record("note.opened", "note:1", actor=None)
    installation.note_head()
    with transaction():
        for guard in audit.UNGUARDS[db.engine.dialect.name]:
            db.session.execute(db.text(guard))
        db.session.execute(db.delete(audit.AuditEvent))
        db.session.execute(db.delete(audit.AuditHead))

    assert left(smtp) == 0
    assert any("is older than what" in fault for fault in faults())

    installation.stay()
    assert left(smtp) == 1


def test_two_databases_are_two_places(app, make_app, store, engine, tmp_path):
    url = f"sqlite:///{tmp_path / 'copy.db'}" if engine == "sqlite" else store.cluster.create("a_copy", "migrated")
    other = make_app(database_url=url)
    here = installation._here()

    with other.app_context():
        assert installation._here() != here
        db.session.remove()
        db.engine.dispose()
    assert installation._here() == here


def test_the_same_database_under_another_address_is_another_place(app, make_app):
    here = installation._here()

    with make_app(base_url="https://drill.example").app_context():
        assert installation._here() != here


def test_with_mail_off_every_letter_waits(make_app, wired, smtp):
    app = make_app(mode="production", mail_is_on=False)
    lay_paper(app)
    with app.app_context():
        write("a")
        mail_worker.deliver_due()

        assert smtp.raw == []
        assert outbox.backlog().waiting == 1
        assert "MAIL is off: letters wait." in faults()
        assert app.test_cli_runner().invoke(args=["mail", "resume", "--yes"]).exit_code == 1


@pytest.mark.once
def test_the_restore_drill_of_the_book_writes_to_nobody(folder, opened, run, tmp_path, capsys):
    """docs/operations.md, "Back up and restore", word for word, on real files."""
    with SmtpSink() as sink:
        book_on(opened, folder)
        assert run(folder, "tick", SMTP_URL=sink.url).exit_code == 0
        sent = len(sink.raw)
        assert sent > 0
        book_on(opened, folder, days=4)
        backup = tmp_path / "backup.db"
        sqlite3.connect(folder / "practice.db").execute(f"VACUUM INTO '{backup}'").close()

        drill = tmp_path / "drill"
        drill.mkdir(mode=0o700)
        shutil.copyfile(backup, drill / "practice.db")
        (drill / "practice.db").chmod(0o600)
        quiet = {"MAIL": "off", "BASE_URL": "https://drill.example"}
        with opened(drill, **quiet):
            upgrade(directory=str(MIGRATIONS))
        said = run(drill, "check-up", **quiet).output.splitlines()
        assert said[:-1] == ["MAIL is off: letters wait."], said
        # Forgotten that time: it still asks first.
        ended = run(drill, "tick", SMTP_URL=sink.url)
        assert ended.exit_code == 0, ended.output
        assert "used elsewhere before" in capsys.readouterr().err
        assert len(sink.raw) == sent
        assert run(drill, "mail", "resume", "--yes", SMTP_URL=sink.url).exit_code == 0
        run(drill, "tick", SMTP_URL=sink.url)
        assert len(sink.raw) > sent


@pytest.mark.once
def test_the_steps_of_the_book_change_every_key(folder, opened, run):
    """docs/operations.md, "Keys", word for word, on real files."""
    book_on(opened, folder)

    def with_keys(number, *command):
        first, last = [(old,), (old, new), (new, old), (new,)][number], KEYS
        chosen = {name: ",".join(pair[each] for each in first) for name, pair in last.items()}
        ended = run(folder, *command, SMTP_URL=sink.url, **chosen)
        assert ended.exit_code == 0, ended.output
        return ended.output

    old, new = 0, 1
    with SmtpSink() as sink:
        for number in (0, 1, 2):
            with_keys(number, "tick")
        assert "k1 is still needed" in with_keys(2, "vault", "needs")
        assert "k1 is needed by nothing any more." in with_keys(2, "vault", "rewrap")
        assert "The newest key vouches" in with_keys(2, "audit", "hand-over")
        assert with_keys(3, "check-up").endswith("Everything holds.\n")
        with_keys(3, "tick")
        assert "all in place" in with_keys(3, "audit", "verify")


@pytest.mark.once
def test_what_others_on_the_machine_can_read_is_named(folder, run):
    folder.chmod(0o755)
    (folder / "practice.db").chmod(0o644)

    said = run(folder, "check-up").output

    assert f"Others on this machine can read {folder / 'practice.db'}" in said


def book_on(opened, folder, days=3):
    """Somebody books a consultation in the database of that folder: two letters wait."""
    with opened(folder):
        anna, ben = factories.user(f"Anna-{days}", zone="Europe/Vienna"), factories.user(f"Ben-{days}")
        practice = factories.specialist(anna, slug=f"anna-{days}")
        factories.open_hours(practice, days=tuple(range(7)), hours=(0, 24 * 60))
        noon = wall.now().replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=days)
        actions.book(ben, queries.chosen_offer(f"anna-{days}").offer, noon, actions.Details(format="video"))
