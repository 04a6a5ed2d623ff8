"""This file knows how the demo's texts are read: TOML files of tables, checked against the shape that a class gives."""

from __future__ import annotations

import tomllib
import types
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")
TEXTS = Path(__file__).parent / "texts"
NONE = "none"  # where a key has a usual value, the word for "not at all"
EXPECTED = {str: "words", int: "a whole number", float: "a number", bool: "true or false"}


class BadText(ValueError):
    """What a writer has to mend: the file, which of its tables, the key, and what is wrong with it."""


def read(name: str, shapes: dict[str, type[Any]]) -> dict[str, tuple[Any, ...]]:
    """The tables of `texts/<name>.toml` by their name, each as what `shapes` says; raises `BadText`.

    Lines of a text flow into one another, an empty line begins a new paragraph. A list of texts may be written as one
    text: its paragraphs.
    """
    file = f"texts/{name}.toml"
    try:
        found = tomllib.loads((TEXTS / f"{name}.toml").read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise BadText(f"{file}: {error}") from None
    if unknown := sorted(set(found) - set(shapes)):
        raise BadText(f"{file}: nothing is called {unknown[0]!r}; there is {', '.join(shapes)}.")
    return {key: _all(shape, found.get(key, []), f"{file}: {key}") for key, shape in shapes.items()}


def _all(shape: type[T], tables: Any, where: str) -> tuple[T, ...]:
    if not isinstance(tables, list):
        raise BadText(f"{where}: each begins with its name in double brackets.")
    return tuple(_table(shape, table, f"{where} {number}") for number, table in enumerate(tables, 1))


def _table(shape: type[T], table: Any, where: str) -> T:
    """One table as a `shape`, a dataclass."""
    if not isinstance(table, dict):
        raise BadText(f"{where}: a table of keys was expected.")
    if isinstance(name := table.get("name"), str):
        where = f"{where} ({name})"
    known = {each.name: each for each in fields(shape)}  # type: ignore[arg-type]
    if unknown := sorted(set(table) - set(known)):
        raise BadText(f"{where}: no key is called {unknown[0]!r}; there is {', '.join(known)}.")
    needed = [key for key, each in known.items() if each.default is MISSING and each.default_factory is MISSING]
    if missing := [key for key in needed if key not in table]:
        raise BadText(f"{where}: {missing[0]!r} is missing.")
    hints = get_type_hints(shape)
    try:
        return shape(**{key: _value(hints[key], value, f"{where}: {key}") for key, value in table.items()})
    except BadText:
        raise
    except ValueError as error:
        raise BadText(f"{where}: {error}") from None


def _value(kind: Any, value: Any, where: str) -> Any:
    """A value as the annotation `kind` wants it."""
    if is_dataclass(kind):
        return _table(kind, value, where)  # type: ignore[arg-type]
    if get_origin(kind) in (types.UnionType, Union):
        (usual,) = (each for each in get_args(kind) if each is not type(None))
        return None if value == NONE else _value(usual, value, where)
    if get_origin(kind) is tuple:
        return _list(get_args(kind), value, where)
    is_right = isinstance(value, (int, float) if kind is float else kind)
    if not is_right or (isinstance(value, bool) and kind is not bool):
        raise BadText(f"{where}: {EXPECTED[kind]} was expected, not {value!r}.")
    return " ".join(value.split()) if isinstance(value, str) else value


def _list(kinds: tuple[Any, ...], value: Any, where: str) -> tuple[Any, ...]:
    if isinstance(value, str) and kinds == (str, ...):
        value = [paragraph for paragraph in value.split("\n\n") if paragraph.strip()]
    if not isinstance(value, list):
        raise BadText(f"{where}: a list was expected, not {value!r}.")
    wanted = [kinds[0]] * len(value) if kinds[-1] is ... else list(kinds)
    if len(value) != len(wanted):
        raise BadText(f"{where}: {len(wanted)} values were expected, not {len(value)}.")
    return tuple(
        _value(kind, each, f"{where}, number {number}")
        for number, (kind, each) in enumerate(zip(wanted, value, strict=True), 1)
    )
