"""This file knows what the fault tests share with the tests of the ground floor."""

from tests.ground.conftest import bounces, paper, subjects, wired

__all__ = ["bounces", "paper", "subjects", "wired"]
