"""This file knows what is done about decisions without anybody deciding: reminders, wiping, reading, kind texts."""

from __future__ import annotations

from sqlalchemy import or_, update

from practice.accounts.models import User
from practice.bookings import claims
from practice.bookings.models import Booking
from practice.fit import emails, policy, queries, texts
from practice.fit.models import FitChoice, FitText, Referral
from practice.fit.queries import Fit
from practice.fit.states import ReferralState
from practice.store import audit, retention, versions
from practice.store.db import changed, db, transaction, transactional
from practice.store.versions import Shown
from practice.values import clock
from practice.values.errors import Invalid


@transactional
def remind(fit: Fit) -> None:
    """Whatever is due about one talk, by the answers as they are now; a letter that went is not repeated."""
    claims.keep_still(fit.booking)
    now, fit = clock.now(), queries.fit_of(fit.booking)
    # Clients hear the honest word whatever became of the practice; who cannot be found at the moment is not pressed.
    if fit.booking.specialist.is_visible and policy.wants_nudge(fit.known, now):
        emails.decision_waiting(fit)
    if policy.is_overdue(fit.known, now) and policy.is_due(fit.known, policy.OVERDUE, now):
        emails.overdue(fit)
    if policy.has_lapsed_on_a_yes(fit.known, now) and policy.is_due(fit.known, policy.LAPSES, now):
        emails.lapsed(fit)


@transactional
def change_text(key: str, text: str, because: str, *, by: User, shown: Shown | None = None) -> None:
    """Staff put a kind text in other words from now on; what it said before stays readable.

    Raises `NotFound`, `Invalid` for words that press or blame, `Changed` where it says something else than `shown`.
    """
    queries.text_of(key)
    versions.check(shown)
    if wrong := texts.mistake(text):
        raise Invalid("", {"text": wrong})
    db.session.add(FitText(key=key, text=text, because=because, by_id=by.id))
    audit.record("fit.text_changed", f"fit_text:{key}", actor=by)


def note_handover_read(booking: Booking, *, by: User) -> None:
    """A specialist opened what a client sent along."""
    with transaction(notes=True):
        audit.record("fit.handover_read", f"booking:{booking.code}", actor=by)


def note_reason_read(booking: Booking, *, by: User) -> None:
    """A specialist opened a reason that a client shared."""
    with transaction(notes=True):
        audit.record("fit.reason_read", f"booking:{booking.code}", actor=by)


@transactional
def forget_reasons() -> int:
    """Wipe reasons, drafts and what was sent along, where its time is over (`retention`); how many rows changed."""
    before = retention.FIT_REASONS.before
    reasons = update(FitChoice).where(FitChoice.decided_at < before, FitChoice.reason_sealed.is_not(None))
    drafts = update(Referral).where(
        Referral.made_at < before,
        or_(Referral.draft_sealed.is_not(None), Referral.handover_sealed.is_not(None)),
        Referral.state != ReferralState.OFFERED,
    )
    return changed(reasons.values(reason_sealed=None, shares_reason=False)) + changed(
        drafts.values(draft_sealed=None, handover_sealed=None)
    )
