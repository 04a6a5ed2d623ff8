"""Files that go along with messages: told by content, made safe, sealed on disk, kept once or not at all."""

import io
import struct
import zlib
from datetime import UTC, datetime, timedelta

import pytest
from PIL import Image
from sqlalchemy import update

from practice.config import settings
from practice.messages import actions, attachments, jobs, policy, queries
from practice.messages.actions import sending
from practice.messages.attachments import BadFile
from practice.messages.models import Attachment
from practice.messages.states import FileKind
from practice.providers.storage import DiskStore
from practice.store.db import db, transaction
from practice.store.vault import VaultLocked
from practice.values.errors import FileMissing, NotFound, SentBefore
from tests.messages.conftest import all_words, files_on_disk, words_of
from tests.pages import fields_of

SECRET = b"heron-in-the-reeds"
PDF = b"%PDF-1.7\n% " + SECRET + b"\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


def picture(kind="JPEG", size=(60, 40), **options):
    out = io.BytesIO()
    Image.new("RGB", size, (10, 120, 60)).save(out, kind, **options)
    return out.getvalue()


def with_a_place(kind="JPEG"):
    """A picture that knows where it was taken, lies on its side and has a comment."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = SECRET.decode()
    exif.get_ifd(0x8825)[1] = "N"
    return picture(kind, exif=exif, **({"comment": SECRET} if kind == "JPEG" else {}))


def bomb(side=30_000):
    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    content = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\x00" * 1000)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + content


def stored(message):
    return [attachments.content_of(each) for each in message.attachments]


def test_a_picture_stands_upright_and_has_lost_where_it_was_taken(cast, write):
    sent = with_a_place()
    message = write(cast.ben, files=[sent + b"<script>alert(1)</script>"])

    (content,) = stored(message)
    with Image.open(io.BytesIO(content)) as image:
        assert image.size == (40, 60) and not image.getexif() and "comment" not in image.info
    assert SECRET not in content and b"script" not in content


def test_what_is_on_disk_is_sealed_and_the_bytes_that_came_are_nowhere(cast, write):
    write(cast.ben, files=[PDF, with_a_place("PNG")])

    for path in settings().data.rglob("*"):
        if path.is_file():
            assert SECRET not in path.read_bytes(), path
    assert files_on_disk() == 2


def test_a_pdf_comes_back_as_it_was_and_as_nothing_that_runs(cast, write, client, sign_in, thread):
    message = write(cast.ben, files=[PDF])
    path = f"/me/messages/{thread.code}/files/{message.attachments[0].code}"

    answer = sign_in(client, cast.anna).get(path)

    assert answer.data == PDF
    assert answer.headers["Content-Disposition"] == "attachment; filename=attachment-1.pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert (
        answer.headers["Content-Security-Policy"].startswith("sandbox")
        and "no-store" in answer.headers["Cache-Control"]
    )
    for stranger in (cast.cleo, cast.sam):
        assert sign_in(client, stranger).get(path).status_code == 404


def test_a_file_is_found_in_its_own_conversation_only(cast, write, thread):
    other = actions.begin(cast.cleo, cast.practice)
    message = write(cast.cleo, files=[PDF], to=other)

    with pytest.raises(NotFound):
        queries.attachment_of(cast.ben, thread.code, message.attachments[0].code)
    with pytest.raises(NotFound):
        queries.attachment_of(cast.anna, thread.code, message.attachments[0].code)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html><script>alert(1)</script></html>",
        b"GIF89a" + b"\0" * 40,
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"PK\x03\x04" + b"\0" * 40,
        b"MZ" + PDF,
        b"%PDF-1.7\nno end",
        b"\xff\xd8\xff\xe0" + b"\0" * 200,
        b"\x89PNG\r\n\x1a\n" + PDF,
        picture("WEBP"),
        bomb(),
    ],
    ids=[
        "none",
        "html",
        "gif",
        "svg",
        "zip",
        "program",
        "half a pdf",
        "half a jpeg",
        "png that is a pdf",
        "webp",
        "bomb",
    ],
)
def test_what_is_no_pdf_png_or_jpg_by_its_content_is_refused(cast, thread, write, content):
    with pytest.raises(BadFile):
        write(cast.ben, files=[content])

    assert all_words(thread) == [] and files_on_disk() == 0


def test_a_file_of_more_than_five_megabytes_is_refused(cast, write):
    with pytest.raises(BadFile, match="5 MB"):
        write(cast.ben, files=[PDF[:-6] + b"\0" * policy.FILE_BYTES + b"%%EOF"])


def test_one_bad_file_keeps_none(cast, write):
    with pytest.raises(BadFile):
        write(cast.ben, files=[PDF, b"no"])

    assert files_on_disk() == 0


def test_a_file_that_is_moved_to_another_message_does_not_open(cast, write, answered):
    mine, other = write(cast.ben, files=[PDF]), write(cast.anna, files=[PDF + b"\n%%EOF"])
    a, b = mine.attachments[0], other.attachments[0]
    store = DiskStore(settings().uploads)
    mixed = store.read(a.file_key)
    store.put(b.file_key, mixed)

    with pytest.raises(VaultLocked):
        attachments.content_of(b)
    assert attachments.content_of(a) == PDF


def test_text_and_two_files_sent_again_are_one_message_with_both_once(cast, thread, write):
    files = [PDF, with_a_place()]
    first = write(cast.ben, "Both.", "the-form", files)
    again = write(cast.ben, "Both.", "the-form", files)

    assert again.id == first.id and len(again.attachments) == 2
    assert all_words(thread) == ["Both."] and files_on_disk() == 2


def test_the_same_form_with_another_file_is_refused(cast, write):
    write(cast.ben, "Both.", "the-form", [PDF])
    with pytest.raises(SentBefore):
        write(cast.ben, "Both.", "the-form", [PDF, PDF])
    assert files_on_disk() == 1


def test_a_message_that_is_not_stored_leaves_no_file(cast, thread, write, monkeypatch):
    def fails(*_):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(sending.emails, "arrived", fails)
    with pytest.raises(RuntimeError):
        write(cast.ben, files=[PDF])

    assert files_on_disk() == 0 and all_words(thread) == []


def test_files_that_no_message_has_are_swept_and_others_stay(cast, write, clock):
    message = write(cast.ben, files=[PDF])
    store = DiskStore(settings().uploads)
    store.put(store.new_key("attachments"), b"left by a process that was killed")
    clock.freeze(datetime.fromtimestamp(store.keys("attachments")[0][1], UTC) + timedelta(hours=23))
    assert jobs.drop_files() == 0
    clock.advance(hours=2)

    assert jobs.drop_files() == 1
    assert stored(message) == [PDF]


def test_taken_back_the_file_is_gone_from_the_disk(cast, write):
    message = write(cast.ben, files=[PDF])

    actions.take_back(message, by=cast.ben)

    assert files_on_disk() == 0 and words_of(message) == ""
    assert db.session.query(Attachment).count() == 0


def test_a_file_that_is_lost_says_so(cast, write):
    message = write(cast.ben, files=[PDF])
    DiskStore(settings().uploads).drop(message.attachments[0].file_key)

    with pytest.raises(FileMissing):
        stored(message)


def test_a_kind_that_is_stored_is_one_that_is_served(cast, write):
    message = write(cast.ben, files=[picture("PNG")])
    assert message.attachments[0].kind == FileKind.PNG
    with pytest.raises(Exception, match=r"(?i)check"), transaction():
        db.session.execute(update(Attachment).values(kind="html"))


def test_files_are_sent_from_the_page_and_a_fourth_is_too_many(cast, client, sign_in, answered):
    browser, path = sign_in(client, cast.ben), f"/me/messages/{answered.code}"
    fields = {name: value for name, value in fields_of(browser.get(path), f"{path}/send").items() if name != "files"}

    def send(*contents):
        files = [(io.BytesIO(each), "<script>.pdf") for each in contents]
        return browser.post(f"{path}/send", data=fields | {"words": "Here.", "files": files}, follow_redirects=True)

    too_many, bad = send(*[PDF] * 4), send(b"no")
    assert too_many.status_code == 422 and "three files at most" in too_many.text and "Here." in too_many.text
    assert bad.status_code == 422 and "can’t pass on safely" in bad.text and "Here." in bad.text
    answer = send(PDF)
    assert "attachment-1.pdf" in answer.text and "script&gt;.pdf" not in answer.text
