"""This file knows which requests the sandbox answers, by which function, and what type of the package each one has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule

from .objects import Call, Refusal

Answer = Callable[[Call], dict[str, Any]]


@dataclass(frozen=True)
class Route:
    """One kind of request. `params` is the type of its parameters in Stripe's package, below `stripe.params`."""

    method: str
    path: str
    params: str
    answer: Answer


_routes: dict[str, Route] = {}


def route(line: str, params: str) -> Callable[[Answer], Answer]:
    """Answer requests such as "POST /v1/refunds"; `<id>` stands for part of a path."""

    def register(answer: Answer) -> Answer:
        method, _, path = line.partition(" ")
        _routes[line] = Route(method, path, params, answer)
        return answer

    return register


def matched(method: str, path: str) -> tuple[Route, dict[str, str]]:
    """The route of a request, and what stands in its path; refused where there is none."""
    try:
        line, values = _rules().bind("").match(path, method=method)
    except HTTPException:
        raise Refusal(f"Unrecognized request URL ({method}: {path}).", status=404, began=False) from None
    return _routes[line], dict(values)


@cache
def _rules() -> Map:
    """Put together with the first request, when every route has been told: that takes longer than to answer it."""
    return Map([Rule(each.path, endpoint=line, methods=[each.method]) for line, each in _routes.items()])
