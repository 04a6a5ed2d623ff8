"""Specialists who want to be told once a week how many questions wait."""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody has asked for it yet."""
    op.create_table(
        "question_digests",
        sa.Column("specialist_id", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code", sa.String(length=22), nullable=False),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_question_digests_weekday_known")),
        sa.CheckConstraint("hour BETWEEN 0 AND 23", name=op.f("ck_question_digests_hour_known")),
        sa.ForeignKeyConstraint(
            ["specialist_id"],
            ["specialists.id"],
            name=op.f("fk_question_digests_specialist_id_specialists"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("specialist_id", name=op.f("pk_question_digests")),
        sa.UniqueConstraint("code", name=op.f("uq_question_digests_code")),
    )
    op.create_index("ix_question_digests_next", "question_digests", ["next_at"])


def downgrade() -> None:
    """They write once a week no more."""
    op.drop_table("question_digests")
