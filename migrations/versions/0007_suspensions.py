"""Practices that two of the staff have stopped for a while."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "suspensions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("specialist_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("look_again_on", sa.Date(), nullable=False),
        sa.Column("calls_off", sa.Boolean(), nullable=False),
        sa.Column("before", sa.String(length=20), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agreed_by_id", sa.Integer(), nullable=True),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code", sa.String(length=22), nullable=False),
        sa.CheckConstraint(
            "state IN ('proposed', 'standing', 'withdrawn', 'ended')", name=op.f("ck_suspensions_state_known")
        ),
        sa.ForeignKeyConstraint(["specialist_id"], ["specialists.id"], name=op.f("fk_suspensions_specialist_id")),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["user.id"], name=op.f("fk_suspensions_proposed_by_id")),
        sa.ForeignKeyConstraint(["agreed_by_id"], ["user.id"], name=op.f("fk_suspensions_agreed_by_id")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["user.id"], name=op.f("fk_suspensions_ended_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suspensions")),
        sa.UniqueConstraint("code", name=op.f("uq_suspensions_code")),
    )
    op.create_index(op.f("ix_suspensions_specialist_id"), "suspensions", ["specialist_id"], unique=False)
    op.create_index(
        "uq_suspensions_open",
        "suspensions",
        ["specialist_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('proposed', 'standing')"),
        postgresql_where=sa.text("state IN ('proposed', 'standing')"),
    )


def downgrade() -> None:
    """Take it away again."""
    op.drop_index(
        "uq_suspensions_open",
        table_name="suspensions",
        sqlite_where=sa.text("state IN ('proposed', 'standing')"),
        postgresql_where=sa.text("state IN ('proposed', 'standing')"),
    )
    op.drop_index(op.f("ix_suspensions_specialist_id"), table_name="suspensions")
    op.drop_table("suspensions")
