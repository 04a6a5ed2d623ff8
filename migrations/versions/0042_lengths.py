"""Another length of a booked session: kept beside it while the difference is paid."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

NEVER_BOOKED = "ck_bookings_instead_is_never_booked"


def upgrade() -> None:
    """Nothing that is stored has another length."""
    with op.batch_alter_table("bookings") as batch:
        batch.add_column(sa.Column("lengthened_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("instead_of_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_bookings_instead_of_id"), "bookings", ["instead_of_id"], ["id"])
        batch.create_check_constraint(op.f(NEVER_BOOKED), "instead_of_id IS NULL OR state IN ('held', 'expired')")
        batch.create_index(op.f("ix_bookings_instead_of_id"), ["instead_of_id"])


def downgrade() -> None:
    """What was kept instead of a booking stays as a hold that ended."""
    kept = "(SELECT id FROM bookings WHERE instead_of_id IS NOT NULL)"
    theirs = "(SELECT appointment_id FROM bookings WHERE instead_of_id IS NOT NULL)"
    op.execute(f"DELETE FROM occupancy WHERE booking_id IN {kept} OR appointment_id IN {theirs}")  # noqa: S608
    op.execute("UPDATE bookings SET state = 'expired', place = NULL WHERE instead_of_id IS NOT NULL")
    with op.batch_alter_table("bookings") as batch:
        batch.drop_index(op.f("ix_bookings_instead_of_id"))
        batch.drop_constraint(op.f(NEVER_BOOKED), type_="check")
        batch.drop_constraint(op.f("fk_bookings_instead_of_id"), type_="foreignkey")
        batch.drop_column("instead_of_id")
        batch.drop_column("lengthened_at")
