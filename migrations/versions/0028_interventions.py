"""Why the operator did something to an account stands beside it, sealed, and goes with it: the log cannot forget."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing is moved: rows of the log stay as they are, or its chain would not hold."""
    op.create_table(
        "intervention",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=80), nullable=False),
        sa.Column("reason_sealed", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("code", sa.String(length=22), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_intervention_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intervention")),
        sa.UniqueConstraint("code", name=op.f("uq_intervention_code")),
    )
    op.create_index(op.f("ix_intervention_user_id"), "intervention", ["user_id"], unique=False)


def downgrade() -> None:
    """The words go; that it was done stays in the log."""
    op.drop_index(op.f("ix_intervention_user_id"), table_name="intervention")
    op.drop_table("intervention")
