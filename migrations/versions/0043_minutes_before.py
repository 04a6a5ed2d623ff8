"""How long a booking lasted before it got another length."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Of what was made longer or shorter before nobody knows it any more."""
    with op.batch_alter_table("booking_moves") as batch:
        batch.add_column(sa.Column("minutes_before", sa.Integer(), nullable=True))


def downgrade() -> None:
    """The present length stays; the one before is forgotten."""
    with op.batch_alter_table("booking_moves") as batch:
        batch.drop_column("minutes_before")
