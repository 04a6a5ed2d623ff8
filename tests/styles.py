"""This file knows how a style sheet is written: `python -m tests.styles` formats all, `--check` names what differs.

One declaration on each line, by cssbeautifier; it leaves long lines long, so that is done here: a list goes on
after a comma, a comment after a word.
"""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import cssbeautifier

WIDTH = 120
STYLES = Path(__file__).parent.parent / "practice" / "static" / "css"
OPTIONS = {
    "indent_size": 2,
    "end_with_newline": True,
    "newline_between_rules": False,
    "selector_separator_newline": True,
    "space_around_combinator": True,
    "max_preserve_newlines": 2,
}
COMMENT = re.compile(r"(?m)^([ \t]*)(/\*.*?\*/)$", re.S)


def written(source: str) -> str:
    """The same style sheet, one declaration a line and no line over `WIDTH`."""
    # What was folded is read as one line, so that a second formatting finds what the first one wrote.
    joined = re.sub(r":[^;{}]*;", lambda value: re.sub(r",\s+", ", ", value[0]), source)
    sheet = cssbeautifier.beautify(joined, OPTIONS)
    sheet = COMMENT.sub(lambda note: _note(note[1], note[2]), sheet)
    return "".join(f"{line}\n" for whole in sheet.splitlines() for line in _lines(whole))


def _note(indent: str, words: str) -> str:
    text = " ".join(words[2:-2].split())
    inner = indent + "   "
    return textwrap.fill(f"/* {text} */", WIDTH, initial_indent=indent, subsequent_indent=inner, break_on_hyphens=False)


def _lines(line: str) -> Iterator[str]:
    """`line`, broken at commas outside brackets where it is too long."""
    indent = " " * (len(line) - len(line.lstrip()) + 2)
    while len(line) > WIDTH:
        at = max((cut for cut in _commas(line) if cut <= WIDTH), default=0)
        if not at:
            break
        yield line[:at]
        line = indent + line[at:].lstrip()
    yield line


def _commas(line: str) -> Iterator[int]:
    depth = 0
    for at, sign in enumerate(line):
        depth += (sign in "([") - (sign in ")]")
        if sign == "," and depth == 0:
            yield at + 1


def sheets() -> list[Path]:
    return sorted(STYLES.rglob("*.css"))


def main() -> int:
    wrong = [path for path in sheets() if written(path.read_text()) != path.read_text()]
    if "--check" in sys.argv:
        for path in wrong:
            print(f"{path.relative_to(STYLES.parent.parent.parent)} is not formatted: python -m tests.styles")
        return bool(wrong)
    for path in wrong:
        path.write_text(written(path.read_text()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
