"""Why staff opened an account again, gave a consultation again, took a strike back: in rows that go with the person."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

COLUMNS = {"account_lock": "opened_because", "bookings": "granted_because", "strikes": "waived_because"}


def upgrade() -> None:
    """Add the columns, empty."""
    for name, column in COLUMNS.items():
        with op.batch_alter_table(name) as table:
            table.add_column(sa.Column(column, sa.String(length=500), nullable=False, server_default=""))
        with op.batch_alter_table(name) as table:
            table.alter_column(column, server_default=None)


def downgrade() -> None:
    """Take them away again."""
    for name, column in COLUMNS.items():
        with op.batch_alter_table(name) as table:
            table.drop_column(column)
