"""The specialist's time and calendar entry belong to the appointment, the client's to the booking; places have numbers."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

KINDS = {"before": "kind IN ('consult', 'individual')", "after": "kind IN ('consult', 'individual', 'group')"}
WHOSE = (
    "(side = 0 AND appointment_id IS NOT NULL AND booking_id IS NULL)"
    " OR (side = 1 AND appointment_id IS NULL AND booking_id IS NOT NULL)"
)
HAS_PLACE = "state NOT IN ('held', 'confirmed') OR place IS NOT NULL"
# Whoever has an appointment, or had it, keeps its place; whoever gave it back has none.
PLACED = """
    UPDATE bookings SET place = 1
    WHERE state IN ('held', 'confirmed', 'completed', 'client_missed', 'specialist_missed', 'tech_failure')
"""
ENTRIES = """
    UPDATE appointments SET
        ics_uid = (SELECT max(b.ics_uid) FROM bookings b WHERE b.appointment_id = appointments.id),
        ics_sequence = (SELECT max(b.ics_sequence) FROM bookings b WHERE b.appointment_id = appointments.id),
        ics_stamped_at = (SELECT max(b.ics_stamped_at) FROM bookings b WHERE b.appointment_id = appointments.id)
    WHERE id IN (SELECT appointment_id FROM bookings)
"""
TO_APPOINTMENTS = """
    UPDATE occupancy
    SET appointment_id = (SELECT b.appointment_id FROM bookings b WHERE b.id = occupancy.booking_id)
    WHERE side = 0
"""
BACK_TO_BOOKINGS = """
    UPDATE occupancy
    SET booking_id = (
        SELECT max(b.id) FROM bookings b WHERE b.appointment_id = occupancy.appointment_id AND b.place IS NOT NULL
    )
    WHERE side = 0
"""


def upgrade() -> None:
    """Every appointment has one place so far, and the entry that both sides have by now stays what it is."""
    _know_kinds("after")
    _give_entries_to_appointments()
    with op.batch_alter_table("bookings") as batch:
        batch.add_column(sa.Column("place", sa.Integer(), nullable=True))
    op.execute(PLACED)
    with op.batch_alter_table("bookings") as batch:
        batch.create_check_constraint(op.f("ck_bookings_has_a_place"), HAS_PLACE)
        batch.create_unique_constraint(op.f("uq_bookings_appointment_id_place"), ["appointment_id", "place"])
    _give_cells_to_appointments()
    _take_the_time_of_clients_who_hold()


def _give_entries_to_appointments() -> None:
    with op.batch_alter_table("appointments") as batch:
        batch.add_column(sa.Column("capacity", sa.Integer(), nullable=False, server_default="1"))
        batch.add_column(sa.Column("ics_uid", sa.String(length=300), nullable=True))
        batch.add_column(sa.Column("ics_sequence", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("ics_stamped_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(ENTRIES)
    # Of one that nobody ever booked no entry has left.
    op.execute("UPDATE appointments SET ics_uid = code, ics_stamped_at = created_at WHERE ics_uid IS NULL")
    with op.batch_alter_table("appointments") as batch:
        batch.alter_column("capacity", existing_type=sa.Integer(), server_default=None)
        batch.alter_column("ics_uid", existing_type=sa.String(length=300), nullable=False)
        batch.alter_column("ics_sequence", existing_type=sa.Integer(), server_default=None)
        batch.alter_column("ics_stamped_at", existing_type=sa.DateTime(timezone=True), nullable=False)
        batch.create_check_constraint(op.f("ck_appointments_has_a_place"), "capacity >= 1")
        batch.create_unique_constraint(op.f("uq_appointments_ics_uid"), ["ics_uid"])


def _give_cells_to_appointments() -> None:
    with op.batch_alter_table("occupancy") as batch:
        batch.add_column(sa.Column("appointment_id", sa.Integer(), nullable=True))
        batch.alter_column("booking_id", existing_type=sa.Integer(), nullable=True)
    op.execute(TO_APPOINTMENTS)
    op.execute("UPDATE occupancy SET booking_id = NULL WHERE side = 0")
    with op.batch_alter_table("occupancy") as batch:
        batch.drop_constraint(op.f("ck_occupancy_side_known"), type_="check")
        batch.create_check_constraint(op.f("ck_occupancy_whose"), WHOSE)
        batch.create_foreign_key(
            op.f("fk_occupancy_appointment_id"), "appointments", ["appointment_id"], ["id"], ondelete="CASCADE"
        )
    op.create_index(op.f("ix_occupancy_appointment_id"), "occupancy", ["appointment_id"], unique=False)


def _take_the_time_of_clients_who_hold() -> None:
    """From now on a hold takes its client's time as well; what they have at that time already stays theirs."""
    op.execute(
        "INSERT INTO occupancy (side, owner_id, cell, booking_id) "
        "SELECT 1, b.client_id, o.cell, max(b.id) FROM occupancy o "
        "JOIN bookings b ON b.appointment_id = o.appointment_id "
        "WHERE o.side = 0 AND b.state = 'held' AND b.client_id IS NOT NULL AND NOT EXISTS ("
        "SELECT 1 FROM occupancy n WHERE n.side = 1 AND n.owner_id = b.client_id AND n.cell = o.cell) "
        "GROUP BY b.client_id, o.cell"
    )


def _know_kinds(when: str) -> None:
    for table in ("offers", "appointments"):
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(op.f(f"ck_{table}_kind_known"), type_="check")
            batch.create_check_constraint(op.f(f"ck_{table}_kind_known"), KINDS[when])


def downgrade() -> None:
    """One booking an appointment again; with groups in the tables that cannot be, and nothing is changed."""
    _know_kinds("before")
    op.drop_index(op.f("ix_occupancy_appointment_id"), table_name="occupancy")
    op.execute("DELETE FROM occupancy WHERE side = 1 AND booking_id IN (SELECT id FROM bookings WHERE state = 'held')")
    with op.batch_alter_table("occupancy") as batch:
        batch.drop_constraint(op.f("fk_occupancy_appointment_id"), type_="foreignkey")
        batch.drop_constraint(op.f("ck_occupancy_whose"), type_="check")
    op.execute(BACK_TO_BOOKINGS)
    with op.batch_alter_table("occupancy") as batch:
        batch.alter_column("booking_id", existing_type=sa.Integer(), nullable=False)
        batch.drop_column("appointment_id")
        batch.create_check_constraint(op.f("ck_occupancy_side_known"), "side IN (0, 1)")
    with op.batch_alter_table("bookings") as batch:
        batch.drop_constraint(op.f("uq_bookings_appointment_id_place"), type_="unique")
        batch.drop_constraint(op.f("ck_bookings_has_a_place"), type_="check")
        batch.drop_column("place")
    with op.batch_alter_table("appointments") as batch:
        batch.drop_constraint(op.f("uq_appointments_ics_uid"), type_="unique")
        batch.drop_constraint(op.f("ck_appointments_has_a_place"), type_="check")
        for column in ("ics_stamped_at", "ics_sequence", "ics_uid", "capacity"):
            batch.drop_column(column)
