"""The formatter of templates moves no white space that a reader of the page could see."""

import re

import pytest
from jinja2 import Environment

from tests.templates import WIDTH, written

LONG = "a sentence that goes on until nobody could read it on one line of any screen that people have, " * 2
CASES = [
    "<p>One{% if yes %} and two{% endif %}, three.</p>",
    "<p>" + LONG + "{% if yes %}" + LONG + "{% else %}no{% endif %}, " + LONG + "</p>",
    "<p>{% if yes %}glued{% else %}other{% endif %}<b>" + LONG + "</b>{% if no %} never{% endif %} end</p>",
    "<ul>{% for n in [1, 2] %}<li>{{ n }}{% if n == 1 %},{% endif %}</li>{% endfor %}</ul>",
    '<p><a class="' + "c " * 80 + '" href="/{{ "x" if yes else "y" }}">there</a>{{ "words " * 3 }}</p>',
    '{% macro m(x) -%}<b>{{ x }}</b>{%- endmacro %}<p>({{ m(1) }}){{ m("' + LONG + '") }}</p>',
    "<textarea>  kept\n   as {{ yes }} it is</textarea><p>{{ yes }}</p>",
]


@pytest.mark.parametrize("source", CASES)
def test_a_page_reads_the_same_after_formatting(source):
    assert _read(written(source)) == _read(source)


@pytest.mark.parametrize("source", CASES)
def test_what_is_formatted_stays_as_it_is(source):
    assert written(written(source)) == written(source)


@pytest.mark.parametrize("source", CASES[1:3])
def test_a_line_has_at_most_120_characters(source):
    assert max(map(len, written(source).splitlines())) <= WIDTH


def _read(source):
    """What a reader sees: white space as one space, none at the edges of blocks."""
    page = Environment(trim_blocks=True, lstrip_blocks=True, autoescape=True).from_string(source).render(yes=True)
    page = re.sub(r"\s+", " ", page)
    page = re.sub(r"(<[^>]*?) >", r"\1>", page)
    return re.sub(r" ?(</?(?:p|ul|li)\b[^>]*>) ?", r"\1", page).strip()
