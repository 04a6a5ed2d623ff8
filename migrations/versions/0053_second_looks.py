"""A question that was asked before names the other; whoever reported asks another person; what somebody is not given."""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

DECISIONS = "'publish', 'ask_edit', 'mask', 'reject', 'remove', 'leave', 'sanction'"
RULE = "ck_moderation_verdicts_decision_known"


def upgrade() -> None:
    """Nothing was said to be the same as anything, nobody asked anew, and nobody named a topic."""
    with op.batch_alter_table("questions") as batch:
        batch.add_column(sa.Column("twin_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_questions_twin_id"), "questions", ["twin_id"], ["id"])
        batch.create_index(op.f("ix_questions_twin_id"), ["twin_id"])
    with op.batch_alter_table("moderation_reports") as batch:
        batch.add_column(sa.Column("appealed_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("appeal_sealed", sa.String(), nullable=True))
    _decisions(f"{DECISIONS}, 'duplicate'")
    _topics("moderation_case_topics", "case_id", "moderation_cases", "CASCADE")
    _topics("moderation_care_topics", "user_id", "user", None)


def downgrade() -> None:
    """What was asked before is what was not published; nobody asks anew."""
    for table in ("moderation_care_topics", "moderation_case_topics"):
        op.drop_table(table)
    op.execute("UPDATE moderation_verdicts SET decision = 'reject' WHERE decision = 'duplicate'")
    _decisions(DECISIONS)
    with op.batch_alter_table("moderation_reports") as batch:
        batch.drop_column("appeal_sealed")
        batch.drop_column("appealed_at")
    with op.batch_alter_table("questions") as batch:
        batch.drop_index(op.f("ix_questions_twin_id"))
        batch.drop_constraint(op.f("fk_questions_twin_id"), type_="foreignkey")
        batch.drop_column("twin_id")


def _decisions(known: str) -> None:
    with op.batch_alter_table("moderation_verdicts") as batch:
        batch.drop_constraint(op.f(RULE), type_="check")
        batch.create_check_constraint(op.f(RULE), f"decision IN ({known})")


def _topics(table: str, column: str, of: str, ondelete: str | None) -> None:
    op.create_table(
        table,
        sa.Column(column, sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("topic", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint([column], [f"{of}.id"], name=op.f(f"fk_{table}_{column}"), ondelete=ondelete),
        sa.PrimaryKeyConstraint(column, "topic", name=op.f(f"pk_{table}")),
    )
    op.create_index(f"ix_{table}_topic", table, ["topic"])
