"""This file knows how Flask-Security is set up here: hashing and one-time codes."""

from __future__ import annotations

import hmac
import threading
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from typing import Any, cast

from flask import Flask, current_app, g
from flask_security import Security, SQLAlchemyUserDatastore, Totp, UserMixin
from flask_security.utils import hash_password
from flask_security.utils import verify_password as verify
from passlib.totp import TOTP, AppWallet, TotpMatch
from sqlalchemy import func, select, update

from practice.config import Config, settings
from practice.store import sealed, vault
from practice.store.db import changed, db, transaction
from practice.values import clock

from . import policy, spare_codes
from .models import Role, User

# Each hash takes 32 MiB: with more at once than cores, memory would grow and nobody would be let in sooner.
AT_ONCE = threading.BoundedSemaphore(2)
ARGON2 = {"argon2__type": "ID", "argon2__memory_cost": 32 * 1024, "argon2__time_cost": 3, "argon2__parallelism": 1}
ARGON2_IN_TESTS = {**ARGON2, "argon2__memory_cost": 64, "argon2__time_cost": 1}
OLD_FORM = "{"  # of a two-step secret that the vault does not keep yet
STEP = 30  # seconds; one step either way forgives a phone's clock (RFC 6238, 5.2)


class OwnTotp(Totp):
    """Codes on our clock, each good for one sign-in. The vault seals their secrets; the wallet opens older ones."""

    def __init__(self, secrets: dict[str, str], issuer: str) -> None:
        wallet = AppWallet(secrets, default_tag=next(iter(secrets)))
        self._totp = TOTP.using(issuer=issuer, wallet=wallet, now=lambda: clock.now().timestamp())

    def get_last_counter(self, user: UserMixin) -> int | None:
        """The step of the last code that was used: it and every earlier one are refused from then on."""
        counter: int | None = cast(User, user).last_code_counter
        return counter

    def set_last_counter(self, user: UserMixin, tmatch: TotpMatch) -> None:
        """Remember the step that was used; the caller holds the account's row in a transaction."""
        cast(User, user).last_code_counter = tmatch.counter


class Datastore(SQLAlchemyUserDatastore):
    """Flask-Security's way to the database, inside our transactions: what it would commit, the action commits."""

    def commit(self) -> None:
        """Write, but leave the end of the transaction to whoever began it."""
        db.session.flush()


def set_up(app: Flask) -> None:
    """Plug the sign-in machinery into `app`: Flask-Security over Flask-Login, without its pages and commands."""
    from . import access, kept_forms

    for name, value in _settings(app.config["PRACTICE"]).items():
        app.config.setdefault(name, value)
    security = Security(app, Datastore(db, User, Role), register_blueprint=False, totp_cls=OwnTotp)
    # Nothing here asks Flask-Principal: an account is read when a page first wants to know whose request this is.
    security.principal.identity_loaders.clear()
    manager = security.login_manager
    manager.session_protection = None  # a row per device does it better than comparing user agents
    manager.user_loader(access.load)
    manager.request_loader(None)  # no tokens in headers or addresses: one way in
    manager.unauthorized_handler(access.at_the_gate)
    with app.app_context():
        app.extensions["nobodys_hash"] = hash_password("nobody has this password")
    app.after_request(access.note_seen)
    app.after_request(access.note_hours)
    app.after_request(kept_forms.note_sent)
    app.context_processor(lambda: {"shown_again": g.get("shown_again")})


def _settings(config: Config) -> dict[str, Any]:
    chosen = {
        "PASSWORD_HASH": "argon2",
        "PASSWORD_SCHEMES": ["argon2"],
        # Without it every hash would hang on a second secret that could never be changed again.
        "PASSWORD_SINGLE_HASH": {"argon2"},
        "PASSWORD_HASH_PASSLIB_OPTIONS": ARGON2_IN_TESTS if config.mode == "test" else ARGON2,
        "PASSWORD_LENGTH_MIN": policy.SHORTEST,
        "EMAIL_VALIDATOR_ARGS": {"check_deliverability": False, "allow_smtputf8": False},
        "DATETIME_FACTORY": clock.now,
        "TRACKABLE": False,
        "DEFAULT_REMEMBER_ME": False,
        "FRESHNESS": policy.FRESH,
        "FRESHNESS_GRACE_PERIOD": timedelta(0),
        "WAN_ALLOW_AS_FIRST_FACTOR": False,
        "TOTP_ISSUER": config.brand,
        "TOTP_SECRETS": {key_id: _derived(key, "one-time codes") for key_id, key in config.vault_keys},
        "MULTI_FACTOR_RECOVERY_CODES": True,
        # Spare codes are hashed (`spare_codes`); this opens those from before, once.
        "MULTI_FACTOR_RECOVERY_CODES_KEYS": [_derived(key, "recovery codes").encode() for _, key in config.vault_keys],
        "CLI_USERS_NAME": None,
        "CLI_ROLES_NAME": None,
    }
    return {f"SECURITY_{name}": value for name, value in chosen.items()}


def _derived(key: bytes, purpose: str) -> str:
    """One key per purpose, so that none of them can be used to open the others' texts."""
    return urlsafe_b64encode(hmac.new(key, purpose.encode(), sha256).digest()).decode()


def machinery() -> Security:
    """Flask-Security as set up for the running application."""
    return cast(Security, current_app.extensions["security"])


def hashed(password: str) -> str:
    """The argon2id hash of `password`; slow on purpose, so never call it inside a transaction."""
    with AT_ONCE:
        return hash_password(_normal(password))


def fits(password: str, stored: str | None) -> bool:
    """True when `stored` is the hash of `password`. Without an account the same work is done for nothing, so that
    the time tells nobody which addresses are known."""
    with AT_ONCE:
        right = bool(verify(_normal(password), stored or _nobodys_hash()))
    return right and stored is not None and not _is_printed(password)


def _is_printed(password: str) -> bool:
    """The demo's password opens nothing where people are real, whoever has it."""
    return settings().mode == "production" and _normal(password) == settings().demo_password


def is_outdated(stored: str) -> bool:
    """True when a hash was made with weaker settings than today's."""
    return bool(machinery().pwd_context.needs_update(stored))


def _normal(password: str) -> str:
    """The same letters typed on another system may arrive composed differently (NFKD). Over-long input is cut short
    here only to bound the work: the forms refuse it before."""
    return machinery()._password_util.normalize(password[: 4 * policy.LONGEST])


def _nobodys_hash() -> str:
    return cast(str, current_app.extensions["nobodys_hash"])


def new_secret(user: User) -> str:
    """A fresh secret for the authenticator of `user`, sealed for their row."""
    return vault.seal(_factory().new().to_json(encrypt=False), _place(user.code))


def code_fits(user: User, code: str, secret: str) -> bool:
    """True for a code of now, one step before or after, that was not used yet; notes it as used on `user`.

    Raises `VaultLocked` where the secret cannot be opened: no code would fit then, and it is not the person's mistake.
    """
    digits = "".join(code.split())
    return bool(machinery().totp_factory.verify_totp(digits, _opened(user.code, secret), user, window=STEP))


def key_and_uri(user: User, secret: str) -> tuple[str, str]:
    """The secret as a person types it, in groups of four, and as an `otpauth://` address for the square code."""
    factory, opened = machinery().totp_factory, _opened(user.code, secret)
    key = factory.get_totp_b32_key(opened)
    return " ".join(key[i : i + 4] for i in range(0, len(key), 4)), factory.get_totp_uri(user.email, opened)


def _place(code: str) -> str:
    return f"account:{code}:two-step"


def _opened(code: str, secret: str) -> str:
    return secret if secret.startswith(OLD_FORM) else vault.open_sealed(secret, _place(code))


def _factory() -> Any:
    return machinery().totp_factory._totp


class _Secrets(sealed.Column):
    """Two-step secrets; those from before the vault kept them were wrapped by a key derived from one of its own."""

    def needing(self, key_id: str) -> int:
        """How many rows only this key opens."""
        old = User.tf_totp_secret.contains(f'"t":"{key_id}"', autoescape=True)
        asked = select(func.count(User.id)).where(User.tf_totp_secret.startswith(OLD_FORM), old)
        return super().needing(key_id) + (db.session.scalar(asked) or 0)

    def rewrap(self) -> int:
        """Seal every row with the newest key."""
        asked = select(User.id, User.code, User.tf_totp_secret).where(User.tf_totp_secret.startswith(OLD_FORM))
        adopted = 0
        for user_id, code, secret in db.session.execute(asked).all():
            plain = _factory().from_source(secret).to_json(encrypt=False)
            same = (User.id == user_id, User.tf_totp_secret == secret)
            with transaction():
                adopted += changed(update(User).where(*same).values(tf_totp_secret=vault.seal(plain, _place(code))))
        return adopted + super().rewrap()


sealed.keep(_Secrets(User, "tf_totp_secret", _place))


def adopt_spare_codes(user: User) -> None:
    """Spare codes that were sealed before they were hashed are hashed now; the caller holds the account's row."""
    if not spare_codes.is_adopted(user):
        spare_codes.adopt(user, machinery()._mf_recovery_codes_util.get_recovery_codes(user))


class _OldSpareCodes:
    """Spare codes from before they were hashed, sealed by a key derived from one of the vault's; none names which."""

    name = "user.mf_recovery_codes"

    def needing(self, key_id: str) -> int:
        """How many accounts still have such codes: any key may be the one that opens them."""
        return db.session.scalar(select(func.count(User.id)).where(spare_codes.IS_OLD)) or 0

    def rewrap(self) -> int:
        """Hash them all: they need no key from then on."""
        with transaction():
            found = db.session.scalars(select(User).where(spare_codes.IS_OLD).with_for_update()).all()
            for user in found:
                adopt_spare_codes(user)
        return len(found)

    def texts(self, *, newest_only: bool = False) -> Iterator[sealed.Text]:
        """None that the vault sealed itself."""
        return iter(())


sealed.keep(_OldSpareCodes())
