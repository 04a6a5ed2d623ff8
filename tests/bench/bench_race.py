"""This file knows how fast forty times are sold to fifty clients over HTTP, beside a package with the same purpose.

Run it with `python -m tests.bench.bench_race`. The peer runs only where a Python has django-appointment: this one, or
the one that PEER_PYTHON names. Each round runs both, one after the other, on a fresh SQLite file on disk.
"""

import os
import subprocess
import sys
from resource import RUSAGE_CHILDREN, getrusage
from pathlib import Path
from statistics import median

from tests.bench import stage
from tests.bench.load import ROUNDS
from tests.races import contests
from tests.races.arena import MONDAY

PEER = os.environ.get("PEER_PYTHON", sys.executable)


def product():
    """One race, which must have gone right, and the processor's milliseconds for each attempt."""
    with stage.product(MONDAY) as arena:
        before = worked()
        verdict = contests.forty_places(arena)
        spent = worked() - before
    assert verdict.is_clean and verdict.confirmed == 40 and not verdict.odd_answers, verdict
    return verdict.result, spent / len(verdict.result.tries) * 1e3


def worked():
    """Seconds that ended processes of ours have kept a processor busy: servers, clients, and their start."""
    used = getrusage(RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def peer():
    """Attempts a second and double bookings of the peer in the same race, and what each attempt costs it."""
    script = Path(__file__).with_name("peer_appointments.py")
    before = worked()
    told = subprocess.run([PEER, "-B", script], capture_output=True, text=True, check=True).stdout.split()
    return float(told[0]) / float(told[1]), int(told[3]), (worked() - before) / float(told[0]) * 1e3


def has_peer():
    return subprocess.run([PEER, "-c", "import appointment"], capture_output=True, check=False).returncode == 0


def figures():
    what, wanted = "forty times, fifty clients, over HTTP", "at least 10x"
    product()
    if not has_peer():
        rate = median(product()[0].rate for _ in range(ROUNDS))
        yield what, "attempts/s", f"{rate:.0f}", "NOT MEASURED: no django-appointment here", "", wanted
        return
    rounds = [(*product(), *peer()) for _ in range(ROUNDS)]
    mine, theirs = median(r[0].rate for r in rounds), median(r[2] for r in rounds)
    doubles = " ".join(str(r[3]) for r in rounds)
    told = f"{theirs:.0f} (django-appointment; double bookings: {doubles})"
    yield what, "attempts/s", f"{mine:.0f}", told, f"{median(r[0].rate / r[2] for r in rounds):.1f}x", wanted
    cost, its = median(r[1] for r in rounds), median(r[4] for r in rounds)
    ratio = f"{median(r[4] / r[1] for r in rounds):.1f}x"
    yield "the same, work of the processors for each attempt", "ms", f"{cost:.1f}", f"{its:.1f}", ratio, ""
    late = median(r[0].percentile(0.95) for r in rounds)
    yield "the same, 95 of 100 attempts within", "ms", f"{late:.0f}", "", "", ""


def main():
    for row in figures():
        print(" | ".join(row), flush=True)


if __name__ == "__main__":
    sys.exit(main())
