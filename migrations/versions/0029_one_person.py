"""Five minutes of time belong to a person, whatever they are in them: a specialist, or a client elsewhere."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

BY_ROLE = (
    "(side = 0 AND appointment_id IS NOT NULL AND booking_id IS NULL)"
    " OR (side = 1 AND appointment_id IS NULL AND booking_id IS NOT NULL)"
)
BY_PERSON = "(appointment_id IS NULL) <> (booking_id IS NULL)"
# Each row with the person it is of, and the place it has among all that are of the same five minutes: what stands comes
# before what is held, and of two the one that was confirmed first.
MAPPED = """
    CREATE TABLE occupancy_mapped AS
    SELECT found.*, row_number() OVER (
        PARTITION BY person_id, cell ORDER BY confirmed_at IS NULL, confirmed_at, since, appointment_id, booking_id
    ) AS place
    FROM (
        SELECT s.user_id AS person_id, o.cell, o.appointment_id, o.booking_id,
            (SELECT min(b.confirmed_at) FROM bookings b
             WHERE b.appointment_id = o.appointment_id AND b.state = 'confirmed') AS confirmed_at,
            a.created_at AS since
        FROM occupancy o JOIN appointments a ON a.id = o.appointment_id JOIN specialists s ON s.id = a.specialist_id
        UNION ALL
        SELECT b.client_id, o.cell, o.appointment_id, o.booking_id,
            CASE WHEN b.state = 'confirmed' THEN b.confirmed_at END, b.created_at
        FROM occupancy o JOIN bookings b ON b.id = o.booking_id
    ) AS found
"""
# A hold that must give way has run out: whoever looks next ends it as any other.
HOLDS_GIVE_WAY = """
    UPDATE bookings SET held_until = created_at
    WHERE state = 'held' AND (
        id IN (SELECT booking_id FROM occupancy_mapped WHERE place > 1)
        OR appointment_id IN (SELECT appointment_id FROM occupancy_mapped WHERE place > 1)
    )
"""


def upgrade() -> None:
    """Who had two things at once keeps what was confirmed first; both stand, and `check-up` names them: which of two
    people is written to, no migration decides."""
    op.execute(MAPPED)
    op.execute(HOLDS_GIVE_WAY)
    op.drop_table("occupancy")
    _create([sa.Column("person_id", sa.Integer(), autoincrement=False, nullable=False)], BY_PERSON)
    op.execute(
        "INSERT INTO occupancy (person_id, cell, appointment_id, booking_id) "
        "SELECT person_id, cell, appointment_id, booking_id FROM occupancy_mapped WHERE place = 1"
    )
    op.drop_table("occupancy_mapped")


def downgrade() -> None:
    """By role again. Of two that overlapped, the second lacks what the first had."""
    op.execute(
        "CREATE TABLE occupancy_mapped AS "
        "SELECT CASE WHEN o.booking_id IS NULL THEN 0 ELSE 1 END AS side, "
        "CASE WHEN o.booking_id IS NULL THEN a.specialist_id ELSE o.person_id END AS owner_id, "
        "o.cell, o.appointment_id, o.booking_id "
        "FROM occupancy o LEFT JOIN appointments a ON a.id = o.appointment_id"
    )
    op.drop_table("occupancy")
    _create(
        [sa.Column(name, sa.Integer(), autoincrement=False, nullable=False) for name in ("side", "owner_id")], BY_ROLE
    )
    op.execute(
        "INSERT INTO occupancy (side, owner_id, cell, appointment_id, booking_id) "
        "SELECT side, owner_id, cell, appointment_id, booking_id FROM occupancy_mapped"
    )
    op.drop_table("occupancy_mapped")


def _create(whose: list[sa.Column[int]], rule: str) -> None:
    """The table, whose primary key begins with these columns."""
    names = [column.name for column in whose]
    op.create_table(
        "occupancy",
        *whose,
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("appointment_id", sa.Integer(), nullable=True),
        sa.Column("booking_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(rule, name=op.f("ck_occupancy_whose")),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointments.id"], name=op.f("fk_occupancy_appointment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["bookings.id"], name=op.f("fk_occupancy_booking_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint(*names, "cell", name=op.f("pk_occupancy")),
    )
    for column in ("appointment_id", "booking_id"):
        op.create_index(op.f(f"ix_occupancy_{column}"), "occupancy", [column], unique=False)
