"""How specialists answer messages, from which day on somebody is away, and what is shown with a reported message."""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody was asked anything yet."""
    with op.batch_alter_table("specialists") as batch:
        batch.add_column(sa.Column("answers_within", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("leaves_unanswered", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("message_wishes") as batch:
        batch.add_column(sa.Column("away_from", sa.Date(), nullable=True))
    with op.batch_alter_table("messages") as batch:
        batch.add_column(sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "shown_messages",
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("shown_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_shown_messages_{column}"), ondelete="CASCADE"
            )
            for column, table in (("message_id", "messages"), ("shown_id", "messages"), ("by_id", "user"))
        ),
        sa.PrimaryKeyConstraint("message_id", "shown_id", "by_id", name=op.f("pk_shown_messages")),
    )
    op.create_index("ix_shown_messages_shown", "shown_messages", ["shown_id"])
    op.create_index("ix_shown_messages_by", "shown_messages", ["by_id"])


def downgrade() -> None:
    """What was measured can be measured again."""
    op.drop_table("shown_messages")
    with op.batch_alter_table("messages") as batch:
        batch.drop_column("removed_at")
    with op.batch_alter_table("message_wishes") as batch:
        batch.drop_column("away_from")
    with op.batch_alter_table("specialists") as batch:
        batch.drop_column("leaves_unanswered")
        batch.drop_column("answers_within")
