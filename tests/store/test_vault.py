"""What people write is sealed: the database alone cannot read it, nor put it elsewhere."""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import replace

import pytest

from practice.store import vault
from practice.store.vault import VaultLocked

NOTE = "Ich würde gern über meinen Schlaf sprechen. 🌙"
HERE = "booking:abc:note"


@pytest.fixture
def keys(app, monkeypatch):
    def turn_to(*pairs):
        monkeypatch.setitem(app.config, "PRACTICE", replace(app.config["PRACTICE"], vault_keys=pairs))

    return turn_to


OLD, NEW = ("k1", b"1" * 32), ("k2", b"2" * 32)


@pytest.mark.parametrize("text", ["", NOTE, "x" * 100_000])
def test_what_was_sealed_opens_in_its_place(app, text):
    assert vault.open_sealed(vault.seal(text, HERE), HERE) == text


def test_a_sealed_text_shows_nothing_of_it_and_never_looks_the_same(app):
    first, second = vault.seal(NOTE, HERE), vault.seal(NOTE, HERE)

    assert first != second
    assert b"Schlaf" not in urlsafe_b64decode(first.split(".")[2])


def test_a_sealed_text_does_not_open_in_another_row(app):
    with pytest.raises(VaultLocked):
        vault.open_sealed(vault.seal(NOTE, HERE), "booking:xyz:note")


def test_no_changed_bit_goes_unnoticed(app):
    version, key_id, body = vault.seal("short", HERE).split(".")
    raw = urlsafe_b64decode(body)

    for position in range(len(raw)):
        bent = bytearray(raw)
        bent[position] ^= 1
        with pytest.raises(VaultLocked):
            vault.open_sealed(f"{version}.{key_id}.{urlsafe_b64encode(bytes(bent)).decode()}", HERE)


@pytest.mark.parametrize("token", ["", "v1", "v1.test", "v1.test.", "v2.test.AAAA", "v1.test.*", "v1.test.AAAA", NOTE])
def test_what_is_no_sealed_text_is_locked_and_no_crash(app, token):
    with pytest.raises(VaultLocked):
        vault.open_sealed(token, HERE)


def test_a_new_key_opens_old_text_while_the_old_one_is_kept(keys):
    keys(OLD)
    sealed = vault.seal(NOTE, HERE)
    keys(NEW, OLD)

    assert vault.open_sealed(sealed, HERE) == NOTE
    assert not vault.is_current(sealed)


def test_rewrapping_frees_a_text_from_the_old_key_and_keeps_its_body(keys):
    keys(OLD)
    sealed = vault.seal(NOTE, HERE)
    keys(NEW, OLD)

    fresh = vault.rewrap(sealed, HERE)
    keys(NEW)

    assert vault.is_current(fresh)
    assert vault.open_sealed(fresh, HERE) == NOTE
    assert fresh[-40:] == sealed[-40:]


def test_without_its_key_a_text_is_locked_with_a_sentence(keys):
    keys(OLD)
    sealed = vault.seal(NOTE, HERE)
    keys(NEW)

    with pytest.raises(VaultLocked, match="still kept, and locked") as locked:
        vault.open_sealed(sealed, HERE)
    assert locked.value.status == 503


def test_another_key_under_the_same_name_does_not_open_it(keys):
    keys(OLD)
    sealed = vault.seal(NOTE, HERE)
    keys((OLD[0], secrets.token_bytes(32)))

    with pytest.raises(VaultLocked):
        vault.open_sealed(sealed, HERE)
