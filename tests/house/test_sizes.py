"""Small enough to read: the budgets of the house."""

import ast
import inspect
from statistics import median

import pytest
from flask import Flask

from .source import ROOT, functions, modules, tree

LONGEST_FUNCTION = 40
LONGEST_FILE = 400
THIN = 15
# Read as data, not as code.
TABLES = (ROOT / "tests/strange/doors.py",)


def test_no_function_is_longer_than_forty_lines():
    long = [f"{name} {_lines(node)}" for name, node in functions() if _lines(node) > LONGEST_FUNCTION]

    assert not long


def too_long(files):
    return [f"{path} {lines}" for path in files if (lines := path.read_text().count("\n")) > LONGEST_FILE]


def test_no_file_is_longer_than_four_hundred_lines():
    assert too_long(modules().values()) == []


def test_nothing_that_helps_tests_is_longer_either():
    # A file of tests is a list of sentences and may be as long as what it specifies; what it leans on is read as code.
    helping = [p for p in (ROOT / "tests").rglob("*.py") if not p.name.startswith("test_")]

    assert [stray for stray in too_long(helping) if not stray.startswith(tuple(str(p) for p in TABLES))] == []


def test_a_long_file_would_be_noticed(tmp_path):
    (tmp_path / "long.py").write_text("\n" * 401)
    (tmp_path / "right.py").write_text("\n" * 400)

    assert too_long(sorted(tmp_path.iterdir())) == [f"{tmp_path / 'long.py'} 401"]


def test_the_median_function_stays_short():
    assert median(_body(node) for _, node in functions()) <= 6


def thick(app, known):
    """Every view with an address, whatever it wears, that is longer than a page's worth, or that nobody can find."""
    found = {}
    for endpoint in {rule.endpoint for rule in app.url_map.iter_rules()}:
        view = inspect.unwrap(app.view_functions[endpoint])
        name = f"{view.__module__}.{view.__name__}"
        if view.__module__.startswith("practice."):
            found[endpoint] = _body(known[name]) if name in known else "nowhere"
    return [f"{endpoint} {lines}" for endpoint, lines in found.items() if lines == "nowhere" or lines > THIN]


@pytest.mark.once
def test_views_stay_thin(make_app):
    app = make_app(mode="demo")

    assert thick(app, dict(functions())) == []


def test_a_thick_view_would_be_noticed_whatever_it_wears():
    app = Flask("practice")
    body = ast.parse("def show():\n" + "    x = 1\n" * 16 + "def brief():\n    pass").body
    for name in ("show", "brief", "unknown"):
        view = lambda: ""  # noqa: E731
        view.__module__, view.__name__ = "practice.pages", name
        app.add_url_rule(f"/{name}", name, view)

    found = thick(app, {f"practice.pages.{node.name}": node for node in body})

    assert sorted(found) == ["show 16", "unknown nowhere"]


def test_no_function_takes_more_than_five_things():
    long = [
        f"{name} {count}"
        for name, node in functions()
        if (count := len([a for a in node.args.posonlyargs + node.args.args if a.arg not in ("self", "cls")])) > 5
    ]

    assert not long


def test_every_module_says_first_what_it_knows():
    spoken = [(name, path) for name, path in modules().items() if path.name != "__init__.py"]
    silent = [name for name, path in spoken if not _opening(path).startswith("This file knows")]

    assert not silent


def _opening(path) -> str:
    return ast.get_docstring(tree(path)) or ""


def _lines(node) -> int:
    return node.end_lineno - node.lineno + 1


def _body(node) -> int:
    """Lines of the body without its docstring."""
    body = node.body
    if (
        isinstance(body[0], ast.Expr)
        and isinstance(body[0].value, ast.Constant)
        and isinstance(body[0].value.value, str)
    ):
        body = body[1:]
    return body[-1].end_lineno - body[0].lineno + 1 if body else 0
