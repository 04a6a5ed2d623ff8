"""This file knows where the product's own files are, and reads them once for all house tests."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
TALK = ("moderation", "messages", "contact", "questions")
MONEY = ("payments", "invoices")
ROOMS = ("accounts", "safety", *MONEY, "specialists", "availability", "bookings", "fit", "disputes", *TALK)
SURFACES = ("directory", "home", "admin")
PURE = ("values", "scheduling")


@functools.cache
def modules() -> dict[str, Path]:
    """Every module of the product by its dotted name."""
    found = {}
    for path in sorted((ROOT / "practice").rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@functools.cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))


def functions() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Every function of the product with a name to point at it."""
    for name, path in modules().items():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{name}.{node.name}", node


def imports(name: str) -> Iterator[tuple[int, str]]:
    """What module `name` imports, with the line: absolute dotted names, a member counted as `module.member`."""
    path = modules()[name]
    return imported(f"{name}.__init__" if path.name == "__init__.py" else name, tree(path))


def imported(name: str, nodes: ast.AST) -> Iterator[tuple[int, str]]:
    """What these lines would import if they stood in the module of that name."""
    package = name.split(".")[:-1]
    for node in ast.walk(nodes):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            start = ".".join([*above, *([node.module] if node.module else [])])
            yield from ((node.lineno, f"{start}.{alias.name}") for alias in node.names)


@functools.cache
def templates() -> dict[str, str]:
    """Every template's source by the name that `render_template` uses."""
    folder = ROOT / "templates"
    return {str(p.relative_to(folder)): p.read_text() for p in sorted(folder.rglob("*")) if p.is_file()}


def is_letter(name: str) -> bool:
    """Whether a template is the source of a letter, and no piece of several."""
    return "/email/" in name and not name.rpartition("/")[2].startswith("_")


def without_comments(template: str) -> str:
    return re.sub(r"{#.*?#}", "", template, flags=re.S)
