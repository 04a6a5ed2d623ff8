"""No kind of appointment is a special case: what differs between kinds stands in their terms."""

import ast

from .source import modules, tree

# The terms themselves, and the rooms in which offers and their hours are edited and listed.
MAY_COMPARE = (
    "practice.bookings.terms",
    "practice.specialists.",
    "practice.availability.",
    "practice.directory.profile",
)


def compared(nodes: ast.AST) -> list[int]:
    """The lines on which something is compared with a kind of offer, or tells a consultation from other offers."""
    return [node.lineno for node in ast.walk(nodes) if _tells_kinds_apart(node)]


def _tells_kinds_apart(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr == "is_consult"
    parts = [node.left, *node.comparators] if isinstance(node, ast.Compare) else []
    return any(_is_a_kind(each) for part in parts for each in ast.walk(part))


def _is_a_kind(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "OfferKind"


def test_no_kind_of_offer_is_told_apart_outside_its_terms():
    found = {name: compared(tree(path)) for name, path in modules().items() if not name.startswith(MAY_COMPARE)}

    assert {name: lines for name, lines in found.items() if lines} == {}


def test_this_would_be_noticed():
    told_apart = "if booking.kind == OfferKind.CONSULT: pass\nkind in (OfferKind.GROUP,)\noffer.is_consult\n"

    assert compared(ast.parse(told_apart)) == [1, 2, 3]
    assert compared(ast.parse("hours = open_hours(own, OfferKind.CONSULT)\nbooking.kind == other.kind")) == []
