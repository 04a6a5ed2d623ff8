"""Disputes, cases of safety, and what card holders' banks are shown."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
SIDES = "('client', 'specialist')"
STATES = "('awaiting_reply', 'in_mediation', 'decided', 'appealed', 'closed')"
TABLES = ("disputes", "dispute_statements", "dispute_rulings", "safety_cases", "dispute_evidence")
KIND = "ck_money_operations_kind_known"
KINDS = (
    *("open_checkout", "end_checkout", "refund", "transfer", "reversal"),
    *("open_account", "payouts_by_hand", "payout"),
)


def upgrade() -> None:
    """Nobody has opened one yet."""
    _kinds(*KINDS, "evidence")
    _disputes()
    _statements()
    _rulings()
    _cases()
    _evidence()


def downgrade() -> None:
    """What was written and decided goes with its tables; what was told to the card processor is forgotten."""
    for table in reversed(TABLES):
        op.drop_table(table)
    op.execute("DELETE FROM money_operations WHERE kind = 'evidence'")
    _kinds(*KINDS)


def _kinds(*kinds: str) -> None:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    with op.batch_alter_table("money_operations") as batch:
        batch.drop_constraint(op.f(KIND), type_="check")
    with op.batch_alter_table("money_operations") as batch:
        batch.create_check_constraint(op.f(KIND), f"kind IN ({listed})")


def _disputes() -> None:
    op.create_table(
        "disputes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("wish", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=True),
        sa.Column("shows_client", sa.Boolean(), nullable=False),
        sa.Column("client_accepted_at", INSTANT, nullable=True),
        sa.Column("specialist_accepted_at", INSTANT, nullable=True),
        sa.Column("appealed_by", sa.String(length=10), nullable=True),
        sa.Column("appealed_at", INSTANT, nullable=True),
        sa.Column("ending", sa.String(length=10), nullable=True),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.Column("code", sa.String(length=22), nullable=False),
        sa.CheckConstraint(
            "reason IN ('not_there', 'late_or_short', 'technical', 'conduct', 'other')",
            name=op.f("ck_disputes_reason_known"),
        ),
        sa.CheckConstraint("wish IN ('unsure', 'part', 'all')", name=op.f("ck_disputes_wish_known")),
        sa.CheckConstraint(f"state IN {STATES}", name=op.f("ck_disputes_state_known")),
        sa.CheckConstraint(
            "ending IN ('decided', 'withdrawn', 'given', 'returned', 'by_bank')",
            name=op.f("ck_disputes_ending_known"),
        ),
        sa.CheckConstraint(f"appealed_by IN {SIDES}", name=op.f("ck_disputes_appealed_by_known")),
        sa.CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_disputes_closed_once")),
        sa.CheckConstraint("(state = 'closed') = (ending IS NOT NULL)", name=op.f("ck_disputes_ends_somehow")),
        sa.CheckConstraint(
            "(due_at IS NOT NULL) = (state IN ('awaiting_reply', 'decided'))",
            name=op.f("ck_disputes_due_while_it_waits"),
        ),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["bookings.id"], name=op.f("fk_disputes_booking_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disputes")),
        sa.UniqueConstraint("booking_id", name=op.f("uq_disputes_booking_id")),
        sa.UniqueConstraint("code", name=op.f("uq_disputes_code")),
    )
    op.create_index("ix_disputes_state", "disputes", ["state", "due_at", "id"])


def _statements() -> None:
    op.create_table(
        "dispute_statements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dispute_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(length=10), nullable=False),
        sa.Column("words_sealed", sa.String(), nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("code", sa.String(length=22), nullable=False),
        sa.CheckConstraint(f"side IN {SIDES}", name=op.f("ck_dispute_statements_side_known")),
        sa.ForeignKeyConstraint(
            ["dispute_id"], ["disputes.id"], name=op.f("fk_dispute_statements_dispute_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_statements")),
        sa.UniqueConstraint("code", name=op.f("uq_dispute_statements_code")),
    )
    op.create_index("ix_dispute_statements_dispute", "dispute_statements", ["dispute_id", "id"])


def _rulings() -> None:
    op.create_table(
        "dispute_rulings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dispute_id", sa.Integer(), nullable=False),
        sa.Column("is_appeal", sa.Boolean(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("reason_sealed", sa.String(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("agreed_by_id", sa.Integer(), nullable=True),
        sa.Column("second_at", INSTANT, nullable=True),
        sa.Column("code", sa.String(length=22), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'in_force', 'declined')", name=op.f("ck_dispute_rulings_state_known")),
        sa.CheckConstraint("percent BETWEEN 0 AND 100", name=op.f("ck_dispute_rulings_part_of_whole")),
        sa.CheckConstraint(
            "agreed_by_id IS NULL OR agreed_by_id <> by_id OR state = 'declined'",
            name=op.f("ck_dispute_rulings_two_people"),
        ),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_dispute_rulings_by_id")),
        sa.ForeignKeyConstraint(["agreed_by_id"], ["user.id"], name=op.f("fk_dispute_rulings_agreed_by_id")),
        sa.ForeignKeyConstraint(
            ["dispute_id"], ["disputes.id"], name=op.f("fk_dispute_rulings_dispute_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_rulings")),
        sa.UniqueConstraint("code", name=op.f("uq_dispute_rulings_code")),
    )
    counts = sa.text("state <> 'declined'")
    op.create_index(
        "uq_dispute_rulings_one",
        "dispute_rulings",
        ["dispute_id", "is_appeal"],
        unique=True,
        sqlite_where=counts,
        postgresql_where=counts,
    )


def _cases() -> None:
    op.create_table(
        "safety_cases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=True),
        sa.Column("words_sealed", sa.String(), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("answer_sealed", sa.String(), nullable=True),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column("code", sa.String(length=22), nullable=False),
        sa.CheckConstraint("state IN ('open', 'closed')", name=op.f("ck_safety_cases_state_known")),
        sa.CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_safety_cases_closed_once")),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["bookings.id"], name=op.f("fk_safety_cases_booking_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["client_id"], ["user.id"], name=op.f("fk_safety_cases_client_id")),
        sa.ForeignKeyConstraint(["closed_by_id"], ["user.id"], name=op.f("fk_safety_cases_closed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_safety_cases")),
        sa.UniqueConstraint("code", name=op.f("uq_safety_cases_code")),
    )
    is_open = sa.text("state = 'open'")
    op.create_index(
        "uq_safety_cases_open",
        "safety_cases",
        ["booking_id"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    op.create_index("ix_safety_cases_state", "safety_cases", ["state", "id"])
    op.create_index("ix_safety_cases_booking", "safety_cases", ["booking_id"])
    op.create_index("ix_safety_cases_client", "safety_cases", ["client_id"])


def _evidence() -> None:
    op.create_table(
        "dispute_evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("dispute_name", sa.String(length=80), nullable=False),
        sa.Column("by_code", sa.String(length=22), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("sent_at", INSTANT, nullable=True),
        sa.Column("refused_at", INSTANT, nullable=True),
        sa.Column("parts_sealed", sa.String(), nullable=False),
        sa.Column("code", sa.String(length=22), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_dispute_evidence_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_evidence")),
        sa.UniqueConstraint("code", name=op.f("uq_dispute_evidence_code")),
        sa.UniqueConstraint("dispute_name", name=op.f("uq_dispute_evidence_dispute_name")),
    )
    op.create_index("ix_dispute_evidence_order", "dispute_evidence", ["order_id"])
