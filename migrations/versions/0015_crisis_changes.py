"""What two of the staff decide about a crisis line."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "crisis_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("line_code", sa.String(length=22), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("was", JSON, nullable=False),
        sa.Column("becomes", JSON, nullable=False),
        sa.Column("source_url", sa.String(length=200), nullable=False),
        sa.Column("source_read_on", sa.Date(), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code", sa.String(length=22), nullable=False),
        sa.CheckConstraint("kind IN ('check', 'change', 'add', 'end')", name=op.f("ck_crisis_change_kind_known")),
        sa.CheckConstraint(
            "state IN ('proposed', 'agreed', 'withdrawn', 'undone')", name=op.f("ck_crisis_change_state_known")
        ),
        sa.CheckConstraint(
            "state NOT IN ('agreed', 'undone') OR decided_by_id <> proposed_by_id",
            name=op.f("ck_crisis_change_two_people"),
        ),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user.id"], name=op.f("fk_crisis_change_decided_by_id")),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["user.id"], name=op.f("fk_crisis_change_proposed_by_id")),
        sa.ForeignKeyConstraint(["undone_by_id"], ["user.id"], name=op.f("fk_crisis_change_undone_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crisis_change")),
        sa.UniqueConstraint("code", name=op.f("uq_crisis_change_code")),
    )
    op.create_index(op.f("ix_crisis_change_line_code"), "crisis_change", ["line_code"], unique=False)
    op.create_index(
        "uq_crisis_change_open",
        "crisis_change",
        ["line_code"],
        unique=True,
        sqlite_where=sa.text("state = 'proposed'"),
        postgresql_where=sa.text("state = 'proposed'"),
    )


def downgrade() -> None:
    """Take it away again."""
    op.drop_table("crisis_change")
