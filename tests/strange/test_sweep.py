"""Every form, every field, every class of strange input: a calm answer, the form filled in, nothing half stored."""

import html
from collections import Counter
from functools import cache
from itertools import cycle, islice
from math import ceil

import pytest

from tests.house.routes import APPROVED
from tests.strange.doors import DOORS
from tests.strange.inputs import CLASSES, KINDS

FORMS = [name for name, door in DOORS.items() if door.fields]
CALM = {200, 302, 303, 400, 404, 409, 410, 413, 422, 429}
# What a refused form may leave behind: that somebody failed, and what a visitor wrote on the way to signing in.
TRACES = {"audit_event", "audit_head", "intent"}
TRACEBACK = ("Traceback (most recent call last)", "sqlalchemy.exc", "psycopg", "werkzeug.debug")
MOST_SPREAD = 6
# What is longer than this is refused wherever text is kept; what is only looked for is not.
LONGER_THAN_ANY = 10_000
KEEPING = {name for name, door in DOORS.items() if "text" in door.fields.values()} - {"log", "find_applicant"}
RENDERED = {"html_xss", "template_injection"}
# How many inputs of a class each field meets at least. On PostgreSQL only what a database can mind: the rest never
# reaches it, or is the same to it.
IN_TURN = {"sqlite": 2, "postgres": 1}
MINDED = {"oversize_text", "control_unicode", "sql_injection"} | {"datetime_malformed", "timezone_bogus", "number"}
MINDED |= {"price", "currency", "choice", "code", "email"}

# Whoever presses these has said what they want; a reason stands beside it for those who like to give one.
EMPTY_SAYS_SO = {"cancel", "practice_cancel", "agree_on_money", "withdraw_money", "demo_pay", "demo_onboarding"}


def trials(door):
    """(field, class, input): every input of a class reaches the form, spread over its fields of one kind."""
    alike = Counter()
    for name, kind in door.fields.items():
        turn, alike[kind] = alike[kind], alike[kind] + 1
        stride = min(MOST_SPREAD, sum(each == kind for each in door.fields.values()))
        for group in KINDS[kind]:
            for strange in CLASSES[group][turn % stride :: stride]:
                yield name, group, strange


@cache
def in_turn(engine):
    """{form: trials}: each field meets each class, with the next few inputs in turn, so that every input reaches the
    product through some form."""
    groups = set(CLASSES) if engine == "sqlite" else MINDED
    asked = {
        name: [(field, group) for field, kind in door.fields.items() for group in KINDS[kind] if group in groups]
        for name, door in DOORS.items()
    }
    fields = Counter(group for each in asked.values() for _, group in each)
    share = {group: max(IN_TURN[engine], ceil(len(CLASSES[group]) / fields[group])) for group in fields}
    turns = {group: cycle(CLASSES[group]) for group in fields}
    return {
        name: [(field, group, strange) for field, group in each for strange in islice(turns[group], share[group])]
        for name, each in asked.items()
    }


def faults_of(answer, written, strange):
    """What is wrong with an answer, as words."""
    if answer.status_code not in CALM:
        yield f"status {answer.status_code}"
    if answer.status_code >= 400 and written - TRACES:
        yield f"refused and yet stored in {sorted(written - TRACES)}"
    yield from unescaped(answer, strange)


def unescaped(answer, strange):
    """What an answer shows that it must not."""
    if any(mark in answer.text for mark in TRACEBACK):
        yield "a traceback"
    if any(mark in strange for mark in "<>\"'") and len(strange) > 3 and strange in answer.text:
        yield "the input as live HTML"
    if "50337" in answer.text:
        yield "a computed template"
    if "evil.example" in (answer.location or ""):
        yield f"a way out of the house: {answer.location}"


def is_filled_in(answer, honest, name):
    """Whether the refused form still holds what was written in its other fields."""
    text = html.unescape(answer.text)
    kept = {k: v for k, v in honest.items() if k not in (name, "password", "as_of") and isinstance(v, str)}
    return [k for k, v in kept.items() if len(v) > 1 and v not in text]


@pytest.fixture
def surprises(world, send, journal):
    """`surprises(form, trials)`: what was wrong with the answers, as words."""

    def tried(name, inputs):
        door, found = DOORS[name], []
        who, path = door.open(world)
        for field, group, strange in inputs:
            field = field.format(**world.codes)
            world.token(world.browser(who))
            journal.take()
            answer = send(who, path, door.honest | {field: strange})
            faults = list(faults_of(answer, journal.take(), strange))
            faults += taken_wrongly(name, field, strange, answer) + shown_wrongly(world, name, group, strange, answer)
            found += [f"{field} {group} {strange[:40]!r}: {fault}" for fault in faults]
            if door.made and answer.status_code < 400:
                who, path = door.open(world)
        return found

    return tried


def taken_wrongly(name, field, strange, answer):
    """A form that came back without what was written into it; a text that no place is long enough for."""
    door = DOORS[name]
    if answer.status_code == 422 and not door.is_button and (lost := is_filled_in(answer, door.honest, field)):
        return [f"the form lost {lost}"]
    is_taken = answer.status_code < 400 and len(strange) > LONGER_THAN_ANY and name in KEEPING
    return ["taken, though no text is as long"] if is_taken else []


def shown_wrongly(world, name, group, strange, answer):
    """What is wrong with the pages that show what was taken."""
    found = []
    if answer.status_code < 400 and group in RENDERED:
        for reader, page in DOORS[name].shown:
            shown = world.browser(reader).get(page.format(**world.codes))
            found += [f"{page}: {fault}" for fault in unescaped(shown, strange)]
            found += [f"{page}: {shown.status_code}"] if shown.status_code != 200 else []
    return found


@pytest.mark.each_case
@pytest.mark.parametrize("name", FORMS)
def test_a_form_takes_anything_calmly(name, surprises, engine):
    found = surprises(name, in_turn(engine)[name])

    assert not found, "\n".join(found)


@pytest.mark.long
@pytest.mark.once
@pytest.mark.parametrize("name", FORMS)
def test_a_form_takes_every_input_calmly(name, surprises):
    found = surprises(name, trials(DOORS[name]))

    assert not found, "\n".join(found)


@pytest.mark.parametrize("name", [name for name in FORMS if name not in EMPTY_SAYS_SO])
def test_a_form_with_nothing_in_it_but_its_token_changes_nothing(name, world, journal):
    who, path = DOORS[name].open(world)
    browser = world.browser(who)
    only = {"csrf_token": world.token(browser)}
    journal.take()

    answer = browser.post(path, data=only)

    assert journal.take() - TRACES == set(), answer.status


@pytest.mark.once
def test_every_form_of_the_product_stands_in_the_table():
    posts = {line.split()[2] for line in APPROVED.read_text().splitlines() if line.split()[1] == "POST"}
    tried = {shape(door.path) for door in DOORS.values() if door.path} | USED_UP

    # The address of an offer and the older one without its code are one view.
    shapes = {shape(rule.replace("<slug>/offers/<code>/book", "<slug>/book")) for rule in posts}
    assert sorted(shapes - tried) == []


def shape(path):
    """An address with `*` where a thing is named."""
    parts = path.split("/")
    named = ("<", "{", "anna-kern", "otto-b")
    return "/".join("*" if part.startswith(named) else part for part in parts)


USED_UP = {
    "/bookings/*/cancel",
    "/bookings/*/contest",
    "/practice/bookings/*/cancel",
    "/practice/bookings/*/contest",
    "/admin/accounts/*/lock",
    "/admin/accounts/*/unlock",
    "/admin/applications/*/decide",
    "/admin/applications/*/suspend",
    "/admin/applications/*/reinstate",
    "/admin/applications/*/close",
    "/admin/strikes/*",
    "/practice/close",
    "/practice/offers/*/lower-price/*/end",
}
