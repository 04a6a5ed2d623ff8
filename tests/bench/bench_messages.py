"""This file knows how many of the card processor's messages are stored in a second, beside a view that only stores."""

import hashlib
import hmac
import http.client
import json
import os
import secrets
import sys
import threading
from datetime import UTC, datetime
from statistics import median
from time import perf_counter, time

from practice.sandbox import deliveries
from tests.bench import stage
from tests.bench.load import CONNECTIONS, ROUNDS
from tests.races.arena import gunicorn

COUNT = 1_600
ADDRESS = deliveries.ADDRESSES["event"]


def message():
    """A paid page, as it is told: some two thousand bytes, most of them of no use to us."""
    page = {"id": f"cs_test_{secrets.token_hex(12)}", "object": "checkout.session", "client_reference_id": "order"}
    told = page | {f"field_{number}": "a value that stands in every message" for number in range(40)}
    event = {"id": f"evt_{secrets.token_hex(12)}", "object": "event", "api_version": "", "created": int(time())}
    return json.dumps(
        event | {"type": "checkout.session.completed", "livemode": False, "data": {"object": told}}
    ).encode()


def signed(secret, body):
    stamp = int(time())
    mark = hmac.new(secret.encode(), b"%d." % stamp + body, hashlib.sha256).hexdigest()
    return {"Stripe-Signature": f"t={stamp},v1={mark}", "Content-Type": "application/json"}


def send(port, path, secret, count):
    """Messages a second over several connections that stay open; each was answered with 200."""
    told = [(body, signed(secret, body)) for body in (message() for _ in range(count))]
    answers = []

    def post(number):
        wire = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for body, headers in told[number::CONNECTIONS]:
            wire.request("POST", path, body, headers)
            answer = wire.getresponse()
            answer.read()
            answers.append(answer.status)
        wire.close()

    threads = [threading.Thread(target=post, args=(number,)) for number in range(CONNECTIONS)]
    begun = perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200] * count, set(answers)
    return count / (perf_counter() - begun)


def figures():
    with stage.product(datetime.now(UTC)) as arena:
        with arena.inside():
            secret = deliveries.secret("event")
        beside = {**os.environ, "KEPT_IN": str(arena.folder / "kept.db")}
        with stage.serving(arena) as product, gunicorn("tests.bench.plain_keeper:app", beside) as plain:
            for port, path in ((product.port, ADDRESS), (plain.port, "/kept")):
                send(port, path, secret, COUNT // 8)
            rounds = [
                (send(product.port, ADDRESS, secret, COUNT), send(plain.port, "/kept", secret, COUNT))
                for _ in range(ROUNDS)
            ]
    mine, its = (median(side) for side in zip(*rounds, strict=True))
    ratio = f"{median(ours / theirs for ours, theirs in rounds):.0%}"
    what = "messages of the card processor, checked and stored"
    yield (
        what,
        "messages/s",
        f"{mine:.0f}",
        f"{its:.0f} (a plain view that stores the same bytes)",
        ratio,
        "at least 60%",
    )


def main():
    for row in figures():
        print(" | ".join(row), flush=True)


if __name__ == "__main__":
    sys.exit(main())
