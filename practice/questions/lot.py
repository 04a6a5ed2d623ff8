"""This file knows which specialists a question is put to: by lot and for a while, so that not being asked says nothing.

Nobody answers in public somebody whom they see in private. Were those questions the only ones that they cannot answer,
each refusal would name a client. So a part of all others are not theirs either, and each closes on a day of its own:
docs/decisions/0078. The lot of a pair is a sum of secret numbers, which both engines work out inside a statement.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, and_, case, cast

from practice.config import settings
from practice.specialists.models import Specialist

from .models import Question
from .policy import ANSWERED_FOR_DAYS, LEFT_OUT_OF_100, OPEN_AT_LEAST_DAYS

PRIME = 1009


def is_put_to(specialist: Specialist, today: date) -> ColumnElement[bool]:
    """The condition that the lot gives a question to `specialist` on this day. In the demo everything is invented, and
    nobody is left out."""
    lasts = Question.published_on > today - timedelta(days=ANSWERED_FOR_DAYS)
    return lasts if settings().is_demo else and_(lasts, _drawn(specialist) >= _least(today, least))


def least(days: int) -> int:
    """What has to be drawn for a question that has been public for so many days: of 1009 lots a part are left out from
    the first day, and after a week some more each day until none is left."""
    first = PRIME * LEFT_OUT_OF_100 // 100
    over = max(days - OPEN_AT_LEAST_DAYS, 0)
    return first + (PRIME - first) * over // (ANSWERED_FOR_DAYS - OPEN_AT_LEAST_DAYS)


def drawn(numbers: tuple[int, int], question_id: int) -> int:
    """What a pair draws, from 0 to 1008: each as likely as any other, and the same each time."""
    return (numbers[0] * (question_id % PRIME) + numbers[1]) % PRIME


def numbers_of(specialist: Specialist) -> tuple[int, int]:
    """The two secret numbers of a specialist."""
    mark = hmac.new(settings().audit_key, f"lot {specialist.code}".encode(), sha256).digest()
    return 1 + int.from_bytes(mark[:8]) % (PRIME - 1), int.from_bytes(mark[8:16]) % PRIME


def _drawn(specialist: Specialist) -> ColumnElement[int]:
    return cast(drawn(numbers_of(specialist), _id()), BigInteger)


def _id() -> Any:
    return cast(Question.id, BigInteger)


@lru_cache(maxsize=2)  # a condition of many parts, on every page of a specialist; another one each day
def _least(today: date, rule: Callable[[int], int]) -> ColumnElement[int]:
    days = [(Question.published_on >= today - timedelta(days=n), rule(n)) for n in range(ANSWERED_FOR_DAYS)]
    return case(*days, else_=PRIME)
