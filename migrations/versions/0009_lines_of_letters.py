"""Letters know what they are about, and when the first byte left."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# What an event's key began with before it named the thing first, and the question for the booking behind it.
BY_NUMBER = {
    "proposal": "SELECT 'proposal:' || id, booking_id FROM proposals",
    "contest": "SELECT 'contest:' || id, booking_id FROM contests",
    "strike": "SELECT 'strike:' || booking_id, booking_id FROM strikes",
}
mails = sa.table(
    "outbox_mail",
    sa.column("id", sa.Integer),
    sa.column("event_key", sa.String),
    sa.column("about", sa.String),
)


def upgrade() -> None:
    """Add the columns; every letter there is finds its line."""
    with op.batch_alter_table("outbox_mail") as batch:
        batch.add_column(sa.Column("about", sa.String(length=160), nullable=True))
        batch.add_column(sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE outbox_mail SET begun_at = coalesce(sent_at, created_at) "
        "WHERE state <> 'kept' AND (message IS NOT NULL OR state = 'sent')"
    )
    _name_things()
    with op.batch_alter_table("outbox_mail") as batch:
        batch.alter_column("about", existing_type=sa.String(length=160), nullable=False)
        batch.drop_index(op.f("ix_outbox_mail_recipient_id"))
        batch.create_index("ix_outbox_mail_line", ["recipient_id", "about"], unique=False)


def _name_things() -> None:
    connection = op.get_bind()
    bookings = {
        former: f"booking:{booking}"
        for asked in BY_NUMBER.values()
        for former, booking in connection.execute(sa.text(asked))
    }
    named = [
        {"number": number, "thing": bookings.get(first := ":".join(key.split(":")[:2]), first)}
        for number, key in connection.execute(sa.select(mails.c.id, mails.c.event_key))
    ]
    if named:
        connection.execute(
            sa.update(mails).where(mails.c.id == sa.bindparam("number")).values(about=sa.bindparam("thing")), named
        )


def downgrade() -> None:
    """Take them away again."""
    with op.batch_alter_table("outbox_mail") as batch:
        batch.drop_index("ix_outbox_mail_line")
        batch.create_index(op.f("ix_outbox_mail_recipient_id"), ["recipient_id"], unique=False)
        batch.drop_column("begun_at")
        batch.drop_column("about")
