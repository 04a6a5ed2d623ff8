"""This file knows the long form of every fault test: `python -m tests.faults [sqlite|postgres]`."""

import sys

import pytest

ENGINES = sys.argv[1:] or ["sqlite", "postgres"]

sys.exit(max(int(pytest.main(["tests/faults", "--long", "--engine", engine, "-s", "-q"])) for engine in ENGINES))
