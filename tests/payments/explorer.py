"""This file knows how to walk through everything that can happen, and to say by which way something broke."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tests.payments.happenings import check_end, happenings, swept
from tests.payments.world import Broken, World

MOST_SWEEPS = 60


@dataclass
class Explored:
    """How many worlds were seen, and how the first one broke: the happenings that lead there, and what was wrong."""

    worlds: int
    way: tuple[str, ...] = ()
    broke: str = ""


def explore(start: World, depth: int) -> Explored:
    """Every order of up to `depth` happenings from `start`; each world is looked at once, and swept to its end."""
    came: dict[World, tuple[World | None, str]] = {start: (None, "")}
    ended: set[World] = set()
    edge: list[World] = [start]
    for further in range(depth + 1):
        found: list[World] = []
        for world in edge:
            try:
                sweep(world, ended)
                following: Iterable[tuple[str, World]] = happenings(world) if further < depth else ()
                for name, after in following:
                    if after not in came:
                        came[after] = (world, name)
                        found.append(after)
            except (Broken, Exception) as error:
                return Explored(len(came), way_to(world, came), f"{type(error).__name__}: {error}")
        edge = found
    return Explored(len(came))


def sweep(world: World, ended: set[World]) -> None:
    """Raises where the sweeps come to no end, or to a wrong one."""
    passed = []
    while world not in ended:
        passed.append(world)
        if len(passed) > MOST_SWEEPS:
            raise Broken("the sweeps come to no end")
        after = swept(world)
        if after is None:
            check_end(world)
            break
        world = after
    ended.update(passed)


def way_to(world: World, came: dict[World, tuple[World | None, str]]) -> tuple[str, ...]:
    names: list[str] = []
    before: World | None = world
    while before is not None:
        before, name = came[before]
        names = [name, *names] if name else names
    return tuple(names)
