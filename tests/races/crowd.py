"""This file knows one process full of clients: it reads who they are and what each wants, waits for "go", and reports.

python -m tests.races.crowd < plan    a plan is {"port", "threads", "way", "people": [{"cookies", "token", "wants"}]}
"""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter
from typing import Any

from tests.races import mixed
from tests.races.wire import Answer, Wire

# A person wants a list of [slug, start, form key]; what became of each is [person, slug, start, outcome, ms, code].
BOOKED = "booked"


def book(browser: Wire, slug: str, start: str, key: str) -> Answer:
    """Send the finished form."""
    return browser.post(
        f"/specialists/{slug}/book/confirm", start=start, form_key=key, format="video", consent="y", note=""
    )


def hold_and_book(browser: Wire, slug: str, start: str, key: str) -> Answer:
    """Choose the time, and send the form if it was free."""
    held = browser.post(f"/specialists/{slug}/book", start=start)
    return book(browser, slug, start, key) if held.status == 303 else held


WAYS = {"book": book, "hold": hold_and_book}


def outcome(answer: Answer) -> tuple[str, str]:
    """ "booked" and the booking's code, or the name of the refusal."""
    if answer.status == 303 and "/bookings/" in answer.location:
        return BOOKED, answer.location.split("/bookings/")[1].split("/")[0]
    return (answer.location if answer.status == 303 else answer.code), ""


def live(number: int, person: dict[str, Any], plan: dict[str, Any]) -> list[list[Any]]:
    """Everything one person tries, one after the other."""
    browser, way, tries = Wire(plan["port"], person["cookies"], person["token"]), WAYS[plan["way"]], []
    for slug, start, key in person["wants"]:
        begun = perf_counter()
        answer = way(browser, slug, start, key)
        became, code = outcome(answer)
        tries.append([number, slug, start, became, round((perf_counter() - begun) * 1000, 2), code])
    browser.close()
    return tries


def main() -> None:
    plan = json.loads(sys.stdin.readline())
    act = mixed.live if plan["way"] == "mixed" else live
    print("ready", flush=True)
    sys.stdin.readline()
    with ThreadPoolExecutor(plan["threads"]) as threads:
        done = list(threads.map(lambda each: act(each["number"], each, plan), plan["people"]))
    print(json.dumps([each for tries in done for each in tries]), flush=True)


if __name__ == "__main__":
    main()
