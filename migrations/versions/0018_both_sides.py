"""What the other side says about a contested "missed", and why staff decided as they did."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    with op.batch_alter_table("contests") as batch:
        batch.add_column(sa.Column("answer_sealed", sa.String(), nullable=True))
        batch.add_column(sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("answered_by_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_contests_answered_by_id"), "user", ["answered_by_id"], ["id"])
        batch.add_column(sa.Column("reason", sa.String(length=500), nullable=False, server_default=""))
    with op.batch_alter_table("contests") as batch:
        batch.alter_column("reason", server_default=None)


def downgrade() -> None:
    """Take them away again."""
    with op.batch_alter_table("contests") as batch:
        batch.drop_column("reason")
        batch.drop_constraint(op.f("fk_contests_answered_by_id"), type_="foreignkey")
        batch.drop_column("answered_by_id")
        batch.drop_column("answered_at")
        batch.drop_column("answer_sealed")
