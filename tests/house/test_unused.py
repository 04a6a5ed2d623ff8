"""What no product code uses is gone: code that only tests call is not held up by anything people need."""

import ast
import re
from collections import defaultdict

from .source import ROOT, modules, templates, tree

# What something outside calls by its name, or what stands for the world outside: each with who does.
CALLED_FROM_OUTSIDE = {
    "practice.http.standby.StandbyWorker": "gunicorn, by its configuration",
    "practice.http.request_buffering.Answer.sendfile": "gunicorn, as it would a socket's",
    "practice.http.request_buffering.Answer.gettimeout": "gunicorn, as it would a socket's",
    "practice.http.request_buffering.Answer.setblocking": "gunicorn, as it would a socket's",
    "practice.ledger.queries.of_order": "tests: what was booked about one order",
    "practice.sandbox.world.charge_more": "tests: what a bank may do",
    "practice.sandbox.world.reverse_outside": "tests: what somebody may do in the dashboard",
    "practice.sandbox.world.pay_out_by_schedule": "tests: what the card processor may do by itself",
    "practice.scheduling.hours.forget_zones": "who installs new zone data (docs/decisions/0002)",
    "practice.scheduling.zone_names.older_names": "tests: every name that may come in can be reckoned with",
    "practice.values.clock.advance": "tests: time that stands still is moved by hand",
}
# Kinds of decorators that have somebody else call what they decorate.
KEEPS_TO_ITSELF = {"property", "transactional", "cached_property", "cache", "functools.cache", "staticmethod"}
OWN_BASES = {"Coded", "db.Model"}
WORD = re.compile(r"[A-Za-z_]\w*")


def test_nothing_is_written_that_nothing_uses():
    used = _used()
    unused = {
        name
        for name, path, node in _defined()
        if all(where == path and node.lineno <= line <= (node.end_lineno or 0) for where, line in used[node.name])
    }

    assert unused == CALLED_FROM_OUTSIDE.keys()


def _defined():
    """Every function and class that is called by its name, with its module: what packages override they call."""
    for module, path in modules().items():
        yield from _within(tree(path).body, module, path, has_foreign_base=False)


def _within(body, above, path, *, has_foreign_base):
    for node in body:
        if not isinstance(node, ast.FunctionDef | ast.ClassDef):
            continue
        decorators = {ast.unparse(each).partition("(")[0] for each in node.decorator_list}
        is_special = node.name.startswith(("__", "validate_")) or has_foreign_base
        if not is_special and (isinstance(node, ast.ClassDef) or decorators <= KEEPS_TO_ITSELF):
            yield f"{above}.{node.name}", path, node
        if isinstance(node, ast.ClassDef):
            foreign = {ast.unparse(base) for base in node.bases} - OWN_BASES
            yield from _within(node.body, f"{above}.{node.name}", path, has_foreign_base=bool(foreign))


def _used():
    """Where each name is read: in code, in a text that names something, or in a template. To import is not to use."""
    found = defaultdict(set)
    for source in templates().values():
        for word in set(WORD.findall(source)):
            found[word].add((None, 0))
    for path in [*modules().values(), *(ROOT / "migrations").rglob("*.py"), ROOT / "wsgi.py"]:
        texts = _docstrings(tree(path))
        for node in ast.walk(tree(path)):
            for word in _read(node) if id(node) not in texts else ():
                found[word].add((path, node.lineno))
    return found


def _read(node):
    if isinstance(node, ast.Name):
        return (node.id,)
    if isinstance(node, ast.Attribute):
        return (node.attr,)
    if isinstance(node, ast.ImportFrom):
        return tuple(each.name for each in node.names if each.asname)
    return WORD.findall(node.value) if isinstance(node, ast.Constant) and isinstance(node.value, str) else ()


def _docstrings(module):
    return {id(node.value) for node in ast.walk(module) if isinstance(node, ast.Expr)}
