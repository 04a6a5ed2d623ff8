"""Until when somebody has seen the letters that wait in their account."""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody has said so yet: all that waits is new."""
    op.add_column("user", sa.Column("letters_seen_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """What was seen is new again."""
    with op.batch_alter_table("user") as batch:
        batch.drop_column("letters_seen_at")
