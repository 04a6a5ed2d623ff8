"""This file knows the yardstick of messages: the same server and Flask, one insert of the same bytes, kept as durably.

It believes everybody, and asks for nothing: no signature, no form of the message, no account.
"""

import os
import sqlite3
import threading

from flask import Flask, request

app = Flask(__name__)
_local = threading.local()


def connection():
    """This thread's own, set up as the product's are."""
    if not hasattr(_local, "kept"):
        _local.kept = sqlite3.connect(os.environ["KEPT_IN"], timeout=15, isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=15000"):
            _local.kept.execute(f"PRAGMA {pragma}")
        _local.kept.execute("CREATE TABLE IF NOT EXISTS kept (number INTEGER PRIMARY KEY, body BLOB)")
    return _local.kept


@app.get("/healthz")
def healthz():
    return "ok"


@app.post("/kept")
def keep():
    connection().execute("INSERT INTO kept (body) VALUES (?)", (request.get_data(),))
    return "kept"
