"""This file knows how many, how long and how late in the messages room, and who may write what, as decisions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from practice.bookings.who_may import Answer
from practice.values.counts import in_minutes
from practice.values.errors import Conflict, NotAllowed

from .states import Side, ThreadState

FIRST_MESSAGES = 2  # of whoever begins, until they are answered
FIRST_LONGEST = 1500  # characters of each of those
LONGEST = 5000  # characters of any later one
LONGEST_TOPIC = 80
# Whoever takes a first message back can write it again, a few times.
FIRST_TRIES = 6
TAKE_BACK_WITHIN = timedelta(minutes=5)
MOST_FILES = 3  # of one message
FILE_MB = 5
FILE_BYTES = FILE_MB * 1024 * 1024
A_PAGE = 50
FIRST_AN_HOUR = "30 per hour"  # of one account, or of a network where nobody is signed in
MOST_OTHERS = 3  # people who are named where somebody cannot be written to
# After a letter about a conversation that nobody followed, the next one waits for so long.
LETTER_AGAIN = timedelta(hours=1)
REMIND_AFTER = timedelta(hours=48)
OTHERS_AFTER = timedelta(hours=96)
# How soon somebody usually answers is told from so many answers of the last while on, of the newest only.
SAMPLES, MOST_SAMPLES = 5, 50
SAMPLED = timedelta(days=180)
# Whoever leaves so many first messages unanswered for OTHERS_AFTER comes after others in the list, until they answer.
UNANSWERED = 2
# What can be shown with a message that is reported.
SHOWN_BEFORE, SHOWN_AFTER = 3, 2
LONGEST_AWAY = 500  # characters of what is said while a specialist is away
LONGEST_AWAY_FOR = timedelta(days=60)
YES = Answer()

ONE_SIDE = "A conversation is between a client and a specialist. This one is your own profile."
_NOT_REACHED = "They can’t be reached here any more. Nothing you wrote before is lost."
APART = (
    "You two don’t come here as a couple any more, so nothing new is written here. What was written before stays "
    "readable to all three of you. What is for one of you alone goes into a conversation of their own."
)
_TWO_SENT = (
    f"You have sent {FIRST_MESSAGES} messages, as many as can be sent before a reply. "
    "You can write more once they have answered."
)


@dataclass(frozen=True, kw_only=True)
class Known:
    """What decides whether somebody can write here now. `is_reachable`: the other side has an account that reads, and
    a client's specialist takes messages; `refusal`: a sentence of staff's decision about the writer, "" for none;
    `is_apart`: the couple whose conversation it is has ended here;
    `begun`, `tries`: the writer's own messages that stand, and all of them, while nobody has answered."""

    side: Side
    state: ThreadState
    opened_by: Side
    is_answered: bool
    begun: int = 0
    tries: int = 0
    is_blocked: bool = False
    is_reachable: bool = True
    is_destroyed: bool = False
    awaits_partner: bool = False
    is_apart: bool = False
    refusal: str = ""

    @property
    def is_first_contact(self) -> bool:
        """Whether they have written and were not answered yet, or nobody has written."""
        return not self.is_answered and same_camp(self.side, self.opened_by)

    @property
    def may_go_on_alone(self) -> bool:
        """Whether only the couple stands in the way here: whoever it is with can be written to by each of them."""
        is_gone = self.is_blocked or self.is_destroyed or not self.is_reachable
        return (self.is_apart or self.awaits_partner) and not is_gone

    @property
    def left(self) -> int | None:
        """How many messages can be sent before a reply; None once there was one."""
        return max(FIRST_MESSAGES - self.begun, 0) if self.is_first_contact else None

    @property
    def longest(self) -> int:
        """How many characters the next message can have."""
        return FIRST_LONGEST if self.is_first_contact else LONGEST


def same_camp(one: Side, other: Side) -> bool:
    """Whether both wait for the same answer: a couple is one side of a conversation."""
    return (one == Side.SPECIALIST) == (other == Side.SPECIALIST)


def may_begin(refusal: str, *, is_reached: bool) -> Answer:
    """Whether a conversation can begin: nothing of it is stored for who cannot write."""
    if refusal:
        return Answer(NotAllowed, refusal)
    return YES if is_reached else Answer(Conflict, _NOT_REACHED)


def may_send(known: Known) -> Answer:
    """Whether they can write now. Whoever was blocked reads only that the other cannot be reached."""
    if known.refusal:
        return Answer(NotAllowed, known.refusal)
    if known.is_destroyed or known.is_blocked or known.state == ThreadState.BLOCKED or not known.is_reachable:
        return Answer(Conflict, _NOT_REACHED)
    if known.is_apart:
        return Answer(Conflict, APART)
    if known.awaits_partner:
        return Answer(Conflict, "This conversation begins once your partner has agreed to it.")
    if known.is_first_contact and (known.begun >= FIRST_MESSAGES or known.tries >= FIRST_TRIES):
        return Answer(Conflict, _TWO_SENT)
    return YES


def may_take_back(sent_at: datetime, now: datetime, *, is_own: bool, is_taken_back: bool) -> Answer:
    """Whether a message can be taken back by whoever asks."""
    if not is_own:
        return Answer(NotAllowed, "Only its author can take a message back.")
    if is_taken_back:
        return Answer(Conflict, "You have taken this message back.")
    if now > sent_at + TAKE_BACK_WITHIN:
        return Answer(Conflict, f"A message can be taken back for {in_minutes(TAKE_BACK_WITHIN)} after it was sent.")
    return YES


def state_after(last: Side | None) -> ThreadState:
    """Where a conversation stands after the last message that was not taken back; None where there is none."""
    if last is None:
        return ThreadState.OPEN
    return ThreadState.AWAITING_CLIENT if last == Side.SPECIALIST else ThreadState.AWAITING_SPECIALIST
