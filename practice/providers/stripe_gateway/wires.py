"""This file knows how Stripe's own package is answered inside this process instead of over the network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import stripe
from werkzeug.datastructures import Headers

from .transport import Transport


class InProcess(stripe.HTTPClient):  # type: ignore[misc]
    """What the package sends, handed to a function; what breaks there, told as the network would tell it."""

    name: ClassVar[str] = "in_process"

    def __init__(self, transport: Transport, patience: float) -> None:
        super().__init__()
        self.transport, self.patience = transport, patience

    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None, *, _usage: Any = None
    ) -> tuple[str, int, Any]:
        """One request and its answer; the names of headers may be asked for in any case, as the package does."""
        body = post_data.decode() if isinstance(post_data, bytes) else post_data or ""
        try:
            status, answered, text = self.transport(method, url, headers or {}, body, patience=self.patience)
        except (ConnectionError, TimeoutError) as error:
            raise stripe.APIConnectionError(str(error), should_retry=True) from error
        return text, status, Headers(dict(answered))

    def close(self) -> None:
        """Nothing is open."""
