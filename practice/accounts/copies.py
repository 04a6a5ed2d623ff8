"""This file knows how everything that is written down about a person becomes one file to take along."""

from __future__ import annotations

import io
import json
import zipfile

from flask import render_template

from practice.values import clock

from . import holdings
from .models import User

NAME = "your-data.zip"
FORMAT = 1


def of(user: User) -> bytes:
    """A zip: a page to read, the same as JSON for other programs, and the files that the person gave us."""
    kept_rows = [(record, record.tell(user)) for record in holdings.records()]
    made_at = clock.now()
    plain = {
        "format": FORMAT,
        "made": made_at.isoformat(),
        "times": "ISO 8601, UTC",
        **{record.name: rows for record, rows in kept_rows},
    }
    readable = render_template("accounts/copy.html", kept_rows=kept_rows, made_at=made_at)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("your-data.html", readable)
        packed.writestr("your-data.json", json.dumps(plain, ensure_ascii=False, indent=1))
        for record in holdings.records():
            for name, content in record.files(user):
                packed.writestr(f"files/{name}", content)
    return out.getvalue()
