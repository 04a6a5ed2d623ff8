"""This file knows how the public list of questions is asked for in an address, and that nobody is left with nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations

from werkzeug.datastructures import MultiDict

from practice.http.pages import link
from practice.specialists import queries as specialists
from practice.store.memory import Memory
from practice.values.text import sought

from . import search, searching
from .policy import A_PAGE, LONGEST_SEARCH
from .searching import Matching
from .states import Relation

MOST_REMEMBERED = 1_000
# In the order in which they are left out when nothing is like all of that.
RELAXED = ("relation", "topic", "q")
RELATIONS = {
    Relation.PARTNER: "A partner",
    Relation.FAMILY: "Family",
    Relation.FRIEND: "A friend",
    Relation.WORK: "Work",
    Relation.SELF: "Myself",
}
DROPPED = {"relation": "whom it is about", "topic": "the topic", "q": "the words you searched for"}


@dataclass(frozen=True, slots=True)
class Filters:
    """What somebody asked for: words, a topic by its slug, whom it is about; "" where they did not."""

    q: str = ""
    topic: str = ""
    relation: str = ""

    def used(self) -> tuple[str, ...]:
        """The names of those that are on, in the order in which they would be left out."""
        return tuple(name for name in RELAXED if getattr(self, name))

    def without(self, name: str) -> Filters:
        """The same with one of them off."""
        return replace(self, **{name: ""})

    def parameters(self) -> dict[str, str]:
        """Those that are on, as they stand in an address."""
        return {name: value for name in ("q", "topic", "relation") if (value := getattr(self, name))}


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter that can be chosen, with how many questions one gets by it."""

    value: str
    name: str
    number: int


@dataclass(frozen=True, slots=True)
class Found:
    """One page of the list. `stamp`: what the list carried as this was found. `everything`: how many are public."""

    stamp: str
    asked: Filters
    shown: Filters
    ids: tuple[int, ...]
    first: int
    total: int
    everything: int
    topics: tuple[Choice, ...]
    of_any_topic: int
    relations: tuple[Choice, ...]
    of_any_relation: int
    answered_by: tuple[int, ...]
    notes: tuple[str, ...]

    @property
    def dropped(self) -> list[str]:
        """What was left out so that something could be shown, in words."""
        return [DROPPED[name] for name in self.asked.used() if name not in self.shown.used()]


# Lists for which nobody typed a word; under the list's stamp, so a question that is gone is in none of them.
_remembered: Memory[tuple[str, Filters, int], Found] = Memory(MOST_REMEMBERED)


def read(args: MultiDict[str, str]) -> Filters:
    """What the address asks for, as it stands there."""
    relation = args.get("relation", "")
    return Filters(
        q=sought(args.get("q", "")[: LONGEST_SEARCH * 4], LONGEST_SEARCH),
        topic=sought(args.get("topic", ""), 60),
        relation=relation if relation in set(Relation) else "",
    )


def address(filters: Filters, **changes: str) -> str:
    """The list under these filters, changed: an address that can be shared."""
    return link("questions.index", **replace(filters, **changes).parameters())


def find(asked: Filters, number: int) -> Found:
    """A page of what was asked for; where there is nothing, of as little less than that as it takes."""
    stamp = searching.stamp()
    if asked.q:
        return _found(stamp, asked, number)
    key = stamp, asked, number
    kept = _remembered.get(key)
    if kept is None:
        kept = _found(stamp, asked, number)
        _remembered.keep(key, kept)
    return kept


@dataclass(frozen=True, slots=True)
class _Known:
    """The topics there are: their names and ids by slug, in the order in which they are shown."""

    names: dict[str, str]
    ids: dict[str, int]


def _found(stamp: str, typed: Filters, number: int) -> Found:
    topics = specialists.topics()
    known = _Known({each.slug: each.name for each in topics}, {each.slug: each.id for each in topics})
    words = search.asked(typed.q)
    asked, notes = _possible(typed, words, known)
    facts = searching.facts(stamp)
    matching, everything = Matching(words, facts), Matching(search.Asked(), facts)
    shown = next(
        each
        for each in _attempts(asked)
        if not each.used() or _count(matching if each.q else everything, each, known.ids)
    )
    if not shown.q:
        matching = everything
    total, relation, topic = _count(matching, shown, known.ids), shown.relation, known.ids.get(shown.topic, 0)
    first = A_PAGE * (min(number, max(1, -(-total // A_PAGE))) - 1)
    ids = tuple(matching.ids(relation, topic, first, A_PAGE))
    return Found(
        stamp=stamp,
        asked=asked,
        shown=shown,
        ids=ids,
        first=first,
        total=total,
        everything=everything.count(),
        topics=_topic_choices(matching, shown, known),
        of_any_topic=_count(matching, shown.without("topic"), known.ids),
        relations=_relation_choices(matching, shown, known),
        of_any_relation=_count(matching, shown.without("relation"), known.ids),
        answered_by=searching.answerers(ids),
        notes=notes,
    )


def _possible(typed: Filters, words: search.Asked, known: _Known) -> tuple[Filters, tuple[str, ...]]:
    """What of it can be asked for, and a sentence for what cannot."""
    asked, notes = typed, []
    if asked.topic and asked.topic not in known.names:
        asked = asked.without("topic")
        notes.append("There is no such topic, so it was left out.")
    if asked.q and not words:
        asked = asked.without("q")
        notes.append("There is no word in what you typed, so nothing was looked for.")
    if words.is_cut:
        notes.append(f"That is a lot of words. We looked for {search.MOST_WORDS} of them.")
    return asked, tuple(notes)


def _attempts(asked: Filters) -> Iterator[Filters]:
    """What was asked; then without any one of it, any two, and so on: as little is left out as it takes."""
    for number in range(len(asked.used()) + 1):
        for names in combinations(asked.used(), number):
            yield replace(asked, **dict.fromkeys(names, ""))


def _count(matching: Matching, filters: Filters, ids: dict[str, int]) -> int:
    return matching.count(filters.relation, ids.get(filters.topic, 0))


def _topic_choices(matching: Matching, shown: Filters, known: _Known) -> tuple[Choice, ...]:
    """Topics that bring something with the other filters as they are: the chosen one, then those that bring most."""
    found = (Choice(slug, name, matching.count(shown.relation, known.ids[slug])) for slug, name in known.names.items())
    there = (each for each in found if each.number)
    return tuple(sorted(there, key=lambda each: (each.value != shown.topic, -each.number)))


def _relation_choices(matching: Matching, shown: Filters, known: _Known) -> tuple[Choice, ...]:
    topic = known.ids.get(shown.topic, 0)
    found = (Choice(each, RELATIONS[each], matching.count(each, topic)) for each in Relation)
    return tuple(each for each in found if each.number)
