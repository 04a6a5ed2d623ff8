"""This file knows where the words of a letter stand: one source for each version, `Subject: …` in its first line.

`templates/<room>/email/<letter>.txt`, or a folder `<letter>/` with its versions; names with `_` are pieces of several.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import Any

from flask import current_app
from jinja2 import BaseLoader, Environment, StrictUndefined, meta, nodes, pass_context
from jinja2.ext import Extension
from jinja2.runtime import Context

from . import marks, registry
from .marks import Block

# The only thing that a subject may hold, since it is read on lock screens: the appointment's start.
WHEN = "{when}"
GIVEN = frozenset({"brand", "responsible", "contact", "link", "when", "has_invite"})
FOOT = "email/foot.txt"
_VALUES = "values of this letter"
_SOURCE = re.compile(r"(\w+)/email/((?:\w+/)?[^\W_]\w*)\.txt")
_SUBJECT = re.compile(r"Subject: ((?:[^{}]|\{when\})+)")


def check(template: str, facts: Mapping[str, Any]) -> None:
    """Raises KeyError for a letter without a source, ValueError for one that lacks a fact, or for a token that could be
    read inside an account."""
    if "token" in facts and template not in registry.OPENING:
        raise ValueError("a letter that opens something goes by mail and is shown in no account")
    known = GIVEN.union(facts, registry.facts_of(template))
    missing = _needs(_letter_templates(), _path(_version(template, facts))) - known
    if missing:
        raise ValueError(f"{template} does not know {', '.join(sorted(missing))}")


def subject(template: str, facts: Mapping[str, Any]) -> str:
    """The subject of this letter; `WHEN` in it is to be filled. Raises KeyError for a letter without a source."""
    return _subjects(_loader())[_version(template, facts)]


def title(template: str) -> str:
    """What stands above letters of a template, "Your appointment on …"; nothing for one that the house has no more."""
    subjects, template = _subjects(_loader()), registry.name_now(template)
    versions = (words for name, words in subjects.items() if name.startswith(f"{template}/"))
    return (subjects.get(template) or next(versions, "")).replace(WHEN, "…")


def body(template: str, facts: Mapping[str, Any]) -> list[Block]:
    """What the letter says; raises what Jinja raises where a fact is missing."""
    return _read(_path(_version(template, facts)), {**registry.facts_of(template), **facts})


def foot(facts: Mapping[str, Any]) -> list[Block]:
    """What stands below every letter."""
    return _read(FOOT, facts)


def _version(template: str, facts: Mapping[str, Any]) -> str:
    name = registry.version_of(template, facts)
    if name not in _subjects(_loader()):
        raise KeyError(name)
    return name


def _path(name: str) -> str:
    room, _, letter = name.partition("/")
    return f"{room}/email/{letter}.txt"


def _loader() -> BaseLoader:
    loader = current_app.jinja_env.loader
    assert loader is not None
    return loader


@functools.lru_cache(maxsize=8)
def _subjects(loader: BaseLoader) -> dict[str, str]:
    """The subject of every letter there is; raises ValueError for a source that does not begin with one."""
    found = {}
    for path in loader.list_templates():
        if source := _SOURCE.fullmatch(path):
            first = loader.get_source(current_app.jinja_env, path)[0].partition("\n")[0]
            if not (line := _SUBJECT.fullmatch(first)):
                raise ValueError(f"{path} does not begin with its subject")
            found["/".join(source.groups())] = line[1]
    return found


# ---------------------------------------------------------------- holes


def _letter_templates() -> Environment:
    return _letter_templates_of(current_app.jinja_env, _loader())


@functools.lru_cache(maxsize=8)
def _letter_templates_of(pages: Environment, _loader: BaseLoader) -> Environment:
    """The templates of pages as letters use them: what fills a hole is put aside, and a missing fact is an error."""
    return pages.overlay(
        autoescape=False,
        trim_blocks=False,
        lstrip_blocks=False,
        finalize=_put_aside,
        undefined=StrictUndefined,
        extensions=(WholeLines,),
    )


class WholeLines(Extension):
    """A tag that stands alone leaves no line behind; beside words, and where a piece comes in, lines end as they do."""

    _alone = re.compile(r"^[ \t]*({%(?! include)(?:(?!%}).)*%}|{#(?:(?!#}).)*#})[ \t]*\n", re.M | re.S)

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """The source as it is compiled."""
        return self._alone.sub(r"\1", source)


@pass_context
def _put_aside(context: Context, value: Any) -> str:
    """A number in the place of a value, so that nothing in the value can be taken for a mark."""
    values: list[Any] = context[_VALUES]
    values.append(value)
    return f"{marks.OPENS}{len(values) - 1}{marks.CLOSES}"


def _read(path: str, facts: Mapping[str, Any]) -> list[Block]:
    values: list[Any] = []
    marked = _letter_templates().get_template(path).render({**facts, _VALUES: values})
    return marks.read(re.sub(r"\ASubject: .*", "", marked), values)


@functools.lru_cache(maxsize=512)
def _needs(templates: Environment, path: str) -> frozenset[str]:
    """Every fact that a source asks for, with the pieces it is made of; what it sets for a piece is no fact."""
    assert templates.loader is not None
    tree = templates.parse(templates.loader.get_source(templates, path)[0])
    pieces = (_needs(templates, piece) for piece in meta.find_referenced_templates(tree) if piece)
    own = {name.name for name in tree.find_all(nodes.Name) if name.ctx == "store"}
    return frozenset(meta.find_undeclared_variables(tree)).union(*pieces) - own
