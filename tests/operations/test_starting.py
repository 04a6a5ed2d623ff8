"""A server proves what it stands on before it answers, and check-up opens everything that is stored."""

import shutil

import pytest
from sqlalchemy import text

from practice.config import BadConfig
from practice.operations import starting
from practice.specialists import credentials, photos
from practice.specialists.models import Credential
from practice.store import installation, keys, sealed
from practice.store.checks import faults
from practice.store.db import db, transaction
from tests.databases import Files
from tests.house.source import ROOT

PDF = b"%PDF-1.4\nabout me\n%%EOF\n"


@pytest.fixture
def stored(app, cast):
    """A document and a portrait of Anna's, as rows and as files; the key of the document."""
    paper = credentials.keep(PDF, "paper.pdf")
    portrait = photos.keep((ROOT / "docs" / "screenshots" / "home.png").read_bytes())
    with transaction() as session:
        session.add(Credential(specialist_id=cast.practice.id, document_key=paper.key, document_type="pdf"))
        cast.practice.photo_key = portrait
    return paper.key, portrait


def test_with_everything_in_its_place_it_starts_and_all_holds(app, stored):
    starting.prove()

    assert faults() == []
    assert db.session.query(keys.KeyMark).count() == 2
    assert db.session.get(installation.Installation, 1)


def test_uploads_that_are_gone_stop_the_start_and_are_named(app, stored, config):
    shutil.rmtree(config.uploads)

    with pytest.raises(BadConfig, match="does not exist, and the database names 3 files in it"):
        starting.prove()
    assert len([fault for fault in faults() if "cannot be read: NoSuchFile" in fault]) == 3


def test_whoever_lost_them_for_good_makes_an_empty_folder_and_starts(app, stored, config):
    shutil.rmtree(config.uploads)
    config.uploads.mkdir()

    starting.prove()
    assert len(faults()) == 3


@pytest.mark.parametrize("which", ["document", "portrait"])
def test_each_file_that_is_missing_or_spoiled_is_named(app, stored, config, which):
    key = stored[0] if which == "document" else f"{stored[1]}-96.webp"
    path = config.uploads / key
    path.write_bytes(path.read_bytes()[:-40])
    assert any(key in fault for fault in faults())

    path.unlink()
    assert f"The file {key} cannot be read: NoSuchFile." in faults()


def test_without_any_mark_another_key_is_known_by_what_it_cannot_open(app, stored, make_app):
    other = make_app(vault_keys=(("test", b"9" * 32),))

    with other.app_context(), pytest.raises(BadConfig, match="VAULT_KEY opens nothing of what people wrote here"):
        starting.prove()


def test_a_key_that_was_retired_is_forgotten(app, stored, make_app):
    starting.prove()
    with make_app(vault_keys=(("next", b"9" * 32), *app.config["PRACTICE"].vault_keys)).app_context():
        starting.prove()
        dict(sealed.rewrap_all())
    with make_app(vault_keys=(("next", b"9" * 32),)).app_context():
        starting.prove()
        assert {mark.name for mark in db.session.query(keys.KeyMark) if mark.name.startswith(keys.VAULT)} == {
            "vault:next"
        }


@pytest.mark.once
def test_a_server_whose_database_is_away_answers_nobody_before_all_is_proved(config, make_app, tmp_path):
    folder = tmp_path / "later"
    app = make_app(database_url=f"sqlite:///{folder / 'practice.db'}", data=tmp_path)
    starting._prove_or_wait(app)
    browser = app.test_client()
    assert browser.get("/healthz").status_code == 200
    assert browser.get("/terms").status_code == 503

    folder.mkdir()
    Files().fresh(folder)

    assert browser.get("/terms").status_code == 200
    with app.app_context():
        assert db.session.scalar(text("SELECT count(*) FROM installation")) == 1


@pytest.mark.once
def test_a_server_that_must_not_start_stays_shut_also_when_its_database_comes_late(make_app, tmp_path):
    folder = tmp_path / "later"
    url = f"sqlite:///{folder / 'practice.db'}"
    shut = make_app(database_url=url, data=tmp_path, vault_keys=(("test", b"9" * 32),))
    starting._prove_or_wait(shut)
    folder.mkdir()
    Files().fresh(folder)
    with make_app(database_url=url, data=tmp_path).app_context():
        keys.note()

    answer = shut.test_client().get("/terms")

    assert answer.status_code == 503
    assert "This site is not open yet." in answer.text
