"""This file knows all measurements: `python -m tests.bench` prints the table, `--write` also puts it into the documents."""

import argparse
import os
import platform
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from tests.bench import bench_feed, bench_messages, bench_money, bench_pages, bench_race, bench_slots, workloads

PLACE = Path(__file__).parent.parent.parent / "docs" / "figures" / "speed.md"
HEAD = "| what | unit | product | beside it | ratio | wanted |\n|---|---|---:|---|---:|---|"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


def slots():
    """W1 and W2 against the bare sweep, nothing remembered for the last row of each."""
    for work in (workloads.w1(), workloads.w2()):
        found = bench_slots.measure(work)
        for name in ("engine", "engine, nothing remembered"):
            told = f"{found['floor']:.3f} (bare sweep with a table)"
            ratio = f"{found[name] / found['floor']:.2f}x"
            yield f"{work.name}: {work.free:,} starts, {name}", "ms", f"{found[name]:.3f}", told, ratio, "at most 1.5x"


def feed():
    """A file of 1,000 appointments, written by our own code and by the library."""
    events = bench_feed.thousand_events()
    ours = lambda: bench_feed.feed_file(events, "Appointments", now=bench_feed.NOW)
    theirs = lambda: bench_feed.with_library(events)
    assert bench_feed._same(ours(), theirs()), "the two feeds do not say the same"
    pairs = [(bench_feed._seconds(ours), bench_feed._seconds(theirs)) for _ in range(bench_feed.ROUNDS)]
    mine, library = (median(side) * 1e3 for side in zip(*pairs, strict=True))
    ratio = f"{median(theirs / ours for ours, theirs in pairs):.1f}x"
    yield "feed of 1,000, written", "ms", f"{mine:.1f}", f"{library:.0f} (icalendar)", ratio, "at least 25x"


def rows():
    for measure in (slots, feed, bench_pages.figures, bench_messages.figures, bench_money.figures, bench_race.figures):
        for row in measure():
            line = f"| {' | '.join(row)} |"
            print(line, flush=True)
            yield line


def main():
    asked = argparse.ArgumentParser(
        description="Measure the product beside fixed yardsticks, in turn, on this machine."
    )
    asked.add_argument("--write", action="store_true", help=f"put the table into {PLACE.name}")
    options = asked.parse_args()
    print(HEAD, flush=True)
    lines = list(rows())
    if options.write:
        machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, {datetime.now(UTC):%d %B %Y}"
        before, _, rest = PLACE.read_text().partition(BEGIN)
        after = rest.partition(END)[2]
        table = "\n".join([BEGIN, f"Measured on {machine}.", "", HEAD, *lines, END])
        PLACE.write_text(before + table + after)


if __name__ == "__main__":
    main()
