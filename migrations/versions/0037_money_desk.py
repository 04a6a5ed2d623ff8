"""The desk of money: what one of the staff wants and another agrees to, comparisons, limits by currency."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
OPEN = sa.text("state = 'proposed'")
REASONS = "'not_as_agreed', 'between_them', 'our_mistake', 'the_law', 'kindness', 'other'"


def upgrade() -> None:
    """Nobody has wanted anything yet, and nothing was set."""
    _settings()
    with op.batch_alter_table("money_concerns") as batch:
        batch.add_column(sa.Column("ask_at", INSTANT, nullable=True))
        batch.add_column(sa.Column("asked_at", INSTANT, nullable=True))
    _proposals()
    _runs()


def _settings() -> None:
    """Each has a second person, and a limit may be of one currency; what was set until now holds for all."""
    op.drop_index("ix_money_settings_key", table_name="money_settings")
    with op.batch_alter_table("money_settings") as batch:
        batch.add_column(sa.Column("currency", sa.String(length=3), nullable=False, server_default=""))
        batch.add_column(sa.Column("agreed_by_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_money_settings_agreed_by_id"), "user", ["agreed_by_id"], ["id"])
        batch.drop_constraint(op.f("ck_money_settings_key_known"), type_="check")
        batch.create_check_constraint(
            op.f("ck_money_settings_key_known"), "key IN ('commission', 'two_for_refund', 'payout_least')"
        )
        batch.create_check_constraint(op.f("ck_money_settings_two_people"), "agreed_by_id <> by_id")
        batch.alter_column("currency", server_default=None)
    op.create_index("ix_money_settings_key", "money_settings", ["key", "currency", "from_at", "id"])


def _proposals() -> None:
    """What one wants, and what became of it."""
    op.create_table(
        "money_proposals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("about", sa.String(length=60), nullable=False),
        sa.Column("needs_two", sa.Boolean(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.Column("line_at", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("from_at", INSTANT, nullable=True),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("words_sealed", sa.String(), nullable=True),
        sa.Column("answer_sealed", sa.String(), nullable=True),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("proposed_at", INSTANT, nullable=False),
        sa.Column("lapses_at", INSTANT, nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.Column("code", sa.String(length=22), nullable=False),
        sa.CheckConstraint(
            "kind IN ('refund', 'in_doubt', 'by_hand', 'setting')", name=op.f("ck_money_proposals_kind_known")
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'agreed', 'withdrawn', 'lapsed')", name=op.f("ck_money_proposals_state_known")
        ),
        sa.CheckConstraint(f"reason = '' OR reason IN ({REASONS})", name=op.f("ck_money_proposals_reason")),
        sa.CheckConstraint(
            "state <> 'agreed' OR NOT needs_two OR decided_by_id <> proposed_by_id",
            name=op.f("ck_money_proposals_two_people"),
        ),
        sa.CheckConstraint("(kind = 'setting') = (order_id IS NULL)", name=op.f("ck_money_proposals_about_something")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user.id"], name=op.f("fk_money_proposals_decided_by_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_money_proposals_order_id")),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["user.id"], name=op.f("fk_money_proposals_proposed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_money_proposals")),
        sa.UniqueConstraint("code", name=op.f("uq_money_proposals_code")),
    )
    op.create_index(
        "uq_money_proposals_open",
        "money_proposals",
        ["about"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_index("ix_money_proposals_state", "money_proposals", ["state", "id"])
    op.create_index("ix_money_proposals_order", "money_proposals", ["order_id", "id"])


def _runs() -> None:
    """Comparisons of our books with the card processor's."""
    op.create_table(
        "money_runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("wanted_at", INSTANT, nullable=False),
        sa.Column("wanted_by_id", sa.Integer(), nullable=True),
        sa.Column("done_at", INSTANT, nullable=True),
        sa.Column("faults", JSON, nullable=False),
        sa.Column("sums", JSON, nullable=False),
        sa.Column("asked", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["wanted_by_id"], ["user.id"], name=op.f("fk_money_runs_wanted_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_money_runs")),
    )
    op.create_index("ix_money_runs_done_at", "money_runs", ["done_at", "id"])


def downgrade() -> None:
    """What was wanted is forgotten; what was done stays in the books, and settings that hold for all."""
    op.drop_table("money_runs")
    op.drop_table("money_proposals")
    with op.batch_alter_table("money_concerns") as batch:
        batch.drop_column("asked_at")
        batch.drop_column("ask_at")
    op.execute("DELETE FROM money_settings WHERE key = 'payout_least' OR currency <> ''")
    op.drop_index("ix_money_settings_key", table_name="money_settings")
    with op.batch_alter_table("money_settings") as batch:
        batch.drop_constraint(op.f("ck_money_settings_two_people"), type_="check")
        batch.drop_constraint(op.f("fk_money_settings_agreed_by_id"), type_="foreignkey")
        batch.drop_constraint(op.f("ck_money_settings_key_known"), type_="check")
        batch.create_check_constraint(op.f("ck_money_settings_key_known"), "key IN ('commission', 'two_for_refund')")
        batch.drop_column("agreed_by_id")
        batch.drop_column("currency")
    op.create_index("ix_money_settings_key", "money_settings", ["key", "from_at", "id"])
