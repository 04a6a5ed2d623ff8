"""This file knows how a template is written: `python -m tests.templates` formats all, `--check` names what differs.

A page reads like prose: a thought on each line, 120 characters at most. Kept formatters break words that stand between
two branches or lose the nesting of both languages; this one moves white space only where no reader of the page can see
it, and says `{%-` or `-%}` where it breaks a line inside a sentence. Letters are not pages: their text is set by hand.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from tests.template_joints import joints

WIDTH = 120
TEMPLATES = Path(__file__).parent.parent / "templates"
JINJA = r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}"
TAG = rf"</?[a-zA-Z](?:\"(?:{JINJA}|[^\"])*\"|{JINJA}|[^<>\"])*>"
TOKEN = re.compile(rf"({JINJA}|<!--.*?-->|<!doctype[^>]*>|{TAG})", re.S | re.I)
VERBATIM = re.compile(r"(<(pre|textarea|script|style)\b.*?</\2>|\{% raw %\}.*?\{% endraw %\})", re.S | re.I)
BLOCKS = frozenset(
    re.findall(
        r"\w+",
        """html head body main header footer nav section article aside div p h1 h2 h3 h4 h5 h6 ul ol li dl dt dd form
        fieldset legend table thead tbody tfoot tr th td caption figure figcaption details summary hr br meta link title
        option optgroup select noscript svg symbol path g circle rect ellipse line polyline polygon use defs dialog
        hgroup blockquote picture source video track address datalist colgroup col""",
    )
)
VOID = frozenset(("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"))
OPENS = frozenset(("if", "for", "macro", "block", "call", "filter", "with", "autoescape"))
MIDDLE = frozenset(("else", "elif"))
OUTSIDE = frozenset(("extends", "from", "import"))
SHORT = (72, 40, 0)  # a branch inside a sentence stays in it up to here; less, where the line would be too long


@dataclass(frozen=True)
class Item:
    """One piece of a template, and whether white space that shows stands before it."""

    kind: str  # text, expr, stmt, note, tag, raw
    words: str
    name: str = ""
    space: bool = False
    is_block: bool = False

    @property
    def steps(self) -> int:
        """1 opens a level, -1 closes one, 0 neither."""
        if self.kind == "stmt":
            return 1 if self.name in OPENS else -1 if self.name.startswith("end") else 0
        if self.kind != "tag" or self.name in VOID or self.words.endswith("/>"):
            return 0
        return -1 if self.words.startswith("</") else 1


# ---------------------------------------------------------------- reading


def read(source: str) -> list[Item]:
    """The pieces of a template; white space as Jinja leaves it with trim_blocks and lstrip_blocks."""
    source = re.sub(r"(?m)^[ \t]+(?=\{[%#])", "", re.sub(r"([%#]\})\n", r"\1", source))
    source = re.sub(r"-([%}#]\})\s+", r"\1", re.sub(r"\s+(\{[%{#])-", r"\1", source))
    source = re.sub(r"(\{[%{#])-", r"\1", re.sub(r"-([%}#]\})", r"\1", source))
    items: list[Item] = []
    for number, part in enumerate(re.split(VERBATIM, source)):
        if number % 3 == 1:
            items.append(Item("raw", _opened(part), is_block=True, space=bool(items) and _ends_open(items)))
        elif number % 3 == 0:
            items += _pieces(part)
    return _merged(items)


def _opened(raw: str) -> str:
    """Verbatim, but for the white space inside its first tag and inside expressions."""
    tag = re.match(TAG, raw, re.S)
    if tag is None:
        return raw
    return " ".join(_attributes(tag[0])) + re.sub(JINJA, lambda m: _inner(m[0]), raw[tag.end() :], flags=re.S)


def _ends_open(items: list[Item]) -> bool:
    return items[-1].kind == "text" and items[-1].words == ""


def _pieces(part: str) -> Iterator[Item]:
    gap = False
    for number, piece in enumerate(TOKEN.split(part)):
        if number % 2:
            yield replace(_piece(piece), space=gap)
            gap = False
            continue
        words = re.split(r"\s+", piece)
        for place, word in enumerate(words):
            gap = gap or place > 0
            if word:
                yield Item("text", word, space=gap)
                gap = False
    if gap:
        yield Item("text", "", space=True)


def _piece(piece: str) -> Item:
    if piece.startswith("{{"):
        return Item("expr", f"{{{{ {_code(piece[2:-2])} }}}}")
    if piece.startswith("{%"):
        code = _code(piece[2:-2])
        return Item("stmt", f"{{% {code} %}}", re.match(r"\w+", code)[0])  # type: ignore[index]
    if piece.startswith(("{#", "<!--")):
        return Item("note", piece)
    if piece.startswith("<!"):
        return Item("tag", piece, "!doctype", is_block=True)
    name = re.match(r"</?([\w-]+)", piece)[1].lower()  # type: ignore[index]
    return Item("tag", " ".join(_attributes(piece)), name, is_block=name in BLOCKS)


def _code(code: str) -> str:
    """An expression on one line: strings as they are, two that were split for length as one again."""
    parts = re.split(r"(\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')", code.strip())
    whole = ""
    for number, part in enumerate(parts):
        part = part if number % 2 else re.sub(r"\s+", " ", part)
        if (
            number % 2
            and re.search(r"(?<!=)\" $", whole)
            and number > 1
            and not parts[number - 1].strip()
            and part[0] == '"'
        ):
            whole = whole[:-2] + part[1:]
        else:
            whole += part
    return re.sub(r"\(\s+|\s+\)", lambda m: m[0].strip(), whole) if '"' not in whole else _tight(whole)


def _tight(code: str) -> str:
    parts = re.split(r"(\"(?:[^\"\\]|\\.)*\")", code)
    return "".join(
        part if n % 2 else re.sub(r"([(\[{])\s+|\s+([)\]}])", lambda m: m[1] or m[2], part)
        for n, part in enumerate(parts)
    )


def _attributes(tag: str) -> list[str]:
    """A tag cut where a line may break: between attributes, never inside a value."""
    found = re.findall(rf"(?:\"(?:{JINJA}|[^\"])*\"|{JINJA}|[^\s\"])+", tag, re.S)
    return [re.sub(JINJA, lambda m: _inner(m[0]), re.sub(r"\s+", " ", each), flags=re.S) for each in found]


def _inner(piece: str) -> str:
    return f"{piece[:2]} {_code(piece[2:-2])} {piece[-2:]}"


def _merged(items: list[Item]) -> list[Item]:
    """Empty text only carried a gap: it goes to the piece behind it."""
    out: list[Item] = []
    gap = False
    for item in items:
        if item.kind == "text" and not item.words:
            gap = True
            continue
        out.append(replace(item, space=item.space or gap))
        gap = False
    return out


def free_gaps(items: list[Item]) -> list[bool]:
    """For each piece: may a line begin before it without anybody seeing?"""
    behind = _edges(items, "macro", "endmacro")
    before = _edges(items[::-1], "endmacro", "macro")[::-1]
    return [number == 0 or before[number - 1] or behind[number] for number in range(len(items))]


def _edges(items: list[Item], outer: str, inner: str) -> list[bool]:
    """Whether the nearest piece from here onward that shows anything is the edge of a block, or of a macro."""
    found, edge = [], True
    for item in reversed(items):
        if item.kind not in ("stmt", "note") or item.name in (*OUTSIDE, outer, inner):
            edge = item.is_block or (item.kind == "stmt" and item.name != inner)
        found.append(edge)
    return found[::-1]


# ---------------------------------------------------------------- writing


def written(source: str) -> str:
    """The template as it should stand."""
    items = read(source)
    free = free_gaps(items)
    lines: list[str] = []
    depth, stack, start = 0, [], 0
    while start < len(items):
        end = _leaf(items, free, start, depth) or start + 1
        while end < len(items) and not free[end]:
            end += 1
        run = items[start:end]
        depth, at = _levels(run, depth, stack)
        lines += _lines(run, at)
        start = end
    return "\n".join(lines) + "\n"


def _leaf(items: list[Item], free: list[bool], start: int, depth: int) -> int | None:
    """Where the block that begins here ends, if nothing in it begins a line and all of it fits on one."""
    first = items[start]
    if first.kind != "tag" or first.steps != 1 or not first.is_block:
        return None
    for end in range(start + 1, min(start + 40, len(items))):
        item = items[end]
        if item.kind == "tag" and item.name == first.name and item.steps == -1:
            return end + 1 if 2 * depth + len(_flat(items[start : end + 1])) <= WIDTH else None
        if item.is_block or item.kind == "note" or (item.kind == "stmt" and free[end]):
            return None
    return None


def _levels(run: list[Item], depth: int, stack: list[int]) -> tuple[int, int]:
    """(the level behind the run, the level at which it is written)."""
    at = depth
    for number, item in enumerate(run):
        if item.kind == "stmt" and item.name in MIDDLE and stack:
            depth = stack[-1] + 1
            at = depth - 1 if number == 0 else at
        elif item.kind == "stmt" and item.steps:
            if item.steps == 1:
                stack.append(depth)
            depth = depth + 1 if item.steps == 1 else stack.pop() if stack else depth
        else:
            depth = max(0, depth + item.steps)
        if number == 0 and item.steps < 0:
            at = depth
    return depth, at


def _flat(run: list[Item]) -> str:
    text = ""
    for number, item in enumerate(run):
        text += (" " if item.space and number and not (item.is_block or run[number - 1].is_block) else "") + item.words
    return text


def _lines(run: list[Item], depth: int) -> list[str]:
    pad = "  " * depth
    if run[0].kind == "raw" and len(run) == 1:
        return _cut(pad + run[0].words, pad) if run[0].words.startswith("<textarea") else [pad + run[0].words]
    if run[0].kind == "note" and len(run) == 1:
        return _note(run[0].words, pad)
    if len(pad) + len(_flat(run)) <= WIDTH and not (len(run) > 1 and _far(run, WIDTH)):
        return [pad + _flat(run)]
    for short in SHORT:
        lines = [line.rstrip() for line in _filled(run, depth, _far(run, short))]
        if max(map(len, lines)) <= WIDTH:
            break
    return lines


def _note(words: str, pad: str) -> list[str]:
    """A note keeps its lines, at the level of what it is about; what is too long goes on below."""
    first, *rest = words.split("\n")
    least = min((len(line) - len(line.lstrip()) for line in rest if line.strip()), default=0)
    lines = [pad + first.strip(), *(f"{pad}   {line[least:].rstrip()}" for line in rest)]
    return [each for line in lines for each in _folded(line, f"{pad}   ")]


def _folded(line: str, pad: str) -> list[str]:
    if len(line) <= WIDTH:
        return [line.rstrip()]
    at = line.rfind(" ", len(pad) + 1, WIDTH + 1)
    return [line] if at < 0 else [line[:at].rstrip(), *_folded(pad + line[at + 1 :], pad)]


def _far(run: list[Item], short: int) -> set[int]:
    """Which statements stand on lines of their own: of branches longer than `short`, and of those begun elsewhere."""
    far: set[int] = set()
    chains: list[list[int]] = []
    for number, item in enumerate(run):
        if item.kind != "stmt" or not (item.steps or item.name in MIDDLE):
            continue
        if item.steps == 1:
            chains.append([number])
        elif not chains:
            far.add(number)
        elif item.name in MIDDLE:
            chains[-1].append(number)
        else:
            chain = [*chains.pop(), number]
            if len(_flat(run[chain[0] : number + 1])) > short:
                far.update(chain)
    return far.union(*chains)


def _filled(run: list[Item], depth: int, far: set[int]) -> list[str]:
    """A run on several lines: filled word by word, with the statements of `far` on lines of their own."""
    lines: list[str] = []
    behind_far = False
    for number, item in enumerate(run):
        space = item.space and number > 0
        if number in far:
            depth -= number > 0 and (item.steps < 0 or item.name in MIDDLE)
            pad = "  " * depth
            lines += _cut(pad + (item.words if space or not number else "{%-" + item.words[2:]), pad)
            depth += item.steps > 0 or item.name in MIDDLE
            behind_far = True
            continue
        pad = "  " * depth
        if behind_far and space and item.kind == "stmt":
            lines[-1] += f" {item.words}"
        elif behind_far:
            lines[-1] = lines[-1] if space else lines[-1][:-2] + "-%}"
            lines.append((pad or " " * space) + item.words)
        elif not lines or (space and run[number - 1].kind != "stmt" and _is_full(lines[-1], run, number, far)):
            lines.append(pad + item.words)
        else:
            lines[-1] += " " * space + item.words
        behind_far = False
        lines += _cut(lines.pop(), pad)
    return lines


def _is_full(line: str, run: list[Item], start: int, far: set[int]) -> bool:
    """Whether the line has no room for the piece at `start` with everything that no white space parts from it."""
    length = len(line) + 1 + len(run[start].words)
    for number in range(start + 1, len(run)):
        if run[number].space or number in far:
            break
        length += len(run[number].words)
    return length > WIDTH


def _cut(line: str, pad: str) -> list[str]:
    """A line that is still too long, broken inside a tag or an expression, or between the words of a long string."""
    lines, begin, deeper = [], 0, ""
    places = list(_places(line)) if len(line) > WIDTH else []
    while len(deeper) + len(line) - begin > WIDTH:
        room = WIDTH - len(deeper) + begin
        good = [
            (rank, at, joint)
            for rank, at, joint in places
            if begin + len(pad) * (not begin) + 8 < at <= room - len(joint)
        ]
        if not good:
            break
        best = max(rank for rank, _, _ in good)
        at, joint = max((at, joint) for rank, at, joint in good if rank == best)
        lines.append(deeper + line[begin:at].rstrip(" " * (not joint)) + joint)
        begin = at + (line[at] == " ")
        deeper = f"{pad}    {joint}"
    return [*lines, deeper + line[begin:]]


def _places(line: str) -> Iterator[tuple[int, int, str]]:
    """(how good, where, with which quote): between attributes, after a comma, before if and else; last in a string."""
    for match in TOKEN.finditer(line):
        piece, start = match[0], match.start()
        if piece.startswith("<"):
            at = 0
            for each in _attributes(piece)[:-1]:
                at = piece.index(each, at) + len(each)
                yield 9, start + at, ""
            for inner in re.finditer(JINJA, piece, re.S):
                yield from ((rank - 4, start + inner.start() + at, joint) for rank, at, joint in joints(inner[0]))
            for drawn in re.finditer(r' d="[^"]*"', piece):
                yield from ((0, start + drawn.start() + gap.start(), "") for gap in re.finditer(r"(?<=\S) ", drawn[0]))
        elif piece.startswith(("{{", "{%")):
            yield from ((rank, start + at, joint) for rank, at, joint in joints(piece))


# ---------------------------------------------------------------- asking


def pages() -> list[Path]:
    return sorted(path for path in TEMPLATES.rglob("*.html") if "email" not in path.parts)


def main() -> int:
    wrong = [path for path in pages() if written(path.read_text()) != path.read_text()]
    if "--check" in sys.argv:
        for path in wrong:
            print(f"{path.relative_to(TEMPLATES.parent)} is not formatted: python -m tests.templates")
        return bool(wrong)
    for path in wrong:
        path.write_text(written(path.read_text()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
