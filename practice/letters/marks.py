"""This file knows the three marks of a letter's source, and that text and html are made of the same words.

A paragraph ends with an empty line; the lines in between are one. Two signs at the beginning of a line mean more:

    [See the appointment] {{ url }}    alone in its paragraph the button, among other lines a link
    > {{ words }}                      what somebody wrote: its lines stay lines, in html paragraphs

What a hole is filled with never means anything here: the marks are read before the holes are filled.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

# A hole is the number of its value between two signs that nobody can type (practice.values.text refuses controls).
OPENS, CLOSES = "\x02", "\x03"
_HOLE = re.compile(f"{OPENS}([0-9]+){CLOSES}")
_LINK = re.compile(r"\[([^\]]+)\] (\S+)")
_QUOTED = "> "


@dataclass(frozen=True)
class Run:
    """Text with what fills its holes: `str()` is for the text part, in html each filling is escaped or marked up."""

    parts: tuple[Any, ...]

    def __str__(self) -> str:
        return "".join(map(str, self.parts))

    def __html__(self) -> Markup:
        return Markup("").join(self.parts)


@dataclass(frozen=True)
class Link:
    """An address among words, with what is to be read in its place."""

    label: Run
    address: Run

    def __str__(self) -> str:
        return f"{self.label}: {self.address}"

    def __html__(self) -> Markup:
        return Markup('<a href="{}">{}</a>').format(str(self.address), self.label)


class Address(str):
    """An address that stands among words as it is."""

    def __html__(self) -> Markup:
        return Markup('<a href="{0}">{0}</a>').format(str(self))


class Mailbox(str):
    """The same of somebody who can be written to."""

    def __html__(self) -> Markup:
        return Markup('<a href="mailto:{0}">{0}</a>').format(str(self))


@dataclass(frozen=True)
class Block:
    """A paragraph; or the button with its address; or what somebody wrote, line by line."""

    lines: tuple[Run | str, ...]
    address: str = ""

    @property
    def text(self) -> str:
        """The block in the text part."""
        said = "\n".join(map(str, self.lines))
        return f"{said}:\n{self.address}" if self.address else said


def read(marked: str, values: Sequence[Any]) -> list[Block]:
    """The blocks of a source whose holes are numbers, filled with `values`; what is empty is left out."""
    paragraphs = re.split(r"\n\s*\n", marked.strip())
    return [block for each in paragraphs if (block := _block(each.split("\n"), values)).text.strip()]


def text(blocks: Sequence[Block]) -> str:
    """The blocks as the text part says them, an empty line between two."""
    return re.sub(r"\n{3,}", "\n\n", "\n\n".join(block.text for block in blocks))


def _block(lines: Sequence[str], values: Sequence[Any]) -> Block:
    if len(lines) == 1 and (button := _LINK.fullmatch(lines[0])):
        return Block((_filled(button[1], values),), str(_filled(button[2], values)))
    if lines[0].startswith(_QUOTED):
        quoted = [str(_filled(line.removeprefix(_QUOTED), values)) for line in lines]
        return Block(tuple(line.rstrip() for each in quoted for line in each.split("\n")))
    return Block((Run(tuple(part for line in lines for part in (" ", _line(line, values)))[1:]),))


def _line(line: str, values: Sequence[Any]) -> Run | Link:
    link = _LINK.fullmatch(line)
    return Link(_filled(link[1], values), _filled(link[2], values)) if link else _filled(line, values)


def _filled(words: str, values: Sequence[Any]) -> Run:
    """The words between holes, and the values in them, in turn."""
    return Run(tuple(values[int(part)] if index % 2 else part for index, part in enumerate(_HOLE.split(words)) if part))
