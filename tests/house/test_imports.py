"""Imports that the contracts of import-linter cannot say, and that those contracts leave nothing out."""

import ast
import sys
import tomllib

import pytest

from .source import PURE, ROOMS, ROOT, SURFACES, imported, imports, modules

# Rules of rooms that are decided from values alone, so that they can be walked through in every order.
RULES = (
    "practice.ledger.chart",
    "practice.ledger.events",
    "practice.specialists.cancel_rules",
    "practice.bookings.states",
    "practice.bookings.money_back",
    "practice.payments.states",
    "practice.payments.policy",
    "practice.ledger.chart",
    "practice.ledger.events",
    "practice.ledger.digests",
)
PRIVATE = ("views", "forms", "emails", "jobs")
PLUGS = {"practice.app", "practice.operations.cli"}


def impure(module, targets):
    """What a pure module may not import: anything but the standard library and others like itself."""
    # What a sign is (graphemes), what stands safely in a page and how scripts sound are tables that it lacks.
    allowed = sys.stdlib_module_names | {"practice", "regex", "markupsafe", "anyascii"}
    return [
        f"{module}:{line} imports {target}"
        for line, target in targets
        if target.split(".")[0] not in allowed or (target.startswith("practice.") and not _is_pure(target))
    ]


def _is_pure(module: str) -> bool:
    return module.startswith((*(f"practice.{folder}" for folder in PURE), *RULES))


def uninvited(module, targets):
    """What a room shows and does by itself, imported by somebody else."""
    return [
        f"{module}:{line} imports {target}"
        for line, target in targets
        if module not in PLUGS and _is_private(target) and target.split(".")[1] != module.split(".")[1:2][0]
    ]


def _is_private(target: str) -> bool:
    """Also `feed_views` and `number_forms`: a longer name opens no door."""
    parts = target.split(".")
    is_in_a_room = parts[0] == "practice" and len(parts) > 2 and parts[1] in {*ROOMS, *SURFACES}
    return is_in_a_room and parts[2].endswith(PRIVATE)


def test_pure_modules_import_the_standard_library_only():
    pure = [name for name in modules() if _is_pure(name)]

    assert [stray for name in pure for stray in impure(name, imports(name))] == []


def test_what_a_room_shows_and_does_by_itself_is_its_own():
    assert [stray for name in modules() if name != "practice" for stray in uninvited(name, imports(name))] == []


@pytest.mark.parametrize(
    ("module", "line", "guard"),
    [
        ("practice.home.views.today", "from practice.bookings.views import client", uninvited),
        ("practice.home.views.today", "from practice.bookings import views", uninvited),
        ("practice.home.views.today", "import practice.bookings.client_views", uninvited),
        ("practice.home.views.today", "from ...bookings import client_views", uninvited),
        ("practice.bookings.actions.cancel", "from practice.specialists.emails import received", uninvited),
        ("practice.admin.queries", "from practice.availability import forms", uninvited),
        ("practice.directory.views", "from practice.specialists import jobs", uninvited),
        ("practice.values.money", "import flask", impure),
        ("practice.scheduling.slots", "from practice.store import db", impure),
        ("practice.payments.policy.step", "from practice.payments.models import Order", impure),
        ("practice.bookings.money_back", "from .queries import possible", impure),
    ],
)
def test_such_an_import_would_be_noticed(module, line, guard):
    assert guard(module, imported(module, ast.parse(line)))


def test_what_may_be_imported_is_not_complained_of():
    allowed = ast.parse("from practice.bookings import actions, queries\nfrom practice.bookings.models import Booking")

    assert uninvited("practice.home.views.today", imported("practice.home.views.today", allowed)) == []


# ---------------------------------------------------------------- the contracts leave nothing out


def contracts():
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]


def outside(rooms, contract):
    """Rooms whose inside no contract orders."""
    return {f"practice.{room}" for room in rooms} - set(contract["containers"])


def test_the_order_of_imports_names_every_part_and_the_inside_of_every_room_is_ordered():
    whole, inside = contracts()[:2]

    assert whole["containers"] == ["practice"]
    assert whole["exhaustive"]
    assert outside((*ROOMS, *SURFACES), inside) == set()


def test_every_folder_with_pages_is_a_room_or_a_surface():
    with_pages = {name.split(".")[1] for name in modules() if name.split(".")[2:3] == ["views"]}

    assert with_pages == {*ROOMS, *SURFACES}


def test_a_new_room_that_no_contract_orders_would_be_noticed():
    assert outside((*ROOMS, "elsewhere"), contracts()[1]) == {"practice.elsewhere"}
