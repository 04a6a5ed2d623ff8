"""This file knows whether a request to Stripe has only parameters that its own package knows, in the shapes it knows.

A name that is misspelt, or was taken out of the API, is refused here as Stripe would refuse it.
"""

from __future__ import annotations

import functools
import importlib
import sys
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

import pydantic
import typing_extensions
from stripe import StripeContext, _request_options

from practice.sandbox.routing import Route

Untyped = dict[str, TypeVar("T")]  # what the package calls a mapping to one kind of value
STRICT = pydantic.ConfigDict(extra="forbid", arbitrary_types_allowed=True)
# What goes beside the parameters, and is written into the same types.
BESIDE = {"api_key", "stripe_account", "idempotency_key", "stripe_version", "stripe_context", "headers", "content_type"}


def check(route: Route, params: Mapping[str, Any]) -> None:
    """Raises AssertionError naming what Stripe's package doesn't know, or knows in another shape."""
    assert not BESIDE & params.keys(), f"{route.path} is sent options as parameters"
    try:
        adapter(route.params).validate_python(dict(params))
    except pydantic.ValidationError as error:
        faults = [f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()]
        raise AssertionError(f"{route.method} {route.path}: {'; '.join(faults)}") from None


@functools.cache
def adapter(name: str) -> pydantic.TypeAdapter[Any]:
    """What reads the parameters of one kind of request; made once, since it takes its time."""
    folder, _, kind = f"stripe.params.{name}".rpartition(".")
    found = getattr(importlib.import_module(folder), kind)
    module = sys.modules[found.__module__]
    for each in vars(module).values():
        if typing_extensions.is_typeddict(each) and each.__module__ == module.__name__:
            each.__pydantic_config__ = STRICT
    names = {
        **vars(_request_options), **vars(module), "Mapping": Mapping, "StripeContext": StripeContext,
        "datetime": datetime, "Decimal": Decimal, "UntypedStripeObject": Untyped,
    }  # fmt: skip
    made: pydantic.TypeAdapter[Any] = pydantic.TypeAdapter(found)
    made.rebuild(force=True, _types_namespace=names)
    return made
