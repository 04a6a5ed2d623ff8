"""F16: mail servers that refuse, dawdle, change their mind or hang up; mailboxes that are gone; no encryption."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from practice.letters import mail_worker, outbox
from practice.letters.outbox import MailState
from practice.providers.mail_transport import Keep, Smtp, Verdict, from_url
from practice.values import clock as wall
from tests.plain import Person, write

from .sink import Odd, closed_port

pytestmark = pytest.mark.faults

MESSAGE = b"Subject: hello\r\n\r\nhello\r\n"
FROM, TO = "us@practice.example", "ben@client.example"


def sent_to(server, **more):
    return from_url(server.url, timeout=0.5, **more).send(FROM, TO, MESSAGE)


@pytest.mark.parametrize(
    ("oddity", "verdict"),
    [
        ({}, Verdict.SENT),
        ({"greet_after": 2.0}, Verdict.LATER),
        ({"drop": "greeting"}, Verdict.LATER),
        ({"rcpt": "451 4.7.1 later, ben@client.example"}, Verdict.LATER),
        ({"rcpt": "421 4.3.2 closing"}, Verdict.LATER),
        ({"rcpt": "550 5.1.1 no ben@client.example here"}, Verdict.REFUSED),
        ({"data": "451 4.3.0 disk full"}, Verdict.LATER),
        ({"data": "554 5.6.0 not this"}, Verdict.REFUSED),
        ({"drop": "data"}, Verdict.LATER),
        ({"drop": "answer"}, Verdict.SENT),
    ],
    ids=str,
)
def test_each_way_a_server_can_end_it_has_its_verdict(oddity, verdict):
    with Odd(**oddity) as server:
        outcome = sent_to(server)

    assert outcome.verdict is verdict
    assert "ben@" not in outcome.reason


def test_a_server_that_is_not_there_is_tried_later():
    outcome = Smtp("127.0.0.1", closed_port(), timeout=0.5).send(FROM, TO, MESSAGE)

    assert outcome.verdict is Verdict.LATER


def test_without_a_server_messages_are_kept():
    assert isinstance(from_url(None), Keep)
    assert Keep().send(FROM, TO, MESSAGE).verdict is Verdict.SENT


def test_only_one_recipient_is_ever_named():
    with Odd() as server:
        sent_to(server)

    assert [c for c in server.commands if c.lower().startswith(b"rcpt")] == [b"rcpt TO:<ben@client.example>"]


def test_a_server_elsewhere_must_offer_encryption():
    # All of 127.0.0.0/8 is this machine, yet only 127.0.0.1 is exempt: this one stands for a server elsewhere.
    with Odd(host="127.0.0.2") as server:
        outcome = sent_to(server)

    assert (outcome.verdict, outcome.reason) == (Verdict.LATER, "SMTPNotSupportedError")
    assert server.offered == []


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path):
    with Odd(tls=_self_signed(tmp_path)) as server:
        outcome = sent_to(server)

    assert outcome.verdict is Verdict.LATER
    assert outcome.reason.startswith("SSLCertVerificationError")
    assert server.offered == []


def test_the_password_and_the_port_come_from_the_address():
    assert from_url("smtps://us%40x:p%2Fw@mail.example") == Smtp("mail.example", 465, "us@x", "p/w", True)
    assert from_url("smtp://mail.example") == Smtp("mail.example", 587)


@pytest.fixture
def through(paper):
    """The outbox's way out leads to `server`."""

    def lead(server):
        paper.extensions["mail_transport"] = from_url(server.url, timeout=0.5)

    yield lead
    paper.extensions.pop("mail_transport", None)


def test_a_line_cut_before_the_answer_brings_the_same_letter_again(through, clock):
    write("a")
    with Odd(drop="data") as server:
        through(server)
        mail_worker.deliver_due()
    clock.advance(minutes=2)
    with Odd() as second:
        through(second)
        mail_worker.deliver_due()

    assert server.offered == second.accepted
    assert b"Message-ID:" in second.accepted[0]


def test_a_line_cut_after_the_answer_brings_nothing_again(through, clock):
    write("a")
    with Odd(drop="answer") as server:
        through(server)
        mail_worker.deliver_due()
        clock.advance(hours=2)
        mail_worker.deliver_due()

    assert len(server.accepted) == 1


def test_an_outage_of_ten_minutes_delays_letters_and_loses_none(paper, clock):
    paper.extensions["mail_transport"] = Smtp("127.0.0.1", closed_port(), timeout=0.5)
    began = wall.now()
    for number in range(10):
        write(f"{number}", Person(number, f"p{number}@client.example"))
        mail_worker.deliver_due()
        clock.advance(minutes=1)
    with Odd() as server:
        paper.extensions["mail_transport"] = from_url(server.url)
        while outbox.backlog().waiting:
            mail_worker.deliver_due()
            clock.advance(minutes=1)
    paper.extensions.pop("mail_transport")

    assert len(server.accepted) == 10
    assert wall.now() - began < timedelta(hours=1)


def test_one_mailbox_that_is_gone_stops_nobody_else(through, bounces):
    for number in range(3):
        write(f"{number}", Person(number, f"p{number}@client.example"))

    with Odd(rcpt="550 5.1.1 gone") as server:
        through(server)
        mail_worker.deliver_due(limit=1)
    with Odd() as server:
        through(server)
        mail_worker.deliver_due()

    assert len(server.accepted) == 2
    assert [row.state for row in outbox.parked_letters()] == [MailState.PARKED]
    assert bounces == [(0, "p0@client.example")]


def test_an_address_with_other_letters_needs_a_server_that_can():
    with Odd() as server:
        outcome = from_url(server.url, timeout=0.5).send(FROM, "jürgen@client.example", MESSAGE)

    assert outcome.verdict is Verdict.REFUSED


def _self_signed(folder):
    import ssl

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2050, 1, 1, tzinfo=UTC))
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    plain = serialization.NoEncryption()
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context
