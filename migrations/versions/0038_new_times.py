"""Who asks for other times, and until when a client chooses after their specialist cancelled."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

CHOICE = "choice_until IS NULL OR (state = 'cancelled_by_specialist' AND price_amount IS NOT NULL)"


def upgrade() -> None:
    """Until now only specialists offered other times, and whoever was cancelled on had all of it back at once."""
    with op.batch_alter_table("proposals") as batch:
        batch.add_column(sa.Column("side", sa.String(length=12), nullable=False, server_default="specialist"))
    with op.batch_alter_table("proposals") as batch:
        batch.alter_column("side", server_default=None)
        batch.create_check_constraint(op.f("ck_proposals_side_known"), "side IN ('client', 'specialist')")
    with op.batch_alter_table("bookings") as batch:
        batch.add_column(sa.Column("choice_until", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("bookings") as batch:
        batch.create_check_constraint(op.f("ck_bookings_choice_after_cancelled"), CHOICE)
        batch.create_index("ix_bookings_choice", ["choice_until"])


def downgrade() -> None:
    """What clients asked for is gone; who still had a choice is given it by hand."""
    op.execute("DELETE FROM proposals WHERE side = 'client'")
    with op.batch_alter_table("bookings") as batch:
        batch.drop_index("ix_bookings_choice")
        batch.drop_constraint(op.f("ck_bookings_choice_after_cancelled"), type_="check")
        batch.drop_column("choice_until")
    with op.batch_alter_table("proposals") as batch:
        batch.drop_constraint(op.f("ck_proposals_side_known"), type_="check")
        batch.drop_column("side")
