"""What lies in a browser: every cookie is in the one table, and on the page that tells people about them."""

import ast
import base64
import binascii
import re
import zlib

import pytest
from bs4 import BeautifulSoup

from practice.http import cookies
from tests.accounts.conftest import Person
from tests.factories import PASSWORD

from .source import modules, tree


def test_nothing_but_the_table_sets_or_reads_a_cookie():
    strays = [
        f"{name}:{node.lineno}"
        for name, path in modules().items()
        if name != "practice.http.cookies"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute)
        and (
            node.attr in ("set_cookie", "delete_cookie") or ast.unparse(node) in ("request.cookies", "session.cookies")
        )
    ]
    assert not strays


def test_no_script_sets_one():
    from .source import ROOT

    assert not [p.name for p in (ROOT / "practice/static/js").glob("*.js") if "document.cookie" in p.read_text()]


def _through_the_house(app, email):
    """Every answer of a visit from the first page to signing out."""
    person = Person(app.test_client())
    browser = person.browser
    answers = [person.see(path) for path in ("/", "/specialists", "/help", "/privacy", "/sign-in", "/sign-up")]
    token = BeautifulSoup(answers[0].text, "html.parser").find("input", attrs={"name": "csrf_token"})["value"]
    answers += [
        browser.post("/zone", data={"csrf_token": token, "zone": "Europe/Dublin"}),
        browser.post("/theme", data={"csrf_token": token, "theme": "dark"}),
        person.fill("/reset", email=email),
        person.sign_in(email, PASSWORD, is_private="y"),
        person.see("/me"),
        person.see("/me/settings"),
        person.press("/me/settings", "/sign-out"),
    ]
    return browser, answers


def _set_by(answers):
    return {line.partition("=")[0] for answer in answers for line in answer.headers.getlist("Set-Cookie")}


@pytest.fixture
def secure(make_app):
    return make_app(base_url="https://practice.example", extra_hosts=("localhost",))


def test_the_page_lists_exactly_what_is_set(app, cast):
    _browser, answers = _through_the_house(app, cast.ben.email)
    page = BeautifulSoup(app.test_client().get("/privacy").text, "html.parser")
    caption = page.find("caption", string="Cookies")
    listed = {row.find(["th", "td"]).get_text(strip=True) for row in caption.find_parent("table").select("tbody tr")}

    assert _set_by(answers) == listed == {each.name for each in cookies.COOKIES}


def test_over_https_each_is_bound_to_this_host(secure, cast):
    _browser, answers = _through_the_house(secure, cast.ben.email)
    lines = [line for answer in answers for line in answer.headers.getlist("Set-Cookie")]

    assert _set_by(answers) == {f"__Host-{each.name}" for each in cookies.COOKIES}
    for line in lines:
        assert "Secure" in line
        assert "HttpOnly" in line
        assert "Path=/" in line
        assert "SameSite=Lax" in line
        assert "Domain" not in line


def _readable(value):
    """All that anybody can make of a cookie without a key: each part as it is, decoded, unpacked."""
    for part in value.strip('"').split("."):
        yield part
        try:
            plain = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
        except (binascii.Error, ValueError):
            continue
        yield plain.decode("latin-1")
        try:
            yield zlib.decompress(plain).decode("latin-1")
        except zlib.error:
            continue


@pytest.mark.parametrize("email", ["cleo@people.example"])
def test_nobody_reads_an_address_in_a_cookie(app, cast, email):
    person = Person(app.test_client())
    answers = [person.fill("/reset", email=email)]
    person.sign_in(cast.ben.email, PASSWORD)
    answers.append(person.fill("/me/settings/email", email=email, others_read="no"))
    values = re.findall(r"practice=([^;]+)", " ".join(h for a in answers for h in a.headers.getlist("Set-Cookie")))

    assert len(values) >= 2
    assert not [said for value in values for said in _readable(value) if "people" in said]


def test_leaving_takes_the_mark_of_a_known_browser_along(app, cast):
    person = Person(app.test_client())
    person.sign_in(cast.ben.email, PASSWORD, is_private="y")
    assert person.browser.get_cookie("known")
    token = BeautifulSoup(person.see("/me").text, "html.parser").find("input", attrs={"name": "csrf_token"})["value"]

    person.browser.post("/forget", data={"csrf_token": token})

    assert not person.browser.get_cookie("known")


def test_on_a_shared_computer_no_mark_stays(app, cast):
    person = Person(app.test_client())
    person.sign_in(cast.ben.email, PASSWORD)

    assert not person.browser.get_cookie("known")


def test_a_session_under_an_older_key_is_still_open_and_under_a_strange_one_is_not(app):
    old, new = "an older key of enough length 123456", "a newer key of enough length 1234567"
    text = cookies.Seal((old,)).dumps({"a": 1})

    assert cookies.Seal((new, old)).loads(text, 60) == {"a": 1}
    with pytest.raises(cookies.BadSignature):
        cookies.Seal((new,)).loads(text, 60)
