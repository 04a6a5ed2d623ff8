"""Limits and periods that people read are facts: a text takes them from where the rule has them."""

import ast
import re
from datetime import timedelta

import pytest

from practice.accounts import policy as accounts
from practice.bookings import limits
from practice.safety import policy as safety
from practice.values.counts import in_days, in_hours

from .source import modules, templates, tree, without_comments

SPELLED = "one two three four five six seven eight nine ten eleven twelve fourteen fifteen twenty thirty sixty ninety"
NUMBER = rf"(?:\d+|{SPELLED.replace(' ', '|')})"
UNIT = r"(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|times|moves?|ahead|open)"
BETWEEN = r"(?:more|other|full|working|whole|free|of)"
ONE = r"(?:an?|the|half|half an)\s+(?:minute|hour|day|week|month|year)"
LITERAL = re.compile(
    rf"\b{NUMBER}(?:\s+|-)(?:{BETWEEN}\s+)?{UNIT}\b|\btwice\b|\b{ONE}\s+(?:before|after)\b|\bhalf(?: an|-|\s)\s*hour\b",
    re.I,
)
# What counts requests for the limiter is its own notation.
FOR_THE_LIMITER = re.compile(r"^\d+ per ")

NAMED = re.compile(r"\blimits\.(\w+)\.(\w+)")

# (where, what): why it stands there as it is.
ALLOWED: dict[tuple[str, str], str] = {
    # No limit of ours, a figure of speech: done once, not two times.
    ("admin/application.html", "twice"): "so that nobody reads it twice",
    ("bookings/feeds.html", "twice"): "a calendar program that shows each appointment twice",
    ("home/home.html", "twice"): "never booked twice",
    ("safety/show.html", "twice"): "at least twice a year, a promise that follows from 180 days",
    ("practice.store.retention", "twice"): "so that nothing is written twice",
    ("practice.values.counts", "twice"): "the word itself",
    # What others decided, or nobody computes with.
    ("accounts/second_step.html", "30 seconds"): "the standard of authenticator apps (RFC 6238)",
    ("safety/show.html", "three times"): "how often Shift is pressed; the script counts it",
    ("safety/discretion.html", "three times"): "the same",
    ("specialists/step_documents.html", "12 months"): "what a reviewer looks for in a paper",
    ("practice.scheduling.rules", "one minute"): "said to a programmer",
    # How long something tends to take.
    ("specialists/join.html", "25 minutes"): "how long applying tends to take",
    ("specialists/step_what.html", "25 minutes"): "how long applying tends to take",
    ("specialists/profile.html", "2 working days"): "how long a change usually takes",
    ("practice.specialists.answering", "four hours"): "a name of the promise, beside its number",
    ("practice.specialists.answering", "two days"): "the same",
    ("practice.specialists.answering", "four days"): "the same",
    # A half hour is what a free consultation is, and a price belongs to a length; a sentence begins with a word.
    ("home/free_consultation.html", "thirty minutes"): "begins a sentence",
    ("home/me.html", "thirty minutes"): "begins a sentence",
    ("specialists/offer.html", "six months"): "bookings.limits.GRACE_WINDOW, the shortest six months of any calendar",
    ("specialists/offers.html", "50 minutes"): "the length that search compares by",
    # The half hour is the name of a free consultation's time: these pages speak of nothing else.
    ("bookings/_half_hour.html", "half hour"): "shown for free consultations only",
    ("bookings/practice_show.html", "half hour"): "shown for free consultations only",
    ("home/free_consultation.html", "half hour"): "the page about them",
    ("home/home.html", "half hour"): "a link to that page",
    ("practice.bookings.labels", "half hour"): "said of free consultations only",
    # Beside another week, not a period.
    ("admin/overview.html", "the week before"): "the figures of two weeks",
    ("components/slot_grid.html", "the week after"): "the next page of times",
    ("practice.specialists.policy", "a day after"): "any later day",
    ("demo/design.html", "half an hour"): "a sample of a sentence",
    ("demo/design.html", "2 moves"): "a sample of a button",
    ("demo/design.html", "24 hours"): "a sample of a table",
    # Said on a floor below the rule, which may not look up: the test after next holds them to it.
    ("practice.accounts.forms", "1 hour"): "bookings.limits.REMINDER_HOUR",
    ("practice.http.cookies", "30 days"): "accounts.policy.CLIENT_IDLE_OWN_DEVICE",
    ("practice.store.retention", "three days"): "accounts.policy.TWO_STEP_BACK_WITHIN",
}
# Invented people, and what they say about time.
INVENTED = "practice.demo."


def read_in(template: str) -> str:
    """The words of a page: what stands between tags, and sentences that are handed to macros."""
    source = re.sub(r"{[{%](.*?)[%}]}", _sentences, without_comments(template), flags=re.S)
    return " ".join(re.sub(r"<[^>]*>", " ", source).split())


def _sentences(tag: re.Match[str]) -> str:
    """What a tag holds between quotation marks; pieces that follow one another are one sentence."""
    joined = re.sub(r"\"\s+\"", "", tag[1])
    return " . ".join(["", *(each for each in re.findall(r'"([^"]*)"', joined) if " " in each), ""]) or " "


def said_in(source: ast.Module) -> list[str]:
    """Every text in a module but what explains it."""
    silent = {
        id(node.body[0].value)
        for node in ast.walk(source)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    texts = [node for node in ast.walk(source) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return [node.value for node in texts if id(node) not in silent and not FOR_THE_LIMITER.match(node.value)]


def literals() -> list[tuple[str, str]]:
    """(where, what) of every number beside a unit that somebody reads, on a page, in a letter or in a sentence."""
    pages = [(name, read_in(text)) for name, text in templates().items()]
    texts = [
        (name, text)
        for name, path in modules().items()
        if not name.startswith(INVENTED)
        for text in said_in(tree(path))
    ]
    return [(name, found[0].lower()) for name, text in pages + texts for found in LITERAL.finditer(text)]


def test_no_limit_or_period_stands_in_a_text_as_a_literal():
    assert [each for each in literals() if each not in ALLOWED] == []


# Two people, the second step of signing in, and what stands on the page that a letter leads to: no limits.
NO_LIMITS = re.compile(r"two-step|two ways on|two of us|the two\b|three buttons|all three", re.I)
PERIOD = re.compile(rf"\b(?!one\b)(?:{NUMBER}|half|twice)\b|\b(?:an?|one)\s+{UNIT}\b", re.I)


def counted_in(letter: str) -> list[str]:
    """Numbers and periods in a letter's own words: there, every one of them is somebody's limit."""
    return PERIOD.findall(NO_LIMITS.sub("", read_in(letter)))


def test_letters_count_nothing_themselves():
    letters = {name: text for name, text in templates().items() if "email/" in name and name.endswith(".txt")}

    assert len(letters) > 60
    assert {name: found for name, text in letters.items() if (found := counted_in(text))} == {}


@pytest.mark.parametrize(
    "words",
    [
        "within 72 hours",
        "two hours before",
        "You can move it twice",
        "With three, they rest",
        "a day before the start",
        "in half an hour",
        '{% set until = "within ten minutes of it" %}',
    ],
)
def test_a_period_that_is_written_out_in_a_letter_is_found(words):
    assert counted_in(f"Subject: A note\n\n{words}.\n") != []


def test_every_limit_that_a_template_names_is_one(app):
    limits = app.jinja_env.globals["limits"]
    named = [(name, *found) for name, text in templates().items() for found in NAMED.findall(text)]

    assert len(named) > 50
    assert [each for each in named if each[2] not in limits.get(each[1], {})] == []


def test_every_exception_is_still_one():
    assert set(ALLOWED) <= set(literals())


def test_what_is_said_below_a_rule_says_what_the_rule_says():
    said = {
        ("practice.accounts.forms", in_hours(limits.REMINDER_HOUR, digits=True)),
        ("practice.http.cookies", in_days(accounts.CLIENT_IDLE_OWN_DEVICE)),
        ("practice.store.retention", in_days(accounts.TWO_STEP_BACK_WITHIN)),
    }

    assert said <= set(literals())
    assert timedelta(days=183) >= safety.STALE_AFTER, "twice a year"


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ("<p>You can move it\n  two times.</p>", ["two times"]),
        ('{{ field(form.words, hint="Say so within 72 hours. A "\n    "person looks.") }}', ["72 hours"]),
        ("{% if late %}Less than two hours before{% endif %}", ["two hours"]),
        ("Two of 2 moves left, or moved twice", ["2 moves", "twice"]),
        ("within {{ limits.accounts.UNDO|in_hours }}, {{ left }} of {{ terms.moves }} moves", []),
        ("You have {{ count }} of 3 open, and hear an hour before", ["3 open", "an hour before"]),
        ("The half hour is over", ["half hour"]),
        ('{# two hours #}<p class="two hours">at one</p>', []),
    ],
)
def test_a_literal_is_found_wherever_it_stands_in_a_page(page, found):
    assert [each[0] for each in LITERAL.finditer(read_in(page))] == found


def test_a_literal_is_found_in_a_sentence_and_not_in_an_explanation():
    module = ast.parse('def f():\n    """Three days."""\n    raise Late(f"Within 48 hours, {x} days", "5 per 2 days")')

    assert [each[0] for text in said_in(module) for each in LITERAL.finditer(text)] == ["48 hours"]


def numbers_of(module):
    """Names that a module gives to a number or a period at its top."""
    kept = (node for node in module.body if isinstance(node, ast.Assign))
    is_number = re.compile(r"[\d_* ]+|timedelta\(.*\)").fullmatch
    return [ast.unparse(node.targets[0]) for node in kept if is_number(ast.unparse(node.value))]


def test_the_numbers_of_booking_that_count_for_all_kinds_stand_in_one_file():
    held = {name: numbers_of(tree(modules()[f"practice.bookings.{name}"])) for name in ("limits", "terms", "policy")}

    assert len(held.pop("limits")) > 25
    assert held == {"terms": [], "policy": []}


def test_a_number_elsewhere_would_be_noticed():
    assert numbers_of(ast.parse("MOST = 3\nLATE = timedelta(hours=2)\nNAMES = ('a',)\nA = MINUTE")) == ["MOST", "LATE"]


# ---------------------------------------------------------------- numbers of booking

DECIDES = (
    "practice.bookings.actions",
    "practice.bookings.queries",
    "practice.bookings.jobs",
    "practice.bookings.policy",
)
A_WEEK = "timedelta(days=7)"  # a page of the calendar


def periods(nodes):
    """Lengths of time that stand in a function as a number."""
    bodies = [line for node in ast.walk(nodes) if isinstance(node, ast.FunctionDef) for line in node.body]
    calls = [each for line in bodies for each in ast.walk(line) if isinstance(each, ast.Call)]
    found = {ast.unparse(each) for each in calls if ast.unparse(each.func) == "timedelta" and each.keywords}
    return sorted(each for each in found if re.fullmatch(r"timedelta\(\w+=\d+\)", each) and each != A_WEEK)


def test_what_decides_about_bookings_has_its_numbers_from_the_limits():
    found = {name: periods(tree(path)) for name, path in modules().items() if name.startswith(DECIDES)}

    assert {name: lengths for name, lengths in found.items() if lengths} == {}


def test_a_number_where_it_is_used_is_found():
    assert periods(ast.parse("def old(now): return now - timedelta(days=60)")) == ["timedelta(days=60)"]
