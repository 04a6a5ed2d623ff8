"""This file knows what the tests of known advisories share: the world with one of everything, and what was written."""

from tests.strange.conftest import journal, send, world

__all__ = ["journal", "send", "world"]
