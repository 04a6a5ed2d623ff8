"""Uploaded bytes lie under names of our own; nothing that a person sent is ever part of a path."""

import os
import stat

import pytest

from practice.providers.storage import DiskStore, NoSuchFile

BAD_NAMES = [
    "../../etc/passwd", "papers/../../x", "/etc/passwd", "papers/..", "papers/", "papers", "", "photos/a",
    "papers/a\x00b", "papers\\..\\x", "C:\\windows", "papers/" + "a" * 300, "papers/CON", "papers/%2e%2e%2fx",
    "elsewhere/" + "a" * 22,
    "papers/" + "a" * 22 + ".html", "papers/" + "a" * 22 + "\n", "photos/" + "a" * 22 + "-96.webp.exe",
]  # fmt: skip


@pytest.fixture
def store(tmp_path):
    return DiskStore(tmp_path / "uploads")


def test_what_is_put_is_read_and_dropped(store):
    key = store.new_key("papers")

    store.put(key, b"words")

    assert store.read(key) == b"words"
    store.drop(key)
    store.drop(key)
    with pytest.raises(NoSuchFile):
        store.read(key)


def test_keys_are_random_and_long(store):
    keys = {store.new_key("papers") for _ in range(200)}

    assert len(keys) == 200
    assert all(len(key.removeprefix("papers/")) == 22 for key in keys)


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_name_that_is_not_ours_is_refused(store, name, tmp_path):
    before = sorted(tmp_path.rglob("*"))

    with pytest.raises(NoSuchFile):
        store.read(name)
    with pytest.raises(NoSuchFile):
        store.drop(name)
    with pytest.raises(ValueError):
        store.put(name, b"x")

    assert sorted(tmp_path.rglob("*")) == before


def test_an_area_that_does_not_exist_gets_no_key(store):
    with pytest.raises(ValueError):
        store.new_key("static")


def test_only_the_owner_of_the_process_can_read_the_files(store, tmp_path):
    key = store.new_key("papers")
    store.put(key, b"words")

    mode = stat.S_IMODE(os.stat(tmp_path / "uploads" / key).st_mode)

    assert mode == 0o600


def test_an_interrupted_write_leaves_the_old_file_whole(store, monkeypatch):
    key = store.new_key("papers")
    store.put(key, b"old")

    def broken(_descriptor):
        raise OSError("no space left")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(OSError):
        store.put(key, b"new")

    assert store.read(key) == b"old"
    assert [name for name, _ in store.keys("papers")] == [key]


def test_a_new_name_is_on_disk_before_anybody_counts_on_it(store, monkeypatch):
    synced = []
    real = os.fsync
    monkeypatch.setattr(
        os, "fsync", lambda number: (synced.append(stat.S_ISDIR(os.fstat(number).st_mode)), real(number))
    )

    store.put(store.new_key("papers"), b"words")

    assert synced == [False, True]
