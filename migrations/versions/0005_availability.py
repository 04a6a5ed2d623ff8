"""When a specialist is willing to work."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "date_exceptions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("specialist_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("opens", sa.Integer(), nullable=True),
        sa.Column("closes", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "opens IS NULL OR (opens % 5 = 0 AND closes % 5 = 0)", name=op.f("ck_date_exceptions_range_in_fives")
        ),
        sa.CheckConstraint(
            "opens IS NULL OR (opens >= 0 AND opens < closes AND closes <= 2880)",
            name=op.f("ck_date_exceptions_range_ordered"),
        ),
        sa.ForeignKeyConstraint(
            ["specialist_id"], ["specialists.id"], name=op.f("fk_date_exceptions_specialist_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_date_exceptions")),
    )
    op.create_index(op.f("ix_date_exceptions_specialist_id"), "date_exceptions", ["specialist_id"], unique=False)
    op.create_table(
        "schedules",
        sa.Column("specialist_id", sa.Integer(), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("gap_before", sa.Integer(), nullable=False),
        sa.Column("gap_after", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("consult_notice", sa.Integer(), nullable=False),
        sa.Column("session_notice", sa.Integer(), nullable=False),
        sa.Column("consult_horizon", sa.Integer(), nullable=False),
        sa.Column("session_horizon", sa.Integer(), nullable=False),
        sa.Column("daily_cap", sa.Integer(), nullable=True),
        sa.Column("weekly_cap", sa.Integer(), nullable=True),
        sa.Column("weekly_consults", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "gap_after >= 0 AND gap_after % 5 = 0 AND gap_after <= 240", name=op.f("ck_schedules_gap_after_in_fives")
        ),
        sa.CheckConstraint(
            "gap_before >= 0 AND gap_before % 5 = 0 AND gap_before <= 240",
            name=op.f("ck_schedules_gap_before_in_fives"),
        ),
        sa.CheckConstraint("step > 0 AND step % 5 = 0", name=op.f("ck_schedules_step_in_fives")),
        sa.ForeignKeyConstraint(
            ["specialist_id"], ["specialists.id"], name=op.f("fk_schedules_specialist_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("specialist_id", name=op.f("pk_schedules")),
    )
    op.create_table(
        "time_off",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("specialist_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.String(length=80), nullable=False),
        sa.Column("code", sa.String(length=22), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_time_off_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["specialist_id"], ["specialists.id"], name=op.f("fk_time_off_specialist_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_time_off")),
        sa.UniqueConstraint("code", name=op.f("uq_time_off_code")),
    )
    op.create_index(op.f("ix_time_off_specialist_id"), "time_off", ["specialist_id"], unique=False)
    op.create_table(
        "travels",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("specialist_id", sa.Integer(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=True),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=22), nullable=False),
        sa.CheckConstraint("last_on IS NULL OR last_on >= first_on", name=op.f("ck_travels_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["specialist_id"], ["specialists.id"], name=op.f("fk_travels_specialist_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_travels")),
        sa.UniqueConstraint("code", name=op.f("uq_travels_code")),
    )
    op.create_index(op.f("ix_travels_specialist_id"), "travels", ["specialist_id"], unique=False)
    op.create_table(
        "weekly_ranges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("specialist_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("opens", sa.Integer(), nullable=False),
        sa.Column("closes", sa.Integer(), nullable=False),
        sa.CheckConstraint("opens % 5 = 0 AND closes % 5 = 0", name=op.f("ck_weekly_ranges_range_in_fives")),
        sa.CheckConstraint(
            "opens >= 0 AND opens < closes AND closes <= 2880", name=op.f("ck_weekly_ranges_range_ordered")
        ),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_weekly_ranges_weekday_known")),
        sa.ForeignKeyConstraint(
            ["specialist_id"], ["specialists.id"], name=op.f("fk_weekly_ranges_specialist_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_weekly_ranges")),
    )
    op.create_index(op.f("ix_weekly_ranges_specialist_id"), "weekly_ranges", ["specialist_id"], unique=False)


def downgrade() -> None:
    """Take them away again."""
    op.drop_index(op.f("ix_weekly_ranges_specialist_id"), table_name="weekly_ranges")
    op.drop_table("weekly_ranges")
    op.drop_index(op.f("ix_travels_specialist_id"), table_name="travels")
    op.drop_table("travels")
    op.drop_index(op.f("ix_time_off_specialist_id"), table_name="time_off")
    op.drop_table("time_off")
    op.drop_table("schedules")
    op.drop_index(op.f("ix_date_exceptions_specialist_id"), table_name="date_exceptions")
    op.drop_table("date_exceptions")
