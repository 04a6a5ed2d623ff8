"""This file knows every number that decides about a booking: how many, how long, how late. Kind by kind: `terms.py`."""

from __future__ import annotations

from datetime import timedelta

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)

# A time is kept: while somebody fills in a form; of what has a price then as long again as it can be paid, and two
# minutes more, so that the payment page ends first (`payments.policy.checkout.AHEAD`). Pages name what can be paid.
HOLD = 15 * MINUTE
TO_PAY = 30 * MINUTE
HOLD_TO_PAY = TO_PAY + 2 * MINUTE
# For visitors of whom nobody has confirmed an address.
UNKNOWN_HOLD = 10 * MINUTE

# What is booked is taken back as if it had never been, so long after it and so long before its start.
UNDO = 15 * MINUTE
UNDO_BEFORE_START = 2 * HOUR
# So shortly before the start a cancellation has a price: the pair's consultation, or a part of the money.
LATE = 2 * HOUR
MOVES = 2

# How much one person may have.
MOST_OPEN = 3
MOST_STARTED = 6
STARTED_WINDOW = timedelta(days=60)

# Each of these is written to somebody else and can be taken back: so often for one pair within 24 hours.
MOST_CHANGES_A_DAY = 5
MOST_PROPOSALS_A_DAY = 3
A_DAY = timedelta(hours=24)

# Times kept for visitors.
HOLDS_PER_NETWORK = 6
# Far more than a household or an office sends; each leaves rows behind, so a script must not go on for ever.
CHOICES_PER_ADDRESS = "120 per minute"
# So many appointments can still be had on that day and in that week after an unknown visitor keeps a time, else a few
# browsers would close a practice for everybody. One that gives two a week keeps none for them; they choose without.
LEFT_FREE = 2
HOLDS_OF_A_TIME = 2  # one time is kept for one person, and once more; then it is anybody's who is faster
HOLDS_COUNTED_FOR = timedelta(hours=2)
# What one person has not paid yet, over all practices: of more than these the oldest is let go.
MOST_UNPAID = 2

# Before the start.
REMINDER_DAY = timedelta(hours=24)
REMINDER_HOUR = timedelta(hours=1)
RECONFIRM_AHEAD = timedelta(hours=48)
RECONFIRM_BY = timedelta(hours=4)
JOIN_OPENS = timedelta(minutes=10)

# After the start.
CLIENT_MISSED_AFTER = timedelta(minutes=15)
SPECIALIST_MISSED_AFTER = timedelta(minutes=10)
MISSED_WINDOW = timedelta(hours=24)
TECH_WINDOW = timedelta(hours=24)
CLOSED_AFTER = timedelta(hours=24)
CONTEST_WINDOW = timedelta(hours=72)
ANSWER_WINDOW = timedelta(hours=48)  # for the other side of a contest

# A client who missed several.
CARE_WINDOW = timedelta(days=90)
CARE_PAUSE = timedelta(days=30)

# A specialist who missed several, or cancelled late.
STRIKE_WINDOW = timedelta(days=90)
STRIKES_PAUSE = 3
STRIKE_NOTICE = timedelta(hours=24)
EMERGENCIES_A_YEAR = 2
A_YEAR = timedelta(days=365)

# Other times that a specialist offers.
PROPOSAL_LASTS = timedelta(hours=48)
MOST_PROPOSED = 3
# What a client who paid chooses after their specialist cancelled: the money, or another time.
CHOICE_LASTS = timedelta(hours=72)
# What is suggested unasked begins between these minutes of the reader's own day, where there is such a time nearby.
WAKES, SLEEPS = 7 * 60, 22 * 60

# What is paid.
GRACE_MONTHS = 6
GRACE_WINDOW = timedelta(days=181)  # so many months of any calendar, the shortest
FIT_WINDOW = timedelta(hours=48)
WITHDRAWAL = timedelta(days=14)

# What a client is told of the half hour, minute by minute: hello, their situation, questions, a next step.
HALF_HOUR = (5, 10, 10, 5)

# What somebody may write, in characters, and choose.
NOTE = 2000
PREPARED = 1500
CONTESTED = 2000
MOST_TOPICS = 5

# How far the sweeps look: what is older stays as it is, what is further ahead comes nearer.
CLOSED_SINCE = timedelta(days=60)
CLOCKS_KEPT_FOR = timedelta(days=400)
# A hold that lasts longer than it began with by so little was not prolonged: two clocks were read.
CLOCK_READINGS = timedelta(seconds=30)
