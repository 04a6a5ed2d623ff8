"""This file knows how long what people tell us is kept: one table, read by the sweeps and by the page for people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from practice.values import clock


@dataclass(frozen=True)
class Period:
    """One kind of thing that goes by itself: what, how long it is kept, from when on, and why so long."""

    what: str
    lasts: timedelta
    since: str
    why: str

    @property
    def before(self) -> datetime:
        """What began before this instant (UTC) is over."""
        return clock.now() - self.lasts

    @property
    def length(self) -> str:
        """How long, as people say it: "30 days", "48 hours"."""
        hours = int(self.lasts.total_seconds() // 3600)
        if hours < 72:
            return f"{hours} hours"
        years, rest = divmod(hours // 24, 365)
        if rest or not years:
            return f"{hours // 24} days"
        return f"{years} years" if years > 1 else "a year"


LINKS = Period(
    "Links in letters that open something, and the letters that hold them",
    timedelta(days=3),
    "after the letter left",
    "The longest of them works for three days",
)
LETTERS = Period(
    "Words of letters, and the address they went to",
    timedelta(days=30),
    "after the letter left",
    "So that you can read them again, and we can help when one got lost",
)
INBOX = Period(
    "Letters that wait in your account because you chose no email",
    timedelta(days=365),
    "after they were written",
    "They are the only copy you have",
)
STUCK = Period(
    "Letters that could not be delivered",
    timedelta(days=30),
    "after we gave up",
    "So that a person can send them again",
)
PHONE = Period(
    "The phone number you gave for one call",
    timedelta(days=7),
    "after the call",
    "In case the call was missed and is tried again",
)
WORDS = Period(
    "What you wrote before a consultation, what you ticked it is about, where you would be, and why you cancelled",
    timedelta(days=90),
    "after the appointment",
    "So that nothing has to be written twice where you go on",
)
ENTRIES = Period(
    "Which mailbox an appointment was sent to for its calendar",
    timedelta(days=30),
    "after the appointment",
    "Changes go to whoever has the entry, also after a new address",
)
FIT_REASONS = Period(
    "Why you did or did not go on after a consultation, where you noted it, and words sent along with a suggestion",
    timedelta(days=90),
    "after they were written",
    "So that you remember, and a colleague can read them before you talk",
)
CONTESTED = Period(
    "What was written about a missed call, also why staff decided as they did",
    timedelta(days=90),
    "after staff decided",
    "The decision counts for as long",
)
DISPUTED = Period(
    "What was written about a session in a dispute, to our safety team too, and why staff decided as they did",
    timedelta(days=180),
    "after it was closed",
    "A card’s bank may ask about a payment for about as long",
)
MODERATED = Period(
    "What was reported, what staff decided about words and why, and who looked up whose they are; of words that are "
    "gone only that there was a case, but for what is about safety",
    timedelta(days=365),
    "after it was decided",
    "For half a year you can ask another person, and they need time to look",
)
CONTACTED = Period(
    "What you wrote to us, what we answered, and notes of staff about it",
    timedelta(days=365),
    "after it was closed",
    "So that you can come back to it, and nobody has to ask you twice",
)
MESSAGES = Period(
    "What you and a specialist wrote to each other",
    timedelta(days=2 * 365),
    "after the last of it",
    "So that you can read it again when you go on",
)
DRAFTS = Period("What you began and did not send", timedelta(hours=48), "after you began", "So that you can come back")
HOLDS = Period(
    "Times that were held and not booked, and the keys of forms that were sent",
    timedelta(days=30),
    "after they ended",
    "So that a form sent twice does the same once",
)
UNCONFIRMED = Period(
    "An account whose address nobody confirmed",
    timedelta(days=7),
    "after it was opened, or after its last link ended",
    "So that a letter that was late can still be opened",
)
DEVICES = Period(
    "Devices that were signed in, and used links",
    timedelta(days=30),
    "after they ended",
    "So that you can see who was in your account",
)
DOCUMENTS = Period(
    "Documents that specialists show us",
    timedelta(days=90),
    "after the decision, or after they came where nobody has to decide",
    "The result of the check stays, the document goes",
)
ERASED = Period(
    "Of a deleted account: its certificate and what was agreed to, under a number without a name",
    timedelta(days=3 * 365),
    "after it was deleted",
    "To show that it was done, and that it was asked for",
)
TAKEN_BACK_QUESTIONS = Period(
    "Public questions that you took back",
    timedelta(days=30),
    "after you took them back",
    "So that you can still copy what you wrote; nobody else reads it",
)
REFUSED_QUESTIONS = Period(
    "Public questions that were not published, or taken down",
    timedelta(days=365),
    "after it was decided",
    "So that you can read why, ask another person, and copy what you wrote",
)
INVOICED = Period(
    "Your name and address on receipts and invoices, where you put them there",
    timedelta(days=10 * 365),
    "after they were issued",
    "Tax offices may ask for them as long; you can take them off earlier",
)
EVERYTHING = (
    DRAFTS,
    LINKS,
    LETTERS,
    INBOX,
    STUCK,
    PHONE,
    WORDS,
    ENTRIES,
    FIT_REASONS,
    CONTESTED,
    DISPUTED,
    MODERATED,
    CONTACTED,
    MESSAGES,
    HOLDS,
    UNCONFIRMED,
    DEVICES,
    DOCUMENTS,
    TAKEN_BACK_QUESTIONS,
    REFUSED_QUESTIONS,
    INVOICED,
    ERASED,
)
