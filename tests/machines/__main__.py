"""This file knows the long form: one half after the other is killed and started again while people book.

python -m tests.machines [--people 60] [--kills 12]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.machines import storm
from tests.machines.firm import Firm, firm, migrated_cluster


def rolling(whole: Firm, people: int, kills: int) -> storm.Reckoning:
    """Kill a web server and a worker, start them again, then the other two, spread evenly over the bookings."""
    began, crowd = time.monotonic(), storm.crowd(whole, people)
    with crowd.booking() as wait_for:
        for number in range(kills):
            wait_for((number + 0.5) / (kills + 1))
            whole.kill_web(number % 2)
            whole.kill_worker(number % 2)
            whole.start_web(number % 2)
            whole.start_worker(number % 2)
    storm.delivered(whole, 300)
    return storm.reckon(crowd, began)


def main() -> int:
    asked = argparse.ArgumentParser(description="Kill halves of an installation while people book.")
    asked.add_argument("--people", type=int, default=60)
    asked.add_argument("--kills", type=int, default=12)
    options = asked.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        migrated_cluster(Path(folder)) as database,
        firm(database, Path(folder)) as whole,
    ):
        reckoning = rolling(whole, options.people, options.kills)
    print(f"{storm.HEAD}\n{reckoning.row()}\n\nanswers: {reckoning.answers}\nfaults: {reckoning.faults or 'none'}")
    return 0 if reckoning.holds else 1


if __name__ == "__main__":
    sys.exit(main())
