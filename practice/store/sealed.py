"""This file knows where sealed texts stand, in whatever room: it proves that they open, and seals them anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from flask import current_app
from markupsafe import Markup
from sqlalchemy import ColumnElement, LargeBinary, String, and_, cast, func, select, update

from practice.config import settings

from . import vault
from .crashpoints import crashpoint
from .db import changed, db, new_code, transaction

A_BATCH = 200
Context = Callable[[str], str]


@dataclass(frozen=True)
class Text:
    """A sealed text, by the public name of its row or file, and the context that it was sealed for."""

    code: str
    token: str
    context: str

    @property
    def opens(self) -> bool:
        """True when the keys that are here open it."""
        return vault.opens(self.token, self.context)


class Place(Protocol):
    """Somewhere that sealed texts are kept."""

    @property
    def name(self) -> str:
        """What an operator calls it."""

    def needing(self, key_id: str) -> int:
        """How many texts there only this key opens."""

    def rewrap(self) -> int:
        """Seal every text there with the newest key; how many were sealed with another."""

    def texts(self, *, newest_only: bool = False) -> Iterator[Text]:
        """All of them, or the one that was kept last."""


@dataclass(frozen=True)
class Column:
    """A column of a table whose rows have a public `code`, part of the context that each text was sealed for."""

    model: Any
    attribute: str
    context: Context
    # How the token stands in the column, where it is not the text itself.
    read: Callable[[Any], str] = str
    write: Callable[[str], Any] = str

    @property
    def name(self) -> str:
        """The table and its column."""
        return f"{self.model.__tablename__}.{self._column.name}"

    def needing(self, key_id: str) -> int:
        """How many rows only this key opens."""
        return db.session.scalar(select(func.count()).select_from(self.model).where(self._is_of(key_id))) or 0

    def rewrap(self) -> int:
        """Seal every row with the newest key, a batch at a time: broken off, it goes on where it was."""
        done, last = 0, 0
        while rows := self._old_ones(last):
            with transaction():
                done += sum(self._rewrap(*row) for row in rows)
            last = rows[-1][0]
            crashpoint("vault.rewrapped")
        return done

    def texts(self, *, newest_only: bool = False) -> Iterator[Text]:
        """All of them, or the one that was kept last."""
        asked = select(self.model.code, self._value).where(self._is_sealed()).order_by(self.model.id.desc())
        asked = asked.limit(1) if newest_only else asked.execution_options(yield_per=500)
        for code, value in db.session.execute(asked):
            yield Text(code, self.read(value), self.context(code))

    def _rewrap(self, row_id: int, code: str, value: Any) -> int:
        try:
            fresh = vault.rewrap(self.read(value), self.context(code))
        except vault.VaultLocked:
            return 0  # check-up names it
        # Only what is still as it was read: whoever wrote anew meanwhile did so with the newest key.
        same = and_(self.model.id == row_id, self._value == value)
        return changed(update(self.model).where(same).values({self.attribute: self.write(fresh)}))

    def _old_ones(self, after: int) -> list[Any]:
        newest = settings().vault_keys[0][0]
        asked = select(self.model.id, self.model.code, self._value).where(
            self.model.id > after, self._is_sealed(), ~self._is_of(newest)
        )
        rows = list(db.session.execute(asked.order_by(self.model.id).limit(A_BATCH)))
        db.session.rollback()
        return rows

    @property
    def _value(self) -> Any:
        return getattr(self.model, self.attribute)

    @property
    def _column(self) -> Any:
        return self._value.property.columns[0]

    def _is_sealed(self) -> ColumnElement[bool]:
        return self._begins(f"{vault.VERSION}.")

    def _is_of(self, key_id: str) -> ColumnElement[bool]:
        return self._begins(f"{vault.VERSION}.{key_id}.")

    def _begins(self, mark: str) -> ColumnElement[bool]:
        if isinstance(self._column.type, LargeBinary):
            return func.substr(self._value, 1, len(mark)) == mark.encode()
        if isinstance(self._column.type, String):
            return func.substr(self._value, 1, len(mark)) == mark
        return cast(self._value, String).contains(f'"{mark}', autoescape=True)


_places: list[Place] = []


def keep(place: Place) -> None:
    """Register where a room keeps sealed texts; whatever is not registered would be lost with its key."""
    _places.append(place)


class Words:
    """Words by or about a person as an attribute of their row, which has a `code`; stored in `<name>_sealed`.

    Reading gives "" where there are none, and raises `VaultLocked` where they do not open. Naming them here is all that
    is needed: they are sealed as they are set, and their place is registered.
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def __set_name__(self, model: Any, name: str) -> None:
        self.name, self.column = name, f"{name}_sealed"
        keep(Column(model, self.column, self._context))

    def __get__(self, row: Any, _model: Any = None) -> str:
        if row is None:
            return self  # type: ignore[return-value]
        token = getattr(row, self.column)
        return vault.open_sealed(token, self._context(row.code)) if token else ""

    def __set__(self, row: Any, words: str) -> None:
        row.code = row.code or new_code()
        setattr(row, self.column, vault.seal(words, self._context(row.code)) if words else None)

    def _context(self, code: str) -> str:
        return f"{self.kind}:{code}:{self.name}"


class Unread(str):
    """What stands on a page in the place of words that do not open. Nobody wrote it, and no form may take it up."""

    __slots__ = ()

    def __html__(self) -> Markup:
        return Markup('<span class="muted">{}</span>').format(str(self))


UNREAD = Unread("This can’t be read just now. It is still kept.")


def shown(row: Any, name: str) -> str:
    """Words of a row for a page, which opens whatever is locked: `Unread` instead, and a line in the operator's log."""
    try:
        words: str = getattr(row, name)
    except vault.VaultLocked as locked:
        current_app.logger.error("%s: %s of %s", locked.code, name, row.__tablename__)
        return UNREAD
    return words


def places() -> tuple[Place, ...]:
    """Every registered place."""
    return tuple(_places)


def needs(key_id: str) -> Counter[str]:
    """How many texts only this key opens, by place; empty when it can be retired."""
    return +Counter({place.name: place.needing(key_id) for place in _places})


def rewrap_all() -> Iterator[tuple[str, int]]:
    """Seal everything with the newest key; each place with how many texts were sealed anew. It may be run again."""
    for place in _places:
        yield place.name, place.rewrap()


def is_locked() -> bool:
    """True when texts were sealed with keys of these names, and none of the newest opens: they are other keys."""
    here = {key_id for key_id, _ in settings().vault_keys}
    newest = [text for place in _places for text in place.texts(newest_only=True) if vault.key_of(text.token) in here]
    return bool(newest) and not any(text.opens for text in newest)


def locked(given_up: Collection[str] = ()) -> Iterator[str]:
    """A sentence for each place where something does not open, but for what a key that was given up would open."""
    for place in _places:
        codes = [text.code for text in place.texts() if vault.key_of(text.token) not in given_up and not text.opens]
        if codes:
            shown = ", ".join(codes[:5]) + (" …" if len(codes) > 5 else "")
            yield f"{len(codes)} sealed texts in {place.name} do not open with the keys that are here: {shown}."
