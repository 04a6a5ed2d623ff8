"""Words that people write in confidence are planted in every room, and looked for wherever they must not be."""

import gc
import io
import json
import logging
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import select, text

from practice.accounts import actions as accounts
from practice.accounts import copies, holdings, jobs
from practice.config import settings
from practice.messages import attachments, keys
from practice.messages.models import Attachment, Message, Thread
from practice.moderation import queries as cases
from practice.moderation.states import Decision
from practice.operations.monitoring import JsonLines
from practice.questions.models import Question
from practice.store import sealed, vault
from practice.store.checks import faults
from practice.store.db import db, transaction
from practice.store.memory import Memory
from tests import factories
from tests.asking import decide
from tests.messages.test_files import PDF
from tests.outbox import Outbox

NAME, MAILBOX = "Zebulon Quillfeather", "zebulon.quillfeather@people.example"
# By what it stands in. No word is part of another, nor of anything else that is written anywhere.
WORDS = {
    "message": "heronwords", "topic": "herontopic", "file": "heronfile", "answer": "heronanswer",
    "ticket": "ospreywords", "reference": "ospreyref", "report": "plovernote", "look": "curlewpurpose",
    "question": "bitterntitle", "details": "bitternwords",
}  # fmt: skip
TRUE_NAME = ("Zebulon", "Quillfeather", "zebulon.quillfeather")
FILE = PDF.replace(b"heron-in-the-reeds", WORDS["file"].encode())


ALL = (*WORDS.values(), *TRUE_NAME)


def found_in(text, words=ALL):
    """Which of the planted words stand in a text or in bytes."""
    plain = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
    return sorted(each for each in words if each.lower() in plain.lower())


@pytest.fixture
def heard(app):
    """Every line that the product's own log writes meanwhile."""
    out, root, level = io.StringIO(), logging.root, logging.root.level
    lines = logging.StreamHandler(out)
    lines.setFormatter(JsonLines())
    root.addHandler(lines)
    root.setLevel(logging.DEBUG)
    yield out
    root.removeHandler(lines)
    root.setLevel(level)


@pytest.fixture
def led(app):
    """Every address that a browser was led to."""
    places = []

    def note(answer):
        places.append(answer.headers.get("Location", ""))
        return answer

    app.after_request_funcs.setdefault(None, []).append(note)
    yield places
    app.after_request_funcs[None].remove(note)


@pytest.fixture
def planted(app, cast, sign_in, post, heard, led):
    """Cleo, under a name that nobody else has, wrote in every room through its pages; others answered and looked."""
    with transaction():
        cast.cleo.display_name = NAME
        cast.cleo.email = cast.cleo.email_norm = MAILBOX
        db.session.add(factories.topic())
    browsers = {name: sign_in(app.test_client(), getattr(cast, name)) for name in ("cleo", "anna", "sam")}

    def send(who, path, **fields):
        answer = post(path, browser=browsers[who], **fields)
        assert answer.status_code == 303, (path, answer.status_code, answer.text[-2000:])
        db.session.rollback()
        return answer

    first = {"words": WORDS["message"], "topic": WORDS["topic"], "form_key": "one"}
    send("cleo", f"/specialists/{cast.practice.slug}/message", **first, files=(io.BytesIO(FILE), "a.pdf"))
    thread = db.session.scalars(select(Thread)).one()
    send("anna", f"/me/messages/{thread.code}/send", words=WORDS["answer"], form_key="two")
    theirs = thread_messages(thread)[-1]
    send("cleo", f"/report/message/{theirs.code}", reason="other", words=WORDS["report"])
    send("cleo", "/contact", about="payment", words=WORDS["ticket"], reference=WORDS["reference"], form_key="three")
    question = {"topics": "stress", "shows": "no", "do": "send"}
    send("cleo", "/questions/new", title="Is it us?", words="Or is it me?", form_key="four", **question)
    decide(db.session.scalars(select(Question)).one(), Decision.PUBLISH, cast.sam)
    titled = {"title": WORDS["question"], "words": WORDS["details"]}
    send("cleo", "/questions/new", **titled, form_key="five", **question)
    waiting = db.session.scalars(select(Question).order_by(Question.id.desc())).first()
    case = cases.open_about("question", waiting.code)
    send("sam", f"/admin/moderation/{case.code}/look", purpose=WORDS["look"])
    for who, path in (("cleo", "/me/who-looked"), ("anna", f"/me/messages/{thread.code}"), ("anna", "/me/messages")):
        assert browsers[who].get(path).status_code == 200
    return browsers


def thread_messages(thread):
    return list(db.session.scalars(select(Message).where(Message.thread_id == thread.id).order_by(Message.id)))


def test_it_is_there_for_those_whom_it_is_for(app, planted, cast):
    """Else nothing that follows says anything."""
    with app.test_request_context():
        copy = zipfile.ZipFile(io.BytesIO(copies.of(cast.cleo)))
    theirs = b"".join(copy.read(each) for each in copy.namelist())
    mine = set(WORDS.values()) - {WORDS["answer"]}

    assert set(found_in(theirs)) == mine | set(TRUE_NAME)
    assert WORDS["answer"] in str(holdings_of(cast.anna))


def holdings_of(person):
    """What the copy of somebody holds, with its files."""
    rows = {each.name: each.tell(person) for each in holdings.records()}
    files = [each for record in holdings.records() for each in record.files(person)]
    return json.dumps(rows, ensure_ascii=False, default=str) + str(files)


def test_no_line_of_the_log_no_metric_and_no_address_holds_any_of_it(planted, heard, led, client):
    said = heard.getvalue()

    assert said.count('"said": "answered"') > 10 and found_in(said) == []
    assert found_in(" ".join(led)) == [] and len([each for each in led if each]) > 5
    assert found_in(client.get("/metrics").text) == []
    audit = db.session.execute(select(db.metadata.tables["audit_event"])).all()
    assert audit and found_in(audit) == []


def test_no_letter_holds_any_of_it_but_its_readers_own_name(planted, cast):
    outbox = Outbox()
    kinds = set()
    for letter in outbox.all():
        opened = outbox.read(letter)
        allowed = set(TRUE_NAME) if letter.recipient_id == cast.cleo.id else set()
        assert set(found_in((opened.subject, opened.text, opened.html))) <= allowed, letter.template
        assert found_in(opened.subject) == [] and found_in((letter.event_key, letter.about, letter.template)) == []
        kinds.add(letter.template)
    assert {"messages/new", "contact/received", "questions/received"} <= kinds


def test_nothing_of_it_lies_in_the_tables_but_the_account_itself(planted):
    for table in db.metadata.sorted_tables:
        rows = db.session.execute(select(table)).all()
        names = {"user", "outbox_mail"}
        assert found_in(rows, WORDS.values()) == [], table.name
        assert table.name in names or found_in(rows, TRUE_NAME) == [], table.name


def test_the_bytes_of_the_database_and_the_files_beside_it_hold_none_of_it(planted, engine, config):
    db.session.rollback()
    stored = _bytes_of_file(config) if engine == "sqlite" else _rows_as_text()

    assert MAILBOX.encode() in stored and found_in(stored, WORDS.values()) == []
    files = [each.read_bytes() for each in settings().uploads.rglob("*") if each.is_file()]
    assert files and [found_in(each) for each in files if found_in(each)] == []


def _bytes_of_file(config):
    path = Path(config.database_url.removeprefix("sqlite:///"))
    parts = [path, path.with_name(f"{path.name}-wal")]
    return b"".join(each.read_bytes() for each in parts if each.exists())


def _rows_as_text():
    names = [each.name for each in db.metadata.sorted_tables]
    rows = (db.session.scalars(text(f'SELECT "{name}"::text FROM "{name}"')).all() for name in names)
    return "\n".join(each for table in rows for each in table).encode()


def test_no_copy_of_anybody_else_and_no_page_for_strangers_holds_any_of_it(planted, cast, client):
    for person in (cast.anna, cast.ben, cast.sam):
        held = set(found_in(holdings_of(person)))
        assert held == ({WORDS["answer"]} if person is cast.anna else set()), person.display_name

    public = db.session.scalars(select(Question).where(Question.public_title.is_not(None))).one()
    for path in ("/questions", f"/questions/{public.code}", f"/specialists/{cast.practice.slug}", "/specialists", "/"):
        for _ in range(2):
            answer = client.get(path)
            assert (answer.status_code, found_in(answer.text)) == (200, []), path
    kept = [each for each in gc.get_objects() if isinstance(each, Memory)]
    assert any(each._known for each in kept)
    assert [found for each in kept if (found := found_in(list(each._known.items())))] == []


def test_when_an_account_has_ended_nothing_is_left_of_it_even_where_all_is_opened(planted, cast, clock):
    mine = [word for name, word in WORDS.items() if name != "answer"]
    assert set(found_in(_opened(), mine)) == set(mine)
    accounts.ask_for_erasure(cast.cleo)
    clock.advance(days=15)
    assert jobs.erase_due() == 1
    db.session.expire_all()

    assert found_in(_opened(), mine) == []
    assert WORDS["answer"] in str(_opened())
    for table in db.metadata.sorted_tables:
        rows = db.session.execute(select(table)).all()
        assert table.name == "outbox_mail" or found_in(rows) == [], table.name
    assert [each.template for each in Outbox().all() if found_in(each.to_address)] == ["accounts/erased"]
    assert faults() == []


def _opened():
    """Every sealed word of every room, what the two of a conversation wrote to each other, and their files."""
    texts = [vault.open_sealed(each.token, each.context) for place in sealed.places() for each in place.texts()]
    written = db.session.scalars(select(Message).where(Message.body_sealed.is_not(None)))
    said = [keys.key_of(each.thread).open_body(each) for each in written]
    return [*texts, *said, *map(attachments.content_of, db.session.scalars(select(Attachment)))]
