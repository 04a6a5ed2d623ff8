"""The server dies at each point of sending a message with files: sent again, all of it is there, and once."""

import itertools

import pytest

from practice.letters.outbox import OutboxMail
from practice.messages import attachments, keys, queries
from practice.messages.models import Attachment, Message
from practice.store.db import db
from tests.faults.serving import browser_of, crowd, found_faults, health, product, serving, was_cut_off

pytestmark = pytest.mark.faults

FILES = (b"%PDF-1.7\n% the first\n%%EOF\n", b"%PDF-1.7\n% the second\n%%EOF\n")
# With which passing of it: a first message begins its conversation in a transaction before its own.
POINTS = (
    "message.file_kept 1", "message.file_kept 2", "message.files_kept 1", "message.written 1",
    "commit.before 1", "commit.before 2", "commit.after 1", "commit.after 2", "answer.before 1",
)  # fmt: skip
FEW = ("message.file_kept 1", "message.written 1", "commit.before 2", "commit.after 2", "answer.before 1")
ROUNDS = 5
_forms = itertools.count(1)


@pytest.fixture(scope="module")
def place(engine, store, config, data):
    """A practice that takes messages, a server that is replaced at once when it dies, and people to write."""
    with product(store, data) as arena, serving(arena, "--preload") as server:
        (slug,) = arena.practices(1)
        yield arena, server, f"/specialists/{slug}/message", crowd(arena)


@pytest.mark.parametrize("point", FEW)
def test_a_message_that_is_sent_again_after_a_power_cut_is_there_once_with_its_files(place, point):
    assert killed_and_sent_again(place, point)


@pytest.mark.long
@pytest.mark.parametrize("point", POINTS)
def test_wherever_the_server_dies_a_message_and_the_next_one_are_there_once(place, point):
    assert all(killed_and_sent_again(place, point) for _ in range(ROUNDS))


@pytest.mark.long
def test_a_server_that_keeps_dying_at_another_point_each_time_still_stores_it_once(place):
    assert killed_and_sent_again(place, *POINTS)


def killed_and_sent_again(place, *points):
    """Whether the requests came to each of these points; in any case everything must be right afterwards."""
    arena, server, path, people = place
    person = next(people)
    form = {"words": "Whatever I wrote.", "topic": "A talk", "form_key": f"form-{next(_forms)}"}
    died = []
    for point in points:
        doomed = browser_of(person, server.port, point)
        died.append(was_cut_off(lambda doomed=doomed: doomed.upload(path, FILES, **form)))
        doomed.close()
        assert health(server.port) == 200
        assert found_faults(arena) == []

    calm = browser_of(person, server.port)
    there = {calm.upload(path, FILES, **form).location for _ in range(2)}
    calm.close()
    assert len(there) == 1 and "/me/messages/" in there.pop()
    assert stored_by(arena, person) == [("Whatever I wrote.", "A talk", list(FILES), 1)]
    assert found_faults(arena) == []
    assert left_over(arena) == 0
    return any(died)


def stored_by(arena, person):
    """Each message of this person: its words, its topic, its files, and how many letters tell of it."""
    with arena.inside():
        found = []
        for each in db.session.scalars(db.select(Message).where(Message.author_id == person.user_id)):
            body = keys.key_of(each.thread).open_body(each)
            letters = db.select(db.func.count()).where(OutboxMail.event_key == f"{each.thread.thing}:new:{each.id}")
            files = [attachments.content_of(file) for file in each.attachments]
            found.append((body.words, body.topic, files, db.session.scalar(letters)))
        return found


def left_over(arena):
    """How many files no message has once the sweep was there; those of messages must be."""
    with arena.inside():
        for name in attachments.unused(queries.file_keys(), float("inf")):
            attachments.drop_file(name)
        rows = db.session.scalar(db.select(db.func.count()).select_from(Attachment))
        folder = arena.folder / "uploads" / "attachments"
        return (len(list(folder.iterdir())) if folder.is_dir() else 0) - rows
