"""Each dispute of a card holder's bank by itself: there may be several about one payment, and some only ask."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
STATES = "('none', 'inquiry', 'closed', 'open', 'won', 'lost')"
BEFORE = "('none', 'suspected', 'open', 'won', 'lost')"
KNOWN, AMOUNTS = "ck_orders_dispute_known", "ck_orders_amounts_not_negative"


def upgrade() -> None:
    """The one that an order knew of is its first."""
    _table()
    op.execute(
        "INSERT INTO bank_disputes"
        " (order_id, number, name, amount, state, reason, evidence_until, made_at, changed_at)"
        " SELECT id, 1, dispute_name, disputed, dispute, dispute_reason, evidence_until, changed_at, changed_at"
        " FROM orders WHERE dispute IN ('open', 'won', 'lost')"
    )
    op.execute("UPDATE money_operations SET number = 1 WHERE kind = 'evidence'")
    # Whether there is one is read at the card processor now, before a refund waits for its end.
    op.execute("UPDATE orders SET dispute = 'none', state = 'refund_due' WHERE dispute = 'suspected'")
    with op.batch_alter_table("orders") as batch:
        batch.drop_constraint(op.f(KNOWN), type_="check")
        batch.drop_constraint(op.f(AMOUNTS), type_="check")
        for column in ("disputed", "dispute_name", "dispute_reason", "evidence_until"):
            batch.drop_column(column)
    with op.batch_alter_table("orders") as batch:
        batch.create_check_constraint(op.f(KNOWN), f"dispute IN {STATES}")
        batch.create_check_constraint(op.f(AMOUNTS), "paid >= 0 AND returned >= 0 AND loss >= 0")


def downgrade() -> None:
    """The newest of each order is the one that is known; what only asked is forgotten."""
    with op.batch_alter_table("orders") as batch:
        batch.drop_constraint(op.f(KNOWN), type_="check")
        batch.drop_constraint(op.f(AMOUNTS), type_="check")
        batch.add_column(sa.Column("disputed", sa.BigInteger(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("dispute_name", sa.String(length=80), nullable=False, server_default=""))
        batch.add_column(sa.Column("dispute_reason", sa.String(length=60), nullable=False, server_default=""))
        batch.add_column(sa.Column("evidence_until", INSTANT, nullable=True))
    op.execute("DELETE FROM bank_disputes WHERE state IN ('inquiry', 'closed')")
    op.execute("UPDATE orders SET dispute = 'none'")
    op.execute(
        "UPDATE orders SET (dispute, disputed, dispute_name, dispute_reason, evidence_until) ="
        " (SELECT state, amount, name, reason, evidence_until FROM bank_disputes"
        " WHERE order_id = orders.id ORDER BY number DESC LIMIT 1)"
        " WHERE id IN (SELECT order_id FROM bank_disputes)"
    )
    with op.batch_alter_table("orders") as batch:
        for column in ("disputed", "dispute_name", "dispute_reason"):
            batch.alter_column(column, server_default=None)
        batch.create_check_constraint(op.f(KNOWN), f"dispute IN {BEFORE}")
        batch.create_check_constraint(op.f(AMOUNTS), "paid >= 0 AND returned >= 0 AND disputed >= 0 AND loss >= 0")
    op.drop_table("bank_disputes")


def _table() -> None:
    op.create_table(
        "bank_disputes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column("evidence_until", INSTANT, nullable=True),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.CheckConstraint(f"state IN {STATES}", name=op.f("ck_bank_disputes_state_known")),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_bank_disputes_amount_not_negative")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_bank_disputes_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_disputes")),
        sa.UniqueConstraint("order_id", "number", name=op.f("uq_bank_disputes_order_id_number")),
    )
    op.create_index("ix_bank_disputes_name", "bank_disputes", ["name"])
    op.create_index("ix_bank_disputes_state", "bank_disputes", ["state", "id"])
