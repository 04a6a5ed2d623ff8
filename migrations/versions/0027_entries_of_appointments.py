"""A specialist's calendar entry is held for the appointment, a client's for their booking."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

NOW = sa.text("let_go_at IS NULL")
# Nobody could book a group so far, so each appointment has the entries of one booking.
TO_APPOINTMENTS = """
    UPDATE entry_holders
    SET appointment_id = (SELECT b.appointment_id FROM bookings b WHERE b.id = entry_holders.booking_id)
    WHERE side = 'specialist'
"""
BACK_TO_BOOKINGS = """
    UPDATE entry_holders
    SET side = 'specialist',
        booking_id = (SELECT max(b.id) FROM bookings b WHERE b.appointment_id = entry_holders.appointment_id)
    WHERE appointment_id IS NOT NULL
"""


def upgrade() -> None:
    """What stands in calendars by now stays there, under its name."""
    op.drop_index("uq_entry_holders_now", table_name="entry_holders")
    with op.batch_alter_table("entry_holders") as batch:
        batch.drop_constraint(op.f("uq_entry_holders_booking_id_side_mailbox"), type_="unique")
        batch.drop_constraint(op.f("ck_entry_holders_side_known"), type_="check")
        batch.add_column(sa.Column("appointment_id", sa.Integer(), nullable=True))
        batch.alter_column("booking_id", existing_type=sa.Integer(), nullable=True)
    op.execute(TO_APPOINTMENTS)
    op.execute("UPDATE entry_holders SET booking_id = NULL WHERE side = 'specialist'")
    with op.batch_alter_table("entry_holders") as batch:
        batch.drop_column("side")
        batch.create_check_constraint(
            op.f("ck_entry_holders_whose"), "(booking_id IS NULL) <> (appointment_id IS NULL)"
        )
        batch.create_foreign_key(
            op.f("fk_entry_holders_appointment_id"), "appointments", ["appointment_id"], ["id"], ondelete="CASCADE"
        )
        for column in ("booking_id", "appointment_id"):
            batch.create_unique_constraint(op.f(f"uq_entry_holders_{column}_mailbox"), [column, "mailbox"])
    _one_now("uq_entry_holders_clients_now", ["booking_id"])
    _one_now("uq_entry_holders_specialists_now", ["appointment_id"])


def downgrade() -> None:
    """One booking an appointment again."""
    op.drop_index("uq_entry_holders_clients_now", table_name="entry_holders")
    op.drop_index("uq_entry_holders_specialists_now", table_name="entry_holders")
    with op.batch_alter_table("entry_holders") as batch:
        for column in ("booking_id", "appointment_id"):
            batch.drop_constraint(op.f(f"uq_entry_holders_{column}_mailbox"), type_="unique")
        batch.drop_constraint(op.f("fk_entry_holders_appointment_id"), type_="foreignkey")
        batch.drop_constraint(op.f("ck_entry_holders_whose"), type_="check")
        batch.add_column(sa.Column("side", sa.String(length=10), nullable=False, server_default="client"))
    op.execute(BACK_TO_BOOKINGS)
    with op.batch_alter_table("entry_holders") as batch:
        batch.drop_column("appointment_id")
        batch.alter_column("booking_id", existing_type=sa.Integer(), nullable=False)
        batch.alter_column("side", existing_type=sa.String(length=10), server_default=None)
        batch.create_check_constraint(op.f("ck_entry_holders_side_known"), "side IN ('client', 'specialist')")
        batch.create_unique_constraint(
            op.f("uq_entry_holders_booking_id_side_mailbox"), ["booking_id", "side", "mailbox"]
        )
    _one_now("uq_entry_holders_now", ["booking_id", "side"])


def _one_now(name: str, columns: list[str]) -> None:
    op.create_index(name, "entry_holders", columns, unique=True, sqlite_where=NOW, postgresql_where=NOW)
