"""This file knows every setting: read once from the environment, checked, and refused in words when it is nonsense."""

from __future__ import annotations

import os
import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import current_app

MAILBOX = re.compile(r"[^\s<>@,;]+@[^\s<>@,;]+")
MODES = ("demo", "production", "test")
SHORTEST, FEWEST = 32, 10  # characters of a secret, and different ones among them: chance has more than a sample does


class BadConfig(RuntimeError):
    """The environment holds a setting that cannot be used; the message names each one and what it should be."""


@dataclass(frozen=True)
class Config:
    """Every setting of one running product. The business's own limits live in the rooms' policies."""

    mode: str = "test"
    data: Path = Path("var")
    base_url: str = "http://localhost:8000"
    database_url: str = ""
    redis_url: str | None = None
    secret_keys: tuple[str, ...] = ("test-only-secret-key-of-enough-length",)
    vault_keys: tuple[tuple[str, bytes], ...] = (("test", b"0" * 32),)
    audit_key: bytes = b"1" * 32
    smtp_url: str | None = None
    mail_from: str = "appointments@common-ground.example"
    brand: str = "Common Ground"
    exit_url: str = ""
    proxies: int = 0
    extra_hosts: tuple[str, ...] = ()
    metrics_token: str | None = None
    demo_password: str = "meet-on-common-ground"  # noqa: S105 - printed on purpose, refused outside demo mode
    overrides: Mapping[str, object] = field(default_factory=dict)

    @property
    def is_demo(self) -> bool:
        return self.mode == "demo"

    @property
    def is_secure(self) -> bool:
        """True when the outside world speaks https with us: cookies are then bound to it."""
        return self.base_url.startswith("https://")

    @property
    def hosts(self) -> frozenset[str]:
        """The names this server answers to; any other Host header is refused."""
        own = {urlsplit(self.base_url).hostname or "localhost", *self.extra_hosts}
        return frozenset(own | ({"localhost", "127.0.0.1", "::1"} if self.mode != "production" else set()))

    @property
    def mail_domain(self) -> str:
        return self.mail_from.rpartition("@")[2]

    @property
    def uploads(self) -> Path:
        return self.data / "uploads"


def settings() -> Config:
    """The configuration of the running application."""
    config: Config = current_app.config["PRACTICE"]
    return config


def from_environment(env: Mapping[str, str] = os.environ) -> Config:
    """The configuration that the environment describes; raises `BadConfig` naming everything that is wrong."""
    mode = env.get("MODE", "production")
    if mode not in MODES:
        raise BadConfig(f"MODE is {mode!r}; it must be one of {', '.join(MODES)}.")
    return _production(env) if mode == "production" else _embedded(env, mode)


def _embedded(env: Mapping[str, str], mode: str) -> Config:
    """Demo and test: everything in one folder, secrets made on first start and kept there."""
    data = Path(env.get("DATA", "var")).resolve()
    data.mkdir(parents=True, exist_ok=True)
    faults: list[str] = []
    base_url = _base_url(env.get("BASE_URL", f"http://localhost:{env.get('PORT', '8000')}"), faults)
    config = Config(
        mode=mode,
        data=data,
        base_url=base_url,
        database_url=_database_url(env.get("DATABASE_URL", f"sqlite:///{data / 'practice.db'}"), faults),
        secret_keys=(env.get("SECRET_KEY") or _kept(data / "secret.key"),),
        vault_keys=(("k1", _key(env.get("VAULT_KEY") or _kept(data / "vault.key"), "VAULT_KEY", faults)),),
        audit_key=_kept(data / "audit.key").encode(),
        **_optional(env, faults),
    )
    _refuse(faults)
    return config


def _production(env: Mapping[str, str]) -> Config:
    """Production: a missing secret is a refusal to start, never a default."""
    faults = [
        f"{name} is missing: {why}."
        for name, why in {
            "SECRET_KEY": "32 random characters or more that sign cookies (several, newest first, separated by commas)",
            "VAULT_KEY": "id:base64 of 32 random bytes that encrypt what people write (several, newest first)",
            "AUDIT_KEY": "32 random characters or more that chain the audit log",
            "BASE_URL": "the https address people use",
            "DATABASE_URL": "postgresql://… or sqlite:////…",
            "SMTP_URL": "smtp://user:password@host:587 or smtps://…",
            "MAIL_FROM": "the mailbox that invitations come from",
            "DATA": "the folder of uploads",
        }.items()
        if not env.get(name)
    ]
    if env.get("CLOCK_OFFSET"):
        faults.append("CLOCK_OFFSET makes the clock wrong on purpose; it is for tests, never for production.")
    _refuse(faults)
    keys = tuple(k.strip() for k in env["SECRET_KEY"].split(","))
    faults += [
        f"{name} is too short, or a sample: it needs {SHORTEST} random characters."
        for name, key in (*(("SECRET_KEY", key) for key in keys), ("AUDIT_KEY", env["AUDIT_KEY"]))
        if len(key) < SHORTEST or len(set(key)) < FEWEST
    ]
    base_url = _base_url(env["BASE_URL"], faults)
    if not base_url.startswith("https://"):
        faults.append("BASE_URL must begin with https:// in production.")
    config = Config(
        mode="production",
        data=Path(env["DATA"]).resolve(),
        base_url=base_url,
        database_url=_database_url(env["DATABASE_URL"], faults),
        secret_keys=keys,
        vault_keys=_vault_keys(env["VAULT_KEY"], faults),
        audit_key=env["AUDIT_KEY"].encode(),
        **_optional(env, faults),
    )
    _refuse(faults)
    return config


def _optional(env: Mapping[str, str], faults: list[str]) -> dict[str, Any]:
    chosen: dict[str, Any] = {
        "redis_url": env.get("REDIS_URL") or None,
        "smtp_url": env.get("SMTP_URL") or None,
        "metrics_token": env.get("METRICS_TOKEN") or None,
        "proxies": _count(env.get("PROXIES", "0"), "PROXIES", faults),
        "extra_hosts": tuple(h.strip().lower() for h in env.get("EXTRA_HOSTS", "").split(",") if h.strip()),
    }
    for name, key in {"MAIL_FROM": "mail_from", "BRAND": "brand", "EXIT_URL": "exit_url"}.items():
        if env.get(name):
            chosen[key] = env[name]
    if env.get("SMTP_URL") and not _is_server(env["SMTP_URL"], "smtp", "smtps"):
        faults.append("SMTP_URL must look like smtp://user:password@host:587 or smtps://….")
    if env.get("REDIS_URL") and not _is_server(env["REDIS_URL"], "redis", "rediss"):
        faults.append("REDIS_URL must look like redis://host:6379/0 or rediss://….")
    if not MAILBOX.fullmatch(str(chosen.get("mail_from", Config.mail_from))):
        faults.append("MAIL_FROM must be a bare mail address, such as appointments@practice.example.")
    return chosen


def _is_server(url: str, *schemes: str) -> bool:
    """Whether a host can be found in it, and a port that is a number where there is one."""
    try:
        parts = urlsplit(url)
        return parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _base_url(text: str, faults: list[str]) -> str:
    bare = text.rstrip("/")
    if not _is_server(bare, "http", "https") or any(mark in bare.partition("//")[2] for mark in "/?#@"):
        faults.append(f"BASE_URL is {text!r}; it must look like https://practice.example, without a path.")
    return bare


def _database_url(text: str, faults: list[str]) -> str:
    scheme = text.partition(":")[0].partition("+")[0]
    if scheme not in ("sqlite", "postgresql"):
        faults.append("DATABASE_URL must begin with sqlite:/// or postgresql://.")
    return text.replace("postgresql://", "postgresql+psycopg://", 1)


def _count(text: str, name: str, faults: list[str]) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 9:
        faults.append(f"{name} must be a whole number from 0 to 9.")
        return 0
    return int(text)


def _key(text: str, name: str, faults: list[str]) -> bytes:
    try:
        key = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        key = b""
    if len(key) != 32:
        faults.append(f"{name} must be 32 random bytes in base64.")
    return key


def _vault_keys(text: str, faults: list[str]) -> tuple[tuple[str, bytes], ...]:
    pairs = [part.strip().partition(":") for part in text.split(",")]
    if any(not key_id.isalnum() or not key for key_id, _, key in pairs):
        faults.append("VAULT_KEY must look like id:base64, several separated by commas, newest first.")
    if len({key_id for key_id, _, _ in pairs}) < len(pairs):
        faults.append("VAULT_KEY names two keys alike; what the second one sealed could never be opened.")
    return tuple((key_id, _key(key, "VAULT_KEY", faults)) for key_id, _, key in pairs)


def _kept(path: Path) -> str:
    """A secret made once and kept beside the demo's database, readable by its owner only."""
    if not path.exists():
        fresh = path.with_name(f"{path.name}.{os.getpid()}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(urlsafe_b64encode(secrets.token_bytes(32)).decode())
        # Two processes may start at once: the first link wins and both read the same secret.
        with suppress(FileExistsError):
            os.link(fresh, path)
        fresh.unlink()
    return path.read_text().strip()


def _refuse(faults: list[str]) -> None:
    if faults:
        raise BadConfig("The product cannot start:\n  " + "\n  ".join(dict.fromkeys(faults)))
