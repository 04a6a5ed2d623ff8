"""Imports that the contracts of import-linter cannot say."""

import sys

from .source import PURE, ROOMS, SURFACES, imports, modules

PRIVATE = {"views", "forms", "emails", "jobs"}
PLUGS = {"practice.app", "practice.operations.cli"}


def test_pure_modules_import_the_standard_library_only():
    # What a sign is (graphemes) and what stands safely in a page are two tables that the standard library lacks.
    allowed = sys.stdlib_module_names | {"practice", "regex", "markupsafe"}

    strays = [
        f"{name}:{line} imports {target}"
        for name in modules()
        if name.split(".")[1:2] and name.split(".")[1] in PURE
        for line, target in imports(name)
        if target.split(".")[0] not in allowed or (target.startswith("practice.") and target.split(".")[1] not in PURE)
    ]

    assert not strays


def test_what_a_room_shows_and_does_by_itself_is_its_own():
    strays = [
        f"{name}:{line} imports {target}"
        for name in modules()
        if name not in PLUGS
        for line, target in imports(name)
        if _is_private(target) and target.split(".")[1] != name.split(".")[1:2][0]
    ]

    assert not strays


def test_every_package_has_its_place_in_the_house():
    ground = {"values", "scheduling", "providers", "store", "http", "letters", "work", "static", "demo", "operations"}

    strays = {n.split(".")[1] for n, p in modules().items() if p.name == "__init__.py" and "." in n}

    assert strays <= {*ROOMS, *SURFACES, *ground}, "a new room has no place in the house: add it to the contracts first"


def _is_private(target: str) -> bool:
    parts = target.split(".")
    return parts[0] == "practice" and len(parts) > 2 and parts[1] in {*ROOMS, *SURFACES} and parts[2] in PRIVATE
