"""This file knows how what a letter says is sealed in its row, and opened again for whoever delivers or reads it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from practice.store import vault

SEALED = "sealed"
A_SEAL = b"v1."


def open_context(code: str, kept: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of the letter `code`, from what its row keeps; a row from before letters were sealed is as it was."""
    if set(kept) != {SEALED}:
        return dict(kept)
    facts: dict[str, Any] = json.loads(vault.open_sealed(kept[SEALED], f"mail:{code}:context"))
    return facts


def open_message(code: str, kept: bytes) -> bytes:
    """The finished message to the byte, from what its row keeps; no message begins as a seal does."""
    if not kept.startswith(A_SEAL):
        return kept
    return vault.open_sealed(kept.decode(), f"mail:{code}:message").encode("latin-1")


def seal_message(code: str, message: bytes) -> bytes:
    """What the row of the letter `code` keeps of its finished message; Latin-1 carries every byte there and back."""
    return vault.seal(message.decode("latin-1"), f"mail:{code}:message").encode()


def seal_context(code: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """What the row of the letter `code` keeps of its facts."""
    return {SEALED: vault.seal(json.dumps(dict(facts)), f"mail:{code}:context")}
