"""This file knows how style files and scripts become one file each, and the address of every asset, kept for ever."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path

STATIC = Path(__file__).parent.parent / "static"

QUARTERS_OF_A_DAY = 96
# The order is the cascade: layers are named in tokens.css, so inside one layer later files win.
STYLES = (
    "tokens",
    "fonts",
    "reset",
    "base",
    "layout",
    *(
        f"components/{name}"
        for name in (
            "marks",
            "chrome",
            "tabbar",
            "rail",
            "exit",
            "crisis",
            "button",
            "chip",
            "card",
            "notice",
            "field",
            "home",
            "spec_card",
            "slot_grid",
            "profile",
            "booking",
            "mail",
            "messages",
            "moderation",
            "prose",
            "data",
            "chart",
            "needs",
            "hours",
            "calendar",
            "equal",
            "steps",
            "money",
            "paper",
            "question",
            "answer",
            "queue",
            "big_text",
        )
    ),
    "utilities",
)

# The only two forms in which our modules import and export (tests/house/test_static.py).
IMPORT = re.compile(r'^import { (.+) } from "\./(\w+)\.js";$', re.MULTILINE)
EXPORT = re.compile(r"^export function (\w+)", re.MULTILINE)


@cache
def bundle_css() -> tuple[str, bytes]:
    """The content hash (16 hex digits) and the bytes of the whole stylesheet, read once per process."""
    sheet = b"\n".join([*(rules_of(STATIC / "css" / f"{name}.css") for name in STYLES), _quarters()])
    sheet = re.sub(
        rb'url\("(fonts/[\w-]+\.woff2)"\)', lambda found: f'url("{asset_url(found[1].decode())}")'.encode(), sheet
    )
    return _digest(sheet), sheet


def rules_of(sheet: Path) -> bytes:
    """What a browser has of a style sheet: not what explains it to whoever changes it, nor its indentation."""
    return re.sub(rb"\n\s+", b"\n", re.sub(rb"\s*/\*.*?\*/", b"", sheet.read_bytes(), flags=re.S))


def _quarters() -> bytes:
    """Where a block of the calendar starts and how long it lasts, as classes: inline styles are not allowed."""
    quarters = range(1, QUARTERS_OF_A_DAY + 1)
    # Where it begins says nothing of where it ends, so all of those come first.
    rules = [f".at-{n}{{grid-row:{n}}}" for n in quarters] + [f".for-{n}{{grid-row-end:span {n}}}" for n in quarters]
    return f"@layer components{{{''.join(rules)}}}".encode()


@cache
def font_urls() -> tuple[str, ...]:
    """Addresses of the two fonts that every page in Latin letters is set in, so that it can ask for them at once."""
    return tuple(asset_url(f"fonts/{name}-latin.woff2") for name in ("literata", "nunito-sans"))


def css_url() -> str:
    """Address of the one stylesheet; its name holds the hash, so it may be cached for ever."""
    return f"/static/app.{bundle_css()[0]}.css"


@cache
def bundle_js() -> tuple[str, bytes]:
    """The content hash (16 hex digits) and the bytes of all script modules as one, read once per process.

    A browser that comes for the first time fetches one file instead of a chain. Each module keeps its names to itself
    in a function of its own and gives back what it exports; those that others import from come first.
    """
    script = "\n".join(_room(name) for name in _in_order("app")).encode()
    return _digest(script), script


def js_url() -> str:
    """Address of the one script; its name holds the hash, so it may be cached for ever."""
    return f"/static/app.{bundle_js()[0]}.js"


def _in_order(name: str, above: tuple[str, ...] = ()) -> list[str]:
    """This module after all that it imports from, each once; raises ValueError where two import from each other."""
    if name in above:
        raise ValueError(f"{name}.js imports from itself: {' > '.join(above)}")
    needed = [each for _, wanted in IMPORT.findall(_source(name)) for each in _in_order(wanted, (*above, name))]
    return list(dict.fromkeys([*needed, name]))


def _room(name: str) -> str:
    source = _source(name)
    exported = ", ".join(EXPORT.findall(source))
    body = IMPORT.sub(lambda found: f"const {{ {found[1].replace(' as ', ': ')} }} = {found[2]}_js;", source)
    body = EXPORT.sub(r"function \1", body)
    return f"const {name}_js = (() => {{\n{body}\nreturn {{ {exported} }};\n}})();"


def _source(name: str) -> str:
    return (STATIC / "js" / f"{name}.js").read_text()


@cache
def asset_url(name: str) -> str:
    """Address of a file in static/ ("img/mark.svg") that changes with its content, or FileNotFoundError."""
    return f"/static/{name}?v={_digest((STATIC / name).read_bytes())}"


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
