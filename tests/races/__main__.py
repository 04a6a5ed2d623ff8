"""This file knows the long form of every race: `python -m tests.races [sqlite|postgres] [-k words]`."""

import argparse
import sys

import pytest

from tests.races.contests import HEAD

asked = argparse.ArgumentParser(description="Run the long races and print their figures.")
asked.add_argument("engines", nargs="*", help="sqlite, postgres; both where none is named")
asked.add_argument("-k", default="", help="only the races whose names hold these words")
options = asked.parse_args()
print(HEAD)
sys.exit(
    max(
        int(pytest.main(["tests/races", "--long", "-n0", "-sq", "--engine", engine, "-k", options.k]))
        for engine in options.engines or ("sqlite", "postgres")
    )
)
