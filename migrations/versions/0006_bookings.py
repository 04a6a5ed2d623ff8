"""Appointments, bookings and the time they occupy."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "remembered_answers",
        sa.Column("form_key", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=30), nullable=False),
        sa.Column("target", sa.String(length=120), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("form_key", name=op.f("pk_remembered_answers")),
    )
    op.create_index(op.f("ix_remembered_answers_at"), "remembered_answers", ["at"], unique=False)
    op.create_table(
        "calendar_feeds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("purpose IN ('busy', 'details')", name=op.f("ck_calendar_feeds_purpose_known")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_calendar_feeds_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feeds")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feeds_token_hash")),
    )
    op.create_index(op.f("ix_calendar_feeds_user_id"), "calendar_feeds", ["user_id"], unique=False)
    op.create_index(
        "uq_calendar_feeds_live",
        "calendar_feeds",
        ["user_id", "purpose"],
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_table(
        "appointments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("specialist_id", sa.Integer(), nullable=False),
        sa.Column("offer_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("local_start", sa.String(length=20), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("code", sa.String(length=22), nullable=False),
        sa.CheckConstraint("kind IN ('consult', 'individual')", name=op.f("ck_appointments_kind_known")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_appointments_ends_after_start")),
        sa.ForeignKeyConstraint(["offer_id"], ["offers.id"], name=op.f("fk_appointments_offer_id")),
        sa.ForeignKeyConstraint(["specialist_id"], ["specialists.id"], name=op.f("fk_appointments_specialist_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointments")),
        sa.UniqueConstraint("code", name=op.f("uq_appointments_code")),
    )
    op.create_index("ix_appointments_specialist_start", "appointments", ["specialist_id", "starts_at"], unique=False)
    op.create_table(
        "bookings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("appointment_id", sa.Integer(), nullable=False),
        sa.Column("specialist_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=True),
        sa.Column("person_key", sa.String(length=64), nullable=True),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("claims_pair", sa.Boolean(), nullable=False),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("browser_key", sa.String(length=64), nullable=True),
        sa.Column("network_key", sa.String(length=64), nullable=True),
        sa.Column("form_key", sa.String(length=64), nullable=True),
        sa.Column("client_zone", sa.String(length=64), nullable=False),
        sa.Column("format", sa.String(length=12), nullable=False),
        sa.Column("call_name", sa.String(length=60), nullable=False),
        sa.Column("topics", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("note_sealed", sa.String(), nullable=True),
        sa.Column("shares_note", sa.Boolean(), nullable=False),
        sa.Column("phone_sealed", sa.String(), nullable=True),
        sa.Column("prep_sealed", sa.String(), nullable=True),
        sa.Column("shares_prep", sa.Boolean(), nullable=False),
        sa.Column("with_partner", sa.Boolean(), nullable=False),
        sa.Column("location", sa.String(length=8), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reconfirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("joined_client_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("joined_specialist_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("moves_used", sa.Integer(), nullable=False),
        sa.Column("reason_sealed", sa.String(), nullable=True),
        sa.Column("is_emergency", sa.Boolean(), nullable=False),
        sa.Column("granted_again_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ics_uid", sa.String(length=40), nullable=False),
        sa.Column("ics_sequence", sa.Integer(), nullable=False),
        sa.Column("ics_stamped_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("code", sa.String(length=22), nullable=False),
        sa.CheckConstraint(
            "client_id IS NOT NULL OR state IN ('held', 'expired')", name=op.f("ck_bookings_client_known_once_booked")
        ),
        sa.CheckConstraint("state <> 'held' OR held_until IS NOT NULL", name=op.f("ck_bookings_a_hold_ends")),
        sa.CheckConstraint(
            "state IN ('held', 'confirmed', 'expired', 'undone', 'cancelled_by_client', 'late_released', 'cancelled_by_specialist', 'released', 'completed', 'client_missed', 'specialist_missed', 'tech_failure')",
            name=op.f("ck_bookings_state_known"),
        ),
        sa.ForeignKeyConstraint(["appointment_id"], ["appointments.id"], name=op.f("fk_bookings_appointment_id")),
        sa.ForeignKeyConstraint(["client_id"], ["user.id"], name=op.f("fk_bookings_client_id")),
        sa.ForeignKeyConstraint(["specialist_id"], ["specialists.id"], name=op.f("fk_bookings_specialist_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bookings")),
        sa.UniqueConstraint("code", name=op.f("uq_bookings_code")),
        sa.UniqueConstraint("form_key", name=op.f("uq_bookings_form_key")),
        sa.UniqueConstraint("ics_uid", name=op.f("uq_bookings_ics_uid")),
    )
    op.create_index(op.f("ix_bookings_appointment_id"), "bookings", ["appointment_id"], unique=False)
    op.create_index("ix_bookings_browser", "bookings", ["browser_key"], unique=False)
    op.create_index("ix_bookings_client_state", "bookings", ["client_id", "state"], unique=False)
    op.create_index("ix_bookings_person", "bookings", ["person_key"], unique=False)
    op.create_index(op.f("ix_bookings_specialist_id"), "bookings", ["specialist_id"], unique=False)
    op.create_index("ix_bookings_state_held", "bookings", ["state", "held_until"], unique=False)
    op.create_index(
        "uq_bookings_consult_pair",
        "bookings",
        ["person_key", "specialist_id"],
        unique=True,
        sqlite_where=sa.text("claims_pair = 1"),
        postgresql_where=sa.text("claims_pair"),
    )
    op.create_table(
        "booking_moves",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("before", sa.String(length=24), nullable=False),
        sa.Column("after", sa.String(length=24), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column("starts_before", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["bookings.id"], name=op.f("fk_booking_moves_booking_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_booking_moves_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_moves")),
    )
    op.create_index(op.f("ix_booking_moves_booking_id"), "booking_moves", ["booking_id"], unique=False)
    op.create_table(
        "contests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("words_sealed", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("code", sa.String(length=22), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('open', 'upheld', 'took_place', 'technical', 'other_side')",
            name=op.f("ck_contests_outcome_known"),
        ),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["bookings.id"], name=op.f("fk_contests_booking_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_contests_by_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user.id"], name=op.f("fk_contests_decided_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contests")),
        sa.UniqueConstraint("booking_id", name=op.f("uq_contests_booking_id")),
        sa.UniqueConstraint("code", name=op.f("uq_contests_code")),
    )
    op.create_table(
        "occupancy",
        sa.Column("side", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("owner_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("side IN (0, 1)", name=op.f("ck_occupancy_side_known")),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["bookings.id"], name=op.f("fk_occupancy_booking_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("side", "owner_id", "cell", name=op.f("pk_occupancy")),
    )
    op.create_index(op.f("ix_occupancy_booking_id"), "occupancy", ["booking_id"], unique=False)
    op.create_table(
        "proposals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("starts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lapses_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code", sa.String(length=22), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'accepted', 'declined', 'withdrawn', 'lapsed')", name=op.f("ck_proposals_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["bookings.id"], name=op.f("fk_proposals_booking_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
        sa.UniqueConstraint("code", name=op.f("uq_proposals_code")),
    )
    op.create_index(op.f("ix_proposals_booking_id"), "proposals", ["booking_id"], unique=False)
    op.create_index(
        "uq_proposals_open",
        "proposals",
        ["booking_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "strikes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("specialist_id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waived_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings.id"], name=op.f("fk_strikes_booking_id")),
        sa.ForeignKeyConstraint(["specialist_id"], ["specialists.id"], name=op.f("fk_strikes_specialist_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_strikes")),
        sa.UniqueConstraint("booking_id", name=op.f("uq_strikes_booking_id")),
    )
    op.create_index(op.f("ix_strikes_specialist_id"), "strikes", ["specialist_id"], unique=False)


def downgrade() -> None:
    """Take them away again."""
    op.drop_index(op.f("ix_strikes_specialist_id"), table_name="strikes")
    op.drop_table("strikes")
    op.drop_index(
        "uq_proposals_open",
        table_name="proposals",
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.drop_index(op.f("ix_proposals_booking_id"), table_name="proposals")
    op.drop_table("proposals")
    op.drop_index(op.f("ix_occupancy_booking_id"), table_name="occupancy")
    op.drop_table("occupancy")
    op.drop_table("contests")
    op.drop_index(op.f("ix_booking_moves_booking_id"), table_name="booking_moves")
    op.drop_table("booking_moves")
    op.drop_index(
        "uq_bookings_consult_pair",
        table_name="bookings",
        sqlite_where=sa.text("claims_pair = 1"),
        postgresql_where=sa.text("claims_pair"),
    )
    op.drop_index("ix_bookings_state_held", table_name="bookings")
    op.drop_index(op.f("ix_bookings_specialist_id"), table_name="bookings")
    op.drop_index("ix_bookings_person", table_name="bookings")
    op.drop_index("ix_bookings_client_state", table_name="bookings")
    op.drop_index("ix_bookings_browser", table_name="bookings")
    op.drop_index(op.f("ix_bookings_appointment_id"), table_name="bookings")
    op.drop_table("bookings")
    op.drop_index("ix_appointments_specialist_start", table_name="appointments")
    op.drop_table("appointments")
    op.drop_index(
        "uq_calendar_feeds_live",
        table_name="calendar_feeds",
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.drop_index(op.f("ix_calendar_feeds_user_id"), table_name="calendar_feeds")
    op.drop_table("calendar_feeds")
    op.drop_index(op.f("ix_remembered_answers_at"), table_name="remembered_answers")
    op.drop_table("remembered_answers")
