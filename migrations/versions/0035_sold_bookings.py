"""What was agreed when a booking was sold: its price, its cancel rule, and what the law lets its client do."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

COLUMNS = ("price_amount", "price_currency", "cancel_rule", "can_withdraw", "is_express", "forgiven_at", "returned_why")
CHECKS = {
    "sold_whole": "(price_amount IS NULL) = (price_currency IS NULL) AND (price_amount IS NULL) = (cancel_rule IS NULL)",
    "price_not_negative": "price_amount >= 0",
    "express_within_withdrawal": "can_withdraw OR NOT is_express",
}


def upgrade() -> None:
    """Whatever was booked until now was free."""
    with op.batch_alter_table("bookings") as batch:
        batch.add_column(sa.Column("price_amount", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("price_currency", sa.String(length=3), nullable=True))
        batch.add_column(sa.Column("cancel_rule", sa.String(length=40), nullable=True))
        batch.add_column(sa.Column("can_withdraw", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("is_express", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("forgiven_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("returned_why", sa.String(length=24), nullable=True))
    with op.batch_alter_table("bookings") as batch:
        batch.alter_column("can_withdraw", server_default=None)
        batch.alter_column("is_express", server_default=None)
        for name, condition in CHECKS.items():
            batch.create_check_constraint(op.f(f"ck_bookings_{name}"), condition)


def downgrade() -> None:
    """What was paid stays in its orders; bookings no longer say it."""
    with op.batch_alter_table("bookings") as batch:
        for name in CHECKS:
            batch.drop_constraint(op.f(f"ck_bookings_{name}"), type_="check")
        for column in COLUMNS:
            batch.drop_column(column)
