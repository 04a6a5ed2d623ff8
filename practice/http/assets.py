"""This file knows which style files make the one stylesheet, and the address of every asset, kept for ever."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path

STATIC = Path(__file__).parent.parent / "static"

# The order is the cascade: layers are named in tokens.css, so inside one layer later files win.
STYLES = (
    "tokens",
    "reset",
    "base",
    "layout",
    *(
        f"components/{name}"
        for name in (
            "marks",
            "chrome",
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
            "prose",
            "data",
            "hours",
            "calendar",
            "equal",
            "steps",
            "paper",
            "queue",
        )
    ),
    "utilities",
)


@cache
def bundle_css() -> tuple[str, bytes]:
    """The content hash (16 hex digits) and the bytes of the whole stylesheet, read once per process."""
    sheet = b"\n".join((STATIC / "css" / f"{name}.css").read_bytes() for name in STYLES)
    return _digest(sheet), sheet


def css_url() -> str:
    """Address of the one stylesheet; its name holds the hash, so it may be cached for ever."""
    return f"/static/app.{bundle_css()[0]}.css"


@cache
def script_tag() -> str:
    """One hash over all script modules: they import each other by relative path, so it stands in the folder's name."""
    return _digest(b"\n".join(path.read_bytes() for path in _modules()))


@cache
def module_urls() -> tuple[str, ...]:
    """Addresses of the modules that others import, so that a page can ask for all of them at once."""
    imported = {name for path in _modules() for name in re.findall(r'from "\./(\w+\.js)"', path.read_text())}
    return tuple(asset_url(f"js/{name}") for name in sorted(imported))


@cache
def asset_url(name: str) -> str:
    """Address of a file in static/ ("img/mark.svg") that changes with its content, or FileNotFoundError."""
    content = (STATIC / name).read_bytes()
    if name.startswith("js/"):
        return f"/static/js-{script_tag()}/{name.removeprefix('js/')}"
    return f"/static/{name}?v={_digest(content)}"


def _modules() -> list[Path]:
    return sorted(path for path in (STATIC / "js").glob("*.js") if path.name != "sw.js")


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
