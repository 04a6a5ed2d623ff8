"""This file knows what a booking keeps of its sale: columns of its row, which are empty for what is free."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from practice.values.money import Money


class AsAgreed:
    """What was agreed when it was sold, and stays so."""

    # Its price, and what of it comes back to who cancels, written out
    # as `CancelRule.stored`. None for what is free.
    price_amount: Mapped[int | None]
    price_currency: Mapped[str | None] = mapped_column(String(3))
    cancel_rule: Mapped[str | None] = mapped_column(String(40))
    # Where its client lives the law lets them withdraw; and they asked to have it within that time.
    can_withdraw: Mapped[bool] = mapped_column(default=False)
    is_express: Mapped[bool] = mapped_column(default=False)
    # When its late cancellation was forgiven as the one of its pair in a while.
    forgiven_at: Mapped[datetime | None]
    # Why so much came back as did (`money_back.Why`), the last time something decided it.
    returned_why: Mapped[str | None] = mapped_column(String(24))
    # Cancelled by its specialist: until then its client chooses between the money and another time.
    choice_until: Mapped[datetime | None]
    # When a longer session was last bought instead of it: within the days of the law after that an early start is
    # asked for; the days of each payment are its own.
    lengthened_at: Mapped[datetime | None]
    # Not booked itself: another length of that booking, kept while the difference is paid (docs/decisions/0059).
    instead_of_id: Mapped[int | None] = mapped_column(ForeignKey("bookings.id"), index=True)

    @property
    def price(self) -> Money | None:
        """What it was sold for; None for what is free."""
        if self.price_amount is None or self.price_currency is None:
            return None
        return Money(self.price_amount, self.price_currency)


AGREED_CHECKS = (
    CheckConstraint(
        "(price_amount IS NULL) = (price_currency IS NULL) AND (price_amount IS NULL) = (cancel_rule IS NULL)",
        name="sold_whole",
    ),
    CheckConstraint("price_amount >= 0", name="price_not_negative"),
    CheckConstraint("instead_of_id IS NULL OR state IN ('held', 'expired')", name="instead_is_never_booked"),
    CheckConstraint("can_withdraw OR NOT is_express", name="express_within_withdrawal"),
    CheckConstraint(
        "choice_until IS NULL OR (state = 'cancelled_by_specialist' AND price_amount IS NOT NULL)",
        name="choice_after_cancelled",
    ),
)
