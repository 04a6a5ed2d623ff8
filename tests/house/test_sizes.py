"""Small enough to read: the budgets of the house."""

import ast
from statistics import median

from .source import functions, modules, tree

LONGEST_FUNCTION = 40
LONGEST_FILE = 400


def test_no_function_is_longer_than_forty_lines():
    long = [f"{name} {_lines(node)}" for name, node in functions() if _lines(node) > LONGEST_FUNCTION]

    assert not long


def test_no_file_is_longer_than_four_hundred_lines():
    long = [
        f"{name} {lines}" for name, path in modules().items() if (lines := path.read_text().count("\n")) > LONGEST_FILE
    ]

    assert not long


def test_the_median_function_stays_short():
    assert median(_body(node) for _, node in functions()) <= 6


def test_views_stay_thin():
    long = [
        f"{name} {_body(node)}"
        for name, node in functions()
        if ".views." in name and node.decorator_list and _body(node) > 15
    ]

    assert not long


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
