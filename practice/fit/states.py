"""This file knows who decides after a consultation, what each may choose, what comes of it, and how a referral goes."""

from __future__ import annotations

from enum import StrEnum


class Party(StrEnum):
    """Who has an answer of their own. A couple's partner is on the client's side, and answers alone."""

    CLIENT = "client"
    PARTNER = "partner"
    SPECIALIST = "specialist"


class Choice(StrEnum):
    """What somebody chose; nobody has chosen anything beforehand. More time is the neutral answer, and no decision."""

    NEED_TIME = "need_time"
    YES = "yes"
    NOT_NOW = "not_now"
    NOT_A_FIT = "not_a_fit"
    REFER = "refer"


# In the order in which they stand on a page: the neutral one first.
CHOICES: dict[Party, tuple[Choice, ...]] = {
    Party.CLIENT: (Choice.NEED_TIME, Choice.YES, Choice.NOT_NOW, Choice.NOT_A_FIT),
    Party.PARTNER: (Choice.NEED_TIME, Choice.YES, Choice.NOT_NOW, Choice.NOT_A_FIT),
    Party.SPECIALIST: (Choice.NEED_TIME, Choice.YES, Choice.NOT_A_FIT, Choice.REFER),
}
NO = frozenset({Choice.NOT_NOW, Choice.NOT_A_FIT, Choice.REFER})


class Outcome(StrEnum):
    """What the answers of all come to. It is derived from them and the clock, and stored nowhere."""

    NOT_YET = "not_yet"
    OPEN = "open"
    CLIENT_DECIDED = "client_decided"
    SPECIALIST_DECIDED = "specialist_decided"
    CONTINUE = "continue"
    ENDED_BY_CLIENT = "ended_by_client"
    ENDED_BY_SPECIALIST = "ended_by_specialist"
    ENDED_MUTUALLY = "ended_mutually"
    REFERRED = "referred"
    LAPSED = "lapsed"
    GONE = "gone"


UNDECIDED = frozenset({Outcome.OPEN, Outcome.CLIENT_DECIDED, Outcome.SPECIALIST_DECIDED})
ENDED = frozenset({Outcome.ENDED_BY_CLIENT, Outcome.ENDED_BY_SPECIALIST, Outcome.ENDED_MUTUALLY, Outcome.REFERRED})


class ReferralState(StrEnum):
    """Where the suggestion of one colleague stands."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LAPSED = "lapsed"


R = ReferralState
# Whoever accepted one may still think again; whoever took none may not be asked again.
REFERRAL_MOVES: dict[ReferralState, frozenset[ReferralState]] = {
    R.OFFERED: frozenset({R.ACCEPTED, R.DECLINED, R.LAPSED}),
    R.ACCEPTED: frozenset({R.DECLINED}),
}


class RequestState(StrEnum):
    """Where a client's wish to open it again stands."""

    OPEN = "open"
    AGREED = "agreed"
    DECLINED = "declined"


REQUEST_MOVES: dict[RequestState, frozenset[RequestState]] = {
    RequestState.OPEN: frozenset({RequestState.AGREED, RequestState.DECLINED}),
}
