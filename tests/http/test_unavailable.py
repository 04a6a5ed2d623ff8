"""What a person reads when a key, a file or the database is away is true: what to do, and what would not help."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from practice.config import Config
from practice.specialists import credentials
from practice.specialists.models import Credential
from practice.store.db import db, transaction
from practice.store.vault import VaultLocked
from practice.values.errors import Unavailable
from tests import factories
from tests.factories import PASSWORD, code_at
from tests.pages import csrf_of, tree_of

WEDNESDAY = datetime(2027, 3, 3, 9, 0, tzinfo=UTC)


def words(answer):
    return " ".join(tree_of(answer).select_one("main").get_text().split())


@pytest.fixture
def another_key(app, monkeypatch):
    def turn():
        monkeypatch.setitem(app.config, "PRACTICE", replace(app.config["PRACTICE"], vault_keys=(("test", b"9" * 32),)))
        db.session.rollback()

    return turn


def test_a_locked_page_does_not_ask_to_try_again(app, client, monkeypatch):
    """Pages say so in the place of the words; this is for what cannot do without them."""

    def needs_the_words():
        raise VaultLocked("nothing opens it")

    monkeypatch.setitem(app.view_functions, "home.privacy", needs_the_words)

    answer = client.get("/privacy")

    assert answer.status_code == 503
    assert "This is locked just now" in words(answer)
    assert "trying again won’t help" in words(answer)
    assert Config.contact in words(answer)
    assert "send it again" not in words(answer)
    assert "Retry-After" not in answer.headers


def test_a_second_step_that_cannot_be_opened_is_not_called_a_wrong_code(client, cast, another_key, clock):
    totp = factories.with_two_step(cast.ben)
    fields = {"csrf_token": csrf_of(client.get("/sign-in")), "email": cast.ben.email, "password": PASSWORD}
    page = client.get(client.post("/sign-in", data=fields).location)
    another_key()

    answer = client.post("/sign-in/code", data={"csrf_token": csrf_of(page), "code": code_at(totp, clock.now())})

    assert answer.status_code == 503
    assert "This is locked just now" in words(answer)
    assert "didn’t fit" not in words(answer)


def test_a_document_whose_file_is_gone_is_missed_and_not_a_wrong_address(app, cast, config):
    paper = credentials.keep(b"%PDF-1.4\nabout me\n%%EOF\n", "paper.pdf")
    with transaction() as session:
        row = Credential(specialist_id=cast.practice.id, document_key=paper.key, document_type="pdf")
        session.add(row)
    (config.uploads / paper.key).unlink()

    with pytest.raises(Unavailable, match="isn’t where it should be") as missing:
        credentials.content_of(row)
    assert not missing.value.passes


def test_a_page_that_was_only_read_is_not_told_that_nothing_was_stored(app, client, monkeypatch):
    def away():
        raise Unavailable("We could not reach our records just now.")

    monkeypatch.setitem(app.view_functions, "home.privacy", away)

    answer = client.get("/privacy")

    assert answer.status_code == 503
    assert "not been stored" not in words(answer)
    assert answer.headers["Retry-After"] == "5"
