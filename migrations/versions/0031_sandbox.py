"""The sandbox that stands in for Stripe remembers in tables of its own; where real keys are set they stay empty."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    """Five tables that nothing else points at."""
    op.create_table(
        "sandbox_object",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("account", sa.String(length=80), nullable=False),
        sa.Column("parent", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", JSON, nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_sandbox_object")),
        sa.UniqueConstraint("id", name=op.f("uq_sandbox_object_id")),
    )
    op.create_index("ix_sandbox_object_account", "sandbox_object", ["kind", "account", "number"])
    op.create_index("ix_sandbox_object_parent", "sandbox_object", ["kind", "parent", "number"])
    op.create_table(
        "sandbox_movement",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("account", sa.String(length=80), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("fee", sa.Integer(), nullable=False),
        sa.Column("net", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("available_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_sandbox_movement")),
        sa.UniqueConstraint("id", name=op.f("uq_sandbox_movement_id")),
    )
    op.create_index("ix_sandbox_movement_account", "sandbox_movement", ["account", "currency"])
    op.create_index(op.f("ix_sandbox_movement_source"), "sandbox_movement", ["source"])
    op.create_table(
        "sandbox_answer",
        sa.Column("key", sa.String(length=400), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sandbox_answer")),
    )
    op.create_table(
        "sandbox_fault",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("matches", sa.String(length=120), nullable=False),
        sa.Column("times_left", sa.Integer(), nullable=True),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_sandbox_fault")),
    )
    op.create_table(
        "sandbox_due",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("target", sa.String(length=80), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_sandbox_due")),
    )
    op.create_index("ix_sandbox_due_waiting", "sandbox_due", ["done_at", "due_at"])
    op.create_index(op.f("ix_sandbox_due_target"), "sandbox_due", ["target"])


def downgrade() -> None:
    """What was paid in the sandbox is forgotten; no money was ever in it."""
    for table in ("sandbox_due", "sandbox_fault", "sandbox_answer", "sandbox_movement", "sandbox_object"):
        op.drop_table(table)
