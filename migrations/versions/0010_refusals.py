"""How often requests were refused, by kind and route."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "refusal",
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("route", sa.String(length=200), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "route", name=op.f("pk_refusal")),
    )


def downgrade() -> None:
    """Take it away again."""
    op.drop_table("refusal")
