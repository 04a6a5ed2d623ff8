"""Documents: told apart by content, sealed, kept away from the web, opened by their owner and by staff alone."""

import io
from base64 import b64decode, b64encode

import pytest
from bs4 import BeautifulSoup
from PIL import Image
from sqlalchemy import select

from practice.specialists import actions, credentials, queries
from practice.specialists.policy import PHOTO_FORM_BYTES
from practice.specialists.states import CredentialKind
from practice.store.audit import AuditEvent
from practice.store.db import db
from tests.pages import csrf_of

from . import recipes


@pytest.fixture
def mara_in(client, mara, sign_in):
    return sign_in(client, mara)


@pytest.fixture
def upload(mara_in, mara, post):
    actions.create_application(mara, recipes.profession())

    def send(content, name="scan.pdf", kind="licence", mimetype="application/pdf"):
        return post("/apply/documents", kind=kind, file=(io.BytesIO(content), name, mimetype))

    return send


def licence(user):
    return next((c for c in queries.application_of(user).credentials if c.kind == "licence" and c.document_key), None)


@pytest.mark.parametrize(
    "content, found",
    [(recipes.PDF, "pdf"), (recipes.picture(), "jpg"), (recipes.picture(kind="PNG"), "png")],
    ids=["pdf", "jpg", "png"],
)
def test_a_document_is_taken_by_its_content_whatever_it_is_called(upload, mara, content, found):
    assert upload(content, name="holiday.exe", mimetype="text/html").status_code == 303

    paper = licence(mara)
    assert (paper.document_type, paper.document_name, paper.document_bytes) == (found, f"holiday.{found}", len(content))


@pytest.mark.parametrize("before, after", [(b"\r\n\n", b""), (b"", b"\x00" * 5000), (b"\n", b"\n \x00\r\n")])
def test_a_pdf_with_a_blank_line_first_or_zeros_after_its_end_is_one(upload, mara, before, after):
    content = before + recipes.PDF + after

    assert upload(content).status_code == 303
    assert credentials.content_of(licence(mara)) == content


def test_a_photo_of_a_document_by_any_telephone_is_taken(mara_in, mara):
    actions.create_application(mara, recipes.profession())

    assert sent_whole(mara_in, recipes.picture((5712, 4284))).status_code == 303
    assert licence(mara).document_type == "jpg"
    assert "50 megapixels or smaller" in sent_whole(mara_in, recipes.picture((7200, 7200))).text


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"%PDF-1.4 without an end", "a part of it is missing"),
        (recipes.picture()[:900], "damaged"),
        (recipes.picture(kind="WEBP"), "Save it as PDF, JPG or PNG"),
        (b"PK\x03\x04" + b"\x00" * 200, "a kind of file we can’t open"),
    ],
    ids=["cut off", "damaged", "webp", "zip"],
)
def test_a_refused_document_is_told_the_true_reason(upload, content, reason):
    answer = upload(content)

    assert reason in BeautifulSoup(answer.text, "html.parser").select_one("#file-error").text


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"MZ" + b"\x00" * 200,
        b"PK\x03\x04" + b"\x00" * 200,
        b"<html><script>alert(1)</script></html>",
        b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"%PDF-1.4 without an end",
        b" %PDF-1.4\n%%EOF",
        b"#!/bin/sh\nrm -rf /",
        b"GIF89a" + b"\x00" * 50,
        b"\x89PNG\r\n\x1a\n<script>",
        recipes.picture()[:900],
        recipes.picture(kind="WEBP"),
        b"ftypheic" + b"\x00" * 100,
    ],
    ids=range(13),
)
def test_what_is_no_document_is_refused_and_nothing_is_kept(upload, mara, config, content):
    answer = upload(content)

    assert answer.status_code == 422
    assert BeautifulSoup(answer.text, "html.parser").select_one("#file-error").text.strip()
    assert licence(mara) is None
    assert not list(config.uploads.rglob("papers/*"))


def test_an_insurance_without_its_last_day_comes_back_beside_its_field(upload, mara):
    answer = upload(recipes.PDF, kind="insurance")

    assert answer.status_code == 422
    assert "last day" in BeautifulSoup(answer.text, "html.parser").select_one("#expires_on-error").text
    assert not [paper for paper in mara.specialist.credentials if paper.kind == CredentialKind.INSURANCE]


def sent_whole(browser, content):
    token = csrf_of(browser.get("/time-zone"))
    return browser.post("/apply/documents", **recipes.whole_form(token, "file", "a.pdf", content, kind="licence"))


def test_more_than_five_megabytes_are_refused(mara_in, mara, config):
    actions.create_application(mara, recipes.profession())
    content = recipes.PDF[:9] + b"x" * (5 * 1024 * 1024) + b"%%EOF"

    answer = sent_whole(mara_in, content)

    assert answer.status_code == 422
    assert "5 MB" in answer.text
    assert not list(config.uploads.rglob("papers/*"))


def test_more_than_the_server_takes_is_refused_kindly(mara_in, mara):
    actions.create_application(mara, recipes.profession())

    answer = sent_whole(mara_in, b"x" * (9 * 1024 * 1024))

    assert answer.status_code == 413
    assert licence(mara) is None


def test_the_way_back_from_a_refused_file_opens_the_page_it_was_sent_from(client, mara, sam, sign_in):
    recipes.published(mara, sam)
    sign_in(client, mara)

    form = recipes.whole_form(csrf_of(client.get("/time-zone")), "photo", "me.jpg", b"x" * PHOTO_FORM_BYTES)
    answer = client.post("/practice/profile/photo", **form)

    way = BeautifulSoup(answer.text, "html.parser").select_one("main a.btn")["href"]
    assert (answer.status_code, way) == (413, "/practice/profile")
    assert client.get(way).status_code == 200


@pytest.mark.parametrize(
    "name, shown",
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("..\\..\\windows\\win.ini", "win.pdf"),
        ("/etc/cron.d/x.pdf", "x.pdf"),
        ("a\x00b.pdf.exe", "ab.pdf.pdf"),
        ("evil\r\nSet-Cookie: a=b.pdf", "evilSet-Cookie: a=b.pdf"),
        ("\u202efdp.exe", "fdp.pdf"),
        ("." * 40, "document.pdf"),
        ("", "document.pdf"),
        ("x" * 500 + ".pdf", "x" * 80 + ".pdf"),
        ('"; rm -rf /.pdf', "pdf.pdf"),
        ("CON", "CON.pdf"),
        ("Zeugnis für Mara.pdf", "Zeugnis für Mara.pdf"),
        ("<img src=x>.pdf", "<img src=x>.pdf"),
    ],
)
def test_the_name_is_only_ever_shown(app, name, shown):
    paper = credentials.keep(recipes.PDF, name)

    assert paper.name == shown
    assert credentials.DiskStore(app.config["PRACTICE"].uploads).read(paper.key)
    assert name not in paper.key or not name


@pytest.mark.parametrize("kind", ["", "photo", "licence' OR '1'='1", "state"])
def test_a_kind_of_paper_that_we_do_not_ask_for_is_refused(upload, mara, kind):
    assert upload(recipes.PDF, kind=kind).status_code == 422
    assert licence(mara) is None


def test_nothing_chosen_is_told(mara_in, mara, post):
    actions.create_application(mara, recipes.profession())

    assert "Choose a file first." in post("/apply/documents", kind="licence").text


def test_on_the_disk_a_document_is_sealed_for_its_place(mara, config):
    specialist = recipes.draft(mara)
    first, second = (c for c in specialist.credentials[:2])

    for paper in (first, second):
        assert b"%PDF" not in (config.uploads / paper.document_key).read_bytes()
    (config.uploads / first.document_key).write_bytes((config.uploads / second.document_key).read_bytes())

    with pytest.raises(Exception, match="locked"):
        credentials.content_of(first)


def test_its_owner_downloads_it_and_no_browser_runs_it(mara_in, mara):
    recipes.draft(mara)

    answer = mara_in.get(f"/apply/papers/{licence(mara).code}")

    assert answer.data == recipes.PDF
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_stranger_another_applicant_and_plain_staff_get_404(app, mara, cast, sign_in):
    recipes.draft(mara)
    code = licence(mara).code

    assert app.test_client().get(f"/apply/papers/{code}").status_code in (302, 303)
    for person in (cast.cleo, cast.anna, cast.sam):
        assert sign_in(app.test_client(), person).get(f"/apply/papers/{code}").status_code == 404
    for person in (cast.cleo, cast.anna):
        assert sign_in(app.test_client(), person).get(f"/admin/papers/{code}").status_code == 404


def test_staff_open_it_and_the_log_says_so(app, mara, sam, sign_in):
    recipes.draft(mara)
    code = licence(mara).code

    answer = sign_in(app.test_client(), sam).get(f"/admin/papers/{code}")

    assert answer.mimetype == "text/html"
    assert answer.headers["Cache-Control"] == "no-store"
    line = db.session.scalar(select(AuditEvent).where(AuditEvent.action == "paper.opened"))
    assert (line.subject, line.actor) == (f"credential:{code}", f"account:{sam.code}")


@pytest.fixture
def seen_by_staff(app, mara, sam, sign_in):
    """Staff look at a document that came like this: the page, and its pictures opened."""

    def look(content, name):
        actions.create_application(mara, recipes.profession())
        code = actions.keep_credential(
            mara.specialist, CredentialKind.LICENCE, credentials.keep(content, name), by=mara
        ).code
        answer = sign_in(app.test_client(), sam).get(f"/admin/papers/{code}")
        shown = BeautifulSoup(answer.text, "html.parser").select("img.paper-page")
        pictures = [b64decode(img["src"].removeprefix("data:image/jpeg;base64,")) for img in shown]
        return answer, [Image.open(io.BytesIO(each)) for each in pictures]

    return look


def scripted(pages=1):
    """A PDF that runs a script, opens an address and sends a form wherever it is opened as it came."""
    kids = " ".join(f"{number} 0 R" for number in range(10, 10 + pages))
    leaves = "".join(
        f"{number} 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
        "/Annots[<</Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI(https://evil.example)>>>>]>>endobj\n"
        for number in range(10, 10 + pages)
    )
    drawn = "0 0 0 rg 60 700 300 100 re f"
    return (
        "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>>>endobj\n"
        f"2 0 obj<</Type/Pages/Kids[{kids}]/Count {pages}>>endobj\n{leaves}"
        f"4 0 obj<</Length {len(drawn)}>>stream\n{drawn}\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    ).encode()


def test_staff_see_pictures_of_the_pages_and_nothing_of_what_could_run(seen_by_staff):
    answer, (picture,) = seen_by_staff(scripted(), "proof.pdf")

    assert picture.size == (1200, 1699)
    assert picture.getpixel((300, 200))[0] < 50 < picture.getpixel((300, 1200))[0]
    for trace in ("JavaScript", "app.alert", "evil.example", "application/pdf", b64encode(b"%PDF-1.4").decode()[:10]):
        assert trace not in answer.text


def test_of_a_long_document_the_first_pages_are_shown_and_the_page_says_so(seen_by_staff):
    answer, pictures = seen_by_staff(scripted(pages=14), "proof.pdf")

    assert len(pictures) == 12
    assert "The first 12 of 14 pages." in answer.text


def test_a_photo_is_made_anew_without_what_hangs_on_it(seen_by_staff):
    _, (picture,) = seen_by_staff(recipes.picture(kind="PNG"), "card.png")

    assert picture.format == "JPEG"
    assert not picture.getexif()


def test_a_document_of_which_no_picture_can_be_made_is_asked_for_again(seen_by_staff):
    answer, pictures = seen_by_staff(recipes.PDF, "proof.pdf")

    assert answer.status_code == 200
    assert pictures == []
    assert "No picture could be made" in answer.text


@pytest.mark.parametrize("code", ["x", "1", "../../etc/passwd", "%00", "a" * 22])
def test_a_code_that_does_not_exist_is_404(mara_in, code):
    assert mara_in.get(f"/apply/papers/{code}").status_code == 404


def test_no_document_is_reachable_as_a_static_file(mara, client):
    key = recipes.credential_file(CredentialKind.LICENCE).key

    for path in (f"/{key}", f"/static/{key}", f"/uploads/{key}", f"/static/../../uploads/{key}", f"/photos/{key[7:]}"):
        assert client.get(path).status_code == 404
