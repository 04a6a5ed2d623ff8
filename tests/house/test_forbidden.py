"""What no line of the product may do."""

import ast
import re

import pytest

from .source import ROOT, functions, modules, tree

CLOCK = "practice.values.clock"
BANNED_CALLS = {
    "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "datetime.datetime.now",
    "datetime.date.today", "datetime.datetime.utcnow",
}  # fmt: skip
DANGEROUS_CALLS = {
    "eval",
    "exec",
    "os.system",
    "os.popen",
    "pickle.loads",
    "pickle.load",
    "marshal.loads",
    "yaml.load",
    "Markup.__new__",
}
DANGEROUS_IMPORTS = {"pickle", "marshal", "shelve", "dill"}
BANNED_NAMES = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "manager",
    "handler",
    "base",
    "data",
    "info",
    "process",
    "misc",
}


def test_the_present_is_read_from_the_clock_only():
    strays = [s for name in modules() if name != CLOCK for s in _calls(name, BANNED_CALLS)]

    assert not strays


def test_nothing_runs_what_it_reads():
    strays = [s for name in modules() for s in _calls(name, DANGEROUS_CALLS)]
    strays += [
        f"{name}: {node.names[0].name}"
        for name, path in modules().items()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Import) and DANGEROUS_IMPORTS & {a.name for a in node.names}
    ]

    assert not strays


def test_nothing_is_handed_on_under_a_second_address():
    """`import x as x` in a module offers it to others there; they ask where it lives."""
    strays = [
        f"{name}: {alias.name}"
        for name, path in modules().items()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.asname == alias.name
    ]

    assert not strays


def test_no_shell_is_started():
    strays = [
        f"{name}:{node.lineno}"
        for name, path in modules().items()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and any(k.arg == "shell" and _is_true(k.value) for k in node.keywords)
    ]

    assert not strays


def test_no_sql_is_put_together_from_pieces():
    takes_sql = {"text", "execute", "exec_driver_sql", "scalar", "scalars", "executescript"}
    strays = [
        f"{name}:{node.lineno}"
        for name, path in modules().items()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and _last(node.func) in takes_sql and node.args and _is_assembled(node.args[0])
    ]

    # The pragmas of SQLite take no parameters; both lists of them are constants in the same function.
    assert [s for s in strays if not s.startswith("practice.store.db:")] == []


def test_markup_is_made_safe_from_constants_only():
    strays = [
        f"{name}:{node.lineno}"
        for name, path in modules().items()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and _last(node.func) == "Markup" and node.args and _is_assembled(node.args[0])
    ]

    assert not strays


def test_files_functions_and_classes_carry_names_that_say_something():
    strays = [name for name in modules() if set(name.split(".")) & BANNED_NAMES]
    strays += [name for name, _ in functions() if name.rpartition(".")[2] in BANNED_NAMES]
    strays += [
        f"{name}.{node.name}"
        for name, path in modules().items()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef) and re.search(r"(Utils?|Helper|Manager|Handler|Base|Info|Data)$", node.name)
    ]

    assert not strays


@pytest.mark.parametrize(
    "word", ["TODO", "FIXME", "coming soon", "NotImplementedError", "pragma: no cover", "lorem ipsum"]
)
def test_nothing_is_promised_instead_of_done(word):
    sources = [p for folder in ("practice", "templates", "tests") for p in (ROOT / folder).rglob("*")]
    texts = [p for p in sources if p.suffix in (".py", ".html", ".txt", ".js", ".css") and str(p) != __file__]

    strays = [str(p.relative_to(ROOT)) for p in texts if re.search(rf"\b{word}\b", p.read_text(), re.IGNORECASE)]

    assert not strays


def test_no_test_is_skipped_or_expected_to_fail():
    here = __file__
    pattern = re.compile(r"mark\.(skip|xfail)|pytest\.(skip|xfail|importorskip)\(|SkipTest")

    strays = [
        str(p.relative_to(ROOT))
        for p in (ROOT / "tests").rglob("*.py")
        if str(p) != here and pattern.search(p.read_text())
    ]

    assert not strays


# Whoever starts a process whose clock is elsewhere must know by how much; benchmarks say when they were run; a restore
# drill runs in production, whose clock cannot be moved: its practice is open at every hour of every day.
REAL_CLOCKS = ("starts.py", "races/arena.py", "faults/nursery.py", "bench/", "store/test_restored.py")


def test_no_test_depends_on_the_day_it_is_run():
    calls = re.compile(r"\b(?:datetime\.(?:now|today|utcnow)|date\.today|time\.time)\(|from datetime import.*\bnow\b")

    strays = [
        f"{name}: {found[0]}"
        for p in (ROOT / "tests").rglob("*.py")
        if not (name := str(p.relative_to(ROOT / "tests"))).startswith(REAL_CLOCKS) and str(p) != __file__
        for found in calls.finditer(p.read_text())
    ]

    assert not strays


def test_no_browser_test_takes_whoever_stands_first():
    by_place = re.compile(r"""(?:article|\.slot\b(?!-)|\.day\b|cover-link)[^\n]*\)\.(?:first|nth)\b""")

    strays = [
        f"{p.name}: {found[0]}"
        for p in (ROOT / "tests" / "browser").glob("*.py")
        for found in by_place.finditer(p.read_text())
    ]

    assert not strays


def test_set_up_files_name_no_index_and_no_machine():
    files = [
        *ROOT.glob("*.lock"),
        ROOT / "Makefile",
        ROOT / "pyproject.toml",
        ROOT / ".ci/run",
        ROOT / "tests/get-machinery",
    ]
    pattern = re.compile(r"https?://(?!localhost)|(?<!no-emit-)index-url|/work/|/root/|/home/\w")

    strays = [
        f"{p.name}:{n}" for p in files for n, line in enumerate(p.read_text().splitlines(), 1) if pattern.search(line)
    ]

    assert not strays


def _calls(name: str, banned: set[str]) -> list[str]:
    return [
        f"{name}:{node.lineno} {ast.unparse(node.func)}"
        for node in ast.walk(tree(modules()[name]))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in banned
    ]


def _last(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _is_true(value: ast.expr) -> bool:
    return not (isinstance(value, ast.Constant) and value.value is False)


def _is_assembled(value: ast.expr) -> bool:
    """An f-string with something in it, `+`, `%` or `.format` on text."""
    if isinstance(value, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in value.values)
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add | ast.Mod):
        return any(isinstance(n, ast.Constant) and isinstance(n.value, str) for n in ast.walk(value))
    return isinstance(value, ast.Call) and _last(value.func) == "format" and isinstance(value.func, ast.Attribute)


def unentered(nodes, managers):
    """Calls of a context manager whose result is thrown away: nothing inside it ever runs."""
    bare = [node.value for node in ast.walk(nodes) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)]
    names = [ast.unparse(call.func).rpartition(".")[2] for call in bare]
    return [name for name in names if name in managers]


def context_managers(nodes):
    """Functions of these that have to be entered."""
    functions = [node for node in ast.walk(nodes) if isinstance(node, ast.FunctionDef)]
    marks = {node.name: {ast.unparse(each) for each in node.decorator_list} for node in functions}
    return {name for name, marked in marks.items() if marked & {"contextmanager", "contextlib.contextmanager"}}


def test_a_context_manager_is_entered_wherever_it_is_called():
    trees = {name: tree(path) for name, path in modules().items()}
    managers = set().union(*map(context_managers, trees.values()))

    assert len(managers) > 10
    assert {name: found for name, nodes in trees.items() if (found := unentered(nodes, managers))} == {}


def test_one_that_is_not_entered_would_be_noticed():
    source = ast.parse("@contextmanager\ndef proof(): yield\nproof()\nwith proof(): pass")

    assert unentered(source, context_managers(source)) == ["proof"]


def test_a_number_that_somebody_typed_is_read_in_one_way():
    """Digits of other scripts are digits to `str`, and some of them no number to `int`."""
    own = {"practice.http.forms", "practice.values.counts"}
    read = re.compile(r"\.(isdigit|isdecimal|isnumeric)\(|\bIntegerField\b|\bDecimalField\b")
    strays = {name for name, path in modules().items() if name not in own and read.search(path.read_text())}

    assert strays <= NO_FORMS


# What is no form's: configuration, files of ours, a count of digits in a telephone number, the sandbox's wire.
NO_FORMS = {
    "practice.bookings.forms",
    "practice.config",
    "practice.demo.supervise",
    "practice.operations.cli",
    "practice.sandbox.wire",
    "practice.store.installation",
}
