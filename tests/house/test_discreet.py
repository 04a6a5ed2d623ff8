"""What somebody at the same device could find of a private page: in a tab, history, a preview, a cache, a draft."""

import re

import pytest
from jinja2 import Environment, nodes

from .source import ROOT, templates, without_comments
from .test_letters import HEALTH

PAGES = {
    name: source
    for name, source in templates().items()
    if re.search(r"{% extends \"layouts/(public|workspace)\.html\"", source)
}
# Rooms in which people write about themselves.
TALK = ("questions/", "messages/", "contact/", "moderation/")
# What a private page's tab may say beside our own words: numbers, hours, our own sentences.
NEUTRAL = {
    ("contact/show.html", "ticket"): "its number",
    ("admin/contact_ticket.html", "ticket"): "its number",
    ("admin/dispute.html", "dispute"): "its number",
    ("home/letter.html", "parts"): "a subject, which is neutral by tests of its own",
    ("home/practice.html", "greeting"): "good morning",
    ("bookings/calendar.html", "title_words"): "a week",
    ("bookings/booked_before.html", "booking"): "a day",
    ("invoices/year.html", "year"): "a year",
    ("payments/payout.html", "payout"): "a day",
    ("specialists/offer.html", "offer"): "minutes",
    ("sandbox/pay.html", "brand"): "who this is",
    ("admin/booking.html", "booking"): "an hour",
    ("admin/moderation_case.html", "labels"): "what it is about, in our words",
    ("admin/moderation_case.html", "case"): "of which kind it is",
    ("admin/order.html", "order"): "an amount",
    ("admin/chargeback.html", "asks"): "what a bank does",
    ("admin/chargeback.html", "asked"): "an amount",
    ("admin/kind_text.html", "text"): "what a text of ours is called",
    ("admin/money_setting.html", "one"): "what a setting is called",
    ("admin/crisis_line.html", "line"): "a number that everybody may read",
    ("admin/crisis_line.html", "country_name"): "a country",
}


def tab_of(source):
    """The expressions that stand in a page's tab: those of `tab`, where it has one, else of `title`."""
    sets = [
        (each.target.name, each.node)
        for each in Environment(autoescape=True).parse(source).find_all(nodes.Assign)
        if isinstance(each.target, nodes.Name)
    ]
    named = {name: [node for target, node in sets if target == name] for name in ("tab", "title")}
    return named["tab"] or named["title"]


def says(expression):
    """(its fixed words, the names of what else it prints); what only decides between words prints nothing."""
    if isinstance(expression, nodes.CondExpr):
        parts = [expression.expr1, *([expression.expr2] if expression.expr2 else [])]
    elif isinstance(expression, nodes.Const | nodes.TemplateData):
        return [str(getattr(expression, "value", ""))], []
    elif isinstance(expression, nodes.Name):
        return [], [expression.name]
    elif isinstance(expression, nodes.Getitem) and isinstance(expression.node, nodes.Dict):
        parts = [each.value for each in expression.node.items]
    else:
        parts = list(expression.iter_child_nodes())
    both = [says(each) for each in parts]
    return [word for words, _ in both for word in words], [name for _, names in both for name in names]


def is_private(name):
    """A page without a description is for no search engine: it is somebody's own, or the staff's."""
    return "set described" not in PAGES[name] and not name.startswith("demo/")


@pytest.mark.parametrize("name", [name for name in PAGES if is_private(name)])
def test_the_tab_and_history_of_a_private_page_name_nobody_and_nothing(name):
    for expression in tab_of(PAGES[name]):
        words, names = says(expression)

        assert not HEALTH.search(" ".join(words)), words
        assert [each for each in names if (name, each) not in NEUTRAL] == []


@pytest.mark.parametrize(
    ("source", "words", "names"),
    [
        ('{% set title = "Cancel with " ~ person.first %}', ["Cancel with "], ["person"]),
        ('{% set title = "With " ~ person.first %}{% set tab = "Yours" %}', ["Yours"], []),
        ('{% set title = "One" if person else "Two" %}', ["One", "Two"], []),
    ],
)
def test_a_name_in_a_tab_would_be_noticed(source, words, names):
    assert says(tab_of(source)[0]) == (words, names)


@pytest.mark.parametrize("name", [name for name in PAGES if name.startswith(TALK)])
def test_every_page_on_which_people_write_has_the_way_out(name):
    assert "{% set sensitive = true %}" in PAGES[name]


@pytest.mark.parametrize("layout", ["public", "workspace"])
def test_both_layouts_show_the_way_out_of_a_sensitive_page(layout):
    source = templates()[f"layouts/{layout}.html"]

    assert "exit_link(exit_url)" in source or "may_leave=may_leave" in source


def test_a_page_tells_nobody_who_only_has_its_address_what_it_is_about():
    """Previews of links are made of these; what a search engine may read is enough."""
    assert [name for name, source in templates().items() if re.search(r"og:|twitter:", without_comments(source))] == []


# ---------------------------------------------------------------- the browser's own memory

SCRIPTS = {path.name: path.read_text() for path in (ROOT / "practice" / "static" / "js").glob("*.js")}


def test_nothing_that_is_typed_outlives_its_tab():
    assert [
        name for name, script in SCRIPTS.items() if re.search(r"localStorage|indexedDB|document\.cookie", script)
    ] == []


def test_whatever_is_typed_is_kept_under_the_name_that_leaving_clears():
    """`exit.js` clears what begins with `draft:`. Others keep in a tab that it was left, and its zone."""
    keeping = {name for name, script in SCRIPTS.items() if "sessionStorage" in script}

    assert keeping == {"drafts.js", "exit.js", "left.js", "unsaved.js", "zone.js"}
    assert 'PREFIX = "draft:"' in SCRIPTS["drafts.js"]
    assert "forgetDrafts()" in SCRIPTS["exit.js"] and "forgetKept()" in SCRIPTS["exit.js"]


def test_the_service_worker_keeps_the_offline_page_and_our_own_files_alone():
    kept = re.findall(r"cache\.(?:put|add|addAll)\(([^)]*)\)", SCRIPTS["sw.js"])

    assert kept == ["OFFLINE, answer", "files"]
    assert 'credentials: "omit"' in SCRIPTS["sw.js"]
