"""This file knows a server that says which process answers, and stands still on demand until a file appears."""

import os
import time
from pathlib import Path


def app(environ, start_response):
    folder = Path(os.environ["FOLDER"])
    if environ["PATH_INFO"] == "/stand-still":
        (folder / "standing").touch()
        while not (folder / "go").exists():
            time.sleep(0.005)
    said = str(os.getpid()).encode()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(said)))])
    return [said]
