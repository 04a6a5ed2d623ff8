"""This file knows what a way to Stripe must be that is no network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class Transport(Protocol):
    """A way to Stripe that is no network: the status, headers and text of an answer.

    Raises ConnectionError or TimeoutError as a network would. `patience` is how long the caller waits, in seconds.
    """

    def __call__(
        self, method: str, url: str, headers: Mapping[str, str], body: str, *, patience: float
    ) -> tuple[int, Mapping[str, str], str]: ...
