"""This file knows the fingerprint of a batch: whoever changes a row by hand, past all triggers, is noticed."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime

from .events import Batch


def digest(batch: Batch, actor: str, at: datetime) -> str:
    """SHA-256 over everything that a batch and its postings say, always in the same spelling.

    It has no key: it shows a slip or a repair by hand, not somebody who computes it anew.
    """
    postings = [
        (each.source, each.target, each.amount.amount, each.line.payee, each.line.code) for each in batch.postings
    ]
    spelled = [batch.event, batch.about, batch.order, batch.currency, actor, at.isoformat(), postings]
    return hashlib.sha256(json.dumps(spelled, separators=(",", ":")).encode()).hexdigest()
