"""This file knows an environment that production starts with; its keys are chance, and of no use anywhere else."""

from __future__ import annotations

import os
from pathlib import Path

VAULT = "k1:3Jm9qk0yV7bB2sT6u1xWcR8dZpL4hNfGaEiQoYtCvKA"
NEXT_VAULT = "k2:x5Wv0RzTnB7cYkQ3uHs9LdMf2GjPa8EoI1tCqZr6XyU"
PRODUCTION = {
    "MODE": "production",
    "BASE_URL": "https://practice.example",
    "DATABASE_URL": "postgresql://localhost/practice",
    "SMTP_URL": "smtp://localhost",
    "MAIL_FROM": "hello@practice.example",
    "CONTACT": "people@practice.example",
    "RESPONSIBLE": "Practice Ltd, 1 Main Street, Dublin",
    "SECRET_KEY": "k7Jd93nQmZx81LpYt52VbWc64RfGh07S",
    "AUDIT_KEY": "aB83kdLs92mXz71QpWe54RtYu60iOpNq",
    "VAULT_KEY": VAULT,
    "DATA": "/var/lib/practice",
}


def environment(data: Path, database_url: str, **more: str) -> dict[str, str]:
    """What a process is given that runs in production on `data` and that database, on this machine."""
    surroundings = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**surroundings, **PRODUCTION, "DATA": str(data), "DATABASE_URL": database_url, **more}
