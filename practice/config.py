"""This file knows every setting: read once from the environment, checked, and refused in words when it is nonsense."""

from __future__ import annotations

import os
import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask import current_app

from practice import config_money
from practice.values.chance import SHORTEST, is_chance, is_random_key
from practice.values.currencies import CURRENCIES

MAILBOX = re.compile(r"[^\s<>@,;]+@[^\s<>@,;]+")
MODES = ("demo", "production", "test")
NEEDED = {
    "SECRET_KEY": "32 random characters or more that sign cookies (several, newest first, separated by commas)",
    "VAULT_KEY": "id:base64 of 32 random bytes that encrypt what people write (several, newest first)",
    "AUDIT_KEY": "32 random characters or more that chain the audit log (several, newest first)",
    "BASE_URL": "the https address people use",
    "DATABASE_URL": "postgresql://… or sqlite:////…",
    "SMTP_URL": "smtp://user:password@host:587 or smtps://… (not needed while MAIL=off)",
    "MAIL_FROM": "the mailbox that invitations come from",
    "CONTACT": "the mail address that a person reads: it stands on pages and at the end of letters",
    "RESPONSIBLE": "the name and address of whoever answers for all this: it stands on pages and in letters",
    "DATA": "the folder of uploads",
}
DEMO_DOMAIN = "demo.example"  # where everybody in the demo has their mailbox
# What a demo leaves in its folder: the supervisor's mark, and secrets that lay beside the data.
DEMO_MARK = ".common-ground"
DEMO_KEYS = ("secret.key", "vault.key", "audit.key")
PROVEN = ("verify-full", "verify-ca")  # sslmode: with less, anybody on the way may say that he is the database


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
    audit_keys: tuple[bytes, ...] = (b"1" * 32,)
    mail_is_on: bool = True
    smtp_url: str | None = None
    mail_from: str = "appointments@common-ground.example"
    # Who answers for all this, and where people write to: on pages, at the end of letters.
    responsible: str = "Common Ground Demonstration, 1 Sample Street, Dublin"
    contact: str = "hello@common-ground.example"
    brand: str = "Common Ground"
    exit_url: str = ""
    # On which clock the platform's own months and years end, and how its commission is taxed: the rate in basis points.
    zone: str = "Europe/Dublin"
    tax_number: str = ""
    tax_rate: int = 0
    tax_sentence: str = "No VAT is charged on this."
    proxies: int = 0
    threads: int = 8
    extra_hosts: tuple[str, ...] = ()
    metrics_token: str | None = None
    # Without them demo and tests pay in the sandbox, and in production nothing can be paid.
    stripe_secret_key: str = field(default="", repr=False)
    stripe_webhook_secret: str = field(default="", repr=False)
    stripe_thin_webhook_secret: str = field(default="", repr=False)
    # The currencies that Stripe settles as they were paid; what is paid in another could not be sent on. All: ().
    settles_in: tuple[str, ...] = ()
    demo_password: str = "meet-on-common-ground"  # noqa: S105 - printed on purpose, refused outside demo mode
    overrides: Mapping[str, object] = field(default_factory=dict)

    @property
    def is_demo(self) -> bool:
        return self.mode == "demo"

    @property
    def payments(self) -> str:
        """Where money is paid: "live", "test" (Stripe with a test key), "sandbox" (our own), or "off"."""
        if self.stripe_secret_key:
            return "live" if self.stripe_secret_key.startswith(config_money.LIVE_KEYS) else "test"
        return "off" if self.mode == "production" else "sandbox"

    @property
    def sells_in(self) -> frozenset[str]:
        """The currencies in which something may be sold: what is paid in them reaches whoever earned it."""
        return frozenset(self.settles_in or CURRENCIES)

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
    def audit_key(self) -> bytes:
        """The newest key of the audit log; also hides the networks that are compared and never shown."""
        return self.audit_keys[0]

    @property
    def names(self) -> dict[str, str]:
        """Who this is, who answers for it, and where to write to: for every page and every letter."""
        return {"brand": self.brand, "responsible": self.responsible, "contact": self.contact}

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
        secret_keys=_secret_keys(env.get("SECRET_KEY") or _kept(data / "secret.key")),
        vault_keys=_vault_keys(env.get("VAULT_KEY") or f"k1:{_kept(data / 'vault.key')}", faults),
        audit_keys=_audit_keys(env.get("AUDIT_KEY") or _kept(data / "audit.key")),
        **_optional(env, faults),
    )
    if config.payments == "live":
        faults.append(
            "STRIPE_SECRET_KEY is a live key: real money never moves in a demo. Use one of test mode, or none."
        )
    refuse(faults)
    return config


def _production(env: Mapping[str, str]) -> Config:
    """Production: a missing secret is a refusal to start, never a default."""
    faults = [
        f"{name} is missing: {why}."
        for name, why in NEEDED.items()
        if not env.get(name, "").strip() and not (name == "SMTP_URL" and env.get("MAIL") == "off")
    ]
    if env.get("CLOCK_OFFSET"):
        faults.append("CLOCK_OFFSET makes the clock wrong on purpose; it is for tests, never for production.")
    refuse(faults)
    keys = _secret_keys(env["SECRET_KEY"])
    base_url = _base_url(env["BASE_URL"], faults)
    faults += [
        *_weak_secrets(keys, _secret_keys(env["AUDIT_KEY"])),
        *_open_lines(env),
        *_marks_of_a_demo(Path(env["DATA"])),
    ]
    if not base_url.startswith("https://"):
        faults.append("BASE_URL must begin with https:// in production.")
    config = Config(
        mode="production",
        data=Path(env["DATA"]).resolve(),
        base_url=base_url,
        database_url=_database_url(env["DATABASE_URL"], faults),
        secret_keys=keys,
        vault_keys=_vault_keys(env["VAULT_KEY"], faults),
        audit_keys=_audit_keys(env["AUDIT_KEY"]),
        **_optional(env, faults),
    )
    faults += _weak_vault_keys(config)
    refuse(faults)
    return config


def _weak_secrets(keys: tuple[str, ...], audit_keys: tuple[str, ...]) -> list[str]:
    named = (*(("SECRET_KEY", key) for key in keys), *(("AUDIT_KEY", key) for key in audit_keys))
    faults = [
        f"{name} is too short, or a sample: it needs {SHORTEST} random characters."
        for name, key in named
        if not is_chance(key)
    ]
    if set(audit_keys) & set(keys):
        faults.append("AUDIT_KEY is the same as SECRET_KEY; each needs random characters of its own.")
    return faults


def _weak_vault_keys(config: Config) -> list[str]:
    others = {*config.secret_keys, *(key.decode() for key in config.audit_keys)}
    faults = []
    for key_id, key in config.vault_keys:
        if len(key) == SHORTEST and not is_random_key(key):
            faults.append(f"VAULT_KEY {key_id} is a sample, or was typed by hand: it needs {SHORTEST} random bytes.")
        if any(urlsafe_b64encode(key).decode().rstrip("=") == other.rstrip("=") for other in others):
            faults.append(f"VAULT_KEY {key_id} is used for something else too; each key needs random bytes of its own.")
    if len({key for _, key in config.vault_keys}) < len(config.vault_keys):
        faults.append("VAULT_KEY gives one key two names; a new name needs a new key.")
    return faults


def _open_lines(env: Mapping[str, str]) -> Iterator[str]:
    """What people wrote must not travel readable between machines."""
    database, redis = env["DATABASE_URL"], env.get("REDIS_URL", "")
    if database.startswith("postgresql") and not _is_private_database(database):
        yield (
            "DATABASE_URL leads to another machine: it must end with ?sslmode=verify-full (and sslrootcert=system, or "
            "the file of your own authority)."
        )
    if _is_server(redis, "redis") and not is_local(urlsplit(redis).hostname or ""):
        yield "REDIS_URL leads to another machine: it must begin with rediss://."


def _is_private_database(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    chosen = parse_qs(parts.query)
    hosts = ",".join([parts.hostname or "", *chosen.get("host", []), *chosen.get("hostaddr", [])])
    return chosen.get("sslmode", [""])[-1] in PROVEN or all(is_local(host) for host in hosts.split(","))


def is_local(host: str) -> bool:
    """True for this machine itself: a name or number of its own, or a socket in its file system."""
    if host in ("", "localhost") or host.startswith("/"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _marks_of_a_demo(data: Path) -> list[str]:
    if not (data / DEMO_MARK).exists() and not all((data / key).exists() for key in DEMO_KEYS):
        return []
    return [f"DATA is {data}, and a demo ran there: its people and its keys are known to everybody. Name a new folder."]


def _optional(env: Mapping[str, str], faults: list[str]) -> dict[str, Any]:
    chosen: dict[str, Any] = {
        "redis_url": env.get("REDIS_URL") or None,
        "smtp_url": env.get("SMTP_URL") or None,
        "metrics_token": env.get("METRICS_TOKEN") or None,
        "proxies": _count(env.get("PROXIES", "0"), "PROXIES", faults),
        "threads": int(env["THREADS"]) if env.get("THREADS", "").isdigit() else Config.threads,
        "extra_hosts": tuple(h.strip().lower() for h in env.get("EXTRA_HOSTS", "").split(",") if h.strip()),
        "mail_is_on": env.get("MAIL", "on") == "on",
    }
    for name in ("MAIL_FROM", "BRAND", "EXIT_URL", "CONTACT", "RESPONSIBLE"):
        if env.get(name, "").strip():
            chosen[name.lower()] = env[name].strip()
    chosen.update(config_money.read(env, faults))
    if env.get("MAIL", "on") not in ("on", "off"):
        faults.append("MAIL must be on or off.")
    if env.get("SMTP_URL") and not _is_server(env["SMTP_URL"], "smtp", "smtps"):
        faults.append("SMTP_URL must look like smtp://user:password@host:587 or smtps://….")
    if env.get("REDIS_URL") and not _is_server(env["REDIS_URL"], "redis", "rediss"):
        faults.append("REDIS_URL must look like redis://host:6379/0 or rediss://….")
    for name, default in (("MAIL_FROM", Config.mail_from), ("CONTACT", Config.contact)):
        if not MAILBOX.fullmatch(str(chosen.get(name.lower(), default))):
            faults.append(f"{name} must be a bare mail address, such as {name.lower()}@practice.example.")
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


def _secret_keys(text: str) -> tuple[str, ...]:
    return tuple(key.strip() for key in text.split(","))


def _audit_keys(text: str) -> tuple[bytes, ...]:
    return tuple(key.encode() for key in _secret_keys(text))


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


def refuse(faults: list[str]) -> None:
    """Raises `BadConfig` with every fault, each once; nothing for an empty list."""
    if faults:
        raise BadConfig("The product cannot start:\n  " + "\n  ".join(dict.fromkeys(faults)))
