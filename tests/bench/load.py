"""This file knows how to ask a server on this machine for one address over and over, and to count what comes back.

python -m tests.bench.load PORT PATH SECONDS CONNECTIONS COOKIES [NAME: VALUE …]   prints requests, seconds and the last
status; COOKIES is JSON
"""

import json
import subprocess
import sys
import threading
from time import perf_counter

from tests.bench.workloads import VIEWER_ZONE
from tests.races.wire import Wire

ROUNDS, SECONDS, CONNECTIONS = 5, 2.0, 8


def rate(port, path, *headers, seconds=SECONDS, connections=CONNECTIONS, wanted=200, cookies=None):
    """Answers a second, asked from a process of its own over several connections that stay open."""
    numbers = [str(port), path, str(seconds), str(connections), json.dumps(cookies or {})]
    command = [sys.executable, "-m", "tests.bench.load", *numbers, *headers]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert told[2] == str(wanted), f"{path} answered {told[2]}"
    return int(told[0]) / float(told[1])


def main():
    port, path, seconds, connections, cookies, *headers = sys.argv[1:]
    counts, last = [], []
    begun = perf_counter()
    end = begun + float(seconds)

    def ask():
        # Like a browser, each keeps the cookies it is given.
        browser, count, answer = Wire(int(port), {"zone": VIEWER_ZONE} | json.loads(cookies)), 0, None
        browser.headers = "".join(f"{line}\r\n" for line in headers)
        while perf_counter() < end:
            answer = browser.get(path)
            count += 1
        counts.append(count)
        last.append(answer.status)
        browser.close()

    threads = [threading.Thread(target=ask) for _ in range(int(connections))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(last)) == 1, last
    print(sum(counts), perf_counter() - begun, last[0])


if __name__ == "__main__":
    main()
