"""This file knows what the fault tests share with the tests of the ground floor."""

from tests.ground.conftest import app, bounces, paper, wired

__all__ = ["app", "bounces", "paper", "wired"]
