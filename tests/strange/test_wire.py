"""Bytes on the wire: broken HTTP against the real server, and what hostile names become in letters and calendars."""

import re
import socket

import pytest

from practice.availability.models import Schedule
from practice.bookings import actions, queries
from practice.store.db import transaction
from tests import factories
from tests.faults.serving import health, product, serving
from tests.strange.inputs import CLASSES
from tests.strange.world import WEDNESDAY_TEN

HOST = b"Host: localhost\r\n"
HEAD = b"GET / HTTP/1.1\r\n" + HOST
POST = b"POST /zone HTTP/1.1\r\n" + HOST
# (bytes, the statuses that are right; none = the line may be closed without a word)
RAW = {
    "no request": (b"\r\n\r\n\r\n\r\n", {400, None}),
    "binary": (bytes(range(256)) + b"\r\n\r\n", {400, None}),
    "TLS on a plain port": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 80 + b"\r\n\r\n", {400, None}),
    "no host": (b"GET / HTTP/1.1\r\n\r\n", {400}),
    "no host, as in old days": (b"GET / HTTP/1.0\r\n\r\n", {400}),
    "an empty host": (b"GET / HTTP/1.1\r\nHost:\r\n\r\n", {400}),
    "a host of spaces": (b"GET / HTTP/1.1\r\nHost:   \r\n\r\n", {400}),
    "the same host twice": (b"GET / HTTP/1.1\r\n" + HOST + HOST + b"\r\n", {400}),
    "two hosts in one line": (b"GET / HTTP/1.1\r\nHost: localhost, localhost\r\n\r\n", {400}),
    "two hosts": (b"GET / HTTP/1.1\r\n" + HOST + b"Host: evil.example\r\n\r\n", {400}),
    "another host": (b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", {400}),
    "half an address as host": (b"GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", {400}),
    "a host with a port that is none": (b"GET / HTTP/1.1\r\nHost: localhost:99999\r\n\r\n", {400}),
    "a host with a long port": (b"GET / HTTP/1.1\r\nHost: localhost:00000000080\r\n\r\n", {400}),
    "a host with a port in words": (b"GET / HTTP/1.1\r\nHost: localhost:http\r\n\r\n", {400}),
    "a host with a negative port": (b"GET / HTTP/1.1\r\nHost: localhost:-80\r\n\r\n", {400}),
    "a host with two ports": (b"GET / HTTP/1.1\r\nHost: localhost:80:80\r\n\r\n", {400}),
    "a host with somebody in front": (b"GET / HTTP/1.1\r\nHost: ben@localhost\r\n\r\n", {400}),
    "a host with a password in front": (b"GET / HTTP/1.1\r\nHost: ben:hush@localhost:80\r\n\r\n", {400}),
    "a host with a path": (b"GET / HTTP/1.1\r\nHost: localhost/x\r\n\r\n", {400}),
    "a host with a question": (b"GET / HTTP/1.1\r\nHost: localhost?x\r\n\r\n", {400}),
    "our host with a port": (b"GET / HTTP/1.1\r\nHost: LocalHost:8000\r\n\r\n", {200}),
    "our host in numbers": (b"GET / HTTP/1.1\r\nHost: [::1]:8000\r\n\r\n", {200}),
    "an absolute address of somebody else": (b"GET http://evil.example/ HTTP/1.1\r\n" + HOST + b"\r\n", {400}),
    "an absolute address without a host": (b"GET http:///specialists HTTP/1.1\r\n" + HOST + b"\r\n", {400}),
    "an absolute address of ours": (b"GET http://localhost/ HTTP/1.1\r\n" + HOST + b"\r\n", {200}),
    "an address in a question": (b"GET /?next=http://evil.example/ HTTP/1.1\r\n" + HOST + b"\r\n", {200}),
    "a long line": (b"GET /" + b"a" * 9_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", {400, 414, 431}),
    "a long header": (HEAD + b"X: " + b"a" * 20_000 + b"\r\n\r\n", {400, 431}),
    "many headers": (HEAD + b"".join(b"X%d: 1\r\n" % n for n in range(500)) + b"\r\n", {400, 431}),
    "length and chunks": (POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", {400}),
    "two lengths": (POST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello", {400}),
    "a negative length": (POST + b"Content-Length: -1\r\n\r\n", {400}),
    "a length in words": (POST + b"Content-Length: five\r\n\r\nhello", {400}),
    "a length beyond all": (POST + b"Content-Length: 99999999999999999999\r\n\r\nx", {400, 413, None}),
    "a form that is too large": (POST + b"Content-Length: 99999999\r\n\r\nx", {400, 413, None}),
    "unknown coding": (POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", {400, 501}),
    "a chunk that lies": (POST + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\nx\r\n0\r\n\r\n", {400, None}),
    "space before the colon": (HEAD + b"X : 1\r\n\r\n", {400}),
    "a folded header": (HEAD + b"X: 1\r\n folded\r\n\r\n", {400}),
    "NUL in a header": (HEAD + b"X: a\x00b\r\n\r\n", {400}),
    "NUL in the path": (b"GET /\x00 HTTP/1.1\r\n" + HOST + b"\r\n", {400, 404}),
    "a path that climbs": (b"GET /../../etc/passwd HTTP/1.1\r\n" + HOST + b"\r\n", {404}),
    "a static path that climbs": (b"GET /static/..%2f..%2fapp.py HTTP/1.1\r\n" + HOST + b"\r\n", {404}),
    "HTTP/9": (b"GET / HTTP/9.9\r\n" + HOST + b"\r\n", {400, 505, None}),
    "an invented verb": (b"BREW / HTTP/1.1\r\n" + HOST + b"\r\n", {400, 405}),
    "TRACE": (b"TRACE / HTTP/1.1\r\n" + HOST + b"X-Secret: hush\r\n\r\n", {405}),
    "CONNECT": (b"CONNECT evil.example:443 HTTP/1.1\r\n" + HOST + b"\r\n", {400, 404, 405}),
}


@pytest.mark.once
def test_broken_requests_get_a_short_answer_and_harm_nobody(engine, store, config, data):
    surprises = []
    with product(store, data) as arena, serving(arena) as server:
        for name, (sent, right) in RAW.items():
            said = talk(server.port, sent)
            status = int(said[9:12]) if re.match(rb"HTTP/1\.[01] \d{3}", said) else None
            if status not in right or b"Traceback" in said or b"hush" in said or b"root:" in said:
                surprises.append(f"{name}: {status} {said[:60]!r}")
        both = POST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        assert talk(server.port, both + b"GET /sign-in HTTP/1.1\r\n" + HOST + b"\r\n").count(b"HTTP/1.1 ") <= 1
        assert health(server.port) == 200

    assert not surprises, "\n".join(surprises)


def talk(port, sent):
    """What the server says to these bytes until it has nothing more to say."""
    with socket.create_connection(("127.0.0.1", port), 10) as line:
        line.settimeout(10)
        found = b""
        try:
            line.sendall(sent)
            line.shutdown(socket.SHUT_WR)
            while part := line.recv(65_536):
                found += part
        except OSError:
            pass  # closed on us, which is an answer too
        return found


# ---------------------------------------------------------------- letters and calendars

NAMES = [*CLASSES["ics_output_injection"], *CLASSES["html_xss"][:3], *CLASSES["csv_injection"][:2], "é" * 60, "🦊" * 30]


def hostile(name):
    """The name as a form would let it through: on one line, at most sixty signs."""
    return " ".join(name.split())[:60]


def properties(calendar):
    """The names of a calendar's lines, unfolded."""
    unfolded = calendar.replace("\r\n ", "").replace("\r\n\t", "")
    return [re.split("[:;]", line, maxsplit=1)[0] for line in unfolded.split("\r\n") if line]


@pytest.mark.once
def test_no_name_adds_a_line_to_a_calendar_or_a_letter(app, cast, client, sign_in, outbox, smtp):
    seen, offer = [], queries.chosen_offer("anna-kern").offer
    with transaction() as session:
        session.get_one(Schedule, cast.practice.id).weekly_consults = None
    for number, name in enumerate(["Ben", *NAMES]):
        person = factories.user(f"guest{number}", calendar_label=hostile(name)[:40])
        with transaction():
            person.display_name = hostile(name)
        starts = WEDNESDAY_TEN.replace(hour=9 + number // 2 % 6, minute=30 * (number % 2), day=3 + number // 12)
        booking = actions.book(person, offer, starts, actions.Details(format="video", call_name=hostile(name)))
        browser = sign_in(app.test_client(), person)
        answer = browser.get(f"/bookings/{booking.code}/appointment.ics")
        feed = app.test_client().get(f"/cal/{actions.new_feed(person, 'details')}.ics")
        seen.append((properties(answer.text), properties(feed.text)))
    letters = outbox.deliver(smtp)

    assert all(found == seen[0] for found in seen)
    assert {len(recipients) for recipients in smtp.recipients} == {1}
    assert len({tuple(sorted(message.keys())) for message in letters if message["To"] != "anna@people.example"}) <= 2
    assert not [message for message in letters if message["Bcc"] or message["Cc"]]
    assert not [message for message in letters if "z.example" in str(message["To"])]
    assert len(letters) >= 2 * len(seen)
