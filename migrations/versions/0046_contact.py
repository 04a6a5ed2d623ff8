"""What people write to us: tickets and the messages in them."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
CATEGORIES = "('safety', 'complaint', 'booking', 'payment', 'account', 'press')"
STATES = "('open', 'answered', 'waiting', 'closed', 'reopened')"


def upgrade() -> None:
    """Nobody has written yet."""
    _tickets()
    _messages()


def downgrade() -> None:
    """What was written goes with its tables."""
    op.drop_table("contact_messages")
    op.drop_table("contact_tickets")


def _tickets() -> None:
    op.create_table(
        "contact_tickets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("category", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("about_id", sa.Integer(), nullable=True),
        sa.Column("reference_sealed", sa.String(), nullable=True),
        sa.Column("by_mail", sa.Boolean(), nullable=False),
        sa.Column("form_key", sa.String(length=64), nullable=True),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("waits_since", INSTANT, nullable=True),
        sa.Column("first_answered_at", INSTANT, nullable=True),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("claimed_by_id", sa.Integer(), nullable=True),
        sa.Column("claimed_until", INSTANT, nullable=True),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column("code", sa.String(length=22), nullable=False),
        sa.CheckConstraint(f"category IN {CATEGORIES}", name=op.f("ck_contact_tickets_category_known")),
        sa.CheckConstraint(f"state IN {STATES}", name=op.f("ck_contact_tickets_state_known")),
        sa.CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_contact_tickets_closed_once")),
        sa.CheckConstraint(
            "(state IN ('open', 'reopened')) = (waits_since IS NOT NULL)", name=op.f("ck_contact_tickets_waits_with_us")
        ),
        sa.CheckConstraint(
            "(claimed_by_id IS NULL) = (claimed_until IS NULL)", name=op.f("ck_contact_tickets_claimed_for_a_while")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_contact_tickets_user_id")),
        sa.ForeignKeyConstraint(["about_id"], ["specialists.id"], name=op.f("fk_contact_tickets_about_id")),
        sa.ForeignKeyConstraint(["claimed_by_id"], ["user.id"], name=op.f("fk_contact_tickets_claimed_by_id")),
        sa.ForeignKeyConstraint(["closed_by_id"], ["user.id"], name=op.f("fk_contact_tickets_closed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_tickets")),
        sa.UniqueConstraint("user_id", "form_key", name="uq_contact_tickets_form"),
        sa.UniqueConstraint("code", name=op.f("uq_contact_tickets_code")),
    )
    op.create_index("ix_contact_tickets_queue", "contact_tickets", ["state", "waits_since", "id"])
    op.create_index("ix_contact_tickets_person", "contact_tickets", ["user_id", "id"])
    op.create_index("ix_contact_tickets_answered", "contact_tickets", ["category", "first_answered_at", "id"])
    op.create_index("ix_contact_tickets_about", "contact_tickets", ["about_id"])


def _messages() -> None:
    op.create_table(
        "contact_messages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("whose", sa.String(length=8), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("words_sealed", sa.String(), nullable=True),
        sa.Column("form_key", sa.String(length=64), nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("code", sa.String(length=22), nullable=False),
        sa.CheckConstraint("whose IN ('person', 'staff', 'note')", name=op.f("ck_contact_messages_whose_known")),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["contact_tickets.id"], name=op.f("fk_contact_messages_ticket_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_contact_messages_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_messages")),
        sa.UniqueConstraint("ticket_id", "form_key", name="uq_contact_messages_form"),
        sa.UniqueConstraint("code", name=op.f("uq_contact_messages_code")),
    )
    op.create_index("ix_contact_messages_ticket", "contact_messages", ["ticket_id", "id"])
    op.create_index("ix_contact_messages_by", "contact_messages", ["by_id", "at"])
