"""This file knows how fast forty times are sold to fifty clients over HTTP, beside a package with the same purpose.

Run it with `python -m tests.bench.bench_race`. The peer runs only where a Python has django-appointment: this one, or
the one that PEER_PYTHON names. Each round runs both, one after the other, on a fresh SQLite file on disk.
"""

import os
import subprocess
import sys
from pathlib import Path
from statistics import median

from tests.bench import stage
from tests.bench.load import ROUNDS
from tests.races import contests
from tests.races.arena import MONDAY

PEER = os.environ.get("PEER_PYTHON", sys.executable)


def product():
    """One race: attempts a second; everything must have been right."""
    with stage.product(MONDAY) as arena:
        verdict = contests.forty_places(arena)
    assert verdict.is_clean and verdict.confirmed == 40 and not verdict.odd_answers, verdict
    return verdict.result


def peer():
    """Attempts a second and double bookings of the peer in the same race."""
    script = Path(__file__).with_name("peer_appointments.py")
    told = subprocess.run([PEER, "-B", script], capture_output=True, text=True, check=True).stdout.split()
    return float(told[0]) / float(told[1]), int(told[3])


def has_peer():
    return subprocess.run([PEER, "-c", "import appointment"], capture_output=True, check=False).returncode == 0


def figures():
    what, wanted = "forty times, fifty clients, over HTTP", "at least 10x"
    product()
    if not has_peer():
        rate = median(product().rate for _ in range(ROUNDS))
        yield what, "attempts/s", f"{rate:.0f}", "NOT MEASURED: no django-appointment here", "", wanted
        return
    rounds = [(product(), *peer()) for _ in range(ROUNDS)]
    mine, theirs = median(r[0].rate for r in rounds), median(r[1] for r in rounds)
    doubles = " ".join(str(r[2]) for r in rounds)
    told = f"{theirs:.0f} (django-appointment; double bookings: {doubles})"
    yield what, "attempts/s", f"{mine:.0f}", told, f"{median(r[0].rate / r[1] for r in rounds):.1f}x", wanted
    late = median(r[0].percentile(0.95) for r in rounds)
    yield "the same, 95 of 100 attempts within", "ms", f"{late:.0f}", "", "", ""


def main():
    for row in figures():
        print(" | ".join(row), flush=True)


if __name__ == "__main__":
    sys.exit(main())
