"""What stands in somebody's calendar is stored: the whole UID, who organizes the entry, and whose mailbox holds it."""

import hashlib
import secrets

import sqlalchemy as sa
from alembic import op
from flask import current_app

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# Everything that may be in a calendar still: cancelled appointments have left theirs, with a letter that is on its way.
HELD = """
    SELECT b.id, b.code, b.confirmed_at, 'client' AS side, u.email
    FROM bookings b JOIN "user" u ON u.id = b.client_id
    WHERE b.state = 'confirmed' AND NOT u.no_email
    UNION ALL
    SELECT b.id, b.code, b.confirmed_at, 'specialist', u.email
    FROM bookings b JOIN specialists s ON s.id = b.specialist_id JOIN "user" u ON u.id = s.user_id
    WHERE b.state = 'confirmed' AND NOT u.no_email
"""
holders = sa.table(
    "entry_holders",
    sa.column("booking_id", sa.Integer),
    sa.column("side", sa.String),
    sa.column("mailbox", sa.String),
    sa.column("organizer", sa.String),
    sa.column("route", sa.String),
    sa.column("held_since", sa.DateTime(timezone=True)),
)


def upgrade() -> None:
    """Make the table, and write down for every appointment what was computed from the settings until now."""
    op.create_table(
        "entry_holders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(length=10), nullable=False),
        sa.Column("mailbox", sa.String(length=320), nullable=False),
        sa.Column("organizer", sa.String(length=320), nullable=False),
        sa.Column("route", sa.String(length=32), nullable=False),
        sa.Column("held_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("let_go_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("side IN ('client', 'specialist')", name=op.f("ck_entry_holders_side_known")),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["bookings.id"], name=op.f("fk_entry_holders_booking_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry_holders")),
        sa.UniqueConstraint("booking_id", "side", "mailbox", name=op.f("uq_entry_holders_booking_id_side_mailbox")),
    )
    op.create_index(
        "uq_entry_holders_now",
        "entry_holders",
        ["booking_id", "side"],
        unique=True,
        sqlite_where=sa.text("let_go_at IS NULL"),
        postgresql_where=sa.text("let_go_at IS NULL"),
    )
    with op.batch_alter_table("user") as batch:
        batch.add_column(sa.Column("wants_invites", sa.Boolean(), nullable=False, server_default=sa.true()))
    with op.batch_alter_table("bookings") as batch:
        batch.alter_column("ics_uid", existing_type=sa.String(length=40), type_=sa.String(length=300))
    _write_down(current_app.config["PRACTICE"].mail_from)


def _write_down(mail_from: str) -> None:
    """The identity that every entry has by now, which came from the sender's address and from the booking's code."""
    connection = op.get_bind()
    name, _, domain = mail_from.rpartition("@")
    connection.execute(sa.text("UPDATE bookings SET ics_uid = ics_uid || '@' || :domain"), {"domain": domain})
    held = sa.text(HELD).columns(confirmed_at=sa.DateTime(timezone=True))
    rows = [
        {
            "booking_id": each.id,
            "side": each.side,
            "mailbox": each.email,
            "organizer": f"{name}+{_route_before(each.code, each.side)}@{domain}",
            "route": secrets.token_hex(10),
            "held_since": each.confirmed_at,
        }
        for each in connection.execute(held)
    ]
    if rows:
        op.bulk_insert(holders, rows)


def _route_before(code: str, side: str) -> str:
    return hashlib.sha256(f"{code}:{side}".encode()).hexdigest()[:20]


def downgrade() -> None:
    """Take it away again; entries keep the UID that they have as long as mail leaves from the same domain."""
    op.execute("UPDATE bookings SET ics_uid = substr(ics_uid, 1, 32)")
    with op.batch_alter_table("bookings") as batch:
        batch.alter_column("ics_uid", existing_type=sa.String(length=300), type_=sa.String(length=40))
    with op.batch_alter_table("user") as batch:
        batch.drop_column("wants_invites")
    op.drop_index(
        "uq_entry_holders_now",
        table_name="entry_holders",
        sqlite_where=sa.text("let_go_at IS NULL"),
        postgresql_where=sa.text("let_go_at IS NULL"),
    )
    op.drop_table("entry_holders")
