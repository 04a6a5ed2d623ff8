"""This file knows a product of four pages, for the tests of requests that stand by: one waits for a number to change.

The number is the length of a file that STANDING names. `/wait?since=3` says what it is as soon as it is another one;
with `who` for one of them alone; `/hold?since=3` says the same, and waits for it in its thread.
"""

import os
import time
from pathlib import Path

from flask import Flask, request

from practice.http import standby

FILE = Path(os.environ["STANDING"])
app = Flask(__name__)


def _number():
    return FILE.stat().st_size


@app.get("/wait")
def wait():
    since = int(request.args["since"])
    if _number() == since:
        return standby.nothing_new("number", f"{since}.{request.args.get('who', '')}")
    return f"{_number()}"


@app.get("/hold")
def hold():
    while _number() == int(request.args["since"]):
        time.sleep(0.01)
    return f"{_number()}"


@app.get("/healthz")
def healthz():
    return "ok"


standby.watches("number", lambda words: [each for each in words if int(each.split(".")[0]) != _number()])
