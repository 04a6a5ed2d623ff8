"""Every route says whom it lets in, stands in the approved list, and keeps its word for each kind of person."""

import contextlib
import re

import pytest
from flask import request, url_for

from practice.http.error_pages import page_above

from .routes import APPROVED, MARKS, routes, written

EXAMPLES = {"int": "1", "path": "x/y", "float": "1.5"}


@pytest.fixture
def open_app(make_app):
    """The demo's routes included, tokens not asked for: what refuses here is the access mark alone."""
    return make_app(mode="demo", overrides={"WTF_CSRF_ENABLED": False, "RATELIMIT_ENABLED": False})


@pytest.mark.once
def test_every_view_wears_exactly_one_access_mark(open_app):
    unmarked = [str(r) for r in routes(open_app) if r.access not in MARKS]

    assert not unmarked


@pytest.mark.once
def test_every_route_stands_in_the_approved_list(open_app):
    approved = APPROVED.read_text().splitlines()

    found = written(routes(open_app)).splitlines()

    assert [f"new: {line}" for line in found if line not in approved] == []
    assert [f"gone: {line}" for line in approved if line not in found] == []


@pytest.mark.once
def test_reading_changes_nothing_by_its_name():
    verbs = r"/(delete|remove|cancel|approve|refuse|publish|unpublish|revoke|rotate|undo|sign-out|logout)$"
    confirmations = {"GET"}

    lines = [line.split() for line in APPROVED.read_text().splitlines()]
    by_rule = {rule: {m for _, m, r in lines if r == rule} for _, _, rule in lines}

    assert not [rule for rule, methods in by_rule.items() if re.search(verbs, rule) and methods == confirmations]


@pytest.mark.once
def test_whoever_comes_back_to_a_form_is_led_to_a_page_of_its_own_and_not_to_one_that_takes_it_for_a_name(open_app):
    """`/letters/seen` is a form; the letter called "seen" is none."""
    posts = [route.rule for route in routes(open_app) if route.method == "POST" and "<" not in route.rule]

    with open_app.test_request_context():
        doors = open_app.create_url_adapter(request)
        pages = {rule: page_above(rule) for rule in posts}
        taken = {rule: page for rule, page in pages.items() if doors.test(page) and doors.match(page, "GET")[1]}

    assert [rule for rule in posts if doors.test(rule, "GET") and pages[rule] != rule] != []
    assert taken == {}


@pytest.fixture
def people(open_app, cast, sign_in):
    """A browser for each kind of person."""
    return {
        "nobody": open_app.test_client(),
        "client": sign_in(open_app.test_client(), cast.cleo),
        "specialist": sign_in(open_app.test_client(), cast.anna),
        "staff": sign_in(open_app.test_client(), cast.sam),
    }


@pytest.mark.once
def test_each_kind_of_person_gets_in_where_the_mark_says_and_nowhere_else(open_app, people):
    surprises = []
    for route in routes(open_app):
        path = _path(open_app, route)
        for who, browser in people.items():
            # Signing out or ending a device would change who the next request is from.
            if route.access == "client" and route.method == "POST" and re.search(r"(logout|sign-out|devices)", path):
                continue
            answer = browser.open(path, method=route.method)
            if not _is_right(route.access, who, answer):
                surprises.append(
                    f"{who} {route.method} {path} ({route.access}): {answer.status_code} {answer.location}"
                )

    assert not surprises


def _path(app, route) -> str:
    """The route's address with things in it that do not exist."""
    rule = next(r for r in app.url_map.iter_rules() if r.rule == route.rule and route.method in r.methods)
    kinds = {name: kind for kind, name in re.findall(r"<(?:(\w+)(?:\([^)]*\))?:)?(\w+)>", route.rule)}
    values = {name: EXAMPLES.get(kinds.get(name, ""), "nothing-of-that-name-1") for name in rule.arguments}
    path = route.rule
    with contextlib.suppress(Exception), app.test_request_context():
        path = url_for(route.endpoint, **values)
    return re.sub(r"<[^>]+>", "1", path)


def _is_right(access: str, who: str, answer) -> bool:
    """Whether `answer` is what the mark promises this person."""
    status, to_gate = answer.status_code, _is_gate(answer)
    if status >= 500:
        return status == 503 and answer.request.path == "/readyz"  # no worker runs here, and it says so
    if access == "public":
        return not to_gate or status in (302, 303)
    if who == "nobody":
        return to_gate
    if access == "client":
        return not to_gate
    if access == "specialist":
        return status == 403 if who in ("client", "staff") else status != 403 and not to_gate
    return status == 404 if who != "staff" else not to_gate and status != 403


def _is_gate(answer) -> bool:
    """True when the answer is "sign in first"."""
    location = answer.location or ""
    return answer.status_code == 401 or (answer.status_code in (302, 303) and "/sign-in" in location)
