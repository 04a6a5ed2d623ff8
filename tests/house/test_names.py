"""One word means one thing: names that were given up do not come back, and words live where the glossary says."""

import ast
import re
from pathlib import Path

import pytest

from .source import ROOT, modules, tree

# What a reader would have to guess, and what says it; the glossary of CONTRIBUTING.md explains the words on the right.
GIVEN_UP = {
    "standing": "eligibility, profession, profile state or in force",
    "paper": "credential, or credential file",
    "papers": "credentials",
    "glance": "summary",
    "story": "timeline",
    "told": "timeline, rows",
    "said": "note, label, line",
    "postman": "mail worker",
    "seats": "places, of an appointment; waiting room, of threads",
    "arrivals": "request buffering",
    "bell": "nothing: a worker looks once a second",
}
# Names that say nothing alone, as files.
GIVEN_UP_FILES = {
    "words": "labels",
    "watch": "queries.staff",
    "turns": "write queue",
    "ops": "operations",
    "web": "http",
}

# Words with one meaning, and where names may hold them; anything else is said by another word.
HOLDS = ("practice.bookings", "practice.payments", "practice.scheduling.rules", "practice.http.cookies")
ONE_MEANING = {
    "hold": HOLDS,
    "holds": HOLDS,
    "held": HOLDS,
    "seat": ("practice.payments",),
    "offered": ("practice.specialists",),
    "proposed": ("practice.bookings", "practice.specialists.actions.suspending"),
    "kept": ("practice.accounts.kept_forms", "practice.accounts.copies", "practice.letters.outbox", "practice.config"),
    "words": (
        *("practice.specialists", "practice.bookings.actions.wipe", "practice.bookings.jobs", "practice.store.sealed"),
        *("practice.questions.search", "practice.questions.indexing", "practice.questions.little_words"),
        *("practice.accounts.kept_forms", "practice.accounts.views.drafts", "practice.admin"),
        "practice.http.request_checks",
    ),
}


def given_up(module: str, nodes: ast.AST) -> list[str]:
    """Names of this module, its classes and its functions that hold a word which was given up."""
    named = [node.name for node in ast.walk(nodes) if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    parts = module.split(".")[1:]
    return [
        *(f"{module}: say {GIVEN_UP_FILES[part]}" for part in parts if part in GIVEN_UP_FILES),
        *(
            f"{module}.{name}: say {GIVEN_UP[word]}"
            for name in [*parts, *named]
            for word in sorted(words_in(name) & GIVEN_UP.keys())
        ),
    ]


def strays(module: str, nodes: ast.AST) -> list[str]:
    """Names in this module that hold a word which means something else, or nothing, there."""
    named = [node.name for node in ast.walk(nodes) if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    return [
        f"{module}.{name}: {word}"
        for name in [*module.split(".")[1:], *named]
        for word in sorted(words_in(name) & ONE_MEANING.keys())
        if not module.startswith(ONE_MEANING[word])
    ]


def words_in(name: str) -> set[str]:
    """ "PaperKind" and "renew_paper" both hold "paper"."""
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", name)}


def test_no_name_that_was_given_up_comes_back():
    assert [stray for name, path in modules().items() for stray in given_up(name, tree(path))] == []


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("practice.specialists.states", "class PaperKind: pass"),
        ("practice.specialists.views.editing", "def renew_paper(): pass"),
        ("practice.bookings.policy", "class Standing: pass"),
        ("practice.bookings.labels", "def _told(): pass"),
        ("practice.bookings.words", ""),
        ("practice.web", ""),
        ("practice.demo.story", ""),
        ("practice.http.seats", ""),
    ],
)
def test_such_a_name_would_be_noticed(module, line):
    assert given_up(module, ast.parse(line))


def test_a_word_with_one_meaning_names_nothing_else():
    named = {name: tree(path) for name, path in modules().items() if not name.startswith("practice.demo")}

    assert [stray for name, nodes in named.items() for stray in strays(name, nodes)] == []


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("practice.store.leases", "def hold(): pass"),
        ("practice.accounts.policy", "class Held: pass"),
        ("practice.bookings.free_times", "class _Kept: pass"),
        ("practice.bookings.views.client", "def _offered(): pass"),
        ("practice.store.retention", "class Period:\n    def words(self): pass"),
        ("practice.directory.kept_pages", ""),
    ],
)
def test_a_second_meaning_would_be_noticed(module, line):
    assert strays(module, ast.parse(line))


def test_words_that_only_look_alike_are_left_alone():
    usual = ast.parse("class Newspaper: pass\ndef understanding(): pass\ndef returns(): pass\ndef history(): pass")

    assert given_up("practice.bookings.labels", usual) == []


# ---------------------------------------------------------------- the glossary


def glossary() -> dict[str, str]:
    """Each word of the glossary and the whole of its line."""
    table = (ROOT / "CONTRIBUTING.md").read_text().partition("## Words")[2].partition("\n## ")[0]
    return {match[1]: match[0] for match in re.finditer(r"^\| \*\*(.+?)\*\* \|.*$", table, re.M)}


def ways() -> dict[str, list[str]]:
    """The lines of "Where does my change go?" under each of its headings."""
    table = (ROOT / "CONTRIBUTING.md").read_text().partition("## Where does my change go?")[2].partition("\n## ")[0]
    first, *parts = table.split("\n### ")
    assert "|" not in first
    lines = [(part.partition("\n")[0], re.findall(r"^\| (?!I want|---).*$", part, re.M)) for part in parts]
    return dict(lines)


def absent(line: str) -> list[str]:
    """Files that a line of the glossary names and that are not there."""
    paths = re.findall(r"`((?:practice|templates|tests)/[\w/.]+)`", line)
    return [path for path in paths if not (ROOT / Path(path)).exists()]


def test_every_word_of_the_glossary_lives_where_it_says():
    assert len(glossary()) > 20
    assert {word: absent(line) for word, line in glossary().items() if absent(line)} == {}


def test_every_way_of_a_change_stands_once_under_a_heading_and_leads_somewhere():
    lines = [line for each in ways().values() for line in each]

    assert max(map(len, ways().values())) <= 12
    assert len(lines) == len(set(lines)) > 40
    assert [absent(line) for line in lines if absent(line)] == []


def test_the_number_of_every_decision_is_used_once_or_said_not_to_be():
    folder = ROOT / "docs" / "decisions"
    numbers = [int(path.name[:4]) for path in folder.glob("0*.md")]
    used = set(numbers)
    said = set(map(int, re.findall(r"The number (\d{4}) was never used", (folder / "README.md").read_text())))

    assert len(numbers) == len(used)
    assert set(range(1, max(used) + 1)) - used == said


def test_a_place_that_is_gone_would_be_noticed():
    assert absent("| **paper** | what was shown | `practice/specialists/papers.py` |") == [
        "practice/specialists/papers.py"
    ]
