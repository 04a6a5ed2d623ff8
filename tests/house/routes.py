"""This file knows the approved list of routes: `python -m tests.house.routes` prints it anew after a change.

Each line says who may come in: read the difference before you keep it.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

APPROVED = Path(__file__).with_name("routes.txt")
MARKS = ("public", "client", "specialist", "staff")
# Flask serves these files itself; they are the same for everybody.
UNMARKED = {"static"}


@dataclass(frozen=True, order=True)
class Route:
    """One address of the product with what it takes and whom it lets in."""

    rule: str
    method: str
    access: str
    endpoint: str

    def __str__(self) -> str:
        return f"{self.access:<11}{self.method:<7}{self.rule}"


def routes(app: Flask) -> list[Route]:
    """Every route of `app` in order; `access` is "-" where a view wears no mark."""
    return sorted(
        Route(rule.rule, method, getattr(app.view_functions[rule.endpoint], "access", "-"), rule.endpoint)
        for rule in app.url_map.iter_rules()
        if rule.endpoint not in UNMARKED
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    )


def written(found: list[Route]) -> str:
    return "".join(f"{route}\n" for route in found)


if __name__ == "__main__":
    from practice.app import create_app
    from practice.config import Config

    folder = Path(tempfile.mkdtemp())
    demo = Config(mode="demo", data=folder, database_url=f"sqlite:///{folder / 'routes.db'}")
    print(written(routes(create_app(demo))), end="")
