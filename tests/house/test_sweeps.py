"""A sweep goes through rows by `one_by_one`: what goes wrong with one keeps no other from its turn."""

import ast

from .source import modules, tree

# What goes through rows in one transaction, or through what are no rows: each with why that is right.
OTHERWISE = {
    "practice.accounts.intents.expire": "a state and an empty text of each, together: nothing of it depends on a row",
    "practice.payments.actions.proposing.lapse": "a state of each, together: nothing of it depends on a row",
    "practice.bookings.actions.hold.expire_holds": "one update for all, behind the locks of those whose it is",
    "practice.bookings.jobs.remind": "kinds of letters, and of each its bookings one by one",
    "practice.invoices.jobs.settle_months": "months, and of each its payees one by one",
    "practice.payments.jobs.tell": "turns, not rows: operations and messages are leased one by one",
    "practice.payments.operations.carry_out": "each is leased, and put off where it fails",
    "practice.payments.inbox.look_at_due": "each is leased, and put off where it fails",
}
LOOPS = (ast.For, ast.While)
ONLY_READ = ("queries", "policy", "checks", "models")
THROUGH = {"map", "filter"}


def test_every_sweep_goes_through_rows_one_by_one():
    found = {name for sweep in _sweeps() for name, node in _reached(*sweep) if _loops_by_itself(node)}

    assert found <= OTHERWISE.keys(), found - OTHERWISE.keys()
    assert OTHERWISE.keys() <= found, "what no sweep does is not in the list"


def _sweeps():
    for module, path in modules().items():
        for node in tree(path).body:
            if isinstance(node, ast.FunctionDef) and any("sweep(" in ast.unparse(d) for d in node.decorator_list):
                yield module, node


def _reached(module, sweep):
    """The sweep, and what it calls by name in its own room or the one it is in."""
    yield f"{module}.{sweep.name}", sweep
    called = {ast.unparse(each.func).rpartition(".")[2] for each in ast.walk(sweep) if isinstance(each, ast.Call)}
    room = ".".join(module.split(".")[:2])
    for other, path in modules().items():
        if other.startswith(f"{room}.") and not set(other.split(".")) & set(ONLY_READ):
            for node in tree(path).body:
                if isinstance(node, ast.FunctionDef) and node.name in called and node is not sweep:
                    yield f"{other}.{node.name}", node


def _loops_by_itself(function):
    """Whether it does something with each of many: in a loop, or in a comprehension that calls an action."""
    for node in ast.walk(function):
        if isinstance(node, LOOPS):
            return True
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in THROUGH:
            return "one_by_one" not in ast.unparse(function)
        if isinstance(node, ast.ListComp | ast.GeneratorExp) and "actions." in ast.unparse(node.elt):
            return True
    return False
