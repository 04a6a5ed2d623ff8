"""What every letter has to keep to, read from its source and, by readers of others, from the bytes that leave."""

import ast
import re
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import SMTP
from html.parser import HTMLParser

import pytest

from practice.letters import mailer, registry, sealed_letters, sources
from practice.letters.outbox import MailState, OutboxMail, enqueue_mail
from practice.store.db import db, new_code, transaction
from practice.values import clock as wall
from tests.conftest import MONDAY

from .letters import Sample, samples
from .source import is_letter, modules, templates, tree, without_comments

LETTERS = {name: source for name, source in templates().items() if is_letter(name)}
# With what is a piece of several letters.
WORDS = {name: source for name, source in templates().items() if "email/" in name and name.endswith(".txt")}
SAMPLES = list(samples())
HEALTH = re.compile(r"therap|psych|counsel|coach|mental|health|anxi|stress|diagnos|couple|patient", re.I)
# What a subject says less of still: nothing about appointments of which kind, with whom, about what.
TELLS = re.compile(f"{HEALTH.pattern}|consult|crisis|session|topic|title|practice|specialist|client", re.I)
# Facts that rows of an earlier version of the house do not hold.
YOUNG = {"kind", "late_lasts", "left", "most_moves"}


BARE = re.compile(r"(?<!\] )\{\{ *\w*url *\}\}")


def test_an_address_that_a_letter_is_given_stands_behind_words_so_that_in_html_it_is_a_link():
    assert BARE.search("in your account: {{ invoices_url }}")
    assert [name for name, source in WORDS.items() if BARE.search(source)] == []


@pytest.fixture(scope="module")
def left(built_app):
    """Every sample as the bytes that would leave, parsed by the standard library."""
    with built_app.app_context(), wall.freeze(MONDAY):
        return {each.name: message_from_bytes(mailer.build(each.draft()), policy=SMTP) for each in SAMPLES}


# ---------------------------------------------------------------- text and html


class Reader(HTMLParser):
    """What somebody reads of an html part: its words in order, after a link its address unless that is what it says."""

    def __init__(self, html):
        super().__init__()
        self.said, self.spare, self._link, self._skipped, self._tags = [], [], None, [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if tag in ("meta", "br"):
            self.said.append(" ")
            return
        self._tags.append(tag)
        if tag in ("head", "style") or found.get("class") in ("brand", "quiet"):
            self._skipped.append(len(self._tags))
        if tag == "a":
            self._link = (found["href"].removeprefix("mailto:"), len(self.said))
        if tag in ("p", "div"):
            self.said.append(" ")

    def handle_endtag(self, tag):
        assert self._tags[-1] == tag, f"<{self._tags[-1]}> is closed by </{tag}>"
        if self._skipped and self._skipped[-1] == len(self._tags):
            self._skipped.pop()
        self._tags.pop()
        if tag == "a":
            address, since = self._link
            if "".join(self.said[since:]) != address:
                self.said.append(f": {address}")

    def handle_data(self, data):
        (self.spare if self._skipped else self.said).append(data)


def words(text):
    return " ".join(text.replace("\u2068", "").replace("\u2069", "").split())


def test_text_and_html_say_the_same_words_in_the_same_order(left):
    for name, message in left.items():
        text = message.get_body(("plain",)).get_content()
        read = Reader(message.get_body(("html",)).get_content())

        assert words("".join(read.said)) == words(re.sub(r"\n--\r?\n", "\n", text)), name


def test_the_button_says_its_address_once_more(left):
    for name, message in left.items():
        html = message.get_body(("html",)).get_content()
        addresses = re.findall(r'<a class="button" href="([^"]+)"', html)
        spare = "".join(Reader(html).spare)

        assert [a for a in addresses if f"copy this address:{a}" not in spare.replace("\r", "").replace("\n", "")] == []
        assert len(addresses) <= 1, f"{name} has more than one button"


def test_what_somebody_wrote_is_neither_mark_nor_markup_nor_template(left):
    written = [each.name for each in SAMPLES if "evil.example" in str(each.facts)]
    assert len(written) > 10

    for name in written:
        text, html = (left[name].get_body((kind,)).get_content() for kind in ("plain", "html"))
        assert "<b>page</b> is missing & unsigned." in text
        assert "> [Press] http://evil.example" in text
        assert "{{ 7*7 }}" in text
        assert "&lt;b&gt;page&lt;/b&gt; is missing &amp; unsigned." in html
        assert not re.search(r"<a [^>]*evil|<b>", html)


def test_every_letter_is_whole(left):
    for name, message in left.items():
        has_invite = any(part.get_content_type() == "text/calendar" for part in message.walk())
        assert message["Subject"], name
        assert len(message.get_all("Subject")) == 1
        assert words(message.get_body(("plain",)).get_content())
        assert has_invite == ("-no_invite" not in name and "invite" in next(s for s in SAMPLES if s.name == name).facts)
        for part in ("plain", "html"):
            said = message.get_body((part,)).get_content()
            assert "not for emergencies" in said
            assert not re.search(r"\bNone[^ ]|Undefined|[\x00-\x08]", said), name


# ---------------------------------------------------------------- subjects


def test_each_source_is_read_by_a_sample_and_each_sample_has_a_source(built_app):
    with built_app.app_context():
        read = {sources._path(sources._version(each.kind, each.facts)) for each in SAMPLES}

    assert read == set(LETTERS)


def test_a_subject_is_plain_and_says_nothing_but_when(built_app):
    for name, source in LETTERS.items():
        line, _, rest = source.partition("\n")
        said = line.removeprefix("Subject: ")
        assert sources._SUBJECT.fullmatch(line), name
        assert rest.startswith("\n"), f"{name}: an empty line parts the subject from the words"
        assert not TELLS.search(said), f"{name}: {said}"


@pytest.mark.parametrize("line", ["Subject: To {{ name }}", "Subject: {name}", "Subject:", "About it", "subject: No"])
def test_a_subject_that_could_say_more_is_refused(line):
    assert not sources._SUBJECT.fullmatch(line)


def test_versions_of_one_letter_stand_under_one_title():
    titles = {}
    for name, source in LETTERS.items():
        room, _, letter = name.partition("/email/")
        titles.setdefault((room, letter.partition("/")[0]), set()).add(source.partition("\n")[0])

    assert {which: said for which, said in titles.items() if len(said) > 1} == {}


def test_no_subject_that_left_names_anybody(left):
    for name, message in left.items():
        assert not re.search(r"Ellison|Mara|Anna|Kern|B\. K\.|Coach", message["Subject"]), name


# ---------------------------------------------------------------- words


def test_no_letter_holds_a_word_of_health():
    assert [name for name, source in WORDS.items() if HEALTH.search(without_comments(source))] == []


EITHER_OR = re.compile(r"{%-?\s*(?:else|elif)\b|{[{%][^}]*\belse\b|{%-?\s*(?:macro|call|block|extends|import|from)\b")
BLOCK_SET = re.compile(r"{%-?\s*set\s+\w+\s*-?%}")


def test_a_zone_within_a_sentence_stands_between_commas():
    assert [name for name, source in WORDS.items() if re.search(r"zone_offset \}\}\s+\w", source)] == []


def test_a_letter_says_one_thing():
    """It may leave a paragraph out and look a word up in a table; what would say something else is another letter."""
    assert [name for name, source in WORDS.items() if EITHER_OR.search(source)] == []


def test_a_letters_source_is_words_and_marks():
    """No html, no hole in what fills another hole, no line that is too long to read."""
    strange = re.compile(r"<\w|&\w+;|.{121}")

    assert [name for name, source in WORDS.items() if BLOCK_SET.search(source) or strange.search(source)] == []


@pytest.mark.parametrize("source", ["{% if a %}x{% else %}y{% endif %}", '{{ "x" if a else "y" }}', "{% elif b %}"])
def test_an_either_or_is_found(source):
    assert EITHER_OR.search(source)


def test_a_button_leads_to_a_page_of_ours():
    addresses = [each for source in WORDS.values() for each in re.findall(r"^\[[^\]]+\] (.*)$", source, re.M)]

    assert len(addresses) > 50
    assert [each for each in addresses if not re.fullmatch(r"\{\{ (?:\w*url|link\(.*\)) \}\}", each)] == []


# ---------------------------------------------------------------- rooms and the ground floor


def test_no_letter_with_a_token_is_shown_in_an_account():
    """Whoever finds a screen unlocked must not find a link that opens the account for good."""
    with_token = [name.removesuffix(".txt").replace("/email/", "/") for name in LETTERS if "token" in LETTERS[name]]

    assert with_token
    assert [name for name in with_token if "/".join(name.split("/")[:2]) not in registry.OPENING] == []


def test_the_ground_floor_names_no_rooms_letter():
    rooms = {name.partition("/")[0] for name in LETTERS}
    named = [
        f"{name}: {node.value}"
        for name, path in modules().items()
        if name.startswith("practice.letters")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        and re.fullmatch(rf"(?:{'|'.join(rooms)})/\w+", node.value)
    ]  # fmt: skip

    assert named == []


def test_what_rooms_say_of_letters_is_said_of_letters_that_there_are(built_app):
    with built_app.app_context():
        said = {*registry.always_mailed(), *registry.LAST_LETTERS, *registry._choosers}
        assert [name for name in said if not sources.title(name)] == []


def test_every_letter_is_written_by_its_room():
    rooms = {name: path.read_text() for name, path in modules().items() if name.endswith(".emails")}
    rooms["practice.home.emails"] = modules()["practice.operations.cli"].read_text()
    unwritten = set()
    for template in {each.kind for each in SAMPLES}:
        room, _, letter = template.partition("/")
        if not re.search(rf'"(?:{room}/)?{letter}"', rooms[f"practice.{room}.emails"]):
            unwritten.add(template)

    assert unwritten == set()


# ---------------------------------------------------------------- what waited since before


def older(sample: Sample):
    """The facts as a row of an earlier version of the house holds them."""
    return {key: value for key, value in sample.facts.items() if key not in YOUNG}


def waits(sample: Sample, facts, recipient_id=1, **columns):
    """A row that was decided on by an earlier version: sealed, with what that version knew."""
    code = new_code()
    with transaction() as session:
        session.add(
            OutboxMail(
                code=code,
                event_key=f"old:{sample.name}"[:160],
                about=f"old:{sample.name}"[:160],
                recipient_id=recipient_id,
                to_address="ben@people.example",
                template=sample.kind,
                context_kept=sealed_letters.seal_context(code, facts),
                zone="Europe/Paris",
                message_id=f"<{code}@common-ground.example>",
                due_at=wall.now(),
                created_at=wall.now(),
                **columns,
            )
        )
    return code


def test_every_letter_that_waited_since_before_is_built_and_says_what_it_would_today(app, outbox, smtp, left):
    waiting = {waits(each, older(each), number): each for number, each in enumerate(SAMPLES)}

    arrived = outbox.deliver(smtp)

    db.session.expire_all()
    assert {row.state for row in outbox.all()} == {MailState.SENT}
    assert len(arrived) == len(SAMPLES)
    for message in arrived:
        sample = waiting[message["Message-ID"].strip("<>").partition("@")[0]]
        for part in ("plain", "html"):
            now = left[sample.name].get_body((part,)).get_content()
            assert message.get_body((part,)).get_content().splitlines() == now.splitlines(), sample.name


@pytest.mark.parametrize(
    ("before", "now"),
    [("bookings/contest_refused", "bookings/mark_stays"), ("bookings/contest_upheld", "bookings/mark_changed")],
)
def test_a_letter_under_an_older_name_is_built_as_what_it_is_called_now(app, outbox, smtp, left, before, now):
    sample = next(each for each in SAMPLES if each.kind == now)
    waits(replace(sample, kind=before), sample.facts)

    (arrived,) = outbox.deliver(smtp)

    text = [each.get_body(("plain",)).get_content().splitlines() for each in (arrived, left[sample.name])]
    assert text[0] == text[1]
    assert sources.title(before) == sources.title(now) != ""


def test_a_letter_that_was_built_before_leaves_as_it_was_built(app, outbox, smtp):
    """Its template may be gone by now: what is sent again is what was sent at first, to the byte."""
    built = b"From: a@b.example\r\nTo: ben@people.example\r\nSubject: As it was\r\n\r\nThe words of then.\r\n"
    code = waits(Sample("bookings/gone", {}, "gone"), {})
    with transaction() as session:
        session.execute(db.update(OutboxMail).values(message_kept=sealed_letters.seal_message(code, built), attempts=1))

    outbox.deliver(smtp)

    assert [line for line in smtp.raw[0].splitlines() if not line.startswith(b"X-")] == built.splitlines()


def test_each_sample_holds_every_fact_that_its_source_asks_for(built_app):
    with built_app.app_context():
        for each in SAMPLES:
            sources.check(each.kind, each.facts)


def test_a_letter_that_lacks_a_fact_is_refused_when_it_is_decided_on(app, cast):
    missing = "bookings/ended does not know code, left, other_name, starts_at"
    with transaction(), pytest.raises(ValueError, match=missing):
        enqueue_mail("x:1", "bookings/ended", cast.ben, {})


def test_a_letter_says_the_terms_of_its_own_booking(built_app):
    sample = next(each for each in SAMPLES if each.kind == "bookings/stands")
    day = sample.draft(late_lasts=timedelta(hours=24).total_seconds())
    with built_app.app_context():
        assert "until 24 hours before the start" in mailer.rendered(day)[0]
        assert "until two hours before the start" in mailer.rendered(sample.draft())[0]


@pytest.mark.parametrize(
    ("left", "buttons"), [(1, "I’ll be there, Move it, Release it."), (0, "I’ll be there, Release it.")]
)
def test_a_reminder_names_the_buttons_that_its_page_has(built_app, left, buttons):
    sample = next(each for each in SAMPLES if each.kind == "bookings/reminder_day" and each.facts["side"] == "client")
    with built_app.app_context():
        assert buttons in " ".join(mailer.rendered(sample.draft(moves_left=left))[0].split())
