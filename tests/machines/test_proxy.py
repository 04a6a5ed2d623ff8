"""The nginx of deploy/: everything over TLS, a ceiling for bodies and for haste, and nothing written down."""

import gzip
import socket
import ssl
import threading
from email.message import Message
from http.client import HTTPConnection, HTTPSConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

import pytest
from flask import url_for

from practice.specialists.policy import CREDENTIAL_MB, PHOTO_FORM_BYTES, PHOTO_MB
from tests.machines.parts import free_port, proxy

pytestmark = [pytest.mark.faults, pytest.mark.once, pytest.mark.needs("nginx")]
PORTRAIT = "/practice/profile/photo"


class Echo(BaseHTTPRequestHandler):
    """Says which headers arrived."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        said = "\n".join(f"{name}: {value}" for name, value in self.headers.items()).encode()
        if "long" in self.path:
            said += b" and so on" * 200
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    do_POST = do_GET  # noqa: N815

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def behind():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def front(behind, tmp_path_factory):
    with proxy((behind, behind), tmp_path_factory.mktemp("nginx")) as running:
        yield running


class Answer(NamedTuple):
    status: int
    body: bytes
    headers: Message


def ask(front, method="GET", path="/", **more):
    status, body, headers = _answer(front, method, path, **more)
    return status, body.decode(), headers


def fetch(front, path, **headers):
    return _answer(front, "GET", path, headers=headers)


def _answer(front, method, path, **more):
    connection = HTTPSConnection("localhost", front.port, context=front.tls, timeout=10)
    connection.request(method, path, **more)
    answer = connection.getresponse()
    read = Answer(answer.status, answer.read(), answer.headers)
    connection.close()
    return read


def test_whoever_comes_without_tls_is_sent_to_the_same_address_with_it(front):
    connection = HTTPConnection("127.0.0.1", front.plain_port, timeout=10)
    connection.request("POST", "/sign-in?next=/me", headers={"Host": "localhost"})
    answer = connection.getresponse()

    assert (answer.status, answer.headers["Location"]) == (308, f"https://localhost:{front.port}/sign-in?next=/me")
    connection.close()


def test_the_product_hears_who_asked_and_over_what_whatever_the_client_claims(front):
    status, heard, _ = ask(front, headers={"X-Forwarded-For": "6.6.6.6", "X-Forwarded-Proto": "http"})

    assert status == 200
    assert "X-Forwarded-For: 127.0.0.1" in heard
    assert "X-Forwarded-Proto: https" in heard
    assert "6.6.6.6" not in heard


@pytest.mark.parametrize(("version", "is_spoken"), [("TLSv1_1", False), ("TLSv1_2", True), ("TLSv1_3", True)])
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_old_ways_of_encrypting_are_not_spoken(front, version, is_spoken):
    context = front.tls
    context.minimum_version = context.maximum_version = ssl.TLSVersion[version]
    with socket.create_connection(("127.0.0.1", front.port), 10) as line:
        if is_spoken:
            with context.wrap_socket(line, server_hostname="localhost") as spoken:
                assert spoken.version() == version.replace("_", ".")
        else:
            with pytest.raises((ssl.SSLError, ConnectionError)):
                context.wrap_socket(line, server_hostname="localhost")


def test_another_name_gets_no_certificate(front):
    with socket.create_connection(("127.0.0.1", front.port), 10) as line, pytest.raises(ssl.SSLError):
        front.tls.wrap_socket(line, server_hostname="other.example")


def test_a_body_that_the_product_takes_goes_through_and_a_far_larger_one_ends_here(front):
    assert ask(front, "POST", body=b"x" * 8 * 1024 * 1024)[0] == 200

    status, said, _ = ask(front, "POST", headers={"Content-Length": str(10 * 1024 * 1024), "Expect": "100-continue"})

    assert status == 413
    assert f"A document may be {CREDENTIAL_MB} MB at most, a picture of you {PHOTO_MB} MB" in said


def test_a_portrait_goes_through_as_large_as_the_product_takes_it(front):
    assert ask(front, "POST", PORTRAIT, body=b"x" * PHOTO_FORM_BYTES)[0] == 200

    too_large = {"Content-Length": str(PHOTO_FORM_BYTES + 2 * 1024 * 1024), "Expect": "100-continue"}
    assert ask(front, "POST", PORTRAIT, headers=too_large)[0] == 413


def test_the_address_of_a_portrait_is_the_products(app):
    with app.test_request_context():
        assert url_for("specialists.change_photo") == PORTRAIT


def test_haste_is_slowed_down_with_a_sentence_and_files_of_a_page_are_not_counted(behind, tmp_path):
    with proxy((behind, behind), tmp_path, rate="1r/m") as front:
        forms = [ask(front, "POST", body=b"") for _ in range(25)]
        assert [status for status, _, _ in forms] == [200] * 21 + [429] * 4
        assert "wait a minute" in forms[-1][1]
        assert forms[-1][2]["Retry-After"] == "60"
        # Reading has a wider limit of its own.
        assert ask(front)[0] == 200
        assert {ask(front, path="/static/x")[0] for _ in range(110)} == {200}


def test_when_nobody_is_behind_it_people_read_a_sentence(tmp_path):
    with proxy((free_port(), free_port()), tmp_path) as front:
        status, said, headers = ask(front)

    assert (status, headers["Retry-After"]) == (502, "5")
    assert "cannot be reached just now" in said


def test_pages_are_packed_here_and_files_that_never_change_by_the_product(front):
    takes = {"Accept-Encoding": "gzip, br"}

    page, file = fetch(front, "/long", **takes), fetch(front, "/static/long", **takes)

    assert page.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in page.headers["Vary"]
    assert "Accept-Encoding" not in gzip.decompress(page.body).decode()
    assert b"Accept-Encoding: gzip, br" in (
        gzip.decompress(file.body) if file.headers["Content-Encoding"] else file.body
    )
    assert fetch(front, "/long").headers["Content-Encoding"] is None


def test_what_another_site_caused_leaves_plain(front):
    page = fetch(front, "/long?guess", **{"Accept-Encoding": "gzip", "Sec-Fetch-Site": "cross-site"})

    assert page.headers["Content-Encoding"] is None
    # Everything else about it is as ever.
    assert b"X-Forwarded-Proto: https" in page.body


def test_nothing_is_written_down(front):
    ask(front, path="/specialists/anna-kern?token=secret")

    written = [path for path in front.authority.parent.rglob("*") if path.is_file()]
    assert not [path for path in written if b"anna-kern" in path.read_bytes()]
