"""This file knows how text is sealed so that the database alone cannot read it, nor move it to another row."""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from practice.config import settings
from practice.values.errors import Unavailable

VERSION = "v1"
NONCE = 12
TAG = 16
KEY = 32


class VaultLocked(Unavailable):
    """The sealed text cannot be read now: its key is not here, or it is not the row it was sealed for."""

    code = "vault_locked"
    passes = False


def seal(text: str, context: str) -> str:
    """`text` sealed for one place, such as "booking:<code>:note"; only the same context opens it.

    A data key of its own encrypts each text (AES-256-GCM, NIST SP 800-38D); the newest key of VAULT_KEY wraps that one.
    """
    key_id, outer = settings().vault_keys[0]
    data_key = secrets.token_bytes(KEY)
    return _token(key_id, _wrap(outer, data_key, context), _wrap(data_key, text.encode(), context))


def open_sealed(token: str, context: str) -> str:
    """What `seal` was given; raises `VaultLocked` for a missing key, another context or a changed byte."""
    key_id, wrapped, body = _parts(token)
    return _unwrap(_unwrap(_key(key_id), wrapped, context), body, context).decode()


def rewrap(token: str, context: str) -> str:
    """The same sealed text under the newest key: its data key is wrapped anew, its body is not touched."""
    key_id, wrapped, body = _parts(token)
    newest, outer = settings().vault_keys[0]
    data_key = _unwrap(_key(key_id), wrapped, context)
    return _token(newest, _wrap(outer, data_key, context), body)


def opens(token: str, context: str) -> bool:
    """True when the keys that are here open `token` in its place."""
    try:
        open_sealed(token, context)
    except (VaultLocked, UnicodeError):
        return False
    return True


def key_of(token: str) -> str:
    """The id of the key that wraps `token`; empty for what is no sealed text."""
    version, _, rest = token.partition(".")
    return rest.partition(".")[0] if version == VERSION else ""


def is_current(token: str) -> bool:
    """True when the newest key wraps `token` already."""
    return _parts(token)[0] == settings().vault_keys[0][0]


def _key(key_id: str) -> bytes:
    for known, key in settings().vault_keys:
        if known == key_id:
            return key
    raise VaultLocked("What was written here is still kept, and locked: its key isn’t on this machine.")


def _wrap(key: bytes, plain: bytes, context: str) -> bytes:
    nonce = secrets.token_bytes(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, context.encode())


def _unwrap(key: bytes, sealed: bytes, context: str) -> bytes:
    try:
        return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], context.encode())
    except (InvalidTag, ValueError) as error:
        raise VaultLocked("What was written here is locked: it doesn’t fit its key or its place.") from error


def _token(key_id: str, wrapped: bytes, body: bytes) -> str:
    return f"{VERSION}.{key_id}.{urlsafe_b64encode(wrapped + body).decode()}"


def _parts(token: str) -> tuple[str, bytes, bytes]:
    version, _, rest = token.partition(".")
    key_id, _, packed = rest.partition(".")
    try:
        raw = urlsafe_b64decode(packed)
    except ValueError:
        raw = b""
    wrapped = NONCE + KEY + TAG
    if version != VERSION or len(raw) < wrapped + NONCE + TAG:
        raise VaultLocked("What was written here is locked: it isn’t in a form that we know.")
    return key_id, raw[:wrapped], raw[wrapped:]
