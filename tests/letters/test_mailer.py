"""One letter as one message: its shape, its words, and what can never get into a header."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import SMTP

import pytest

from practice.letters import mail_worker, mailer
from practice.letters.mailer import Draft, Unbuildable
from practice.letters.outbox import MailState
from practice.providers.calendar_ics import Invite, invite_file
from tests.plain import Person, write

from .test_outbox import row

STARTS = datetime(2027, 1, 5, 9, tzinfo=UTC)


def invite(method="REQUEST"):
    return Invite(
        uid="u-1@common-ground.example",
        sequence=0,
        stamped_at=STARTS - timedelta(days=3),
        created_at=STARTS - timedelta(days=3),
        starts_at=STARTS,
        ends_at=STARTS + timedelta(minutes=30),
        summary="Appointment",
        description="Details and cancellation:",
        location="Online",
        url="http://localhost/bookings/b-1",
        organizer_name="Common Ground",
        organizer_mailbox=mailer.routed_mailbox("r0ute"),
        attendee_mailbox="ben@client.example",
        method=method,
    )


def draft(to="ben@client.example", zone="Europe/Paris", **context):
    facts = {"name": "Ben", "starts_at": STARTS.isoformat(), **context}
    return Draft(to, "ground/note", facts, zone, "<m-1.abc@common-ground.example>")


def parsed(message):
    return message_from_bytes(message, policy=SMTP)


def shape(part):
    if not part.is_multipart():
        return part.get_content_type()
    return [part.get_content_type(), *[shape(p) for p in part.iter_parts()]]


@pytest.mark.parametrize("method", ["REQUEST", "CANCEL"])
def test_an_invitation_has_the_shape_that_calendars_act_on(paper, method):
    message = parsed(mailer.build(draft(invite=invite(method).to_json())))

    assert shape(message) == [
        "multipart/mixed",
        ["multipart/alternative", "text/plain", "text/html", "text/calendar"],
        "application/ics",
    ]
    calendar = list(next(message.iter_parts()).iter_parts())[-1]
    assert calendar["Content-Disposition"] is None
    assert calendar["Content-Transfer-Encoding"] == "base64"
    assert calendar.get_content_charset() == "utf-8"
    assert calendar.get_param("method") == method


def test_the_method_stands_without_quotes_in_the_bytes(paper):
    message = mailer.build(draft(invite=invite().to_json()))

    assert b'Content-Type: text/calendar; charset="utf-8"; method=REQUEST\r\n' in message


def test_the_calendar_is_the_same_to_the_byte_in_both_places(paper):
    message = parsed(mailer.build(draft(invite=invite().to_json())))

    alternative, attached = message.iter_parts()
    calendar = list(alternative.iter_parts())[-1]
    assert calendar.get_payload(decode=True) == attached.get_payload(decode=True) == invite_file(invite())
    assert attached.get_filename() == attached.get_param("name") == "invite.ics"


def test_every_letter_has_one_sender_and_answers_go_to_a_mailbox_of_their_own(paper):
    plain = mailer.build(draft())
    invitation = mailer.build(draft(invite=invite().to_json(), route="r0ute"))

    for message in (plain, invitation):
        assert parsed(message)["From"] == "Common Ground <appointments@common-ground.example>"
        assert mailer.sender_of(message) == "appointments@common-ground.example"
    assert parsed(plain)["Reply-To"] is None
    assert parsed(invitation)["Reply-To"] == "Common Ground <appointments+r0ute@common-ground.example>"
    assert parsed(invitation)["Content-Class"] == "urn:content-classes:calendarmessage"


def test_no_machine_is_asked_to_answer_and_reports_of_failure_are_welcome(paper):
    asked = parsed(mailer.build(draft()))["X-Auto-Response-Suppress"]

    assert {"OOF", "AutoReply"} <= {each.strip() for each in asked.split(",")}
    assert "NDR" not in asked
    assert "All" not in asked


@pytest.mark.parametrize("domain", ["common-ground.example", ".".join(["a-very-long-name-of-a-practice"] * 5)])
def test_a_letter_says_which_letters_it_follows(paper, domain):
    ids = tuple(f"<m-{number}.abc@{domain}>" for number in range(30))

    alone, third, last = (parsed(mailer.build(replace(draft(), follows=ids[:n]))) for n in (0, 2, 30))

    assert alone["References"] is alone["In-Reply-To"] is None
    assert (third["In-Reply-To"], third["References"].split()) == (ids[1], list(ids[:2]))
    assert last["References"].split() == [ids[0], *ids[-9:]]


def test_a_letter_without_invitation_has_two_equal_forms_and_nothing_else(paper):
    message = parsed(mailer.build(draft()))

    assert shape(message) == ["multipart/alternative", "text/plain", "text/html"]
    assert message["From"] == "Common Ground <appointments@common-ground.example>"
    assert message["Reply-To"] is None


def test_every_letter_says_that_a_machine_wrote_it_and_when(paper, clock):
    message = parsed(mailer.build(draft()))

    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"] == "<m-1.abc@common-ground.example>"
    assert message["Date"].datetime == clock.now()
    assert message["To"] == "ben@client.example"


def test_lines_end_in_crlf_and_stay_within_seven_bits(paper):
    message = mailer.build(draft(name="Jürgen Ångström " * 40))

    assert message.isascii()
    assert message.count(b"\n") == message.count(b"\r\n")
    assert max(map(len, message.split(b"\r\n"))) <= 998


def test_times_are_on_the_recipients_clock_and_name_it(paper):
    letter = mailer.opened(mailer.build(draft(zone="Asia/Kathmandu")))

    for words in (letter.text, letter.html):
        assert "Tuesday 5 January 2027, 14:45" in words
        assert "Kathmandu time" in words


def test_what_people_wrote_is_text_in_both_forms(paper):
    letter = mailer.opened(mailer.build(draft(name="<b onload=x>{{ 7*7 }}</b>")))

    assert "<b onload=x>{{ 7*7 }}</b>" in letter.text
    assert "&lt;b onload=x&gt;{{ 7*7 }}&lt;/b&gt;" in letter.html


def test_links_lead_to_our_own_address_whatever_host_a_request_named(paper):
    with paper.test_request_context("/", headers={"Host": "evil.example"}):
        letter = mailer.opened(mailer.build(draft()))

    links = re.findall(r"https?://[^\s\"<]+", letter.text + letter.html)
    assert links
    assert all(found.startswith("http://localhost/") for found in links)


def test_the_frame_asks_nobody_for_pictures_and_names_urgent_help(paper):
    letter = mailer.opened(mailer.build(draft()))

    assert not re.search(r"<(img|script|link|iframe|table)\b|@import|url\(", letter.html)
    for words in (letter.text, letter.html):
        assert "not for emergencies" in words
        assert "http://localhost/help-now" in words or "http://localhost/" in words


def test_a_subject_names_the_time_and_the_zone_of_its_reader(paper):
    letter = mailer.opened(mailer.build(replace(draft(zone="America/New_York"), template="ground/timed")))

    assert letter.subject == "Your appointment on Tue 5 Jan 2027, 04:00 (New York time)"


NASTY = [
    "\r\nBcc: eve@evil.example",
    "\nX: y",
    "\r",
    "\x00",
    "\x0b",
    "\x0c",
    "\x1c",
    "\x85",
    "\u2028",
    "\u202e",
    "\ud800",
]


@pytest.mark.parametrize("nasty", NASTY, ids=ascii)
@pytest.mark.parametrize("place", ["ben{}@client.example", "ben@client{}.example"])
def test_an_address_that_could_end_a_header_is_never_sent_to(paper, place, nasty):
    with pytest.raises(Unbuildable):
        mailer.build(draft(to=place.format(nasty)))


@pytest.mark.parametrize(
    "address", ["", "@", "ben@", "@client.example", "nobody", "ben@" + "x" * 70 + ".example", "ben@a..example"]
)
def test_what_is_no_address_is_refused_as_such(paper, address):
    with pytest.raises(Unbuildable):
        mailer.build(draft(to=address))


@pytest.mark.parametrize(
    "address", ["a,b@client.example", 'x"y@client.example', "eve@evil.example, ben@client.example"]
)
def test_an_address_is_one_address(paper, address):
    message = parsed(mailer.build(draft(to=address)))

    assert len(message["To"].addresses) == 1


def test_a_domain_in_other_letters_goes_out_in_ascii(paper):
    assert parsed(mailer.build(draft(to="ben@exämple.net")))["To"] == "ben@xn--exmple-cua.net"


def test_a_name_with_control_characters_parks_one_row_and_nothing_more(paper, wired, clock):
    write("bad", Person(1, "eve\x0b@client.example"))
    write("good", Person(2))
    for _ in range(5):
        mail_worker.deliver_due()
        clock.advance(hours=2)

    assert (row("bad").state, row("good").state) == (MailState.PARKED, MailState.SENT)
    assert wired.recipients == [["ben@client.example"]]


def test_what_arrives_is_what_was_stored(wired):
    write("a", facts={"invite": invite().to_json(), "name": "Jürgen"})

    mail_worker.deliver_due()

    added = (b"X-Peer", b"X-MailFrom", b"X-RcptTo")
    received = [line for line in wired.raw[0].split(b"\r\n") if not line.startswith(added)]
    stored = row().message.split(b"\r\n")
    assert received == stored
