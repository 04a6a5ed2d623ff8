"""This file knows how near the product's answers come to a server that does nothing else, and what they cost in memory.

Run it with `python -m tests.bench.bench_pages`. Both servers run at the same time with the same settings; each round
asks one after the other.
"""

import json
import os
import re
import sys
from pathlib import Path
from statistics import median
from time import perf_counter

from icalendar import Calendar

from practice.bookings.actions import new_feed
from practice.store.db import db
from practice.specialists.models import Specialist
from tests.bench import bench_feed, bench_slots, stage, workloads
from tests.bench.load import ROUNDS, SECONDS, rate
from tests.races.wire import Wire


def figures():
    """(what, unit, product, yardstick, ratio, wanted) for each measurement."""
    work = workloads.w1()
    with stage.product() as arena:
        slug = stage.diary_of_w1(arena, work)
        with stage.serving(arena) as ours, stage.yardstick() as theirs:
            path = f"/specialists/{slug}/slots"
            check_slots(ours.port, path, work)
            yield from compare("slots of 60 days", (ours, path), (theirs, "/slots"), 0.75)
            yield memory(ours.pid)
    with stage.product() as arena:
        stage.thirty_practices(arena)
        with stage.serving(arena) as ours, stage.yardstick() as theirs:
            check_directory(ours.port)
            yield from compare("directory of 30 cards", (ours, "/specialists"), (theirs, "/page"), 0.60)
            yield memory(ours.pid)
            yield from main_job(arena, ours, theirs)
            yield memory(ours.pid)
    with stage.product() as arena:
        yield from feed(arena)


def main_job(arena, ours, theirs):
    """Each page on the way to an appointment, beside a plain page of the same size.

    The form is measured after a time was chosen; its visitor, like the client, has cookies that stay the same.
    """
    visitor, form = stage.with_a_time_chosen(ours.port, "person-1")
    client, code = stage.client_with_a_booking(arena, "person-0")
    pages = {
        "front page": ("/", {}),
        "profile with its times": ("/specialists/person-1", {}),
        "profile, signed in": ("/specialists/person-1", client),
        "booking form, a time chosen": (form, visitor),
        "page to move an appointment": (f"/bookings/{code}/move", client),
        "a client's own page": ("/me", client),
    }
    for what, (path, cookies) in pages.items():
        size = len(Wire(ours.port, {"zone": workloads.VIEWER_ZONE} | cookies).get(path).body)
        yield from compare(what, (ours, path, cookies), (theirs, f"/page/{size}", {}), 0.60)


def compare(what, ours, theirs, wanted):
    """Medians over rounds in which both take their turn: answers a second, and the work that one answer is.

    The second hardly depends on what else the machine is doing.
    """
    for server, path, *cookies in (ours, theirs):
        rate(server.port, path, seconds=0.5, cookies=next(iter(cookies), {}))
    rounds = [(*answers(*ours), *answers(*theirs)) for _ in range(ROUNDS)]
    mine, cost, base, floor = (median(column) for column in zip(*rounds, strict=True))
    ratio, share = median(r[0] / r[2] for r in rounds), median(r[3] / r[1] for r in rounds)
    least = f"at least {wanted:.0%}"
    yield what, "answers/s", f"{mine:.0f}", f"{base:.0f} (plain server)", f"{ratio:.0%}", least
    yield f"{what}, work of the server", "ms", f"{cost:.2f}", f"{floor:.2f} (plain server)", f"{share:.0%}", ""


def answers(server, path, cookies=()):
    """Answers a second, and milliseconds of processor time that the server spent on each."""
    before = worked(server)
    each_second = rate(server.port, path, cookies=dict(cookies))
    return each_second, (worked(server) - before) / (each_second * SECONDS) * 1e3


def worked(server):
    """Seconds that the server's processes have kept a processor busy so far."""
    ticks = 0
    for pid in children(server.pid):
        after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
        ticks += int(after_name[11]) + int(after_name[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def children(master):
    return Path(f"/proc/{master}/task/{master}/children").read_text().split()


def check_slots(port, path, work):
    answer = json.loads(Wire(port, {"zone": workloads.VIEWER_ZONE}).get(path).body)
    assert answer["starts"] == bench_slots.expected(work), "the product's slots are not those of the reference"


def check_directory(port):
    body = Wire(port, {"zone": workloads.VIEWER_ZONE}).get("/specialists").body.decode()
    cards = body.count("<article")
    assert cards >= 30, f"{cards} cards"
    times = body.count('name="start"')
    assert times >= 90, f"{times} times"


def memory(master):
    """The larger proportional share of the two processes after all that, in MiB."""
    shares = [_mebibytes(pid, "Pss") for pid in children(master)]
    resident = [_mebibytes(pid, "Rss") for pid in children(master)]
    told = f"{max(shares):.0f} (resident {max(resident):.0f})"
    return "memory of a worker after load", "MiB", told, "", "", "below 250"


def _mebibytes(pid, name):
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(re.search(rf"^{name}:\s+(\d+) kB", rollup, re.M)[1]) / 1024


def feed(arena):
    """A published calendar of 1,000 appointments: first fetch, fetches after it, unchanged."""
    slug = arena.practices(1)[0]
    stage.thousand_bookings(arena, slug)
    with arena.inside():
        practice = db.session.scalars(db.select(Specialist).where(Specialist.slug == slug)).one()
        path = f"/cal/{new_feed(practice.user, 'details')}.ics"
        db.session.remove()
    built = median(bench_feed._seconds(lambda: bench_feed.with_library(bench_feed.thousand_events())) for _ in range(3))
    with stage.serving(arena) as ours:
        browser = Wire(ours.port)
        begun = perf_counter()
        first = browser.get(path)
        cold = perf_counter() - begun
        assert len(Calendar.from_ical(first.body).events) == 1000
        tag = first.etag
        for _ in range(12):
            Wire(ours.port).get(path)  # until each process has written it once
        kept = rate(ours.port, path, connections=1)
        unchanged = rate(ours.port, path, f"If-None-Match: {tag}", connections=1, wanted=304)
    library = f"{built * 1e3:.0f} (icalendar, each time)"
    yield "feed of 1,000, first fetch", "ms", f"{cold * 1e3:.1f}", library, f"{built / cold:.0f}x", ""
    yield "feed of 1,000, fetched again", "ms", f"{1e3 / kept:.1f}", library, f"{built * kept:.0f}x", "at least 25x"
    yield "feed of 1,000, unchanged (304)", "ms", f"{1e3 / unchanged:.1f}", library, f"{built * unchanged:.0f}x", ""


def main():
    for row in figures():
        print(" | ".join(row), flush=True)


if __name__ == "__main__":
    sys.exit(main())
