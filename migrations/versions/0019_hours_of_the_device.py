"""How the device that was used last writes hours, for letters."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    with op.batch_alter_table("user") as batch:
        batch.add_column(sa.Column("device_is_twelve", sa.Boolean(), nullable=True))


def downgrade() -> None:
    """Take it away again."""
    with op.batch_alter_table("user") as batch:
        batch.drop_column("device_is_twelve")
