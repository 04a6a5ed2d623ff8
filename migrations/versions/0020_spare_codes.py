"""Since when an account has its spare codes: those made around a change of address end with its undo."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("user", sa.Column("spare_codes_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Take it away again."""
    with op.batch_alter_table("user") as table:
        table.drop_column("spare_codes_at")
