"""Orders, refunds, transfers and payouts; what the card processor is to be told, and what it told us."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TABLES = (
    "orders",
    "order_lines",
    "refunds",
    "payee_accounts",
    "payouts",
    "money_operations",
    "stripe_events",
    "money_concerns",
    "money_settings",
)


def upgrade() -> None:
    """Nothing has been sold yet."""
    _orders()
    _order_lines()
    _refunds()
    _payee_accounts()
    _payouts()
    _money_operations()
    _stripe_events()
    _money_concerns()
    _money_settings()


def _orders() -> None:
    """What is bought and paid at once, with all that decides about it."""
    op.create_table(
        "orders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("buyer_id", sa.Integer(), nullable=True),
        sa.Column("person_key", sa.String(length=64), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("checkout", sa.String(length=10), nullable=False),
        sa.Column("payment", sa.String(length=10), nullable=False),
        sa.Column("charge", sa.String(length=80), nullable=False),
        sa.Column("paid", sa.BigInteger(), nullable=False),
        sa.Column("paid_in", sa.String(length=3), nullable=False),
        sa.Column("returned", sa.BigInteger(), nullable=False),
        sa.Column("dispute", sa.String(length=10), nullable=False),
        sa.Column("disputed", sa.BigInteger(), nullable=False),
        sa.Column("loss", sa.BigInteger(), nullable=False),
        sa.Column("losses", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("page", sa.String(length=80), nullable=False),
        sa.Column("page_ends_at", INSTANT, nullable=True),
        sa.Column("intent", sa.String(length=80), nullable=False),
        sa.Column("dispute_name", sa.String(length=80), nullable=False),
        sa.Column("dispute_reason", sa.String(length=60), nullable=False),
        sa.Column("evidence_until", INSTANT, nullable=True),
        sa.Column("hold_until", INSTANT, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("paid_at", INSTANT, nullable=True),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("looked_at", INSTANT, nullable=True),
        sa.Column("code", sa.String(length=22), nullable=False),
        sa.CheckConstraint(
            "checkout IN ('asked', 'open', 'ending', 'ended', 'refused', 'complete')",
            name=op.f("ck_orders_checkout_known"),
        ),
        sa.CheckConstraint(
            "dispute IN ('none', 'suspected', 'open', 'won', 'lost')", name=op.f("ck_orders_dispute_known")
        ),
        sa.CheckConstraint(
            "payment IN ('awaited', 'processing', 'paid', 'failed', 'in_doubt')", name=op.f("ck_orders_payment_known")
        ),
        sa.CheckConstraint(
            "payment NOT IN ('paid', 'in_doubt') OR paid_in <> ''", name=op.f("ck_orders_paid_in_something")
        ),
        sa.CheckConstraint(
            (
                "state IN ('created', 'session_open', 'processing', 'paid', 'expired', 'failed', "
                "'refund_due', 'partially_refunded', 'refunded', 'disputed', 'dispute_won', "
                "'dispute_lost')"
            ),
            name=op.f("ck_orders_state_known"),
        ),
        sa.CheckConstraint(
            "paid >= 0 AND returned >= 0 AND disputed >= 0 AND loss >= 0", name=op.f("ck_orders_amounts_not_negative")
        ),
        sa.ForeignKeyConstraint(["buyer_id"], ["user.id"], name=op.f("fk_orders_buyer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
        sa.UniqueConstraint("code", name=op.f("uq_orders_code")),
    )
    op.create_index("ix_orders_buyer", "orders", ["buyer_id", "id"])
    op.create_index("ix_orders_checkout", "orders", ["checkout", "payment", "hold_until"])
    op.create_index("ix_orders_intent", "orders", ["intent"])
    op.create_index("ix_orders_page", "orders", ["page"])
    op.create_index("ix_orders_state", "orders", ["state", "id"])


def _order_lines() -> None:
    """Each thing in it, and what its payee gets."""
    op.create_table(
        "order_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.Column("subject_kind", sa.String(length=20), nullable=False),
        sa.Column("subject_code", sa.String(length=22), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("payee_id", sa.Integer(), nullable=False),
        sa.Column("payee_code", sa.String(length=22), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("rate", sa.Integer(), nullable=False),
        sa.Column("seat", sa.String(length=10), nullable=False),
        sa.Column("back", sa.BigInteger(), nullable=False),
        sa.Column("kept", sa.BigInteger(), nullable=False),
        sa.Column("ripe", sa.Boolean(), nullable=False),
        sa.Column("frozen", sa.Boolean(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("asked", sa.BigInteger(), nullable=False),
        sa.Column("sent", sa.BigInteger(), nullable=False),
        sa.Column("taking", sa.BigInteger(), nullable=False),
        sa.Column("taken", sa.BigInteger(), nullable=False),
        sa.Column("debt", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("ripe_at", INSTANT, nullable=True),
        sa.Column("code", sa.String(length=22), nullable=False),
        sa.CheckConstraint("seat IN ('held', 'taken', 'released', 'given_up')", name=op.f("ck_order_lines_seat_known")),
        sa.CheckConstraint(
            "price >= 0 AND back >= 0 AND back <= price AND kept >= 0 AND kept <= price",
            name=op.f("ck_order_lines_amounts"),
        ),
        sa.CheckConstraint("rate >= 0 AND rate <= 10000", name=op.f("ck_order_lines_rate")),
        sa.CheckConstraint("sent >= 0 AND taken >= 0 AND taken <= sent", name=op.f("ck_order_lines_taken_of_sent")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_lines_order_id")),
        sa.ForeignKeyConstraint(["payee_id"], ["user.id"], name=op.f("fk_order_lines_payee_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_lines")),
        sa.UniqueConstraint("code", name=op.f("uq_order_lines_code")),
        sa.UniqueConstraint("order_id", "at", name=op.f("uq_order_lines_order_id_at")),
    )
    op.create_index("ix_order_lines_payee", "order_lines", ["payee_code", "id"])
    op.create_index("ix_order_lines_ripe_at", "order_lines", ["ripe", "ripe_at"])
    op.create_index("ix_order_lines_subject", "order_lines", ["subject_kind", "subject_code"])


def _refunds() -> None:
    """Money back to clients."""
    op.create_table(
        "refunds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "state IN ('requested', 'sent', 'succeeded', 'refused', 'failed', 'manual')",
            name=op.f("ck_refunds_state_known"),
        ),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_refunds_amount_not_negative")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_refunds_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refunds")),
        sa.UniqueConstraint("order_id", "number", name=op.f("uq_refunds_order_id_number")),
    )
    op.create_index("ix_refunds_state", "refunds", ["state", "id"])


def _payee_accounts() -> None:
    """Payees' accounts at the card processor."""
    op.create_table(
        "payee_accounts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("payee_id", sa.Integer(), nullable=False),
        sa.Column("payee_code", sa.String(length=22), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("pays_out", sa.Boolean(), nullable=False),
        sa.Column("by_hand", sa.Boolean(), nullable=False),
        sa.Column("requirements", JSON, nullable=False),
        sa.Column("until_at", INSTANT, nullable=True),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=True),
        sa.Column("run_at", INSTANT, nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("code", sa.String(length=22), nullable=False),
        sa.ForeignKeyConstraint(["payee_id"], ["user.id"], name=op.f("fk_payee_accounts_payee_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payee_accounts")),
        sa.UniqueConstraint("code", name=op.f("uq_payee_accounts_code")),
    )
    op.create_index("ix_payee_accounts_name", "payee_accounts", ["name"])
    op.create_index("ix_payee_accounts_payee", "payee_accounts", ["payee_id", "id"])
    op.create_index(
        "uq_payee_accounts_current",
        "payee_accounts",
        ["payee_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def _payouts() -> None:
    """From a payee's balance to their bank."""
    op.create_table(
        "payouts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("payee_id", sa.Integer(), nullable=False),
        sa.Column("payee_code", sa.String(length=22), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("failure", sa.String(length=60), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("arrives_at", INSTANT, nullable=True),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("code", sa.String(length=22), nullable=False),
        sa.CheckConstraint("state IN ('pending', 'in_payout', 'paid', 'failed')", name=op.f("ck_payouts_state_known")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payouts_is_an_amount")),
        sa.ForeignKeyConstraint(["account_id"], ["payee_accounts.id"], name=op.f("fk_payouts_account_id")),
        sa.ForeignKeyConstraint(["payee_id"], ["user.id"], name=op.f("fk_payouts_payee_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payouts")),
        sa.UniqueConstraint("code", name=op.f("uq_payouts_code")),
    )
    op.create_index("ix_payouts_name", "payouts", ["name"])
    op.create_index("ix_payouts_payee", "payouts", ["payee_code", "id"])
    op.create_index("ix_payouts_state", "payouts", ["state", "id"])


def _money_operations() -> None:
    """What the card processor is to be told: the key of each is told with it."""
    op.create_table(
        "money_operations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.Column("line_at", sa.Integer(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("payout_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("made", sa.String(length=80), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("tried_at", INSTANT, nullable=True),
        sa.Column("done_at", INSTANT, nullable=True),
        sa.Column("dropped_at", INSTANT, nullable=True),
        sa.Column("last_error", sa.String(length=200), nullable=False),
        sa.Column("code", sa.String(length=22), nullable=False),
        sa.Column("lease_token", sa.String(length=22), nullable=True),
        sa.Column("leased_until", sa.Float(), nullable=True),
        sa.CheckConstraint(
            (
                "kind IN ('open_checkout', 'end_checkout', 'refund', 'transfer', 'reversal', "
                "'open_account', 'payouts_by_hand', 'payout')"
            ),
            name=op.f("ck_money_operations_kind_known"),
        ),
        sa.CheckConstraint("done_at IS NULL OR dropped_at IS NULL", name=op.f("ck_money_operations_ends_once")),
        sa.ForeignKeyConstraint(["account_id"], ["payee_accounts.id"], name=op.f("fk_money_operations_account_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_money_operations_order_id")),
        sa.ForeignKeyConstraint(["payout_id"], ["payouts.id"], name=op.f("fk_money_operations_payout_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_money_operations")),
        sa.UniqueConstraint("code", name=op.f("uq_money_operations_code")),
        sa.UniqueConstraint("key", name=op.f("uq_money_operations_key")),
    )
    op.create_index(op.f("ix_money_operations_account_id"), "money_operations", ["account_id"])
    op.create_index(
        "ix_money_operations_due",
        "money_operations",
        ["due_at"],
        sqlite_where=sa.text("done_at IS NULL AND dropped_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL AND dropped_at IS NULL"),
    )
    op.create_index("ix_money_operations_order", "money_operations", ["order_id", "kind", "id"])
    op.create_index(op.f("ix_money_operations_payout_id"), "money_operations", ["payout_id"])


def _stripe_events() -> None:
    """Its messages: each is stored once."""
    op.create_table(
        "stripe_events",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("type", sa.String(length=100), nullable=False),
        sa.Column("object", sa.String(length=80), nullable=False),
        sa.Column("order_code", sa.String(length=80), nullable=False),
        sa.Column("account", sa.String(length=80), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("processed_at", INSTANT, nullable=True),
        sa.Column("last_error", sa.String(length=200), nullable=False),
        sa.Column("lease_token", sa.String(length=22), nullable=True),
        sa.Column("leased_until", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stripe_events")),
    )
    op.create_index(
        "ix_stripe_events_due",
        "stripe_events",
        ["due_at"],
        sqlite_where=sa.text("processed_at IS NULL"),
        postgresql_where=sa.text("processed_at IS NULL"),
    )
    op.create_index("ix_stripe_events_received_at", "stripe_events", ["received_at"])


def _money_concerns() -> None:
    """What staff look at."""
    op.create_table(
        "money_concerns",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("detail", sa.String(length=200), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column("closed_because_sealed", sa.String(), nullable=True),
        sa.Column("code", sa.String(length=22), nullable=False),
        sa.CheckConstraint(
            (
                "kind IN ('wrong_mode', 'wrong_amount', 'wrong_currency', 'wrong_checkout', "
                "'checkout_refused', 'paid_twice', 'confirmed_late', 'refund_failed', "
                "'refund_refused', 'refund_outside', 'dispute', 'debt', 'unknown_order', "
                "'unknown_amount', 'stuck', 'payout_refused')"
            ),
            name=op.f("ck_money_concerns_kind_known"),
        ),
        sa.ForeignKeyConstraint(["closed_by_id"], ["user.id"], name=op.f("fk_money_concerns_closed_by_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_money_concerns_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_money_concerns")),
        sa.UniqueConstraint("code", name=op.f("uq_money_concerns_code")),
    )
    op.create_index("ix_money_concerns_open", "money_concerns", ["closed_at", "id"])
    op.create_index("ix_money_concerns_order", "money_concerns", ["order_id"])


def _money_settings() -> None:
    """The commission and limits, with their history."""
    op.create_table(
        "money_settings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=20), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("from_at", INSTANT, nullable=False),
        sa.Column("because", sa.String(length=200), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.CheckConstraint("key IN ('commission', 'two_for_refund')", name=op.f("ck_money_settings_key_known")),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_money_settings_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_money_settings")),
    )
    op.create_index("ix_money_settings_key", "money_settings", ["key", "from_at", "id"])


def downgrade() -> None:
    """What was sold is forgotten; the ledger keeps what moved."""
    for table in reversed(TABLES):
        op.drop_table(table)
