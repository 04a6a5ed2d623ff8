"""Accounts that are taken back: since when two-step stands, quiet changes of address, locks."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

OPEN = sa.text("state IN ('proposed', 'standing')")


def upgrade() -> None:
    """Add the columns and make the table."""
    op.add_column("user", sa.Column("two_step_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("mailed_link", sa.Column("is_quiet", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "account_lock",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agreed_by_id", sa.Integer(), nullable=True),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code", sa.String(length=22), nullable=False),
        sa.CheckConstraint(
            "state IN ('proposed', 'standing', 'withdrawn', 'ended')", name=op.f("ck_account_lock_known_state")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_account_lock_user_id"), ondelete="CASCADE"),
        *(
            sa.ForeignKeyConstraint([column], ["user.id"], name=op.f(f"fk_account_lock_{column}"), ondelete="SET NULL")
            for column in ("proposed_by_id", "agreed_by_id", "ended_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_lock")),
        sa.UniqueConstraint("code", name=op.f("uq_account_lock_code")),
    )
    op.create_index(op.f("ix_account_lock_user_id"), "account_lock", ["user_id"], unique=False)
    op.create_index(
        "uq_account_lock_open", "account_lock", ["user_id"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN
    )


def downgrade() -> None:
    """Take them away again."""
    op.drop_index("uq_account_lock_open", table_name="account_lock", sqlite_where=OPEN, postgresql_where=OPEN)
    op.drop_index(op.f("ix_account_lock_user_id"), table_name="account_lock")
    op.drop_table("account_lock")
    with op.batch_alter_table("mailed_link") as table:
        table.drop_column("is_quiet")
    with op.batch_alter_table("user") as table:
        table.drop_column("two_step_at")
