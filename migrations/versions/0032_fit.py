"""What two people decide after a consultation, suggestions of colleagues, and consultations that count towards nothing."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

CHOICES = "choice IN ('need_time', 'yes', 'not_now', 'not_a_fit', 'refer')"
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Nobody has decided anything yet, and everything that is booked counts as it did."""
    with op.batch_alter_table("bookings") as batch:
        batch.add_column(sa.Column("is_referred", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("bookings") as batch:
        batch.alter_column("is_referred", server_default=None)
    _exemptions()
    _choices()
    _partners()
    _requests()
    _referrals()
    _texts()


def _exemptions() -> None:
    op.create_table(
        "exemptions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_key", sa.String(length=64), nullable=False),
        sa.Column("specialist_id", sa.Integer(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["specialist_id"], ["specialists.id"], name=op.f("fk_exemptions_specialist_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exemptions")),
        sa.UniqueConstraint("person_key", "specialist_id", name=op.f("uq_exemptions_person_key_specialist_id")),
    )
    op.create_index(op.f("ix_exemptions_specialist_id"), "exemptions", ["specialist_id"], unique=False)


def _choices() -> None:
    op.create_table(
        "fit_choices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("party", sa.String(length=12), nullable=False),
        sa.Column("choice", sa.String(length=12), nullable=False),
        sa.Column("decided_at", INSTANT, nullable=False),
        sa.Column("revisit_on", sa.Date(), nullable=True),
        sa.Column("reason_sealed", sa.String(), nullable=True),
        sa.Column("shares_reason", sa.Boolean(), nullable=False),
        sa.Column("text_key", sa.String(length=30), nullable=False),
        sa.Column("code", sa.String(length=22), nullable=False),
        sa.CheckConstraint("party IN ('client', 'partner', 'specialist')", name=op.f("ck_fit_choices_party_known")),
        sa.CheckConstraint(CHOICES, name=op.f("ck_fit_choices_choice_known")),
        sa.CheckConstraint(
            "choice <> 'refer' OR party = 'specialist'", name=op.f("ck_fit_choices_only_specialists_refer")
        ),
        sa.CheckConstraint(
            "choice <> 'not_now' OR party <> 'specialist'", name=op.f("ck_fit_choices_not_now_is_a_clients")
        ),
        sa.CheckConstraint(
            "revisit_on IS NULL OR choice = 'need_time'", name=op.f("ck_fit_choices_revisits_with_time")
        ),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["bookings.id"], name=op.f("fk_fit_choices_booking_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fit_choices")),
        sa.UniqueConstraint("booking_id", "party", name=op.f("uq_fit_choices_booking_id_party")),
        sa.UniqueConstraint("code", name=op.f("uq_fit_choices_code")),
    )
    op.create_index("ix_fit_choices_revisit", "fit_choices", ["revisit_on"], unique=False)


def _partners() -> None:
    op.create_table(
        "fit_partners",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("joined_at", INSTANT, nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["bookings.id"], name=op.f("fk_fit_partners_booking_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_fit_partners_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fit_partners")),
        sa.UniqueConstraint("booking_id", name=op.f("uq_fit_partners_booking_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_fit_partners_token_hash")),
    )
    op.create_index(op.f("ix_fit_partners_user_id"), "fit_partners", ["user_id"], unique=False)


def _requests() -> None:
    op.create_table(
        "fit_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("answered_at", INSTANT, nullable=True),
        sa.Column("code", sa.String(length=22), nullable=False),
        sa.CheckConstraint("state IN ('open', 'agreed', 'declined')", name=op.f("ck_fit_requests_state_known")),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["bookings.id"], name=op.f("fk_fit_requests_booking_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fit_requests")),
        sa.UniqueConstraint("code", name=op.f("uq_fit_requests_code")),
    )
    op.create_index("ix_fit_requests_booking", "fit_requests", ["booking_id"], unique=False)
    _one("uq_fit_requests_open", "fit_requests", "state = 'open'")


def _referrals() -> None:
    op.create_table(
        "referrals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("from_specialist_id", sa.Integer(), nullable=False),
        sa.Column("to_specialist_id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("has_interest", sa.Boolean(), nullable=False),
        sa.Column("draft_sealed", sa.String(), nullable=True),
        sa.Column("handover_sealed", sa.String(), nullable=True),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("answered_at", INSTANT, nullable=True),
        sa.Column("code", sa.String(length=22), nullable=False),
        sa.CheckConstraint(
            "state IN ('offered', 'accepted', 'declined', 'lapsed')", name=op.f("ck_referrals_state_known")
        ),
        sa.CheckConstraint("from_specialist_id <> to_specialist_id", name=op.f("ck_referrals_to_somebody_else")),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["bookings.id"], name=op.f("fk_referrals_booking_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["from_specialist_id"], ["specialists.id"], name=op.f("fk_referrals_from_specialist_id")
        ),
        sa.ForeignKeyConstraint(["to_specialist_id"], ["specialists.id"], name=op.f("fk_referrals_to_specialist_id")),
        sa.ForeignKeyConstraint(["client_id"], ["user.id"], name=op.f("fk_referrals_client_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referrals")),
        sa.UniqueConstraint("booking_id", "to_specialist_id", name=op.f("uq_referrals_booking_id_to_specialist_id")),
        sa.UniqueConstraint("code", name=op.f("uq_referrals_code")),
    )
    op.create_index(op.f("ix_referrals_to_specialist_id"), "referrals", ["to_specialist_id"], unique=False)
    op.create_index("ix_referrals_pair", "referrals", ["client_id", "to_specialist_id"], unique=False)
    op.create_index("ix_referrals_from", "referrals", ["from_specialist_id"], unique=False)
    _one("uq_referrals_accepted", "referrals", "state = 'accepted'")


def _texts() -> None:
    op.create_table(
        "fit_texts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=30), nullable=False),
        sa.Column("text", sa.String(length=400), nullable=False),
        sa.Column("because", sa.String(length=200), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_fit_texts_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fit_texts")),
    )
    op.create_index("ix_fit_texts_key", "fit_texts", ["key", "id"], unique=False)


def _one(name: str, table: str, where: str) -> None:
    """One row of such a state for each booking."""
    clause = sa.text(where)
    op.create_index(name, table, ["booking_id"], unique=True, sqlite_where=clause, postgresql_where=clause)


def downgrade() -> None:
    """All of it goes; consultations that counted towards nothing count again."""
    for table in ("fit_texts", "referrals", "fit_requests", "fit_partners", "fit_choices", "exemptions"):
        op.drop_table(table)
    with op.batch_alter_table("bookings") as batch:
        batch.drop_column("is_referred")
