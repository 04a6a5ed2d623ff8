"""The marks of a letter's source: what each means in text and in html, and that no value is ever one."""

import pytest
from markupsafe import escape

from practice.letters import marks
from practice.values.text import Name


def read(marked, *values):
    """The blocks of a source in which {0}, {1}, … are holes."""
    holes = (marks.OPENS + str(n) + marks.CLOSES for n in range(len(values)))
    return marks.read(marked.format(*holes), values)


def test_lines_are_one_paragraph_until_an_empty_one():
    blocks = read("One line\nand another.\n\nThe next.\n")

    assert marks.text(blocks) == "One line and another.\n\nThe next."


def test_a_label_alone_is_the_button():
    (button,) = read("[See it] {0}", "http://localhost/it")

    assert (button.address, button.text) == ("http://localhost/it", "See it:\nhttp://localhost/it")


def test_a_label_among_lines_is_a_link():
    (words,) = read("Somewhere:\n[there & then] {0}", "http://localhost/?a=1&b=2")

    assert words.address == ""
    assert words.text == "Somewhere: there & then: http://localhost/?a=1&b=2"
    assert escape(words.lines[0]) == 'Somewhere: <a href="http://localhost/?a=1&amp;b=2">there &amp; then</a>'


def test_what_somebody_wrote_keeps_its_lines():
    (quoted,) = read("> {0}", "One.\n\n> Two <b>.")

    assert quoted.text == "One.\n\n> Two <b>."
    assert quoted.lines == ("One.", "", "> Two <b>.")


def test_what_is_empty_is_left_out():
    assert marks.text(read("Before.\n\n> {0}\n\nAfter {1}.", "", "it")) == "Before.\n\nAfter it."


@pytest.mark.parametrize("typed", ["[Press] http://evil.example", "> said", "a\n\nb", "{0}", "\\1", "<i>"])
def test_no_value_is_a_mark(typed):
    (block,) = read("{0}", typed)

    assert (block.text, block.address) == (typed, "")
    assert escape(block.lines[0]) == escape(typed)


def test_a_name_is_kept_apart_in_each_part_as_it_can_be():
    (block,) = read("To {0}.", Name("דנה"))

    assert block.text == "To \u2068דנה\u2069."
    assert escape(block.lines[0]) == "To <bdi>דנה</bdi>."
