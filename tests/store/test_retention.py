"""How long things are kept: one table, which sweeps keep to and people can read."""

import ast
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup

from practice.letters import old_letters, outbox, registry, sources
from practice.letters.outbox import MailState, OutboxMail
from practice.store import retention
from practice.store.db import db
from tests.house import letters, source


def test_every_period_is_kept_to_by_some_code():
    used = {
        node.value.attr
        for name, path in source.modules().items()
        if name != "practice.store.retention"
        for node in ast.walk(source.tree(path))
        if isinstance(node, ast.Attribute)
        and node.attr in ("before", "lasts")
        and isinstance(node.value, ast.Attribute)
        and ast.unparse(node.value.value) == "retention"
    }
    named = {name for name, value in vars(retention).items() if isinstance(value, retention.Period)}

    assert used == named
    assert {getattr(retention, name) for name in named} == set(retention.EVERYTHING)


def _rows(page, caption):
    table = page.find("caption", string=caption).find_parent("table")
    return [[cell.get_text(" ", strip=True) for cell in row.find_all(["th", "td"])] for row in table.select("tbody tr")]


@pytest.fixture
def page(client):
    return BeautifulSoup(client.get("/privacy").text, "html.parser")


def test_the_page_names_each_period_as_the_code_has_it(page):
    assert _rows(page, "How long we keep it") == [
        [each.what, f"{each.length} {each.since}", each.why] for each in retention.EVERYTHING
    ]


def test_the_page_names_each_letter_that_always_goes_by_mail(page, app):
    said = page.find(id="always-mailed").get_text(" ", strip=True)

    for words in registry.always_mailed().values():
        assert words in said
    assert all(map(sources.title, registry.always_mailed()))


@pytest.mark.parametrize(
    "lasts, words", [(timedelta(hours=48), "48 hours"), (timedelta(days=3), "3 days"), (timedelta(days=365), "a year")]
)
def test_a_period_is_said_as_people_say_it(lasts, words):
    assert retention.Period("", lasts, "", "").length == words


# ---------------------------------------------------------------- letters


def _letter(person, template="bookings/ended", *, no_email=False):
    with db.session.no_autoflush:
        from practice.store.db import transaction

        with transaction():
            if no_email:
                person.no_email = True
            outbox.enqueue_mail(f"x:{template}", template, person, letters.example(template))


def _row():
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(db.select(OutboxMail)).one()


def _become(state, **columns):
    from practice.store.db import transaction

    with transaction() as session:
        session.execute(db.update(OutboxMail).values(state=state, message_kept=b"words", **columns))


@pytest.mark.parametrize(
    "state, template, days",
    [
        (MailState.SENT, "bookings/ended", 30),
        (MailState.SENT, "accounts/reset", 3),
        (MailState.SENT, "accounts/email_changed", 3),
        (MailState.KEPT, "bookings/ended", 365),
        (MailState.PARKED, "bookings/ended", 30),
        (MailState.LAPSED, "bookings/ended", 30),
    ],
)
def test_a_letter_says_nothing_once_its_time_is_over(cast, clock, state, template, days):
    _letter(cast.ben, template)
    _become(state)

    clock.advance(days=days, seconds=-1)
    assert old_letters.forget() == 0
    clock.advance(seconds=2)
    assert old_letters.forget() == 1

    row = _row()
    assert (row.message, row.context, row.to_address, row.zone) == (None, {}, "", "UTC")
    assert row.state == (MailState.LAPSED if state == MailState.PARKED else state)
    assert old_letters.forget() == 0
