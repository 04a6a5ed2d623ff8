"""This file knows how templates are read: without their indents; what is sealed and does not open says so instead."""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from typing import Any

from flask.templating import Environment
from jinja2.ext import Extension

from practice.store import sealed
from practice.store.vault import VaultLocked


class Templates(Environment):
    """Jinja as it is, but for the one error that is no reason to refuse a whole page."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        """`obj.attribute` as a template means it."""
        try:
            return super().getattr(obj, attribute)
        except VaultLocked:
            return sealed.shown(obj, attribute)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """What every template knows beside what it is given: one dictionary, where no template is given more.

        Jinja would look through a chain of two for each name, and compare both for each import of a macro.
        """
        return super().make_globals(d) if d else self.globals


class NoIndent(Extension):
    """The levels of a template are for those who write it: what leaves has one space where a line was indented."""

    INDENT = re.compile(r"\n[ \t]+")

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """The source as Jinja shall read it. Letters keep their lines as they are."""
        is_page = name is not None and name.endswith(".html") and "email" not in name.split("/")
        return self.INDENT.sub("\n ", source) if is_page else source
