"""This file knows the spare codes for a lost phone: how they look, what is kept of them, and that each is used once.

Only hashes are kept. A code holds 80 bits of chance, so a thief of the database can neither read nor guess one, and no
key is needed for them. The account's public id goes into each hash, so that equal codes of two people look different.
"""

from __future__ import annotations

import hmac
import secrets
from hashlib import sha256

from sqlalchemy import String, cast

from practice.values import clock

from .models import User

CODES = 8
LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: none looks like another
GROUPS, OF = 4, 4
READ_AS = str.maketrans({"o": "0", "i": "1", "l": "1"})
OLD = "gAAAA"  # how a code begins that was sealed before codes were hashed
IS_OLD = cast(User.mf_recovery_codes, String).contains(f'"{OLD}')


def renew(user: User) -> list[str]:
    """Eight new codes in place of all others, readable only here and now."""
    codes = ["-".join(_group() for _ in range(GROUPS)) for _ in range(CODES)]
    user.mf_recovery_codes = [_hash(user, code) for code in codes]
    user.spare_codes_at = clock.now()
    return codes


def spend(user: User, code: str) -> bool:
    """True when `code` was one of the unused ones; it is gone afterwards. The caller holds the account's row."""
    typed = _hash(user, code)
    left = [kept for kept in user.mf_recovery_codes if not hmac.compare_digest(kept, typed)]
    was_one = len(left) < len(user.mf_recovery_codes)
    user.mf_recovery_codes = left
    return was_one


def is_adopted(user: User) -> bool:
    """True when all that is kept are hashes."""
    return not any(kept.startswith(OLD) for kept in user.mf_recovery_codes)


def adopt(user: User, readable: list[str]) -> None:
    """Keep the hashes of codes that were sealed before; whoever printed them goes on using them."""
    user.mf_recovery_codes = [_hash(user, code) for code in readable]


def _group() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(OF))


def _hash(user: User, code: str) -> str:
    bare = "".join(c for c in code.lower() if c.isalnum()).translate(READ_AS)
    return sha256(f"spare code {user.code} {bare}".encode()).hexdigest()
