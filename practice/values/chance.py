"""This file knows whether a secret looks like chance, or like a sample, a word or something typed by hand."""

from __future__ import annotations

from itertools import pairwise

SHORTEST = 32  # characters of a text, or bytes of a key
# Different signs, and different steps from one sign to the next: chance has more of both than a sample does.
FEWEST = 8
FEWEST_OF_BYTES = 20  # of 32 random bytes fewer than that differ about once in a million million times
SAMPLES = ("changeme", "change-me", "secret", "sample", "example", "password", "insecure", "01234567", "abcdefgh")


def is_chance(text: str) -> bool:
    """True when `text` may well be 32 random characters or more: long, varied, nothing said twice, no sample's word."""
    small = text.lower()
    return (
        len(text) >= SHORTEST
        and _varies([ord(sign) for sign in text], FEWEST)
        and not _repeats(text)
        and not any(word in small for word in SAMPLES)
    )


def is_random_key(key: bytes) -> bool:
    """True when `key` may well be 32 random bytes: varied, and not 32 letters that somebody typed."""
    return len(key) == SHORTEST and _varies(list(key), FEWEST_OF_BYTES) and not all(32 <= byte < 127 for byte in key)


def _varies(signs: list[int], fewest: int) -> bool:
    steps = {after - before for before, after in pairwise(signs)}
    return len(set(signs)) >= fewest and len(steps) >= fewest


def _repeats(text: str) -> bool:
    """True when `text` is one piece said at least twice, wherever it breaks off."""
    return any((text[:size] * len(text)).startswith(text) for size in range(1, len(text) // 2 + 1))
