"""This file knows the key of a conversation: what is written in it opens with that key, in its own place, and never
again once the key was destroyed (docs/decisions/0073)."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from practice.store import vault
from practice.store.vault import VaultLocked

from .models import Message, Thread, place_of_key

# Of how words and files are sealed; part of what each is bound to.
VERSION = "m1"


@dataclass(frozen=True)
class Body:
    """What somebody wrote, as it is sealed: the words, and what they say the first message is about."""

    words: str
    topic: str = ""


@dataclass(frozen=True)
class ThreadKey:
    """The open key of one conversation, for as long as a page is made."""

    thread_code: str
    raw: bytes

    def seal(self, content: bytes, place: str) -> bytes:
        """`content` for one place of this conversation; only there it opens."""
        nonce = secrets.token_bytes(vault.NONCE)
        return nonce + AESGCM(self.raw).encrypt(nonce, content, self._context(place))

    def open(self, sealed: bytes, place: str) -> bytes:
        """What `seal` was given; raises `VaultLocked` for another place, another key or a changed byte."""
        nonce, rest = sealed[: vault.NONCE], sealed[vault.NONCE :]
        try:
            return AESGCM(self.raw).decrypt(nonce, rest, self._context(place))
        except (InvalidTag, ValueError) as error:
            raise VaultLocked("What was written here is locked: it doesn’t fit its key or its place.") from error

    def seal_body(self, body: Body, place: str) -> str:
        """A message as it is stored."""
        content = json.dumps({"words": body.words, "topic": body.topic}).encode()
        return f"{VERSION}.{urlsafe_b64encode(self.seal(content, place)).decode()}"

    def open_body(self, message: Message) -> Body:
        """What stands in a message, nothing where it was taken back. Raises `VaultLocked`."""
        if message.body_sealed is None:
            return Body("")
        version, _, packed = message.body_sealed.partition(".")
        if version != VERSION:
            raise VaultLocked("What was written here is locked: it isn’t in a form that we know.")
        try:
            raw = urlsafe_b64decode(packed)
        except ValueError as error:
            raise VaultLocked("What was written here is locked: it isn’t in a form that we know.") from error
        return Body(**json.loads(self.open(raw, place_of(message))))

    def mark(self, content: bytes) -> str:
        """By what the same bytes are known again here; of no use without the key."""
        return hmac.new(self.raw, content, hashlib.sha256).hexdigest()

    def _context(self, place: str) -> bytes:
        return f"{self.thread_code}:{place}:{VERSION}".encode()


def place_of(message: Message) -> str:
    """What the words of a message are bound to, beside their conversation: the message and its author."""
    return place_for(message.code, message.author_id)


def place_for(code: str, author_id: int) -> str:
    """The same for a message that is not stored yet."""
    return f"{code}:{author_id}:body"


def place_of_file(message_code: str, author_id: int, position: int) -> str:
    """What a file is bound to: its message, its author, and which of them it is."""
    return f"{message_code}:{author_id}:file{position}"


def new_key(thread_code: str) -> str:
    """A fresh key for a conversation, as it is stored."""
    return vault.seal(urlsafe_b64encode(secrets.token_bytes(vault.KEY)).decode(), place_of_key(thread_code))


def key_of(thread: Thread) -> ThreadKey:
    """The key of a conversation, opened once for all that is read. Raises `VaultLocked`, also once it was destroyed."""
    if thread.key_sealed is None:
        raise VaultLocked("What was written here is gone for good.")
    return ThreadKey(thread.code, urlsafe_b64decode(vault.open_sealed(thread.key_sealed, place_of_key(thread.code))))


def is_destroyed(thread: Thread) -> bool:
    """True where nobody will ever read what was written here."""
    return thread.key_sealed is None
