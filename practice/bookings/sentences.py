"""This file knows the sentences that differ between kinds of offer: what a booking costs, and what counts as it.

Pages, letters and labels take them from here by `terms.says`, so that nothing but a free consultation is called free.
In braces stands what only the place knows: `{name}` is the other side's, `{late}` a length of time, `{until}` an
instant as date, time and zone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, kw_only=True)
class Sentences:
    """What is said about bookings of one kind; empty where there is nothing to say."""

    # What it is called by those who do not name its kind, and what its form asks to have been read.
    appointment: str
    consent: str
    nothing_shared: str
    # What is charged: when it is booked, afterwards, once it is over or cancelled.
    now_or_later: str = ""
    ever: str = ""
    either_way: str = ""
    was_charged: str = ""
    # That the specialist may give another where this one is used up.
    another: str = ""
    afterwards: str
    next_steps: str
    # Cancelled by its client: what that costs, in good time and late.
    cancelling: tuple[str, str]
    in_time: str
    in_time_here: str
    in_time_on_its_page: str
    in_time_by_reminder: str
    in_time_while_it_stands: str
    in_time_when_fixed: str
    in_time_in_short: str
    late: str
    late_for_anybody: str
    late_when: str
    late_on_its_page: str
    late_by_reminder: str
    late_in_short: str
    declining: str
    # Cancelled by the specialist, as that one reads it before.
    cancelled_by_specialist: str
    # Over or cancelled: whether it counts.
    not_counted: str
    not_counted_for_them: str
    still_yours: str
    still_yours_and_others: str
    not_used_up: str
    called_off: str
    repeat: str
    can_be_repeated: str
    was: Mapping[bool, str]
    decided: Mapping[bool, str]
    decided_for_specialist: Mapping[bool, str]

    @property
    def an_appointment(self) -> str:
        """The same with its article."""
        return f"{'an' if self.appointment[0] in 'aeiou' else 'a'} {self.appointment}"

    @property
    def doesnt_count(self) -> str:
        """`not_counted` as pages say it."""
        return self.not_counted.replace("does not", "doesn’t")


OF_CONSULTS = Sentences(
    appointment="free appointment",
    consent="I have read what a free consultation is and is not",
    nothing_shared="Nothing yet, and that is fine: it is a first conversation.",
    now_or_later="Nothing is charged, now or later.",
    ever="Nothing is charged, ever.",
    either_way="Nothing is charged either way.",
    was_charged="Nothing was charged.",
    another="{name} can give you another one.",
    afterwards="Nothing is charged and nothing renews.",
    next_steps="Nobody is charged and nothing renews.",
    cancelling=("Nothing is charged.", "It was free, and stays free."),
    in_time="Cancelled by {until}, it does not count.",
    in_time_here="Cancelled by {until}, it doesn’t count as your one consultation with {name}.",
    in_time_on_its_page="Until {until} a cancelled consultation doesn’t count as your one with {name}{more}.",
    in_time_by_reminder=("Released by {until} or earlier, it doesn’t count as your one free consultation with {name}."),
    in_time_while_it_stands="until {until} that does not count, and nothing is charged.",
    in_time_when_fixed="Cancelled by {until}, it doesn’t count, and you can book another time.",
    in_time_in_short="It doesn’t count",
    late=("Because it was less than {late} before the start, it counts as your free consultation with {name}."),
    late_for_anybody=(
        "Cancelled less than {late} before, it counts as your one free consultation with this specialist."
    ),
    late_when="Cancelled after {until}, it counts as your one free consultation with this specialist.",
    late_on_its_page="Cancelled now, less than {late} before, it counts as your one with {name}.",
    late_by_reminder="Released now, less than {late} before, it counts as your one free consultation with {name}.",
    late_in_short="It counts",
    declining="cancel without it counting",
    cancelled_by_specialist="it never counts for them",
    not_counted="it does not count",
    not_counted_for_them="It does not count for them",
    still_yours="It does not count: your free consultation with {name} is still yours.",
    still_yours_and_others=(
        "It does not count. Your free consultation with {name} is still yours, and other people have time."
    ),
    not_used_up="It does not count as your free consultation.",
    called_off="It does not count: none of your free consultations is used up, and nothing was charged.",
    repeat="You can repeat it free of charge.",
    can_be_repeated="It does not count: it can be repeated free of charge, at any free time.",
    was={
        True: "This was your free consultation with {name}.",
        False: "It doesn’t count as your free consultation with {name}{more}.",
    },
    decided={
        True: "It counts as your free consultation with {name}. Nothing is charged.",
        False: "It does not count as your free consultation with {name}. Nothing is charged.",
    },
    decided_for_specialist={
        True: "It counts as their free consultation with you. You can give them another on the page.",
        False: "It does not count as their free consultation with you.",
    },
)

_WHOLE = "The whole price is given back"
_AS_AGREED = {True: "Its price stays as agreed.", False: f"{_WHOLE}."}


@lru_cache(maxsize=100)
def of_sessions(gives_back: str) -> Sentences:
    """What is said of kinds that have a price; `gives_back` is the sentence on what a cancellation gives back, "" where
    that is told by the deadlines of a booking."""
    return Sentences(
        appointment="appointment",
        consent="I have read what this is and is not",
        nothing_shared="Nothing yet, and that is fine.",
        afterwards="Nothing renews.",
        next_steps="Nothing renews.",
        cancelling=("What is given back.", gives_back),
        in_time=gives_back,
        in_time_here=gives_back,
        in_time_on_its_page=gives_back,
        in_time_by_reminder=gives_back,
        in_time_while_it_stands=gives_back,
        in_time_when_fixed=gives_back,
        in_time_in_short="All is given back",
        late=gives_back,
        late_for_anybody=gives_back,
        late_when=gives_back,
        late_on_its_page=gives_back,
        late_by_reminder=gives_back,
        late_in_short="Not all is given back",
        declining="cancel and have the whole price back",
        cancelled_by_specialist="your client has all of the price back, or takes another time with you",
        not_counted=_WHOLE.lower(),
        not_counted_for_them=_WHOLE,
        still_yours=f"{_WHOLE}.",
        still_yours_and_others=f"{_WHOLE}, and other people have time.",
        not_used_up=f"{_WHOLE}.",
        called_off=f"{_WHOLE}.",
        repeat=f"{_WHOLE}.",
        can_be_repeated=f"{_WHOLE}.",
        was=_AS_AGREED,
        decided=_AS_AGREED,
        decided_for_specialist=_AS_AGREED,
    )
